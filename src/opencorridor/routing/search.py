"""Searches on a priced graph: thin, typed doors to the compiled kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.routing.kernels import paths as path_kernels
from opencorridor.routing.kernels import trees as tree_kernels
from opencorridor.routing.priced import PricedGraph

__all__ = ["Tree", "best_path", "forest", "grow"]

Array = npt.NDArray[Any]
Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Tree:
    """A shortest tree: cost and predecessor of every state (2 * node + layer), shape 2N."""

    dist: npt.NDArray[np.float64]
    pred: npt.NDArray[np.int64]

    def arcs(self, tail: Array, state: int) -> npt.NDArray[np.int64]:
        """Return the arcs from the source to a state."""
        found: npt.NDArray[np.int64] = path_kernels.path_arcs(self.pred, tail, state)
        return found


def grow(
    priced: PricedGraph,
    cost: npt.NDArray[np.float64],
    present: Bits,
    sources: Sequence[tuple[int, float]],
    targets: Sequence[int] = (),
    country: int | None = None,
) -> Tree:
    """Grow one tree from nodes of one country.

    Parameters
    ----------
    priced
        The graph.
    cost
        float64[A, 3], US$ per tonne; usually ``priced.gc``.
    present
        uint8[A], presence bits by flow kind.
    sources
        Pairs (node, starting cost); all in one country, or on water.
    targets
        States at which the search may stop when all of them are settled.
    country
        Country index of the origin; by default that of the first source node.
    """
    graph = priced.graph
    n = 2 * graph.n_nodes
    nodes = np.array([node for node, _ in sources], np.int64)
    start = np.repeat(np.array([c for _, c in sources], np.float64), 2)
    dist, pred = np.empty(n), np.empty(n, np.int64)
    home = int(graph.node_country[nodes[0]]) if country is None else country
    first_out, head, _, arc_country, leaves, to_final, node_country = priced.topology
    tree_kernels.tree(
        np.stack((2 * nodes, 2 * nodes + 1), axis=1).ravel(),
        start,
        home,
        first_out,
        head,
        cost,
        arc_country,
        leaves,
        to_final,
        present,
        node_country,
        priced.n_inner,
        np.array(sorted(set(targets)), np.int64),
        dist,
        pred,
        np.empty(n, np.int64),
        np.empty(n, np.int64),
    )
    return Tree(dist, pred)


def forest(
    priced: PricedGraph, present: Bits, origins: Array, n_block: int = 0
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Grow the trees of several origin nodes in parallel.

    Returns
    -------
    dist, pred
        float64[O, 2N], int64[O, 2N].
    """
    import numba

    first_out, head, _, arc_country, leaves, to_final, node_country = priced.topology
    dist, pred = tree_kernels.trees(
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
        n_block or min(len(origins), 4 * numba.get_num_threads()),
    )
    return dist, pred


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
