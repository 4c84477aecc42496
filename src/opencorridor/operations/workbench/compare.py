"""Two states of one model side by side: what moves elsewhere, what it costs, what is stuck."""

from __future__ import annotations

from typing import Any

import numpy as np

from opencorridor.freight.indicators import arc_loads, link_loads, option_tonnes
from opencorridor.network import Graph
from opencorridor.operations.workbench.places import capacity_name
from opencorridor.scenario.cuts import cuts
from opencorridor.scenario.model import Model
from opencorridor.scenario.moving import (
    Moved,
    Side,
    moved,
    row_tonnes,
    side_of_base,
    side_of_state,
)
from opencorridor.scenario.path import pair_trade
from opencorridor.scenario.state import State

__all__ = ["LEAST_T", "Moved", "Side", "cut_rows", "indicators", "link_rows", "moved", "place_rows",
           "side_of_base", "side_of_state"]  # fmt: skip

# Links with less, and changes of less, are not told, t a year.
LEAST_T, LEAST_CHANGE_T = 20_000.0, 100.0


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
    by_option = option_tonnes(model.options, row_tonnes(model, side), side.share)
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


def cut_rows(model: Model, state: State) -> list[dict[str, Any]]:
    """Return the places that together stop goods which no wait can carry, most stranded first."""
    table, ids = model.places.table, model.places.capacity_id
    return [
        {
            "capacity_ids": [ids[f] for f in cut.places],
            "names": [
                capacity_name(model.study, table, f) if f < table.n else ids[f] for f in cut.places
            ],
            "bound_t": cut.bound_t,
            "stranded_t": cut.stranded_t,
        }
        for cut in cuts(model, state)
    ]


def place_rows(model: Model, a: Side, b: Side) -> list[dict[str, Any]]:
    """Return loads and waits of places with a capacity in both, by the change of load."""
    table = model.places.table
    out: list[dict[str, Any]] = []
    for f, capacity_id in enumerate(model.places.capacity_id):
        if model.places.fleet_id[f]:
            continue
        capacity = float(b.prices.capacity[f])
        ids = str(table["place_ids"][f]) if f < table.n else ""
        out.append(
            {
                "capacity_id": capacity_id,
                # A place that a closure limits has no row of its own: it is called by its id.
                "name": capacity_name(model.study, table, f) if f < table.n else capacity_id,
                "place_ids": [i for i in ids.split(";") if i],
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
