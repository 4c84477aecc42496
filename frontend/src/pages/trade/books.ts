/** Several books of one year: names, periods, bars, and the table of both. */
import style from "@style";
import type { Cell, Column, Row } from "@/files/table";
import { fmt, t, word, type Key } from "@/i18n";
import type { Shape } from "@/lib/shapes";
import { study } from "@/app/study.svelte";
import { countryName } from "@/pages/promises/sides";
import type { Account, Books, Where } from "./model";
import { usd } from "./money";
import { axisOf, barShape, headShapes } from "./strips";

/** Name of a book: of a country's statistics, of an organisation, or of the model. */
export function bookName(id: string): string {
  if (id === "model") return t("trade.book_model");
  const known = study.info?.countries.some((country) => country.country_id === id);
  return known ? t("trade.book_of", { country: countryName(id) }) : id;
}

/** Year of an account: a calendar year by its number, another by its first and last day. */
export function periodOf(account: Pick<Account, "period_start" | "period_end">): string {
  const { period_start: start, period_end: end } = account;
  if (start.endsWith("-01-01") && end.endsWith("-12-31")) return fmt().year(Number(start.slice(0, 4)));
  return t("trade.from_to", { start: fmt().date(start), end: fmt().date(end) });
}

/** Accounts as rows with their place in the answer. */
export const bookRows = (found: Books): Row[] =>
  found.accounts.map((account, at) => ({
    ...account, at, rows: account.rows.length, book: bookName(account.bookkeeping), days: periodOf(account),
  })); // prettier-ignore

const WAYS = ["a_to_b_usd_current", "b_to_a_usd_current"] as const;
export const WAY_COLOURS = [style.chart.plan, style.chart.rise];
export const TURNOVER_COLOUR = style.chart.observed;

/** Bars of accounts: both directions one after the other, or the turnover where that is all. */
export function bookShapes(found: Books, width: number): Shape[] {
  const { accounts } = found;
  const axis = axisOf(accounts.map((one) => one.value_usd_current ?? 0), width, accounts.length, (usd) => fmt().usdAxis(usd));
  return [...axis.shapes, ...accounts.flatMap((account, row) => rowShapes(account, row, axis))];
}

function rowShapes(account: Account, row: number, axis: ReturnType<typeof axisOf>): Shape[] {
  const total = account.value_usd_current;
  const name = `${bookName(account.bookkeeping)}${t("trade.comma")}${periodOf(account)}`;
  const head = headShapes(axis, name, usd(total), row);
  const ways = WAYS.map((way) => account[way]);
  if (total === null) return head;
  if (ways.some((usd) => usd === null)) return [...head, barShape(axis, row, 0, total, 16, { fill: TURNOVER_COLOUR })];
  const [forth, back] = ways as [number, number];
  const paper = { stroke: style.base.paper };
  return [
    ...head,
    barShape(axis, row, 0, forth, 16, { fill: WAY_COLOURS[0]!, ...paper }),
    barShape(axis, row, forth, forth + back, 16, { fill: WAY_COLOURS[1]!, ...paper }),
  ];
}

/** Columns of the table of accounts. */
export function bookColumns(where: Where, ways: [string, string]): Column[] {
  const number = (key: string, label: string, show: (value: Cell) => string): Column => ({
    key, label, kind: "number", show, source: (row: Row) => where(`accounts.${row.at}.${key}`),
  }); // prettier-ignore
  return [
    { key: "book", label: t("trade.column.book") },
    { key: "days", label: t("trade.column.period") },
    { key: "goods", label: t("trade.column.goods"), show: (value) => goodsWords(String(value)) },
    ...WAYS.map((way, i) => number(way, ways[i]!, usd)),
    number("value_usd_current", t("trade.column.turnover"), usd),
    number("tonnes", t("trade.column.tonnes"), (value) => fmt().tonnes(value as number | null)),
    { key: "reporter", label: t("trade.column.reporter") },
    { key: "source", label: t("trade.column.source") },
    { key: "status", label: t("trade.column.status"), kind: "status" },
  ];
}

const goodsWords = (goods: string) =>
  goods.split(";").map((one) => word("trade.goods", one)).join(t("trade.comma")); // prettier-ignore

/** Reason of a part of a difference, in words. */
export const reasonOf = (reason: string): string => t(`trade.why.${reason}` as Key);

/** Highest and lowest account of a year. */
export function ends(found: Books): [Account, Account] | null {
  const all = found.accounts.filter((one) => one.value_usd_current !== null);
  const sorted = all.sort((one, other) => one.value_usd_current! - other.value_usd_current!);
  return sorted.length > 1 ? [sorted[0]!, sorted.at(-1)!] : null;
}
