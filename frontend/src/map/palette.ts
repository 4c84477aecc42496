/** Colours and line patterns of the map, read from the palette that the report uses too. */
import style from "@style";
import type { LineModeId } from "./types";

export interface ModeLook {
  colour: string;
  /** Dash lengths in line widths, for MapLibre; empty for a solid line. */
  dash: number[];
  pattern: string;
}

/** Dash lengths by pattern: MapLibre counts them in line widths, SVG in pixels. */
const DASHES: Record<string, number[]> = {
  ties: [],
  solid: [],
  dashed: [3, 1.5],
  dotted: [1, 1.5],
  "dash-dot": [4, 1.5, 1, 1.5],
  double: [],
};

export const MODES: LineModeId[] = ["rail", "road", "sea", "ferry", "inland_water", "pipeline"];

/** Colour and pattern of a mode. */
export function modeLook(mode: LineModeId): ModeLook {
  const entry = style.modes[mode];
  return { colour: entry.colour, pattern: entry.pattern, dash: DASHES[entry.pattern] ?? [] };
}

export const BASE = style.base;
export const TEXT = style.text;
export const ROUTE = style.chart.route;
export const SECOND_ROUTE = style.chart.plan;
export const SIZES = style.map;

/** Fill of amounts, five classes from small to large (cividis). */
export const AMOUNTS = ["#F6DD4C", "#BBAF71", "#7F7C75", "#3C4D6E", "#002459"] as const;

/** Differences, seven classes from the largest fall to the largest rise (PuOr reversed). */
export const DIFFERENCES = [
  "#542788",
  "#998EC3",
  "#D8DAEB",
  "#F7F7F7",
  "#FEE0B6",
  "#F1A340",
  "#B35806",
] as const;
