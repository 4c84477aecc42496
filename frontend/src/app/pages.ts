/** The pages that exist, in the order of the rail. A page's room is absent until it is built. */
import type { Component } from "svelte";
import type { Key } from "@/i18n";

export interface PageEntry {
  id: string;
  icon: string;
  label: Key;
  /** Word for the bar of a small screen, where the label is too long for it. */
  short?: Key;
  load: () => Promise<{ default: Component }>;
}

const FOUND = import.meta.glob<{ default: Component }>("../pages/*/*Page.svelte");

// Icons are single strokes on a 24 × 24 grid.
const ALL: Omit<PageEntry, "load">[] = [
  { id: "overview", icon: "M4 13h7V4H4zM13 20h7v-9h-7zM4 20h7v-5H4zM13 9h7V4h-7z", label: "nav.overview" },
  { id: "map", icon: "M9 4 3 6v14l6-2 6 2 6-2V4l-6 2zM9 4v14M15 6v14", label: "nav.map", short: "nav.map_short" },
  { id: "trade", icon: "M4 8h14l-4-4M20 16H6l4 4", label: "nav.trade" },
  { id: "scenario", icon: "M4 7h10M18 7h2M4 17h2M10 17h10M14 4v6M6 14v6", label: "nav.scenario" },
  { id: "freight", icon: "M3 16V7h11v9M14 10h4l3 3v3h-3M3 16h2M9 16h5M7 14a2 2 0 1 0 0 4 2 2 0 0 0 0-4M16 14a2 2 0 1 0 0 4 2 2 0 0 0 0-4", label: "nav.freight" },
  { id: "roadmap", icon: "M4 6h8M7 12h9M12 18h8", label: "nav.roadmap" },
  { id: "promises", icon: "M4 6l2 2 3-4M4 13l2 2 3-4M4 20l2 2 3-4M12 7h8M12 14h8M12 20h8", label: "nav.promises" },
  { id: "data", icon: "M4 5h16v14H4zM4 10h16M4 15h16M10 5v14", label: "nav.data" },
];

export const PAGES: PageEntry[] = ALL.flatMap((page) => {
  const file = Object.keys(FOUND).find((path) => path.startsWith(`../pages/${page.id}/`));
  const load = file ? FOUND[file] : undefined;
  return load ? [{ ...page, load }] : [];
});
