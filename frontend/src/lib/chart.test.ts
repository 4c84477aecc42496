import { describe, expect, it } from "vitest";
import { amountScale, categoryScale, roundTicks } from "./axes";
import { apart, draw, linePath, type ChartOption } from "./chart";
import { lines, svgText } from "./shapes";

const OPTION: ChartOption = {
  margin: { start: 50, end: 100, top: 20, bottom: 30 },
  x: { labels: ["2024", "2025", "2026"] },
  y: { name: "US$", format: String },
  lines: [
    { id: "plan", points: [[0, 1], [1, null], [2, 4]], colour: "#123456", width: 2, end: { text: "A & B", colour: "#123456" } },
    { id: "seen", points: [[0, 1], [1, 2]], colour: "#000000", width: 0, dots: "full" },
  ],
}; // prettier-ignore

describe("axes", () => {
  it("cover all values with round steps from 0", () => {
    expect(roundTicks([3, 17])).toEqual([0, 5, 10, 15, 20]);
    expect(roundTicks([0.3])).toEqual([0, 0.1, 0.2, 0.3]);
    expect(roundTicks([-2, 7])).toEqual([-2, 0, 2, 4, 6, 8]);
    expect(roundTicks([2.1e9])).toEqual([0, 5e8, 1e9, 1.5e9, 2e9, 2.5e9]);
  });
  it("start near the values where that is asked for", () => {
    expect(roundTicks([209, 312], 5, true)).toEqual([200, 225, 250, 275, 300, 325]);
    expect(roundTicks([7], 5, true)).toEqual([0, 2, 4, 6, 8]);
  });
  it("stand where there is nothing to show", () => expect(roundTicks([])).toEqual([0, 1]));
  it("go from values to pixels and back", () => {
    const scale = amountScale([0, 5, 10], 200, 0);
    expect(scale.at(5)).toBe(100);
    expect(scale.back(scale.at(7))).toBeCloseTo(7);
  });
  it("leave out labels of categories that have no room", () => {
    expect(categoryScale(10, 0, 100, 25).ticks).toEqual([0, 3, 6, 9]);
    expect(categoryScale(2, 0, 100, 25).at(1)).toBe(75);
  });
});

describe("drawing", () => {
  it("lifts the pen where there is no value", () => {
    const scale = amountScale([0, 10], 0, 10);
    expect(linePath([[0, 1], [1, 2], [2, null], [3, 4]], scale, scale)).toBe("M0 1L1 2M3 4");
  });
  it("keeps labels apart", () => {
    expect(apart([{ at: 12, height: 10 }, { at: 10, height: 10 }, { at: 50, height: 10 }])).toEqual([20, 10, 50]);
  });
  it("draws dots alone where the line has no width", () => {
    const { shapes } = draw(OPTION, 400, 200);
    expect(shapes.filter((shape) => shape.tag === "circle")).toHaveLength(2);
  });
  it("knows the place under the pointer, and none outside the axes", () => {
    const { place } = draw(OPTION, 400, 200);
    expect(place(10, 100)).toBeNull();
    expect(Math.round(place(175, 100)![0])).toBe(1);
  });
  it("draws a gap as a bar with a dashed edge", () => {
    const bars = [{ from: 2, to: 5, fill: "#FFFFFF", edge: "#891C1E", label: "3" }];
    const rect = draw({ ...OPTION, lines: [], bars }, 400, 200).shapes.find((shape) => shape.tag === "rect");
    expect(rect?.attributes["stroke-dasharray"]).toBeDefined();
  });
  it("makes a file that is XML", () => {
    const text = svgText(draw(OPTION, 400, 200).shapes, 400, 200);
    const found = new DOMParser().parseFromString(text, "image/svg+xml");
    expect(text).toContain("A &amp; B");
    expect(found.documentElement.getAttribute("viewBox")).toBe("0 0 400 200");
  });
  it("breaks a label between words", () => {
    expect(lines("without new measures", 80)).toEqual(["without new", "measures"]);
  });
});
