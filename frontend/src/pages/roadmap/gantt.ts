/** Bars of the plan: time to prepare, then time in effect, on one scale of years. */
import { number, text } from "@/api/results";
import type { Row } from "@/files/table";

export interface Bar {
  id: string;
  title: string;
  row: Row;
  starts: string;
  acts: string;
  /** Shares of the time scale, 0–1. */
  leadFrom: number;
  leadTo: number;
}

export interface Scale {
  first: number;
  last: number;
  years: number[];
}

/** Position of an ISO day on the scale, 0–1. */
function position(iso: string, scale: Scale): number {
  const [year = scale.first, month = 1, day = 1] = iso.split("-").map(Number);
  const at = year + (month - 1) / 12 + (day - 1) / 365;
  return Math.min(1, Math.max(0, (at - scale.first) / (scale.last + 1 - scale.first)));
}

/** Day that lies a number of months before another. */
export function monthsBefore(iso: string, months: number): string {
  const [year = 0, month = 1, day = 1] = iso.split("-").map(Number);
  const at = year * 12 + (month - 1) - Math.round(months);
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${Math.floor(at / 12)}-${pad((at % 12) + 1)}-${pad(day)}`;
}

/** Scale from the first year of the path to the last. */
export function scaleOf(first: number, last: number): Scale {
  return { first, last, years: Array.from({ length: last - first + 1 }, (_, i) => first + i) };
}

/** Bars of the measures in the plan, by the day on which they begin to act. */
export function barsOf(measures: Row[], scale: Scale): Bar[] {
  return measures
    .filter((row) => Boolean(row.in_plan) && text(row, "effect_date") !== "")
    .map((row) => {
      const acts = text(row, "effect_date");
      const starts = monthsBefore(acts, number(row, "lead_time_months") ?? 0);
      return {
        id: text(row, "measure_id"),
        title: text(row, "title"),
        row,
        starts,
        acts,
        leadFrom: position(starts, scale),
        leadTo: position(acts, scale),
      };
    })
    .sort((a, b) => a.acts.localeCompare(b.acts) || a.id.localeCompare(b.id));
}
