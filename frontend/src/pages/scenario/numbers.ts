/** Numbers of two scenarios beside each other, as the server is asked where they come from. */
import type { Schemas } from "@/api/client";
import type { NumberRef } from "@/lib/provenance";
import type { Spec } from "@/map/scenario-spec";
import { solver, type Solved } from "@/map/solver.svelte";

type Asked = Schemas["ScenarioNumber"];

function side(solved: Solved | null): Asked["a"] {
  if (!solved) return null;
  return { spec: solved.spec, full: solver.isFull(solved.spec as Spec) };
}

/** Where the number of links comes from that differ by more than a limit, up to another. */
export const linkCount =
  (a: Solved | null, b: Solved | null) =>
  (above: number | null, at_most: number | null): NumberRef | null =>
    a || b ? { links: { a: side(a), b: side(b), above, at_most } } : null;

/** Where a number of a comparison comes from; a side that is null is the baseline of the other. */
export function scenarioNumber(
  a: Solved | null,
  b: Solved | null,
  table: Asked["table"],
  key: string,
  column: Asked["column"],
): NumberRef | null {
  if (!a && !b) return null;
  return { scenario: { a: side(a), b: side(b), table, key, column } };
}

/** Where a number of a cut comes from, which one of its capacities names. */
export function cutNumber(solved: Solved, capacity_id: string, column: Schemas["CutNumber"]["column"]): NumberRef {
  return { cut: { side: side(solved)!, capacity_id, column } };
}
