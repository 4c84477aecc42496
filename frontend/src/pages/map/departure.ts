/** A time of departure as people type it, and as the API takes it. */
import { latinDigits, stripMarks } from "@/format/digits";

/** Offsets from UTC in use, in hours. */
const HOURS = [
  -12, -11, -10, -9.5, -9, -8, -7, -6, -5, -4, -3.5, -3, -2, -1, 0, 1, 2, 3, 3.5, 4, 4.5, 5, 5.5, 5.75, 6,
  6.5, 7, 8, 8.75, 9, 9.5, 10, 10.5, 11, 12, 12.75, 13, 14,
]; // prettier-ignore

/** Offset in minutes as ISO 8601 writes it: +05:30. */
export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

export const OFFSETS: string[] = HOURS.map((hours) => offsetText(hours * 60));

/** Offset of this browser: what is taken until another one is chosen. */
export const ownOffset = (): string => offsetText(-new Date().getTimezoneOffset());

const TIME = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T ,]+(\d{1,2})[:.](\d{2})(?::\d{2})?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** A typed departure: local time "2026-03-19T08:00", and the offset where it was typed too. */
export function readDeparture(text: string): { local: string; offset: string } | null {
  const plain = latinDigits(stripMarks(text)).replaceAll("\u2212", "-").trim();
  const match = TIME.exec(plain);
  if (!match) return null;
  const [year, month, day, hour, minute] = match.slice(1, 6).map(Number) as [number, number, number, number, number];
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute));
  const exact =
    time.getUTCFullYear() === year && time.getUTCMonth() === month - 1 && time.getUTCDate() === day &&
    time.getUTCHours() === hour && time.getUTCMinutes() === minute; // prettier-ignore
  if (!exact) return null;
  const zone = match[6] ?? "";
  const offset = /^z$/i.test(zone) ? "+00:00" : zone.replace(/^([+-]\d{2}):?(\d{2})$/, "$1:$2");
  return { local: time.toISOString().slice(0, 16), offset };
}

/** Parts of a departure of the address: local time as it is typed, and the offset. */
export function partsOf(iso: string): { local: string; offset: string } {
  const found = readDeparture(iso);
  return found ? { local: found.local.replace("T", " "), offset: found.offset } : { local: iso, offset: "" };
}
