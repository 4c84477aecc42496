"""Shortest trees over two layers, one Dijkstra search per origin.

The rate of an arc depends on the kind of flow: domestic, import or export, transit. Which of
them holds in a country is known only when the destination is, so the search runs over states
(node, layer): in layer T (0) the trip may still leave the country it is in, in layer F (1) the
country of the destination is reached. State number = 2 * node + layer.

Ties are broken by state number in the heap and by arc number in the tree, so the same input
gives the same tree whatever the number of threads.

Source: Dijkstra (1959); indexed d-ary heap as in Johnson (1975), d = 4.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

TRANSIT = 0
IMPORT_EXPORT = 1
DOMESTIC = 2


@njit(cache=True, inline="always")
def _before(dist, a, b):  # type: ignore[no-untyped-def]
    """Heap order: smaller distance, then smaller state number."""
    return dist[a] < dist[b] or (dist[a] == dist[b] and a < b)


@njit(cache=True)
def _sift_up(heap, pos, dist, i):  # type: ignore[no-untyped-def]
    state = heap[i]
    while i > 0:
        parent = (i - 1) >> 2
        other = heap[parent]
        if not _before(dist, state, other):
            break
        heap[i] = other
        pos[other] = i
        i = parent
    heap[i] = state
    pos[state] = i


@njit(cache=True)
def _sift_down(heap, pos, dist, size, i):  # type: ignore[no-untyped-def]
    state = heap[i]
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        best = child
        for j in range(child + 1, min(child + 4, size)):
            if _before(dist, heap[j], heap[best]):
                best = j
        if not _before(dist, heap[best], state):
            break
        heap[i] = heap[best]
        pos[heap[i]] = i
        i = best
    heap[i] = state
    pos[state] = i


@njit(cache=True)
def _offer(state, cost, code, dist, pred, heap, pos, size):  # type: ignore[no-untyped-def]
    """Take the offered label if it is better; equal costs keep the smaller arc."""
    if pos[state] == -2:  # settled
        return size
    if cost < dist[state]:
        dist[state] = cost
        pred[state] = code
        if pos[state] == -1:
            heap[size] = state
            pos[state] = size
            size += 1
        _sift_up(heap, pos, dist, pos[state])
    elif cost == dist[state] and pred[state] > code:
        pred[state] = code
    return size


@njit(cache=True)
def tree(  # type: ignore[no-untyped-def]
    source_state,
    source_cost,
    origin_country,
    first_out,
    head,
    cost,
    arc_country,
    leaves,
    to_final,
    present,
    node_country,
    n_inner,
    target_state,
    dist,
    pred,
    heap,
    pos,
):
    """Grow one tree from weighted sources; fill ``dist`` and ``pred`` in place.

    Parameters
    ----------
    source_state, source_cost : int64[S], float64[S]
        Start states (2 * node + layer) and their starting costs.
    origin_country : int
        Country of the origin; decides between transit, import/export and domestic.
    first_out, head : int64[N + 1], int32[A]
        Arcs in CSR order of their tails.
    cost : float64[A, 3]
        Generalised cost per tonne as transit, import/export, domestic.
    arc_country, node_country : int16[A], int16[N]
        Country numbers, -1 at sea.
    leaves, to_final : bool[A]
        Flags; ``to_final`` marks arcs that may end the transit part (entering a country, or
        leaving the sea for a zone).
    present : uint8[A]
        Bit k set: the arc exists for flow kind k (0 transit, 1 import/export, 2 domestic); 7 for
        all, 0 for none. Presence is never told by a cost.
    n_inner : int
        Nodes from this number on are zones: a path ends there and never passes.
    target_state : int64[K]
        Stop when all are settled; empty: settle everything.
    dist, pred : float64[2N], int64[2N]
        Result: cost, and 2 * arc + layer of the arc's tail (-1 none).
    heap, pos : int64[2N]
        Scratch.
    """
    dist[:] = np.inf
    pred[:] = -1
    pos[:] = -1
    size = 0
    for k in range(source_state.shape[0]):
        s = source_state[k]
        if source_cost[k] < dist[s]:
            dist[s] = source_cost[k]
            if pos[s] == -1:
                heap[size] = s
                pos[s] = size
                size += 1
            _sift_up(heap, pos, dist, pos[s])
    open_targets = target_state.shape[0]
    while size > 0:
        s = heap[0]
        size -= 1
        pos[s] = -2
        if size > 0:
            heap[0] = heap[size]
            pos[heap[0]] = 0
            _sift_down(heap, pos, dist, size, 0)
        if open_targets > 0:
            for k in range(target_state.shape[0]):
                if target_state[k] == s:
                    open_targets -= 1
            if open_targets == 0:
                break
        u = s >> 1
        layer = s & 1
        if u >= n_inner and pred[s] >= 0:
            continue
        for a in range(first_out[u], first_out[u + 1]):
            allowed = present[a]
            if allowed == 0:
                continue
            v = head[a]
            c = arc_country[a]
            code = 2 * a + layer
            if layer == 1:
                kind = DOMESTIC if c >= 0 and c == origin_country else IMPORT_EXPORT
                if not leaves[a] and allowed >> kind & 1:
                    offer = dist[s] + cost[a, kind]
                    size = _offer(2 * v + 1, offer, code, dist, pred, heap, pos, size)
                continue
            kind = IMPORT_EXPORT if c < 0 or c == origin_country else TRANSIT
            if v < n_inner and allowed >> kind & 1:
                offer = dist[s] + cost[a, kind]
                size = _offer(2 * v, offer, code, dist, pred, heap, pos, size)
            if to_final[a]:
                if c >= 0 and c == node_country[v]:
                    kind = DOMESTIC if c == origin_country else IMPORT_EXPORT
                if allowed >> kind & 1:
                    offer = dist[s] + cost[a, kind]
                    size = _offer(2 * v + 1, offer, code, dist, pred, heap, pos, size)


@njit(cache=True, parallel=True)
def trees(  # type: ignore[no-untyped-def]
    origin,
    first_out,
    head,
    cost,
    arc_country,
    leaves,
    to_final,
    present,
    node_country,
    n_inner,
    n_block,
):
    """Grow the trees of several origin nodes, in parallel by origin.

    Parameters
    ----------
    origin : int64[O]
        Origin nodes; each starts in both layers at cost 0.
    first_out, head, cost, arc_country, leaves, to_final, present, node_country, n_inner
        As for :func:`tree`.
    n_block : int
        Number of blocks that the origins are dealt to; each has its own scratch. It changes
        memory and speed, never a result.

    Returns
    -------
    dist, pred : float64[O, 2N], int64[O, 2N]
    """
    n_states = 2 * node_country.shape[0]
    n_origin = origin.shape[0]
    dist = np.empty((n_origin, n_states))
    pred = np.empty((n_origin, n_states), np.int64)
    heap = np.empty((n_block, n_states), np.int64)
    pos = np.empty((n_block, n_states), np.int64)
    for b in prange(n_block):
        for i in range(b, n_origin, n_block):
            u = origin[i]
            source = np.empty(2, np.int64)
            source[0] = 2 * u
            source[1] = 2 * u + 1
            tree(
                source,
                np.zeros(2),
                node_country[u],
                first_out,
                head,
                cost,
                arc_country,
                leaves,
                to_final,
                present,
                node_country,
                n_inner,
                np.empty(0, np.int64),
                dist[i],
                pred[i],
                heap[b],
                pos[b],
            )
    return dist, pred
