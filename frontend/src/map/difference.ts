/** Differences between two states of the network: values by link, classes and colours. */
import { DIFFERENCES } from "./palette";
import type { LinkDifference } from "./types";
import { roundDown } from "./width";

interface Load {
  link_id: string;
  t_per_year: number;
  baseline_t_per_year: number;
}

/** Tonnes by link of one solved scenario; links that it does not list carry the baseline's. */
export function loadsByLink(links: Load[]): Map<string, Load> {
  return new Map(links.map((link) => [link.link_id, link]));
}

/** Difference B − A of every link that either names; null stands for the baseline. */
export function linkDifferences(a: Load[] | null, b: Load[] | null): LinkDifference[] {
  const [left, right] = [loadsByLink(a ?? []), loadsByLink(b ?? [])];
  const ids = new Set([...left.keys(), ...right.keys()]);
  return [...ids].map((id) => {
    const [one, two] = [left.get(id), right.get(id)];
    const base = one?.baseline_t_per_year ?? two?.baseline_t_per_year ?? 0;
    const [va, vb] = [one?.t_per_year ?? base, two?.t_per_year ?? base];
    return { link_id: id, a: va, b: vb, difference: vb - va };
  });
}

/** Symmetric class limits around zero: six limits for seven classes. */
export function symmetricLimits(values: number[]): number[] {
  const largest = values.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
  const top = roundDown(largest / 2) || 1;
  const steps = [top, top / 4, top / 40];
  return [-steps[0]!, -steps[1]!, -steps[2]!, steps[2]!, steps[1]!, steps[0]!];
}

/** Index of the class around zero. */
export const NO_CHANGE = 3;

/** Index 0–6 of the class of a difference; 3 is "no change". */
export function differenceClass(value: number, limits: number[]): number {
  const below = limits.filter((limit) => value > limit).length;
  return Math.min(below, DIFFERENCES.length - 1);
}

/** Colour of a difference. */
export function differenceColour(value: number, limits: number[]): string {
  return DIFFERENCES[differenceClass(value, limits)] ?? DIFFERENCES[NO_CHANGE];
}

/** How many links fall in each of the seven classes. */
export function classCounts(values: number[], limits: number[]): number[] {
  const counts = DIFFERENCES.map(() => 0);
  for (const value of values) counts[differenceClass(value, limits)]! += 1;
  return counts;
}
