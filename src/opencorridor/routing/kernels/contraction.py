"""Contraction hierarchies: nodes are taken out in rounds, the least important first.

Where the cheapest way between two neighbours ran over the node, an arc of the same cost is put in
(a shortcut), so costs between the nodes that are left never change. A shortcut is left out where
another way is found that costs no more (a witness). The nodes of one round are no neighbours of
each other and no witness passes any of them, so they are planned in parallel and the result does
not depend on the number of threads. What is left in the end, the core, is searched as it is.

Costs are 0 or more. Among ways of exactly equal cost the one found may differ from another
program's; the cost may not.

Source: Geisberger, Sanders, Schultes, Vetter, "Exact routing in large road networks using
contraction hierarchies", Transportation Science 46 (2012); rounds of independent nodes as in
Vetter, "Parallel time-dependent contraction hierarchies" (2009).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from opencorridor.routing.kernels.mesh import fits, leave, offer, roomier
from opencorridor.routing.kernels.witness import scratch, search

Array = NDArray[Any]

# Nodes are looked at in a round up to the weight that this share of those left do not pass. Lists
# longer than this on average end the rounds.
SHARE = 0.2
LONG = 128.0


@njit(cache=True)
def _plan(net, two_way, out, work, v, limit, pair):  # type: ignore[no-untyped-def]
    """Find the shortcuts that taking out v needs, as pairs of entries; return their number.

    Of a two-way network one of each two.
    """
    first, size, _, to, out_cost, _, in_cost, _, _ = net
    dist, stamp, wanted, mark = work[0], work[1], work[2], work[3]
    begin, end = first[v], first[v] + size[v]
    n = 0
    # Nodes with few neighbours come first and by the hundred thousand: a short look does there.
    most = min(limit, 6 * size[v])
    for i in range(begin, end):
        if in_cost[i] == np.inf:
            continue
        mark[0] += 1
        left = 0
        longest = 0.0
        start = i + 1 if two_way else begin
        for j in range(start, end):
            if j != i and out_cost[j] < np.inf:
                wanted[to[j]] = mark[0]
                longest = max(longest, out_cost[j])
                left += 1
        if left == 0:
            continue
        search(net, out, work, to[i], in_cost[i] + longest, most, left)
        for j in range(start, end):
            y = to[j]
            if wanted[y] != mark[0]:
                continue
            if not (stamp[y] == mark[0] and dist[y] <= in_cost[i] + out_cost[j]):
                pair[n, 0], pair[n, 1] = i - begin, j - begin
                n += 1
    return n


@njit(cache=True)
def _most_pairs(net, two_way, chosen):  # type: ignore[no-untyped-def]
    """Return where the pairs of each node chosen begin, if all were needed (int64[C + 1])."""
    at = np.zeros(chosen.shape[0] + 1, np.int64)
    for c in range(chosen.shape[0]):
        d = np.int64(net[1][chosen[c]])
        at[c + 1] = at[c] + (d * (d - 1) // 2 if two_way else d * (d - 1))
    return at


@njit(cache=True, parallel=True)
def _plans(net, two_way, out, work, chosen, at, limit):  # type: ignore[no-untyped-def]
    """Plan the going of all nodes chosen, in parallel.

    Parameters
    ----------
    net, two_way
        The mesh.
    out : bool[N]
        The nodes chosen, which no other way may pass.
    work
        From :func:`~.witness.scratch`; it has as many parts as are worked at in parallel.
    chosen, at : int32[C], int64[C + 1]
        The nodes and where their pairs begin.
    limit : int
        Nodes that one search may settle.

    Returns
    -------
    count, pair : int32[C], int32[at[C], 2]
        Number of shortcuts; the entry from and the entry to of each.
    """
    n_block = work[0].shape[0]
    count = np.zeros(chosen.shape[0], np.int32)
    pair = np.empty((at[chosen.shape[0]], 2), np.int32)
    for b in prange(n_block):
        mine = (work[0][b], work[1][b], work[2][b], work[3][b], work[4][b], work[5][b])
        for c in range(b, chosen.shape[0], n_block):
            count[c] = _plan(
                net, two_way, out, mine, chosen[c], limit, pair[at[c] : at[c + 1]]
            )  # fmt: skip
    return count, pair


@njit(cache=True)
def _weight(net, two_way, depth, v, n):  # type: ignore[no-untyped-def]
    """Return how soon v should go if that needs n shortcuts.

    First go nodes with few shortcuts for the arcs that go, and a shallow pyramid below them.
    """
    return (2.0 * n + 1.0) / (net[1][v] * (1.0 if two_way else 2.0) + 1.0) + 0.5 * depth[v]


@njit(cache=True)
def _glance(net, two_way, depth, share, weight, nodes):  # type: ignore[no-untyped-def]
    """Weigh nodes without a search: as if the share of their pairs known last were needed."""
    for v in nodes:
        d = np.float64(net[1][v])
        n = share[v] * d * (d - 1.0) * (0.5 if two_way else 1.0)
        weight[v] = _weight(net, two_way, depth, v, n)


@njit(cache=True)
def _choose(net, weight, nodes, bound):  # type: ignore[no-untyped-def]
    """Return the nodes up to a weight that no neighbour of theirs comes before (int32[C])."""
    first, size, _, to = net[:4]
    chosen = np.empty(nodes.shape[0], np.int32)
    n = 0
    for v in nodes:
        if weight[v] > bound:
            continue
        here = (v * 2654435761) & 0xFFFFFFFF
        best = True
        for k in range(first[v], first[v] + size[v]):
            y = to[k]
            if weight[y] < weight[v]:
                best = False
                break
            if weight[y] == weight[v]:
                there = (y * 2654435761) & 0xFFFFFFFF
                if there < here:
                    best = False
                    break
        if best:
            chosen[n] = v
            n += 1
    return chosen[:n]


@njit(cache=True)
def _take_out(net, two_way, plan, bound, state, child, n_arc):  # type: ignore[no-untyped-def]
    """Take out the nodes chosen whose weight proves to be within the bound.

    Parameters
    ----------
    net, two_way
        The mesh, changed in place.
    plan
        The nodes chosen, where their pairs begin, and what :func:`_plans` returned.
    bound : float
    state
        depth int32[N], share float64[N], weight float64[N], rank int32[N] (-1: still in),
        touched bool[N], n int64[3]: nodes gone, shortcuts,
        position in ``chosen`` to go on from.
    child : int32[room, 2]
        Filled: the two arcs of each shortcut.
    n_arc : int
        Number of the first shortcut.

    Returns
    -------
    bool
        Whether all were seen to; if not, the mesh or ``child`` needs more room.
    """
    first, size, _, to, out_cost, out_arc, in_cost, in_arc, _ = net
    depth, share, weight, rank, touched, n = state
    chosen, at, count, pair = plan
    for c in range(n[2], chosen.shape[0]):
        v = chosen[c]
        n[2] = c
        pairs = at[c + 1] - at[c]
        if pairs > 0:
            share[v] = count[c] / pairs
        weight[v] = _weight(net, two_way, depth, v, count[c])
        if weight[v] > bound:
            continue
        if not fits(net, v) or n[1] + count[c] > child.shape[0]:
            return False
        leave(net, v)
        begin = first[v]
        for p in range(at[c], at[c] + count[c]):
            a, b = begin + pair[p, 0], begin + pair[p, 1]
            child[n[1], 0], child[n[1], 1] = in_arc[a], out_arc[b]
            offer(net, to[a], to[b], in_cost[a] + out_cost[b], n_arc + n[1])
            n[1] += 1
        for k in range(begin, begin + size[v]):
            depth[to[k]] = max(depth[to[k]], depth[v] + 1)
            touched[to[k]] = True
        rank[v] = n[0]
        n[0] += 1
    n[2] = 0
    return True


def contract(
    net: tuple[Array, ...], two_way: bool, n_arc: int, core: int, limit: int, n_block: int
) -> tuple[tuple[Array, ...], Array, Array]:
    """Take nodes out in rounds until a core is left.

    Parameters
    ----------
    net, two_way
        A mesh from :mod:`opencorridor.routing.kernels.mesh`; the arrays are changed or replaced.
    n_arc : int
        Number of the first shortcut: one more than the last arc given.
    core : int
        Nodes to leave. More are left where lists have grown long: a search through short lists
        that avoids a node is cheaper than one without the node through long lists.
    limit : int
        Nodes that one search for another way may settle.
    n_block : int
        Parts worked at in parallel; no result depends on it.

    Returns
    -------
    net, rank, child
        The mesh: the lists of nodes taken out lead to nodes taken out later and to the core.
        ``rank`` int32[N], the order of going, -1 for the core. ``child`` int32[n, 2], the two
        arcs of each shortcut.
    """
    n = len(net[0])
    left = np.arange(n, dtype=np.int32)
    child = np.empty((len(net[3]) // 2 + 64, 2), np.int32)
    depth, share, weight = np.zeros(n, np.int32), np.full(n, 0.5), np.empty(n)
    rank, touched, done = np.full(n, -1, np.int32), np.zeros(n, np.bool_), np.zeros(3, np.int64)
    state = (depth, share, weight, rank, touched, done)
    out, work = np.zeros(n, np.bool_), scratch(n, limit, n_block)
    _glance(net, two_way, depth, share, weight, left)
    while len(left) > core and net[1][left].mean() <= LONG:
        at = int(SHARE * (len(left) - 1))
        bound = np.partition(weight[left], at)[at]
        chosen = _choose(net, weight, left, bound)
        out[chosen] = True
        first = _most_pairs(net, two_way, chosen)
        count, pair = _plans(net, two_way, out, work, chosen, first, limit)
        out[chosen] = False
        plan = (chosen, first, count, pair)
        while not _take_out(net, two_way, plan, bound, state, child, n_arc):
            net = roomier(net, two_way)
            child = np.concatenate((child, np.empty_like(child)))
        left = left[rank[left] < 0]
        near = np.flatnonzero(touched & (rank < 0))
        touched[:] = False
        _glance(net, two_way, depth, share, weight, near.astype(np.int32))
    return net, rank, child[: done[1]]
