/** Tables of the view of flows. */
import type { Cell, Column, Row, Table as Sheet } from "@/files/table";
import { fmt, language, t, word, type Key } from "@/i18n";
import { nameIn } from "@/map/names";
import { countryName } from "@/pages/map/places";
import { sourceOf, type Ask, type Flows, type Table } from "./ask";
import { OTHER } from "./sankey";

const number = (value: Cell) => (typeof value === "number" ? value : null);

/** A number of millions or billions with the word for it. */
function large(value: number | null): string {
  const size = Math.abs(value ?? 0);
  if (size >= 999.5e3) return fmt().large(value);
  // Less than a twentieth is none to speak of: its zeros would fill the column.
  return fmt().number(value, size >= 0.05 && size < 100 ? 1 : 0);
}

const SHOW: [RegExp, (value: Cell) => string][] = [
  [/_share$/, (value) => fmt().share(number(value), 0)],
  [/usd_per_year$/, (value) => fmt().usd(number(value))],
  [/teu_per_year$|tkm_per_year$|t_h_per_year$|co2_t_per_year$/, (value) => large(number(value))],
  [/./, (value) => fmt().tonnes(number(value))],
];
const MAIN = ["t_per_year", "teu_per_year", "tkm_per_year", "carriage_usd_per_year", "fee_usd_per_year", "t_h_per_year", "wait_t_h_per_year", "co2_t_per_year"];

/** Columns of numbers, each of which opens its source. */
function numbers(ask: Ask | null, table: Table, keys: string[]): Column[] {
  return keys.map((key) => ({
    key,
    label: t(`flows.column.${key}` as Key),
    kind: "number" as const,
    show: SHOW.find(([name]) => name.test(key))![1],
    source: (row: Row) => sourceOf(ask, table, String(row.key), key),
  }));
}

/** Name of an end or door of a chain. */
export function endName(found: Flows, id: string): string {
  if (id === OTHER) return t("flows.other");
  if (found.names[id]) return nameIn(found.names[id], language.current, id).text;
  return countryName(id);
}

export const groupName = (mode: string) => (mode === "terminal" || mode === "access" ? t(`flows.group.${mode}`) : word("mode", mode));

export function className(found: { class_id: string }, classes: { class_id: string; names: Record<string, string> }[]): string {
  return nameIn(classes.find((one) => one.class_id === found.class_id)?.names, language.current, found.class_id).text;
}

export function modeTable(found: Flows, ask: Ask | null): Sheet {
  return {
    columns: [{ key: "shown", label: t("flows.column.mode") }, ...numbers(ask, "modes", MAIN)],
    rows: found.modes.map((row) => ({ ...row, key: row.mode, shown: groupName(row.mode) })),
  };
}

const TRANSIT = ["transit_usd_per_year", "transit_carriage_usd_per_year", "transit_fee_usd_per_year", "transit_t_per_year", "transit_teu_per_year", "t_per_year", "tkm_per_year", "co2_t_per_year"];

export function countryTable(found: Flows, ask: Ask | null): Sheet {
  return {
    columns: [{ key: "shown", label: t("flows.column.country") }, ...numbers(ask, "countries", TRANSIT)],
    rows: found.countries.map((row) => ({ ...row, key: row.country, shown: row.country ? countryName(row.country) : t("flows.open_water") })),
  };
}

export function chargeTable(found: Flows, ask: Ask | null): Sheet {
  return {
    columns: [
      { key: "shown", label: t("flows.column.country") },
      { key: "paid", label: t("flows.column.charge") },
      { key: "where", label: t("flows.column.at") },
      ...numbers(ask, "transit", ["usd_per_year"]),
    ],
    rows: [...found.transit].sort((one, two) => two.usd_per_year - one.usd_per_year).map((row) => ({
      ...row,
      key: [row.country, row.charge, row.at_kind, row.at].join(">"),
      shown: countryName(row.country),
      paid: t(`flows.charge.${row.charge}`),
      where: row.at_kind === "mode" ? groupName(row.at) : endName(found, row.at),
    })),
  }; // prettier-ignore
}

export function pairTable(found: Flows, ask: Ask | null): Sheet {
  return {
    columns: [
      { key: "from", label: t("flows.column.exporter") },
      { key: "to", label: t("flows.column.importer") },
      ...numbers(ask, "pairs", MAIN),
    ],
    rows: found.pairs.map((row) => ({ ...row, key: `${row.exporter}>${row.importer}`, from: countryName(row.exporter), to: countryName(row.importer) })),
  };
}

export function classTable(found: Flows, ask: Ask | null, classes: { class_id: string; names: Record<string, string> }[]): Sheet {
  return {
    columns: [{ key: "shown", label: t("flows.column.class") }, ...numbers(ask, "classes", MAIN)],
    rows: found.classes.map((row) => ({ ...row, key: row.class_id, shown: className(row, classes) })),
  };
}

const AT = ["t_per_year", "third_share", "own_t_per_year", "transit_t_per_year", "t_forward", "t_backward", "teu_per_year", "fee_usd_per_year", "t_h_per_year", "wait_t_h_per_year"];

export function placeTable(found: Flows, ask: Ask | null): Sheet {
  return {
    columns: [
      { key: "shown", label: t("flows.column.place") },
      { key: "kind", label: t("flows.column.kind") },
      ...numbers(ask, "places", AT),
    ],
    rows: found.places.map((row) => ({ ...row, key: `${row.place_id}>${row.place_kind}`, shown: endName(found, row.place_id), kind: t(`flows.kind.${row.place_kind}`) })),
  };
}

export function chainTable(found: Flows, ask: Ask | null): Sheet {
  return {
    columns: [
      { key: "from", label: t("flows.column.origin") },
      { key: "door", label: t("flows.column.door") },
      { key: "to", label: t("flows.column.destination") },
      ...numbers(ask, "chains", ["t_per_year"]),
    ],
    rows: found.chains.map((row) => ({
      ...row, key: [row.origin, row.place_id, row.destination].join(">"),
      from: endName(found, row.origin), door: endName(found, row.place_id), to: endName(found, row.destination),
    })),
  }; // prettier-ignore
}
