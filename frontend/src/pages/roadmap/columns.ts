/** Columns of the measures table of a run or a plan. */
import { number, text } from "@/api/results";
import type { Cell, Column, Row } from "@/files/table";
import { fmt, t, word, type Key } from "@/i18n";

const usd = (value: Cell) => fmt().usd(value as number | null);

/** Columns with provenance where the run is stored. */
export function measureColumns(result_id: string | null): Column[] {
  const label = (key: string) => t(`roadmap.column.${key}` as Key);
  const source = (column: string) => (row: Row) => {
    const at = number(row, "row_");
    return result_id && at !== null ? { result_id, table: "measures", row: at, column } : null;
  };
  const money = (key: string): Column => ({
    key, label: label(key), kind: "number", show: usd, source: source(key),
  }); // prettier-ignore
  return [
    { key: "measure_id", label: label("measure_id") },
    { key: "title", label: label("title") },
    { key: "role", label: label("role"), show: (value) => word("role", String(value ?? "")) },
    {
      key: "in_plan",
      label: label("in_plan"),
      kind: "text",
      show: (_, row) => (row.in_plan ? `✓ ${t("roadmap.in_plan")}` : text(row, "reason") || t("table.no_data")),
    },
    money("alone_usd_constant"),
    money("cost_usd"),
    money("cost_low_usd"),
    money("cost_high_usd"),
    {
      key: "lead_time_months",
      label: label("lead_time_months"),
      unit: t("unit.months"),
      kind: "number",
      source: source("lead_time_months"),
      show: (value) => (typeof value === "number" ? fmt().cell(value) : t("table.no_data")),
    },
    { key: "effect_date", label: label("effect_date"), show: (value) => fmt().month(value as string) },
    { key: "status", label: label("status"), kind: "status" },
    { key: "source", label: label("source") },
  ];
}
