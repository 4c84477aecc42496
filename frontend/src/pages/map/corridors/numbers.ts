/** Numbers of corridors, as the server is asked where they come from. */
import type { Schemas } from "@/api/client";
import type { NumberRef } from "@/lib/provenance";
import type { Ask } from "../form";

export type RouteColumn = Schemas["RouteNumber"]["column"];
type Indicator = Schemas["CorridorNumber"]["indicator"];

/** A number that the route of a corridor has too, or the sum over its first legs. */
export function numberOf(ask: Ask, route_id: string, column: RouteColumn, first_legs?: number): NumberRef {
  return { route: { ask, route_id, column, ...(first_legs === undefined ? { leg: null } : { first_legs }) } };
}

/** An indicator, or a part of the hours, of a corridor or of its part by one mode. */
export function corridorNumber(
  ask: Ask,
  route_id: string,
  indicator: Indicator,
  mode: "rail" | "road" | null = null,
): NumberRef {
  return { corridor: { ask, route_id, mode, indicator } };
}
