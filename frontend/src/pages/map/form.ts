/** The question of the route finder: as fields, as part of the address and as the API takes it. */
import { problemsText } from "@/i18n/problems";
import type { Schemas } from "@/api/client";
import type { Params } from "@/app/address";
import type { Spec } from "@/map/scenario-spec";

export const UNITS = ["t", "teu", "feu", "truck", "wagon"] as const;
export const MODES = ["rail", "road", "sea", "inland_water"] as const;
export const SORTS = ["time", "cost", "co2", "spread", "arrival"] as const;
/** Types of containers that rules of cargo tell apart; without one it is a dry container. */
export const CONTAINERS = ["reefer", "tank", "open_top", "flat_rack"] as const;
export type Unit = (typeof UNITS)[number];
export type RouteMode = (typeof MODES)[number];
export type Sort = (typeof SORTS)[number];
export type Ask = Schemas["RouteAsk"];
export type Found = Schemas["RouteItem"];

export interface Form {
  from: string;
  to: string;
  /** Empty for the study's own default. */
  commodity: string;
  unit: Unit | "";
  tonnes: number | null;
  date: string;
  /** Modes that are not to be used. */
  without: RouteMode[];
  /** Ids of crossings and terminals to avoid. */
  avoid: string[];
  /** Countries that are not to be crossed. */
  noTransit: string[];
  /** Time of departure, ISO 8601 with its UTC offset. */
  depart: string;
  /** Drivers in a truck. */
  crew: 1 | 2;
  /** Country in which the truck is registered. */
  vehicle: string;
  /** Class of dangerous goods. */
  dangerous: string;
  temperature: boolean;
  container: string;
  /** Tonnes in one unit. */
  unitWeight: number | null;
  /** Point of the front whose route is wanted too. */
  point: string;
}

const positive = (text: string | undefined): number | null => {
  const number = Number(text);
  return text && Number.isFinite(number) && number > 0 ? number : null;
};

const list = (text: string | undefined) => (text ?? "").split(",").filter(Boolean);
const among = <T extends string>(known: readonly T[], text: string | undefined): T | "" =>
  known.find((one) => one === text) ?? "";

/** Read the question from the address; words that it does not know are left out. */
export function readForm(params: Params): Form {
  return {
    from: params.from ?? "",
    to: params.to ?? "",
    commodity: params.cargo ?? "",
    unit: among(UNITS, params.unit),
    tonnes: positive(params.t),
    date: /^\d{4}-\d{2}-\d{2}$/.test(params.date ?? "") ? params.date! : "",
    without: MODES.filter((mode) => list(params.without).includes(mode)),
    avoid: list(params.avoid),
    noTransit: list(params.nt),
    depart: params.dep ?? "",
    crew: params.crew === "2" ? 2 : 1,
    vehicle: params.truck ?? "",
    dangerous: params.dg ?? "",
    temperature: params.temp === "1",
    container: params.ct ?? "",
    unitWeight: positive(params.uw),
    point: params.pt ?? "",
  };
}

/** Write the question as parts of the address. */
export function writeForm(form: Form): Record<string, string> {
  return {
    from: form.from.trim(),
    to: form.to.trim(),
    cargo: form.commodity,
    unit: form.unit,
    t: form.tonnes === null ? "" : String(form.tonnes),
    date: form.date,
    without: form.without.join(","),
    avoid: form.avoid.join(","),
    nt: form.noTransit.join(","),
    dep: form.depart,
    crew: form.crew === 2 ? "2" : "",
    truck: form.vehicle,
    dg: form.dangerous.trim(),
    temp: form.temperature ? "1" : "",
    ct: form.container,
    uw: form.unitWeight === null ? "" : String(form.unitWeight),
    pt: form.point,
  };
}

/** The question as the API takes it, with what the scenario changes; null while a place lacks. */
export function toAsk(form: Form, spec: Spec, alternatives = 3): Ask | null {
  if (!form.from.trim() || !form.to.trim()) return null;
  const modes = form.without.length > 0 ? MODES.filter((m) => !form.without.includes(m)) : [];
  return {
    origin: form.from.trim(),
    destination: form.to.trim(),
    commodity: form.commodity || null,
    unit: form.unit || null,
    tonnes: form.tonnes,
    date: form.date || null,
    modes,
    avoid: [...new Set([...form.avoid, ...spec.closed])],
    no_transit: form.noTransit,
    edits: spec.edits,
    measures: spec.measures.map((m) => m.measure_id),
    alternatives,
    depart: form.depart || null,
    crew: form.crew,
    vehicle: form.vehicle || null,
    dangerous: form.dangerous.trim() || null,
    temperature: form.temperature,
    container_type: form.container || null,
    t_per_unit: form.unitWeight,
    point: form.point || null,
  };
}

/** How many of the fields under "more" are filled. */
export function needsCount(form: Form): number {
  const { vehicle, dangerous, temperature, container, unitWeight, crew } = form;
  return [vehicle, dangerous.trim(), temperature, container, unitWeight !== null, crew === 2].filter(Boolean).length;
}

/** Say whether two questions differ in the numbers of their edits alone, as under a slider. */
export function onlyNumbersDiffer(one: Ask | null, two: Ask | null): boolean {
  if (!one || !two) return false;
  const rest = (ask: Ask) => JSON.stringify({ ...ask, edits: [] });
  return rest(one) === rest(two) && JSON.stringify(one.edits) !== JSON.stringify(two.edits);
}

const WORTH: Record<Sort, (route: Found) => number | null> = {
  time: (r) => r.time_h,
  cost: (r) => r.cost_usd,
  co2: (r) => r.co2_kg,
  spread: (r) => (r.p95_h !== null && r.time_h !== null ? r.p95_h - r.time_h : r.spread_h),
  arrival: (r) => (r.schedule?.arrives ? r.schedule.hours : null),
};

/** Routes that were found, best first; a route without the number comes last. */
export function sortRoutes(routes: Found[], sort: Sort): Found[] {
  const worth = (route: Found) => WORTH[sort](route) ?? Infinity;
  return routes.filter((r) => r.found).sort((a, b) => worth(a) - worth(b));
}

/** Problems that the API found with one field: by the column that it names, else by the text. */
export function fieldError(
  problems: Schemas["ProblemItem"][],
  columns: string[],
  text: string,
): string {
  const value = text.trim();
  const own = problems.filter(
    (p) => columns.includes(p.column) || (value !== "" && p.value === value),
  );
  return problemsText(own);
}
