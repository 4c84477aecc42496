/** Small map of flows as SVG paths: Mercator, no library, so that the first page is there at once. */
import type { FeatureCollection, Geometry, Position } from "geojson";

export interface Frame {
  width: number;
  height: number;
  /** Window in degrees: west, south, east, north. */
  window: [number, number, number, number];
}

const RAD = Math.PI / 180;
const mercator = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (Math.max(-85, Math.min(85, lat)) * RAD) / 2));

/** Projection of a window into a frame, the same scale both ways, centred. */
export function projection({ width, height, window: [west, south, east, north] }: Frame) {
  const spanX = (east - west) * RAD;
  const spanY = mercator(north) - mercator(south);
  const scale = Math.max(width / spanX, height / spanY);
  const middleX = ((west + east) / 2) * RAD;
  const middleY = (mercator(north) + mercator(south)) / 2;
  return ([lon, lat]: Position): [number, number] => [
    width / 2 + (lon! * RAD - middleX) * scale,
    height / 2 - (mercator(lat!) - middleY) * scale,
  ];
}

type Project = ReturnType<typeof projection>;

/** Land and lakes in the finer detail where the window lies inside it, else of the whole world. */
export function baseShapes(base: FeatureCollection, window: Frame["window"]): FeatureCollection["features"] {
  const fine = base.features.filter((feature) => feature.properties?.part === "region");
  const points = fine.flatMap((feature) => lines(feature.geometry).flat());
  const [west, south, east, north] = window;
  const inside =
    points.some(([lon]) => lon! <= west) && points.some(([lon]) => lon! >= east) &&
    points.some(([, lat]) => lat! <= south) && points.some(([, lat]) => lat! >= north); // prettier-ignore
  return inside ? fine : base.features.filter((feature) => feature.properties?.part !== "region");
}

/** Lines of a geometry; polygons give their rings. */
function lines(geometry: Geometry): Position[][] {
  switch (geometry.type) {
    case "LineString":
      return [geometry.coordinates];
    case "MultiLineString":
    case "Polygon":
      return geometry.coordinates;
    case "MultiPolygon":
      return geometry.coordinates.flat();
    default:
      return [];
  }
}

/** Path of a geometry; points closer than a pixel to the last one are left out. */
export function pathOf(geometry: Geometry, project: Project): string {
  return lines(geometry)
    .map((line) => {
      let last: [number, number] | null = null;
      const kept: string[] = [];
      line.forEach((point, at) => {
        const [x, y] = project(point);
        const near = last && Math.hypot(x - last[0], y - last[1]) < 1;
        if (near && at !== line.length - 1) return;
        last = [x, y];
        kept.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
      });
      return `M${kept.join("L")}`;
    })
    .join("");
}

export interface FlowLine {
  d: string;
  mode: string;
  width: number;
}

const WIDEST = 9;
const THINNEST = 0.6;

/** Flow lines, thin ones first, width by the root of tonnes. */
export function flowLines(flows: FeatureCollection, project: Project): FlowLine[] {
  const amount = (properties: Record<string, unknown> | null) => Number(properties?.t_per_year ?? 0);
  const largest = Math.max(0, ...flows.features.map((f) => amount(f.properties)));
  if (largest === 0) return [];
  return flows.features
    .filter((feature) => amount(feature.properties) > largest / 2000)
    .sort((a, b) => amount(a.properties) - amount(b.properties))
    .map((feature) => ({
      d: pathOf(feature.geometry, project),
      mode: String(feature.properties?.mode ?? "road"),
      width: Math.max(THINNEST, WIDEST * Math.sqrt(amount(feature.properties) / largest)),
    }));
}
