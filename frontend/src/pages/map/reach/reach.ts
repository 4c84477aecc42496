/** The question of a reach map, its quantities and its table. */
import type { Schemas } from "@/api/client";
import type { Cell, Row, Table } from "@/files/table";
import { fmt, language, t, word } from "@/i18n";
import type { NumberRef } from "@/lib/provenance";
import { nameIn } from "@/map/names";
import type { Spec } from "@/map/scenario-spec";
import { countryName } from "../places";
import { MODES, type Form } from "../form";

export type ReachAsk = Schemas["ReachAsk"];
export type Zone = Schemas["ReachZone"];
export const QUANTITIES = ["time", "cost", "co2"] as const;
export type Quantity = (typeof QUANTITIES)[number];
export const COLUMN: Record<Quantity, "time_h" | "cost_usd_per_t" | "co2_kg_per_t"> = {
  time: "time_h", cost: "cost_usd_per_t", co2: "co2_kg_per_t",
}; // prettier-ignore

/** Cargo, date and limits are those of the route finder, changes those of the scenario. */
export function toReachAsk(place: string, form: Form, spec: Spec): ReachAsk | null {
  if (!place.trim()) return null;
  return {
    origin: place.trim(),
    commodity: form.commodity || null,
    unit: form.unit || null,
    date: form.date || null,
    modes: form.without.length > 0 ? MODES.filter((mode) => !form.without.includes(mode)) : [],
    avoid: [...new Set([...form.avoid, ...spec.closed])],
    no_transit: form.noTransit,
    edits: spec.edits,
    measures: spec.measures.map((m) => m.measure_id),
    vehicle: form.vehicle || null,
    dangerous: form.dangerous.trim() || null,
    temperature: form.temperature,
    container_type: form.container || null,
    t_per_unit: form.unitWeight,
  };
}

/** Where a number of all zones comes from. */
export function zonesNumber(
  ask: ReachAsk | null,
  quantity: Quantity,
  of: Schemas["ZonesNumber"]["of"],
  limits: Partial<Pick<Schemas["ZonesNumber"], "at_least" | "below">> = {},
): NumberRef | null {
  return ask ? { zones: { ask, column: COLUMN[quantity], of, at_least: null, below: null, ...limits } } : null;
}

/** Read the quantity of an address; hours for anything unknown. */
export const readQuantity = (text: string | undefined): Quantity =>
  QUANTITIES.find((one) => one === text) ?? "time";

/** A number of a quantity with its unit. */
export function shown(value: number, quantity: Quantity): string {
  if (quantity === "time") return fmt().hours(value);
  return `${fmt().number(value, value < 10 ? 1 : 0)} ${word("reach.unit", quantity)}`;
}

/** Limit of a class with its unit. */
export const limitText = (value: number, quantity: Quantity): string =>
  `${fmt().significant(value, 2)} ${word("reach.unit", quantity)}`;

/** Middle of some numbers. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const plain = (digits: number) => (value: Cell) =>
  typeof value === "number" ? fmt().number(value, digits) : t("table.no_data");

/** All zones as a table, the nearest first; those that are not reached last, with the reason. */
export function reachTable(zones: Zone[], quantity: Quantity, ask: ReachAsk): Table {
  const key = COLUMN[quantity];
  const source = (column: Schemas["ReachNumber"]["column"]) => (row: Row) => ({
    reach: { ask, zone_id: String(row.zone_id), column },
  });
  const sorted = [...zones].sort((a, b) => (a[key] ?? Infinity) - (b[key] ?? Infinity));
  return {
    columns: [
      { key: "name", label: t("reach.column.zone") },
      { key: "country", label: t("reach.column.country") },
      { key: "time_h", label: t("routes.leg.time"), unit: "h", kind: "number", show: plain(0), source: source("time_h") },
      { key: "cost_usd_per_t", label: t("routes.leg.cost"), unit: "US$/t", kind: "number", show: plain(2), source: source("cost_usd_per_t") },
      { key: "co2_kg_per_t", label: t("routes.leg.co2"), unit: "kg/t", kind: "number", show: plain(1), source: source("co2_kg_per_t") },
      { key: "distance_km", label: t("routes.leg.distance"), unit: "km", kind: "number", show: plain(0), source: source("distance_km") },
      { key: "reason", label: t("reach.column.reason"), show: (value) => (value ? word("reach.reason", String(value)) : "") },
    ],
    rows: sorted.map((zone) => ({
      zone_id: zone.zone_id,
      name: nameIn(zone.names, language.current, zone.zone_id).text,
      country: countryName(zone.country_id),
      time_h: zone.time_h, cost_usd_per_t: zone.cost_usd_per_t, co2_kg_per_t: zone.co2_kg_per_t,
      distance_km: zone.distance_km, reason: zone.reason ?? "",
    })),
  }; // prettier-ignore
}

/** Zones with their numbers as GeoJSON. */
export function reachGeoJson(zones: Zone[]): string {
  const features = zones.map(({ lon, lat, names, ...rest }) => ({
    type: "Feature", id: rest.zone_id, geometry: { type: "Point", coordinates: [lon, lat] },
    properties: { name: names.en ?? rest.zone_id, ...rest },
  })); // prettier-ignore
  return JSON.stringify({ type: "FeatureCollection", features });
}
