/** Trade path of a run: table and drawing, for the overview and the roadmap. */
import type { Formatter } from "@/format/format";
import { number, text } from "@/api/results";
import type { Column, Row } from "@/files/table";
import style from "@style";
import { amountAxis, type ChartOption } from "./chart";
import type { NumberRef } from "./provenance";

export interface PathWords {
  observed: string;
  plan: string;
  noNew: string;
  target: string;
  band: string;
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

const points = (rows: Row[], key: string) =>
  rows.map((row) => [text(row, "year"), number(row, key)] as [string, number | null]);

/** Lower edge and height of the band, stacked: ECharts draws an area between two lines so. */
function band(rows: Row[], name: string): ChartOption[] {
  const low = rows.map((row) => number(row, "plan_low_usd_current"));
  const high = rows.map((row) => number(row, "plan_high_usd_current"));
  if (low.every((value) => value === null)) return [];
  const years = rows.map((row) => text(row, "year"));
  const heights = high.map((value, i) => (value === null || low[i] === null ? null : value - low[i]!));
  const common = { type: "line", stack: "band", symbol: "none", lineStyle: { opacity: 0 }, silent: true };
  return [
    { ...common, name: `${name} `, data: low.map((value, i) => [years[i], value]) },
    {
      ...common,
      name,
      areaStyle: { color: style.chart.plan, opacity: 0.18 },
      data: heights.map((value, i) => [years[i], value]),
    },
  ];
}

function endLabel(name: string, colour: string): ChartOption {
  return { show: true, formatter: name, color: colour, distance: 6, width: 100, overflow: "break", lineHeight: 14 };
}

/** Drawing: observed dots, plan line with band, dashed line without new measures, target line. */
export function pathOption(rows: Row[], words: PathWords, fmt: Formatter, narrow: boolean): ChartOption {
  const target = number(rows.at(-1), "target_usd_current");
  const years = rows.map((row) => text(row, "year"));
  const line = { type: "line", symbol: "none" };
  return {
    grid: { left: 52, right: narrow ? 16 : 110, top: 30, bottom: 26 },
    xAxis: {
      type: "category",
      data: years,
      axisLabel: { formatter: (year: string) => fmt.year(Number(year)), color: style.text.secondary },
    },
    yAxis: amountAxis(words.axis, (value) => fmt.usdAxis(value)),
    series: [
      ...band(rows, words.band),
      {
        ...line, id: "no_new", name: words.noNew, data: points(rows, "no_new_usd_current"),
        lineStyle: { color: style.chart.no_new, width: 2, type: [6, 3] },
        itemStyle: { color: style.chart.no_new },
        endLabel: narrow ? undefined : endLabel(words.noNew, style.chart.no_new),
      },
      {
        ...line, id: "plan", name: words.plan, data: points(rows, "plan_usd_current"),
        lineStyle: { color: style.chart.plan, width: 3 }, itemStyle: { color: style.chart.plan },
        endLabel: narrow ? undefined : endLabel(words.plan, style.chart.plan),
      },
      {
        // Dots are a line whose line is not drawn: one kind of chart less to load.
        type: "line", id: "observed", name: words.observed, symbol: "circle", symbolSize: 9, z: 5,
        lineStyle: { opacity: 0 }, data: points(rows, "observed_usd_current"),
        itemStyle: { color: style.chart.observed },
      },
      ...(target === null ? [] : [targetSeries(rows, target, narrow ? "" : words.target)]),
    ],
  }; // prettier-ignore
}

/** The target: a dashed line over the whole width. */
function targetSeries(rows: Row[], target: number, name: string): ChartOption {
  return {
    type: "line",
    id: "target",
    name,
    symbol: "none",
    data: rows.map((row) => [text(row, "year"), target]),
    lineStyle: { color: style.chart.target, width: 2, type: "dashed" },
    endLabel: name ? endLabel(name, style.chart.target) : undefined,
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
