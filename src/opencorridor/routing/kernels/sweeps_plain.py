"""Skims by plain trees, one by Dijkstra from each origin: the oracle of the hierarchy."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def skim(
    n_node: int,
    tail: Array,
    head: Array,
    cost: Array,
    quantity: Array,
    sources: Array,
    targets: Array,
) -> tuple[Array, Array]:
    """Return cheapest costs, float64[S, T], and sums along those ways, float64[Q, S, T].

    Parameters
    ----------
    n_node
        Number of nodes.
    tail, head, cost, quantity
        Arcs: int[A], int[A], float64[A] of 0 or more, float64[A, Q].
    sources, targets
        Node numbers, int[S] and int[T].
    """
    out: list[list[int]] = [[] for _ in range(n_node)]
    for arc, u in enumerate(tail.tolist()):
        out[u].append(arc)
    heads, costs = head.tolist(), cost.tolist()
    found = np.full((len(sources), len(targets)), np.inf)
    sums = np.full((quantity.shape[1], len(sources), len(targets)), np.nan)
    for s, source in enumerate(sources.tolist()):
        dist = {source: 0.0}
        total = {source: np.zeros(quantity.shape[1])}
        heap = [(0.0, source)]
        while heap:
            d, u = heappop(heap)
            if d > dist[u]:
                continue
            for arc in out[u]:
                v, there = heads[arc], d + costs[arc]
                if there < dist.get(v, np.inf):
                    dist[v], total[v] = there, total[u] + quantity[arc]
                    heappush(heap, (there, v))
        for t, target in enumerate(targets.tolist()):
            if target in dist:
                found[s, t], sums[:, s, t] = dist[target], total[target]
    return found, sums
