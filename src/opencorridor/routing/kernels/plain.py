"""The two-layer search without a compiler: for one tree it is done before numba is imported.

Same states, costs, ties and results as :func:`opencorridor.routing.kernels.trees.tree`; a test
holds both together.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _moves(
    first_out: Array,
    head: Array,
    cost: Array,
    arc_country: Array,
    leaves: Array,
    to_final: Array,
    present: Array,
    node_country: Array,
    n_inner: int,
    origin_country: int,
) -> tuple[list[int], list[int], list[float], list[int]]:
    """Return every move as CSR over states: first, state reached, cost, 2 * arc + layer."""
    arc = np.arange(len(head))
    tail = np.repeat(np.arange(len(first_out) - 1), np.diff(first_out))
    home = arc_country == origin_country
    water = arc_country < 0
    transit = np.where(water | home, 1, 0)
    final = np.where(home & ~water, 2, 1)
    entering = np.where(~water & (arc_country == node_country[head]), final, transit)
    parts = []
    for layer, layer_to, kind, may in (
        (0, 0, transit, head < n_inner),
        (0, 1, entering, to_final),
        (1, 1, final, ~leaves),
    ):
        on = np.flatnonzero(may & (present.astype(np.int64) >> kind & 1).astype(bool))
        parts.append(
            (
                2 * tail[on] + layer,
                2 * head[on].astype(np.int64) + layer_to,
                cost[on, kind[on]],
                2 * arc[on] + layer,
            )
        )
    start, end, price, code = (np.concatenate(p) for p in zip(*parts, strict=True))
    order = np.argsort(start, kind="stable")
    first = np.searchsorted(start[order], np.arange(2 * len(node_country) + 1))
    return first.tolist(), end[order].tolist(), price[order].tolist(), code[order].tolist()


def tree(
    source_state: Array,
    source_cost: Array,
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
    target_state: Array,
) -> tuple[Array, Array]:
    """Grow one tree; parameters as for :func:`opencorridor.routing.kernels.trees.tree`.

    Returns
    -------
    dist, pred : float64[2N], int64[2N]
    """
    first, end, price, code = _moves(
        first_out, head, cost, arc_country, leaves, to_final, present, node_country, n_inner,
        origin_country,
    )  # fmt: skip
    n = 2 * len(node_country)
    infinite = float("inf")
    dist = [infinite] * n
    pred = [-1] * n
    done = bytearray(n)
    heap: list[tuple[float, int]] = []
    for state, value in zip(source_state.tolist(), source_cost.tolist(), strict=True):
        if value < dist[state]:
            dist[state] = value
            heappush(heap, (value, state))
    waiting = set(target_state.tolist())
    stop = bool(waiting)
    while heap:
        value, state = heappop(heap)
        if done[state]:
            continue
        done[state] = 1
        if stop and state in waiting:
            waiting.remove(state)
            if not waiting:
                break
        if state >= 2 * n_inner and pred[state] >= 0:
            continue
        for k in range(first[state], first[state + 1]):
            to = end[k]
            offer = value + price[k]
            known = dist[to]
            if offer < known:
                dist[to] = offer
                pred[to] = code[k]
                heappush(heap, (offer, to))
            elif offer == known and pred[to] > code[k] and not done[to]:
                pred[to] = code[k]
    return np.array(dist), np.array(pred, np.int64)
