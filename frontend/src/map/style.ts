/** The map's style: sources, layers and which layers a switch of the legend shows. */
import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  LineLayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from "maplibre-gl";
import { ARROW } from "./arrow";
import { IDLE_ZOOM, type SwitchKey } from "./legend";
import { BASE, MODES, modeLook, ROUTE, SECOND_ROUTE, TEXT } from "./palette";
import { reachLayers } from "./reach-layer";
import type { LineModeId } from "./types";
import { WIDTH_STEPS } from "./width";

export const SOURCES = [
  "base", "network", "flows", "difference", "routes", "links", "overlay", "zones", "ports", "crossings", "reach",
] as const;
export type SourceName = (typeof SOURCES)[number];

const IDS: Partial<Record<SourceName, string>> = {
  network: "link_id", flows: "link_id", difference: "link_id", routes: "route_id", links: "link_id",
  zones: "id", ports: "id", crossings: "id", reach: "id",
};

/**
 * Pixels of a tile's side in the sources that fill the map. MapLibre cuts a source into tiles of
 * 512; larger ones cover the map with fewer, and each costs a drawing a layer and a mask a source.
 */
export const TILE_PX = 1024;
export const WIDE_TILES: readonly SourceName[] = [
  "base", "network", "flows", "difference", "routes", "links", "zones", "ports", "crossings",
];
/** What a wide tile is built for lies this much below the zoom of the map. */
const LOWER = Math.log2(TILE_PX / 512);
/** The zoom at which a wide tile meets a whole zoom of the map: filters, steps and layers count so. */
const fromZoom = (zoom: number) => zoom - LOWER;
/**
 * Lines need a rim of 16 px round a tile, not 128, and no detail below a pixel: software draws half
 * as many corners then. Both count in pixels of a tile of 512.
 */
const THIN = { buffer: (16 * 512) / TILE_PX, tolerance: 512 / TILE_PX };
const LINES: Partial<Record<SourceName, typeof THIN>> = { base: THIN, network: THIN, flows: THIN };

/** Zones are drawn from this zoom on: farther out there are too many. */
export const ZONE_ZOOM = 4;
/** From this zoom on the finer outline of the region is drawn. */
const FINE_ZOOM = 2;
const COAST_ZOOM = 5;
const EMPTY = { type: "FeatureCollection" as const, features: [] };
const HOVERED: ExpressionSpecification = ["boolean", ["feature-state", "hover"], false];

function byMode(pick: (mode: LineModeId) => unknown, other: unknown): ExpressionSpecification {
  const pairs = MODES.flatMap((mode) => [mode, pick(mode)]);
  return ["match", ["get", "mode"], ...pairs, other] as unknown as ExpressionSpecification;
}

const COLOUR = byMode((mode) => modeLook(mode).colour, TEXT.secondary);
/**
 * Dashed modes have layers of their own: a dash costs each corner of a line and each of its pixels
 * twice what a plain line does, and most lines are plain.
 */
const DASHED = MODES.filter((mode) => modeLook(mode).dash.length > 0);
const DASH = byMode(
  (mode) => ["literal", DASHED.includes(mode) ? modeLook(mode).dash : [1, 0]],
  ["literal", [1, 0]],
);

/**
 * Filter that keeps the modes that are switched on, and what else a layer asks for. Far out the
 * network leaves out idle roads and, while flows are drawn, the links that they lie on.
 */
export function modeFilter(id: string, off: ReadonlySet<SwitchKey>): FilterSpecification {
  const dashed = id.endsWith("-dashed");
  const on = MODES.filter((mode) => !off.has(mode) && (BOTH.has(id) || dashed === DASHED.includes(mode)));
  const left = off.has("flows") ? ["!=", ["get", "far"], "idle"] : ["!", ["has", "far"]];
  const far = id.startsWith("network") ? [["any", [">=", ["zoom"], fromZoom(IDLE_ZOOM)], left]] : [];
  const more = MODE_LAYERS[id] ?? [];
  return ["all", ["in", ["get", "mode"], ["literal", on]], ...more, ...far] as FilterSpecification;
}

