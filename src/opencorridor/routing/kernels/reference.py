"""The two-layer search in plain Python: the oracle of the compiled kernels."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def tree(
    sources: Sequence[tuple[int, float]],
    origin_country: int,
    first_out: Array,
    head: Array,
    cost: Array,
    arc_country: Array,
    leaves: Array,
    to_final: Array,
    present: Array,
    node_country: Array,
    n_inner: int,
) -> tuple[Array, Array]:
    """Shortest tree over (node, layer) states with a heap of the standard library.

    Parameters
    ----------
    sources
        Pairs (state, starting cost); state = 2 * node + layer, layer 0 transit, 1 final.
    origin_country, first_out, head, cost, arc_country, leaves, to_final, present
        As for :func:`opencorridor.routing.kernels.trees.tree`.
    node_country, n_inner
        As there.

    Returns
    -------
    dist, pred : float64[2N], int64[2N]
    """
    n_states = 2 * len(node_country)
    dist = np.full(n_states, np.inf)
    pred = np.full(n_states, -1, dtype=np.int64)
    done = np.zeros(n_states, dtype=bool)
    heap: list[tuple[float, int]] = []
    for state, start in sources:
        if start < dist[state]:
            dist[state] = start
            heapq.heappush(heap, (start, state))
    while heap:
        d, s = heapq.heappop(heap)
        if done[s] or d > dist[s]:
            continue
        done[s] = True
        u, layer = divmod(s, 2)
        if u >= n_inner and pred[s] >= 0:
            continue
        for a in range(first_out[u], first_out[u + 1]):
            v, c = int(head[a]), int(arc_country[a])
            for layer_to, kind in _moves(
                layer,
                c,
                v,
                bool(leaves[a]),
                bool(to_final[a]),
                origin_country,
                node_country,
                n_inner,
            ):
                t = 2 * v + layer_to
                offer = d + cost[a, kind]
                code = 2 * a + layer
                if done[t] or not present[a] >> kind & 1:
                    continue
                if offer < dist[t]:
                    dist[t], pred[t] = offer, code
                    heapq.heappush(heap, (offer, t))
                elif offer == dist[t] and pred[t] > code:
                    pred[t] = code
    return dist, pred


def _moves(
    layer: int,
    country: int,
    v: int,
    leaves: bool,
    to_final: bool,
    origin_country: int,
    node_country: Array,
    n_inner: int,
) -> list[tuple[int, int]]:
    """Return the moves (layer reached, flow kind) that an arc offers in a layer."""
    if layer == 1:
        return [] if leaves else [(1, 2 if 0 <= country == origin_country else 1)]
    kind = 1 if country < 0 or country == origin_country else 0
    moves = [(0, kind)] if v < n_inner else []
    if to_final:
        if country >= 0 and country == node_country[v]:
            kind = 2 if country == origin_country else 1
        moves.append((1, kind))
    return moves


def flow_kind(arc_country: int, origin_country: int, destination_country: int) -> int:
    """0 transit, 1 import/export, 2 domestic, for one arc of a trip between two countries."""
    if arc_country < 0:
        return 1
    ends = (arc_country == origin_country) + (arc_country == destination_country)
    return int(ends)


def path(pred: Array, tail: Array, state: int) -> list[int]:
    """Collect the arcs of the tree path to ``state``, from the source on."""
    arcs: list[int] = []
    while pred[state] >= 0:
        arc, layer = divmod(int(pred[state]), 2)
        arcs.append(arc)
        state = 2 * int(tail[arc]) + layer
    return arcs[::-1]
