/** Part of a table as columns and rows that the grid shows. */
import type { Schemas } from "@/api/client";
import { records } from "@/api/results";
import type { Cell, Column, Row, Table } from "@/files/table";
import type { NumberRef } from "@/lib/provenance";

export const PAGE = 50;

export interface Kind {
  table: string;
  result_id: string | null;
}

const sourceOf = (kind: Kind, column: string) => (row: Row): NumberRef => ({
  table: kind.table,
  row: Number(row.row_),
  column,
  ...(kind.result_id ? { result_id: kind.result_id } : {}),
});

/** Columns of the grid: names as in the files, units from the table's description. */
function columnOf(name: string, info: Schemas["Column"] | undefined, kind: Kind, show: (value: Cell) => string): Column {
  if (name === "status") return { key: name, label: name, kind: "status" };
  return { key: name, label: name, unit: info?.unit || undefined, show, source: sourceOf(kind, name) };
}

/** Table of an answer; `show` writes cells. */
export function gridTable(
  answer: Schemas["Rows"],
  info: Schemas["TableInfo"] | undefined,
  kind: Kind,
  show: (value: Cell) => string,
): Table {
  const described = new Map(info?.columns.map((column) => [column.name, column]));
  const columns = answer.columns.map((name) => columnOf(name, described.get(name), kind, show));
  return { columns, rows: records(answer) };
}

/** First row of the page that holds a row. */
export function pageOf(row: number): number {
  return Math.floor(row / PAGE) * PAGE;
}

/** First row that an address asks for: an offset, or the page of a row that it points at. */
export function firstRow(params: Record<string, string>): number {
  const whole = (text: string | undefined) => (text && /^\d{1,9}$/.test(text) ? Number(text) : null);
  const row = whole(params.row);
  const pointed = row !== null && !params.q && !params.sort ? pageOf(row) : 0;
  return whole(params.offset) ?? pointed;
}
