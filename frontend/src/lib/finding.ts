/** Sentences of the catalogue whose numbers open their provenance. */
import { fmt, t, type Key, type Values } from "@/i18n";
import type { NumberRef } from "./provenance";

/** A number within a sentence; `n` chooses the plural. */
export interface Told {
  text: string;
  source: NumberRef | null;
  n?: number;
}

export type Said = Record<string, string | Told>;

/** What a figure or a heading says. */
export interface Finding {
  key: Key;
  values?: Said;
}

/** Numbers by which a sentence chooses its plurals. */
export function plurals(values: Said): Values {
  const told = Object.entries(values).flatMap(([name, value]) =>
    typeof value === "object" && value.n !== undefined ? [[name, value.n] as const] : [],
  );
  return Object.fromEntries(told);
}

/** A count of things with its source. */
export function counted(n: number, source: NumberRef | null): Told {
  return { text: fmt().cell(n), source, n };
}

/** A finding as plain text, for names of files and for what is only heard. */
export function plainText(finding: string | Finding): string {
  if (typeof finding === "string") return finding;
  const said = Object.entries(finding.values ?? {}).map(
    ([name, value]) => [name, typeof value === "string" ? value : (value.n ?? value.text)] as const,
  );
  return t(finding.key, Object.fromEntries(said));
}
