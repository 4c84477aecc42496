import { describe, expect, it } from "vitest";
import { byProgress, daysLate, filtered, groupsOf, type Commitment } from "./counts";

const item = (over: Partial<Commitment>): Commitment => ({
  commitment_id: "C1", agreement_id: "", text: "Build a track", topic: "transport", side: "AAA", group: "AAA",
  body: "railways", due_date: "", progress: "done", status_as_of: "", indicator: "",
  baseline_value: null, target_value: null, target_unit: "", measure_ids: ["M1"], effect_usd: null,
  url: "", note: "", source_id: "", status: null, row: 0, ...over,
});
const PAIR = ["AAA", "BBB"];
const ITEMS = [item({}), item({ progress: "odd" }), item({ side: "AAA;BBB", group: "both", topic: "health" })];

describe("commitments", () => {
  it("counts by status", () => {
    expect(byProgress(ITEMS)).toEqual([{ progress: "done", n: 2 }, { progress: "no_data", n: 1 }]);
  });
  it("names groups that there are, in their order", () => {
    expect(groupsOf(ITEMS, PAIR)).toEqual(["both", "AAA"]);
  });
  it("filters", () => {
    const none = { q: "", side: "", topic: "", status: "" };
    expect(filtered(ITEMS, { ...none, q: "track m1" })).toHaveLength(3);
    expect(filtered(ITEMS, { ...none, topic: "health" })).toHaveLength(1);
    expect(filtered(ITEMS, { ...none, side: "AAA", status: "done" })).toHaveLength(1);
  });
  it("counts days", () => {
    expect(daysLate("2026-03-01", "2026-11-25")).toBe(269);
    expect(daysLate("2026", "2026-11-25")).toBeNull();
  });
});
