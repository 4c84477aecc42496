"""Which assumptions move the answer most: each set to its low and high end, alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from opencorridor.scenario.ensembles import drawn_flows
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import pair_trade, price_index, schedule, state_of_year
from opencorridor.scenario.state import baseline, prices
from opencorridor.study import Study, Table
from opencorridor.study.bands import numbers_of
from opencorridor.study.schema import load_schema

__all__ = ["GROUPS", "Assumption", "Swing", "at_end", "swing", "swings"]


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
        (("border_dwell", "cost_usd_per_t"), ("transshipment", "cost_usd_per_t")),
    ),
    Assumption("Capacity of crossings and terminals", (("capacity", "capacity_t_per_year"),)),
    Assumption("Value of time", (("commodity", "value_of_time_usd_per_t_h"),)),
    Assumption(
        "Speeds and driving hours",
        (("speed", "speed_km_per_h"), ("speed", "moving_h_per_day")),
    ),
    Assumption("Route choice and waiting", (("parameter", "value"),)),
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


def swing(model: Model, assumption: Assumption, chosen: Sequence[str]) -> Swing:
    """Trade of the pair with the plan at both ends of one assumption."""
    ends: list[float] = []
    rows, share = 0, 0.0
    for side in ("low", "high"):
        study, moved, assumed = at_end(model.study, assumption, side)
        rows, share = max(rows, moved), max(share, assumed)
        settings = study.settings
        assert settings.target is not None
        world = model.with_demand(flows=drawn_flows(model, study))
        base = baseline(world, prices(world, study, settings.baseline_date))
        decision = str(settings.run.get("decision_date", f"{settings.baseline_year + 1}-01-01"))
        year = settings.target.year
        state = state_of_year(world, study, base, year, schedule(study, chosen, decision))
        ends.append(sum(pair_trade(world, state.flows)) * price_index(study, year))
    names = ", ".join(f"{table}.{column}" for table, column in assumption.columns)
    return Swing(assumption.name, names, rows, share, ends[0], ends[1])


def swings(model: Model, chosen: Sequence[str]) -> list[Swing]:
    """All assumptions that have a band, the widest first."""
    found = [swing(model, group, chosen) for group in GROUPS]
    return sorted((s for s in found if s.rows), key=lambda s: -s.spread)
