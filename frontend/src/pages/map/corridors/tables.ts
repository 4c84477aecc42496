/** Tables of the comparison: corridors, points of both charts, indicators beside observed ones. */
import type { Schemas } from "@/api/client";
import type { Cell, Column, Row, Table } from "@/files/table";
import { fmt, t, word, type Key } from "@/i18n";
import type { NumberRef } from "@/lib/provenance";
import { placeColumn } from "../legs";
import { countryName } from "../places";
import type { Ask } from "../form";
import { PARTS } from "./bars";
import { corridorName, type Named } from "./names";
import { corridorNumber, numberOf, type RouteColumn } from "./numbers";

type Answer = Schemas["Corridors"];
export type Indicator = Schemas["CorridorIndicator"]["indicator"];

export const INDICATORS: Indicator[] = ["tfi1_h", "tfi2_usd", "tfi3_usd", "swod_km_per_h", "swd_km_per_h"];
const UNIT: Record<Indicator, string> = {
  tfi1_h: "h", tfi2_usd: "US$", tfi3_usd: "US$/500 km", swod_km_per_h: "km/h", swd_km_per_h: "km/h",
}; // prettier-ignore
const DIGITS: Record<Indicator, number> = {
  tfi1_h: 1, tfi2_usd: 0, tfi3_usd: 0, swod_km_per_h: 1, swd_km_per_h: 1,
}; // prettier-ignore

const plain = (digits: number) => (value: Cell) =>
  typeof value === "number" ? fmt().number(value, digits) : t("table.no_data");

function amount(key: string, label: string, unit: string, digits: number): Column {
  return { key, label, unit, kind: "number", show: plain(digits) };
}

/** A number with its low–high in brackets; downloads hold all three. */
function banded(key: string, label: string, unit: string, digits: number): Column[] {
  const number = (value: Cell) => fmt().number(value as number, digits);
  const show = (value: Cell, row: Row) => {
    if (typeof value !== "number") return t("table.no_data");
    const [low, high] = [row[`${key}_low`], row[`${key}_high`]];
    return typeof low === "number" ? `${number(value)} (${number(low)}\u2013${number(high)})` : number(value);
  };
  const ends = ["low", "high"].map((end) => ({
    ...amount(`${key}_${end}`, t(`corridors.column.${end}` as Key), unit, digits), hidden: true,
  })); // prettier-ignore
  return [{ key, label, unit, kind: "number", show }, ...ends];
}

const withSource = ([first, ...ends]: Column[], source: Column["source"]): Column[] => [
  { ...first!, source }, ...ends,
]; // prettier-ignore

/** Hours of a part of the way. */
function part(name: (typeof PARTS)[number], ask: Ask): Column {
  const source = (row: Row) => corridorNumber(ask, String(row.route_id), `${name}_h`);
  return { ...amount(`${name}_h`, word("corridors.part", name), "h", 0), source };
}

/** One row a corridor; its numbers open their provenance. */
export function corridorTable(all: Named[], ask: Ask): Table {
  const of = (column: RouteColumn) => (row: Row) => numberOf(ask, String(row.route_id), column);
  return {
    columns: [
      { key: "corridor", label: t("corridors.column.name") },
      ...withSource(banded("time_h", t("routes.leg.time"), "h", 0), of("time_h")),
      { ...amount("p95_h", t("corridors.column.p95"), "h", 0), source: of("p95_h") },
      ...PARTS.map((name) => part(name, ask)),
      ...withSource(banded("cost_usd_per_t", t("routes.leg.cost"), "US$/t", 0), of("cost_usd_per_t")),
      { ...amount("cost_usd", t("routes.leg.cost"), "US$", 0), source: of("cost_usd") },
      { ...amount("co2_kg_per_t", t("routes.leg.co2"), "kg/t", 0), source: of("co2_kg_per_t") },
      { ...amount("distance_km", t("routes.leg.distance"), "km", 0), source: of("distance_km") },
      { key: "name", label: t("corridors.column.way"), hidden: true },
    ],
    rows: all.map(({ short, corridor }) => {
      const { mode_chain: _m, crossings: _c, indicators: _i, stops: _s, points: _p, ...numbers } = corridor;
      return { corridor: short, ...numbers, name: corridorName(corridor) };
    }),
  };
}

