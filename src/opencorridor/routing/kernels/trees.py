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
from numba import get_num_threads, njit, prange

TRANSIT = 0
IMPORT_EXPORT = 1
DOMESTIC = 2


def usual_blocks(n_origin: int) -> int:
    """Return a number of blocks that keeps all threads busy (no result depends on it)."""
    return max(1, min(n_origin, 4 * int(get_num_threads())))


@njit(cache=True)
def _sift_up(heap, key, pos, i, state, value):  # type: ignore[no-untyped-def]
    """Place a state at ``i`` or above; order: smaller key, then smaller state number."""
    while i > 0:
        parent = (i - 1) >> 2
        other = heap[parent]
        known = key[parent]
        if known < value or (known == value and other < state):
            break
        heap[i] = other
        key[i] = known
        pos[other] = i
        i = parent
    heap[i] = state
    key[i] = value
    pos[state] = i


@njit(cache=True)
def _sift_down(heap, key, pos, size, state, value):  # type: ignore[no-untyped-def]
    """Place a state at the top or below, in the same order."""
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        best = child
        low = key[child]
        for j in range(child + 1, min(child + 4, size)):
            if key[j] < low or (key[j] == low and heap[j] < heap[best]):
                best = j
                low = key[j]
        other = heap[best]
        if value < low or (value == low and state < other):
            break
        heap[i] = other
        key[i] = low
        pos[other] = i
        i = best
    heap[i] = state
    key[i] = value
    pos[state] = i


@njit(cache=True, inline="always")
def _offer(state, cost, code, dist, pred, heap, key, pos, size):  # type: ignore[no-untyped-def]
    """Take the offered label if it is better; equal costs keep the smaller arc."""
    known = dist[state]
    if cost < known:
        dist[state] = cost
        pred[state] = code
        at = pos[state]
        if at == -1:
            at = size
            size += 1
        _sift_up(heap, key, pos, at, state, cost)
    elif cost == known and pos[state] != -2 and pred[state] > code:
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
    key,
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
    heap, key, pos : int32[2N], float64[2N], int32[2N]
        Scratch: states in heap order, their keys, and where each state stands.
    """
    dist[:] = np.inf
    pred[:] = -1
    pos[:] = -1
    size = 0
    for k in range(source_state.shape[0]):
        s = source_state[k]
        if source_cost[k] < dist[s]:
            dist[s] = source_cost[k]
            at = pos[s]
            if at == -1:
                at = size
                size += 1
            _sift_up(heap, key, pos, at, s, source_cost[k])
    open_targets = target_state.shape[0]
    while size > 0:
        s = heap[0]
        size -= 1
        pos[s] = -2
        if size > 0:
            _sift_down(heap, key, pos, size, heap[size], key[size])
        if open_targets > 0:
            for k in range(target_state.shape[0]):
                if target_state[k] == s:
                    open_targets -= 1
            if open_targets == 0:
                break
        u = s >> 1
        layer = s & 1
        here = dist[s]
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
                    offer = here + cost[a, kind]
                    size = _offer(2 * v + 1, offer, code, dist, pred, heap, key, pos, size)
                continue
            kind = IMPORT_EXPORT if c < 0 or c == origin_country else TRANSIT
            if v < n_inner and allowed >> kind & 1:
                offer = here + cost[a, kind]
                size = _offer(2 * v, offer, code, dist, pred, heap, key, pos, size)
            if to_final[a]:
                if c >= 0 and c == node_country[v]:
                    kind = DOMESTIC if c == origin_country else IMPORT_EXPORT
                if allowed >> kind & 1:
                    offer = here + cost[a, kind]
                    size = _offer(2 * v + 1, offer, code, dist, pred, heap, key, pos, size)


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
    heap = np.empty((n_block, n_states), np.int32)
    key = np.empty((n_block, n_states))
    pos = np.empty((n_block, n_states), np.int32)
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
                key[b],
                pos[b],
            )
    return dist, pred
