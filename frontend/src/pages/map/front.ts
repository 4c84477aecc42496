/** All routes that no other beats as points of a chart and as a table. */
import type { Schemas } from "@/api/client";
import type { Row, Table } from "@/files/table";
import { fmt, t } from "@/i18n";
import type { Line } from "@/lib/chart";
import { counted, type Said } from "@/lib/finding";
import type { NumberRef } from "@/lib/provenance";
import { ROUTE, TEXT } from "@/map/palette";
import type { Route } from "./legs";
import { askOf, routeFact, routeNumber, type RouteColumn } from "./route-number";

export type Point = Schemas["FrontPoint"];
const SMALLEST = 8;
const LARGEST = 22;

/** Diameter of a circle whose area stands for CO2e, between the least and the most of a front. */
export function diameter(kg: number, points: Point[]): number {
  const most = Math.max(...points.map((p) => p.co2_kg_per_t));
  return most > 0 ? Math.max(SMALLEST, LARGEST * Math.sqrt(kg / most)) : SMALLEST;
}

/** Names of the listed routes by their ids: their numbers in the list. */
export type Names = Record<string, string>;

/** Circles of the chart: listed routes are full and named, the chosen one in the route's colour. */
export function circles(points: Point[], names: Names, chosen: string): Line[] {
  // Listed ones last, so that no other lies over them.
  const listed = (point: Point) => Number(point.route_id !== null && point.route_id in names);
  return [...points].sort((a, b) => listed(a) - listed(b)).map((point) => {
    const name = point.route_id ? names[point.route_id] : undefined;
    const own = point.route_id !== null && point.route_id === chosen;
    return {
      id: point.point_id, points: [[point.time_h, point.cost_usd_per_t]], width: 0,
      colour: own ? ROUTE : TEXT.secondary, dots: name ? "full" : "hollow",
      dot: diameter(point.co2_kg_per_t, points),
      end: name ? { text: name, colour: own ? ROUTE : TEXT.main } : undefined,
    }; // prettier-ignore
  });
}

/** The point nearest to a place on the axes, both axes seen as equally long. */
export function nearest(points: Point[], x: number, y: number): Point | null {
  const span = (values: number[]) => Math.max(...values) - Math.min(...values) || 1;
  const [wide, tall] = [span(points.map((p) => p.time_h)), span(points.map((p) => p.cost_usd_per_t))];
  const far = (p: Point) => Math.hypot((p.time_h - x) / wide, (p.cost_usd_per_t - y) / tall);
  return points.reduce<Point | null>((best, p) => (best === null || far(p) < far(best) ? p : best), null);
}

/** How many routes no other beats, and how many of them are listed, for a sentence. */
export function frontCounts(routes: Route[], size: number): Said {
  const told = (n: number, fact: "front_listed" | "front_size") =>
    counted(n, routes[0] ? routeFact(routes[0], fact) : null);
  return { k: told(routes.filter((route) => route.on_front).length, "front_listed"), n: told(size, "front_size") };
}

/** One row per point, the fastest first. */
export function frontTable(points: Point[], names: Names, routes: Route[]): Table {
  const ask = routes[0] && askOf(routes[0]);
  const source = (column: RouteColumn) => (row: Row): NumberRef | null => {
    const route = routes.find((one) => one.route_id === row.route_id);
    if (route) return routeNumber(route, column);
    return ask ? { front: { ask, point_id: String(row.point_id), column } } : null;
  };
  const number = (digits: number) => (value: unknown) =>
    typeof value === "number" ? fmt().number(value, digits) : t("table.no_data");
  return {
    columns: [
      { key: "route", label: t("routes.route"), show: (v) => String(v) },
      { key: "time_h", label: t("routes.leg.time"), unit: "h", kind: "number", show: number(1), source: source("time_h") },
      { key: "cost_usd_per_t", label: t("routes.leg.cost_per_t"), unit: "US$/t", kind: "number", show: number(2), source: source("cost_usd_per_t") },
      { key: "co2_kg_per_t", label: t("front.co2_per_t"), unit: "kg CO2e/t", kind: "number", show: number(1), source: source("co2_kg_per_t") },
    ],
    rows: points.map((point) => ({
      route: (point.route_id && names[point.route_id]) || t("front.not_listed"),
      route_id: point.route_id,
      point_id: point.point_id,
      time_h: point.time_h,
      cost_usd_per_t: point.cost_usd_per_t,
      co2_kg_per_t: point.co2_kg_per_t,
    })),
  };
}
