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
  /** Start of the slider and smallest number, where it is not 0. */
  least?: number;
  /** Screen value of one unit of the table: 100 for a share shown in per cent. */
  scale?: number;
}

/** A number without the dust of binary fractions. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** A round end of a slider: at least twice the value; 1 for a value of 0. */
export function sliderEnd(value: number): number {
  const wanted = value > 0 ? value * 2 : 1;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return tidy(Math.ceil(tidy(wanted / power)) * power);
}

/** A field of a cell that the study has a number for. */
export function field(
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

/** Charge of a terminal per wagon or box. */
function chargeField(key: string, one: Schemas["Handling"], place: string): ChangeField[] {
  const unit = t("card.usd_unit", { unit: word("unit", one.charge_unit!) });
  return field("transshipment", key, one.charge_usd_per_unit, t("card.charge_of", { place }), unit);
}

/** Hours and fee of a terminal, from one mode to the other. */
function handlingFields(card: Schemas["PlaceCard"]): ChangeField[] {
  return card.handling.flatMap((one) => {
    const way = t("card.from_to", { a: word("mode", one.from_mode), b: word("mode", one.to_mode) });
    // Between rail and rail it is the gauge that changes: in which way?
    const how = one.from_mode === one.to_mode ? word("mode", `gauge_${one.method}`) : way;
    const place = `${how}, ${word("cargo", one.cargo)}`;
    const key = `transshipment_id=${one.transshipment_id}`;
    return [
      ...field("transshipment", key, one.time_h, t("card.handling_of", { place }), t("unit.h")),
      ...field("transshipment", key, one.cost_usd_per_t, t("card.fee_of", { place }), t("card.usd_t")),
      ...(one.charge_unit ? chargeField(key, one, place) : []),
    ];
  });
}

/** Speed of a link, which is its own from then on. */
function speedFields(card: Schemas["PlaceCard"]): ChangeField[] {
  const speed = card.speed_km_per_h;
  if (!speed) return [];
  const own = { ...speed, column: "speed_km_per_h" };
  const found = field("link", `link_id=${card.id}`, own, t("card.speed"), t("unit.km_h"));
  // A link where nothing moves is closed, not slow.
  return found.map((one) => ({ ...one, least: 1 }));
}

/** Fields of a card: hours and fee of each direction, speed, handling, then capacities. */
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
  return [...directions, ...speedFields(card), ...handlingFields(card), ...capacity];
}
