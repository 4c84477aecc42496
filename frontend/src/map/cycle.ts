/** Order in which the keys [ and ] and the list walk through what is in view. */
import type { Bounds, Selection } from "./types";

export interface Listed extends Selection {
  label: string;
  /** Sorts within its kind, largest first. */
  size: number;
  lon: number;
  lat: number;
}

const ORDER: Selection["kind"][] = ["border_crossing", "terminal", "zone", "link"];

/** Say whether a point lies in the bounds; a view over the date line has west > east. */
export function inBounds(lon: number, lat: number, [west, south, east, north]: Bounds): boolean {
  const across = west <= east ? lon >= west && lon <= east : lon >= west || lon <= east;
  return across && lat >= south && lat <= north;
}

/** Things in view: crossings first, then terminals and zones, each by size and then by name. */
export function visibleItems(items: Listed[], bounds: Bounds): Listed[] {
  return items
    .filter((item) => inBounds(item.lon, item.lat, bounds))
    .sort(
      (one, two) =>
        ORDER.indexOf(one.kind) - ORDER.indexOf(two.kind) ||
        two.size - one.size ||
        one.label.localeCompare(two.label),
    );
}

/** The item one step on (1) or back (−1) from the focused one; it starts at the ends. */
export function step(items: Listed[], now: Selection | null, by: 1 | -1): Listed | null {
  if (items.length === 0) return null;
  const at = items.findIndex((item) => now !== null && item.id === now.id && item.kind === now.kind);
  if (at < 0) return items[by === 1 ? 0 : items.length - 1] ?? null;
  return items[(at + by + items.length) % items.length] ?? null;
}
