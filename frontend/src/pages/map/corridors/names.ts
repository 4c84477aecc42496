/** Corridors in the order of the routes beside the map, with their names and looks. */
import style from "@style";
import type { Schemas } from "@/api/client";
import { fmt, t, word } from "@/i18n";
import { localText } from "../local-names.svelte";

export type Corridor = Schemas["Corridor"];

export interface Named {
  corridor: Corridor;
  n: number;
  /** "Corridor 2". */
  short: string;
  /** "2 rail by A, B". */
  name: string;
  colour: string;
  dash: string;
}

/** Name of a corridor: its modes and the borders that it crosses. */
export function corridorName(corridor: Corridor): string {
  const modes = corridor.mode_chain.map((mode) => word("mode", mode)).join(" – ");
  if (corridor.crossings.length === 0) return modes;
  return t("corridors.name", { modes, crossings: corridor.crossings.map(localText).join(t("why.comma")) });
}

/** Corridors in the order of some route ids, numbered; those that the order lacks come last. */
export function named(corridors: Corridor[], order: string[]): Named[] {
  const place = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
  const sorted = [...corridors].sort((a, b) => place(a.route_id) - place(b.route_id));
  return sorted.map((corridor, i) => {
    const look = style.corridors[i % style.corridors.length]!;
    const n = fmt().number(i + 1);
    return {
      corridor, n: i + 1,
      short: t("corridors.short", { n }),
      name: t("corridors.numbered", { n, name: corridorName(corridor) }),
      colour: look.colour, dash: look.dash,
    }; // prettier-ignore
  });
}

/** The corridor with the least of something. */
export function least(all: Named[], of: (corridor: Corridor) => number): Named {
  return all.reduce((best, one) => (of(one.corridor) < of(best.corridor) ? one : best));
}
