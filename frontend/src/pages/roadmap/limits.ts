/** Measures that a plan must hold back or leave out, as they stand in the address. */
import { problemsText } from "@/i18n/problems";
import type { ApiProblem } from "@/api/client";

export interface Limits {
  /** First year in which a measure may act, by measure. */
  not_before: Record<string, number>;
  exclude: string[];
}

export const NO_LIMITS: Limits = { not_before: {}, exclude: [] };

/** Whether nothing is held back or left out. */
export const free = (limits: Limits): boolean =>
  limits.exclude.length === 0 && Object.keys(limits.not_before).length === 0;

/** Limits with a measure held back to a year, or free again where the year is null. */
export function held(limits: Limits, id: string, year: number | null): Limits {
  const { [id]: _, ...rest } = limits.not_before;
  return { ...limits, not_before: year === null ? rest : { ...rest, [id]: year } };
}

/** Limits with a measure left out, or let in again. */
export function barred(limits: Limits, id: string, out: boolean): Limits {
  const rest = limits.exclude.filter((other) => other !== id);
  return { ...limits, exclude: out ? [...rest, id].sort() : rest };
}

/** Limits of two parameters of an address: `M03:2028,M05:2027` and `M11,M12`. */
export function readLimits(after: string | undefined, without: string | undefined): Limits {
  const pairs = (after ?? "").split(",").map((part) => part.split(":"));
  const good = pairs.filter(([id, year]) => id && /^\d{4}$/.test(year ?? ""));
  return {
    not_before: Object.fromEntries(good.map(([id, year]) => [id!, Number(year)])),
    exclude: (without ?? "").split(",").filter(Boolean),
  };
}

/** Limits as two parameters of an address; null where there are none. */
export function writeLimits({ not_before, exclude }: Limits): Record<"after" | "without", string | null> {
  const years = Object.entries(not_before).map(([id, year]) => `${id}:${year}`);
  return { after: years.join(",") || null, without: exclude.join(",") || null };
}

/** What the server says of the year of a measure. */
export function yearProblem(problem: ApiProblem | null, id: string): string {
  return problemsText(problem?.problems.filter(({ column }) => column === `not_before.${id}`).slice(0, 1) ?? []);
}
