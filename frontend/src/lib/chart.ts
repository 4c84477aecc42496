/** Lines, bands and bars on two axes as shapes. The x axis runs left to right in every language. */
import style from "@style";
import { amountScale, categoryScale, roundTicks, type Scale } from "./axes";
import { heightOf, lines, round, textShapes, widthOf, type Shape } from "./shapes";

export type Point = [x: number, y: number | null];

export interface Line {
  id: string;
  points: Point[];
  colour: string;
  /** Width of the line; 0 draws dots alone. */
  width: number;
  /** Lengths of strokes and gaps. */
  dash?: string;
  dots?: "full" | "hollow";
  /** Diameter of a dot. */
  dot?: number;
  /** Name written at the end of the line. */
  end?: { text: string; colour: string };
}

export interface Band {
  points: [x: number, low: number, high: number][];
  colour: string;
}

export interface Bar {
  from: number;
  to: number;
  fill: string;
  /** Colour of a dashed edge. */
  edge?: string;
  label: string;
  /** Ends of a whisker: where the bar's end may lie. */
  ends?: [low: number, high: number];
}

export interface ChartOption {
  /** Space around the axes. */
  margin: { start: number; end: number; top: number; bottom: number };
  /** Names of categories, whose places are 0, 1, 2 …, or an axis of amounts. */
  x: { labels: string[]; size?: number } | { name: string; format: (value: number) => string };
  y: { name: string; format: (value: number) => string };
  /** Axes of amounts start near the least value and not at 0: for points, never for bars. */
  near?: boolean;
  band?: Band;
  lines?: Line[];
  /** One bar per category. */
  bars?: Bar[];
}

export interface Drawn {
  shapes: Shape[];
  /** Place on the axes of a pixel; null outside them. */
  place: (x: number, y: number) => [number, number] | null;
}

interface Box {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

const GRID = "#E4E7EB";
const END_WIDTH = 100;
const BAR_SHARE = 0.62;
const SECOND = { colour: style.text.secondary };

function path(d: string, attributes: Shape["attributes"]): Shape {
  return { tag: "path", attributes: { d, fill: "none", ...attributes } };
}

function xScale({ x, near, lines: all = [] }: ChartOption, box: Box): Scale {
  if ("labels" in x) {
    const widest = x.size ? 0 : Math.max(0, ...x.labels.map((label) => widthOf(label))) + 12;
    return categoryScale(x.labels.length, box.x0, box.x1, widest);
  }
  const most = Math.max(1, Math.floor((box.x1 - box.x0) / 90));
  return amountScale(roundTicks(all.flatMap((line) => line.points.map(([at]) => at)), most, near), box.x0, box.x1);
}

function yScale({ band, near, lines: all = [], bars = [] }: ChartOption, box: Box): Scale {
  const values = [
    ...(band?.points ?? []).flatMap(([, low, high]) => [low, high]),
    ...all.flatMap((line) => line.points.flatMap(([, value]) => (value === null ? [] : [value]))),
    ...bars.flatMap((bar) => [bar.from, bar.to, ...(bar.ends ?? [])]),
  ];
  return amountScale(roundTicks(values, undefined, near), box.y1, box.y0);
}

/** Lines of the grid with the amounts beside them, and the axis' name above. */
function yAxis(option: ChartOption, box: Box, y: Scale): Shape[] {
  const { name, format } = option.y;
  return [
    ...textShapes(name, 4, box.y0 - 10, { ...SECOND, hold: "foot" }),
    ...y.ticks.flatMap((tick) => [
      path(`M${box.x0} ${round(y.at(tick))}H${box.x1}`, { stroke: tick === 0 ? style.text.secondary : GRID }),
      ...textShapes(format(tick), box.x0 - 8, y.at(tick), { ...SECOND, anchor: "end" }),
    ]),
  ];
}

function xAxis({ x }: ChartOption, box: Box, scale: Scale): Shape[] {
  const share = (box.x1 - box.x0) / ("labels" in x ? Math.max(1, x.labels.length) : 1);
  const label = (tick: number) => ("labels" in x ? x.labels[tick]! : x.format(tick));
  const look = "labels" in x && x.size ? { size: x.size, width: share - 4 } : {};
  const labels = scale.ticks.flatMap((tick) =>
    textShapes(label(tick), scale.at(tick), box.y1 + 6, { ...SECOND, ...look, anchor: "middle", hold: "top" }),
  );
  if ("labels" in x) return labels;
  const middle = (box.x0 + box.x1) / 2;
  return [...labels, ...textShapes(x.name, middle, box.y1 + 24, { ...SECOND, anchor: "middle", hold: "top" })];
}

function bandShapes(band: Band, x: Scale, y: Scale): Shape[] {
  const at = (place: number, value: number) => `${round(x.at(place))} ${round(y.at(value))}`;
  const low = band.points.map(([place, value]) => at(place, value));
  const high = band.points.map(([place, , value]) => at(place, value));
  return [path(`M${low.join("L")}L${high.reverse().join("L")}Z`, { fill: band.colour, "fill-opacity": 0.18 })];
}

/** Parts of a line between the places without a value, as one path. */
export function linePath(points: Point[], x: Scale, y: Scale): string {
  let pen = "M";
  let d = "";
  for (const [place, value] of points) {
    if (value !== null) d += `${pen}${round(x.at(place))} ${round(y.at(value))}`;
    pen = value === null ? "M" : "L";
  }
  return d;
}

function lineShapes(line: Line, x: Scale, y: Scale): Shape[] {
  const { colour, width, dash, dots, dot = 6 } = line;
  const drawn = path(linePath(line.points, x, y), {
    stroke: colour, "stroke-width": width, "stroke-linejoin": "round",
    ...(dash ? { "stroke-dasharray": dash } : {}),
  }); // prettier-ignore
  const marks = line.points.flatMap(([place, value]): Shape[] => {
    if (!dots || value === null) return [];
    const look: Shape["attributes"] =
      dots === "full" ? { fill: colour } : { fill: style.base.paper, stroke: colour, "stroke-width": 1.5 };
    return [{ tag: "circle", attributes: { cx: round(x.at(place)), cy: round(y.at(value)), r: dot / 2, ...look } }];
  });
  return width > 0 ? [drawn, ...marks] : marks;
}

/** Middles of labels as near as can be to where they belong, from top to bottom without overlap. */
export function apart(wanted: { at: number; height: number }[]): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]!.at - wanted[b]!.at);
  const found = wanted.map(({ at }) => at);
  order.slice(1).forEach((i, n) => {
    const above = order[n]!;
    const least = found[above]! + (wanted[above]!.height + wanted[i]!.height) / 2;
    found[i] = Math.max(found[i]!, least);
  });
  return found;
}

