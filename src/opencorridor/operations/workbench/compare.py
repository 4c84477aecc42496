"""Two states of one model side by side: what moves elsewhere, what it costs, what is stuck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import arc_parts
from opencorridor.freight.clearing import Clearing
from opencorridor.freight.demand import CARGOES
from opencorridor.freight.indicators import arc_loads, link_loads, option_tonnes
from opencorridor.network import Graph
from opencorridor.operations.workbench.places import capacity_name
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import pair_trade
from opencorridor.scenario.state import Baseline, Prices, State
from opencorridor.study import Study

__all__ = ["Moved", "Side", "indicators", "link_rows", "moved", "place_rows", "side_of_base",
           "side_of_state"]  # fmt: skip

Floats = NDArray[np.float64]
# Links with less, and changes of less, are not told, t a year.
LEAST_T, LEAST_CHANGE_T = 20_000.0, 100.0


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


def _row_tonnes(model: Model, side: Side) -> Floats:
    moved: Floats = (side.tonnes * model.covered)[model.rows.cell] * side.prices.weight
    return moved


def _route_hours(model: Model, side: Side) -> Floats:
    """(routes,) hours under way, at borders and terminals, without waits for capacity."""
    used = model.used
    plan = model.cost_plan(side.study, side.date, used.graph)
    hours = np.zeros(model.routes.n)
    arcs, first = used.fare // 3, model.routes.first
    for c, cargo in enumerate(CARGOES):
        # An arc that cannot be priced is on no route that carries anything.
        time = np.nan_to_num(arc_parts(plan, side.study, cargo).time_h)
        total = np.concatenate([[0.0], np.cumsum(time[arcs])])
        mine = model.routes.group == c
        hours[mine] = (total[first[1:]] - total[first[:-1]])[mine]
    return hours


def _row_hours(model: Model, side: Side) -> Floats:
    """(rows,) mean hours over the ways of each row, waits for capacity included."""
    o = model.options
    waited = np.concatenate([[0.0], np.cumsum(side.clearing.wait_h[o.place])])
    time = _route_hours(model, side)[o.route]
    time += waited[o.place_first[1:]] - waited[o.place_first[:-1]]
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


def moved(model: Model, a: Side, b: Side) -> Moved:
    """Compare two states at the tonnes of the first."""
    tonnes = _row_tonnes(model, a)
    live = np.isfinite(a.row_cost)
    both = live & np.isfinite(b.row_cost)
    shift = np.bincount(
        model.options.row, weights=0.5 * np.abs(b.share - a.share), minlength=model.rows.n
    )
    hours = _row_hours(model, b) - _row_hours(model, a)
    cost = np.where(both, b.row_cost, 0.0) - np.where(both, a.row_cost, 0.0)
    still = np.where(both, tonnes, 0.0)
    return Moved(
        rerouted_t=float((still * shift).sum()),
        extra_t_h=float((still * hours).sum()),
        extra_usd=float((still * cost).sum()),
        stuck_t=float(b.clearing.stranded_t.sum() + tonnes[live & ~both].sum()),
    )


def indicators(model: Model, side: Side) -> dict[str, float]:
    """Trade of the pair in US$ of price_year, by direction and together, and its tonnes."""
    i, j = model.pair
    forth, back = pair_trade(model, side.flows)
    exporter, importer = model.cells.exporter, model.cells.importer
    own = ((exporter == i) & (importer == j)) | ((exporter == j) & (importer == i))
    return {
        "usd": forth + back,
        "a_to_b_usd": forth,
        "b_to_a_usd": back,
        "t_per_year": float(side.tonnes[own].sum()),
    }


def _link_tonnes(model: Model, whole: Graph, side: Side) -> dict[int, tuple[float, float]]:
    """Return tonnes along and against the drawn line by row of the link table."""
    by_option = option_tonnes(model.options, _row_tonnes(model, side), side.share)
    arcs = arc_loads(model.options, model.routes, by_option, model.graph.n_arcs)
    load = link_loads(model.reduced, whole, arcs, model.study["link"]["from_node_id"])
    both = zip(load.forward_t.tolist(), load.backward_t.tolist(), strict=True)
    return dict(zip(load.row.tolist(), both, strict=True))


def link_rows(model: Model, whole: Graph, a: Side, b: Side) -> list[dict[str, Any]]:
    """Return loads of links in both states: above 20,000 t a year, or changed by 100 t."""
    before, after = (_link_tonnes(model, whole, side) for side in (a, b))
    ids = model.study["link"]["link_id"]
    out = []
    for row in sorted({*before, *after}):
        old = sum(before.get(row, (0.0, 0.0)))
        forward, backward = after.get(row, (0.0, 0.0))
        new = forward + backward
        if max(old, new) >= LEAST_T or abs(new - old) >= LEAST_CHANGE_T:
            out.append(
                {
                    "link_id": str(ids[row]),
                    "t_per_year": round(new, 1),
                    "t_forward": round(forward, 1),
                    "t_backward": round(backward, 1),
                    "baseline_t_per_year": round(old, 1),
                }
            )
    return out


def place_rows(model: Model, a: Side, b: Side) -> list[dict[str, Any]]:
    """Return loads and waits of places with a capacity in both, by the change of load."""
    table = model.places.table
    out: list[dict[str, Any]] = []
    for f, capacity_id in enumerate(model.places.capacity_id):
        if model.places.fleet_id[f]:
            continue
        capacity = float(b.prices.capacity[f])
        out.append(
            {
                "capacity_id": capacity_id,
                "name": capacity_name(model.study, table, f),
                "place_ids": [i for i in str(table["place_ids"][f]).split(";") if i],
                "capacity_t_per_year": capacity if np.isfinite(capacity) else None,
                "load_t_per_year": float(b.clearing.load_t[f]),
                "baseline_load_t_per_year": float(a.clearing.load_t[f]),
                "wait_h": float(b.clearing.wait_h[f]),
                "baseline_wait_h": float(a.clearing.wait_h[f]),
                "stranded_t": float(b.clearing.stranded_t[f]),
            }
        )
    out.sort(key=lambda r: -abs(r["load_t_per_year"] - r["baseline_load_t_per_year"]))
    return out
