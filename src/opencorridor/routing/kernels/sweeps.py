"""Trees on a hierarchy: a search that climbs and crosses the core, then one sweep down.

Nodes of a hierarchy are numbered so that the core comes first and every other node after all
those its arcs lead up to. A cheapest way climbs, crosses the core, and descends. The climb and the
core are one search by Dijkstra; after it, all that is left is to look once at each node in the
order of their numbers. Hierarchies hold only what lies above the ends of trips, so the sweep is
short. Each arc carries the sums of all quantities along the way it stands for, so one tree answers
for all of them.

Source: Delling, Goldberg, Nowatzyk, Werneck, "PHAST: hardware-accelerated shortest path trees"
(2013), restricted to targets as in Delling, Goldberg, Werneck, "Faster batched shortest paths in
road networks" (2011).
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange


@njit(cache=True)
def above(first, size, to, rank, ends):  # type: ignore[no-untyped-def]
    """Mark what lies above the ends of trips.

    Parameters
    ----------
    first, size, to
        Lists of neighbours from :mod:`opencorridor.routing.kernels.mesh`.
    rank : int32[N]
        Order of going; -1 for the core, all of which is marked.
    ends : int64[E]

    Returns
    -------
    bool[N]
    """
    marked = rank < 0
    stack = np.empty(rank.shape[0], np.int32)
    for end in ends:
        if marked[end]:
            continue
        stack[0] = end
        marked[end] = True
        top = 1
        while top > 0:
            top -= 1
            v = stack[top]
            for k in range(first[v], first[v] + size[v]):
                if not marked[to[k]]:
                    marked[to[k]] = True
                    stack[top] = to[k]
                    top += 1
    return marked


@njit(cache=True)
def _lift(heap, where, dist, i, v):  # type: ignore[no-untyped-def]
    """Move v up from place i of the heap to where no better node is below it."""
    d = dist[v]
    while i > 0:
        above = (i - 1) >> 2
        if not d < dist[heap[above]]:
            break
        heap[i] = heap[above]
        where[heap[i]] = i
        i = above
    heap[i], where[v] = v, i


@njit(cache=True)
def _sink(heap, where, dist, n, v):  # type: ignore[no-untyped-def]
    """Move v down from the top of the heap."""
    d = dist[v]
    i = 0
    while True:
        child = 4 * i + 1
        if child >= n:
            break
        best, least = child, dist[heap[child]]
        for j in range(child + 1, min(child + 4, n)):
            if dist[heap[j]] < least:
                best, least = j, dist[heap[j]]
        if not least < d:
            break
        heap[i] = heap[best]
        where[heap[i]] = i
        i = best
    heap[i], where[v] = v, i


@njit(cache=True)
def _climb(first, to, out_cost, out_row, work, source):  # type: ignore[no-untyped-def]
    """Search from one node over arcs that climb and arcs of the core.

    Each node is in the heap once: lists of the core are long, so that labels change often.
    """
    dist, came, row, _, heap, where = work
    dist[:] = np.inf
    came[:] = -1
    where[:] = -1
    dist[source], heap[0], where[source] = 0.0, source, 0
    n = 1
    while n > 0:
        u = heap[0]
        d = dist[u]
        n -= 1
        if n > 0:
            _sink(heap, where, dist, n, heap[n])
        for k in range(first[u], first[u + 1]):
            there = d + out_cost[k]
            y = to[k]
            if there < dist[y]:
                dist[y] = there
                came[y], row[y] = u, out_row[k]
                if where[y] < 0:
                    where[y] = n
                    n += 1
                _lift(heap, where, dist, where[y], y)


@njit(cache=True)
def _descend(first, to, in_cost, in_row, work, n_core):  # type: ignore[no-untyped-def]
    """Reach all other nodes, from the highest to the lowest."""
    dist, came, row = work[0], work[1], work[2]
    for v in range(n_core, dist.shape[0]):
        best, at = dist[v], -1
        for k in range(first[v], first[v + 1]):
            there = dist[to[k]] + in_cost[k]
            if there < best:
                best, at = there, k
        if at >= 0:
            dist[v] = best
            came[v], row[v] = to[at], in_row[at]


@njit(cache=True)
def _sum_to(target, work, quantity):  # type: ignore[no-untyped-def]
    """Sum the quantities from the source to a node, and to all nodes on the way."""
    came, row, total, stack = work[1], work[2], work[3], work[4]
    n_q = quantity.shape[1]
    v = target
    top = 0
    while np.isnan(total[v, 0]):
        stack[top] = v
        top += 1
        v = came[v]
    while top > 0:
        top -= 1
        y = stack[top]
        for q in range(n_q):
            total[y, q] = total[v, q] + quantity[row[y], q]
        v = y


@njit(cache=True, parallel=True)
def skim(lists, quantity, n_core, sources, targets, n_block):  # type: ignore[no-untyped-def]
    """Cheapest costs and the sums along those ways, from several nodes to several.

    Parameters
    ----------
    lists
        CSR: first int64[N + 1]; to int32[M], a node of the core or, for other nodes, one with a
        lower number; out_cost float64[M], out_row int32[M] of the arc to it, in_cost and in_row
        of the arc from it (infinite: none).
    quantity : float64[R, Q]
        By row.
    n_core : int
        Nodes of the core; they come first.
    sources, targets : int64[S], int64[T]
    n_block : int
        Parts worked at in parallel; no result depends on it.

    Returns
    -------
    cost, sums : float64[S, T], float64[Q, S, T]
        Infinite, and NaN, where there is no way.
    """
    first, to, out_cost, out_row, in_cost, in_row = lists
    n_node, n_q = first.shape[0] - 1, quantity.shape[1]
    n_source, n_target = sources.shape[0], targets.shape[0]
    cost = np.empty((n_source, n_target))
    sums = np.full((n_q, n_source, n_target), np.nan)
    for b in prange(n_block):
        work = (
            np.empty(n_node), np.empty(n_node, np.int32), np.empty(n_node, np.int32),
            np.empty((n_node, n_q)), np.empty(n_node, np.int32), np.empty(n_node, np.int32),
        )  # fmt: skip
        for s in range(b * n_source // n_block, (b + 1) * n_source // n_block):
            _climb(first, to, out_cost, out_row, work, sources[s])
            _descend(first, to, in_cost, in_row, work, n_core)
            for t in range(n_target):
                cost[s, t] = work[0][targets[t]]
            if n_q == 0:
                continue
            work[3][:, 0] = np.nan
            work[3][sources[s]] = 0.0
            for t in range(n_target):
                v = targets[t]
                if work[0][v] < np.inf:
                    _sum_to(v, work, quantity)
                    for q in range(n_q):
                        sums[q, s, t] = work[3][v, q]
    return cost, sums
