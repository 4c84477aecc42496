"""Exact Pareto fronts of shortest paths in up to three integer criteria, all minimised.

Label setting in lexicographic order with lower bounds from backward searches, one per criterion
(as in NAMOA*; Mandow and Pérez de la Cruz 2010). As labels leave the heap in the order of the
first criterion, a label is dominated exactly if one that left before at the same node is not worse
in the other two (Pulido, Mandow and Pérez de la Cruz 2015): these pairs form a staircase per node,
searched by bisection. A label whose bound is covered by the front of the target is dropped.

Costs are integers, so that dominance is exact. Equal vectors are kept once: the first by order of
creation, which the order of arcs decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]

FAR = np.int64(1) << np.int64(60)


@njit(cache=True)
def _push(heap: Array, size: int, key: Array, item: int) -> None:
    """Put an item into a heap ordered by three keys, then by number; ``size`` before."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if not _before(key, item, heap[up]):
            break
        heap[at] = heap[up]
        at = up
    heap[at] = item


@njit(cache=True)
def _before(key: Array, a: int, b: int) -> bool:
    for k in range(3):
        if key[a, k] != key[b, k]:
            return bool(key[a, k] < key[b, k])
    return a < b


@njit(cache=True)
def _pop(heap: Array, size: int, key: Array) -> int:
    """Take the least item out of a heap; ``size`` before."""
    least = heap[0]
    last = heap[size - 1]
    size -= 1
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and _before(key, heap[down + 1], heap[down]):
            down += 1
        if not _before(key, heap[down], last):
            break
        heap[at] = heap[down]
        at = down
    heap[at] = last
    return int(least)


@njit(cache=True)
def _sift(heap: Array, place: Array, value: Array, at: int, node: int) -> None:
    """Move a node of an indexed heap up from ``at`` to where its value belongs."""
    while at > 0:
        up = (at - 1) >> 1
        if value[heap[up]] <= value[node]:
            break
        heap[at] = heap[up]
        place[heap[at]] = at
        at = up
    heap[at] = node
    place[node] = at


@njit(cache=True)
def _take(heap: Array, place: Array, value: Array, size: int) -> int:
    """Take the nearest node out of an indexed heap; ``size`` before."""
    least = heap[0]
    last = heap[size - 1]
    size -= 1
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and value[heap[down + 1]] < value[heap[down]]:
            down += 1
        if value[heap[down]] >= value[last]:
            break
        heap[at] = heap[down]
        place[heap[at]] = at
        at = down
    heap[at] = last
    place[last] = at
    place[least] = -2
    return int(least)


@njit(cache=True, nogil=True)
def bounds(
    back_first: Array, back_arc: Array, tail: Array, cost: Array, use: Array,
    target: Array, target_cost: Array,
) -> Array:  # fmt: skip
    """Return the least cost from every node to the targets, criterion by criterion: int64[N, 3].

    ``FAR`` where no target is reached. Parameters as for :func:`pareto`.
    """
    n = len(back_first) - 1
    bound = np.full((n, 3), FAR)
    heap = np.empty(n + 1, np.int64)
    place = np.empty(n, np.int64)
    value = np.empty(n, np.int64)
    for k in range(3):
        value[:] = FAR
        place[:] = -1
        size = 0
        for i in range(len(target)):
            node = target[i]
            if target_cost[i, k] < value[node]:
                value[node] = target_cost[i, k]
                if place[node] < 0:
                    place[node] = size
                    size += 1
                _sift(heap, place, value, place[node], node)
        while size > 0:
            node = _take(heap, place, value, size)
            size -= 1
            for position in range(back_first[node], back_first[node + 1]):
                arc = back_arc[position]
                if not use[arc]:
                    continue
                to = tail[arc]
                offer = value[node] + cost[arc, k]
                if offer < value[to]:
                    value[to] = offer
                    if place[to] == -1:
                        place[to] = size
                        size += 1
                    _sift(heap, place, value, place[to], to)
        bound[:, k] = value
    return bound


@njit(cache=True)
def _covered(pool: Array, start: int, size: int, x: int, y: int) -> bool:
    """Return whether a stair (x rising, y falling) is not above (x, y) in both."""
    low, high = start, start + size
    while low < high:
        middle = (low + high) >> 1
        if pool[middle, 0] <= x:
            low = middle + 1
        else:
            high = middle
    return low > start and pool[low - 1, 1] <= y


