/**
 * A CSV of one's own on the map: points (`lon`, `lat`, optional `name`, `value`) or flows
 * (`from_lon`, `from_lat`, `to_lon`, `to_lat`, optional `name`, `value`). It stays in the browser.
 */
import type { AnyCollection, AnyFeature } from "./types";

export interface OverlayProblem {
  code: "empty" | "too_large" | "columns" | "ragged" | "number" | "range";
  /** Line of the file, counted from 1 with the header; 0 for the file as a whole. */
  line: number;
  column: string;
  value: string;
}

export interface Overlay {
  kind: "points" | "lines";
  name: string;
  valueColumn: boolean;
  collection: AnyCollection;
}

export interface OverlayReading {
  overlay: Overlay | null;
  problems: OverlayProblem[];
}

export const MOST_BYTES = 5_000_000;
const MOST_PROBLEMS = 50;
const POINT = ["lon", "lat"];
const LINE = ["from_lon", "from_lat", "to_lon", "to_lat"];

/** Split CSV text into rows of cells; quoted cells may hold the separator and line breaks. */
export function csvRows(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const clean = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  for (let i = 0; i <= clean.length; i++) {
    const char = i < clean.length ? clean[i]! : "\n";
    if (quoted && i < clean.length) {
      if (char !== '"') cell += char;
      else if (clean[i + 1] === '"') (cell += '"'), i++;
      else quoted = false;
    } else if (char === '"' && cell === "") quoted = true;
    else if (char === separator) (row.push(cell), (cell = ""));
    else if (char === "\n") {
      row.push(cell);
      if (row.some((c) => c.trim() !== "")) rows.push(row);
      row = [];
      cell = "";
    } else cell += char;
  }
  return rows;
}

/** The separator that the header has most of. */
export function separatorOf(text: string): string {
  const header = text.split(/\r?\n/, 1)[0] ?? "";
  const count = (s: string) => header.split(s).length;
  return [",", ";", "\t"].reduce((best, s) => (count(s) > count(best) ? s : best));
}

function toNumber(text: string, separator: string): number {
  const latin = text.trim().replace(/[۰-۹٠-٩]/g, (d) => String(d.charCodeAt(0) & 15));
  const point = separator === "," ? latin : latin.replace(",", ".");
  const plain = point.replace("٫", ".").replace("−", "-");
  return plain === "" ? NaN : Number(plain);
}

function limit(column: string): number {
  return column.endsWith("lon") ? 180 : column.endsWith("lat") ? 90 : Infinity;
}

interface Reader {
  header: string[];
  separator: string;
  problems: OverlayProblem[];
}

function numberAt(reader: Reader, row: string[], line: number, column: string): number {
  const value = row[reader.header.indexOf(column)] ?? "";
  const number = toNumber(value, reader.separator);
  if (!Number.isFinite(number)) reader.problems.push({ code: "number", line, column, value });
  else if (Math.abs(number) > limit(column))
    reader.problems.push({ code: "range", line, column, value });
  return number;
}

function feature(reader: Reader, row: string[], line: number, coords: string[]): AnyFeature {
  const at = coords.map((column) => numberAt(reader, row, line, column));
  const has = (column: string) => reader.header.includes(column);
  const value =
    has("value") && (row[reader.header.indexOf("value")] ?? "").trim() !== ""
      ? numberAt(reader, row, line, "value")
      : null;
  const label = has("name") ? (row[reader.header.indexOf("name")] ?? "") : "";
  const geometry =
    at.length === 2
      ? { type: "Point" as const, coordinates: at }
      : { type: "LineString" as const, coordinates: [at.slice(0, 2), at.slice(2)] };
  return { type: "Feature", id: line, properties: { label, value, line }, geometry };
}

/** Read a CSV file into an overlay, or say everything that is wrong with it. */
export function readOverlay(name: string, text: string): OverlayReading {
  const whole = (code: OverlayProblem["code"], column = "", value = ""): OverlayReading => ({
    overlay: null,
    problems: [{ code, line: 0, column, value }],
  });
  if (text.length > MOST_BYTES) return whole("too_large");
  const separator = separatorOf(text);
  const [first, ...rows] = csvRows(text, separator);
  if (!first || rows.length === 0) return whole("empty");
  const header = first.map((cell) => cell.trim().toLowerCase());
  const coords = [LINE, POINT].find((set) => set.every((column) => header.includes(column)));
  if (!coords) return whole("columns", header.join(", ").slice(0, 120));
  const reader: Reader = { header, separator, problems: [] };
  const features: AnyFeature[] = [];
  rows.forEach((row, i) => {
    if (row.length !== header.length)
      reader.problems.push({ code: "ragged", line: i + 2, column: "", value: String(row.length) });
    else features.push(feature(reader, row, i + 2, coords));
  });
  if (reader.problems.length > 0)
    return { overlay: null, problems: reader.problems.slice(0, MOST_PROBLEMS) };
  return {
    overlay: {
      kind: coords === LINE ? "lines" : "points",
      name,
      valueColumn: header.includes("value"),
      collection: { type: "FeatureCollection", features },
    },
    problems: [],
  };
}
