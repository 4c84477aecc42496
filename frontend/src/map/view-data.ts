/** From the API's layers to what the map draws: labels in the page's language, radii, widths. */
import type { FeatureCollection, Geometry } from "geojson";
import type { Listed } from "./cycle";
import { differenceClass, differenceColour, NO_CHANGE, symmetricLimits } from "./difference";
import { nameIn } from "./names";
import type {
  AnyCollection, AnyFeature, Crossings, Flows, LinkDifference, LinkLoad, Lines, PlacePoints,
} from "./types";
import { crossingRadius, flowWidth, largestFlow } from "./width";

export const EMPTY: AnyCollection = { type: "FeatureCollection", features: [] };

type Properties = Record<string, unknown>;

function withProperties<G extends Geometry, P>(
  collection: FeatureCollection<G, P> | null,
  more: (properties: P) => Properties,
): AnyCollection {
  const features = (collection?.features ?? []).map((feature) => ({
    ...feature,
    properties: { ...feature.properties, ...more(feature.properties) } as Properties,
  }));
  return { type: "FeatureCollection", features };
}

/** Land and lakes; where the study's region has no fine outline the world's stands in for it. */
export function drawnBase(base: AnyCollection | null): AnyCollection {
  if (!base) return EMPTY;
  if (base.features.some((f) => f.properties.part === "region")) return base;
  const region = base.features.map((f) => ({ ...f, properties: { ...f.properties, part: "region" } }));
  return { type: "FeatureCollection", features: [...base.features, ...region] };
}

/** Ids of roads that no flow uses; before a run, when no flow is known, there is none. */
export function idleRoads(network: Lines | null, flows: Flows | null): Set<string> {
  const used = new Set((flows?.features ?? []).map((f) => f.properties.link_id));
  const idle = (p: { mode: string; link_id: string }) => p.mode === "road" && !used.has(p.link_id);
  const links = used.size > 0 ? (network?.features ?? []) : [];
  return new Set(links.filter((f) => idle(f.properties)).map((f) => f.properties.link_id));
}

/**
 * The network. What is left out far from the ground says why in `far`: an `idle` road, or a link
 * that the `flow` over it shows.
 */
export function drawnNetwork(
  network: Lines | null,
  idle: ReadonlySet<string>,
  flows: AnyCollection,
): AnyCollection {
  const shown = flows.features.filter(({ properties: p }) => Number(p.wf) > 0 || Number(p.wb) > 0);
  const flowing = new Set(shown.map((f) => String(f.properties.link_id)));
  return withProperties(network, (p) =>
    idle.has(p.link_id) ? { far: "idle" } : flowing.has(p.link_id) ? { far: "flow" } : {},
  );
}

/** Longest mean dwell of a layer, which the largest circle stands for. */
export function longestDwell(crossings: Crossings | null): number {
  return (crossings?.features ?? []).reduce((top, f) => Math.max(top, f.properties.mean_h ?? 0), 0);
}

/**
 * Crossings with label, hours in the page's digits and radius, large ones last and so on top;
 * closed ones carry a cross.
 */
export function drawnCrossings(
  crossings: Crossings | null,
  language: string,
  closed: readonly string[],
  hours: (value: number) => string,
): AnyCollection {
  const longest = longestDwell(crossings);
  const drawn = withProperties(crossings, (p) => {
    const shut = closed.includes(p.id) || p.state === "closed";
    const radius = Math.max(crossingRadius(p.mean_h, longest), shut ? 8 : 0);
    const text = shut ? "×" : p.mean_h === null ? "" : hours(p.mean_h);
    return { label: nameIn(p.names, language, p.id).text, hours: text, radius };
  });
  drawn.features.sort((a, b) => Number(a.properties.radius) - Number(b.properties.radius));
  return drawn;
}

/** Zones or ports with their label. */
export function drawnPlaces(places: PlacePoints | null, language: string): AnyCollection {
  return withProperties(places, (p) => ({ label: nameIn(p.names, language, p.id).text }));
}

/**
 * Flows with a width for each direction. `loads` gives a scenario's loads by link, in place of the
 * last run's; links that it alone uses are drawn too. `largest` is the one-way flow that the widest
 * line stands for.
 */
export function drawnFlows(
  flows: Flows | null,
  loads: ReadonlyMap<string, LinkLoad> | null = null,
  network: Lines | null = null,
  largest = largestFlow((flows?.features ?? []).map((f) => f.properties)),
): AnyCollection {
  const widths = ({ t_per_year, t_forward, t_backward }: Omit<LinkLoad, "link_id">) => ({
    t_per_year, t_forward, t_backward,
    wf: flowWidth(t_forward, largest), wb: flowWidth(t_backward, largest),
  });
  const drawn = withProperties(flows, (p) => widths(loads?.get(p.link_id) ?? p));
  if (!loads) return drawn;
  const known = new Set((flows?.features ?? []).map((f) => f.properties.link_id));
  const fresh = (network?.features ?? []).filter(
    ({ properties: p }) => !known.has(p.link_id) && (loads.get(p.link_id)?.t_per_year ?? 0) > 0,
  );
  const added = withProperties({ type: "FeatureCollection", features: fresh }, (p) =>
    widths(loads.get(p.link_id)!),
  );
  return { type: "FeatureCollection", features: [...drawn.features, ...added.features] };
}