/**
 * A width that grows with the zoom in steps; MapLibre takes the zoom only at the top of an
 * expression, and within a wide tile it knows no zoom between two whole ones.
 */
function stepped(width: (share: number) => unknown): ExpressionSpecification {
  const [[, first], ...more] = WIDTH_STEPS;
  const steps = more.flatMap(([zoom, share]) => [fromZoom(zoom), width(share)]);
  return ["step", ["zoom"], width(first), ...steps] as unknown as ExpressionSpecification;
}

/** Layers whose lines follow the switches of the modes, with the rest of their filter. */
export const MODE_LAYERS: Record<string, unknown[]> = {
  network: [],
  "network-dashed": [],
  "network-ties": [["==", ["get", "mode"], "rail"]],
  flows: [],
  "flows-dashed": [],
  "flows-arrows": [[">", ["get", "width"], 3]],
};
/** Layers of them that take dashed modes and plain ones. */
const BOTH: ReadonlySet<string> = new Set(["flows-arrows"]);

/** Layers that each switch shows or hides as a whole. */
export const SWITCHED: Partial<Record<SwitchKey, string[]>> = {
  flows: ["flows", "flows-dashed", "flows-arrows"],
  crossings: ["crossings", "crossings-hours", "crossings-label"],
  ports: ["ports", "ports-label"],
  zones: ["zones", "zones-label"],
  overlay: ["overlay-lines", "overlay-points", "overlay-label"],
  difference: ["difference"],
};

/** Layers that a click or the pointer can hit, topmost first, with their sources. */
export const HIT_LAYERS: [string, SourceName][] = [
  ["reach", "reach"],
  ["crossings", "crossings"],
  ["ports", "ports"],
  ["zones", "zones"],
  ["routes-other", "routes"],
  ["new-links", "links"],
  ["difference", "difference"],
  ["flows-dashed", "flows"],
  ["flows", "flows"],
  ["network-dashed", "network"],
  ["network", "network"],
];

function baseLayers(): LayerSpecification[] {
  const kind = (...kinds: string[]): FilterSpecification => [
    "in", ["get", "kind"], ["literal", kinds],
  ];
  // Far out the coarse outline of the world, near by the finer one of the region. Its edge is the
  // fill's own outline until a line pays: the line alone had as many corners as all flows.
  const outline = (part: "world" | "region", ids: [string, string]): LayerSpecification[] => {
    const range = part === "world" ? { maxzoom: FINE_ZOOM } : { minzoom: fromZoom(FINE_ZOOM) };
    const edge = part === "world" ? {} : { "fill-outline-color": BASE.coast };
    const of = (...kinds: string[]): FilterSpecification =>
      ["all", kind(...kinds), ["==", ["get", "part"], part]] as FilterSpecification;
    return [
      { id: ids[0], type: "fill", source: "base", ...range, filter: of("land"), paint: { "fill-color": BASE.land, ...edge } },
      { id: ids[1], type: "fill", source: "base", ...range, filter: of("lake", "lakes", "water"), paint: { "fill-color": BASE.sea, ...edge } },
    ];
  };
  return [
    { id: "sea", type: "background", paint: { "background-color": BASE.sea } },
    ...outline("world", ["world-land", "world-lakes"]),
    ...outline("region", ["land", "lakes"]),
    {
      id: "coast", type: "line", source: "base", minzoom: fromZoom(COAST_ZOOM),
      filter: ["all", kind("land", "lake", "lakes"), ["==", ["get", "part"], "region"]] as FilterSpecification,
      paint: { "line-color": BASE.coast, "line-width": 0.8 },
    },
  ];
}

/** The layers of plain and of dashed lines that are drawn alike. */
function plainAndDashed(id: string, source: SourceName, paint: LineLayerSpecification["paint"]): LayerSpecification[] {
  const filter = (name: string) => modeFilter(name, new Set());
  return [
    { id, type: "line", source, filter: filter(id), paint },
    {
      id: `${id}-dashed`, type: "line", source, filter: filter(`${id}-dashed`),
      paint: { ...paint, "line-dasharray": DASH },
    },
  ];
}

