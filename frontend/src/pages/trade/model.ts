/** What the server answers about a pair's trade, and how its numbers are asked about. */
import type { Schemas } from "@/api/client";
import type { TradeRef } from "@/lib/provenance";

export type Potential = Schemas["TradePotential"];
export type Sector = Potential["sectors"][number];
export type Variant = Potential["variants"][number];
export type Step = Potential["waterfall"][number];
export type Goods = Potential["goods"][number];
export type Book = Potential["books"][number];
export type Lever = Potential["levers"][number];
export type LeverAnswer = Schemas["TradeLevers"];
export type Books = Schemas["Bookkeeping"];
export type Account = Books["accounts"][number];

/** A lever that is moved, as it is sent. */
export interface Moved {
  lever_id: string;
  value: number;
}

/** A question about a pair. */
export interface Asked {
  a: string;
  b: string;
  year?: number;
  levers?: Moved[];
  /** Book that says what is traded. */
  book?: string;
}

/** Where a number of an answer stands: `sectors.3.gap_usd_current`. */
export type Where = (path: string) => TradeRef;

/** Sources of the numbers of one answer. */
export function sourcesOf(of: TradeRef["trade"]["of"], asked: Asked): Where {
  const { a, b, year = null, levers = [], book = null } = asked;
  return (path) => ({ trade: { of, a, b, year, levers, book, path } });
}
