/** Names of places on a route, which the answer has in English, in the language of the page. */
import { study } from "@/app/study.svelte";
import { language } from "@/i18n";
import { mapData } from "@/map/map-data.svelte";
import { byEnglish, nameIn, type Named } from "@/map/names";

class LocalNames {
  #known = $derived.by(() => {
    // Zones first: a port may have its town's name in English, and one of its own elsewhere.
    const places = [...(mapData.zones?.features ?? []), ...(mapData.ports?.features ?? [])];
    const named = [...places, ...(mapData.crossings?.features ?? [])].map((one) => one.properties.names);
    return byEnglish([...named, ...(study.info?.countries ?? []).map((one) => one.names)]);
  });

  /** The name in the language of the page, with the language that it is in: English where none is known. */
  of(english: string): Named {
    return nameIn(this.#known.get(english), language.current, english);
  }
}

const local = new LocalNames();

/** Name of a place or country that is known by its English name. */
export const localName = (english: string): Named => local.of(english);

/** The same as plain text, for sentences and pictures. */
export const localText = (english: string): string => local.of(english).text;
