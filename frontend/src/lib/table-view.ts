/** How a table is shown: text of its cells, order of its rows, columns that need room. */
import type { Cell, Column, Row, Table } from "@/files/table";
import { fmt, t } from "@/i18n";

export interface Order {
  key: string;
  down: boolean;
}

/** Characters of a cell above which its column gets room. */
const WORDY = 24;

/** Read an order as addresses write it: the column, after a minus sign where it goes down. */
export function readOrder(text: string): Order | null {
  return text ? { key: text.replace(/^-/, ""), down: text.startsWith("-") } : null;
}

/** Write an order as addresses take it. */
export const writeOrder = (order: Order | null) => (order ? `${order.down ? "-" : ""}${order.key}` : "");

/** The order after a click on a column's head: up, down, and as it came. */
export function nextOrder(order: Order | null, key: string): Order | null {
  if (order?.key !== key) return { key, down: false };
  return order.down ? null : { key, down: true };
}

/** Whether a column holds numbers, by what it says or else by its cells. */
export function isNumber(column: Column, rows: Row[]): boolean {
  if (column.kind) return column.kind === "number";
  return rows.some((row) => typeof row[column.key] === "number");
}

/** Columns of numbers. */
export function numberColumns(table: Table): Set<string> {
  return new Set(table.columns.filter((one) => isNumber(one, table.rows)).map((one) => one.key));
}

/** Text of a cell on screen. */
export function cellText(column: Column, row: Row): string {
  const value = row[column.key];
  if (column.show) return column.show(value, row);
  if (value === null || value === undefined || value === "") return t("table.no_data");
  return typeof value === "number" ? fmt().cell(value) : String(value);
}

/** Columns of words, which would be squeezed to a word a line where the table is wide. */
export function wordyColumns(table: Table): Set<string> {
  const numbers = numberColumns(table);
  const wordy = (one: Column) =>
    !one.hidden && !numbers.has(one.key) && table.rows.some((row) => cellText(one, row).length > WORDY);
  return new Set(table.columns.filter(wordy).map((one) => one.key));
}

/** Empty cells come last in ascending order. */
function compare(a: Cell, b: Cell): number {
  if (a === null || a === undefined || a === "") return 1;
  if (b === null || b === undefined || b === "") return -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b));
}

/** Rows in an order, each with its place in the table. */
export function ordered(rows: Row[], by: Order | null): { row: Row; index: number }[] {
  const indexed = rows.map((row, index) => ({ row, index }));
  if (!by) return indexed;
  const sign = by.down ? -1 : 1;
  return indexed.sort((a, b) => sign * compare(a.row[by.key], b.row[by.key]));
}

/** Bring a cell to the middle of the page and of its table, where both scroll. */
export function bringToMiddle(cell: Element, region: HTMLElement): void {
  // Not scrollIntoView: that also moves the frame around the page, which has no bar to go back.
  const page = region.closest("#page");
  if (!page) return;
  const [at, box, frame] = [cell, region, page].map((one) => one.getBoundingClientRect());
  page.scrollTop += at!.top + at!.height / 2 - frame!.top - frame!.height / 2;
  region.scrollLeft += at!.x + at!.width / 2 - box!.x - box!.width / 2;
}
