/** Counts and filters of commitments. */
import type { Schemas } from "@/api/client";
import type { CountRef } from "@/lib/provenance";

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

type Progress = (typeof PROGRESS)[number];

/** Where a count comes from; a blank group counts all sides. */
export function countOf(progress: string | null, group = ""): CountRef {
  const asked = { ...(progress ? { progress: progress as Progress } : {}), ...(group ? { group } : {}) };
  return { commitments: asked };
}

/** Groups of sides that have commitments, in the fixed order. */
export function groupsOf(items: Commitment[], pair: string[]): string[] {
  return ["both", ...pair, "several"].filter((group) => items.some((item) => item.group === group));
}

export interface Filter {
  q: string;
  side: string;
  topic: string;
  status: string;
}

/** Commitments that pass a filter; the text is looked for in words, body and measures. */
export function filtered(items: Commitment[], filter: Filter): Commitment[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    const hay = [item.commitment_id, item.text, item.body, item.note, ...item.measure_ids].join(" ");
    const found = words.every((word) => hay.toLowerCase().includes(word));
    return (
      found &&
      (!filter.side || item.group === filter.side) &&
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
