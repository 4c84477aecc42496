/** Split of the trade in the target year: a waterfall from the baseline to the target. */
import { number, text } from "@/api/results";
import type { ChartOption } from "@/lib/chart";
import type { Formatter } from "@/format/format";
import type { Row } from "@/files/table";
import style from "@style";

export interface Step {
  part: string;
  from: number;
  to: number;
  low: number | null;
  high: number | null;
}

const WHOLE = new Set(["baseline", "target"]);

/** Each part stands on the sum of those before; baseline and target stand on 0. */
export function waterfall(rows: Row[]): Step[] {
  let sum = 0;
  return rows.map((row) => {
    const part = text(row, "part");
    const value = number(row, "usd_current_target_year") ?? 0;
    const from = WHOLE.has(part) ? 0 : sum;
    sum = WHOLE.has(part) ? value : sum + value;
    return { part, from, to: from + value, low: number(row, "low"), high: number(row, "high") };
  });
}

/** The part between baseline and target that adds most; null where none adds. */
export function mostOf(rows: Row[]): Row | null {
  const parts = rows.filter((row) => !WHOLE.has(text(row, "part")) && text(row, "part") !== "remaining_gap");
  const value = (row: Row) => number(row, "usd_current_target_year") ?? 0;
  const most = parts.reduce<Row | null>((top, row) => (!top || value(row) > value(top) ? row : top), null);
  return most && value(most) > 0 ? most : null;
}

function colourOf(step: Step): string {
  if (step.part === "target") return style.chart.target;
  if (step.part === "baseline") return style.chart.observed;
  if (step.part === "remaining_gap") return style.base.paper;
  return step.to >= step.from ? style.chart.plan : style.chart.fall;
}

/** Drawing of the waterfall; the gap is a hollow bar with a dashed edge. */
export function splitOption(steps: Step[], name: (part: string) => string, axis: string, fmt: Formatter): ChartOption {
  return {
    margin: { start: 52, end: 12, top: 44, bottom: 56 },
    x: { labels: steps.map((step) => name(step.part)), size: 11 },
    y: { name: axis, format: (value) => fmt.usdAxis(value) },
    bars: steps.map((step) => ({
      from: step.from,
      to: step.to,
      fill: colourOf(step),
      edge: step.part === "remaining_gap" ? style.chart.target : undefined,
      label: fmt.usd(step.to - step.from),
    })),
  };
}
