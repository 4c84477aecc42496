/** Chains of origin, door and destination as bands between three columns of bars. */
import style from "@style";
import { apart } from "@/lib/chart";
import { heightOf, lines, round, SIZE, textShapes, type Shape } from "@/lib/shapes";

export interface Chain {
  /** Ends and door in the order of travel. */
  steps: string[];
  value: number;
  /** Drawn in the colour that stands out. */
  marked: boolean;
}

export interface Node {
  column: number;
  id: string;
  value: number;
  top: number;
  height: number;
}

/** A chain between two columns: its middle on either side, and how thick it is. */
export interface Ribbon {
  column: number;
  from: number;
  to: number;
  thick: number;
  marked: boolean;
}

export interface Layout {
  nodes: Node[];
  ribbons: Ribbon[];
}

/** What stands for all that is too small to be told apart. */
export const OTHER = "other";
const GAP = 10;
const BAR = 10;
/** Height of the words above the columns. */
const HEAD = 20;
const LEAST = 1;
/** Many thin bands side by side must not look like a thick one. */
const LEAST_BAND = 0.25;
/** Pixels below which words are set smaller. */
const NARROW = 110;

function columnsOf(chains: Chain[]): Map<string, number>[] {
  const count = chains[0]?.steps.length ?? 0;
  return Array.from({ length: count }, (_, column) => {
    const sums = new Map<string, number>();
    for (const { steps, value } of chains) sums.set(steps[column]!, (sums.get(steps[column]!) ?? 0) + value);
    return sums;
  });
}

/** The largest first, and what is together under other last. */
function ordered(sums: Map<string, number>): [string, number][] {
  const last = ([id]: [string, number]) => (id === OTHER ? 1 : 0);
  return [...sums].sort((one, two) => last(one) - last(two) || two[1] - one[1]);
}

/** The same goods with at most so many ends and doors in a column: the smallest are put together. */
export function fewer(chains: Chain[], most: number): Chain[] {
  const kept = columnsOf(chains).map((sums) => new Set(ordered(sums).filter(([id]) => id !== OTHER).slice(0, most).map(([id]) => id)));
  const found = new Map<string, Chain>();
  for (const { steps, value, marked } of chains) {
    const own = steps.map((id, column) => (kept[column]!.has(id) ? id : OTHER));
    const key = JSON.stringify([own, marked]);
    found.set(key, { steps: own, marked, value: (found.get(key)?.value ?? 0) + value });
  }
  return [...found.values()];
}

/** Places of bars and bands in a height: every unit of value is as thick everywhere. */
export function layout(chains: Chain[], height: number, gap = GAP): Layout {
  const columns = columnsOf(chains).map(ordered);
  const total = chains.reduce((sum, { value }) => sum + value, 0);
  const most = Math.max(1, ...columns.map((one) => one.length));
  const scale = total > 0 ? Math.max(0, height - gap * (most - 1)) / total : 0;
  const place = columns.map((one, column) => {
    const used = total * scale + gap * (one.length - 1);
    let top = (height - used) / 2;
    return new Map(
      one.map(([id, value]) => {
        const node = { column, id, value, top, height: value * scale };
        top += node.height + gap;
        return [id, node] as const;
      }),
    );
  });
  return { nodes: place.flatMap((one) => [...one.values()]), ribbons: ribbonsOf(chains, place, scale) };
}

function ribbonsOf(chains: Chain[], place: Map<string, Node>[], scale: number): Ribbon[] {
  // Where the next band leaves a bar on its right, and enters one on its left.
  const found: Ribbon[] = [];
  for (let column = 0; column + 1 < place.length; column += 1) {
    const at = (chain: Chain, side: number) => place[column + side]!.get(chain.steps[column + side]!)!;
    const stacked = (side: 0 | 1) => {
      const next = new Map<string, number>();
      const order = [...chains].sort((one, two) =>
        at(one, side).top - at(two, side).top || at(one, 1 - side).top - at(two, 1 - side).top || chains.indexOf(one) - chains.indexOf(two),
      ); // prettier-ignore
      return new Map(order.map((chain) => {
        const { id, top } = at(chain, side);
        const start = next.get(id) ?? top;
        next.set(id, start + chain.value * scale);
        return [chain, start + (chain.value * scale) / 2] as const;
      })); // prettier-ignore
    };
    const [left, right] = [stacked(0), stacked(1)];
    for (const chain of chains)
      found.push({ column, from: left.get(chain)!, to: right.get(chain)!, thick: chain.value * scale, marked: chain.marked });
  }
  return found;
}

