/** How many tonnes a year a line's width stands for, and the widths that the legend shows. */
import { SIZES } from "./palette";
import type { Flows } from "./types";

/** Pixels of a flow: its area grows with tonnes, so the root keeps small flows visible. */
export function flowWidth(tonnes: number, largest: number): number {
  if (!(tonnes > 0) || !(largest > 0)) return 0;
  const span = SIZES.width_largest_px - SIZES.width_base_px;
  return SIZES.width_base_px + span * Math.sqrt(Math.min(1, tonnes / largest));
}

/** From a zoom on, the share of a line's width that is drawn: thinner far out, where lines crowd. */
export const WIDTH_STEPS: readonly [[zoom: number, share: number], ...[number, number][]] = [
  [0, 0.45],
  [4, 0.63],
  [5, 0.82],
  [6, 1],
];

/** Share of a flow's width that is drawn at a zoom; the legend's samples shrink with the map. */
export function widthShare(zoom: number): number {
  return WIDTH_STEPS.reduce((share, [from, s]) => (zoom >= from ? s : share), 0);
}

/** Share of the flows that get a width of their own; the few above share the largest. */
const SHOWN = 0.98;

/**
 * The one-way flow that the largest width stands for, in tonnes a year: the 98th of 100. A few sea
 * lanes carry a hundred times what the rest does and would make every other line a hair.
 */
export function largestFlow(flows: { t_forward: number; t_backward: number }[]): number {
  const sizes = flows.map((f) => Math.max(f.t_forward, f.t_backward)).filter((t) => t > 0);
  sizes.sort((a, b) => a - b);
  return sizes[Math.ceil(SHOWN * sizes.length) - 1] ?? 0;
}

/** The largest one-way flow: its link, its column, and tonnes a year; null without flows. */
export function mostOneWay(flows: Flows | null) {
  const ways = (flows?.features ?? []).map(({ properties: { link_id, t_forward, t_backward } }) =>
    t_forward >= t_backward
      ? { link_id, column: "t_forward", tonnes: t_forward }
      : { link_id, column: "t_backward", tonnes: t_backward },
  );
  return ways.reduce<(typeof ways)[0] | null>((top, way) => (top && top.tonnes >= way.tonnes ? top : way), null);
}

/** Round a number down to 1, 2 or 5 times a power of ten. */
export function roundDown(value: number): number {
  if (!(value > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = value / power;
  return (digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power;
}

/** Three round amounts for the width legend, from large to small. */
export function legendAmounts(largest: number): number[] {
  const top = roundDown(largest);
  return top > 0 ? [top, roundDown(top / 5), roundDown(top / 40)] : [];
}

/** Radius of a crossing by its mean hours: area grows with the hours, within the palette's limits. */
export function crossingRadius(hours: number | null, longest: number): number {
  const { radius_smallest_px: low, radius_largest_px: high } = SIZES;
  if (hours === null || !(hours > 0) || !(longest > 0)) return low;
  return low + (high - low) * Math.sqrt(Math.min(1, hours / longest));
}
