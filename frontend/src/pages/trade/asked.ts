/** Question of the page in its address: the pair, the direction, levers, the year of books. */
import type { Params } from "@/app/address";
import type { Lever, Moved } from "./model";

export type Way = "a_to_b" | "b_to_a";
export const WAYS: Way[] = ["a_to_b", "b_to_a"];

/** Pair of an address; that of the study where it names none. */
export function readPair(params: Params, own: string[] | undefined): [string, string] | null {
  const [a, b] = (params.pair ?? "").split(",");
  if (a && b && a !== b) return [a, b];
  return own && own.length === 2 ? [own[0]!, own[1]!] : null;
}

export const readWay = (params: Params): Way =>
  WAYS.find((way) => way === params.way) ?? "a_to_b";

/** Year of an address, or none. */
export function readYear(params: Params): number | undefined {
  const year = Number(params.year);
  return params.year && Number.isInteger(year) ? year : undefined;
}

/** Book that says what is traded; none is the study's own table. */
export const readBook = (params: Params): string | undefined => params.book || undefined;

/** Sector of an address whose reasons are shown; none is all of them. */
export const readSector = (params: Params): string | undefined => params.sector || undefined;

/** Whether goods within the sectors stand in the table, instead of the sectors. */
export const readGoods = (params: Params): boolean => params.by === "goods";

/** Levers of an address that are moved, in the order in which they are there. */
export function readLevers(text: string | undefined, known: Lever[]): Moved[] {
  const values = new Map(
    (text ?? "").split(",").flatMap((part) => {
      const [id, value] = part.split(":");
      return id && value && Number.isFinite(Number(value)) ? [[id, Number(value)] as const] : [];
    }),
  );
  return known.flatMap((lever) => {
    const value = values.get(lever.lever_id);
    const fits = value !== undefined && value >= lever.minimum && value <= lever.maximum;
    return fits && value !== lever.now ? [{ lever_id: lever.lever_id, value }] : [];
  });
}

/** Moved levers as a parameter; null where none is. */
export function writeLevers(moved: Moved[]): string | null {
  return moved.map(({ lever_id, value }) => `${lever_id}:${Number(value.toPrecision(6))}`).join(",") || null;
}

/** Move one lever; back where it is now, it is none. */
export function withLever(moved: Moved[], lever: Lever, value: number): Moved[] {
  const others = moved.filter(({ lever_id }) => lever_id !== lever.lever_id);
  return value === lever.now ? others : [...others, { lever_id: lever.lever_id, value }];
}
