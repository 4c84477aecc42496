import { describe, expect, it } from "vitest";
import { barShapes, PART_COLOURS, PARTS, withKey } from "./bars";
import type { Corridor, Named } from "./names";
import { least, named } from "./names";

function corridor(id: string, hours: number[], p95: number | null): Corridor {
  const [moving, border, terminal, waiting] = hours as [number, number, number, number];
  const time = hours.reduce((sum, h) => sum + h, 0);
  return {
    route_id: id, mode_chain: ["rail"], crossings: ["A – B"], time_h: time, time_h_low: time, time_h_high: time,
    p50_h: p95, p95_h: p95, moving_h: moving, border_h: border, terminal_h: terminal, waiting_h: waiting,
    cost_usd_per_t: time, cost_usd_per_t_low: 1, cost_usd_per_t_high: 2, cost_usd: 1, co2_kg_per_t: 1, co2_kg: 1,
    distance_km: 100, indicators: [], stops: [], points: [],
  }; // prettier-ignore
}

const TWO = [corridor("x", [10, 20, 0, 10], 60), corridor("y", [30, 0, 5, 0], null)];

describe("corridors", () => {
  it("stand in the order of the list, what it lacks last", () => {
    const all = named(TWO, ["y"]);
    expect(all.map((one) => [one.n, one.corridor.route_id])).toEqual([[1, "y"], [2, "x"]]); // prettier-ignore
    expect(new Set(all.map((one) => one.colour)).size).toBe(2);
    expect(least(all, (c) => c.time_h).corridor.route_id).toBe("y");
  });

  it("have bars as long as their hours and a mark at P95", () => {
    const all: Named[] = named(TWO, ["x", "y"]);
    const shapes = barShapes(all, 616, String, String);
    const rects = shapes.filter((shape) => shape.tag === "rect");
    const wide = (part: (typeof PARTS)[number]) =>
      rects.filter((r) => r.attributes.fill === PART_COLOURS[part]).map((r) => Number(r.attributes.width));
    // The axis ends at 60 h on 600 px.
    expect(wide("moving")).toEqual([100, 300]);
    expect(wide("border")).toEqual([200]);
    expect(shapes.filter((shape) => shape.attributes["stroke-width"] === 2.5).map((s) => s.attributes.d)).toEqual(["M600 16V42"]);
  });

  it("keep their key in a saved picture", () => {
    const all = named(TWO, []);
    const drawing = { svg: () => ({ text: '<svg width="9"><circle r="1"></circle></svg>\n', width: 300, height: 100 }) };
    const { text, height } = withKey(drawing, () => all).svg();
    expect(height).toBe(150);
    expect(text.match(/<svg/g)).toHaveLength(1);
    expect(text).toContain('<circle r="1">');
    for (const one of all) expect(text).toContain(one.name);
  });
});
