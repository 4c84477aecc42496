/** Scenarios as plain values: what they change, how they compare and how they are written. */

/** A word, or a share between: −1 is low, 0 mode, 1 high. */
export type Effect = "low" | "mode" | "high" | number;

export interface MeasureChoice {
  measure_id: string;
  year: number | null;
  effect: Effect;
}

export type EditTable =
  | "border_dwell"
  | "capacity"
  | "border_crossing"
  | "fleet"
  | "link"
  | "transshipment"
  | "tariff"
  | "mode_rate";

export interface Edit {
  table: EditTable;
  key: string;
  column: string;
  op: "set" | "add" | "multiply" | "insert";
  value: number | string;
}

export interface Spec {
  measures: MeasureChoice[];
  edits: Edit[];
  closed: string[];
  year: number | null;
}

export const BASELINE: Spec = { measures: [], edits: [], closed: [], year: null };

/** Say whether a scenario changes nothing. */
export function isBaseline(spec: Spec): boolean {
  return spec.measures.length + spec.edits.length + spec.closed.length === 0 && spec.year === null;
}

/** Number of things that a scenario changes. */
export function changeCount(spec: Spec): number {
  return spec.measures.length + spec.edits.length + spec.closed.length;
}

/** Switch a measure on with a year, or off. */
export function toggleMeasure(spec: Spec, id: string, year: number | null = null): Spec {
  const has = spec.measures.some((m) => m.measure_id === id);
  const measures = has
    ? spec.measures.filter((m) => m.measure_id !== id)
    : [...spec.measures, { measure_id: id, year, effect: "mode" as const }];
  return { ...spec, measures };
}

/** Change the year or the effect of a measure that is on. */
export function changeMeasure(spec: Spec, id: string, change: Partial<MeasureChoice>): Spec {
  const measures = spec.measures.map((m) => (m.measure_id === id ? { ...m, ...change } : m));
  return { ...spec, measures };
}

/** Close a crossing or terminal, or open it again. */
export function setClosed(spec: Spec, id: string, closed: boolean): Spec {
  const others = spec.closed.filter((one) => one !== id);
  return { ...spec, closed: closed ? [...others, id] : others };
}

function sameCell(one: Edit, two: Pick<Edit, "table" | "key" | "column">): boolean {
  return one.table === two.table && one.key === two.key && one.column === two.column;
}

/** Put an edit in, in the place of an earlier one of the same cell. */
export function putEdit(spec: Spec, edit: Edit): Spec {
  return { ...spec, edits: [...spec.edits.filter((one) => !sameCell(one, edit)), edit] };
}

/** Take an edit out. */
export function dropEdit(spec: Spec, cell: Pick<Edit, "table" | "key" | "column">): Spec {
  return { ...spec, edits: spec.edits.filter((one) => !sameCell(one, cell)) };
}

/** The edit of a cell, where there is one. */
export function editOf(spec: Spec, cell: Pick<Edit, "table" | "key" | "column">): Edit | null {
  return spec.edits.find((one) => sameCell(one, cell)) ?? null;
}

/** A text that is equal for specs that change the same things, in whatever order. */
export function specKey(spec: Spec): string {
  const sorted = <T>(items: T[]) => items.map((item) => JSON.stringify(item)).sort();
  return JSON.stringify([
    sorted(spec.measures.map((m) => [m.measure_id, m.year, m.effect])),
    sorted(spec.edits.map((e) => [e.table, e.key, e.column, e.op, e.value])),
    [...spec.closed].sort(),
    spec.year,
  ]);
}

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}

/** Write a scenario for the address; the baseline is the empty text. */
export function writeSpec(spec: Spec): string {
  if (isBaseline(spec)) return "";
  const measures = spec.measures.map((m) => [m.measure_id, m.year, m.effect]);
  const edits = spec.edits.map((e) => [e.table, e.key, e.column, e.op, e.value]);
  return toBase64Url(JSON.stringify([measures, edits, spec.closed, spec.year]));
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length > 0;
}

function readMeasure(item: unknown): MeasureChoice[] {
  if (!Array.isArray(item) || !isText(item[0])) return [];
  const share = typeof item[2] === "number" && Math.abs(item[2]) <= 1 ? item[2] : "mode";
  const effect = (["low", "mode", "high"] as const).find((e) => e === item[2]) ?? share;
  return [{ measure_id: item[0], year: Number.isInteger(item[1]) ? item[1] : null, effect }];
}

function readEdit(item: unknown): Edit[] {
  if (!Array.isArray(item) || item.length !== 5) return [];
  const [table, key, column, op, value] = item as unknown[];
  const fine = [table, key, column].every(isText) && ["set", "add", "multiply", "insert"].includes(String(op));
  if (!fine || !(typeof value === "number" || isText(value))) return [];
  return [{ table, key, column, op, value } as Edit];
}

/** Read a scenario from the address; null for a text that is no scenario. */
export function readSpec(text: string | null | undefined): Spec | null {
  if (!text) return { ...BASELINE };
  try {
    const parts: unknown = JSON.parse(fromBase64Url(text));
    if (!Array.isArray(parts) || parts.length !== 4) return null;
    const [measures, edits, closed, year] = parts as unknown[];
    if (![measures, edits, closed].every(Array.isArray)) return null;
    return {
      measures: (measures as unknown[]).flatMap(readMeasure),
      edits: (edits as unknown[]).flatMap(readEdit),
      closed: (closed as unknown[]).filter(isText),
      year: Number.isInteger(year) ? (year as number) : null,
    };
  } catch {
    return null;
  }
}
