/** Counts and filters of commitments. */
import type { Schemas } from "@/api/client";

export type Commitment = Schemas["Commitment"];
export const PROGRESS = ["done", "on_track", "at_risk", "overdue", "not_started", "no_data"] as const;

/** Number of commitments by status, in the fixed order; empty ones stay out. */
export function byProgress(items: Commitment[]): { progress: string; n: number }[] {
  const known = PROGRESS.map((progress) => ({
    progress: progress as string,
    n: items.filter((item) => progressOf(item) === progress).length,
  }));
  return known.filter((entry) => entry.n > 0);
}

/** Status of a commitment; a word that is not known counts as "no data". */
export function progressOf(item: Commitment): string {
  return (PROGRESS as readonly string[]).includes(item.progress) ? item.progress : "no_data";
}

/** Side for filters: "both", one country of the pair, or "several" for lists. */
export function sideOf(item: Commitment, pair: string[]): string {
  if (item.side === "both" || pair.includes(item.side)) return item.side;
  const members = item.side.split(";").map((part) => part.trim());
  return members.length === 2 && pair.every((id) => members.includes(id)) ? "both" : "several";
}

export interface Filter {
  q: string;
  side: string;
  topic: string;
  status: string;
}

/** Commitments that pass a filter; the text is looked for in words, body and measures. */
export function filtered(items: Commitment[], filter: Filter, pair: string[]): Commitment[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    const hay = [item.commitment_id, item.text, item.body, item.note, ...item.measure_ids].join(" ");
    const found = words.every((word) => hay.toLowerCase().includes(word));
    return (
      found &&
      (!filter.side || sideOf(item, pair) === filter.side) &&
      (!filter.topic || item.topic === filter.topic) &&
      (!filter.status || progressOf(item) === filter.status)
    );
  });
}

/** Days between a due day and today; negative before it is due, null without an exact day. */
export function daysLate(due: string, today: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(due)) return null;
  return Math.round((Date.parse(today) - Date.parse(due)) / 86_400_000);
}
