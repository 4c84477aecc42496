import { describe, expect, it } from "vitest";
import { readAsk, onMap } from "./ask";
import { fewer, layout, OTHER, sankeyShapes, type Chain } from "./sankey";
import { BASELINE } from "@/map/scenario-spec";

const CHAINS: Chain[] = [
  { steps: ["A", "gate", "B"], value: 6, marked: true },
  { steps: ["A", "port", OTHER], value: 2, marked: false },
  { steps: [OTHER, "gate", "B"], value: 12, marked: false },
];

describe("chains as bands", () => {
  const { nodes, ribbons } = layout(CHAINS, 220, 10);
  const node = (column: number, id: string) => nodes.find((one) => one.column === column && one.id === id)!;

  it("make bars as tall as what passes, at one scale in every column", () => {
    // 220 px less one gap of 10 px, over 20 units.
    const scale = 210 / 20;
    expect(node(0, "A").height).toBeCloseTo(8 * scale);
    expect(node(1, "gate").value).toBe(18);
    expect(node(2, "B").height).toBeCloseTo(18 * scale);
    for (const column of [0, 1, 2]) {
      const heights = nodes.filter((one) => one.column === column).map((one) => one.height);
      expect(heights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(210);
    }
  });

  it("put what is together last, however much it is", () => {
    expect(node(0, OTHER).value).toBeGreaterThan(node(0, "A").value);
    expect(node(0, OTHER).top).toBeGreaterThan(node(0, "A").top);
  });

  it("fill every bar without overlap, on either side", () => {
    for (const column of [0, 1]) {
      const bands = ribbons.filter((one) => one.column === column);
      expect(bands).toHaveLength(3);
      for (const side of ["from", "to"] as const) {
        const sorted = [...bands].sort((one, two) => one[side] - two[side]);
        sorted.slice(1).forEach((band, i) => {
          const above = sorted[i]!;
          expect(band[side] - band.thick / 2).toBeGreaterThanOrEqual(above[side] + above.thick / 2 - 1e-9);
        });
      }
    }
  });

  it("stay inside the drawing with their labels, however many are small", () => {
    const many = Array.from({ length: 11 }, (_, i): Chain => ({ steps: [`o${i}`, `p${i}`, `d${i}`], value: i === 0 ? 1000 : 0.1, marked: false }));
    const texts = sankeyShapes(many, 600, 400, ({ id }) => id).filter((one) => one.tag === "text");
    expect(texts).toHaveLength(33);
    const ys = texts.slice(0, 11).map((one) => Number(one.attributes.y));
    ys.slice(1).forEach((y, i) => expect(y - ys[i]!).toBeGreaterThan(10));
    expect(Math.max(...ys)).toBeLessThanOrEqual(400);
    expect(Math.min(...ys)).toBeGreaterThanOrEqual(0);
  });

  it("leave the words of the last two columns apart, and room for those above", () => {
    const long = ({ column }: { column: number }) => `A name that is rather long ${column}`;
    const texts = sankeyShapes(CHAINS, 390, 600, long, ["from", "over", "to"]).filter((one) => one.tag === "text");
    const size = (text: string) => text.length * 6.5;
    const ends = texts.filter((one) => one.attributes["text-anchor"] === "end" && Number(one.attributes.y) > 20);
    const starts = texts.filter((one) => one.attributes["text-anchor"] === "start" && Number(one.attributes.x) > 190);
    const right = Math.max(...starts.map((one) => Number(one.attributes.x) + size(one.text!)));
    const left = Math.min(...ends.map((one) => Number(one.attributes.x) - size(one.text!)));
    expect(right).toBeLessThanOrEqual(left);
    const bars = sankeyShapes(CHAINS, 390, 600, long, ["from", "over", "to"]).filter((one) => one.tag === "rect");
    expect(Math.min(...bars.map((one) => Number(one.attributes.y)))).toBeGreaterThanOrEqual(20);
    expect(Math.max(...bars.map((one) => Number(one.attributes.y) + Number(one.attributes.height)))).toBeLessThanOrEqual(600.1);
  });

  it("put the smallest of a column together, and lose nothing", () => {
    const many = Array.from({ length: 8 }, (_, i): Chain => ({ steps: [`o${i}`, "gate", "B"], value: 8 - i, marked: i === 0 }));
    const few = fewer(many, 3);
    expect(few.map(({ steps, value }) => [steps[0], value])).toEqual([["o0", 8], ["o1", 7], ["o2", 6], [OTHER, 15]]);
    expect(few.filter((one) => one.marked).map((one) => one.steps[0])).toEqual(["o0"]);
  });

  it("of nothing is nothing", () => {
    expect(layout([], 100)).toEqual({ nodes: [], ribbons: [] });
  });
});

describe("a question in the address", () => {
  it("takes known words alone", () => {
    const ask = readAsk({ goods: "mine", by: "rail", place: "X1", form: "gas" }, BASELINE);
    expect(ask).toEqual({ at: "X1", goods: "all", class_id: "", cargo: "", mode: "rail", doors: "", scenario: null, before: false });
  });

  it("carries the scenario that changes something", () => {
    expect(readAsk({}, { ...BASELINE, closed: ["X1"] }).scenario?.closed).toEqual(["X1"]);
  });
});

describe("loads on the map", () => {
  it("are 0 where a run has loads and these goods none", () => {
    const own = { link_id: "L2", t_per_year: 5, t_forward: 2, t_backward: 3 };
    const all = onMap([own], ["L1", "L2"]);
    expect(all.get("L1")).toEqual({ link_id: "L1", t_per_year: 0, t_forward: 0, t_backward: 0 });
    expect(all.get("L2")).toEqual(own);
  });
});
