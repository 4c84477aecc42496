/** What binds: places that the pair's goods pass, the fullest first. */
import { number, text } from "@/api/results";
import type { Row } from "@/files/table";

export interface BindingPlace {
  row: Row;
  name: string;
  use: number;
  wait_h: number | null;
  /** Selection of the map: `x:` for a crossing, `t:` for a terminal. */
  selection: string;
}

/** Places with own goods by use, largest first. */
export function bindingPlaces(rows: Row[], most: number): BindingPlace[] {
  return rows
    .filter((row) => (number(row, "own_t_per_year") ?? 0) > 0 && number(row, "use_share") !== null)
    .sort((a, b) => number(b, "use_share")! - number(a, "use_share")!)
    .slice(0, most)
    .map((row) => ({
      row,
      name: text(row, "name"),
      use: number(row, "use_share")!,
      wait_h: number(row, "wait_h"),
      selection: selectionOf(row),
    }));
}

function selectionOf(row: Row): string {
  const id = text(row, "capacity_id").split(":")[0] ?? "";
  const kind = text(row, "place_kind");
  return kind === "border_crossing" ? `x:${id}` : kind === "terminal" ? `t:${id}` : "";
}
