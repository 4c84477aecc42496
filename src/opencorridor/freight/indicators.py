"""Loads of links and places, and what moves over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.kept import Kept
from opencorridor.freight.options import Options
from opencorridor.network import BORDER, TRANSSHIPMENT, Graph, Reduced

__all__ = [
    "LinkLoad",
    "arc_loads",
    "crossing_loads",
    "link_loads",
    "option_tonnes",
    "units_per_day",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class LinkLoad:
    """Tonnes a year on links that carry any: row of ``link``, from -> to, and back."""

    row: Ints
    forward_t: Floats
    backward_t: Floats


def option_tonnes(options: Options, row_tonnes: Floats, share: Floats) -> Floats:
    """(O,) tonnes a year on every option."""
    result: Floats = row_tonnes[options.row] * share
    return result


def arc_loads(options: Options, routes: Kept, tonnes: Floats, n_arcs: int) -> Floats:
    """Return (A,) tonnes a year on the arcs of the graph of the routes."""
    by_route = np.bincount(options.route, weights=tonnes, minlength=routes.n)
    spread = np.repeat(by_route, np.diff(routes.first))
    return np.bincount(routes.arcs, weights=spread, minlength=n_arcs).astype(np.float64)


def link_loads(
    reduced: Reduced, whole: Graph, load: Floats, from_node_id: NDArray[Any]
) -> LinkLoad:
    """Return loads of the links of the whole graph from loads of the arcs of the reduced one.

    ``from_node_id`` is that column of the table ``link``: it says which way is forward.
    """
    arcs = reduced.spread(load)
    on_link = np.flatnonzero((whole.kind <= BORDER) & (arcs > 0.0))
    rows = whole.ref[on_link].astype(np.int64)
    forward = whole.node_id[whole.tail[on_link]] == from_node_id[rows].astype(str)
    unique, position = np.unique(rows, return_inverse=True)
    ahead = np.bincount(position, weights=np.where(forward, arcs[on_link], 0.0))
    back = np.bincount(position, weights=np.where(forward, 0.0, arcs[on_link]))
    return LinkLoad(unique, ahead.astype(np.float64), back.astype(np.float64))


def crossing_loads(graph: Graph, load: Floats) -> dict[str, tuple[float, float]]:
    """Tonnes a year over each border crossing and terminal, by direction (0, 1) of the graph."""
    out: dict[str, tuple[float, float]] = {}
    here = graph.charged & np.isin(graph.kind, (BORDER, TRANSSHIPMENT)) & (load > 0.0)
    for arc in np.flatnonzero(here):
        name = graph.places[graph.place[arc]]
        forth, back = out.get(name, (0.0, 0.0))
        if graph.direction[arc] == 1:
            back += float(load[arc])
        else:
            forth += float(load[arc])
        out[name] = (forth, back)
    return out


def units_per_day(tonnes_per_year: float, payload_t: float, days: float) -> float:
    """Return the wagons, boxes or trucks a working day that carry a yearly tonnage."""
    return tonnes_per_year / payload_t / days
