/** What the map shows, as GeoJSON for other programs. */
import { inBounds } from "./cycle";
import { mapData } from "./map-data.svelte";
import type { AnyCollection, AnyFeature, Bounds } from "./types";

/** Say whether any point of a geometry lies in the bounds. */
function touches(coordinates: unknown, bounds: Bounds): boolean {
  if (!Array.isArray(coordinates)) return false;
  if (typeof coordinates[0] === "number")
    return inBounds(coordinates[0], Number(coordinates[1]), bounds);
  return coordinates.some((part) => touches(part, bounds));
}

/** Flows, crossings, ports and zones in view, each with its layer's name. */
export function shownGeoJson(box: number[]): AnyCollection {
  const bounds = box as Bounds;
  const layers = ["flows", "crossings", "ports", "zones"] as const;
  const features = layers.flatMap((layer) => {
    const all = (mapData[layer]?.features ?? []) as unknown as AnyFeature[];
    return all
      .filter((f) => "coordinates" in f.geometry && touches(f.geometry.coordinates, bounds))
      .map((f) => ({ ...f, properties: { layer, ...f.properties } }));
  });
  return { type: "FeatureCollection", features };
}
