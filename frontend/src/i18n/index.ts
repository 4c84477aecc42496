/** Texts of the page: `t("key", {values})` in the current language, English where one is missing. */
import en from "./en";
import { language } from "./lang.svelte";
import { choose, fill, type Values } from "./plural";
import type { Lang } from "@/format/format";

export type Key = keyof typeof en;
export type { Values };

/** Language that a text is really in: English where the current catalogue lacks the key. */
export function langOf(key: Key): Lang {
  return language.texts[key] === undefined ? "en" : language.current;
}

const messageOf = (key: Key): string => language.texts[key] ?? en[key] ?? key;

/** Text of a key in the current language. */
export function t(key: Key, values: Values = {}): string {
  return fill(messageOf(key), values, langOf(key), (n) => language.fmt.cell(n));
}

/** Message of a key with its names left open; plurals are chosen. */
export function template(key: Key, values: Values = {}): string {
  return choose(messageOf(key), values, langOf(key));
}

/** Text of a key that comes from data, else the word itself (`prefix.word` is no known key). */
export function word(prefix: string, value: string): string {
  const key = `${prefix}.${value}`;
  return key in en ? t(key as Key) : value.replaceAll("_", " ");
}

export { language };
/** Formatter of the current language. */
export const fmt = () => language.fmt;
