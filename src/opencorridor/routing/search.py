"""Searches on a priced graph: thin, typed doors to the kernels."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.routing.priced import PricedGraph

__all__ = [
    "PairView",
    "Tree",
    "best_path",
    "forest",
    "grow",
    "grow_states",
    "pair_forest",
    "pair_view",
]

Array = npt.NDArray[Any]
Bits = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# In a view all arcs lie in country 0 and all trips start in none: layer F asks for this bit.
_LAYER_F = 2


@dataclass(frozen=True, eq=False)
class Tree:
    """A shortest tree: cost and predecessor of every state (2 * node + layer), shape 2N."""

    dist: Floats
    pred: npt.NDArray[np.int64]

    def arcs(self, tail: Array, state: int) -> npt.NDArray[np.int64]:
        """Return the arcs from the source to a state."""
        found: list[int] = []
        while self.pred[state] >= 0:
            arc, layer = divmod(int(self.pred[state]), 2)
            found.append(arc)
            state = 2 * int(tail[arc]) + layer
        return np.array(found[::-1], np.int64)

    def root(self, tail: Array, state: int) -> int:
        """Return the source state whose branch a state is on."""
        while self.pred[state] >= 0:
            arc, layer = divmod(int(self.pred[state]), 2)
            state = 2 * int(tail[arc]) + layer
        return state


@dataclass(frozen=True, eq=False)
class PairView:
    """What the arcs of a graph cost and carry between two countries, in one layer.

    With both countries known the flow kind of every arc is known, so a shortest path over these
    costs is the true minimum of the rule, also where it passes the country of the destination,
    leaves it and comes back. The kernels' layer F holds all of it; layer T stays empty.

    Attributes
    ----------
    cost
        float64[A, 3], each column the same: the cost as the flow kind that holds.
    present
        uint8[A]: the bit of layer F where the arc carries that flow kind.
    """

    cost: Floats
    present: Bits


def pair_view(
    priced: PricedGraph, cost: Floats, present: Bits, origin: int, destination: int
) -> PairView:
    """Return costs (of float64[A, 3]) and presence of trips between two countries (-1 water)."""
    kind = priced.flow_kind(np.arange(priced.graph.n_arcs), origin, destination)
    one = np.take_along_axis(cost, kind[:, None], axis=1)
    on = np.right_shift(present, kind.astype(np.uint8)) & 1
    bits = np.where(on > 0, _LAYER_F, 0).astype(np.uint8)
    return PairView(np.ascontiguousarray(np.repeat(one, 3, axis=1)), bits)


def grow_states(
    priced: PricedGraph,
    view: PairView,
    sources: dict[int, float],
    targets: Sequence[int] = (),
) -> Tree:
    """Grow one tree from weighted states of a trip between two countries.

    The compiled kernel is used where numba is loaded already; else the plain one, which has
    answered before numba would be there. Both give the same tree.

    Parameters
    ----------
    priced
        The graph.
    view
        From :func:`pair_view`.
    sources
        State (2 * node + 1) to starting cost.
    targets
        States at which the search may stop when all of them are settled.
    """
    first_out, head, arc_country, never, node_country = priced.one_layer
    state = np.array(list(sources), np.int64)
    start = np.array(list(sources.values()), np.float64)
    goal = np.array(sorted(set(targets)), np.int64)
    shape = (first_out, head, view.cost, arc_country, never, never, view.present, node_country)
    if "numba" not in sys.modules:
        from opencorridor.routing.kernels import plain

        return Tree(*plain.tree(state, start, -1, *shape, priced.n_inner, goal))
    from opencorridor.routing.kernels import trees

    return Tree(*trees.tree(state, start, -1, *shape, priced.n_inner, goal))


def grow(
    priced: PricedGraph,
    view: PairView,
    sources: Sequence[tuple[int, float]],
    targets: Sequence[int],
) -> Tree:
    """Grow one tree from weighted nodes (node, cost); see :func:`grow_states`."""
    states: dict[int, float] = {}
    for node, value in sources:
        states[2 * node + 1] = min(value, states.get(2 * node + 1, np.inf))
    return grow_states(priced, view, states, targets)


def pair_forest(
    priced: PricedGraph,
    view: PairView,
    origins: Array,
    wanted: npt.NDArray[np.bool_] | None = None,
) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Grow the trees of several origin nodes of one view in parallel; else as :func:`forest`."""
    from opencorridor.routing.kernels import trees

    first_out, head, arc_country, never, node_country = priced.one_layer
    shape = (len(origins), 2 * len(node_country))
    dist, pred = np.empty(shape), np.empty(shape, np.int32)
    every = np.empty((0, 0), bool) if wanted is None else wanted
    trees.trees(
        np.array(origins, np.int64), first_out, head, view.cost, arc_country, never, never,
        view.present, node_country, priced.n_inner, every, trees.usual_blocks(len(origins)),
        dist, pred,
    )  # fmt: skip
    return dist, pred


def forest(
    priced: PricedGraph,
    present: Bits,
    origins: Array,
    wanted: npt.NDArray[np.bool_] | None = None,
    room: tuple[Floats, npt.NDArray[np.int32]] | None = None,
    n_block: int = 0,
) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Grow the trees of several origin nodes in parallel.

    Parameters
    ----------
    wanted
        bool[O, Z]: zones to which each origin needs the way, by default all nodes.
    room
        An earlier result for at least as many origins, which is written over.

    Returns
    -------
    dist, pred
        float64[O, 2N], int32[O, 2N]; with ``wanted`` final on the ways to the wanted zones only.
    """
    from opencorridor.routing.kernels import trees

    first_out, head, _, arc_country, leaves, to_final, node_country = priced.topology
    n, n_state = len(origins), 2 * len(node_country)
    dist, pred = room or (np.empty((n, n_state)), np.empty((n, n_state), np.int32))
    trees.trees(
        np.array(origins, np.int64),
        first_out,
        head,
        priced.gc,
        arc_country,
        leaves,
        to_final,
        present,
        node_country,
        priced.n_inner,
        np.empty((0, 0), bool) if wanted is None else wanted,
        n_block or trees.usual_blocks(n),
        dist[:n],
        pred[:n],
    )
    return dist[:n], pred[:n]


def best_path(
    tree: Tree, tail: Array, ends: Sequence[tuple[int, float]]
) -> tuple[float, int, npt.NDArray[np.int64]] | None:
    """Return (cost, number of the end, arcs) of the cheapest end, or None.

    ``ends`` are pairs (state, further cost); the first of equals is taken.
    """
    best: tuple[float, int] | None = None
    for i, (state, further) in enumerate(ends):
        cost = float(tree.dist[state]) + further
        if np.isfinite(cost) and (best is None or cost < best[0]):
            best = cost, i
    if best is None:
        return None
    return best[0], best[1], tree.arcs(tail, ends[best[1]][0])
