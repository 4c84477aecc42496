"""Years: growth of the economies, measures by date, and the path of the pair's trade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.scenario.measures import apply, in_force_between
from opencorridor.scenario.model import Model
from opencorridor.scenario.prices import Prices, prices
from opencorridor.scenario.state import Baseline, State, run_state
from opencorridor.study import Study
from opencorridor.trade import World, grow, growth_index

__all__ = [
    "Decomposition",
    "Schedule",
    "decompose",
    "effect_date",
    "mid_year",
    "pair_trade",
    "price_index",
    "priced_of_year",
    "schedule",
    "state_of_year",
    "year_flows",
]

Floats = NDArray[np.float64]
Schedule = Mapping[str, str]


def mid_year(year: int) -> str:
    """Date at which a year is judged: what starts later counts from the next year."""
    return f"{year}-07-01"


def price_index(study: Study, year: int) -> float:
    """Return current US$ of a year per constant US$ of ``price_year``."""
    table = study["deflator"]
    return float(table["price_index"][table["year"] == year][0])


def year_flows(model: Model, study: Study, year: int) -> Floats:
    """Flows (S, N, N) of a year in constant US$: the baseline's, grown with both ends' GDP."""
    if year == study.settings.baseline_year:
        return model.flows
    growth = growth_index(study, year, model.countries)
    elasticity = model.parameter(study).get("growth_elasticity", 1.0)
    flows: Floats = grow(model.flows, growth.index, elasticity).flows
    return flows


def effect_date(study: Study, measure_id: str, decision: str) -> str:
    """Day from which a candidate acts: its own planned year if that lies ahead, else its lead.

    ``decision`` is the day on which the plan is decided (ISO 8601). ``not_before`` of ``[run]``,
    years by measure, holds a measure back further, in the central case and in every draw.
    """
    possible = _possible_date(study, measure_id, decision)
    floor = study.settings.run.get("not_before", {}).get(measure_id)
    return possible if floor is None else max(possible, f"{int(floor)}-01-01")


def _possible_date(study: Study, measure_id: str, decision: str) -> str:
    """Earliest day on which a candidate can act."""
    table = study["measure"]
    row = int(np.flatnonzero(table["measure_id"] == measure_id)[0])
    planned = table["planned_year"][row]
    year, month = int(decision[:4]), int(decision[5:7])
    if np.isfinite(planned) and planned > year:
        return f"{int(planned)}-01-01"
    lead = table["lead_time_months"][row]
    months = year * 12 + month - 1 + round(float(lead) if np.isfinite(lead) else 0.0)
    return f"{months // 12}-{months % 12 + 1:02d}-01"


def schedule(study: Study, measure_ids: Sequence[str], decision: str) -> dict[str, str]:
    """Day from which each of the measures acts."""
    return {m: effect_date(study, m, decision) for m in measure_ids}


def pair_trade(model: Model, flows: Floats) -> tuple[float, float]:
    """Trade of the study's pair, US$: from a to b and from b to a."""
    a, b = model.pair
    return float(flows[:, a, b].sum()), float(flows[:, b, a].sum())


def priced_of_year(
    model: Model, study: Study, year: int, new: Schedule, *, in_force: bool = True
) -> Prices:
    """Prices of a year with the measures in force and the new ones that act by its middle.

    With ``in_force`` false neither later measures nor later tariffs hold: growth alone.
    """
    day = mid_year(year)
    acting = [m for m, start in new.items() if start <= day]
    if not in_force:
        return prices(model, apply(study, acting), study.settings.baseline_date)
    acting = in_force_between(study, study.settings.baseline_date, day) + acting
    return prices(model, apply(study, acting), day)


def state_of_year(
    model: Model,
    study: Study,
    base: Baseline,
    year: int,
    new: Schedule,
    *,
    in_force: bool = True,
    loop: bool = True,
    start_wait: Floats | None = None,
    flows: Floats | None = None,
    tolerance: float = 1e-6,
    like: World | None = None,
) -> State:
    """Solve one year at its prices (:func:`priced_of_year`)."""
    priced = priced_of_year(model, study, year, new, in_force=in_force)
    grown = year_flows(model, study, year) if flows is None else flows
    return run_state(
        model, priced, base, grown, loop=loop, start_wait=start_wait, tolerance=tolerance, like=like
    )


@dataclass(frozen=True)
class Decomposition:
    """Parts of the way from the baseline to the target, in current US$ of the target year.

    They add up: ``baseline + growth + in_force + new + prices + gap = target``.
    """

    baseline: float
    growth: float
    in_force: float
    new: float
    prices: float
    gap: float
    target: float


def decompose(
    baseline: float, grown: float, in_force: float, with_new: float, index: float, target: float
) -> Decomposition:
    """Split the path; all but ``target`` in constant US$, ``index`` turns them into current."""
    return Decomposition(
        baseline=baseline,
        growth=grown - baseline,
        in_force=in_force - grown,
        new=with_new - in_force,
        prices=with_new * (index - 1.0),
        gap=target - with_new * index,
        target=target,
    )
