"""Node contraction inside cells, compiled.

Method: contraction hierarchies (Geisberger, Sanders, Schultes, Delling 2008, "Contraction
Hierarchies: Faster and Simpler Hierarchical Routing in Road Networks", section 2), stopped before
shortcuts outgrow what they replace. All edges of a contracted node lie in one cell (one price per
km), so a shortcut, or a witness that makes it needless, holds for every positive price.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["contract", "push_down"]

Array = npt.NDArray[Any]
_FAR = np.inf


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _heap_push(keys, items, size, key, item):  # type: ignore[no-untyped-def]
    """Add to a binary heap ordered by (key, item); return the new size."""
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if keys[parent] < key or (keys[parent] == key and items[parent] <= item):
            break
        keys[i] = keys[parent]
        items[i] = items[parent]
        i = parent
    keys[i] = key
    items[i] = item
    return size + 1


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _heap_pop(keys, items, size):  # type: ignore[no-untyped-def]
    """Remove the top (read it first); return the new size."""
    size -= 1
    key, item = keys[size], items[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        right = child + 1
        if right < size and (
            keys[right] < keys[child]
            or (keys[right] == keys[child] and items[right] < items[child])
        ):
            child = right
        if key < keys[child] or (key == keys[child] and item <= items[child]):
            break
        keys[i] = keys[child]
        items[i] = items[child]
        i = child
    keys[i] = key
    items[i] = item
    return size


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _attach(first, nxt, ends, e):  # type: ignore[no-untyped-def]
    """Hang edge e into the lists of both its ends (half edge 2e at u, 2e + 1 at v)."""
    for side in range(2):
        h = 2 * e + side
        node = ends[h]
        nxt[h] = first[node]
        first[node] = h


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _tidy(node, first, nxt, alive):  # type: ignore[no-untyped-def]
    """Drop dead half edges from the list of a node."""
    last = -1
    h = first[node]
    while h >= 0:
        if alive[h >> 1]:
            if last < 0:
                first[node] = h
            else:
                nxt[last] = h
            last = h
        h = nxt[h]
    if last < 0:
        first[node] = -1
    else:
        nxt[last] = -1


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _search(  # type: ignore[no-untyped-def]
    source, banned_node, banned_edge, in_cell, reach, limit,
    first, nxt, ends, cell, km, alive, dist, stamp, mark, keys, items, wanted, n_wanted
):  # fmt: skip
    """Dijkstra by km inside one cell from ``source``; distances valid where ``stamp == mark``.

    Stops beyond ``reach`` km, after ``limit`` settled nodes, or when all wanted nodes (wanted[x]
    == mark) are settled. ``dist`` of an unsettled node is an upper bound, good as a witness too.
    """
    stamp[source] = mark
    dist[source] = 0.0
    size = _heap_push(keys, items, 0, 0.0, source)
    settled = 0
    left = n_wanted
    while size > 0 and settled < limit and left > 0:
        d, x = keys[0], items[0]
        size = _heap_pop(keys, items, size)
        if d > dist[x]:
            continue
        if d > reach:
            break
        settled += 1
        if wanted[x] == mark:
            left -= 1
        h = first[x]
        while h >= 0:
            e = h >> 1
            if alive[e] and cell[e] == in_cell and e != banned_edge:
                y = ends[h ^ 1]
                if y != banned_node:
                    t = d + km[e]
                    if stamp[y] != mark or t < dist[y]:
                        if size >= len(keys):
                            return
                        stamp[y] = mark
                        dist[y] = t
                        size = _heap_push(keys, items, size, t, y)
            h = nxt[h]


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _neighbours(v, first, nxt, ends, alive, cell, near, via, max_degree):  # type: ignore[no-untyped-def]
    """Fill near/via with the neighbours and edges of v.

    Returns the degree; -1 if v has edges of two cells or more than ``max_degree`` edges.
    """
    n = 0
    h = first[v]
    while h >= 0:
        e = h >> 1
        if alive[e]:
            if n == max_degree or (n > 0 and cell[e] != cell[via[0]]):
                return -1
            near[n] = ends[h ^ 1]
            via[n] = e
            n += 1
        h = nxt[h]
    # In the order of node numbers, so that the result does not depend on the lists.
    for i in range(1, n):
        a, b = near[i], via[i]
        j = i - 1
        while j >= 0 and near[j] > a:
            near[j + 1] = near[j]
            via[j + 1] = via[j]
            j -= 1
        near[j + 1] = a
        via[j + 1] = b
    return n


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _edge_between(u, w, in_cell, first, nxt, ends, alive, cell):  # type: ignore[no-untyped-def]
    """Return the live edge u-w of a cell, or -1."""
    h = first[u]
    while h >= 0:
        e = h >> 1
        if alive[e] and cell[e] == in_cell and ends[h ^ 1] == w:
            return e
        h = nxt[h]
    return -1


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _plan(  # type: ignore[no-untyped-def]
    v, limit, first, nxt, ends, cell, km, alive, dist, stamp, marks, keys, items, wanted,
    near, via, max_degree, cut_a, cut_b
):  # fmt: skip
    """Find the shortcuts that taking out v needs: pairs (cut_a, cut_b) of positions in ``near``.

    Returns degree, number of shortcuts, number of edges that shortcuts replace; degree -1: v
    cannot be taken out.
    """
    degree = _neighbours(v, first, nxt, ends, alive, cell, near, via, max_degree)
    cuts = 0
    replaced = 0
    for i in range(degree - 1):
        marks[0] += 1
        mark = marks[0]
        reach = 0.0
        for j in range(i + 1, degree):
            wanted[near[j]] = mark
            reach = max(reach, km[via[i]] + km[via[j]])
        in_cell = cell[via[0]]
        _search(near[i], v, -1, in_cell, reach, limit, first, nxt, ends, cell, km, alive,
                dist, stamp, mark, keys, items, wanted, degree - 1 - i)  # fmt: skip
        for j in range(i + 1, degree):
            if stamp[near[j]] == mark and dist[near[j]] <= km[via[i]] + km[via[j]]:
                continue
            cut_a[cuts] = i
            cut_b[cuts] = j
            cuts += 1
            if _edge_between(near[i], near[j], in_cell, first, nxt, ends, alive, cell) >= 0:
                replaced += 1
    return degree, cuts, replaced


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def contract(  # type: ignore[no-untyped-def]
    n: int, edge_u: Array, edge_v: Array, edge_cell: Array, edge_km: Array, keep: Array,
    bound: int, limit: int, max_degree: int
) -> tuple[Array, ...]:  # fmt: skip
    """Take nodes out of an undirected graph while the shortest km between the others stay.

    Parameters
    ----------
    n
        Number of nodes.
    edge_u, edge_v, edge_cell, edge_km
        Shape M, no loops; the shortest of parallel edges of one cell wins.
    keep
        Shape n: nodes that must stay (all nodes with an arc outside of these edges among them).
    bound
        A node goes only if shortcuts added less edges removed is at most this.
    limit, max_degree
        Settled nodes of one witness search; nodes with more edges stay.

    Returns
    -------
    ends, cell, km, via, child_a, child_b, alive, gone
        Pool of edges, the M given ones first: ``ends[2e], ends[2e + 1]`` are the nodes of edge e;
        a shortcut passes node ``via[e]`` by the earlier edges child_a (at its first end) and
        child_b; -1 for given edges. ``alive``: the edges that are left; ``gone``: the nodes out.
    """
    m = len(edge_u)
    room = 6 * m + 64
    ends = np.empty(2 * room, np.int32)
    cell = np.empty(room, np.int32)
    km = np.empty(room, np.float64)
    via_node = np.full(room, -1, np.int32)
    child_a = np.full(room, -1, np.int32)
    child_b = np.full(room, -1, np.int32)
    alive = np.zeros(room, np.bool_)
    first = np.full(n, -1, np.int32)
    nxt = np.full(2 * room, -1, np.int32)
    count = m
    for e in range(m):
        ends[2 * e], ends[2 * e + 1] = edge_u[e], edge_v[e]
        cell[e], km[e] = edge_cell[e], edge_km[e]
        old = _edge_between(edge_u[e], edge_v[e], edge_cell[e], first, nxt, ends, alive, cell)
        if old >= 0:
            if km[old] <= km[e]:
                continue
            alive[old] = False
        alive[e] = True
        _attach(first, nxt, ends, e)

    dist = np.empty(n, np.float64)
    stamp = np.zeros(n, np.int64)
    wanted = np.zeros(n, np.int64)
    marks = np.zeros(1, np.int64)
    keys = np.empty(64 * limit + 64, np.float64)
    items = np.empty(64 * limit + 64, np.int32)
    near = np.empty(max_degree, np.int32)
    via = np.empty(max_degree, np.int32)
    cut_a = np.empty(max_degree * max_degree, np.int32)
    cut_b = np.empty(max_degree * max_degree, np.int32)
    gone = np.zeros(n, np.bool_)
    # Queue of (edge difference, node); a node's valid entry is that which equals rank[node].
    rank = np.full(n, _FAR)
    q_keys = np.empty(16 * n + 16, np.float64)
    q_items = np.empty(16 * n + 16, np.int32)
    q = 0
    for v in range(n):
        if keep[v]:
            continue
        degree, cuts, replaced = _plan(
            v, limit, first, nxt, ends, cell, km, alive, dist, stamp, marks, keys, items, wanted,
            near, via, max_degree, cut_a, cut_b)  # fmt: skip
        if degree >= 0 and cuts - replaced - degree <= bound:
            rank[v] = cuts - replaced - degree
            q = _heap_push(q_keys, q_items, q, rank[v], v)

    around = np.empty(max_degree, np.int32)
    while q > 0:
        key, v = q_keys[0], q_items[0]
        q = _heap_pop(q_keys, q_items, q)
        if gone[v] or key != rank[v]:
            continue
        degree, cuts, replaced = _plan(
            v, limit, first, nxt, ends, cell, km, alive, dist, stamp, marks, keys, items, wanted,
            near, via, max_degree, cut_a, cut_b)  # fmt: skip
        if degree < 0 or cuts - replaced - degree > bound:
            rank[v] = _FAR
            continue
        if cuts - replaced - degree > key and q > 0 and cuts - replaced - degree > q_keys[0]:
            rank[v] = cuts - replaced - degree
            q = _heap_push(q_keys, q_items, q, rank[v], v)
            continue
        if count + cuts > room or q + degree >= len(q_keys):
            break
        for i in range(degree):
            around[i] = near[i]
            alive[via[i]] = False
        for i in range(cuts):
            a, b = near[cut_a[i]], near[cut_b[i]]
            ea, eb = via[cut_a[i]], via[cut_b[i]]
            old = _edge_between(a, b, cell[ea], first, nxt, ends, alive, cell)
            if old >= 0:
                alive[old] = False
            ends[2 * count], ends[2 * count + 1] = a, b
            cell[count], km[count] = cell[ea], km[ea] + km[eb]
            via_node[count], child_a[count], child_b[count] = v, ea, eb
            alive[count] = True
            _attach(first, nxt, ends, count)
            count += 1
        gone[v] = True
        first[v] = -1
        for i in range(degree):
            _tidy(around[i], first, nxt, alive)
        for i in range(degree):
            w = around[i]
            if keep[w]:
                continue
            d, c, r = _plan(
                w, limit, first, nxt, ends, cell, km, alive, dist, stamp, marks, keys, items,
                wanted, near, via, max_degree, cut_a, cut_b)  # fmt: skip
            rank[w] = _FAR
            if d >= 0 and c - r - d <= bound:
                rank[w] = c - r - d
                q = _heap_push(q_keys, q_items, q, rank[w], w)

    _prune(n, count, 4 * limit, first, nxt, ends, cell, km, alive, dist, stamp, marks, keys, items,
           wanted)  # fmt: skip
    return (ends[: 2 * count], cell[:count], km[:count], via_node[:count], child_a[:count],
            child_b[:count], alive[:count], gone)  # fmt: skip


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _prune(  # type: ignore[no-untyped-def]
    n, count, limit, first, nxt, ends, cell, km, alive, dist, stamp, marks, keys, items, wanted
):  # fmt: skip
    """Drop edges, longest first, that have another way in their cell that is not longer."""
    for e in np.argsort(-km[:count], kind="mergesort"):
        if not alive[e]:
            continue
        marks[0] += 1
        u, w = ends[2 * e], ends[2 * e + 1]
        wanted[w] = marks[0]
        _search(u, -1, e, cell[e], km[e], limit, first, nxt, ends, cell, km, alive, dist, stamp,
                marks[0], keys, items, wanted, 1)  # fmt: skip
        if stamp[w] == marks[0] and dist[w] <= km[e]:
            alive[e] = False


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def push_down(ends, via, child_a, child_b, forth, back):  # type: ignore[no-untyped-def]
    """Hand the load of shortcuts down to the edges that they stand for, in place.

    Parameters
    ----------
    ends, via, child_a, child_b
        The pool of ``contract``.
    forth, back
        Shape pool: load of each edge from its first to its second end, and the other way.
    """
    for e in range(len(via) - 1, -1, -1):
        if child_a[e] < 0:
            continue
        # First child lies between the first end and via, second between via and the second end.
        for k in range(2):
            child = child_a[e] if k == 0 else child_b[e]
            start = ends[2 * e] if k == 0 else via[e]
            if ends[2 * child] == start:
                forth[child] += forth[e]
                back[child] += back[e]
            else:
                forth[child] += back[e]
                back[child] += forth[e]
        forth[e] = 0.0
        back[e] = 0.0
