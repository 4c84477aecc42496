/** Tables of commitments and agreements. */
import type { Schemas } from "@/api/client";
import type { Cell, Column, Row } from "@/files/table";
import { fmt, t, word, type Key } from "@/i18n";
import { progressOf, type Commitment } from "./counts";
import { nameOfSide } from "./sides";

const label = (key: string) => t(`promises.column.${key}` as Key);
const day = (value: Cell) => (/^\d{4}-\d{2}-\d{2}$/.test(String(value ?? "")) ? fmt().date(String(value)) : String(value || t("promises.no_date")));

/** Columns of commitments; effects open their provenance in the run's table. */
export function commitmentColumns(result_id: string | null, rows: Map<string, number>): Column[] {
  const source = (row: Row) => {
    const at = rows.get(String(row.commitment_id));
    return result_id && at !== undefined ? { result_id, table: "commitments", row: at, column: "effect_usd" } : null;
  };
  return [
    { key: "text", label: label("text") },
    { key: "commitment_id", label: label("commitment_id") },
    { key: "side", label: label("side"), show: (value) => nameOfSide(String(value)) },
    { key: "body", label: label("body") },
    { key: "topic", label: label("topic"), show: (value) => word("topic", String(value)) },
    { key: "due_date", label: label("due_date"), show: day },
    { key: "progress", label: label("progress"), kind: "progress" },
    {
      key: "effect_usd",
      label: label("effect_usd"),
      kind: "number",
      show: (value) => (typeof value === "number" ? fmt().usd(value) : t("promises.no_effect")),
      source,
    },
    { key: "source", label: label("source") },
  ];
}

/** Row of a commitment. */
export function commitmentRow(item: Commitment): Row {
  return {
    text: item.text,
    commitment_id: item.commitment_id,
    side: item.group,
    body: item.body,
    topic: item.topic,
    due_date: item.due_date,
    progress: progressOf(item),
    effect_usd: item.effect_usd,
    measure_ids: item.measure_ids.join(";"),
    source: item.source_id,
    status: item.status,
  };
}

/** Columns of agreements. */
export function agreementColumns(): Column[] {
  return [
    { key: "title", label: label("title") },
    { key: "agreement_id", label: label("agreement_id") },
    { key: "kind", label: label("kind"), show: (value) => word("agreement", String(value)) },
    { key: "topic", label: label("topic"), show: (value) => word("topic", String(value)) },
    { key: "parties", label: label("parties"), show: (value) => nameOfSide(String(value)) },
    { key: "signed", label: label("signed"), show: day },
    { key: "legal_status", label: label("legal_status"), show: (value) => word("legal", String(value)) },
    { key: "source", label: label("source") },
  ];
}

/** Row of an agreement. */
export function agreementRow(item: Schemas["Agreement"]): Row {
  return {
    title: item.title,
    agreement_id: item.agreement_id,
    kind: item.kind,
    topic: item.topic,
    parties: item.parties.join(";"),
    signed: item.signed,
    legal_status: item.legal_status,
    source: item.source_id,
  };
}
