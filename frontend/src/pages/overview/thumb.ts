/** Small map of flows as SVG paths: Mercator, no library, so that the first page is there at once. */
import type { FeatureCollection, Geometry, Position } from "geojson";
import { svgText, textShapes, type Drawing, type Shape } from "@/lib/shapes";
import type { Row } from "@/files/table";
import style from "@style";

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
  /** What the line stands for: name, tonnes of all goods and of each direction. */
  row: Row;
}

const WIDEST = 9;
const THINNEST = 0.6;

/** Whether a geometry has a point inside the frame. */
function inFrame(geometry: Geometry, project: Project, { width, height }: Frame): boolean {
  return lines(geometry)
    .flat()
    .map(project)
    .some(([x, y]) => x >= 0 && x <= width && y >= 0 && y <= height);
}

/** Flow lines in the frame, thin ones first, width by the root of tonnes. */
export function flowLines(flows: FeatureCollection, project: Project, frame: Frame): FlowLine[] {
  const amount = (properties: Record<string, unknown> | null) => Number(properties?.t_per_year ?? 0);
  const inside = flows.features.filter((feature) => inFrame(feature.geometry, project, frame));
  const largest = Math.max(0, ...inside.map((f) => amount(f.properties)));
  if (largest === 0) return [];
  return inside
    .filter((feature) => amount(feature.properties) > largest / 2000)
    .sort((a, b) => amount(a.properties) - amount(b.properties))
    .map((feature) => ({
      d: pathOf(feature.geometry, project),
      mode: String(feature.properties?.mode ?? "road"),
      width: Math.max(THINNEST, WIDEST * Math.sqrt(amount(feature.properties) / largest)),
      row: feature.properties as Row,
    }));
}

const LOOKS: Record<string, { colour: string; dash: string }> = style.modes;

/** Colour and dashes of a mode. */
export const lookOf = (mode: string) => LOOKS[mode] ?? { colour: style.text.secondary, dash: "" };

/** Shapes of the small map, land first, the fullest line on top. */
export function mapShapes(base: FeatureCollection["features"], lines: FlowLine[], project: Project, frame: Frame): Shape[] {
  const land = base.map(({ geometry, properties }): Shape => ({
    tag: "path",
    attributes: {
      d: pathOf(geometry, project), fill: properties?.kind === "land" ? style.base.land : style.base.sea,
      stroke: style.base.coast, "stroke-width": 0.6, "fill-rule": "evenodd",
    },
  })); // prettier-ignore
  const flows = lines.map(({ d, mode, width }): Shape => ({
    tag: "path",
    attributes: {
      d, fill: "none", stroke: lookOf(mode).colour, "stroke-width": width,
      "stroke-dasharray": lookOf(mode).dash || "none", "stroke-linejoin": "round",
    },
  })); // prettier-ignore
  const sea = { width: frame.width, height: frame.height, fill: style.base.sea };
  return [{ tag: "rect", attributes: sea }, ...land, ...flows];
}

/** Picture of the small map with the modes named below it. */
export function mapDrawing(shapes: Shape[], modes: { mode: string; name: string }[], { width, height }: Frame): Drawing {
  const whole = height + 28;
  const legend = modes.flatMap(({ mode, name }, at): Shape[] => {
    const x = 8 + at * 130;
    const { colour, dash } = lookOf(mode);
    const line = { d: `M${x} ${height + 14}h28`, stroke: colour, "stroke-width": 4, "stroke-dasharray": dash || "none" };
    return [{ tag: "path", attributes: line }, ...textShapes(name, x + 36, height + 14)];
  });
  // What lies outside the frame is cut off by an inner picture.
  const map = svgText(shapes, width, height);
  const below = svgText(legend, width, whole);
  return { svg: () => ({ text: below.replace("</svg>", `${map}</svg>`), width, height: whole }) };
}
