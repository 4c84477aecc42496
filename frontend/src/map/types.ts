/** Shapes of the map layers that the API serves (GeoJSON) and of what the map can select. */
import type { NumberRef } from "@/lib/provenance";
import type { Feature, FeatureCollection, Geometry, LineString, MultiLineString, Point } from "geojson";

export type Names = Record<string, string>;
export type LineModeId = "rail" | "road" | "sea" | "ferry" | "inland_water" | "pipeline";
export type LayerName = "base" | "network" | "crossings" | "zones" | "ports" | "flows";

export interface LinkProps {
  link_id: string;
  mode: LineModeId;
  name: string;
  country: string | null;
  state: string;
  gauge_mm: number | null;
  length_km: number | null;
}

export interface FlowProps {
  link_id: string;
  mode: LineModeId;
  name: string;
  country: string | null;
  t_per_year: number;
  t_forward: number;
  t_backward: number;
  plan_t_per_year: number | null;
}

export interface CrossingProps {
  id: string;
  names: Names;
  country_a: string;
  country_b: string;
  modes: string[];
  state: string;
  mean_h: number | null;
  p95_h: number | null;
  t_per_year: number | null;
  wait_h: number | null;
  default: boolean;
}

export interface PlaceProps {
  id: string;
  names: Names;
  country: string | null;
  state?: string;
}

export type Lines = FeatureCollection<LineString | MultiLineString, LinkProps>;
export type Flows = FeatureCollection<LineString | MultiLineString, FlowProps>;
export type Crossings = FeatureCollection<Point, CrossingProps>;
export type PlacePoints = FeatureCollection<Point, PlaceProps>;
export type AnyCollection = FeatureCollection<Geometry, Record<string, unknown>>;
export type AnyFeature = Feature<Geometry, Record<string, unknown>>;

/** What a click on the map selects; the id goes into the address. */
export interface Selection {
  kind: "border_crossing" | "terminal" | "zone" | "link";
  id: string;
}

/** West, south, east, north in degrees. */
export type Bounds = [number, number, number, number];

/** Load of a link in a scenario; forward goes along its drawn line. */
export interface LinkLoad {
  link_id: string;
  t_per_year: number;
  t_forward: number;
  t_backward: number;
}

/** A link whose load two states give differently. */
export interface LinkDifference {
  link_id: string;
  a: number;
  b: number;
  difference: number;
}

/** Where a number of links comes from whose difference lies above a limit, and at most at another. */
export type DifferenceSource = (above: number | null, at_most: number | null) => NumberRef | null;
