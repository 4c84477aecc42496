/** The effect of a measure: a share between weak and strong, and the value of its one edit. */
import type { Schemas } from "@/api/client";
import { tidy } from "../map/changes";
import type { Effect } from "@/map/scenario-spec";

export type Band = Schemas["EffectBand"];

const WORDS = { low: -1, mode: 0, high: 1 } as const;

/** An effect as a share: −1 is the weak end, 0 the mode, 1 the strong end. */
export function shareOf(effect: Effect): number {
  return typeof effect === "number" ? effect : WORDS[effect];
}

/** A share as the scenario keeps it: a word where there is one. */
export function effectOf(share: number): Effect {
  const held = Math.min(1, Math.max(-1, Math.round(share * 1e6) / 1e6));
  if (held === -1) return "low";
  if (held === 1) return "high";
  return held === 0 ? "mode" : held;
}

/** Key of the words of a unit that a table's schema writes as t/year or km/h. */
export const unitKey = (unit: string): string => unit.replace("/year", "_per_year").replace("/", "_");

/** Value of the edit at a share. */
export function valueAt(band: Band, share: number): number {
  const end = share < 0 ? band.weak : band.strong;
  return tidy(band.mode + Math.abs(share) * (end - band.mode));
}

/** Share at which the edit has a value; values beyond the ends are those of the ends. */
export function shareAt(band: Band, value: number): number {
  const strong = band.strong - band.mode;
  const weak = band.weak - band.mode;
  const up = strong === 0 ? 0 : (value - band.mode) / strong;
  if (up >= 0 && strong !== 0) return Math.min(1, up);
  const down = weak === 0 ? 0 : (value - band.mode) / weak;
  return -Math.min(1, Math.max(0, down));
}

/** Smallest and largest value of a band. */
export function boundsOfBand(band: Band): [number, number] {
  const all = [band.weak, band.mode, band.strong];
  return [Math.min(...all), Math.max(...all)];
}
