/** Why a route is listed, in words: what it has over the listed route that it answers. */
import { fmt, t, word, type Key } from "@/i18n";
import { joined, segments, type Segment } from "@/lib/segments";
import type { Route } from "./legs";
import { routeFact } from "./route-number";

type Sign = "time" | "cost" | "co2";
/** What is smaller would print as 0. */
const LEAST: Record<Sign, number> = { time: 0.05, cost: 0.005, co2: 0.05 };
const SHOW: Record<Sign, (size: number) => string> = {
  time: (h) => fmt().hours(h),
  cost: (usd) => fmt().usdPer(usd, t("unit.t")),
  co2: (kg) => t("why.per_t", { amount: fmt().co2(kg), unit: t("unit.t") }),
};

const FACT = {
  time: "difference_time_h", cost: "difference_cost_usd_per_t", co2: "difference_co2_kg_per_t",
} as const; // prettier-ignore

/** "44 h faster than the cheapest; $18.0 per t dearer"; empty where nothing is to be said. */
export function whyText(route: Route): Segment[] {
  const difference = route.difference;
  const near = route.nearly.map(({ role, share }) =>
    segments("why.nearly", { share: fmt().share(Math.max(share, 0.001)), role: word("why.role", role) }),
  );
  if (!difference) return joined(near, t("why.comma"));
  const signed: [Sign, number][] = [
    ["time", difference.time_h], ["cost", difference.cost_usd_per_t], ["co2", difference.co2_kg_per_t],
  ]; // prettier-ignore
  const told = (better: boolean) =>
    signed
      .filter(([sign, value]) => Math.abs(value) >= LEAST[sign] && value < 0 === better)
      .map(([sign, value]) => {
        const amount = { text: SHOW[sign](Math.abs(value)), source: routeFact(route, FACT[sign]) };
        return segments(`why.${better ? "less" : "more"}.${sign}` as Key, { amount });
      });
  const together = (parts: Segment[][]) => joined(parts, t("why.comma"));
  const [better, worse] = [told(true), told(false)];
  const rival = word("why.role", difference.rival);
  const first = better.length > 0
    ? segments("why.than", { what: together(better), rival })
    : worse.length > 0 ? segments("why.than", { what: together(worse), rival }) : segments("why.same", { rival }); // prettier-ignore
  const rest = better.length > 0 && worse.length > 0 ? [together(worse)] : [];
  return joined([first, ...rest, ...near], t("why.semicolon"));
}

/** Whether another route beats this one: it is listed for its spread, or for its arrival. */
export function isBeaten(route: Route): boolean {
  return route.found && !route.on_front;
}
