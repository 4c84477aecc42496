/** Why trade is less than it should be: from the potential down to what is traded. */
import style from "@style";
import type { ChartOption } from "@/lib/chart";
import type { Formatter } from "@/format/format";
import type { Step } from "./model";

export interface Stair {
  step: Step["step"];
  at: number;
  from: number;
  to: number;
  low: number;
  high: number;
}

const WHOLE = new Set<Step["step"]>(["potential", "actual"]);

/** Each reason hangs from the one before; potential and actual trade stand on 0. */
export function stairs(steps: Step[]): Stair[] {
  let level = 0;
  return steps.map(({ step, value_usd_current, low, high }, at) => {
    const from = WHOLE.has(step) ? 0 : level;
    const to = from + value_usd_current;
    level = to;
    return { step, at, from, to, low, high };
  });
}

/** The reason that takes most from the potential; null where none does. */
export function strongest(steps: Step[]): { step: Step; at: number } | null {
  const found = steps
    .map((step, at) => ({ step, at }))
    .filter(({ step }) => !WHOLE.has(step.step) && step.value_usd_current < 0)
    .sort((one, other) => one.step.value_usd_current - other.step.value_usd_current);
  return found[0] ?? null;
}

function colourOf({ step, from, to }: Stair): string {
  if (step === "actual") return style.chart.observed;
  if (step === "potential") return style.chart.plan;
  if (step === "not_explained") return style.base.paper;
  return to >= from ? style.chart.rise : style.chart.fall;
}

/** Drawing of the stairs; what is not explained is a hollow bar with a dashed edge. */
export function stairOption(all: Stair[], name: (step: string) => string, axis: string, fmt: Formatter, small = false): ChartOption {
  return {
    margin: { start: 52, end: 12, top: 40, bottom: 88 },
    x: { labels: all.map(({ step }) => name(step)), size: small ? 9 : 11 },
    y: { name: axis, format: (value) => fmt.usdAxis(value) },
    bars: all.map((stair) => ({
      from: stair.from,
      to: stair.to,
      fill: colourOf(stair),
      edge: stair.step === "not_explained" ? style.chart.target : undefined,
      label: fmt.usd(stair.to - stair.from),
      // What is traded is known; the ends of all others are those of the step.
      ends: stair.step === "actual" ? undefined : [stair.from + stair.low, stair.from + stair.high],
    })),
  };
}
