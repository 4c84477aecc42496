"""Empties: units that came loaded and go on empty to where the next load waits.

Loaded trips of one kind of unit start and end at nodes: at the ends of its part of the way (a wagon
is emptied where the gauge or the mode changes), of a box at the zones. Where more arrive than
leave, the rest goes empty to where more leave than arrive, over the same network, so that the
kilometres run empty are fewest: a transport problem, solved exactly by linear programming.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from opencorridor.freight.kept import Kept
from opencorridor.network import EGRESS, Graph

__all__ = ["Empties", "balance", "empty_moves", "least_cost_moves", "trip_ends"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
# Units a year below which nothing is moved.
LEAST = 1e-6


@dataclass(frozen=True)
class Empties:
    """Empty moves of one kind of unit.

    ``surplus`` (N,) arrivals less departures of loaded units at the nodes of the graph, a year;
    ``start``, ``end``, ``units`` and ``km`` the moves; ``load`` (A,) empty units on the arcs;
    ``stuck`` units a year that find no way.
    """

    surplus: Floats
    start: Ints
    end: Ints
    units: Floats
    km: Floats
    load: Floats
    stuck: float


def trip_ends(
    graph: Graph, routes: Kept, by_route: Floats, layers: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """Return loaded units that start and that end at each node (N,), a year.

    ``by_route`` are loaded units a year by route. A trip is a run of arcs of the layers; where all
    layers are given, the whole route.
    """
    n = graph.n_nodes
    whole = -1 in layers
    on = np.ones(routes.arcs.size, bool) if whole else np.isin(graph.layer[routes.arcs], layers)
    first_step = np.zeros(routes.arcs.size, dtype=bool)
    first_step[routes.first[:-1][np.diff(routes.first) > 0]] = True
    before = np.concatenate([[False], on[:-1]]) & ~first_step
    after = np.concatenate([on[1:] & ~first_step[1:], [False]])
    units = np.repeat(by_route, np.diff(routes.first))
    starts, ends = on & ~before, on & ~after
    leave = np.bincount(graph.tail[routes.arcs[starts]], weights=units[starts], minlength=n)
    arrive = np.bincount(graph.head[routes.arcs[ends]], weights=units[ends], minlength=n)
    return leave.astype(np.float64), arrive.astype(np.float64)


def balance(surplus: Floats) -> tuple[Ints, Ints]:
    """Nodes with units to spare, and nodes that lack some."""
    return np.flatnonzero(surplus > LEAST), np.flatnonzero(surplus < -LEAST)


def least_cost_moves(spare: Floats, lack: Floats, cost: Floats) -> tuple[Floats, Floats]:
    """Return the moves (I, J) of least cost that empty the spare and fill the lack.

    Parameters
    ----------
    spare, lack
        (I,) and (J,) units a year, positive.
    cost
        (I, J) cost of a unit; infinite where there is no way.

    Returns
    -------
    (moves (I, J), units left over at each spare node (I,)). What no way takes is left; every other
    unit is moved. Two solutions of the same cost are possible, one and the same is returned.
    """
    i, j = np.nonzero(np.isfinite(cost))
    # Dearer than any chain of moves, so that a unit is left only where it must be.
    dear = 10.0 * (1.0 + float(cost[i, j].max(initial=0.0))) * (1 + min(spare.size, lack.size))
    m, (a, b) = i.size, (spare.size, lack.size)
    rows = np.concatenate([i, a + j, np.arange(a), a + np.arange(b)])
    columns = np.concatenate([np.arange(m), np.arange(m), m + np.arange(a), m + a + np.arange(b)])
    matrix = coo_array((np.ones(rows.size), (rows, columns)), shape=(a + b, m + a + b))
    found = linprog(
        np.concatenate([cost[i, j], np.full(a + b, dear)]),
        A_eq=matrix.tocsr(),
        b_eq=np.concatenate([spare, lack]),
        method="highs-ds",
    )
    moves = np.zeros((a, b))
    moves[i, j] = np.maximum(found.x[:m], 0.0)
    return moves, np.maximum(found.x[m : m + a], 0.0)


def _network(graph: Graph, usable: Bools) -> tuple[csr_array, Ints]:
    """Kilometres as a matrix (2N, 2N): an arc into a zone ends at its copy, so none is passed."""
    n, arcs = graph.n_nodes, np.flatnonzero(usable)
    head = graph.head[arcs].astype(np.int64)
    head = np.where(graph.kind[arcs] == EGRESS, head + n, head)
    # The shortest of parallel arcs; a length of 0 would be no arc to a sparse matrix.
    order = np.lexsort((graph.length_km[arcs], head, graph.tail[arcs]))
    arcs, head = arcs[order], head[order]
    same = (np.diff(graph.tail[arcs]) == 0) & (np.diff(head) == 0)
    keep = np.concatenate([[True], ~same]) if arcs.size else np.zeros(0, bool)
    arcs, head = arcs[keep], head[keep]
    km = np.maximum(graph.length_km[arcs].astype(np.float64), 1e-6)
    return csr_array((km, (graph.tail[arcs], head)), shape=(2 * n, 2 * n)), arcs


def _loads(graph: Graph, arcs: Ints, back: Ints, ends: Ints, moves: Floats) -> Floats:
    """Empty units on the arcs, from trees of shortest ways (``back`` (I, 2N)) and moves (I, J)."""
    n = graph.n_nodes
    arc_of = {
        (int(t), int(h) + (n if k == EGRESS else 0)): int(a)
        for a, t, h, k in zip(
            arcs, graph.tail[arcs], graph.head[arcs], graph.kind[arcs], strict=True
        )
    }
    load = np.zeros(graph.n_arcs)
    for i, j in zip(*np.nonzero(moves > LEAST), strict=True):
        at = int(ends[j])
        while (before := int(back[i, at])) >= 0:
            load[arc_of[before, at]] += moves[i, j]
            at = before
    return load


def empty_moves(graph: Graph, surplus: Floats, layers: tuple[int, ...], is_open: Bools) -> Empties:
    """Move the units to spare to where they are lacking, with the fewest kilometres.

    Parameters
    ----------
    surplus
        (N,) loaded units that arrive less those that leave, a year.
    layers
        Layers on which the unit moves; with -1 also over transshipment.
    is_open
        (A,) arcs that may be used.
    """
    spare, lack = balance(surplus)
    none = np.empty(0, dtype=np.int64)
    nothing = Empties(surplus, none, none, np.zeros(0), np.zeros(0), np.zeros(graph.n_arcs), 0.0)
    if spare.size == 0 or lack.size == 0:
        return nothing
    # The ways to and from zones lie in the layer that they reach.
    usable = is_open & np.isin(graph.layer, layers)
    matrix, arcs = _network(graph, usable)
    km, back = dijkstra(matrix, indices=spare, return_predecessors=True)
    is_zone = np.zeros(graph.n_nodes, dtype=bool)
    is_zone[graph.zone_node] = True
    ends = np.where(is_zone[lack], lack + graph.n_nodes, lack)
    moves, left = least_cost_moves(surplus[spare], -surplus[lack], km[:, ends])
    i, j = np.nonzero(moves > LEAST)
    load = _loads(graph, arcs, back, ends, moves)
    return Empties(surplus, spare[i], lack[j], moves[i, j], km[i, ends[j]], load, float(left.sum()))
