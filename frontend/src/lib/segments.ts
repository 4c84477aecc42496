/** Texts with numbers in them, put together from messages: each number keeps its source. */
import { template, type Key } from "@/i18n";
import { pieces } from "@/i18n/pieces";
import type { Told } from "./finding";

export type Segment = string | Told;

/** A message with its names filled by texts, numbers or segments that were put together before. */
export function segments(key: Key, values: Record<string, Segment | Segment[]> = {}): Segment[] {
  return pieces(template(key)).flatMap(({ text, name }) => (name === null ? [text] : (values[name] ?? [])));
}

/** Parts with a message between them, as `join` does with texts. */
export function joined(parts: Segment[][], between: string): Segment[] {
  return parts.flatMap((part, i) => (i > 0 ? [between, ...part] : part));
}