@njit(cache=True)
def _insert(pool: Array, start: int, size: int, x: int, y: int) -> int:
    """Put (x, y), which is not covered, into a staircase with room; return its new size."""
    low, high = start, start + size
    while low < high:
        middle = (low + high) >> 1
        if pool[middle, 0] < x:
            low = middle + 1
        else:
            high = middle
    end, stop = low, start + size
    while end < stop and pool[end, 1] >= y:
        end += 1
    if end == low:
        for i in range(stop, low, -1):
            pool[i, 0] = pool[i - 1, 0]
            pool[i, 1] = pool[i - 1, 1]
    else:
        for i in range(end, stop):
            pool[low + 1 + i - end, 0] = pool[i, 0]
            pool[low + 1 + i - end, 1] = pool[i, 1]
    pool[low, 0] = x
    pool[low, 1] = y
    return size + 1 - (end - low)


@njit(cache=True)
def _longer(values: Array) -> Array:
    """Return a copy with twice the rows."""
    shape = (2 * values.shape[0], values.shape[1])
    more = np.empty(shape, values.dtype)
    more[: values.shape[0]] = values
    return more


@njit(cache=True)
def _stair(stairs: Array, pool: Array, used: int, node: int, x: int, y: int) -> Any:
    """Put (x, y) into the staircase of a node, moving it where its room is full.

    ``stairs`` is int64[N + 1, 3]: start, size, room. Returns the pool and how much of it is used.
    """
    start, size, room = stairs[node]
    if size == room:
        more = max(4, 2 * room)
        while used + more > pool.shape[0]:
            pool = _longer(pool)
        pool[used : used + size] = pool[start : start + size]
        stairs[node, 0], stairs[node, 2] = used, more
        start = used
        used += more
    stairs[node, 1] = _insert(pool, start, size, x, y)
    return pool, used


@njit(cache=True)
def _beaten(pool: Array, stairs: Array, node: int, x: int, y: int) -> bool:
    """Return whether the front of the end, or the staircase of a node, covers (x, y)."""
    end = stairs.shape[0] - 1
    if _covered(pool, stairs[end, 0], stairs[end, 1], x, y):
        return True
    return node < end and _covered(pool, stairs[node, 0], stairs[node, 1], x, y)


@njit(cache=True)
def _room(key: Array, label: Array, heap: Array, n: int) -> Any:
    """Return the arrays of ``n`` labels with room for one more."""
    if n < key.shape[0]:
        return key, label, heap
    return _longer(key), _longer(label), np.concatenate((heap, heap))


