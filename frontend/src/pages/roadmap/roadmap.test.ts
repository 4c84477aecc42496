import { describe, expect, it } from "vitest";
import { barsOf, monthsBefore, scaleOf } from "./gantt";
import { ganttDrawing } from "./ganttdraw";
import { barred, held, readLimits, writeLimits } from "./limits";
import { jobOf, missing, needsDraws, readGoal, writeGoal, type Goal } from "./goal";
import { waterfall } from "./split";

const GOAL: Goal = { aim: "budget", target_usd: 2e9, year: 2031, budget_usd: 5e8, band: true, probability: null, limits: { not_before: { M03: 2028, M05: 2027 }, exclude: ["M11"] } };

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

describe("limits", () => {
  const some = { not_before: { M03: 2028 }, exclude: ["M11"] };
  it("go to the server as they stand, a probability only with a target", () => {
    expect(jobOf({ ...GOAL, probability: 0.8 }, 0)).toMatchObject({ ...GOAL.limits, probability_share: null });
    expect(jobOf({ ...GOAL, aim: "target", probability: 0.8 }, 50).probability_share).toBe(0.8);
    expect(needsDraws({ ...GOAL, band: false, aim: "target", probability: 0.8 })).toBe(true);
    expect(needsDraws({ ...GOAL, band: false, probability: 0.8 })).toBe(false);
  });
  it("are set and taken back by measure", () => {
    expect(held(some, "M05", 2027).not_before).toEqual({ M03: 2028, M05: 2027 });
    expect(held(some, "M03", null).not_before).toEqual({});
    expect(barred(some, "M02", true).exclude).toEqual(["M02", "M11"]);
    expect(barred(some, "M11", false).exclude).toEqual([]);
  });
  it("read from an address leave out what is no year", () => {
    expect(readLimits("M03:2028,M04:soon,:2027", "M11,")).toEqual(some);
    expect(writeLimits({ not_before: {}, exclude: [] })).toEqual({ after: null, without: null });
  });
});

describe("picture of the bars", () => {
  it("holds every measure, and hatching that stays in its bar", () => {
    const scale = scaleOf(2024, 2027);
    const row = { measure_id: "M1", title: "T", in_plan: 1, effect_date: "2026-01-01", lead_time_months: 12 };
    const bars = barsOf([row, { ...row, measure_id: "M2" }], scale);
    const words = { lead: "l", acts: "a", cost: "c", year: String, costOf: () => "$1" };
    const { text } = ganttDrawing(bars, scale, words).svg();
    expect(text).toContain("T (M1)");
    expect(text).toContain("T (M2)");
    // 1000 wide: titles 350, cost 110; the second quarter of the years is the time to prepare.
    const xs = [...text.matchAll(/M([\d.]+) [\d.]+L([\d.]+) /g)].flatMap((m) => [Number(m[1]), Number(m[2])]);
    expect(xs.filter((x) => x > 100).every((x) => x >= 485 && x <= 620)).toBe(true);
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
