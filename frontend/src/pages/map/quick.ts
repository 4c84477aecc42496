/** The best route alone, put in its place among routes of the settings before. */
import type { Schemas } from "@/api/client";

export type Answer = Schemas["RouteAnswer"];

/** The answer with its best route replaced by that of a newer one, or put in front of the others. */
export function withBest(before: Answer, newer: Answer): Answer {
  const best = newer.routes[0]!;
  const at = before.routes.findIndex((route) => route.route_id === best.route_id);
  // It is the best overall; in what else it is the best is known only beside the others.
  const { best_in = ["overall"], on_front = false } = before.routes[at] ?? {};
  const routes = before.routes.filter((route) => route.route_id !== best.route_id);
  routes.splice(Math.max(at, 0), 0, { ...best, best_in, on_front });
  return { ...before, routes };
}
