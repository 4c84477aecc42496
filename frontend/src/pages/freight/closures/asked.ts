/** What is asked about closures, as the address holds it, and where their numbers come from. */
import type { Schemas } from "@/api/client";
import type { Params } from "@/app/address";
import type { NumberRef } from "@/lib/provenance";

export type Closure = Schemas["Closure"];
export type Closures = Schemas["Closures"];
export type Detail = Schemas["ClosureDetail"];
type Number = Schemas["ClosureNumber"];

export const YEAR_WEEKS = 52;
export const KINDS = ["crossing", "terminal"] as const;

/** A question about closures: for how long, how far, and whether trade answers. */
export interface Asked {
  weeks: number;
  halve: boolean;
  fixed_trade: boolean;
  kind: (typeof KINDS)[number];
}

/** Read a question from the address; what is no number of weeks stands for a year. */
export function readAsked(params: Params): Asked {
  const weeks = Number(params.weeks);
  return {
    weeks: weeks > 0 && weeks <= YEAR_WEEKS ? weeks : YEAR_WEEKS,
    halve: params.cut === "half",
    fixed_trade: params.trade === "fixed",
    kind: params.of === "terminal" ? "terminal" : "crossing",
  };
}

/** Where the numbers of a closure come from: of the list, or of the place alone. */
export function sourceOf(asked: Asked, place: string, listed: boolean, capacity = "") {
  return (column: Number["column"]): NumberRef => ({
    closure: { ...asked, place, listed, capacity, column },
  });
}
