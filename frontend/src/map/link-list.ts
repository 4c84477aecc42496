/** Links of the map as the list beside it shows them: those that are drawn in view. */
import type { Geometry } from "geojson";
import type { Listed } from "./cycle";
import type { SwitchKey } from "./legend";
import type { Bounds, Flows, LinkLoad, Lines } from "./types";

export interface ListedLink extends Listed {
  kind: "link";
  mode: string;
  t_per_year: number | null;
}

type Point = number[];

/** Say whether a stretch of a line touches a box (Liang and Barsky). */
export function touches([x0, y0]: Point, [x1, y1]: Point, [w, s, e, n]: Bounds): boolean {
  let [from, to] = [0, 1];
  const [dx, dy] = [x1! - x0!, y1! - y0!];
  for (const [step, room] of [[-dx, x0! - w], [dx, e - x0!], [-dy, y0! - s], [dy, n - y0!]] as const) {
    if (step === 0) {
      if (room < 0) return false;
    } else if (step < 0) from = Math.max(from, room / step);
    else to = Math.min(to, room / step);
    if (from > to) return false;
  }
  return true;
}

function parts(geometry: Geometry): Point[][] {
  if (geometry.type === "LineString") return [geometry.coordinates];
  return geometry.type === "MultiLineString" ? geometry.coordinates : [];
}

/** The middle vertex of the first line in view; null where none is. */
function placeIn(geometry: Geometry, bounds: Bounds): Point | null {
  for (const line of parts(geometry))
    for (let i = 1; i < line.length; i += 1)
      if (touches(line[i - 1]!, line[i]!, bounds)) return line[line.length >> 1]!;
  return null;
}

/**
 * Links that are drawn in view, as network or as flow, those with most tonnes first; `hidden` are
 * left out of the network at this zoom.
 */
export function drawnLinksIn(
  bounds: Bounds,
  network: Lines | null,
  flows: Flows | null,
  loads: ReadonlyMap<string, LinkLoad> | null,
  off: ReadonlySet<SwitchKey>,
  hidden: ReadonlySet<string> = new Set(),
): ListedLink[] {
  const load = new Map<string, number>();
  if (!off.has("flows")) {
    for (const { properties: p } of flows?.features ?? []) load.set(p.link_id, p.t_per_year);
    for (const [id, link] of loads ?? []) load.set(id, link.t_per_year);
  }
  const found = new Map<string, ListedLink>();
  const take = ({ properties: p, geometry }: Lines["features"][0] | Flows["features"][0]): void => {
    if (off.has(p.mode) || found.has(p.link_id)) return;
    const at = placeIn(geometry, bounds);
    if (!at) return;
    const t_per_year = load.get(p.link_id) ?? null;
    found.set(p.link_id, {
      kind: "link", id: p.link_id, label: p.name || p.link_id, size: t_per_year ?? 0,
      lon: at[0]!, lat: at[1]!, mode: p.mode, t_per_year,
    });
  };
  network?.features.filter((f) => !hidden.has(f.properties.link_id)).forEach(take);
  // Flows may lie on links that the network's layer leaves out.
  if (!off.has("flows")) flows?.features.forEach(take);
  return [...found.values()].sort((a, b) => b.size - a.size || a.label.localeCompare(b.label));
}
