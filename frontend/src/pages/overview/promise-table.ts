/** Counts of commitments by status and side, as the overview draws them and as a table. */
import type { Cell, Row, Table } from "@/files/table";
import { fmt, t, word } from "@/i18n";
import type { Finding } from "@/lib/finding";
import { counted } from "@/lib/finding";
import { byProgress, countOf, groupsOf, type Commitment } from "@/pages/promises/counts";
import { nameOfSide } from "@/pages/promises/sides";

const ALL = "";

/** How many are done, and how many overdue where there are such. */
export function promisesFinding(items: Commitment[]): Finding {
  const n = (progress: string) => items.filter((item) => item.progress === progress).length;
  const told = (progress: string) => counted(n(progress), countOf(progress));
  const values = { n: told("done"), total: counted(items.length, countOf(null)) };
  if (n("overdue") === 0) return { key: "overview.promises_done", values };
  return { key: "overview.promises_late", values: { ...values, late: told("overdue") } };
}

/** One row for each group of sides and one for all; one column for each status. */
export function promisesTable(items: Commitment[], pair: string[]): Table {
  const statuses = byProgress(items).map((entry) => entry.progress);
  const row = (group: string): Row => {
    const own = group === ALL ? items : items.filter((item) => item.group === group);
    const counts = new Map(byProgress(own).map((entry) => [entry.progress, entry.n]));
    return { group, all: own.length, ...Object.fromEntries(statuses.map((s) => [s, counts.get(s) ?? 0])) };
  };
  const column = (key: string, label: string, progress: string | null) => ({
    key, label, kind: "number" as const, show: (value: Cell) => fmt().cell(value as number),
    source: (of: Row) => countOf(progress, String(of.group)),
  }); // prettier-ignore
  return {
    columns: [
      { key: "group", label: t("promises.side"), show: (value) => (value === ALL ? t("overview.promises_all") : nameOfSide(String(value))) },
      ...statuses.map((status) => column(status, word("progress", status), status)),
      column("all", t("overview.promises_all"), null),
    ],
    rows: [...groupsOf(items, pair), ALL].map(row),
  };
}
