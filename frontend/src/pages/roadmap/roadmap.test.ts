import { describe, expect, it } from "vitest";
import { barsOf, monthsBefore, scaleOf } from "./gantt";
import { jobOf, missing, readGoal, writeGoal, type Goal } from "./goal";
import { waterfall } from "./split";

const GOAL: Goal = { aim: "budget", target_usd: 2e9, year: 2031, budget_usd: 5e8, band: true };

describe("goal", () => {
  it("makes a round trip through the address", () => {
    const params = Object.fromEntries(
      Object.entries(writeGoal(GOAL)).filter((pair): pair is [string, string] => pair[1] !== null),
    );
    expect(readGoal(params, null)).toEqual(GOAL);
  });
  it("says what is missing and sends a budget only where it is the aim", () => {
    expect(missing({ ...GOAL, budget_usd: null })).toBe("budget");
    expect(missing({ ...GOAL, aim: "target", target_usd: null })).toBe("target");
    expect(jobOf({ ...GOAL, aim: "target" }, 0).budget_usd).toBeNull();
    expect(jobOf(GOAL, 0).budget_usd).toBe(5e8);
  });
});

describe("bars", () => {
  it("counts months back over a year", () => {
    expect(monthsBefore("2028-03-01", 6)).toBe("2027-09-01");
    expect(monthsBefore("2028-01-15", 24)).toBe("2026-01-15");
  });
  it("places lead and effect on the scale", () => {
    const row = { measure_id: "M1", title: "T", in_plan: 1, effect_date: "2026-01-01", lead_time_months: 12 };
    const [bar] = barsOf([row, { ...row, in_plan: 0 }], scaleOf(2024, 2027));
    expect([bar!.leadFrom, bar!.leadTo]).toEqual([0.25, 0.5]);
  });
});

describe("split of the path", () => {
  it("stands each part on the sum of those before", () => {
    const rows = [
      { part: "baseline", usd_current_target_year: 10 },
      { part: "growth", usd_current_target_year: 5 },
      { part: "target", usd_current_target_year: 20 },
    ];
    expect(waterfall(rows).map((bar) => [bar.from, bar.to])).toEqual([[0, 10], [10, 15], [0, 20]]);
  });
});
