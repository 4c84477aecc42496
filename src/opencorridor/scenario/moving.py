"""Two states of one model side by side: what moves elsewhere, what it costs, what is stuck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import arc_parts
from opencorridor.freight.clearing import Clearing
from opencorridor.freight.demand import CARGOES
from opencorridor.scenario.model import Model
from opencorridor.scenario.prices import Prices
from opencorridor.scenario.state import Baseline, State
from opencorridor.study import Study

__all__ = ["Moved", "Side", "moved", "route_hours", "row_tonnes", "side_of_base", "side_of_state"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two states: the study and date that priced it, and how its goods move."""

    study: Study
    date: str
    prices: Prices
    flows: Floats
    tonnes: Floats
    share: Floats
    row_cost: Floats
    clearing: Clearing


def side_of_base(model: Model, base: Baseline) -> Side:
    """Return the baseline, with the trade that was observed."""
    study, p = model.study, base.prices
    tonnes = (p.tonnes_per_usd * model.cell_values(model.flows)).sum(axis=1)
    return Side(study, study.settings.baseline_date, p, model.flows, tonnes, base.share,
                base.row_cost, base.clearing)  # fmt: skip


def side_of_state(study: Study, date: str, state: State) -> Side:
    """Return a solved state, priced by a study on a date."""
    return Side(study, date, state.prices, state.flows, state.tonnes, state.share, state.row_cost,
                state.clearing)  # fmt: skip


def row_tonnes(model: Model, side: Side) -> Floats:
    """(rows,) tonnes a year that move."""
    found: Floats = (side.tonnes * model.covered)[model.rows.cell] * side.prices.weight
    return found


def route_hours(model: Model, study: Study, date: str) -> Floats:
    """(routes,) hours under way, at borders and terminals, without waits for capacity."""
    used = model.used
    plan = model.cost_plan(study, date, used.graph)
    hours = np.zeros(model.routes.n)
    arcs, first = used.fare // 3, model.routes.first
    for c, cargo in enumerate(CARGOES):
        # An arc that cannot be priced is on no route that carries anything.
        time = np.nan_to_num(arc_parts(plan, study, cargo).time_h)
        total = np.concatenate([[0.0], np.cumsum(time[arcs])])
        mine = model.routes.group == c
        hours[mine] = (total[first[1:]] - total[first[:-1]])[mine]
    return hours


def _row_hours(model: Model, side: Side, hours: Floats) -> Floats:
    """(rows,) mean hours over the ways of each row, waits for capacity included."""
    o = model.options
    waited = np.concatenate([[0.0], np.cumsum(side.clearing.wait_h[o.place])])
    time = hours[o.route] + waited[o.place_first[1:]] - waited[o.place_first[:-1]]
    total = np.bincount(o.row, weights=side.share * time, minlength=model.rows.n)
    return total.astype(np.float64)


@dataclass(frozen=True)
class Moved:
    """What a change does to the goods of the first state.

    Attributes
    ----------
    rerouted_t
        Tonnes a year that take another way: over all goods of a class between two zones their
        tonnes times half the sum of the changes of the shares of their ways.
    extra_t_h
        Tonnes times the change of their mean hours, waits for capacity included.
    extra_usd
        Tonnes times the change of their generalised cost: money, and hours and spread at their
        values. Both leave out goods that have no way left.
    stuck_t
        Tonnes a year that no wait can carry, and tonnes of goods without any way left.
    """

    rerouted_t: float
    extra_t_h: float
    extra_usd: float
    stuck_t: float


def moved(model: Model, a: Side, b: Side, hours: tuple[Floats, Floats] | None = None) -> Moved:
    """Compare two states at the tonnes of the first.

    ``hours`` are the :func:`route_hours` of both, where they are known already.
    """
    before, after = hours or tuple(route_hours(model, s.study, s.date) for s in (a, b))
    tonnes = row_tonnes(model, a)
    live = np.isfinite(a.row_cost)
    both = live & np.isfinite(b.row_cost)
    shift = np.bincount(
        model.options.row, weights=0.5 * np.abs(b.share - a.share), minlength=model.rows.n
    )
    longer = _row_hours(model, b, after) - _row_hours(model, a, before)
    cost = np.where(both, b.row_cost, 0.0) - np.where(both, a.row_cost, 0.0)
    still = np.where(both, tonnes, 0.0)
    return Moved(
        rerouted_t=float((still * shift).sum()),
        extra_t_h=float((still * longer).sum()),
        extra_usd=float((still * cost).sum()),
        stuck_t=float(b.clearing.stranded_t.sum() + tonnes[live & ~both].sum()),
    )
