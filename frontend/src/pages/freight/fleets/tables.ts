/** Tables of the view of fleets. */
import type { Cell, Column, Row, Table } from "@/files/table";
import { study } from "@/app/study.svelte";
import { fmt, language, t, word, type Key } from "@/i18n";
import { nameIn } from "@/map/names";
import { countryName } from "@/pages/map/places";
import { sourceOf, type Added, type Empties, type Fleet, type FleetTable } from "./ask";

const number = (value: Cell) => (typeof value === "number" ? value : null);
// Less than a tenth of a load a day is none to speak of: its zeros would fill the column.
const daily = (value: number | null) => (value !== null && Math.abs(value) < 0.1 ? fmt().number(value, Math.abs(value) < 0.05 ? 0 : 1) : fmt().significant(value));
const SHOW: [RegExp, (value: Cell) => string][] = [
  [/_share$/, (value) => fmt().share(number(value), 0)],
  [/^t_per_year$/, (value) => fmt().tonnes(number(value))],
  [/^usd_/, (value) => fmt().usd(number(value))],
  [/_h$/, (value) => fmt().hours(number(value))],
  [/_km$/, (value) => fmt().km(number(value))],
  [/_days$|per_day$/, (value) => daily(number(value))],
  [/_per_year$|^loaded_|^left_over$/, (value) => fmt().significant(number(value))],
  [/./, (value) => fmt().number(number(value))],
];

/** Columns of numbers, each of which opens its source. */
function numbers(table: FleetTable, keys: string[], add: Added[] = []): Column[] {
  return keys.map((key) => ({
    key,
    label: t(`fleets.column.${key}` as Key),
    kind: "number" as const,
    show: SHOW.find(([name]) => name.test(key))![1],
    source: (row: Row) => (row[key] === null ? null : sourceOf(table, String(row.key), key, add)),
  }));
}

const text = (key: string): Column => ({ key, label: t(`fleets.column.${key}` as Key) });
export const fleetName = (one: Fleet) => nameIn(one.names, language.current, one.fleet_id).text;
const FLEET = ["needed", "utilisation_share", "t_per_year", "loads_per_day", "trip_days", "wait_h", "usd_per_unit_day"];

/** Fleets in a state; `add` is what the state has more of. */
export function fleetTable(fleets: Fleet[], add: Added[]): Table {
  const table = add.length ? "after" : "fleets";
  const count: Column = {
    key: "count", label: t("fleets.column.count"), kind: "number", show: (value) => fmt().number(number(value)),
    source: (row) => (add.length ? sourceOf(table, String(row.key), "count", add) : { table: "fleet", row: Number(row.at), column: "count" }),
  };
  return {
    columns: [text("shown"), text("unit"), text("owner"), count, ...numbers(table, FLEET, add)],
    rows: fleets.map((one) => ({ ...plain(one), key: one.fleet_id, shown: fleetName(one), unit: word("fleet_unit", one.unit), at: one.cells.count?.row ?? 0 })),
  };
}

/** A row without what is no cell of a table. */
function plain({ cells: _cells, names: _names, ...rest }: Fleet): Row {
  return rest;
}

export function unitTable(found: Empties): Table {
  return {
    columns: [text("unit"), ...numbers("units", ["loaded_per_day", "loaded_per_year", "empty_per_year", "empty_km_share"])],
    rows: found.units.map((one) => ({ ...one, key: one.unit, unit: word("fleet_unit", one.unit) })),
  };
}

/** Rows of the two countries of the study first, the largest before the others. */
function ownFirst<T>(rows: T[], countries: (row: T) => string[], size: (row: T) => number): T[] {
  const pair = study.info?.pair ?? [];
  const own = (row: T) => (countries(row).some((one) => pair.includes(one)) ? 1 : 0);
  return [...rows].sort((a, b) => own(b) - own(a) || size(b) - size(a));
}

export function balanceTable(found: Empties): Table {
  const rows = ownFirst(found.balance, (one) => [one.country_id], (one) => Math.abs(one.left_over));
  return {
    columns: [text("country"), text("unit"), ...numbers("balance", ["loaded_out", "loaded_in", "left_over"])],
    rows: rows.map(({ names: _names, ...one }) => ({
      ...one, key: `${one.unit}:${one.country_id}`, unit: word("fleet_unit", one.unit), country: countryName(one.country_id),
    })),
  };
}

export function crossingTable(found: Empties): Table {
  const rows = ownFirst(found.crossings, (one) => [one.from_country, one.to_country], (one) => one.empty_per_year);
  return {
    columns: [text("crossing"), text("way"), text("unit"), ...numbers("crossings", ["loaded_per_year", "empty_per_year", "empty_share"])],
    rows: rows.map(({ names, ...one }) => ({
      ...one, key: `${one.unit}:${one.border_crossing_id}:${one.from_country}`,
      crossing: nameIn(names, language.current, one.border_crossing_id).text,
      way: t("fleets.way", { a: countryName(one.from_country), b: countryName(one.to_country) }),
      unit: word("fleet_unit", one.unit),
    })),
  };
}

export function returnTable(found: Empties): Table {
  const rows = ownFirst(found.returns, (one) => [one.from_country, one.to_country], (one) => one.units_per_year);
  return {
    columns: [text("from"), text("to"), text("unit"), ...numbers("returns", ["units_per_year", "mean_km"])],
    rows: rows.map(({ from_names: _a, to_names: _b, ...one }) => ({
      ...one, key: `${one.unit}:${one.from_country}:${one.to_country}`, unit: word("fleet_unit", one.unit),
      from: one.from_country ? countryName(one.from_country) : t("fleets.water"),
      to: one.to_country ? countryName(one.to_country) : t("fleets.water"),
    })),
  };
}
