/** Why there is no route, or why it cannot go on, in the language of the page. */
import type { Schemas } from "@/api/client";
import { fmt, t, word, type Key } from "@/i18n";
import en from "@/i18n/en";
import { localText } from "./local-names.svelte";
import { countryName } from "./places";

/** What the server says: a code, a sentence in English, and the names and numbers in it. */
export interface Said {
  reason_code: string | null;
  reason: string | null;
  facts: Record<string, string | number>;
}

const ALL_MODES = 4;

function fact(name: string, value: string | number): string {
  if (name === "modes") {
    const modes = String(value).split(",");
    return modes.length < ALL_MODES ? modes.map((mode) => word("mode", mode)).join(t("why.comma")) : "";
  }
  if (name === "country") return countryName(String(value));
  if (name === "time") return fmt().moment(String(value));
  if (name === "km" || name === "limit_km") return fmt().km(Number(value));
  return typeof value === "number" ? fmt().cell(value) : localText(value);
}

/** The reason by its code; the server's own words for a code that the catalogue does not know. */
export function reasonText({ reason_code, reason, facts }: Said): { text: string; lang: string | undefined } {
  const values = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, fact(name, value)]));
  const by = values.modes ? "_by" : "";
  const key = [`reason.${reason_code}${by}`, `reason.${reason_code}`].find((one) => one in en);
  if (!key) return { text: reason ?? "", lang: "en" };
  const because = values.because ? t("reason.because", { text: values.because }) : "";
  return { text: t(key as Key, { ...values, because }), lang: undefined };
}

/** A part of a way that is shut, and why: what the server builds from closed words is translated. */
export function shutText({ name, why }: Schemas["WayPart"]): { name: string; why: string } {
  const plain = why.replaceAll(" ", "_");
  if (why.startsWith("not carried as ")) return { name: word("shut.as", name), why: word("shut", plain) };
  if (why === "tracks not joined")
    return { name: t("shut.gauge_at", { place: localText(name.replace("a change of gauge at ", "")) }), why: word("shut", plain) };
  if (why === "mode not asked for") {
    const [mode = "", ...link] = name.split(", ");
    return { name: [word("mode", mode.replaceAll(" ", "_")), ...link].join(t("why.comma")), why: word("shut", plain) };
  }
  return { name: localText(name), why: word("shut", plain) };
}
