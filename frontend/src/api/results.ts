/** Tables of a stored run, as rows with names; `row_` is the row's number in the whole table. */
import type { Row } from "@/files/table";
import { api, need, type Schemas } from "./client";
import { keptAnswer } from "./kept";

export type Summary = Schemas["ResultInfo"]["summary"];

/** Rows with names. */
export function records(answer: Schemas["Rows"]): Row[] {
  return answer.rows.map((cells, place) => ({
    ...Object.fromEntries(answer.columns.map((name, column) => [name, cells[column] as never])),
    row_: answer.row[place],
  }));
}

const MOST_ROWS = 1000;

/** Read a table of a result; it never changes, so it is kept. The rows are not to be changed. */
export function resultTable(result_id: string, name: string): Promise<Row[]> {
  return keptAnswer(`result ${result_id} ${name}`, result_id, async () => {
    const params = { path: { result_id, name }, query: { limit: MOST_ROWS } };
    return records(await need(api.GET("/api/v1/results/{result_id}/tables/{name}", { params })));
  });
}

/** Number of a row, or null. */
export function number(row: Row | undefined, key: string): number | null {
  const value = row?.[key];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Text of a row. */
export function text(row: Row | undefined, key: string): string {
  const value = row?.[key];
  return value === null || value === undefined ? "" : String(value);
}

/** Number of a summary, or null. */
export function figure(summary: Summary, key: string): number | null {
  const value = summary[key];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Address of a download of a result's table. */
export function downloadOf(result_id: string, name: string, format: "csv" | "xlsx"): string {
  return `/api/v1/results/${result_id}/tables/${name}/download?format=${format}`;
}
