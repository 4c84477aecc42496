/** Facts for the map's two-sentence summary, and for its alternative text. */
import type { Crossings, Flows } from "./types";

export interface MapFacts {
  links: number;
  busiestId: string;
  busiestLink: string;
  busiestTonnes: number;
  crossings: number;
  slowestId: string;
  slowestHours: number | null;
}

/** The busiest link with a name and the slowest crossing among those with load (else of all). */
export function mapFacts(flows: Flows | null, crossings: Crossings | null): MapFacts {
  const links = flows?.features.map((f) => f.properties) ?? [];
  const named = links.filter((link) => link.name);
  const busiest = named.reduce<(typeof links)[0] | null>(
    (top, link) => (top === null || link.t_per_year > top.t_per_year ? link : top),
    null,
  );
  const all = (crossings?.features ?? []).map((f) => f.properties).filter((c) => c.mean_h !== null);
  const used = all.filter((c) => (c.t_per_year ?? 0) > 0);
  const slowest = (used.length > 0 ? used : all).reduce<(typeof all)[0] | null>(
    (top, c) => (top === null || c.mean_h! > top.mean_h! ? c : top),
    null,
  );
  return {
    links: links.length,
    busiestId: busiest?.link_id ?? "",
    busiestLink: busiest?.name ?? "",
    busiestTonnes: busiest?.t_per_year ?? 0,
    crossings: crossings?.features.length ?? 0,
    slowestId: slowest?.id ?? "",
    slowestHours: slowest?.mean_h ?? null,
  };
}
