/** Numbers of routes, as the server is asked where they come from. */
import type { Schemas } from "@/api/client";
import type { NumberRef } from "@/lib/provenance";
import type { Ask } from "./form";

type Route = Schemas["RouteItem"];
export type RouteColumn = Schemas["RouteNumber"]["column"];

// The server keeps no routes: it is asked by the question that found them.
const asks = new WeakMap<Route, Ask>();

/** Remember which question routes answer. */
export function rememberAsk(routes: Route[], ask: Ask): void {
  for (const route of routes) asks.set(route, ask);
}

/** The question that a route answers. */
export const askOf = (route: Route): Ask | undefined => asks.get(route);

/** Where a sum over the first legs of a route comes from. */
export function sumSoFar(route: Route, column: RouteColumn, first_legs: number): NumberRef | null {
  const ask = asks.get(route);
  return ask ? { route: { ask, route_id: route.route_id, first_legs, column } } : null;
}

/** Where a number of the answer comes from that no leg holds; `at` counts legs or openings. */
export function routeFact(route: Route, fact: Schemas["RouteFact"]["fact"], at: number | null = null): NumberRef | null {
  const ask = asks.get(route);
  return ask ? { fact: { ask, route_id: route.route_id, fact, at } } : null;
}

/** Where a number of a route comes from, or of one of its legs. */
export function routeNumber(
  route: Route,
  column: RouteColumn,
  leg: number | null = null,
): NumberRef | null {
  const ask = asks.get(route);
  return ask ? { route: { ask, route_id: route.route_id, leg, column } } : null;
}
