/** What all charts share. The time axis runs left to right in every language. */
import type { ECharts, EChartsCoreOption } from "echarts/core";
import style from "@style";

export type ChartOption = EChartsCoreOption;

/** A chart that is on the page, for pictures. */
export interface Drawing {
  svg: () => { text: string; width: number; height: number };
}

// Without quotes: ECharts writes the names into attributes of an SVG file as they are.
const FONT = "Noto Sans Variable, Vazirmatn Variable, sans-serif";
const TEXT = { fontFamily: FONT, fontSize: 12, color: style.text.main };

/** Option with the fonts of the page and no animation. */
export function withDefaults(option: ChartOption): ChartOption {
  return { animation: false, textStyle: TEXT, ...option };
}

/** Place on the axes under the pointer; null outside the grid. */
export function placeOf(chart: ECharts, event: MouseEvent): [number, number] | null {
  const pixel = [event.offsetX, event.offsetY];
  if (!chart.containPixel({ gridIndex: 0 }, pixel)) return null;
  const [x, y] = chart.convertFromPixel({ gridIndex: 0 }, pixel) as [number, number];
  return [x, y];
}

/** Axis of amounts in the look of the page; `format` writes its labels. */
export function amountAxis(name: string, format: (value: number) => string): ChartOption {
  return {
    type: "value",
    min: 0,
    name,
    nameLocation: "end",
    nameTextStyle: { align: "left", color: style.text.secondary, padding: [0, 0, 0, -40] },
    axisLabel: { formatter: format, color: style.text.secondary },
    splitLine: { lineStyle: { color: "#E4E7EB" } },
  };
}

/** SVG of a chart as a file of its own. */
export function drawingOf(chart: ECharts): Drawing {
  return {
    svg: () => ({
      text: chart.renderToSVGString(),
      width: chart.getWidth(),
      height: chart.getHeight(),
    }),
  };
}
