/** What the legend shows: one switch per layer with its count, classes and widths. */
import type { NumberRef } from "@/lib/provenance";
import { MODES } from "./palette";
import type { Crossings, Flows, LineModeId, Lines, PlacePoints } from "./types";

export type SwitchKey =
  | LineModeId
  | "flows"
  | "crossings"
  | "zones"
  | "ports"
  | "routes"
  | "difference"
  | "overlay";

export interface LegendEntry {
  key: SwitchKey;
  group: "network" | "flows" | "places" | "own";
  count: number;
  on: boolean;
}

export interface LegendData {
  network: Lines | null;
  flows: Flows | null;
  crossings: Crossings | null;
  zones: PlacePoints | null;
  ports: PlacePoints | null;
  overlay: { features: unknown[] } | null;
}

/** Roads that no flow uses are drawn from this zoom on: farther out they are a grey web of hairs. */
export const IDLE_ZOOM = 4;

/** Switches that are off until someone wants them: they would bury the rest. */
export const OFF_AT_FIRST: SwitchKey[] = ["zones"];

/** While zones are coloured by how far they are: what would hide their circles. */
export const OFF_UNDER_REACH: SwitchKey[] = ["zones", "crossings", "ports", "flows"];

/** Links of each mode. */
export function linksByMode(network: Lines | null): Map<LineModeId, number> {
  const counts = new Map<LineModeId, number>();
  for (const { properties } of network?.features ?? [])
    counts.set(properties.mode, (counts.get(properties.mode) ?? 0) + 1);
  return counts;
}

/** Entries of the legend in the order in which they stand; a layer without items is absent. */
export function legendEntries(data: LegendData, off: ReadonlySet<SwitchKey>): LegendEntry[] {
  const links = linksByMode(data.network);
  const rows: [SwitchKey, LegendEntry["group"], number][] = [
    ...MODES.map((m): [SwitchKey, LegendEntry["group"], number] => [m, "network", links.get(m) ?? 0]),
    ["flows", "flows", data.flows?.features.length ?? 0],
    ["crossings", "places", data.crossings?.features.length ?? 0],
    ["ports", "places", data.ports?.features.length ?? 0],
    ["zones", "places", data.zones?.features.length ?? 0],
    ["overlay", "own", data.overlay?.features.length ?? 0],
  ];
  return rows
    .filter(([, , count]) => count > 0)
    .map(([key, group, count]) => ({ key, group, count, on: !off.has(key) }));
}

/** Where the number of items of a layer comes from; a CSV of one's own has no source but itself. */
export function countSource(key: SwitchKey): NumberRef | null {
  if ((MODES as string[]).includes(key)) return { layer: { layer: "network", mode: key as LineModeId } };
  const known = (["flows", "crossings", "zones", "ports"] as const).find((one) => one === key);
  return known ? { layer: { layer: known } } : null;
}

/** Where the number of crossings of a class comes from, the last one being those without hours. */
export function dwellSource(index: number): NumberRef {
  const layer = "crossings" as const;
  if (index > DWELL_LIMITS.length) return { layer: { layer, missing: true } };
  return { layer: { layer, at_least: DWELL_LIMITS[index - 1] ?? null, below: DWELL_LIMITS[index] ?? null } };
}

/** Limits in hours between the crossings' size classes. */
export const DWELL_LIMITS = [12, 48, 120] as const;

/** Crossings by class of mean hours; the last number counts those without data. */
export function dwellCounts(crossings: Crossings | null): number[] {
  const counts = [0, 0, 0, 0, 0];
  for (const { properties } of crossings?.features ?? []) {
    const hours = properties.mean_h;
    if (hours === null || hours === undefined) counts[4]! += 1;
    else counts[DWELL_LIMITS.filter((limit) => hours >= limit).length]! += 1;
  }
  return counts;
}

/** Write the switches that are off into the address, and read them back. */
export function writeOff(off: ReadonlySet<SwitchKey>): string {
  return [...off].sort().join(".");
}

/** Read the switches that are off; unknown words are left out. */
export function readOff(text: string | null | undefined, atFirst = OFF_AT_FIRST): Set<SwitchKey> {
  if (text === null || text === undefined) return new Set(atFirst);
  const known: SwitchKey[] = [...MODES, "flows", "crossings", "zones", "ports", "overlay"];
  return new Set(known.filter((key) => text.split(".").includes(key)));
}
