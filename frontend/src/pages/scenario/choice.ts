/** Measures as a list to choose from: search, filters, what lacks and what collides. */
import type { Schemas } from "@/api/client";
import type { Spec } from "@/map/scenario-spec";

export type Measure = Schemas["MeasureItem"];

export interface Filter {
  text: string;
  kind: string;
  country: string;
  onlyOn: boolean;
}

export const ALL: Filter = { text: "", kind: "", country: "", onlyOn: false };

/** Lower case without accents, so that a search finds a name in whatever spelling. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** Ids of the measures that a scenario switches on. */
export function onIds(spec: Spec): Set<string> {
  return new Set(spec.measures.map((m) => m.measure_id));
}

/** Measures that fit the filters; those that can be switched come first, by effect alone. */
export function filtered(measures: Measure[], filter: Filter, spec: Spec): Measure[] {
  const on = onIds(spec);
  const wanted = fold(filter.text.trim());
  return measures
    .filter((m) => !filter.kind || m.kind === filter.kind)
    .filter((m) => !filter.country || m.countries.includes(filter.country))
    .filter((m) => !filter.onlyOn || on.has(m.measure_id))
    .filter((m) => fold(`${m.measure_id} ${m.title} ${m.prerequisite_text}`).includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || a.measure_id.localeCompare(b.measure_id));
}

function rank(measure: Measure): number {
  if (!canSwitch(measure)) return 2e9;
  return measure.rank ?? 1e9;
}

/** Say whether a measure can be switched: a candidate that the study puts into numbers. */
export function canSwitch(measure: Measure): boolean {
  return measure.role === "candidate" && measure.expressed;
}

/** Measures that a chosen one needs and that are not on. */
export function missing(measure: Measure, spec: Spec): string[] {
  const on = onIds(spec);
  return on.has(measure.measure_id) ? measure.prerequisites.filter((id) => !on.has(id)) : [];
}

/** Measures that are on and cannot stand together with a chosen one. */
export function conflicts(measure: Measure, spec: Spec): string[] {
  const on = onIds(spec);
  return on.has(measure.measure_id) ? measure.excludes.filter((id) => on.has(id)) : [];
}

/** Kinds or countries that occur, sorted. */
export function kindsOf(measures: Measure[]): string[] {
  return [...new Set(measures.map((m) => m.kind))].sort();
}

/** Countries that occur, sorted. */
export function countriesOf(measures: Measure[]): string[] {
  return [...new Set(measures.flatMap((m) => m.countries))].sort();
}

/** Year at which a measure's field starts when it has none: the study's own plan. */
export function defaultYear(measure: Measure): number | null {
  const effect = /^(\d{4})/.exec(measure.effect_date);
  return measure.planned_year ?? (effect ? Number(effect[1]) : null);
}
