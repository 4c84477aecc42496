/** Columns of the list of closures, and of the places while one lasts. */
import type { Cell, Column, Row, Table } from "@/files/table";
import { fmt, t, type Key } from "@/i18n";
import { nameIn } from "@/map/names";
import { capacityNames } from "../places/capacity-names.svelte";
import { sourceOf, type Asked, type Closure, type Detail } from "./asked";

const amount = (show: (value: number) => string) => (value: Cell) =>
  typeof value === "number" ? show(value) : t("table.no_data");

const SHOWN = {
  damage_usd: (v: number) => fmt().usd(v),
  passed_t: (v: number) => fmt().tonnes(v),
  rerouted_t: (v: number) => fmt().tonnes(v),
  extra_t_h: (v: number) => t("closures.t_h", { n: fmt().large(v) }),
  extra_usd: (v: number) => fmt().usd(v),
  held_usd: (v: number) => fmt().usd(v),
  stranded_t: (v: number) => fmt().tonnes(v),
  lost_usd: (v: number) => fmt().usd(v),
  lost_pair_usd: (v: number) => fmt().usd(v),
} as const;

/** Text of a number of a closure. */
export const closureText = (key: keyof typeof SHOWN, value: number) => SHOWN[key](value);

/** The list as a table: rows in the order of the answer, those without goods left out. */
export function listTable(rows: Closure[], asked: Asked, language: string): Table {
  const source = (key: keyof typeof SHOWN) => (row: Row) =>
    sourceOf(asked, String(row.place_id), true)(key);
  const numbers = (Object.keys(SHOWN) as (keyof typeof SHOWN)[]).map((key): Column => ({
    key, label: t(`closures.column.${key}` as Key), kind: "number",
    show: amount(SHOWN[key]), source: source(key),
  })); // prettier-ignore
  const wait: Column = {
    key: "bottleneck_rise_h", label: t("closures.column.rise"), kind: "number",
    show: (value, row) => (row.bottleneck ? fmt().signed(Number(value), (h) => fmt().words.hours(fmt().number(h, h < 10 ? 1 : 0))) : "–"),
    source: (row) => (row.bottleneck ? sourceOf(asked, String(row.place_id), true)("bottleneck_rise_h") : null),
  }; // prettier-ignore
  return {
    columns: [
      { key: "shown", label: t("closures.column.place") },
      ...numbers,
      { key: "bottleneck", label: t("closures.column.bottleneck"), show: (value, row) => (value ? capacityNames.of(String(row.bottleneck_id), String(value)) : "–") },
      wait,
      { key: "place_id", label: "id", hidden: true },
      { key: "problem", label: t("closures.column.problem"), hidden: true },
    ],
    rows: rows.map((row) => ({
      shown: nameIn(row.names, language, row.name).text,
      ...Object.fromEntries((Object.keys(SHOWN) as (keyof typeof SHOWN)[]).map((key) => [key, row[key]])),
      bottleneck: row.bottleneck,
      bottleneck_id: row.bottleneck_id,
      bottleneck_rise_h: row.bottleneck_rise_h,
      place_id: row.place_id,
      problem: row.problem,
    })),
  }; // prettier-ignore
}

/** Below these a place counts as unchanged: the rounding of a solution. */
const LEAST_T = 100;
const LEAST_H = 0.05;

/** Places with a capacity whose load or wait changes, before and while the closure lasts. */
export function placeTable(found: Detail, asked: Asked): Table {
  const source = (key: "load_t_per_year" | "baseline_load_t_per_year" | "wait_h" | "baseline_wait_h") => (row: Row) =>
    sourceOf(asked, found.place_id, false, String(row.capacity_id))(key); // prettier-ignore
  const tonnes = amount((v) => fmt().tonnesPerYear(v));
  const hours = amount((v) => fmt().hours(v));
  const rows = found.places.filter(
    (p) =>
      Math.abs(p.load_t_per_year - p.baseline_load_t_per_year) >= LEAST_T ||
      Math.abs(p.wait_h - p.baseline_wait_h) >= LEAST_H,
  );
  return {
    columns: [
      { key: "name", label: t("closures.column.capacity") },
      { key: "baseline_load_t_per_year", label: t("closures.column.load_before"), kind: "number", show: tonnes, source: source("baseline_load_t_per_year") },
      { key: "load_t_per_year", label: t("closures.column.load_after"), kind: "number", show: tonnes, source: source("load_t_per_year") },
      { key: "baseline_wait_h", label: t("closures.column.wait_before"), kind: "number", show: hours, source: source("baseline_wait_h") },
      { key: "wait_h", label: t("closures.column.wait_after"), kind: "number", show: hours, source: source("wait_h") },
      { key: "capacity_id", label: "id", hidden: true },
    ],
    rows: rows.map(({ place_ids: _ids, ...row }) => ({ ...row, name: capacityNames.of(row.capacity_id, row.name) })),
  }; // prettier-ignore
}
