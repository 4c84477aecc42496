/** Trade path of a run: table and drawing, for the overview and the roadmap. */
import type { Formatter } from "@/format/format";
import { number } from "@/api/results";
import type { Column, Row } from "@/files/table";
import { language } from "@/i18n";
import style from "@style";
import type { Band, ChartOption, Line, Point } from "./chart";
import type { Finding, Told } from "./finding";
import type { NumberRef } from "./provenance";
import type { SummaryNumbers } from "./summary";

export interface PathWords {
  observed: string;
  plan: string;
  noNew: string;
  target: string;
  axis: string;
}

const USD_COLUMNS = [
  "observed_usd_current",
  "no_new_usd_current",
  "plan_usd_current",
  "plan_low_usd_current",
  "plan_high_usd_current",
  "target_usd_current",
] as const;

/** Columns of the table twin; amounts open their provenance where the run is stored. */
export function pathColumns(
  fmt: Formatter,
  label: (key: string) => string,
  result_id: string | null,
): Column[] {
  const source = (column: string) => (row: Row): NumberRef | null => {
    const at = number(row, "row_");
    return result_id && at !== null ? { result_id, table: "trade_path", row: at, column } : null;
  };
  return [
    { key: "year", label: label("year"), show: (value) => fmt.year(value as number) },
    ...USD_COLUMNS.map((key) => ({
      key,
      label: label(key),
      kind: "number" as const,
      show: (value: Row[string]) => fmt.usd(value as number | null),
      source: source(key),
    })),
    { key: "status", label: label("status"), kind: "status" },
  ];
}

/** What the path says: where the plan passes the target, or how far it stays below. */
export function pathFinding(rows: Row[], numbers: SummaryNumbers): Finding {
  const { fmt } = language;
  const cell = (row: Row | undefined, column: string, show: (value: number | null) => string): Told => {
    const at = number(row, "row_");
    const { result_id } = numbers;
    const source = result_id && at !== null ? { result_id, table: "trade_path", row: at, column } : null;
    return { text: show(number(row, column)), source };
  };
  const usd = (row: Row | undefined, column: string) => cell(row, column, (value) => fmt.usd(value));
  const year = (row: Row | undefined) => cell(row, "year", (value) => fmt.year(value));
  const [first, last] = [rows[0], rows.at(-1)];
  const goal = number(last, "target_usd_current");
  if (goal === null) {
    const [start, plan] = [usd(first, "plan_usd_current"), usd(last, "plan_usd_current")];
    return { key: "path.goes", values: { start, first: year(first), plan, year: year(last) } };
  }
  const target = usd(last, "target_usd_current");
  const passes = rows.find((row) => (number(row, "plan_usd_current") ?? -Infinity) >= goal);
  if (passes) return { key: "path.passes", values: { target, year: year(passes) } };
  return { key: "path.short", values: { target, gap: numbers.usd("gap_usd_current"), year: year(last) } };
}

const points = (rows: Row[], key: string) => rows.map((row, i): Point => [i, number(row, key)]);

function band(rows: Row[]): Band {
  const found = rows.map((row, i) => [
    i,
    number(row, "plan_low_usd_current"),
    number(row, "plan_high_usd_current"),
  ]);
  const whole = (point: (number | null)[]): point is [number, number, number] => !point.includes(null);
  return { points: found.filter(whole), colour: style.chart.plan };
}

/** Lines from back to front: target over the whole width, without new measures, plan, observed. */
function pathLines(rows: Row[], words: PathWords): Line[] {
  const target = number(rows.at(-1), "target_usd_current");
  const line = (id: string, name: string, colour: string, width: number, dash?: string): Line => ({
    id, colour, width, dash, points: points(rows, `${id}_usd_current`), end: { text: name, colour },
  });
  const goal = line("target", words.target, style.chart.target, 2, "4 4");
  const observed = line("observed", words.observed, style.chart.observed, 0);
  return [
    ...(target === null ? [] : [{ ...goal, points: rows.map((_, i): Point => [i, target]) }]),
    line("no_new", words.noNew, style.chart.no_new, 2, "6 3"),
    line("plan", words.plan, style.chart.plan, 3),
    { ...observed, dots: "full", dot: 9, end: undefined },
  ]; // prettier-ignore
}

/** Drawing: observed dots, plan line with band, dashed line without new measures, target line. */
export function pathOption(rows: Row[], words: PathWords, fmt: Formatter, narrow: boolean): ChartOption {
  const lines = pathLines(rows, words);
  const between = band(rows);
  return {
    margin: { start: 52, end: narrow ? 16 : 110, top: 30, bottom: 26 },
    x: { labels: rows.map((row) => fmt.year(number(row, "year"))) },
    y: { name: words.axis, format: (value) => fmt.usdAxis(value) },
    band: between.points.length > 0 ? between : undefined,
    // On a narrow page the legend alone names the lines.
    lines: narrow ? lines.map((line) => ({ ...line, end: undefined })) : lines,
  };
}

/** Lines of the hover card at a year. */
export function pathTip(rows: Row[], index: number, words: PathWords, fmt: Formatter): string[] {
  const row = rows[Math.round(index)];
  if (!row) return [];
  const said: [string, number | null][] = [
    [words.observed, number(row, "observed_usd_current")],
    [words.noNew, number(row, "no_new_usd_current")],
    [words.target, number(row, "target_usd_current")],
  ];
  const [low, high] = [number(row, "plan_low_usd_current"), number(row, "plan_high_usd_current")];
  const plan = fmt.usdBand(number(row, "plan_usd_current"), low, high);
  return [
    fmt.year(number(row, "year")),
    `${words.plan}: ${plan}`,
    ...said.filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${fmt.usd(value)}`),
  ];
}
