/** Zones coloured by how far they are: classes, what the map draws, and its layers. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { AMOUNTS, BASE, ROUTE, TEXT } from "./palette";
import type { AnyCollection, Names } from "./types";
import { nameIn } from "./names";

export interface ReachedZone {
  zone_id: string;
  names: Names;
  lon: number;
  lat: number;
  reason: string | null;
}

/** Class of a zone without a number, and of the place itself. */
export const NOT_REACHED = -1;
export const HERE = -2;

/** A limit that reads well: two digits that count. */
function readable(value: number): number {
  if (value <= 0) return 0;
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / step) * step;
}

/** Limits between classes of about the same number of zones; fewer where numbers are alike. */
export function reachLimits(values: number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const found = AMOUNTS.slice(1).map((_, i) => readable(at((i + 1) / AMOUNTS.length)));
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  return [...new Set(found)].filter((limit) => limit > least && limit <= most);
}

/** Class of a number: how many limits it has reached. */
export function reachClass(value: number | null, limits: number[]): number {
  return value === null ? NOT_REACHED : limits.filter((limit) => value >= limit).length;
}

/** Colour of a class, spread over the scale where there are fewer classes than colours. */
export function reachColour(index: number, classes: number): string {
  const place = classes <= 1 ? 0 : Math.round((index * (AMOUNTS.length - 1)) / (classes - 1));
  return AMOUNTS[place] ?? AMOUNTS[0];
}

/** Zones as points with their class, colour and label. */
export function drawnReach(
  zones: ReachedZone[],
  value: (zone: ReachedZone) => number | null,
  limits: number[],
  language: string,
  show: (value: number) => string,
): AnyCollection {
  const features = zones.map((zone) => {
    const number = value(zone);
    const of = zone.reason === "same_place" ? HERE : reachClass(number, limits);
    const label = nameIn(zone.names, language, zone.zone_id).text;
    return {
      type: "Feature" as const,
      geometry: { type: "Point" as const, coordinates: [zone.lon, zone.lat] },
      properties: {
        id: zone.zone_id, of, label, colour: of >= 0 ? reachColour(of, limits.length + 1) : BASE.paper,
        shown: number === null ? "" : show(number),
        sign: of === NOT_REACHED ? "×" : "",
      },
    }; // prettier-ignore
  });
  return { type: "FeatureCollection", features };
}

/** Circles by class; a zone that is not reached is hollow with a cross, the place itself a ring. */
export function reachLayers(font: string): LayerSpecification[] {
  const here: ExpressionSpecification = ["==", ["get", "of"], HERE];
  const hovered: ExpressionSpecification = ["boolean", ["feature-state", "hover"], false];
  return [
    {
      id: "reach", type: "circle", source: "reach",
      paint: {
        "circle-color": ["get", "colour"],
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 2, ["case", here, 8, 4.5], 6, ["case", here, 12, 9]],
        "circle-stroke-color": ["case", hovered, ROUTE, here, ROUTE, TEXT.main],
        "circle-stroke-width": ["case", here, 4, hovered, 3, 1],
      },
    },
    {
      id: "reach-sign", type: "symbol", source: "reach",
      layout: {
        "text-field": ["get", "sign"], "text-font": [font], "text-size": 12, "text-allow-overlap": true,
      },
      paint: { "text-color": TEXT.main },
    },
  ]; // prettier-ignore
}
