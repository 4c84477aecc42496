/** Hours of corridors as bars in parts: in motion, at borders, at terminals, other waits; P95 marked. */
import style from "@style";
import { roundTicks } from "@/lib/axes";
import { round, textShapes, type Shape } from "@/lib/shapes";
import type { Corridor, Named } from "./names";

export const PARTS = ["moving", "border", "terminal", "waiting"] as const;
export type Part = (typeof PARTS)[number];
export const PART_COLOURS: Record<Part, string> = {
  moving: style.chart.plan, border: style.chart.route, terminal: style.chart.low, waiting: "#A0AAB4",
}; // prettier-ignore

const ROW = 46;
const BAR = 18;
const END = 16;
const GRID = "#E4E7EB";

/** Height of the drawing. */
export const barsHeight = (count: number): number => count * ROW + 34;

const hoursOf = (corridor: Corridor, part: Part): number => corridor[`${part}_h`];

function row(one: Named, top: number, x: (hours: number) => number, whole: string): Shape[] {
  const shapes: Shape[] = textShapes(`${one.name} · ${whole}`, 0, top + 10, { size: 12 });
  let at = 0;
  for (const part of PARTS) {
    const hours = hoursOf(one.corridor, part);
    const width = round(x(at + hours) - x(at));
    const place = { x: round(x(at)), y: top + 20, width, height: BAR };
    if (width > 0) shapes.push({ tag: "rect", attributes: { ...place, fill: PART_COLOURS[part], stroke: style.base.paper } });
    at += hours;
  }
  const p95 = one.corridor.p95_h;
  if (p95 !== null) {
    const d = `M${round(x(p95))} ${top + 16}V${top + 24 + BAR}`;
    shapes.push({ tag: "path", attributes: { d, stroke: style.text.main, "stroke-width": 2.5, fill: "none" } });
  }
  return shapes;
}

/** Shapes of the bars in a room of a width; `format` writes the hours of the axis, `whole` of a bar. */
export function barShapes(
  all: Named[], width: number, format: (hours: number) => string, whole: (hours: number) => string,
): Shape[] { // prettier-ignore
  const most = Math.max(...all.map(({ corridor }) => Math.max(corridor.time_h, corridor.p95_h ?? 0)));
  const ticks = roundTicks([0, most], Math.max(2, Math.floor(width / 110)));
  const x = (hours: number) => (hours / ticks.at(-1)!) * (width - END);
  const foot = all.length * ROW + 4;
  const grid = ticks.flatMap((tick): Shape[] => [
    { tag: "path", attributes: { d: `M${round(x(tick)) + 0.5} 0V${foot}`, stroke: GRID, fill: "none" } },
    ...textShapes(format(tick), x(tick), foot + 4, {
      colour: style.text.secondary, anchor: tick === 0 ? "start" : tick === ticks.at(-1) ? "end" : "middle", hold: "top",
    }),
  ]); // prettier-ignore
  return [...grid, ...all.flatMap((one, i) => row(one, i * ROW, x, whole(one.corridor.time_h)))];
}
