/** Keys of the map beside those that MapLibre has (arrows pan, + and − zoom). */
import { step, type Listed } from "./cycle";
import type { Selection } from "./types";

export type KeyAction =
  | { kind: "focus"; item: Listed }
  | { kind: "open" }
  | { kind: "leave" };

interface Pressed {
  key: string;
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** What a key does on the map; null where it is not ours. */
export function mapKey(
  { key, code = "", ctrlKey, metaKey, altKey }: Pressed,
  visible: Listed[],
  now: Selection | null,
  shortcuts = true,
): KeyAction | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (key === "Escape") return { kind: "leave" };
  if (key === "Enter") return { kind: "open" };
  // Single characters can be switched off (WCAG 2.1.4).
  if (!shortcuts) return null;
  // By its place on the board too: a Persian or Russian layout has letters there.
  const by = key === "]" || code === "BracketRight" ? 1 : key === "[" || code === "BracketLeft" ? -1 : 0;
  if (by === 0) return null;
  const item = step(visible, now, by);
  return item ? { kind: "focus", item } : null;
}
