"""User equilibrium in plain numpy, slow and simple: the oracle of the compiled kernels.

Routes are enumerated by shortest trees, flows shifted between each route and the cheapest one of
its pair by halving, all costs worked out anew every time.
"""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Array = NDArray[Any]


def plain_cost(v: Floats, t0: Floats, b: Floats, power: Floats, capacity: Floats) -> Floats:
    """Return t0 (1 + b (v / c)^p) of every link."""
    return np.asarray(t0 * (1.0 + b * (v / capacity) ** power))


def plain_tree(
    tail: Array, head: Array, cost: Floats, source: int, first_through: int, n_node: int
) -> tuple[Floats, list[int]]:
    """Return least costs float64[N] and the link into every node (-1: none), from one source."""
    dist, into = np.full(n_node, np.inf), [-1] * n_node
    dist[source] = 0.0
    heap = [(0.0, source)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u] or (u < first_through and u != source):
            continue
        for a in np.flatnonzero(tail == u).tolist():
            v = int(head[a])
            if d + cost[a] < dist[v]:
                dist[v], into[v] = d + cost[a], a
                heapq.heappush(heap, (float(dist[v]), v))
    return dist, into


def plain_equilibrium(
    tail: Array,
    head: Array,
    law: tuple[Floats, Floats, Floats, Floats],
    trips: dict[tuple[int, int], float],
    first_through: int,
    n_node: int,
    rounds: int = 200,
) -> Floats:
    """Return link flows after some rounds.

    Parameters
    ----------
    tail, head
        Links, int[A].
    law
        t0, b, power, capacity, float64[A] each.
    trips
        Demand by nodes of origin and destination.
    first_through, n_node
        Nodes below are passed by no route; number of nodes.
    rounds
        How often new routes are sought.
    """
    t0, b, power, capacity = law
    flows: dict[tuple[int, int], dict[tuple[int, ...], float]] = {pair: {} for pair in trips}
    v = np.zeros(len(tail))
    for _ in range(rounds):
        for (i, j), used in flows.items():
            cost = plain_cost(v, t0, b, power, capacity)
            _, into = plain_tree(tail, head, cost, i, first_through, n_node)
            way: list[int] = []
            node = j
            while node != i:
                way.append(into[node])
                node = int(tail[into[node]])
            best = tuple(way)
            if not used:
                used[best] = trips[i, j]
                np.add.at(v, way, trips[i, j])
            used.setdefault(best, 0.0)
            for other in [k for k in used if k != best and used[k] > 0]:
                s = _balance(v, other, best, used[other], law)
                used[other] -= s
                used[best] += s
                np.add.at(v, list(other), -s)
                np.add.at(v, way, s)
    return v


def _balance(
    v: Floats,
    dear: tuple[int, ...],
    cheap: tuple[int, ...],
    most: float,
    law: tuple[Floats, Floats, Floats, Floats],
) -> float:
    """Return how much to shift until both ways cost the same, by halving."""
    t0, b, power, capacity = law
    low, high = 0.0, most
    for k in range(60):
        s = most if k == 0 else 0.5 * (low + high)
        moved = v.copy()
        np.add.at(moved, list(dear), -s)
        np.add.at(moved, list(cheap), s)
        cost = plain_cost(np.maximum(moved, 0.0), t0, b, power, capacity)
        if cost[list(dear)].sum() >= cost[list(cheap)].sum():
            if k == 0:
                return most
            low = s
        else:
            high = s
    return low
