/** New links of a scenario: written as an edit, read from it, and drawn on the map. */
import type { Edit, Spec } from "./scenario-spec";
import type { AnyCollection } from "./types";

export interface NewLink {
  id: string;
  cells: Record<string, string>;
}

export interface NewLinkForm {
  from: string;
  to: string;
  mode: string;
  length_km: number;
  speed_km_per_h: number | null;
  capacity_t_per_year: number | null;
  border_crossing_id: string;
}

export interface LinkEnd {
  node_id: string;
  name: string;
  lon: number;
  lat: number;
}

/** Say whether an edit adds a link. */
export function isNewLink(edit: Edit): boolean {
  return edit.op === "insert" && edit.table === "link";
}

/** The edit that adds a link; its id is the first that the scenario does not use. */
export function newLinkEdit(spec: Spec, form: NewLinkForm): Edit {
  const used = new Set(spec.edits.filter(isNewLink).map((edit) => String(edit.value)));
  let n = 1;
  while (used.has(`new:${n}`)) n += 1;
  const cells: [string, string | number | null][] = [
    ["from_node_id", form.from],
    ["to_node_id", form.to],
    ["mode", form.mode],
    ["length_km", form.length_km],
    ["speed_km_per_h", form.speed_km_per_h],
    ["capacity_t_per_year", form.capacity_t_per_year],
    ["border_crossing_id", form.border_crossing_id],
  ];
  const key = cells.filter(([, value]) => value !== null && value !== "");
  return {
    table: "link",
    op: "insert",
    column: "link_id",
    value: `new:${n}`,
    key: key.map(([name, value]) => `${name}=${value}`).join(";"),
  };
}

/** Cells that the key of an edit spells out. */
export function readCells(edit: Edit): Record<string, string> {
  const parts = edit.key.split(";").map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at), part.slice(at + 1)] as const;
  });
  return Object.fromEntries(parts);
}

/** A new link as its edit has it. */
export function readNewLink(edit: Edit): NewLink {
  return { id: String(edit.value), cells: readCells(edit) };
}

/** New links of a scenario. */
export function newLinks(spec: Spec): NewLink[] {
  return spec.edits.filter(isNewLink).map(readNewLink);
}

/**
 * New links of two scenarios, each once. Where both use an id for different ways, its tonnes are
 * those of neither line, and it is left out.
 */
export function comparedLinks(a: Spec, b: Spec | null): NewLink[] {
  const all = [...newLinks(a), ...(b ? newLinks(b) : [])];
  const way = ({ cells }: NewLink) => [cells.from_node_id, cells.to_node_id, cells.mode].join(" ");
  const same = (link: NewLink) => all.every((other) => other.id !== link.id || way(other) === way(link));
  return [...new Map(all.filter(same).map((link) => [link.id, link])).values()];
}

/** Lines of new links whose ends are known. */
export function drawnLinks(links: NewLink[], ends: ReadonlyMap<string, LinkEnd>): AnyCollection {
  const features = links.flatMap(({ id, cells }) => {
    const [a, b] = [ends.get(cells.from_node_id ?? ""), ends.get(cells.to_node_id ?? "")];
    if (!a || !b) return [];
    return [{
      type: "Feature" as const,
      properties: { link_id: id, mode: cells.mode ?? "" },
      geometry: { type: "LineString" as const, coordinates: [[a.lon, a.lat], [b.lon, b.lat]] },
    }];
  });
  return { type: "FeatureCollection", features } as AnyCollection;
}

const RADIUS_KM = 6371.0088;

/** Great-circle distance in km. */
export function greatCircleKm(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180;
  const [dLat, dLon] = [(b.lat - a.lat) * rad, (b.lon - a.lon) * rad];
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
