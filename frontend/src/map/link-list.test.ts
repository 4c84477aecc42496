/** The list beside the map holds the links that are drawn in view, and no others. */
import { describe, expect, it } from "vitest";
import { drawnLinksIn, touches } from "./link-list";
import type { Bounds, Flows, Lines } from "./types";
import { drawnCrossings, drawnFlows, drawnNetwork, idleRoads } from "./view-data";

const BOX: Bounds = [0, 0, 10, 10];
const line = (link_id: string, mode: string, coordinates: number[][], more = {}) => ({
  type: "Feature" as const,
  geometry: { type: "LineString" as const, coordinates },
  properties: { link_id, mode, name: "", ...more },
});
const collection = (features: unknown[]) => ({ type: "FeatureCollection", features }) as never;

describe("a stretch of a line", () => {
  it("touches the box it crosses, though both ends lie outside", () => {
    expect(touches([-5, 5], [15, 6], BOX)).toBe(true);
    expect(touches([-1, 9.5], [1, 12], BOX)).toBe(false);
    expect(touches([-5, 5], [-1, 5], BOX)).toBe(false);
    expect(touches([4, 4], [4, 4], BOX)).toBe(true);
  });
});

describe("listed links", () => {
  const network: Lines = collection([
    line("in", "rail", [[1, 1], [2, 2]]),
    line("out", "rail", [[20, 1], [20, 2]]),
    line("off", "road", [[1, 1], [2, 2]]),
    line("past", "rail", [[-1, 9.5], [1, 12]]),
  ]);
  const flows: Flows = collection([
    line("in", "rail", [[1, 1], [2, 2]], { t_per_year: 5, t_forward: 4, t_backward: 1 }),
    line("only", "sea", [[3, 3], [30, 30]], { t_per_year: 9, t_forward: 9, t_backward: 0 }),
  ]);
  it("are those in view whose mode is on, once each, by tonnes", () => {
    const rows = drawnLinksIn(BOX, network, flows, null, new Set(["road"]));
    expect(rows.map((r) => [r.id, r.t_per_year])).toEqual([["only", 9], ["in", 5]]);
  });
  it("have no tonnes while flows are off, and those of a scenario where it is shown", () => {
    const off = drawnLinksIn(BOX, network, flows, null, new Set(["road", "flows"]));
    expect(off.map((r) => [r.id, r.t_per_year])).toEqual([["in", null]]);
    const load = { link_id: "in", t_per_year: 70, t_forward: 30, t_backward: 40 };
    const loads = new Map([["in", load]]);
    const rows = drawnLinksIn(BOX, network, flows, loads, new Set(["road"]));
    expect(rows.map((r) => [r.id, r.t_per_year])).toEqual([["in", 70], ["only", 9]]);
  });
  it("leave out roads without a flow far out; before a run there is no such road", () => {
    const idle = idleRoads(network, flows);
    expect([...idle]).toEqual(["off"]);
    expect(idleRoads(network, null).size).toBe(0);
    const drawn = drawnNetwork(network, idle, drawnFlows(flows)).features;
    const why = drawn.flatMap((f) => (f.properties.far ? [[f.properties.link_id, f.properties.far]] : []));
    expect(why).toEqual([["in", "flow"], ["off", "idle"]]);
    const far = drawnLinksIn(BOX, network, flows, null, new Set(), idle);
    expect(far.map((r) => r.id)).toEqual(["only", "in"]);
    expect(drawnLinksIn(BOX, network, flows, null, new Set()).map((r) => r.id)).toContain("off");
  });
  it("of a scenario are as wide each way as its loads, links that it alone uses too", () => {
    const loads = new Map(
      [["in", 0, 9], ["out", 9, 0]].map(([id, f, b]) => [
        String(id), { link_id: String(id), t_per_year: 9, t_forward: Number(f), t_backward: Number(b) },
      ]),
    );
    const drawn = new Map(drawnFlows(flows, loads, network).features.map((f) => [f.properties.link_id, f.properties]));
    expect([...drawn.keys()].sort()).toEqual(["in", "only", "out"]);
    expect(drawn.get("in")!.wf).toBe(0);
    expect(Number(drawn.get("in")!.wb)).toBeGreaterThan(3);
    expect(Number(drawn.get("out")!.wf)).toBeGreaterThan(3);
    expect(drawn.get("out")!.wb).toBe(0);
  });
});

describe("crossings", () => {
  it("are drawn small ones first, so that the longest dwell lies on top", () => {
    const point = (id: string, mean_h: number | null) => ({
      type: "Feature", geometry: { type: "Point", coordinates: [0, 0] },
      properties: { id, names: { en: id }, state: "open", mean_h },
    });
    const data = collection([point("long", 90), point("none", null), point("short", 2)]);
    const drawn = drawnCrossings(data, "en", [], String).features;
    expect(drawn.map((f) => f.properties.id)).toEqual(["none", "short", "long"]);
  });
});
