/** Persian words for values that stand in the tables of any study. */
export default {
  "topic.agriculture": "کشاورزی",
  "topic.culture": "فرهنگ",
  "topic.education_science": "آموزش و علم",
  "topic.energy": "انرژی",
  "topic.engineering_services": "خدمات مهندسی",
  "topic.health": "بهداشت",
  "topic.industry": "صنعت",
  "topic.investment": "سرمایه‌گذاری",
  "topic.security_legal": "امنیت و حقوق",
  "topic.technology": "فناوری",
  "topic.tourism": "گردشگری",
  "topic.trade_customs": "تجارت و گمرک",
  "topic.transport": "حمل‌ونقل",
  "topic.visa": "روادید",

  "role.candidate": "پیشنهادی",
  "role.in_force": "اجراشده",
  "role.adverse_event": "رویداد نامساعد",

  "part.baseline": "پایه",
  "part.growth": "رشد",
  "part.measures_in_force": "اقدام‌های اجراشده",
  "part.new_measures": "اقدام‌های تازه",
  "part.prices": "قیمت‌ها",
  "part.remaining_gap": "شکاف باقی‌مانده",
  "part.target": "هدف",
} as const;
