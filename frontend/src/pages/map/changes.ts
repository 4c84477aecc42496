/** Which cells of the study the card of a place lets one change. */
import type { Schemas } from "@/api/client";
import { t, word } from "@/i18n";
import type { Edit, EditTable } from "@/map/scenario-spec";
import { countryName } from "./places";

export interface ChangeField {
  id: string;
  cell: Pick<Edit, "table" | "key" | "column">;
  label: string;
  unit: string;
  /** Value of the study. */
  value: number;
  /** End of the slider; a typed number may lie above. */
  most: number;
  step: number;
}

/** A round end of a slider: at least twice the value. */
export function sliderEnd(value: number): number {
  const wanted = Math.max(value * 2, 1);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return Math.ceil(wanted / power) * power;
}

function field(
  table: EditTable,
  key: string,
  sourced: Schemas["Sourced"],
  label: string,
  unit: string,
): ChangeField[] {
  if (sourced.value === null) return [];
  const most = sliderEnd(sourced.value);
  const cell = { table, key, column: sourced.column };
  const id = `${sourced.table}-${sourced.row}-${sourced.column}`;
  return [{ id, cell, label, unit, value: sourced.value, most, step: most / 100 }];
}

/** Fields of a card: hours and fee of each direction, then capacities. */
export function changeFields(card: Schemas["PlaceCard"]): ChangeField[] {
  const dwell = card.kind === "border_crossing" ? card.dwell : [];
  const directions = dwell.flatMap((one) => {
    const way = t("card.direction", {
      a: countryName(one.from_country),
      b: countryName(one.to_country),
    });
    const place = one.cargo === "all" ? way : `${way}, ${word("cargo", one.cargo)}`;
    const key = [
      `border_crossing_id=${card.id}`,
      `from_country=${one.from_country}`,
      `to_country=${one.to_country}`,
      `cargo=${one.cargo}`,
    ].join(";");
    return [
      ...field("border_dwell", key, one.mean_h, t("card.hours_of", { place }), t("unit.h")),
      ...field("border_dwell", key, one.cost_usd_per_t, t("card.fee_of", { place }), t("card.usd_t")),
    ];
  });
  const capacity = card.capacity.flatMap((one) =>
    field(
      "capacity", `capacity_id=${one.capacity_id}`, one.capacity_t_per_year,
      t("card.capacity_of", { place: one.name }), t("unit.t_per_year"),
    ),
  );
  return [...directions, ...capacity];
}
