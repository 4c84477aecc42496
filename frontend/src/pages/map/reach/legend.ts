/** Entries of the legend of a reach map: classes with limits and counts, and what has no number. */
import { fmt, t } from "@/i18n";
import { counted, type Told } from "@/lib/finding";
import { BASE } from "@/map/palette";
import { reachClass, reachColour } from "@/map/reach-layer";
import { COLUMN, limitText, zonesNumber, type Quantity, type ReachAsk, type Zone } from "./reach";

export interface LegendEntry {
  key: string;
  colour: string;
  text: string;
  count: Told;
}

/** Limits as words: below, between, and more. */
function classText(index: number, limits: number[], quantity: Quantity): string {
  const at = (i: number) => limitText(limits[i]!, quantity);
  if (limits.length === 0) return fmt().words.noData;
  if (index === 0) return t("reach.below", { a: at(0) });
  if (index === limits.length) return t("reach.above", { a: at(index - 1) });
  return t("reach.between", { a: fmt().significant(limits[index - 1]!, 2), b: at(index) });
}

/** Classes from near to far with the number of zones in each, then those that are not reached. */
export function reachLegend(zones: Zone[], limits: number[], quantity: Quantity, ask: ReachAsk | null): LegendEntry[] {
  const key = COLUMN[quantity];
  const reached = zones.filter((zone) => zone.reason === null);
  const classes = Array.from({ length: limits.length + 1 }, (_, i) => ({
    key: String(i),
    colour: reachColour(i, limits.length + 1),
    text: classText(i, limits, quantity),
    count: counted(
      reached.filter((zone) => reachClass(zone[key], limits) === i).length,
      zonesNumber(ask, quantity, "reached", { at_least: limits[i - 1] ?? null, below: limits[i] ?? null }),
    ),
  }));
  const lost = zones.filter((zone) => zone.reason !== null && zone.reason !== "same_place").length;
  const not = { key: "not", colour: BASE.paper, text: t("reach.not"), count: counted(lost, zonesNumber(ask, quantity, "lost")) };
  return lost > 0 ? [...classes, not] : classes;
}
