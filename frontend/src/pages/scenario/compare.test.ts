import { describe, expect, it } from "vitest";
import { BASELINE } from "@/map/scenario-spec";
import type { Solved } from "@/map/solver.svelte";
import { ALL, canSwitch, conflicts, filtered, missing, type Measure } from "./choice";
import { congestion, indicators, linkRows, placeRows } from "./compare";

const PLACE = {
  capacity_id: "p", name: "P", place_ids: [], capacity_t_per_year: 10, load_t_per_year: 800,
  baseline_load_t_per_year: 500, wait_h: 2, baseline_wait_h: 1, stranded_t: 0,
};
const SOLVED = {
  trade_usd: 120, a_to_b_usd: 70, b_to_a_usd: 50, baseline_usd: 100, baseline_a_to_b_usd: 60,
  baseline_b_to_a_usd: 40, pair_t_per_year: 12, baseline_pair_t_per_year: 10, extra_hours_t_h: -3,
  extra_cost_usd: -4, rerouted_t_per_year: 2, stranded_t: 0, places: [PLACE],
  links: [{ link_id: "l", t_per_year: 9, baseline_t_per_year: 4 }],
} as unknown as Solved;

describe("comparison", () => {
  it("takes the baseline for a side that changes nothing", () => {
    const rows = indicators(null, SOLVED);
    expect(rows[0]).toEqual({ key: "trade", unit: "usd", a: 100, b: 120, difference: 20 });
    expect(rows.map((r) => r.key)).not.toContain("stranded");
    expect(indicators(SOLVED, null)[0]?.difference).toBe(-20);
    expect(indicators(null, null)).toEqual([]);
  });
  it("tells congestion of the sides whose loop was closed", () => {
    const closed = { ...SOLVED, before_congestion_usd: 130, taken_back_usd: 10, taken_back_share: null };
    const open = { ...SOLVED, before_congestion_usd: null, taken_back_usd: null, taken_back_share: null };
    expect(congestion(null, closed)).toEqual([
      { end: "b", before_usd: 30, after_usd: 20, taken_back_usd: 10, taken_back_share: null },
    ]);
    expect(congestion(open, closed).map((side) => side.end)).toEqual(["b"]);
    expect(congestion(null, null)).toEqual([]);
  });
  it("lists places and links that differ", () => {
    expect(placeRows(null, SOLVED)[0]).toMatchObject({ a: 500, b: 800, difference: 300, wait_a: 1, wait_b: 2 });
    expect(placeRows(SOLVED, SOLVED)).toEqual([]);
    expect(linkRows(SOLVED, null)[0]?.difference).toBe(-5);
  });
});

const measure = (id: string, more: Partial<Measure> = {}) =>
  ({
    measure_id: id, title: `Title ${id}`, kind: "service", role: "candidate", expressed: true,
    countries: ["AAA"], prerequisites: [], excludes: [], prerequisite_text: "", rank: null, ...more,
  }) as unknown as Measure;

describe("choice of measures", () => {
  const all = [measure("M2", { rank: 2 }), measure("M1", { rank: 1, kind: "tariff", title: "Été" }),
    measure("M3", { role: "in_force" })];
  const on = (...ids: string[]) => ({
    ...BASELINE, measures: ids.map((measure_id) => ({ measure_id, year: null, effect: "mode" as const })),
  });
  it("filters and sorts by effect", () => {
    expect(filtered(all, ALL, BASELINE).map((m) => m.measure_id)).toEqual(["M1", "M2", "M3"]);
    expect(filtered(all, { ...ALL, text: "ete" }, BASELINE).map((m) => m.measure_id)).toEqual(["M1"]);
    expect(filtered(all, { ...ALL, onlyOn: true }, on("M2")).map((m) => m.measure_id)).toEqual(["M2"]);
    expect(canSwitch(all[2]!)).toBe(false);
  });
  it("names what lacks and what collides, only for measures that are on", () => {
    const one = measure("M5", { prerequisites: ["M1"], excludes: ["M2"] });
    expect(missing(one, on("M5", "M2"))).toEqual(["M1"]);
    expect(conflicts(one, on("M5", "M2"))).toEqual(["M2"]);
    expect(missing(one, on("M2"))).toEqual([]);
  });
});
