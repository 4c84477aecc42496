/** Words for values that stand in the tables of any study. */
export default {
  "topic.agriculture": "agriculture",
  "topic.culture": "culture",
  "topic.education_science": "education and science",
  "topic.energy": "energy",
  "topic.engineering_services": "engineering services",
  "topic.health": "health",
  "topic.industry": "industry",
  "topic.investment": "investment",
  "topic.security_legal": "security and law",
  "topic.technology": "technology",
  "topic.tourism": "tourism",
  "topic.trade_customs": "trade and customs",
  "topic.transport": "transport",
  "topic.visa": "visas",

  "role.candidate": "candidate",
  "role.in_force": "in force",
  "role.adverse_event": "adverse event",

  "part.baseline": "Baseline",
  "part.growth": "Growth",
  "part.measures_in_force": "Measures in force",
  "part.new_measures": "New measures",
  "part.prices": "Prices",
  "part.remaining_gap": "Gap left",
  "part.target": "Target",
} as const;