function networkLayers(): LayerSpecification[] {
  const closed: ExpressionSpecification = ["!=", ["coalesce", ["get", "state"], "open"], "open"];
  return [
    ...plainAndDashed("network", "network", {
      "line-color": COLOUR,
      "line-width": stepped((share) => ["case", HOVERED, 3 + share, 1.5 * share]),
      "line-opacity": ["case", closed, 0.45, 0.8],
    }),
    {
      id: "network-ties", type: "line", source: "network",
      filter: modeFilter("network-ties", new Set()),
      paint: { "line-color": COLOUR, "line-width": ["interpolate", ["linear"], ["zoom"], 3, 2.5, 6, 5],
        "line-dasharray": [0.25, 2], "line-opacity": 0.7 },
    },
  ];
}

/** Flows: a line for each direction beside the link's middle, and arrow heads on the wide ones. */
function flowLayers(): LayerSpecification[] {
  const scaled = (factor: number, of: unknown) => stepped((share) => ["*", factor * share, of]);
  const back: ExpressionSpecification = ["==", ["get", "side"], -1];
  // A turned icon counts its offset from its own axes: the same for both directions.
  const step = (px: number): ExpressionSpecification => ["literal", [0, px]];
  return [
    ...plainAndDashed("flows", "flows", {
      "line-color": ["case", HOVERED, ROUTE, COLOUR],
      "line-width": scaled(1, ["get", "width"]),
      "line-offset": scaled(1 / 2, ["*", ["get", "side"], ["get", "width"]]),
      "line-opacity": 0.85,
    }),
    {
      id: "flows-arrows", type: "symbol", source: "flows", filter: modeFilter("flows-arrows", new Set()),
      layout: {
        "symbol-placement": "line", "symbol-spacing": 180, "icon-image": ARROW,
        "icon-size": ["interpolate", ["linear"], ["get", "width"], 3, 0.45, 16, 0.9],
        "icon-rotate": ["case", back, 180, 0],
        "icon-offset": ["step", ["get", "width"], step(3), 6, step(4), 11, step(8)],
        "icon-rotation-alignment": "map",
      },
    },
  ];
}

function differenceLayer(): LayerSpecification {
  return {
    id: "difference", type: "line", source: "difference",
    layout: { "line-cap": "round" },
    paint: {
      "line-color": ["get", "colour"],
      "line-width": ["case", HOVERED, 9, ["get", "width"]],
    },
  };
}

function routeLayers(): LayerSpecification[] {
  const role = (name: string): FilterSpecification => ["==", ["get", "role"], name];
  const line = (id: string, which: string, colour: string, width: number, dash?: number[]) => ({
    id, type: "line" as const, source: "routes", filter: role(which),
    layout: { "line-cap": dash ? ("butt" as const) : ("round" as const), "line-join": "round" as const },
    paint: { "line-color": colour, "line-width": width, ...(dash ? { "line-dasharray": dash } : {}) },
  });
  return [
    line("routes-other-rim", "other", BASE.paper, 7),
    {
      ...line("routes-other", "other", "", 4),
      paint: { "line-width": 4, "line-color": ["case", HOVERED, ROUTE, TEXT.secondary] },
    },
    line("routes-second-rim", "second", BASE.paper, 9),
    line("routes-second", "second", SECOND_ROUTE, 5, [2.5, 0.8]),
    line("routes-chosen-rim", "chosen", BASE.paper, 10),
    line("routes-chosen", "chosen", ROUTE, 6),
  ];
}

function overlayLayers(): LayerSpecification[] {
  return [
    {
      // New links of the scenario: planned, so dashed.
      id: "new-links", type: "line", source: "links",
      paint: {
        "line-color": ["case", HOVERED, ROUTE, COLOUR], "line-width": 3.5, "line-dasharray": [2, 1.5],
      },
    },
    {
      id: "overlay-lines", type: "line", source: "overlay",
      filter: ["==", ["geometry-type"], "LineString"],
      paint: { "line-color": TEXT.main, "line-width": ["coalesce", ["get", "width"], 2] },
    },
    {
      id: "overlay-points", type: "circle", source: "overlay",
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-color": ["coalesce", ["get", "colour"], BASE.paper],
        "circle-radius": 6, "circle-stroke-color": TEXT.main, "circle-stroke-width": 1.5,
      },
    },
  ];
}

