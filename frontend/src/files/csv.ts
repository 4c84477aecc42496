/** CSV after RFC 4180: Latin digits, decimal point, no formulas. */
import { exportRows, type Cell, type Table } from "./table";

// A text that a spreadsheet would take for a formula gets an apostrophe; numbers stay numbers.
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

function field(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Text of a CSV file. */
export function csvText(table: Table): string {
  const { header, rows } = exportRows(table);
  return [header, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

/** Text with tabs, as spreadsheets take it from the clipboard. */
export function tabText(table: Table): string {
  const { header, rows } = exportRows(table);
  const clean = (value: Cell) => field(value).replace(/^"|"$/g, "").replace(/[\t\r\n]+/g, " ");
  return [header, ...rows].map((row) => row.map(clean).join("\t")).join("\n");
}
