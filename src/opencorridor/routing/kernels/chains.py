"""What no trip needs a choice at: nodes with at most two neighbours are taken out first.

Of a raw network of roads these are half of all nodes. Costs between the nodes that are left do not
change, and a shortcut carries the sums of the arcs that it stands for.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from opencorridor.routing.kernels.mesh import leave, offer


@njit(cache=True)
def symmetric(n_node, tail, head, cost, quantity):  # type: ignore[no-untyped-def]
    """Tell whether every arc has one back that costs and sums to the same."""
    first = np.full(n_node, -1, np.int32)
    follow = np.empty(tail.shape[0], np.int32)
    for a in range(tail.shape[0]):
        follow[a], first[tail[a]] = first[tail[a]], a
    for a in range(tail.shape[0]):
        found = tail[a] == head[a]
        b = first[head[a]]
        while b >= 0 and not found:
            if head[b] == tail[a] and cost[b] == cost[a]:
                found = True
                for k in range(quantity.shape[1]):
                    found &= quantity[a, k] == quantity[b, k]
            b = follow[b]
        if not found:
            return False
    return True


@njit(cache=True)
def straighten(net, two_way, keep, gone, child, n_arc):  # type: ignore[no-untyped-def]
    """Take out nodes with at most two neighbours until none is left but those to keep.

    Parameters
    ----------
    net, two_way
        A mesh as made by :func:`mesh`; changed in place.
    keep, gone : bool[N]
        Nodes that stay: the ends of trips. Filled: the nodes taken out.
    child : int32[2N, 2]
        Filled: the two arcs in a row that a shortcut stands for.
    n_arc : int
        Arcs given; shortcuts are numbered from here on.

    Returns
    -------
    int
        Number of shortcuts.
    """
    first, size, _, to, out_cost, out_arc, in_cost, in_arc, _ = net
    n_node = keep.shape[0]
    stack = np.empty(3 * n_node + 8, np.int32)
    for k in range(n_node):
        stack[k] = n_node - 1 - k
    top, n = n_node, 0
    while top > 0:
        top -= 1
        v = stack[top]
        if gone[v] or keep[v] or size[v] > 2:
            continue
        gone[v] = True
        leave(net, v)
        i = first[v]
        if size[v] == 2:
            for a, b in ((i, i + 1), (i + 1, i)):
                if (a < b or not two_way) and in_cost[a] < np.inf and out_cost[b] < np.inf:
                    child[n, 0], child[n, 1] = in_arc[a], out_arc[b]
                    offer(net, to[a], to[b], in_cost[a] + out_cost[b], n_arc + n)
                    n += 1
        for k in range(i, i + size[v]):
            stack[top] = to[k]
            top += 1
    return n


@njit(cache=True)
def sums(child, quantity, n):  # type: ignore[no-untyped-def]
    """Return the quantities of n shortcuts, in a row.

    Parameters
    ----------
    child : int32[n, 2]
        Arcs that each stands for: those with a row in ``quantity`` first, then earlier shortcuts.
    quantity : float64[A, Q]

    Returns
    -------
    float64[n, Q]
    """
    n_arc, n_q = quantity.shape
    total = np.zeros((n, n_q))
    for s in range(n):
        for c in range(2):
            a = child[s, c]
            for q in range(n_q):
                total[s, q] += quantity[a, q] if a < n_arc else total[a - n_arc, q]
    return total
