/** The answer of the view of places, and where its numbers come from. */
import { api, need, type Schemas } from "@/api/client";
import { Latest } from "@/api/latest.svelte";
import { study } from "@/app/study.svelte";
import { language, t, word } from "@/i18n";
import type { NumberRef } from "@/lib/provenance";
import { nameIn } from "@/map/names";
import { countryName } from "@/pages/map/places";

export type Places = Schemas["FreightPlaces"];
export type Place = Schemas["FreightPlace"];
export type Line = Schemas["FitLine"];
type Table = Schemas["PlaceNumber"]["table"];

/** What binds, use by month, modelled against observed. */
export const placesAnswers = () =>
  new Latest<true, Places>((_, signal) => need(api.GET("/api/v1/freight/places", { signal })));

/** Where a number of the answer comes from. */
export const sourceOf = (table: Table, key: string, column: string): NumberRef => ({ places: { table, key, column } });

/** Selection of the map: `x:` for a crossing, `t:` for a terminal; blank where it has no such place. */
export function selectionOf(place: Pick<Place, "place_kind" | "place_ids">): string {
  const id = place.place_ids[0] ?? "";
  return place.place_kind === "border_crossing" ? `x:${id}` : place.place_kind === "terminal" ? `t:${id}` : "";
}

function className(id: string): string {
  const found = study.info?.commodities.find((one) => one.class_id === id);
  return nameIn(found?.names, language.current, id).text;
}

const joined = (parts: string[]) => parts.join(t("places.comma"));
const named = (found: Pick<Places, "names">, ids: string[]) => joined(ids.map((id) => nameIn(found.names[id], language.current, id).text));

/** Form of cargo, or the class, that a capacity or a count is of; blank for all. */
function goodsOf(cargo: string, classes: string[]): string[] {
  const forms = cargo === "all" ? [] : [word("cargo", cargo)];
  return classes.length > 0 ? classes.map(className) : forms;
}

/** Name of a capacity: its places, goods and direction. */
export function placeName(found: Pick<Places, "names">, place: Schemas["CapacityName"] & { name?: string }): string {
  const known = place.place_ids.every((id) => found.names[id]);
  const parts = [known || !place.name ? named(found, place.place_ids) : place.name, ...goodsOf(place.cargo, place.class_id ? [place.class_id] : [])];
  if (place.from_country) parts.push(t("places.way", { from: countryName(place.from_country), to: countryName(place.to_country) }));
  return joined(parts);
}

/** Place or country of a count. */
export function lineName(found: Places, { cut }: Line): string {
  if (cut.country) return countryName(cut.country);
  return [named(found, cut.passes), named(found, cut.then_passes)].filter(Boolean).join(" – ");
}

/** Goods of a count in words. */
export function lineGoods({ cut }: Line): string {
  const list = (ids: string[]) => joined(ids.map(countryName));
  const parts = goodsOf(cut.cargo, cut.classes);
  if (cut.not_country) parts.push(t("places.transit"));
  if (cut.exporters.length > 0 && cut.exporters.join() === cut.importers.join()) parts.push(t("places.between", { countries: list(cut.exporters) }));
  else {
    if (cut.exporters.length > 0) parts.push(t("places.from", { countries: list(cut.exporters) }));
    if (cut.importers.length > 0) parts.push(t("places.to", { countries: list(cut.importers) }));
  }
  if (cut.mode) parts.push(word("mode", cut.mode));
  if (cut.from_country) parts.push(t("places.way", { from: countryName(cut.from_country), to: countryName(cut.to_country) }));
  return joined(parts) || t("places.all_goods");
}
