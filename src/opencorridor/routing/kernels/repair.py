"""Shortest trees kept from one set of costs to the next, and repaired.

A tree that was shortest before is labelled again under the new costs; every arc that now offers
less puts its head into a heap, and the search goes on from there alone. An empty tree is repaired
by a whole search, so one function serves for both. Costs are zero or more: labels then never fall
along an arc, in floating point too, so that arcs of cost 0, and cycles of them, do no harm.

Source: Dijkstra (1959); d-ary heap with decrease of keys as in Johnson (1975), d = 4; repair as in
Ramalingam and Reps (1996), with the labels of the old tree as upper bounds.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

_ONE, _TWO, _THREE = (
    np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB),
)  # fmt: skip


@njit(cache=True)
def number_of(a):  # type: ignore[no-untyped-def]
    """Return a well mixed number for an arc (splitmix64, Steele, Lea and Flood 2014)."""
    z = np.uint64(a + 1) * _ONE
    z = (z ^ (z >> np.uint64(30))) * _TWO
    z = (z ^ (z >> np.uint64(27))) * _THREE
    return z ^ (z >> np.uint64(31))


@njit(cache=True)
def repair_room(n_node):  # type: ignore[no-untyped-def]
    """Allocate what :func:`repair` works on.

    Returns
    -------
    tuple
        Labels float64[N], signatures of the ways uint64[N], heap int32[N], place in the heap
        int32[N] (-1: not in it), stack int32[N], seen bool[N].
    """
    return (
        np.full(n_node, np.inf),
        np.zeros(n_node, np.uint64),
        np.empty(n_node, np.int32),
        np.full(n_node, -1, np.int32),
        np.empty(n_node, np.int32),
        np.empty(n_node, np.bool_),
    )


@njit(cache=True)
def _rise(heap, place, dist, i, v):  # type: ignore[no-untyped-def]
    """Move node ``v`` from place ``i`` of the heap towards its top."""
    while i > 0:
        up = (i - 1) >> 2
        u = heap[up]
        if not (dist[v] < dist[u] or (dist[v] == dist[u] and v < u)):
            break
        heap[i] = u
        place[u] = i
        i = up
    heap[i] = v
    place[v] = i


@njit(cache=True)
def _take(heap, place, dist, size):  # type: ignore[no-untyped-def]
    """Take the top out of a heap of ``size`` nodes; return it."""
    top = heap[0]
    place[top] = -1
    size -= 1
    if size == 0:
        return top
    v = heap[size]
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        best = child
        for j in range(child + 1, min(child + 4, size)):
            a, b = heap[j], heap[best]
            if dist[a] < dist[b] or (dist[a] == dist[b] and a < b):
                best = j
        u = heap[best]
        if not (dist[u] < dist[v] or (dist[u] == dist[v] and u < v)):
            break
        heap[i] = u
        place[u] = i
        i = best
    heap[i] = v
    place[v] = i
    return top


@njit(cache=True)
def label(tail, cost, source, arc_in, room):  # type: ignore[no-untyped-def]
    """Fill labels and signatures along a tree; nodes outside it get infinity.

    A signature is the sum of a number per arc of the way, modulo 2^64: ways of the same arcs have
    equal ones, other ways by chance about once in 2^64, and the difference of two stands for the
    arcs that are not in both.
    """
    dist, sign, _, _, stack, seen = room
    seen[:] = False
    seen[source] = True
    dist[source] = 0.0
    sign[source] = np.uint64(0)
    for v in range(dist.shape[0]):
        n = 0
        u = np.int64(v)
        while not seen[u]:
            seen[u] = True
            stack[n] = u
            n += 1
            if arc_in[u] < 0:
                dist[u] = np.inf
                sign[u] = np.uint64(0)
                n -= 1
                break
            u = tail[arc_in[u]]
        while n > 0:
            n -= 1
            u = stack[n]
            a = arc_in[u]
            dist[u] = dist[tail[a]] + cost[a]
            sign[u] = sign[tail[a]] + number_of(a)


@njit(cache=True)
def repair(first, tail, head, cost, source, first_through, arc_in, room):  # type: ignore[no-untyped-def]
    """Make a tree the shortest one under these costs.

    Parameters
    ----------
    first, tail, head, cost : int64[N + 1], int32[A], int32[A], float64[A]
        Arcs sorted by tail, with their costs, 0 or more; an infinite cost closes an arc.
    source, first_through : int
        Origin; nodes below ``first_through`` are passed by no way (the origin may be left).
    arc_in : int32[N]
        Arc into each node of a tree out of ``source``, -1 for none; changed in place.
    room : tuple
        From :func:`repair_room`; holds the labels and signatures of the ways afterwards.
    """
    label(tail, cost, source, arc_in, room)
    dist, _, heap, place, _, _ = room
    size = 0
    changed = False
    for u in range(dist.shape[0]):
        if dist[u] == np.inf or (u < first_through and u != source):
            continue
        for a in range(first[u], first[u + 1]):
            v = head[a]
            if dist[u] + cost[a] < dist[v]:
                dist[v] = dist[u] + cost[a]
                arc_in[v] = a
                if place[v] < 0:
                    place[v] = size
                    size += 1
                _rise(heap, place, dist, place[v], v)
    # The same relaxation once more: as a function of its own it takes two fifths longer.
    while size > 0:
        changed = True
        u = _take(heap, place, dist, size)
        size -= 1
        if u < first_through and u != source:
            continue
        for a in range(first[u], first[u + 1]):
            v = head[a]
            if dist[u] + cost[a] < dist[v]:
                dist[v] = dist[u] + cost[a]
                arc_in[v] = a
                if place[v] < 0:
                    place[v] = size
                    size += 1
                _rise(heap, place, dist, place[v], v)
    if changed:
        label(tail, cost, source, arc_in, room)


@njit(cache=True)
def _repair_some(  # type: ignore[no-untyped-def]
    begin, end, first, tail, head, cost, extra, first_through, tree_class, source,
    tree_first, target, demand, arc_in, least, sign, need,
):  # fmt: skip
    """Do the work of :func:`repair_all` for some of the trees."""
    room = repair_room(first.shape[0] - 1)
    total = np.empty(cost.shape[0])
    kind = -1
    for k in range(begin, end):
        if tree_class[k] != kind:
            kind = tree_class[k]
            for a in range(total.shape[0]):
                total[a] = cost[a] + extra[kind, a]
        repair(first, tail, head, total, source[k], first_through, arc_in[k], room)
        carried = 0.0
        for w in range(tree_first[k], tree_first[k + 1]):
            least[w] = room[0][target[w]]
            sign[w] = room[1][target[w]]
            carried += demand[w] * least[w]
        need[k] = carried


@njit(cache=True)
def repair_all(  # type: ignore[no-untyped-def]
    first, tail, head, cost, extra, first_through, tree_class, source, tree_first, target, demand,
    arc_in, least, sign, need,
):  # fmt: skip
    """Make every tree the shortest one under these costs.

    Parameters
    ----------
    first, tail, head : int64[N + 1], int32[A], int32[A]
        Links sorted by tail.
    cost, extra : float64[A], float64[C, A]
        Cost by flow, and the cost of each class that does not hang on flow.
    first_through : int
        Nodes below are passed by no route.
    tree_class, source, tree_first : int32[T], int32[T], int64[T + 1]
        Class and origin of every tree; its first pair.
    target, demand : int32[W], float64[W]
        Destination and demand of every pair.
    arc_in : int32[T, N]
        The trees; changed.
    least, sign : float64[W], uint64[W]
        Cost and signature of the tree's way for every pair; filled.
    need : float64[T]
        Demand times least cost, by tree; filled.
    """
    _repair_some(
        0, source.shape[0], first, tail, head, cost, extra, first_through, tree_class, source,
        tree_first, target, demand, arc_in, least, sign, need,
    )  # fmt: skip


@njit(cache=True, parallel=True)
def repair_all_at_once(  # type: ignore[no-untyped-def]
    blocks, first, tail, head, cost, extra, first_through, tree_class, source, tree_first, target,
    demand, arc_in, least, sign, need,
):  # fmt: skip
    """Do the same in parallel; results do not hang on the number of blocks."""
    n = source.shape[0]
    for block in prange(blocks):
        _repair_some(
            block * n // blocks, (block + 1) * n // blocks, first, tail, head, cost, extra,
            first_through, tree_class, source, tree_first, target, demand, arc_in, least, sign,
            need,
        )  # fmt: skip
