"""Cuts of a network around the nodes near an origin: what has to pass them, and what can."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def cut_around(  # type: ignore[no-untyped-def]
    near, tail, head, room, origin, target, demand, through, leaves, enters
):  # fmt: skip
    """Measure the cut around nodes, zones put on the side where it is exceeded most.

    Parameters
    ----------
    near : bool[N]
        The nodes.
    tail, head, room : int32[A], int32[A], float64[A]
        Links and their capacities, 0 where closed, infinite where there is none.
    origin, target, demand : int32[W], int32[W], float64[W]
        Nodes of every pair, and its demand.
    through : int
        Nodes below are passed by no route.
    leaves, enters : bool[N]
        Filled: from where a route begins, and where it ends, on the near side.

    Returns
    -------
    capacity, demand : float
        Sums over the links and the pairs that cross.
    """
    leaves[:], enters[:] = near, near
    passes, wants = np.empty(through), np.empty(through)
    for _ in range(2):
        passes[:], wants[:] = 0.0, 0.0
        for a in range(tail.shape[0]):
            if tail[a] < through and not enters[head[a]]:
                passes[tail[a]] += room[a]
        for w in range(demand.shape[0]):
            if origin[w] < through and not enters[target[w]]:
                wants[origin[w]] += demand[w]
        for z in range(through):
            leaves[z] = wants[z] > passes[z]
        passes[:], wants[:] = 0.0, 0.0
        for a in range(tail.shape[0]):
            if head[a] < through and leaves[tail[a]]:
                passes[head[a]] += room[a]
        for w in range(demand.shape[0]):
            if target[w] < through and leaves[origin[w]]:
                wants[target[w]] += demand[w]
        for z in range(through):
            enters[z] = wants[z] <= passes[z]
    capacity, across = 0.0, 0.0
    for a in range(tail.shape[0]):
        if leaves[tail[a]] and not enters[head[a]]:
            capacity += room[a]
    for w in range(demand.shape[0]):
        if leaves[origin[w]] and not enters[target[w]]:
            across += demand[w]
    return capacity, across
