/** Picture of the plan's bars, for PNG and SVG. Years run left to right in every language. */
import { heightOf, lines, svgText, textShapes, type Drawing, type Shape } from "@/lib/shapes";
import style from "@style";
import type { Bar, Scale } from "./gantt";

export interface GanttWords {
  lead: string;
  acts: string;
  cost: string;
  year: (year: number) => string;
  costOf: (bar: Bar) => string;
}

const WIDTH = 1000;
const TITLE = 350;
const COST = 110;
const ROW = 34;
const BAR = 16;
const TOP = 64;
const SECOND = { colour: style.text.secondary };

/** Hatching inside a box: strokes of 45 degrees that stay within it. */
function hatch(x: number, y: number, width: number, height: number): string {
  let d = "";
  for (let at = x - height; at < x + width; at += 6) {
    const from = Math.max(at, x);
    const to = Math.min(at + height, x + width);
    if (to > from) d += `M${from} ${y + height - (from - at)}L${to} ${y + height - (to - at)}`;
  }
  return d;
}

function leadShapes(x: number, y: number, width: number): Shape[] {
  const edge = { stroke: style.chart.plan, "stroke-width": 1 };
  return [
    { tag: "rect", attributes: { x, y, width, height: BAR, fill: style.base.paper, ...edge } },
    { tag: "path", attributes: { d: hatch(x, y, width, BAR), fill: "none", ...edge } },
  ];
}

function actsShape(x: number, y: number, width: number): Shape {
  return { tag: "rect", attributes: { x, y, width, height: BAR, fill: style.chart.plan } };
}

function legend(words: GanttWords): Shape[] {
  return [
    ...leadShapes(8, 6, 28), ...textShapes(words.lead, 44, 14, SECOND),
    actsShape(228, 6, 28), ...textShapes(words.acts, 264, 14, SECOND),
  ]; // prettier-ignore
}

function row(bar: Bar, index: number, words: GanttWords): Shape[] {
  const top = TOP + index * ROW;
  const middle = top + ROW / 2;
  const span = WIDTH - TITLE - COST;
  const [from, to] = [TITLE + bar.leadFrom * span, TITLE + bar.leadTo * span];
  const name = `${bar.title} (${bar.id})`;
  const rows = lines(name, TITLE - 20, 12);
  const size = heightOf(rows.length, 12) > ROW ? 10 : 12;
  return [
    { tag: "path", attributes: { d: `M0 ${top}H${WIDTH}`, stroke: "#E4E7EB", fill: "none" } },
    ...textShapes(name, 8, middle, { width: TITLE - 20, size }),
    ...(to > from ? leadShapes(from, middle - BAR / 2, to - from) : []),
    actsShape(to, middle - BAR / 2, WIDTH - COST - to),
    ...textShapes(words.costOf(bar), WIDTH - 8, middle, { anchor: "end" }),
  ];
}

/** Drawing of the bars with the years above and the cost beside them. */
export function ganttDrawing(bars: Bar[], scale: Scale, words: GanttWords): Drawing {
  const height = TOP + bars.length * ROW + 8;
  const step = (WIDTH - TITLE - COST) / scale.years.length;
  const years = scale.years.flatMap((year, at): Shape[] => [
    { tag: "path", attributes: { d: `M${TITLE + at * step} ${TOP - 20}V${height - 8}`, stroke: "#CBD2D9", fill: "none" } },
    ...textShapes(words.year(year), TITLE + at * step + 4, TOP - 10, SECOND),
  ]);
  const head = textShapes(words.cost, WIDTH - 8, TOP - 10, { ...SECOND, anchor: "end" });
  const shapes = [...legend(words), ...years, ...head, ...bars.flatMap((bar, at) => row(bar, at, words))];
  return { svg: () => ({ text: svgText(shapes, WIDTH, height), width: WIDTH, height }) };
}
