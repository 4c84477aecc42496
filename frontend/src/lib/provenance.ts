/** Which number is asked about, and how the server is asked. */
import { api, need, type Schemas } from "@/api/client";
import type { paths } from "@/api/types";

/** A cell of a table of the study, or of a run or plan. */
export interface CellRef {
  table: string;
  row: number;
  column: string;
  result_id?: string;
}

/** A cell by the id of its row. */
export interface KeyRef {
  table: string;
  key: string;
  column: string;
  result_id?: string;
}

/** A number of the summary of a run or plan. */
export interface SummaryRef {
  result_id: string;
  summary: string;
}

/** The load of a border crossing in a run: the sum over its lines. */
export interface CrossingRef {
  result_id: string;
  crossing: string;
  column: "t_per_year" | "plan_t_per_year";
}

/** A number of two scenarios beside each other, or of one and its baseline. */
export interface ScenarioRef {
  scenario: Schemas["ScenarioNumber"];
}

/** A number of a route, or of one of its legs. */
export interface RouteRef {
  route: Schemas["RouteNumber"];
}

/** A number of a route that no other beats and that is not listed: by its point of the front. */
export interface FrontRef {
  front: { ask: Schemas["RouteAsk"]; point_id: string; column: Schemas["RouteNumber"]["column"] };
}

/** An indicator of a corridor. */
export interface CorridorRef {
  corridor: Schemas["CorridorNumber"];
}

/** A number of a zone of a reach map. */
export interface ReachRef {
  reach: Schemas["ReachNumber"];
}

/** The number of commitments of a status or of a group of sides; of all without both. */
export interface CountRef {
  commitments: NonNullable<paths["/api/v1/provenance/commitments"]["get"]["parameters"]["query"]>;
}

/** A number of an answer about a pair's trade. */
export interface TradeRef {
  trade: Schemas["TradeNumber"];
}

/** A number of rows of a table, or their share of all. */
export interface RowsRef {
  rows: Partial<Schemas["RowCount"]>;
}

/** What a layer of the map holds, or the hours of one of its crossings. */
export interface LayerRef {
  layer: Partial<Schemas["LayerNumber"]> & Pick<Schemas["LayerNumber"], "layer">;
}

/** How many links differ by an amount between two scenarios. */
export interface LinksRef {
  links: Schemas["LinkCount"];
}

/** A number of an answer about routes that no leg holds. */
export interface FactRef {
  fact: Schemas["RouteFact"];
}

/** A number of all zones of a reach map. */
export interface ZonesRef {
  zones: Schemas["ZonesNumber"];
}

/** A number of a closure, or of a place while it lasts. */
export interface ClosureRef {
  closure: Partial<Schemas["ClosureNumber"]> & Pick<Schemas["ClosureNumber"], "place" | "column">;
}

/** A number of what moves over the network. */
export interface FlowRef {
  flows: Schemas["FlowNumber"];
}

/** A number of the view of fleets. */
export interface FleetRef {
  fleet: Schemas["FleetNumber"];
}

/** A number of the view of places. */
export interface PlacesRef {
  places: Schemas["PlaceNumber"];
}

/** A number of places that together stop goods in a solved scenario. */
export interface CutRef {
  cut: Schemas["CutNumber"];
}

export type NumberRef =
  | ClosureRef | CutRef
  | CellRef | KeyRef | CrossingRef | SummaryRef | ScenarioRef | RouteRef | FrontRef | CorridorRef
  | ReachRef | TradeRef | CountRef | RowsRef | LayerRef | LinksRef | FactRef | ZonesRef | FlowRef
  | PlacesRef | FleetRef; // prettier-ignore
export type Provenance = Schemas["Provenance"];

const NO_ROWS: Schemas["RowCount"] = { table: "", column: "", value: "", share: false };
const ONE_YEAR = {
  weeks: 52, halve: false, fixed_trade: false, kind: "crossing", listed: false, capacity: "",
} as const; // prettier-ignore
const NO_LAYER = { mode: "", missing: false } as const;

/** Ask for the routes with that of a point among them: the server knows a number by its route. */
async function routeOfPoint({ ask, point_id, column }: FrontRef["front"]): Promise<RouteRef> {
  const body = { ...ask, point: point_id };
  const { front } = await need(api.POST("/api/v1/routes", { body }));
  const route_id = front?.points.find((point) => point.point_id === point_id)?.route_id;
  return { route: { ask: body, route_id: route_id ?? point_id, leg: null, column } };
}

/** Ask where a number comes from. */
export async function askProvenance(source: NumberRef): Promise<Provenance> {
  if ("front" in source) return askProvenance(await routeOfPoint(source.front));
  if ("scenario" in source)
    return need(api.POST("/api/v1/provenance/scenario", { body: source.scenario }));
  if ("route" in source) return need(api.POST("/api/v1/provenance/route", { body: source.route }));
  if ("corridor" in source)
    return need(api.POST("/api/v1/provenance/corridor", { body: source.corridor }));
  if ("reach" in source) return need(api.POST("/api/v1/provenance/reach", { body: source.reach }));
  if ("trade" in source) return need(api.POST("/api/v1/provenance/trade", { body: source.trade }));
  if ("rows" in source)
    return need(api.POST("/api/v1/provenance/rows", { body: { ...NO_ROWS, ...source.rows } }));
  if ("closure" in source)
    return need(api.POST("/api/v1/provenance/closure", { body: { ...ONE_YEAR, ...source.closure } }));
  if ("layer" in source)
    return need(api.POST("/api/v1/provenance/layer", { body: { ...NO_LAYER, ...source.layer } }));
  if ("links" in source) return need(api.POST("/api/v1/provenance/links", { body: source.links }));
  if ("fact" in source) return need(api.POST("/api/v1/provenance/route-fact", { body: source.fact }));
  if ("flows" in source) return need(api.POST("/api/v1/provenance/flows", { body: source.flows }));
  if ("cut" in source) return need(api.POST("/api/v1/provenance/cut", { body: source.cut }));
  if ("fleet" in source) return need(api.POST("/api/v1/provenance/fleet", { body: source.fleet }));
  if ("places" in source) return need(api.POST("/api/v1/provenance/places", { body: source.places }));
  if ("zones" in source) return need(api.POST("/api/v1/provenance/zones", { body: source.zones }));
  if ("commitments" in source)
    return need(api.GET("/api/v1/provenance/commitments", { params: { query: source.commitments } }));
  return need(api.GET("/api/v1/provenance", { params: { query: source } }));
}

/** Say whether an observed input, or the number's own source, can be opened on the web. */
export function isPublished(found: Provenance): boolean {
  return found.sources.some((source) => /^https?:\/\//.test(source.url));
}
