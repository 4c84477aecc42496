"""Which assumptions move the answer most: each set to its low and high end, alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from opencorridor.study import Study, Table
from opencorridor.study.bands import numbers_of
from opencorridor.study.schema import load_schema

__all__ = ["GROUPS", "Assumption", "Swing", "at_end"]


@dataclass(frozen=True)
class Assumption:
    """Columns that are moved together: pairs of table and column, and what they are called."""

    name: str
    columns: tuple[tuple[str, str], ...]


GROUPS: tuple[Assumption, ...] = (
    Assumption("Trade elasticity", (("elasticity", "theta"),)),
    Assumption(
        "Value density of goods",
        (
            ("value_density", "value_density_usd_per_t"),
            ("commodity", "value_density_usd_per_t"),
        ),
    ),
    Assumption("Growth of the economies", (("growth", "gdp_index"),)),
    Assumption("Prices to the target year", (("deflator", "price_index"),)),
    Assumption("Size of the measures' effects", (("measure_edit", "value"),)),
    Assumption("Cost of payments and duties", (("tariff", "rate_share"),)),
    Assumption(
        "Freight rates",
        (("mode_rate", "rate_usd_per_unit_km"), ("mode_rate", "fixed_usd_per_unit")),
    ),
    Assumption(
        "Hours at borders and terminals", (("border_dwell", "mean_h"), ("transshipment", "time_h"))
    ),
    Assumption(
        "Charges at borders and terminals",
        (
            ("border_dwell", "cost_usd_per_t"),
            ("transshipment", "cost_usd_per_t"),
            ("transshipment", "charge_usd_per_unit"),
        ),
    ),
    Assumption("Capacity of crossings and terminals", (("capacity", "capacity_t_per_year"),)),
    Assumption("Value of time", (("commodity", "value_of_time_usd_per_t_h"),)),
    Assumption(
        "Speeds and driving hours",
        (("speed", "speed_km_per_h"), ("speed", "moving_h_per_day")),
    ),
    Assumption(
        "Route choice and waiting",
        (
            ("parameter", "value"),
            ("choice", "scale"),
            ("choice", "dissimilarity"),
            ("choice", "path_size"),
            ("choice_constant", "cost_share"),
        ),
    ),
    Assumption("Lead times of measures", (("measure", "lead_time_months"),)),
)  # fmt: skip


@dataclass(frozen=True)
class Swing:
    """Trade of the pair in the target year, current US$, at the two ends of an assumption."""

    assumption: str
    columns: str
    rows: int
    assumed_share: float
    at_low: float
    at_high: float

    @property
    def spread(self) -> float:
        """Distance of the two ends, US$."""
        return abs(self.at_high - self.at_low)


def at_end(study: Study, assumption: Assumption, side: str) -> tuple[Study, int, float]:
    """Study with the columns at their ``low`` or ``high`` end; rows moved and share assumed."""
    schemas = load_schema()
    tables: dict[str, Table] = {}
    moved, assumed = 0, 0.0
    for name, column in assumption.columns:
        table = tables.get(name, study[name])
        schema = next(b for b in schemas[name].bands if b[0] == column)
        end = numbers_of(table[schema[1] if side == "low" else schema[2]])
        original = table[column]
        here = np.isfinite(end) & (end != numbers_of(original))
        if not here.any():
            continue
        values = original.copy()
        values[here] = (
            end[here] if original.dtype.kind == "f" else [repr(float(v)) for v in end[here]]
        )
        tables[name] = table.with_column(column, values)
        moved += int(here.sum())
        assumed += float((table["status"][here] == "assumed").sum())
    changed = study.replace(tables=tables) if tables else study
    return changed, moved, assumed / moved if moved else 0.0
