/** Two answers of flows side by side: tonnes by crossing and terminal before and after. */
import { api, need } from "@/api/client";
import { Latest } from "@/api/latest.svelte";
import type { Row, Table } from "@/files/table";
import { fmt, t } from "@/i18n";
import type { Told } from "@/lib/finding";
import type { NumberRef } from "@/lib/provenance";
import { sourceOf, type Ask, type Flows } from "./ask";
import { endName } from "./tables";

/** The two questions, or their answers: without and with, or A and B. */
export interface Both<T> {
  a: T;
  b: T;
}

/** Both answers, asked one after the other: the server solves one state at a time. */
export const changeAnswers = () =>
  new Latest<Both<Ask>, Both<Flows>>(async ({ a, b }, signal) => {
    const one = (body: Ask) => need(api.POST("/api/v1/freight/flows", { body, signal }));
    return { a: (await one(a)) as Flows, b: (await one(b)) as Flows };
  });

/** Below this change of tonnes a year a place counts as the same: noise of the solution. */
const LEAST_CHANGE_T = 100;

const sourceOfChange = ({ a, b }: Both<Ask>, key: string): NumberRef => ({
  flows: { ask: b, minus: a, table: "places", key, column: "t_per_year" },
});

/** The change of a row, signed. */
export const changeOf = (row: Row, asked: Both<Ask>): Told => ({
  text: fmt().signed(Number(row.difference), (size) => fmt().tonnesPerYear(size)),
  source: sourceOfChange(asked, String(row.key)),
});

/** Crossings and terminals whose tonnes differ, the largest change first. */
export function changeTable(found: Both<Flows>, asked: Both<Ask>, names: Both<string>): Table {
  const keyOf = (row: Flows["places"][number]) => `${row.place_id}>${row.place_kind}`;
  const [a, b] = [found.a, found.b].map((one) => new Map(one.places.map((row) => [keyOf(row), row]))) as [Map<string, Flows["places"][number]>, Map<string, Flows["places"][number]>];
  const weight = (value: unknown) => fmt().tonnes(typeof value === "number" ? value : null);
  const side = (end: "a" | "b", label: string) => ({
    key: end, label, unit: t("unit.t_per_year"), kind: "number" as const, show: weight,
    source: (row: Row) => sourceOf(asked[end], "places", String(row.key), "t_per_year"),
  }); // prettier-ignore
  const rows = [...new Set([...a.keys(), ...b.keys()])].map((key): Row => {
    const any = (a.get(key) ?? b.get(key))!;
    const [before, after] = [a.get(key)?.t_per_year ?? 0, b.get(key)?.t_per_year ?? 0];
    return {
      key, place_id: any.place_id, shown: endName(a.has(key) ? found.a : found.b, any.place_id),
      kind: t(`flows.kind.${any.place_kind}`), a: before, b: after, difference: after - before,
    }; // prettier-ignore
  });
  const size = (row: Row) => Math.abs(Number(row.difference));
  return {
    columns: [
      { key: "shown", label: t("flows.column.place") },
      { key: "kind", label: t("flows.column.kind") },
      side("a", names.a),
      side("b", names.b),
      {
        key: "difference", label: t("compare.minus", { a: names.a, b: names.b }), unit: t("unit.t_per_year"), kind: "number",
        show: (value) => fmt().signed(Number(value), (v) => fmt().tonnes(v)), source: (row) => sourceOfChange(asked, String(row.key)),
      },
    ],
    rows: rows.filter((row) => size(row) >= LEAST_CHANGE_T).sort((one, two) => size(two) - size(one)),
  }; // prettier-ignore
}
