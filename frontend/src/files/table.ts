/** Tables of figures: what is drawn, what the Table tab shows and what a download holds. */
import type { NumberRef } from "@/lib/provenance";

export type Cell = string | number | boolean | null | undefined;
export type Row = Record<string, Cell>;

export interface Column {
  key: string;
  label: string;
  /** Unit as on screen; goes to the header in brackets. */
  unit?: string;
  /** Text of a cell on screen; the download always holds the value itself. */
  show?: (value: Cell, row: Row) => string;
  /** Language of the text of a cell, where it may be another than the page's. */
  lang?: (value: Cell) => string;
  /** Where the number comes from, so that a click explains it. */
  source?: (row: Row) => NumberRef | null;
  kind?: "text" | "number" | "status" | "progress";
  /** In downloads alone: on screen another column shows it, as a band beside its value. */
  hidden?: boolean;
}

export interface Table {
  columns: Column[];
  rows: Row[];
}

export interface About {
  title: string;
  unit: string;
  scenario: string;
  study: string;
  hash: string;
  /** ISO day of the download. */
  date: string;
  sources: string;
  licence: string;
  view: string;
  /** Further lines of the sheet about a file: label and text. */
  notes?: [string, string][];
}

const ALWAYS = ["low", "high", "status", "source"];

/** Header and values of an export: the columns of the table, then the four that always stand. */
export function exportRows(table: Table): { header: string[]; rows: Cell[][] } {
  const keys = table.columns.map((column) => column.key);
  const ends = (name: string) => keys.some((key) => key === name || key.endsWith(`_${name}`));
  const header = [...keys, ...ALWAYS.filter((name) => !ends(name))];
  return { header, rows: table.rows.map((row) => header.map((key) => row[key] ?? null)) };
}

/** `oc_{study}_{scenario}_{view}_{yyyymmdd}_{hash8}.{ending}` */
export function fileName(about: About, ending: string): string {
  const part = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  const parts = [about.study, about.scenario, about.view].map((text) => part(text) || "x");
  const day = about.date.replaceAll("-", "");
  return `oc_${parts.join("_")}_${day}_${about.hash.slice(0, 8)}.${ending}`;
}