/**
 * Flows as they are drawn: one line for each direction that has tonnes, `width` pixels wide and at
 * the right (`side` 1) or left of the link. Forward ones first, so that the others lie above.
 */
export function flowLines(flows: AnyCollection): AnyCollection {
  const along = (side: 1 | -1) => {
    const width = ({ properties: p }: AnyFeature) => Number(side > 0 ? p.wf : p.wb);
    const some = flows.features.filter((f) => width(f) > 0);
    return some.map((f) => ({ ...f, properties: { ...f.properties, side, width: width(f) } }));
  };
  return { type: "FeatureCollection", features: [...along(1), ...along(-1)] };
}

/**
 * Links whose load two states give differently, coloured by class and as wide as the change. Those
 * of the middle class are left to the network below: thousands of white lines would hide it.
 */
export function drawnDifference(
  differences: LinkDifference[],
  network: Lines | null,
  flows: Flows | null,
  added: AnyCollection = EMPTY,
): AnyCollection {
  const limits = symmetricLimits(differences.map((d) => d.difference));
  const largest = differences.reduce((top, d) => Math.max(top, Math.abs(d.difference)), 0);
  const shapes = new Map<string, Geometry>();
  for (const { properties, geometry } of network?.features ?? [])
    shapes.set(properties.link_id, geometry);
  for (const { properties, geometry } of flows?.features ?? [])
    shapes.set(properties.link_id, geometry);
  for (const { properties, geometry } of added.features)
    shapes.set(String((properties as { link_id: string }).link_id), geometry);
  const features = differences.flatMap((d) => {
    const geometry = shapes.get(d.link_id);
    if (!geometry || differenceClass(d.difference, limits) === NO_CHANGE) return [];
    const colour = differenceColour(d.difference, limits);
    const width = 1.5 + flowWidth(Math.abs(d.difference), largest) * 0.7;
    return [{ type: "Feature" as const, geometry, properties: { ...d, colour, width } }];
  });
  // Small changes first, so that large ones lie above them.
  features.sort((a, b) => Math.abs(a.properties.difference) - Math.abs(b.properties.difference));
  return { type: "FeatureCollection", features };
}

interface DrawnRoute {
  route_id: string;
  legs: { line: [number, number][] }[];
}

/** Routes as one line each, with the part that they play: chosen, second or other. */
export function drawnRoutes(routes: DrawnRoute[], chosen: string, second: string): AnyCollection {
  const role = (id: string) => (id === chosen ? "chosen" : id === second ? "second" : "other");
  const features = routes.map(({ route_id, legs }) => ({
    type: "Feature" as const,
    properties: { route_id, role: role(route_id) } as Properties,
    geometry: {
      type: "MultiLineString" as const,
      coordinates: legs.map((leg) => leg.line).filter((line) => line.length > 1),
    },
  }));
  return { type: "FeatureCollection", features };
}

/** West, south, east, north of all coordinates; null without any. */
export function boundsOf(collection: AnyCollection): [number, number, number, number] | null {
  let [w, s, e, n] = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === "number" && typeof value[1] === "number") {
      [w, s] = [Math.min(w, value[0]), Math.min(s, value[1])];
      [e, n] = [Math.max(e, value[0]), Math.max(n, value[1])];
    } else value.forEach(walk);
  };
  for (const { geometry } of collection.features)
    if ("coordinates" in geometry) walk(geometry.coordinates);
  return Number.isFinite(w) ? [w, s, e, n] : null;
}

/** Things of the point layers for the list and the keys [ and ]. */
export function listedItems(
  crossings: Crossings | null,
  ports: PlacePoints | null,
  zones: PlacePoints | null,
  language: string,
): Listed[] {
  const place = (kind: Listed["kind"]) => (f: PlacePoints["features"][0]): Listed => ({
    kind,
    id: f.properties.id,
    label: nameIn(f.properties.names, language, f.properties.id).text,
    size: 0,
    lon: f.geometry.coordinates[0]!,
    lat: f.geometry.coordinates[1]!,
  });
  return [
    ...(crossings?.features ?? []).map((f) => ({
      ...place("border_crossing")(f as never),
      size: f.properties.mean_h ?? 0,
    })),
    ...(ports?.features ?? []).map(place("terminal")),
    ...(zones?.features ?? []).map(place("zone")),
  ];
}
