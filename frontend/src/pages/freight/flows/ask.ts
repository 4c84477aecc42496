/** Questions of the view of flows, and where its numbers come from. */
import { api, need, type Schemas } from "@/api/client";
import { Latest } from "@/api/latest.svelte";
import type { Params } from "@/app/address";
import type { NumberRef } from "@/lib/provenance";
import { isBaseline, type Spec } from "@/map/scenario-spec";
import { apiSpec } from "@/map/solver.svelte";
import type { LinkLoad } from "@/map/types";

export type Flows = Schemas["FlowsAnswer"];
export type Ask = Schemas["FlowsAsk"];
export type Table = Schemas["FlowNumber"]["table"];

export const GOODS = ["all", "pair", "a_to_b", "b_to_a"] as const;
export const MODES = ["rail", "road", "sea", "inland_water"] as const;
const CARGOES = ["container", "bulk"] as const;

/** The scenario that is shown; a baseline changes nothing and needs no mention. */
export const scenarioOf = (spec: Spec) => (isBaseline(spec) ? null : apiSpec(spec));

const one = <T extends string>(all: readonly T[], text: string | undefined): T | undefined => all.find((item) => item === text);

/** The question that an address holds. */
export function readAsk(params: Params, spec: Spec): Ask {
  return {
    at: params.place ?? "",
    goods: one(GOODS, params.goods) ?? "all",
    class_id: params.class ?? "",
    cargo: one(CARGOES, params.form) ?? "",
    mode: one(MODES, params.by) ?? "",
    doors: params.doors ?? "",
    scenario: scenarioOf(spec),
    before: false,
  };
}

/** Say whether a question is of some goods only. */
export const narrowed = (ask: Ask): boolean =>
  ask.goods !== "all" || [ask.at, ask.class_id, ask.cargo, ask.mode].some(Boolean);

/** What moves. */
export const flowAnswers = () =>
  new Latest<Ask, Flows>(async (body, signal) => (await need(api.POST("/api/v1/freight/flows", { body, signal }))) as Flows);

/** What the goods put on every link. */
export const mapAnswers = () =>
  new Latest<Ask, LinkLoad[]>(async (body, signal) => (await need(api.POST("/api/v1/freight/flows/map", { body, signal }))).links);

/** Loads for the map: links that the run has loads of and these goods do not use carry nothing. */
export function onMap(links: LinkLoad[], run: string[]): Map<string, LinkLoad> {
  const none = { t_per_year: 0, t_forward: 0, t_backward: 0 };
  const all = new Map<string, LinkLoad>(run.map((link_id) => [link_id, { link_id, ...none }]));
  for (const link of links) all.set(link.link_id, link);
  return all;
}

/** Where a number of an answer comes from. */
export const sourceOf = (ask: Ask | null, table: Table, key: string, column: string): NumberRef | null =>
  ask ? { flows: { ask, table, key, column } } : null;
