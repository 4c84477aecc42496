/** Questions of the view of fleets, and where its numbers come from. */
import { api, need, type Schemas } from "@/api/client";
import { Latest } from "@/api/latest.svelte";
import type { NumberRef } from "@/lib/provenance";

export type Fleets = Schemas["Fleets"];
export type Fleet = Schemas["Fleet"];
export type Empties = Schemas["Empties"];
export type Added = Schemas["FleetUnits"];
export type FleetTable = Schemas["FleetNumber"]["table"];
export type FleetColumn = Schemas["FleetNumber"]["column"];

// A slider that moves asks when it rests for so long.
const PAUSE_MS = 150;

/** Fleets with the units added. */
export const fleetAnswers = () =>
  new Latest<Added[], Fleets>(async (add, signal) => {
    const found = add.length
      ? await need(api.POST("/api/v1/freight/fleets", { body: { add }, signal }))
      : await need(api.GET("/api/v1/freight/fleets", { signal }));
    return found as Fleets;
  }, PAUSE_MS);

/** Units that goods ride in, and their empties. */
export const emptiesAnswers = () =>
  new Latest<true, Empties>(async (_, signal) => (await need(api.GET("/api/v1/freight/empties", { signal }))) as Empties);

/** Where a number of an answer comes from. */
export const sourceOf = (table: FleetTable, key: string, column: string, add: Added[] = []): NumberRef => ({
  fleet: { table, key, column: column as FleetColumn, add },
});

/** Units to add that are not none, in the order of the fleets. */
export function readAdd(text: string, fleets: string[]): Added[] {
  const found = new Map(text.split(",").map((part) => [part.slice(0, part.lastIndexOf(":")), Number(part.slice(part.lastIndexOf(":") + 1))]));
  const named = [...found].filter(([id, units]) => id && Number.isFinite(units) && units !== 0);
  const order = (id: string) => fleets.indexOf(id);
  return named.map(([fleet_id, units]) => ({ fleet_id, units })).sort((a, b) => order(a.fleet_id) - order(b.fleet_id));
}

/** The same as a text of the address. */
export const writeAdd = (add: Added[]): string => add.map((one) => `${one.fleet_id}:${one.units}`).join(",");

/** A round end of the slider: a third of the fleet, at least 1. */
export function sliderEnd(count: number): number {
  const wanted = Math.max(1, count / 3);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return Math.ceil(wanted / power) * power;
}
