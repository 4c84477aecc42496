/** A against B: indicators, places and links of two solved scenarios. */
import type { LinkDifference, LinkLoad } from "@/map/types";
import { linkDifferences } from "@/map/difference";
import type { Solved } from "@/map/solver.svelte";

export type IndicatorKey =
  | "trade"
  | "a_to_b"
  | "b_to_a"
  | "tonnes"
  | "rerouted"
  | "hours"
  | "cost"
  | "stranded";

export interface IndicatorRow {
  key: IndicatorKey;
  unit: "usd" | "t" | "t_h";
  a: number;
  b: number;
  difference: number;
}

type Values = Record<IndicatorKey, number>;

/** Numbers of a scenario; of the baseline where it is null, read from the other's result. */
function values(solved: Solved | null, other: Solved | null): Values | null {
  if (solved)
    return {
      trade: solved.trade_usd,
      a_to_b: solved.a_to_b_usd,
      b_to_a: solved.b_to_a_usd,
      tonnes: solved.pair_t_per_year,
      rerouted: solved.rerouted_t_per_year,
      hours: solved.extra_hours_t_h,
      cost: solved.extra_cost_usd,
      stranded: solved.stranded_t,
    };
  if (!other) return null;
  const { baseline_usd, baseline_a_to_b_usd, baseline_b_to_a_usd, baseline_pair_t_per_year } = other;
  return {
    trade: baseline_usd,
    a_to_b: baseline_a_to_b_usd,
    b_to_a: baseline_b_to_a_usd,
    tonnes: baseline_pair_t_per_year,
    rerouted: 0,
    hours: 0,
    cost: 0,
    // The baseline is what every scenario is counted from: it strands what it strands.
    stranded: NaN,
  };
}

const UNIT: Record<IndicatorKey, IndicatorRow["unit"]> = {
  trade: "usd", a_to_b: "usd", b_to_a: "usd", tonnes: "t", rerouted: "t", hours: "t_h",
  cost: "usd", stranded: "t",
};

/** Indicators of both sides with B − A; null stands for the baseline. */
export function indicators(a: Solved | null, b: Solved | null): IndicatorRow[] {
  const [left, right] = [values(a, b), values(b, a)];
  if (!left || !right) return [];
  return (Object.keys(UNIT) as IndicatorKey[])
    .filter((key) => Number.isFinite(left[key]) && Number.isFinite(right[key]))
    .map((key) => ({
      key, unit: UNIT[key], a: left[key], b: right[key], difference: right[key] - left[key],
    }));
}

export interface PlaceRow {
  capacity_id: string;
  name: string;
  a: number;
  b: number;
  difference: number;
  wait_a: number;
  wait_b: number;
}

/** Below this change of tonnes a year a place's load counts as the same: noise of the solution. */
const LEAST_CHANGE_T = 100;

/** Places whose load or wait differs, largest change first. */
export function placeRows(a: Solved | null, b: Solved | null): PlaceRow[] {
  const left = new Map((a?.places ?? []).map((p) => [p.capacity_id, p]));
  const right = new Map((b?.places ?? []).map((p) => [p.capacity_id, p]));
  const ids = [...new Set([...left.keys(), ...right.keys()])];
  const rows = ids.map((id) => {
    const [one, two] = [left.get(id), right.get(id)];
    const any = (one ?? two)!;
    const [la, lb] = [
      one?.load_t_per_year ?? any.baseline_load_t_per_year,
      two?.load_t_per_year ?? any.baseline_load_t_per_year,
    ];
    return {
      capacity_id: id,
      name: any.name,
      a: la,
      b: lb,
      difference: lb - la,
      wait_a: one?.wait_h ?? any.baseline_wait_h,
      wait_b: two?.wait_h ?? any.baseline_wait_h,
    };
  });
  return rows
    .filter((row) => Math.abs(row.difference) >= LEAST_CHANGE_T || Math.abs(row.wait_b - row.wait_a) >= 0.5)
    .sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference));
}

/** Links whose load differs by at least a tonne a year. */
export function linkRows(a: Solved | null, b: Solved | null): LinkDifference[] {
  const rows = linkDifferences(a?.links ?? null, b?.links ?? null);
  return rows.filter((row) => Math.abs(row.difference) >= 1);
}

/** Loads by link of one scenario, where they differ from the baseline; null for the baseline. */
export function loads(solved: Solved | null): Map<string, LinkLoad> | null {
  if (!solved) return null;
  return new Map(solved.links.map((link) => [link.link_id, link]));
}

export interface Congestion {
  end: "a" | "b";
  before_usd: number;
  after_usd: number;
  taken_back_usd: number;
  taken_back_share: number | null;
}

/** Change of each side's trade before and after congestion, where its loop was closed. */
export function congestion(a: Solved | null, b: Solved | null): Congestion[] {
  const sides: ["a" | "b", Solved | null][] = [["a", a], ["b", b]];
  return sides.flatMap(([end, solved]) =>
    solved && solved.before_congestion_usd !== null && solved.taken_back_usd !== null
      ? [{
          end, before_usd: solved.before_congestion_usd - solved.baseline_usd,
          after_usd: solved.trade_usd - solved.baseline_usd,
          taken_back_usd: solved.taken_back_usd, taken_back_share: solved.taken_back_share,
        }]
      : [],
  );
}
