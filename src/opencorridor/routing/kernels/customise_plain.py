"""All pairs of zones by elimination in numpy: the oracle of the customised skims.

Same routes and sums as :func:`opencorridor.routing.kernels.customise.skim` for one set of prices,
by Floyd and Warshall over all nodes; a test holds both together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def skim(
    tail: Array, head: Array, cost: Array, amounts: Array, n_nodes: int, n_inner: int
) -> tuple[Array, Array]:
    """Return the cost and the summed amounts of the best way between any two zones.

    Parameters
    ----------
    tail, head
        Nodes of the arcs, shape A; nodes from ``n_inner`` on are zones, which no way passes.
    cost
        float64[A], inf where an arc is shut.
    amounts
        float64[A, Q]: what to add up along the ways.

    Returns
    -------
    best, sums : float64[Z, Z], float64[Z, Z, Q]
        inf and NaN where there is no way; within a zone too.
    """
    best = np.full((n_nodes, n_nodes), np.inf)
    sums = np.full((n_nodes, n_nodes, amounts.shape[1]), np.nan)
    for a in np.flatnonzero(np.isfinite(cost)):
        if cost[a] < best[tail[a], head[a]]:
            best[tail[a], head[a]] = cost[a]
            sums[tail[a], head[a]] = amounts[a]
    for v in range(n_inner):
        offer = best[:, v, None] + best[v]
        better = offer < best
        best = np.where(better, offer, best)
        sums = np.where(better[:, :, None], sums[:, v, None] + sums[v], sums)
    zones = slice(n_inner, n_nodes)
    best, sums = best[zones, zones].copy(), sums[zones, zones].copy()
    np.fill_diagonal(best, np.inf)
    sums[np.eye(len(best), dtype=bool)] = np.nan
    return best, sums
