/** Amounts of this page: no more digits than a band of estimates supports. */
import type { Cell } from "@/files/table";
import { fmt } from "@/i18n";

const MILLION = 1e6;

const numberOf = (value: Cell) => (typeof value === "number" ? value : null);

/** Amount in US$; below a million with two digits that count. */
export function usd(value: Cell): string {
  const size = numberOf(value);
  return fmt().usd(size !== null && Math.abs(size) < MILLION ? Number(size.toPrecision(2)) : size);
}

/** Change in US$, with its sign. */
export const change = (value: Cell): string => fmt().signed(numberOf(value), usd);

/** Change of a share, with its sign and two digits that count. */
export const shareChange = (value: Cell): string =>
  fmt().signed(numberOf(value), (size) => fmt().words.percent(fmt().significant(size * 100, 2)));
