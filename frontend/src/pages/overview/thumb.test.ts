import type { FeatureCollection } from "geojson";
import { describe, expect, it } from "vitest";
import { flowLines, mapDrawing, mapShapes, projection } from "./thumb";

const FRAME = { width: 100, height: 100, window: [0, 0, 10, 10] as [number, number, number, number] };
const line = (link_id: string, lon: number, t_per_year: number) => ({
  type: "Feature" as const,
  properties: { link_id, name: link_id, mode: "rail", t_per_year },
  geometry: { type: "LineString" as const, coordinates: [[lon, 1], [lon, 9]] },
}); // prettier-ignore
const FLOWS: FeatureCollection = {
  type: "FeatureCollection",
  features: [line("L2", 4, 400), line("L1", 2, 100), line("FAR", 80, 9e9)],
};

describe("small map", () => {
  const project = projection(FRAME);
  const lines = flowLines(FLOWS, project, FRAME);
  it("draws the lines in its frame, the fullest last and four times the tonnes twice as wide", () => {
    expect(lines.map(({ row }) => row.link_id)).toEqual(["L1", "L2"]);
    expect(lines[1]!.width).toBeCloseTo(2 * lines[0]!.width);
  });
  it("has a picture with every line and the name of its mode", () => {
    const { text, height } = mapDrawing(mapShapes([], lines, project, FRAME), [{ mode: "rail", name: "Bahn" }], FRAME).svg();
    for (const { d } of lines) expect(text).toContain(d);
    expect(text).toContain("Bahn");
    expect(height).toBeGreaterThan(FRAME.height);
    expect(new DOMParser().parseFromString(text, "image/svg+xml").querySelector("parsererror")).toBeNull();
  });
});
