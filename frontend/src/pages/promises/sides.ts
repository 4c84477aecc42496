/** Names of the sides of a promise, from the study. */
import { study } from "@/app/study.svelte";
import { language, t } from "@/i18n";
import { nameIn } from "@/map/names";

/** Name of a side: a country of the study in the page's language, or "both" and "several". */
export function nameOfSide(side: string): string {
  if (side === "both") return t("promises.side_both");
  if (side === "several") return t("promises.side_several");
  return side
    .split(";")
    .map((id) => countryName(id.trim()))
    .join(", ");
}

/** Name of a country of the study; the id where it is none. */
export function countryName(id: string): string {
  const found = study.info?.countries.find((country) => country.country_id === id);
  return nameIn(found?.names, language.current, id).text;
}