/** Points of a chart, so that the download is what is drawn. */
export function pointTable(all: Named[], of: "hours" | "usd", ask: Ask): Table {
  const sum = (column: RouteColumn) => (row: Row) =>
    numberOf(ask, String(row.route_id), column, Number(row.legs));
  const unit = of === "hours" ? "h" : "US$";
  return {
    columns: [
      { key: "corridor", label: t("corridors.column.name") },
      placeColumn("at", t("routes.leg.at")),
      { ...amount("km", t("routes.leg.distance"), "km", 0), source: sum("distance_km") },
      {
        ...amount(of, t(of === "hours" ? "routes.leg.time" : "routes.leg.cost"), unit, of === "hours" ? 1 : 0),
        source: sum(of === "hours" ? "time_h" : "cost_usd"),
      },
    ],
    rows: all.flatMap(({ name, corridor }) =>
      corridor.points.map((point, legs) => ({
        route_id: corridor.route_id, legs, corridor: name, at: point.at, km: point.km, [of]: point[of],
      })), // prettier-ignore
    ),
  };
}

interface Line {
  of: string;
  mode: string;
  years: number[];
  cells: Map<Indicator, { value: number | null; low: number | null; high: number | null; ref: NumberRef }>;
}

function ownLines(all: Named[], ask: Ask): Line[] {
  return all.flatMap(({ short, corridor }) => {
    const modes = [...new Set(corridor.indicators.map((one) => one.mode))];
    return modes.map((mode) => ({
      of: short,
      mode: mode ? word("mode", mode) : t("tfi.whole"),
      years: [],
      cells: new Map(
        corridor.indicators.filter((one) => one.mode === mode).map(({ indicator, value, low, high }) => {
          const ref = corridorNumber(ask, corridor.route_id, indicator, mode as "rail" | "road" | null);
          return [indicator, { value, low, high, ref }];
        }),
      ),
    }));
  });
}

function observedLines(observed: Answer["observed"]): Line[] {
  const lines = new Map<string, Line>();
  for (const one of observed) {
    const key = `${one.mode}|${one.country_id ?? ""}`;
    const of = one.country_id
      ? t("tfi.observed_in", { country: countryName(one.country_id) })
      : t("tfi.observed");
    const line: Line = lines.get(key) ?? { of, mode: word("mode", one.mode), years: [], cells: new Map() };
    const ref = { table: "corridor_indicator", row: one.row, column: "value" };
    line.cells.set(one.indicator, { value: one.value, low: null, high: null, ref });
    line.years.push(one.year);
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** Years of the values of a line: the first and the last. */
function yearText(years: number[]): string {
  if (years.length === 0) return "";
  const [first, last] = [Math.min(...years), Math.max(...years)];
  return first === last ? fmt().year(first) : `${fmt().year(first)}\u2013${fmt().year(last)}`;
}

/** Indicators of every corridor, whole and by mode, then what CPMM observed. */
export function indicatorTable(all: Named[], observed: Answer["observed"], ask: Ask): Table {
  const lines = [...ownLines(all, ask), ...observedLines(observed)];
  const columns = INDICATORS.flatMap((name) => {
    const source = (row: Row) => lines[Number(row.line)]?.cells.get(name)?.ref ?? null;
    return withSource(banded(name, t(`tfi.${name}`), UNIT[name], DIGITS[name]), source);
  });
  return {
    columns: [
      { key: "of", label: t("tfi.column.of") },
      { key: "mode", label: t("tfi.column.mode") },
      { key: "year", label: t("tfi.column.year"), show: (value) => String(value ?? "") },
      ...columns,
    ],
    rows: lines.map(({ of, mode, years, cells }, line) => ({
      line, of, mode, year: yearText(years),
      ...Object.fromEntries([...cells].flatMap(([name, { value, low, high }]) => [
        [name, value], [`${name}_low`, low], [`${name}_high`, high],
      ])),
    })), // prettier-ignore
  };
}
