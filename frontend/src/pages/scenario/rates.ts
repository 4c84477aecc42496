/** Tariffs and rates of the study as fields that a scenario may change. */
import type { Row } from "@/files/table";
import { t, word } from "@/i18n";
import type { EditTable } from "@/map/scenario-spec";
import { sliderEnd, type ChangeField } from "../map/changes";

const text = (row: Row, column: string) => String(row[column] ?? "");

/** Rows that hold on a date, ISO 8601. */
export function validOn(rows: Row[], date: string): Row[] {
  return rows.filter((row) => {
    const [start, end] = [text(row, "valid_from"), text(row, "valid_to")];
    return (!start || start <= date) && (!end || date <= end);
  });
}

function field(table: EditTable, key: string, column: string, value: number, more: Partial<ChangeField>): ChangeField {
  const most = sliderEnd(value * (more.scale ?? 1));
  const id = `${table}-${key}-${column}`.replace(/[^A-Za-z0-9_-]/g, "_");
  return { id, cell: { table, key, column }, label: "", unit: "", value, most, step: most / 100, ...more };
}

/** Tariffs on what one country buys of another, of all sectors (blank) or of one. */
export function tariffFields(rows: Row[], exporter: string, importer: string, sector: string): ChangeField[] {
  const mine = rows.filter((row) => text(row, "exporter") === exporter && text(row, "importer") === importer);
  const kinds = [...new Set(mine.map((row) => text(row, "kind")))];
  return kinds.flatMap((kind) => {
    const of = mine.filter((row) => text(row, "kind") === kind);
    // A sector without a row of its own has the rate for all.
    const row = of.find((one) => text(one, "sector_id") === sector) ?? of.find((one) => !text(one, "sector_id"));
    if (!row || (sector === "" && text(row, "sector_id") !== "")) return [];
    const parts = [`importer=${importer}`, `exporter=${exporter}`, `kind=${kind}`, `valid_from=${text(row, "valid_from")}`];
    const key = [...parts, ...(sector ? [`sector_id=${sector}`] : [])].join(";");
    const more = { label: word("tariff.kind", kind), unit: "%", scale: 100 };
    return [field("tariff", key, "rate_share", Number(row.rate_share), more)];
  });
}

/** Rates of a mode for one cargo: one for each kind of flow that the study tells apart. */
export function rateFields(rows: Row[]): ChangeField[] {
  return rows.map((row) => {
    const kind = text(row, "flow_kind");
    const parts = [text(row, "country_id"), text(row, "area"), text(row, "on_mode"), text(row, "carries")].filter(Boolean);
    const label = [word("cargo", text(row, "cargo")), kind === "all" ? "" : word("flow.kind", kind), ...parts.slice(1)];
    const unit = t("add.usd_km", { unit: word("unit", text(row, "unit")) });
    const value = Number(row.rate_usd_per_unit_km);
    const more = { label: label.filter(Boolean).join(", "), unit };
    return field("mode_rate", `rate_id=${text(row, "rate_id")}`, "rate_usd_per_unit_km", value, more);
  });
}