function endShapes(all: Line[], x: Scale, y: Scale): Shape[] {
  const named = all.flatMap((line) => {
    const last = line.points.findLast(([, value]) => value !== null);
    const gap = Math.max(8, (line.dot ?? 0) / 2 + 4);
    return line.end && last ? [{ end: line.end, x: x.at(last[0]) + gap, y: y.at(last[1]!) }] : [];
  });
  const height = (text: string) => heightOf(lines(text, END_WIDTH).length);
  const middles = apart(named.map(({ end, y: at }) => ({ at, height: height(end.text) })));
  return named.flatMap(({ end, x: at }, i) =>
    textShapes(end.text, at, middles[i]!, { colour: end.colour, width: END_WIDTH }),
  );
}

function whiskerShapes(x: number, ends: number[]): Shape[] {
  const [one, other] = ends.map(round);
  const d = `M${round(x - 5)} ${one}H${round(x + 5)}M${round(x)} ${one}V${other}M${round(x - 5)} ${other}H${round(x + 5)}`;
  return [path(d, { stroke: style.text.main, "stroke-width": 1.5 })];
}

function barShapes(bars: Bar[], box: Box, x: Scale, y: Scale): Shape[] {
  const share = (box.x1 - box.x0) / Math.max(1, bars.length);
  const wide = share * BAR_SHARE;
  return bars.flatMap((bar, i) => {
    const [top, foot] = [y.at(Math.max(bar.from, bar.to)), y.at(Math.min(bar.from, bar.to))];
    const edge = bar.edge ? { stroke: bar.edge, "stroke-width": 2, "stroke-dasharray": "4 3" } : {};
    const size = { width: round(wide), height: round(Math.max(foot - top, 1)) };
    const rect = { x: round(x.at(i) - wide / 2), y: round(top), ...size, fill: bar.fill, ...edge };
    const look = { size: 11, anchor: "middle", hold: "foot", width: share - 4 } as const;
    const whisker = bar.ends ? whiskerShapes(x.at(i), bar.ends.map(y.at)) : [];
    const head = Math.min(top, ...(bar.ends ?? []).map(y.at)) - 4;
    return [{ tag: "rect", attributes: rect } as Shape, ...whisker, ...textShapes(bar.label, x.at(i), head, look)];
  });
}

/** Draw a chart in a room of the given size. */
export function draw(option: ChartOption, width: number, height: number): Drawn {
  const { margin, band, lines: all = [], bars = [] } = option;
  const tall = { y0: margin.top, y1: Math.max(margin.top + 1, height - margin.bottom) };
  // Amounts are longer in some languages than in others: the axis moves in to leave them room.
  const upright = yScale(option, { x0: 0, x1: 0, ...tall });
  const widest = Math.max(...upright.ticks.map((tick) => widthOf(option.y.format(tick))));
  const start = Math.max(margin.start, Math.min(widest + 14, width / 3));
  const box = {
    ...tall,
    x0: start, x1: Math.max(start + 1, width - margin.end),
  }; // prettier-ignore
  const [x, y] = [xScale(option, box), yScale(option, box)];
  return {
    shapes: [
      ...yAxis(option, box, y),
      ...xAxis(option, box, x),
      ...(band ? bandShapes(band, x, y) : []),
      ...barShapes(bars, box, x, y),
      ...all.flatMap((line) => lineShapes(line, x, y)),
      ...endShapes(all, x, y),
    ],
    place: (px, py) =>
      px < box.x0 || px > box.x1 || py < box.y0 || py > box.y1 ? null : [x.back(px), y.back(py)],
  };
}
