/** Names of countries and places in the language of the page. */
import { study } from "@/app/study.svelte";
import { fmt, language, t } from "@/i18n";
import { mapData } from "@/map/map-data.svelte";
import { nameIn } from "@/map/names";
import type { Names, Selection } from "@/map/types";

/** Name of a country of the study. */
export function countryName(id: string): string {
  const found = study.info?.countries.find((country) => country.country_id === id);
  return nameIn(found?.names, language.current, id).text;
}

/** What dollars of the model are worth, in words. */
export function priceBasis(): string {
  return t("basis.constant", { year: fmt().year(study.info?.price_year) });
}

interface NamedFeature {
  properties: { id: string; names: Names };
}

/** Name of what is selected, as far as the layers know it. */
export function selectionName({ kind, id }: Selection): string {
  if (kind === "link") {
    const links = [...(mapData.flows?.features ?? []), ...(mapData.network?.features ?? [])];
    return links.find((f) => f.properties.link_id === id)?.properties.name || id;
  }
  const layers: Record<string, NamedFeature[] | undefined> = {
    border_crossing: mapData.crossings?.features,
    terminal: mapData.ports?.features,
    zone: mapData.zones?.features,
  };
  const found = layers[kind]?.find((f) => f.properties.id === id);
  return nameIn(found?.properties.names, language.current, id).text;
}
