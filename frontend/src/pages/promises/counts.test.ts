import { describe, expect, it } from "vitest";
import { byProgress, daysLate, filtered, sideOf, type Commitment } from "./counts";

const item = (over: Partial<Commitment>): Commitment => ({
  commitment_id: "C1", agreement_id: "", text: "Build a track", topic: "transport", side: "AAA",
  body: "railways", due_date: "", progress: "done", status_as_of: "", indicator: "",
  baseline_value: null, target_value: null, target_unit: "", measure_ids: ["M1"], effect_usd: null,
  url: "", note: "", source_id: "", status: null, row: 0, ...over,
});
const PAIR = ["AAA", "BBB"];
const ITEMS = [item({}), item({ progress: "odd" }), item({ side: "AAA;BBB", topic: "health" })];

describe("commitments", () => {
  it("counts by status", () => {
    expect(byProgress(ITEMS)).toEqual([{ progress: "done", n: 2 }, { progress: "no_data", n: 1 }]);
  });
  it("names sides", () => {
    expect(["AAA", "both", "AAA;BBB", "AAA;BBB;CCC"].map((side) => sideOf(item({ side }), PAIR)))
      .toEqual(["AAA", "both", "both", "several"]);
  });
  it("filters", () => {
    const none = { q: "", side: "", topic: "", status: "" };
    expect(filtered(ITEMS, { ...none, q: "track m1" }, PAIR)).toHaveLength(3);
    expect(filtered(ITEMS, { ...none, topic: "health" }, PAIR)).toHaveLength(1);
    expect(filtered(ITEMS, { ...none, side: "AAA", status: "done" }, PAIR)).toHaveLength(1);
  });
  it("counts days", () => {
    expect(daysLate("2026-03-01", "2026-11-25")).toBe(269);
    expect(daysLate("2026", "2026-11-25")).toBeNull();
  });
});
