/** Rows on one axis of amounts: the frame that bars, bands and marks of this page stand in. */
import style from "@style";
import { roundTicks } from "@/lib/axes";
import { round, textShapes, type Shape } from "@/lib/shapes";

const LINE = 16;
const BAR = 30;
const FOOT = 30;
const END = 18;
const GRID = "#E4E7EB";

/** Height of a row whose words take a number of lines. */
const rowOf = (lines: number): number => lines * LINE + BAR;

/** Height of a drawing of a number of rows. */
export const stripsHeight = (count: number, lines = 1): number => count * rowOf(lines) + 4 + FOOT;

export interface Axis {
  x: (value: number) => number;
  shapes: Shape[];
  /** Lines of words above the bar of each row. */
  lines: number;
}

/** Top of a row and middle of its bar, in pixels. */
function placeOf({ lines }: Axis, row: number): { top: number; middle: number } {
  const top = row * rowOf(lines);
  return { top, middle: top + lines * LINE + BAR / 2 - 2 };
}

/** A text that keeps its direction whatever stands beside it. */
const isolated = (text: string): string => `\u2068${text}\u2069`;

/** Lines of the grid at their labels below a number of rows. */
function gridShapes(at: [number, string][], foot: number): Shape[] {
  return at.flatMap(([pixel, label], i): Shape[] => [
    { tag: "path", attributes: { d: `M${round(pixel) + 0.5} 0V${foot}`, stroke: GRID, fill: "none" } },
    ...textShapes(label, pixel, foot + 4, {
      colour: style.text.secondary, hold: "top",
      anchor: i === 0 ? "start" : i === at.length - 1 ? "end" : "middle",
    }),
  ]); // prettier-ignore
}

/** Axis from 0, or from below it, over values. */
export function axisOf(values: number[], width: number, count: number, format: (value: number) => string, lines = 1): Axis {
  const ticks = roundTicks(values, Math.max(2, Math.floor(width / 120)));
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const x = (value: number) => ((value - low) / (high - low)) * (width - END);
  const foot = count * rowOf(lines) + 4;
  return { x, lines, shapes: gridShapes(ticks.map((tick) => [x(tick), format(tick)]), foot) };
}

const POWERS = [1, 2, 5];

/** Axis of ratios: equal steps are equal factors. */
export function ratioAxis(values: number[], width: number, count: number, format: (value: number) => string): Axis {
  const above = values.filter((value) => value > 0);
  const [low, high] = [Math.min(...above) / 1.15, Math.max(...above) * 1.15];
  const x = (value: number) => (Math.log(value / low) / Math.log(high / low)) * (width - END);
  const tens = Array.from({ length: 13 }, (_, i) => 10 ** (i - 6));
  const all = tens.flatMap((ten) => POWERS.map((power) => power * ten)).filter((v) => v > low && v < high);
  const ticks = all.filter((_, i) => i % Math.max(1, Math.ceil((all.length * 70) / width)) === 0);
  const foot = count * rowOf(1) + 4;
  return { x, lines: 1, shapes: gridShapes(ticks.map((tick) => [x(tick), format(tick)]), foot) };
}

/** Words above a row: what it is and how much, on one line or on two. */
export function headShapes(axis: Axis, name: string, amount: string, row: number): Shape[] {
  const { top } = placeOf(axis, row);
  const said = axis.lines > 1 ? [name, amount] : [`${isolated(name)} · ${isolated(amount)}`];
  return said.flatMap((text, line) => textShapes(text, 0, top + 10 + line * LINE, { size: 12 }));
}

/** A bar of a row between two values; its height in pixels. */
export function barShape(axis: Axis, row: number, from: number, to: number, height: number, look: Shape["attributes"]): Shape {
  const [one, other] = [axis.x(from), axis.x(to)].sort((a, b) => a - b);
  const y = placeOf(axis, row).middle - height / 2;
  return { tag: "rect", attributes: { x: round(one!), y: round(y), width: round(Math.max(1, other! - one!)), height, ...look } };
}

/** A line from low to high with ends, lined with paper so that it shows on a bar. */
export function whiskerShapes(axis: Axis, row: number, low: number, high: number, colour: string = style.text.main): Shape[] {
  const [one, other, y] = [round(axis.x(low)), round(axis.x(high)), placeOf(axis, row).middle];
  const d = `M${one} ${y - 5}V${y + 5}M${one} ${y}H${other}M${other} ${y - 5}V${y + 5}`;
  const look = (stroke: string, width: number): Shape => ({ tag: "path", attributes: { d, stroke, "stroke-width": width, fill: "none" } });
  return [look(style.base.paper, 3.5), look(colour, 1.5)];
}

/** A line across a row at a value. */
export function markShape(axis: Axis, row: number, value: number, look: Shape["attributes"], reach = 10): Shape {
  const y = placeOf(axis, row).middle;
  return { tag: "path", attributes: { d: `M${round(axis.x(value))} ${y - reach}V${y + reach}`, "stroke-width": 2.5, fill: "none", ...look } };
}

/** A dot of a row at a value. */
export function dotShape(axis: Axis, row: number, value: number, look: Shape["attributes"]): Shape {
  return { tag: "circle", attributes: { cx: round(axis.x(value)), cy: placeOf(axis, row).middle, r: 5, ...look } };
}
