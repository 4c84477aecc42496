"""A network that nodes are taken out of: the list of neighbours of each node, kept whole.

An entry of node u names a neighbour and holds the cheapest arc to it and the cheapest from it
(infinite: none). Where every arc has an equal one back (``two_way``) the two directions share
their arrays, so that each is stored, and worked out, once.

The lists of nodes taken out stay as they were at that moment: together they are the hierarchy.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]

# A mesh: where the list of a node begins, its length, the space it has; of each entry the
# neighbour, cost and arc to it, cost and arc from it; one number: entries in use.


@njit(cache=True)
def blank(n_node, room, two_way):  # type: ignore[no-untyped-def]
    """Make a mesh without entries that has room for some."""
    out_cost, out_arc = np.empty(room), np.empty(room, np.int32)
    in_cost = out_cost if two_way else np.empty(room)
    in_arc = out_arc if two_way else np.empty(room, np.int32)
    return (
        np.zeros(n_node, np.int64), np.zeros(n_node, np.int32), np.zeros(n_node, np.int32),
        np.empty(room, np.int32), out_cost, out_arc, in_cost, in_arc, np.zeros(1, np.int64),
    )  # fmt: skip


@njit(cache=True)
def mesh(n_node, tail, head, cost, two_way):  # type: ignore[no-untyped-def]
    """Make a mesh of arcs, loops left out.

    Parameters
    ----------
    n_node : int
    tail, head, cost : int32[A], int32[A], float64[A]
        Arcs in any order; of parallel ones the cheapest counts, of equal ones the first.
    two_way : bool
        Every arc has one back, equal in all (:func:`~.chains.symmetric`).

    Returns
    -------
    tuple of arrays
        The mesh.
    """
    space = np.zeros(n_node, np.int32)
    for a in range(tail.shape[0]):
        if tail[a] != head[a] and (not two_way or tail[a] < head[a]):
            space[tail[a]] += 1
            space[head[a]] += 1
    # A node has at most as many neighbours as arcs; taking out one with two adds none to them.
    net = blank(n_node, space.sum(), two_way)
    for v in range(n_node):
        net[0][v] = net[8][0]
        net[2][v] = space[v]
        net[8][0] += space[v]
    for a in range(tail.shape[0]):
        if tail[a] != head[a] and (not two_way or tail[a] < head[a]):
            offer(net, tail[a], head[a], cost[a], a)
    return net


@njit(cache=True)
def _place(net, u, v):  # type: ignore[no-untyped-def]
    """Return the entry of v in the list of u, made where there is none.

    The caller has seen to room (:func:`fits`).
    """
    first, size, space, to, out_cost, out_arc, in_cost, in_arc, used = net
    at = first[u]
    for k in range(at, at + size[u]):
        if to[k] == v:
            return k
    if size[u] == space[u]:
        start = used[0]
        space[u] = 2 * space[u] + 2
        used[0] += space[u]
        for k in range(size[u]):
            to[start + k] = to[at + k]
            out_cost[start + k], out_arc[start + k] = out_cost[at + k], out_arc[at + k]
            in_cost[start + k], in_arc[start + k] = in_cost[at + k], in_arc[at + k]
        first[u] = at = start
    k = at + size[u]
    size[u] += 1
    to[k] = v
    out_cost[k], out_arc[k] = np.inf, -1
    in_cost[k], in_arc[k] = np.inf, -1
    return k


@njit(cache=True)
def offer(net, u, v, cost, arc):  # type: ignore[no-untyped-def]
    """Put in an arc from u to v unless one at most as costly is there."""
    k = _place(net, u, v)
    if net[4][k] <= cost:
        return
    net[4][k], net[5][k] = cost, arc
    k = _place(net, v, u)
    net[6][k], net[7][k] = cost, arc


@njit(cache=True)
def leave(net, v):  # type: ignore[no-untyped-def]
    """Take v out of the lists of its neighbours; its own list stays."""
    first, size, _, to, out_cost, out_arc, in_cost, in_arc, _ = net
    for i in range(first[v], first[v] + size[v]):
        y = to[i]
        k, last = first[y], first[y] + size[y] - 1
        while to[k] != v:
            k += 1
        to[k] = to[last]
        out_cost[k], out_arc[k] = out_cost[last], out_arc[last]
        in_cost[k], in_arc[k] = in_cost[last], in_arc[last]
        size[y] -= 1


@njit(cache=True)
def fits(net, v):  # type: ignore[no-untyped-def]
    """Tell whether there is room for all shortcuts that taking out v may need."""
    first, size, space, to = net[:4]
    need = 0
    for i in range(first[v], first[v] + size[v]):
        if size[to[i]] + size[v] > space[to[i]]:
            need += 4 * (size[to[i]] + size[v]) + 4
    return net[8][0] + need <= to.shape[0]


def roomier(net: tuple[Array, ...], two_way: bool) -> tuple[Array, ...]:
    """Return the mesh with twice the space."""
    more = [np.concatenate((a, np.empty_like(a))) for a in net[3 : 6 if two_way else 8]]
    if two_way:
        more += more[1:3]
    return (*net[:3], *more, net[8])


@njit(cache=True)
def packed(net, number, two_way, room):  # type: ignore[no-untyped-def]
    """Copy the nodes that have a number, in the order of their numbers, their lists in a row.

    Parameters
    ----------
    net, two_way
        The mesh.
    number : int32[N]
        New numbers 0 to K - 1; -1 leaves out. Entries that name nodes left out are dropped.
    room : int
        Space to have for each entry copied.

    Returns
    -------
    tuple of arrays
        A mesh of K nodes.
    """
    first, size, _, to, out_cost, out_arc, in_cost, in_arc, _ = net
    count = 0
    for v in range(number.shape[0]):
        count = max(count, number[v] + 1)
    node = np.empty(count, np.int64)
    entries = 0
    for v in range(number.shape[0]):
        if number[v] >= 0:
            node[number[v]] = v
            entries += size[v]
    new = blank(count, room * entries, two_way)
    n = 0
    for v in range(count):
        new[0][v] = n
        for k in range(first[node[v]], first[node[v]] + size[node[v]]):
            if number[to[k]] >= 0:
                new[3][n] = number[to[k]]
                new[4][n], new[5][n] = out_cost[k], out_arc[k]
                new[6][n], new[7][n] = in_cost[k], in_arc[k]
                n += 1
        new[1][v] = new[2][v] = n - new[0][v]
    new[8][0] = n
    return new
