/** Tables of the view of places. */
import type { Cell, Column, Row, Table } from "@/files/table";
import { fmt, t, type Key } from "@/i18n";
import { lineGoods, lineName, placeName, sourceOf, type Places } from "./ask";

const number = (value: Cell) => (typeof value === "number" ? value : null);
const weight = (value: Cell) => fmt().tonnes(number(value));
const share = (value: Cell) => fmt().share(number(value), 0);
const whole = (value: Cell) => fmt().number(number(value), 0);
const SHOW: Record<string, (value: Cell) => string> = {
  shadow_price_usd_per_t: (value) => fmt().usd(number(value)),
  wait_usd_per_t: (value) => fmt().usd(number(value)),
  wait_h: (value) => fmt().hours(number(value)),
  use_share: share,
  third_share: share,
  observed: share,
  modelled: share,
  first_year: (value) => (value === null ? "–" : fmt().year(number(value))),
  ratio: (value) => fmt().number(number(value), 2),
  capacity_trains: whole,
  capacity_wagons: whole,
  capacity_teu: whole,
  capacity_trucks: whole,
  open_days: whole,
  holidays: whole,
};

function numbers(table: Parameters<typeof sourceOf>[0], keys: string[]): Column[] {
  return keys.map((key) => ({
    key,
    label: t(`places.column.${key}` as Key),
    kind: "number" as const,
    show: SHOW[key] ?? weight,
    source: (row: Row) => (number(row[key]) === null ? null : sourceOf(table, String(row.key), key)),
  }));
}

const PLACE = ["shadow_price_usd_per_t", "wait_h", "use_share", "load_t_per_year", "background_t_per_year", "capacity_t_per_year", "first_year"];

/** Places by the worth of an extra tonne of capacity. */
export function placeTable(found: Places): Table {
  return {
    columns: [{ key: "shown", label: t("places.column.place") }, ...numbers("places", PLACE)],
    rows: found.places.map(({ place_ids, ...place }) => ({ ...place, key: place.capacity_id, shown: placeName(found, { ...place, place_ids }) })),
  };
}

/** Use by month, and capacity of the month in trains, wagons, boxes and tonnes. */
export function monthTable(found: Places): Table {
  const names = new Map(found.places.map((place) => [place.capacity_id, placeName(found, place)]));
  return {
    columns: [
      { key: "shown", label: t("places.column.place") },
      { key: "month", label: t("places.column.month"), kind: "number", show: (value) => fmt().month(monthOf(found.year, value as number)) },
      ...numbers("months", ["use_share", "load_t", "background_t", "capacity_t"]),
      ...numbers("months", ["capacity_trains", "capacity_wagons", "capacity_teu", "capacity_trucks", "open_days", "holidays"]),
    ],
    rows: found.months.filter((month) => names.has(month.capacity_id)).map((month) => ({ ...month, key: `${month.capacity_id}>${month.month}`, shown: names.get(month.capacity_id)! })),
  }; // prettier-ignore
}

/** First day of a month, ISO. */
export const monthOf = (year: number, month: number) => `${year}-${String(month).padStart(2, "0")}-01`;

const LINE = ["observed_t", "modelled_t", "background_t", "ratio", "third_share"];

/** Modelled against observed. */
export function lineTable(found: Places, judged: boolean): Table {
  const lines = found.lines.filter((line) => line.judged === judged);
  return {
    columns: [
      { key: "shown", label: t("places.column.place") },
      { key: "of", label: t("places.column.goods") },
      ...numbers("lines", LINE.slice(0, 1)),
      { key: "year", label: t("places.column.year"), kind: "number", show: (value) => fmt().year(number(value)) },
      ...numbers("lines", LINE.slice(1)),
      { key: "counts", label: t("places.column.counts") },
      ...(judged ? [] : [{ key: "why", label: t("places.column.why") }]),
    ],
    rows: lines.map(({ seen, place_ids, cut, ...line }) => ({
      ...line, key: line.series, place_ids: place_ids.join(";"), source: seen[0]?.source,
      shown: lineName(found, { ...line, seen, place_ids, cut }), of: lineGoods({ ...line, seen, place_ids, cut }),
      counts: seen.map((one) => `${fmt().year(one.year)}: ${fmt().tonnes(one.t_per_year)}`).join("; ") + (line.contradictory ? ` (${t("places.contradictory")})` : ""),
      why: line.reason ? t(`places.why.${line.reason}` as Key) : "",
    })),
  }; // prettier-ignore
}

/** Shares of ways. */
export function shareTable(found: Places): Table {
  const lines = new Map(found.lines.map((line) => [line.series, line]));
  return {
    columns: [
      { key: "shown", label: t("places.column.place") },
      { key: "of", label: t("places.column.goods") },
      ...numbers("shares", ["observed", "modelled"]),
    ],
    rows: found.shares.map((one) => ({
      ...one, traffic_ids: one.traffic_ids.join(";"), key: `${one.part}>${one.whole}`,
      shown: lineName(found, lines.get(one.part)!), of: lineGoods(lines.get(one.part)!),
    })),
  }; // prettier-ignore
}
