/** What the pointer is on: as a selection and as one line of text. */
import type { Formatter } from "@/format/format";
import type { Hit } from "./controller";
import { mapData } from "./map-data.svelte";
import { nameIn } from "./names";
import type { Selection } from "./types";

const KINDS: Partial<Record<Hit["source"], Selection["kind"]>> = {
  crossings: "border_crossing",
  ports: "terminal",
  zones: "zone",
  reach: "zone",
  network: "link",
  flows: "link",
  difference: "link",
  links: "link",
};

/** The selection that a click on something makes; null for lines of routes. */
export function hitSelection(hit: Hit): Selection | null {
  const kind = KINDS[hit.source];
  return kind ? { kind, id: hit.id } : null;
}

/** One line on what the pointer is on: name and the number that the drawing shows. */
export function hitText(hit: Hit, fmt: Formatter, language: string): string {
  const { properties } = hit;
  if (hit.source === "crossings") {
    const crossing = mapData.crossings?.features.find((f) => f.properties.id === hit.id)?.properties;
    if (!crossing) return hit.id;
    return `${nameIn(crossing.names, language, crossing.id).text} · ${fmt.hours(crossing.mean_h)}`;
  }
  const name = String(properties.label ?? properties.name ?? "") || hit.id;
  if (hit.source === "difference")
    return `${nameOfLink(hit.id)} · ${fmt.signed(Number(properties.difference), (v) => fmt.tonnesPerYear(v))}`;
  if (hit.source === "reach" && properties.shown) return `${name} · ${String(properties.shown)}`;
  if (hit.source === "flows") return `${name} · ${fmt.tonnesPerYear(Number(properties.t_per_year))}`;
  return name;
}

/** Name of a link by its id, from the layers that are loaded. */
export function nameOfLink(id: string): string {
  const flow = mapData.flows?.features.find((f) => f.properties.link_id === id);
  const link = flow ?? mapData.network?.features.find((f) => f.properties.link_id === id);
  return link?.properties.name || id;
}
