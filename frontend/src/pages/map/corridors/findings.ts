/** What the figures of the comparison say first: sentences whose numbers open their provenance. */
import { fmt } from "@/i18n";
import type { Finding, Told } from "@/lib/finding";
import type { Ask } from "../form";
import { least, type Named } from "./names";
import { corridorNumber, numberOf } from "./numbers";

/** Which corridor is the fastest and which the cheapest. */
export function choiceFinding(all: Named[], ask: Ask): Finding {
  const [fast, cheap] = [least(all, (c) => c.time_h), least(all, (c) => c.cost_usd_per_t)];
  const time: Told = {
    text: fmt().hours(fast.corridor.time_h),
    source: numberOf(ask, fast.corridor.route_id, "time_h"),
  };
  const cost: Told = {
    text: fmt().usdPer(cheap.corridor.cost_usd_per_t),
    source: numberOf(ask, cheap.corridor.route_id, "cost_usd_per_t"),
  };
  const values = { fast: fast.short, time, cost };
  if (all.length === 1) return { key: "corridors.only", values };
  return { key: "corridors.finding", values: { ...values, cheap: cheap.short } };
}

/** Where goods stand longest at borders. */
export function bordersFinding(all: Named[], ask: Ask): Finding {
  const { short, corridor } = all.reduce((top, one) =>
    one.corridor.border_h > top.corridor.border_h ? one : top,
  );
  const source = corridorNumber(ask, corridor.route_id, "border_h");
  const time = { text: fmt().hours(corridor.border_h), source };
  return { key: "corridors.hours_finding", values: { name: short, time } };
}

/** How fast goods go on a corridor, with and without delay. */
export function speedFinding({ short, corridor }: Named, ask: Ask): Finding {
  const told = (name: "swd_km_per_h" | "swod_km_per_h"): Told => {
    const found = corridor.indicators.find((one) => one.mode === null && one.indicator === name);
    const known = typeof found?.value === "number";
    const source = known ? corridorNumber(ask, corridor.route_id, name) : null;
    return { text: fmt().speed(found?.value), source };
  };
  const values = { name: short, swd: told("swd_km_per_h"), swod: told("swod_km_per_h") };
  return { key: "tfi.finding", values };
}
