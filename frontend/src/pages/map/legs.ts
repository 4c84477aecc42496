/** Legs of a route as tables and as lines of the time and cost charts. */
import type { Schemas } from "@/api/client";
import type { Cell, Column, Row, Table } from "@/files/table";
import { fmt, language, t, word } from "@/i18n";
import { localName, localText } from "./local-names.svelte";
import { countryName, selectionName } from "./places";
import { routeNumber, sumSoFar, type RouteColumn } from "./route-number";

export type Leg = Schemas["Leg"];
export type Route = Schemas["RouteItem"];

export interface Step {
  leg: Leg;
  /** Sums at the end of the leg. */
  km: number;
  hours: number;
  usd: number;
}

/** Sums along a route. */
export function steps(legs: Leg[]): Step[] {
  let [km, hours, usd] = [0, 0, 0];
  return legs.map((leg) => {
    km += leg.distance_km;
    hours += leg.time_h;
    usd += leg.cost_usd;
    return { leg, km, hours, usd };
  });
}

/** Name of the crossing or terminal of a leg; blank where it stands at none. */
function stopText(leg: Leg): string {
  const { border_crossing_id: crossing, terminal_id: terminal } = leg;
  const id = crossing ?? terminal ?? "";
  const known = id && selectionName({ kind: crossing ? "border_crossing" : "terminal", id });
  // What the layers of the map do not have is told as the answer names it.
  return known === id ? localText(leg.border_crossing ?? leg.terminal ?? "") : known;
}

/** What happens on a leg, in words: the crossing or terminal where it stands still. */
export function legPlace(leg: Leg): string {
  return stopText(leg) || [...new Set([leg.from, leg.to])].map(localText).join(" – ");
}

/** A column of names of places: on screen in the language of the page, in downloads as they come. */
export function placeColumn(key: string, label: string): Column {
  const named = (value: Cell) => (value ? localName(String(value)) : null);
  return {
    key, label,
    show: (value) => named(value)?.text ?? t("routes.leg.none"),
    lang: (value) => named(value)?.lang ?? language.current,
  }; // prettier-ignore
}

const plain = (digits: number) => (value: unknown) =>
  typeof value === "number" ? fmt().number(value, digits) : t("table.no_data");

/** The mode of a leg; of a change of gauge the way in which it is made. */
export const legMode = (leg: { mode: string; method: string | null }): string =>
  leg.method ? `gauge_${leg.method}` : leg.mode;

/** The legs as a table: one row per leg. */
export function legTable(route: Route): Table {
  const source = (column: RouteColumn) => (row: Row) => routeNumber(route, column, Number(row.leg));
  return {
    columns: [
      placeColumn("from", t("routes.leg.from")),
      placeColumn("to", t("routes.leg.to")),
      { key: "mode", label: t("routes.leg.mode"), show: (v) => word("mode", String(v)) },
      { key: "place", label: t("routes.leg.place"), show: (_, row) => stopText(route.legs[Number(row.leg)]!) || t("routes.leg.none") },
      { key: "country", label: t("routes.leg.country"), show: (v) => (v ? countryName(String(v)) : t("routes.leg.none")) },
      { key: "distance_km", label: t("routes.leg.distance"), unit: "km", kind: "number", show: plain(0), source: source("distance_km") },
      { key: "time_h", label: t("routes.leg.time"), unit: "h", kind: "number", show: plain(1), source: source("time_h") },
      { key: "spread_h", label: t("routes.leg.spread"), unit: "h", kind: "number", show: plain(1), source: source("spread_h") },
      { key: "cost_usd", label: t("routes.leg.cost"), unit: "US$", kind: "number", show: plain(0), source: source("cost_usd") },
      { key: "cost_usd_per_t", label: t("routes.leg.cost_per_t"), unit: "US$/t", kind: "number", show: plain(2), source: source("cost_usd_per_t") },
      { key: "co2_kg", label: t("routes.leg.co2"), unit: "kg CO2e", kind: "number", show: plain(0), source: source("co2_kg") },
    ],
    rows: route.legs.map((leg, at) => ({
      leg: at,
      from: leg.from,
      to: leg.to,
      mode: legMode(leg),
      place: leg.border_crossing ?? leg.terminal ?? "",
      country: leg.country ?? "",
      distance_km: leg.distance_km,
      time_h: leg.time_h,
      spread_h: leg.spread_h,
      cost_usd: leg.cost_usd,
      cost_usd_per_t: leg.cost_usd_per_t,
      co2_kg: leg.co2_kg,
    })),
  };
}

/** Points of a chart: distance against hours or dollars so far, from the start on. */
export function points(route: Route, of: "hours" | "usd"): [number, number][] {
  return [[0, 0], ...steps(route.legs).map((s): [number, number] => [s.km, s[of]])];
}

/** Points of the routes of a chart as a table, so that the download is what is drawn. */
export function pointTable(routes: { name: string; route: Route }[], of: "hours" | "usd"): Table {
  const unit = of === "hours" ? "h" : "US$";
  const rows = routes.flatMap(({ name, route }, n) => [
    { n, legs: 0, route: name, at: route.legs[0]?.from ?? "", distance_km: 0, [of]: 0 },
    ...steps(route.legs).map((s, i) => ({ n, legs: i + 1, route: name, at: s.leg.to, distance_km: s.km, [of]: s[of] })),
  ]);
  const source = (column: RouteColumn) => (row: Row) => sumSoFar(routes[Number(row.n)]!.route, column, Number(row.legs));
  return {
    columns: [
      { key: "route", label: t("routes.route") },
      placeColumn("at", t("routes.leg.at")),
      { key: "distance_km", label: t("routes.leg.distance"), unit: "km", kind: "number", show: plain(0), source: source("distance_km") },
      { key: of, label: t(of === "hours" ? "routes.leg.time" : "routes.leg.cost"), unit, kind: "number", show: plain(of === "hours" ? 1 : 0), source: source(of === "hours" ? "time_h" : "cost_usd") },
    ],
    rows,
  };
}

/** Longest stop of a route: the leg that stands still for most hours. */
export function longestStop(route: Route): Leg | null {
  const stops = route.legs.filter((leg) => leg.border_crossing ?? leg.terminal);
  return stops.reduce<Leg | null>((top, leg) => (!top || leg.time_h > top.time_h ? leg : top), null);
}

/** Dearest leg of a route. */
export function dearestLeg(route: Route): Leg | null {
  return route.legs.reduce<Leg | null>(
    (top, leg) => (!top || leg.cost_usd > top.cost_usd ? leg : top),
    null,
  );
}
