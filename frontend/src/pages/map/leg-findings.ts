/** What the figures of a route say first: sentences whose numbers open their provenance. */
import { fmt } from "@/i18n";
import type { Finding, Told } from "@/lib/finding";
import { dearestLeg, legPlace, longestStop, type Leg, type Route } from "./legs";
import { routeNumber } from "./route-number";

/** Hours of a leg, or of the whole route. */
function hours(route: Route, leg: Leg | null = null): Told {
  const at = leg ? route.legs.indexOf(leg) : null;
  return { text: fmt().hours((leg ?? route).time_h), source: routeNumber(route, "time_h", at) };
}

/** How long a route takes. */
const plain = (name: string, route: Route): Finding => ({
  key: "routes.legs_plain", values: { name, whole: hours(route) },
}); // prettier-ignore

/** How long a route takes, and where it stands longest. */
export function legsFinding(name: string, route: Route): Finding {
  const stop = longestStop(route);
  if (!stop) return plain(name, route);
  const values = { name, whole: hours(route), place: legPlace(stop), time: hours(route, stop) };
  return { key: "routes.legs_finding", values };
}

/** Where a route stands longest, or pays most. */
export function profileFinding(name: string, route: Route, of: "hours" | "usd"): Finding {
  const leg = of === "hours" ? longestStop(route) : dearestLeg(route);
  if (!leg) return plain(name, route);
  const place = legPlace(leg);
  if (of === "hours") return { key: "routes.time_finding", values: { name, place, time: hours(route, leg) } };
  const source = routeNumber(route, "cost_usd", route.legs.indexOf(leg));
  const cost = { text: fmt().usdPer(leg.cost_usd), source };
  return { key: "routes.cost_finding", values: { name, place, cost } };
}
