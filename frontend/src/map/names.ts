/** Names in the language of the page, with the fall-backs of the study. */
import type { Names } from "./types";

export interface Named {
  text: string;
  /** Language of the text, for a `lang` attribute where it differs from the page's. */
  lang: string;
}

/** Name in a language, else in English, else in any language there is, else the id. */
export function nameIn(names: Names | null | undefined, language: string, id: string): Named {
  for (const lang of [language, "en", ...Object.keys(names ?? {})]) {
    const text = names?.[lang];
    if (text) return { text, lang };
  }
  return { text: id, lang: "en" };
}

/** Names of all languages by their English one; where two places share it, the first of the list. */
export function byEnglish(all: Iterable<Names>): Map<string, Names> {
  const found = new Map<string, Names>();
  for (const names of all) if (names.en && !found.has(names.en)) found.set(names.en, names);
  return found;
}
