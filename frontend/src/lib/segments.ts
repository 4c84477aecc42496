/** Texts with numbers in them, put together from messages: each number keeps its source. */
import { template, type Key } from "@/i18n";
import { pieces } from "@/i18n/pieces";
import type { Told } from "./finding";

export type Segment = string | Told;

/** Texts that stand beside each other become one. */
function merged(parts: Segment[]): Segment[] {
  return parts.reduce<Segment[]>((all, part) => {
    const last = all.at(-1);
    return typeof part === "string" && typeof last === "string" ? [...all.slice(0, -1), last + part] : [...all, part];
  }, []);
}

/** A message with its names filled by texts, numbers or segments that were put together before. */
export function segments(key: Key, values: Record<string, Segment | Segment[]> = {}): Segment[] {
  return merged(pieces(template(key)).flatMap(({ text, name }) => (name === null ? [text] : (values[name] ?? []))));
}

/** Parts with a message between them, as `join` does with texts. */
export function joined(parts: Segment[][], between: string): Segment[] {
  return merged(parts.flatMap((part, i) => (i > 0 ? [between, ...part] : part)));
}