function pointLayers(font: string): LayerSpecification[] {
  const text = (field: string, size: number) => ({
    "text-field": ["coalesce", ["get", field], ""] as ExpressionSpecification,
    "text-font": [font],
    "text-size": size,
  });
  const halo = { "text-color": TEXT.main, "text-halo-color": BASE.land, "text-halo-width": 1.5 };
  const beside = {
    "text-variable-anchor": ["left" as const, "right" as const, "top" as const, "bottom" as const],
    "text-radial-offset": 0.9,
    "text-optional": true,
  };
  return [
    {
      id: "zones", type: "circle", source: "zones", minzoom: fromZoom(ZONE_ZOOM),
      paint: { "circle-color": TEXT.secondary, "circle-radius": ["case", HOVERED, 6, 3] },
    },
    {
      id: "ports", type: "circle", source: "ports",
      paint: {
        "circle-color": modeLook("sea").colour, "circle-radius": ["case", HOVERED, 7, 4],
        "circle-stroke-color": BASE.paper, "circle-stroke-width": 1.5,
      },
    },
    {
      id: "crossings", type: "circle", source: "crossings",
      paint: {
        "circle-color": BASE.paper, "circle-radius": ["get", "radius"],
        "circle-stroke-color": ["case", HOVERED, ROUTE, TEXT.main],
        "circle-stroke-width": ["case", HOVERED, 3, 1.5],
      },
    },
    {
      id: "zones-label", type: "symbol", source: "zones", minzoom: fromZoom(5),
      layout: { ...text("label", 11), ...beside }, paint: { ...halo, "text-color": TEXT.secondary },
    },
    {
      id: "ports-label", type: "symbol", source: "ports", minzoom: fromZoom(4),
      layout: { ...text("label", 12), ...beside }, paint: halo,
    },
    {
      id: "crossings-hours", type: "symbol", source: "crossings",
      filter: [">=", ["get", "radius"], 6.5],
      layout: {
        ...text("hours", 11), "symbol-sort-key": ["-", 0, ["get", "radius"]],
        "text-allow-overlap": false,
      },
      paint: { "text-color": TEXT.main },
    },
    {
      id: "crossings-label", type: "symbol", source: "crossings", minzoom: fromZoom(5),
      layout: { ...text("label", 12), ...beside, "text-radial-offset": 1.5 }, paint: halo,
    },
    {
      id: "overlay-label", type: "symbol", source: "overlay",
      layout: { ...text("label", 12), ...beside }, paint: halo,
    },
  ];
}

function selectedLayers(): LayerSpecification[] {
  const paint = {
    "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": ROUTE, "circle-stroke-width": 3.5,
    "circle-radius": ["+", 4, ["coalesce", ["get", "radius"], 4]] as ExpressionSpecification,
  };
  return (["zones", "ports", "crossings"] as const).map((source) => ({
    id: `${source}-selected`, type: "circle", source, filter: ["==", ["get", "id"], ""], paint,
  }));
}

/** The whole style; data come into its sources later. */
export function mapStyle(faces: unknown, font: string): StyleSpecification {
  const sources = Object.fromEntries(
    SOURCES.map((name): [string, SourceSpecification] => [
      name,
      { type: "geojson", data: EMPTY, ...LINES[name], ...(IDS[name] ? { promoteId: IDS[name] } : {}) },
    ]),
  );
  return {
    version: 8,
    "font-faces": faces as StyleSpecification["font-faces"],
    sources,
    layers: [
      ...baseLayers(), ...networkLayers(), ...flowLayers(),
      differenceLayer(), ...routeLayers(), ...overlayLayers(), ...pointLayers(font),
      ...reachLayers(font),
      ...selectedLayers(),
    ],
  };
}
