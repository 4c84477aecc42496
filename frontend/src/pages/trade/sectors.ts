/** Sectors of a pair: trade inside what it should be, and the table of both. */
import style from "@style";
import type { Cell, Column, Row } from "@/files/table";
import { fmt, t, type Key } from "@/i18n";
import type { Shape } from "@/lib/shapes";
import { nameIn } from "@/map/names";
import type { Way } from "./asked";
import type { Potential, Sector, Where } from "./model";
import { usd } from "./money";
import { axisOf, barShape, headShapes, whiskerShapes } from "./strips";

/** A sector and its place in the answer. */
export interface Placed extends Sector {
  at: number;
  shown: string;
}

/** Sectors of a direction, or of both, the largest potential first. */
export function sectorsOf(found: Potential, way: Way | null, lang: string): Placed[] {
  return found.sectors
    .map((sector, at) => ({ ...sector, at, shown: nameIn(sector.name, lang, sector.sector_id).text }))
    .filter((sector) => way === null || sector.direction === way)
    .sort((one, other) => other.potential_usd_current - one.potential_usd_current);
}

/** The sector whose trade falls furthest short; null where none does. */
export function widest(sectors: Placed[]): Placed | null {
  const most = sectors.reduce<Placed | null>((top, s) => (!top || s.gap_usd_current > top.gap_usd_current ? s : top), null);
  return most && most.gap_usd_current > 0 ? most : null;
}

/** Bars of sectors: the wide one is the potential with its band, the narrow one is what is traded. */
export function sectorShapes(sectors: Placed[], width: number, lines = 1): Shape[] {
  const most = sectors.flatMap((s) => [s.potential_usd_current, s.actual_usd_current, s.high]);
  const axis = axisOf(most, width, sectors.length, (usd) => fmt().usdAxis(usd), lines);
  const rows = sectors.flatMap((s, row) => [
    ...headShapes(axis, s.shown, t("trade.of", { actual: usd(s.actual_usd_current), potential: usd(s.potential_usd_current) }), row),
    barShape(axis, row, 0, s.potential_usd_current, 18, { fill: "#DCE8F5", stroke: style.chart.plan, "stroke-width": 1 }),
    barShape(axis, row, 0, s.actual_usd_current, 8, { fill: style.chart.observed }),
    ...whiskerShapes(axis, row, s.low, s.high, style.chart.plan),
  ]);
  return [...axis.shapes, ...rows];
}

const AMOUNTS = ["actual_usd_current", "potential_usd_current", "low", "high", "gap_usd_current"] as const;

/** Columns of the table of sectors; a number of a row stands at its place in the answer. */
export function sectorColumns(where: Where, way?: (direction: string) => string): Column[] {
  const source = (key: string) => (row: Row) => where(`sectors.${row.at}.${key}`);
  const column = (key: string, show: (value: Cell) => string): Column => ({
    key, label: t(`trade.column.${key}` as Key), kind: "number", show, source: source(key),
  }); // prettier-ignore
  const share = (value: Cell) => fmt().share(value as number | null);
  return [
    { key: "shown", label: t("trade.column.sector") },
    ...(way ? [{ key: "direction", label: t("trade.column.direction"), show: (value: Cell) => way(String(value)) }] : []),
    ...AMOUNTS.map((key) => column(key, usd)),
    column("delivered_cost_share", share),
    column("tariff_share", share),
    column("rca", (value) => fmt().number(value as number | null, 2)),
    column("export_potential_usd_current", usd),
  ]; // prettier-ignore
}