const hundredths = (pixel: number) => Math.round(pixel * 100) / 100;

/** Shapes of the drawing; `label` gives the words of a bar, `heads` those above the columns. */
export function sankeyShapes(chains: Chain[], width: number, height: number, label: (node: Node) => string, heads: string[] = []): Shape[] {
  const head = heads.length > 0 ? HEAD : 0;
  const flat = layout(chains, height - head);
  const nodes = flat.nodes.map((node) => ({ ...node, top: node.top + head }));
  const ribbons = flat.ribbons.map((ribbon) => ({ ...ribbon, from: ribbon.from + head, to: ribbon.to + head }));
  const columns = 1 + Math.max(0, ...nodes.map((node) => node.column));
  const x = (column: number) => (columns > 1 ? (column * (width - BAR)) / (columns - 1) : 0);
  const bands = [...ribbons].sort((one, two) => Number(one.marked) - Number(two.marked)).map((ribbon): Shape => {
    const [start, end] = [x(ribbon.column) + BAR, x(ribbon.column + 1)];
    const middle = (start + end) / 2;
    const d = `M${round(start)} ${round(ribbon.from)}C${round(middle)} ${round(ribbon.from)} ${round(middle)} ${round(ribbon.to)} ${round(end)} ${round(ribbon.to)}`;
    const look = { stroke: ribbon.marked ? style.chart.plan : style.chart.no_new, "stroke-opacity": ribbon.marked ? 0.5 : 0.22 };
    return { tag: "path", attributes: { d, fill: "none", "stroke-width": hundredths(Math.max(LEAST_BAND, ribbon.thick)), ...look } };
  }); // prettier-ignore
  const bars = nodes.map((node): Shape => ({
    tag: "rect",
    attributes: { x: round(x(node.column)), y: round(node.top), width: BAR, height: round(Math.max(LEAST, node.height)), fill: style.text.main },
  })); // prettier-ignore
  const between = columns > 1 ? (width - BAR) / (columns - 1) - BAR - 18 : width;
  const words = Array.from({ length: columns }, (_, column) => {
    const last = column === columns - 1 && columns > 1;
    const at = last ? x(column) - 6 : x(column) + BAR + 6;
    // The words of the last two columns stand in one gap.
    const room = column >= columns - 2 ? between / 2 : between;
    const own = nodes.filter((node) => node.column === column).map((node) => ({ node, text: label(node) }));
    const size = room < NARROW ? 11 : SIZE;
    const tall = own.map(({ text }) => heightOf(lines(text, room, size).length, size));
    const middle = apart(own.map(({ node }, i) => ({ at: Math.max(node.top + node.height / 2, head + tall[i]! / 2), height: tall[i]! })));
    // What was pushed down past the foot is pushed up again.
    let foot = height;
    for (let i = own.length - 1; i >= 0; i -= 1) {
      middle[i] = Math.min(middle[i]!, foot - tall[i]! / 2);
      foot = middle[i]! - tall[i]! / 2;
    }
    return own.flatMap(({ text }, i) => textShapes(text, at, middle[i]!, { anchor: last ? "end" : "start", width: room, size, halo: true }));
  });
  const titles = heads.slice(0, columns).flatMap((text, column) => {
    const look = { anchor: column === 0 ? "start" : column === columns - 1 ? "end" : "middle", hold: "top", colour: style.text.secondary } as const;
    return textShapes(text, column === 0 ? 0 : column === columns - 1 ? width : x(column) + BAR / 2, 0, look);
  });
  return [...bands, ...bars, ...words.flat(), ...titles];
}