@njit(cache=True)
def _expand(
    first: Array, head: Array, cost: Array, use: Array, bound: Array, end: Array,
    target_cost: Array, key: Array, label: Array, heap: Array, n_label: int, limit: int,
) -> Any:  # fmt: skip
    """Make labels from those in the heap until it is empty; the first ``n_label`` are there.

    ``end`` int64[N]: number of the target at a node, -1 none. Other parameters and what comes
    back as for :func:`pareto`.
    """
    n = len(first) - 1
    stairs = np.zeros((n + 1, 3), np.int64)
    pool = np.empty((1024, 2), np.int64)
    found = np.empty((64, 1), np.int64)
    n_heap, n_found, used = n_label, 0, 0
    while n_heap > 0:
        now = _pop(heap, n_heap, key)
        n_heap -= 1
        at = label[now, 0]
        x, y = key[now, 1], key[now, 2]
        if _beaten(pool, stairs, at, x, y):
            continue
        pool, used = _stair(stairs, pool, used, at, x, y)
        if at == n:
            if n_found == found.shape[0]:
                found = _longer(found)
            found[n_found, 0] = now
            n_found += 1
            continue
        # The first turn, arc -1, ends the way here where this node is a target.
        for arc in range(first[at] - 1, first[at + 1]):
            if arc < first[at]:
                if end[at] < 0:
                    continue
                to = n
                f0 = key[now, 0] - bound[at, 0] + target_cost[end[at], 0]
                f1 = x - bound[at, 1] + target_cost[end[at], 1]
                f2 = y - bound[at, 2] + target_cost[end[at], 2]
            else:
                to = head[arc]
                if not use[arc] or bound[to, 0] >= FAR:
                    continue
                f0 = key[now, 0] - bound[at, 0] + cost[arc, 0] + bound[to, 0]
                f1 = x - bound[at, 1] + cost[arc, 1] + bound[to, 1]
                f2 = y - bound[at, 2] + cost[arc, 2] + bound[to, 2]
            if _beaten(pool, stairs, to, f1, f2):
                continue
            if n_label >= limit:
                n_heap = -1
                break
            key, label, heap = _room(key, label, heap, n_label)
            key[n_label, 0], key[n_label, 1], key[n_label, 2] = f0, f1, f2
            label[n_label, 0], label[n_label, 1] = to, now
            label[n_label, 2] = arc if arc >= first[at] else -1
            _push(heap, n_heap, key, n_label)
            n_label += 1
            n_heap += 1
    last = found[:n_found, 0].copy()
    return (
        key[last], last, label[:n_label, 1].copy(), label[:n_label, 2].copy(),
        label[:n_label, 0].copy(), n_heap >= 0,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def front(
    first: Array, head: Array, cost: Array, use: Array, bound: Array, source: Array,
    source_cost: Array, target: Array, target_cost: Array, limit: int,
) -> Any:  # fmt: skip
    """Find the front as :func:`pareto` does, with the :func:`bounds` of its targets at hand."""
    end = np.full(len(first) - 1, -1, np.int64)
    for i in range(len(target)):
        end[target[i]] = i
    key = np.empty((1024, 3), np.int64)
    # node, label before, arc
    label = np.empty((1024, 3), np.int64)
    heap = np.empty(1024, np.int64)
    n_label = 0
    for i in range(len(source)):
        at = source[i]
        if bound[at, 0] < FAR:
            key, label, heap = _room(key, label, heap, n_label)
            key[n_label] = source_cost[i] + bound[at]
            label[n_label, 0], label[n_label, 1], label[n_label, 2] = at, -1, -1
            _push(heap, n_label, key, n_label)
            n_label += 1
    return _expand(
        first, head, cost, use, bound, end, target_cost, key, label, heap, n_label, limit
    )


@njit(cache=True)
def pareto(
    first: Array, head: Array, tail: Array, back_first: Array, back_arc: Array,
    cost: Array, use: Array, source: Array, source_cost: Array,
    target: Array, target_cost: Array, limit: int,
) -> Any:  # fmt: skip
    """Find every non-dominated cost vector of the ways from the sources to the targets.

    Parameters
    ----------
    first, head, tail
        int64[N + 1], int64[M], int64[M]: arcs by tail (CSR).
    back_first, back_arc
        int64[N + 1], int64[M]: the numbers of the arcs by head.
    cost
        int64[M, 3], 0 or more; zeros in a column that does not count.
    use
        bool[M]: the arcs that may be used.
    source, source_cost, target, target_cost
        int64[S], int64[S, 3], int64[T], int64[T, 3]: different nodes, and what is paid before and
        after; ends at one node both ways are a way without arcs.
    limit
        Most labels to make.

    Returns
    -------
    vectors : int64[F, 3], in lexicographic order
    last : int64[F], the last label of each way
    before, by : int64[L], label before (-1 first) and arc taken (-1 at the ends) of every label
    node : int64[L], node of every label; N is the end after a target
    complete : bool, False where the limit ended the search: the front is cut
    """
    bound = bounds(back_first, back_arc, tail, cost, use, target, target_cost)
    return front(first, head, cost, use, bound, source, source_cost, target, target_cost, limit)


@njit(cache=True, nogil=True)
def ways(before: Array, by: Array, last: Array) -> tuple[Array, Array]:
    """Return the arcs (CSR, in order of travel) of the ways to the labels ``last`` at the end."""
    stop = np.zeros(len(last) + 1, np.int64)
    for i in range(len(last)):
        label, n = before[last[i]], 0
        while before[label] >= 0:
            label = before[label]
            n += 1
        stop[i + 1] = stop[i] + n
    arcs = np.empty(stop[-1], np.int32)
    for i in range(len(last)):
        label, at = before[last[i]], stop[i + 1]
        while before[label] >= 0:
            at -= 1
            arcs[at] = by[label]
            label = before[label]
    return stop, arcs
