"""Node contraction inside cells, compiled.

Method: contraction hierarchies (Geisberger, Sanders, Schultes, Delling 2008, "Contraction
Hierarchies: Faster and Simpler Hierarchical Routing in Road Networks", section 2), stopped before
shortcuts outgrow what they replace. All edges of a contracted node lie in one cell (one price per
km), so a shortcut, or a witness that makes it needless, holds for every positive price.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from opencorridor.network.kernels.heap import heap_pop, heap_push
from opencorridor.network.kernels.pieces import blocks, joined, members, nodes_of, pieces
from opencorridor.network.kernels.threads import threads_in_use

__all__ = ["contract", "push_down"]

Array = npt.NDArray[Any]


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _attach(net, e):  # type: ignore[no-untyped-def]
    """Hang edge e into the lists of both its ends (half edge 2e at u, 2e + 1 at v)."""
    first, nxt, ends = net[0], net[1], net[2]
    for side in range(2):
        h = 2 * e + side
        node = ends[h]
        nxt[h] = first[node]
        first[node] = h


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _tidy(net, node):  # type: ignore[no-untyped-def]
    """Drop dead half edges from the list of a node."""
    first, nxt, _, _, _, alive = net
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
def _edge_between(net, u, w, in_cell):  # type: ignore[no-untyped-def]
    """Return the live edge u-w of a cell, or -1."""
    first, nxt, ends, cell, _, alive = net
    h = first[u]
    while h >= 0:
        e = h >> 1
        if alive[e] and cell[e] == in_cell and ends[h ^ 1] == w:
            return e
        h = nxt[h]
    return -1


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _add(net, e, u, v, in_cell, length):  # type: ignore[no-untyped-def]
    """Put edge e between u and v unless one of its cell is there that is not longer."""
    _, _, ends, cell, km, alive = net
    ends[2 * e], ends[2 * e + 1] = u, v
    cell[e], km[e] = in_cell, length
    old = _edge_between(net, u, v, in_cell)
    if old >= 0:
        if km[old] <= length:
            return
        alive[old] = False
    alive[e] = True
    _attach(net, e)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _search(net, work, source, banned_node, banned_edge, in_cell, reach, limit, n_wanted):  # type: ignore[no-untyped-def]
    """Dijkstra by km inside one cell from ``source``; distances valid where ``stamp == mark``.

    Stops beyond ``reach`` km, after ``limit`` settled nodes, or when all wanted nodes (wanted[x]
    == mark) are settled. ``dist`` of an unsettled node is an upper bound, good as a witness too.
    """
    first, nxt, ends, cell, km, alive = net
    dist, stamp, marks, keys, items, wanted = work
    mark = marks[0]
    stamp[source] = mark
    dist[source] = 0.0
    size = heap_push(keys, items, 0, 0.0, source)
    settled = 0
    left = n_wanted
    while size > 0 and settled < limit and left > 0:
        d, x = keys[0], items[0]
        size = heap_pop(keys, items, size)
        if d > dist[x]:
            continue
        settled += 1
        if wanted[x] == mark:
            left -= 1
        h = first[x]
        while h >= 0:
            e, y = h >> 1, ends[h ^ 1]
            h = nxt[h]
            if not alive[e] or cell[e] != in_cell or e == banned_edge or y == banned_node:
                continue
            # What lies beyond the reach is no witness: it never gets a label.
            t = d + km[e]
            if t <= reach and (stamp[y] != mark or t < dist[y]):
                if size >= len(keys):
                    return
                stamp[y] = mark
                dist[y] = t
                size = heap_push(keys, items, size, t, y)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _neighbours(net, v, near, via):  # type: ignore[no-untyped-def]
    """Fill near/via with the neighbours and edges of v, by node number.

    Returns the degree; -1 if v has edges of two cells or more edges than ``near`` has room for.
    """
    first, nxt, ends, cell, _, alive = net
    n = 0
    h = first[v]
    while h >= 0:
        e, y = h >> 1, ends[h ^ 1]
        h = nxt[h]
        if not alive[e]:
            continue
        if n == len(near) or (n > 0 and cell[e] != cell[via[0]]):
            return -1
        # Sorted, so that the result does not depend on the order of the lists.
        j = n
        while j > 0 and near[j - 1] > y:
            near[j], via[j] = near[j - 1], via[j - 1]
            j -= 1
        near[j], via[j] = y, e
        n += 1
    return n


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _plan(net, work, found, v, limit):  # type: ignore[no-untyped-def]
    """Find the shortcuts that taking out v needs: pairs (cut_a, cut_b) of positions in ``near``.

    Returns degree, number of shortcuts, and edge difference: shortcuts added less edges removed
    (those that shortcuts replace included). Degree -1: v cannot be taken out.
    """
    cell, km = net[3], net[4]
    dist, stamp, marks, _, _, wanted = work
    near, via, cut_a, cut_b = found
    degree = _neighbours(net, v, near, via)
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
        _search(net, work, near[i], v, -1, in_cell, reach, limit, degree - 1 - i)
        for j in range(i + 1, degree):
            if stamp[near[j]] == mark and dist[near[j]] <= km[via[i]] + km[via[j]]:
                continue
            cut_a[cuts], cut_b[cuts] = i, j
            cuts += 1
            if _edge_between(net, near[i], near[j], in_cell) >= 0:
                replaced += 1
    return degree, cuts, cuts - replaced - degree


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _offer(net, work, found, queue, q, v, bound, limit):  # type: ignore[no-untyped-def]
    """Queue v by its edge difference if that is within the bound; return the queue's size.

    rank[v] holds the one valid entry of v; infinite: none.
    """
    keys, items, rank = queue
    degree, _, difference = _plan(net, work, found, v, limit)
    rank[v] = np.inf
    if degree >= 0 and difference <= bound:
        rank[v] = difference
        q = heap_push(keys, items, q, rank[v], v)
    return q


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _take_out(net, shortcut, found, v, degree, cuts, count):  # type: ignore[no-untyped-def]
    """Remove v, put the planned shortcuts in; return the new number of edges."""
    first, _, _, cell, km, alive = net
    via_node, child_a, child_b = shortcut
    near, via, cut_a, cut_b = found
    for i in range(degree):
        alive[via[i]] = False
    for i in range(cuts):
        a, b = via[cut_a[i]], via[cut_b[i]]
        via_node[count], child_a[count], child_b[count] = v, a, b
        _add(net, count, near[cut_a[i]], near[cut_b[i]], cell[a], km[a] + km[b])
        count += 1
    first[v] = -1
    for i in range(degree):
        _tidy(net, near[i])
    return count


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _prune(net, work, count, limit):  # type: ignore[no-untyped-def]
    """Drop edges, longest first, that have another way in their cell that is not longer."""
    _, _, ends, cell, km, alive = net
    dist, stamp, marks, _, _, wanted = work
    for e in np.argsort(-km[:count], kind="mergesort"):
        if not alive[e]:
            continue
        marks[0] += 1
        u, w = ends[2 * e], ends[2 * e + 1]
        wanted[w] = marks[0]
        _search(net, work, u, -1, e, cell[e], km[e], limit, 1)
        if stamp[w] == marks[0] and dist[w] <= km[e]:
            alive[e] = False


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _run(net, shortcut, work, found, queue, keep, gone, count, bound, limit):  # type: ignore[no-untyped-def]
    """Take nodes out by edge difference, least first; return the number of edges."""
    keys, items, rank = queue
    near = found[0]
    q = 0
    for v in range(len(keep)):
        if not keep[v]:
            q = _offer(net, work, found, queue, q, v, bound, limit)
    around = np.empty(len(near), np.int32)
    while q > 0:
        key, v = keys[0], items[0]
        q = heap_pop(keys, items, q)
        if gone[v] or key != rank[v]:
            continue
        degree, cuts, difference = _plan(net, work, found, v, limit)
        if degree < 0 or difference > bound:
            rank[v] = np.inf
            continue
        # Ties go to the lower number, so that no piece depends on what happens in another.
        behind = difference > key and q > 0
        if behind and (difference > keys[0] or (difference == keys[0] and v > items[0])):
            rank[v] = difference
            q = heap_push(keys, items, q, rank[v], v)
            continue
        if count + cuts > len(net[3]) or q + degree >= len(keys):
            break  # no room: what is left is exact all the same
        around[:degree] = near[:degree]
        count = _take_out(net, shortcut, found, v, degree, cuts, count)
        gone[v] = True
        for i in range(degree):
            if not keep[around[i]]:
                q = _offer(net, work, found, queue, q, around[i], bound, limit)
    return count


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _one(pool, node, edges, graph, keep, gone, bound, limit, max_degree):  # type: ignore[no-untyped-def]
    """Contract one piece: fill its pool, mark what is gone, return the number of its edges.

    In the pool nodes and edges are numbered within the piece, in their order in the whole.
    """
    ends, cell, km, via, child_a, child_b, alive = pool
    edge_u, edge_v, edge_cell, edge_km = graph
    m, n = len(edges), len(node)
    net = (np.full(n, -1, np.int32), np.full(len(ends), -1, np.int32), ends, cell, km, alive)
    for e in range(m):
        at = edges[e]
        u, v = np.searchsorted(node, edge_u[at]), np.searchsorted(node, edge_v[at])
        _add(net, e, u, v, edge_cell[at], edge_km[at])
    heap = 64 * limit + 64
    work = (np.empty(n), np.zeros(n, np.int64), np.zeros(1, np.int64), np.empty(heap),
            np.empty(heap, np.int32), np.zeros(n, np.int64))  # fmt: skip
    pairs = max_degree * max_degree
    found = (np.empty(max_degree, np.int32), np.empty(max_degree, np.int32),
             np.empty(pairs, np.int32), np.empty(pairs, np.int32))  # fmt: skip
    queue = (np.empty(16 * n + 16), np.empty(16 * n + 16, np.int32), np.full(n, np.inf))
    out = np.zeros(n, np.bool_)
    shortcut = (via, child_a, child_b)
    count = _run(net, shortcut, work, found, queue, keep[node], out, m, bound, limit)
    _prune(net, work, count, 4 * limit)
    for x in range(n):
        if out[x]:
            gone[node[x]] = True
    return count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator,unused-ignore]
def _some(which, start, whole, nodes, edges, graph, keep, gone, count, bound, limit, max_degree):  # type: ignore[no-untyped-def]
    """Contract the pieces of the given numbers, each in its own part of the pool."""
    ends, cell, km, via, child_a, child_b, alive = whole
    (node_first, node), (edge_first, edge) = nodes, edges
    for c in which:
        lo, hi = start[c], start[c + 1]
        pool = (ends[2 * lo : 2 * hi], cell[lo:hi], km[lo:hi], via[lo:hi], child_a[lo:hi],
                child_b[lo:hi], alive[lo:hi])  # fmt: skip
        count[c] = _one(
            pool, node[node_first[c] : node_first[c + 1]], edge[edge_first[c] : edge_first[c + 1]],
            graph, keep, gone, bound, limit, max_degree,
        )  # fmt: skip


def contract(
    edge_u: Array, edge_v: Array, edge_cell: Array, edge_km: Array, keep: Array,
    bound: int, limit: int, max_degree: int, n_block: int = 0
) -> tuple[Array, ...]:  # fmt: skip
    """Take nodes out of an undirected graph while the shortest km between the others stay.

    Pieces that do not touch each other are contracted in parallel.

    Parameters
    ----------
    edge_u, edge_v, edge_cell, edge_km
        Shape M, no loops; the shortest of parallel edges of one cell wins.
    keep
        Shape N: nodes that must stay (all nodes with an arc outside of these edges among them).
    bound
        A node goes only if shortcuts added less edges removed is at most this.
    limit, max_degree
        Settled nodes of one witness search; nodes with more edges stay.
    n_block
        Number of blocks that the pieces are dealt to, 0: one a thread; speed only.

    Returns
    -------
    ends, cell, km, via, child_a, child_b, alive, gone
        Pool of edges, the M given ones first: ``ends[2e], ends[2e + 1]`` are the nodes of edge e;
        a shortcut passes node ``via[e]`` by the earlier edges child_a (at its first end) and
        child_b; -1 for given edges. ``alive``: the edges that are left; ``gone``: the nodes out.
    """
    piece, n_piece = pieces(edge_u, edge_v, edge_cell, keep)
    edges = edge_first, _ = members(piece, n_piece)
    nodes = nodes_of(piece, n_piece, edge_u, edge_v)
    start = np.concatenate([[0], np.cumsum(6 * np.diff(edge_first) + 64)]).astype(np.int64)
    room = int(start[-1])
    ends, cell, km = np.empty(2 * room, np.int32), np.empty(room, np.int32), np.empty(room)
    via, child_a, child_b = (np.full(room, -1, np.int32) for _ in range(3))
    whole = ends, cell, km, via, child_a, child_b, np.zeros(room, bool)
    # Nodes without an edge are in no piece: nothing is lost with them.
    gone, count = ~keep, np.zeros(n_piece, np.int64)
    gone[edge_u], gone[edge_v] = False, False
    n_block = n_block or threads_in_use()
    first, dealt = members(blocks(np.diff(edge_first), n_block), n_block)
    graph = edge_u, edge_v, edge_cell, edge_km

    def work(which: Array) -> None:
        _some(which, start, whole, nodes, edges, graph, keep, gone, count, bound, limit,
              max_degree)  # fmt: skip

    with ThreadPoolExecutor(n_block) as threads:
        list(threads.map(work, np.split(dealt, first[1:-1])))
    return (*joined(whole, start, count, edges, nodes), gone)


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
