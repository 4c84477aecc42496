/** How a lever's value is written: shares as per cent, all else as it is. */
import { fmt, word } from "@/i18n";
import type { Lever } from "./model";
import { roundStep } from "@/lib/axes";

const STEPS = 100;

export interface LeverScale {
  factor: number;
  unit: string;
  /** Step of the slider in what is shown. */
  step: number;
}

export function scaleOf(lever: Lever): LeverScale {
  const share = lever.unit === "share";
  const factor = share ? 100 : 1;
  const span = (lever.maximum - lever.minimum) * factor;
  return { factor, unit: share ? fmt().words.percent("").trim() : word("unit", lever.unit), step: span > 0 ? roundStep(span, STEPS) / 10 : 1 };
}
