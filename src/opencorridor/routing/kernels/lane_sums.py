"""What the routes of a lane add up to: hours and kilometres along the ways that won.

Only labels and edges that some pair uses are listed, from the top of the order down, and summed
from the bottom up. Part of :mod:`opencorridor.routing.kernels.customise`, which says what a lane,
a label and a way are.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = [
    "N_PLAIN",
    "N_SUMS",
    "add_edges",
    "add_labels",
    "list_edges",
    "list_labels",
    "needed",
    "write",
]

N_PLAIN = 4
N_KIND = 2
N_SUMS = N_PLAIN + N_KIND


@njit(cache=True)
def _find(first, upper, low, high):  # type: ignore[no-untyped-def]
    """Return the edge from ``low`` up to ``high``."""
    a, b = first[low], first[low + 1]
    while b - a > 1:
        m = (a + b) >> 1
        if upper[m] <= high:
            a = m
        else:
            b = m
    return a


@njit(cache=True)
def needed(serves, group, group_first, above, label, base, hub, need_out, need_in):  # type: ignore[no-untyped-def]
    """Mark the labels at which the pairs of a lane meet."""
    n_group = serves.shape[0]
    need_out[:] = 0
    need_in[:] = 0
    for o in range(group.shape[0]):
        for g in range(n_group):
            if not serves[group[o], g]:
                continue
            for d in range(group_first[g], group_first[g + 1]):
                i = hub[o, d]
                if i >= 0 and o != d:
                    need_out[label[i]] = 1
                    need_in[base[np.int64(above[i]) * n_group + g] + d] = 1


@njit(cache=True)
def list_labels(way, active, nodes, spans, lower, came, need, use, listed, place):  # type: ignore[no-untyped-def]
    """List the needed labels and those below them, from the top down; mark the edges they use.

    Returns
    -------
    int
        How many. ``listed`` int32[label, 2] holds each and the one that it comes from; ``place``
        where a label stands in the list.
    """
    base, lo, hi = spans
    n_group, n = active.shape[0], 0
    for x in range(nodes.shape[0] - 1, -1, -1):
        for g in range(n_group):
            h = nodes[x] * n_group + g
            if not active[g]:
                continue
            for p in range(base[h] + lo[h], base[h] + hi[h]):
                if not need[p]:
                    continue
                e = came[p]
                listed[n, 0] = p
                if e >= 0:
                    q = base[np.int64(lower[e]) * n_group + g] + p - base[h]
                    need[q] = 1
                    use[e, way] = 1
                    listed[n, 1] = q
                place[p] = n
                n += 1
    return n


@njit(cache=True)
def list_edges(k, first, upper, lower, middle, use, parts, place):  # type: ignore[no-untyped-def]
    """List the used edges of a lane and those they consist of, from the top down.

    Returns
    -------
    int
        How many. ``parts`` int32[edge, 2] holds the two that each consists of (2 edge + way), or
        -1 and its arc; ``place`` where edge and way stand in the list.
    """
    n = 0
    for e in range(use.shape[0] - 1, -1, -1):
        for w in range(2):
            if not use[e, w]:
                continue
            m = middle[e, w, k]
            if m < 0:
                parts[n, 0], parts[n, 1] = -1, -2 - m
            else:
                start, end = (lower[e], upper[e]) if w == 0 else (upper[e], lower[e])
                one, two = _find(first, upper, m, start), _find(first, upper, m, end)
                use[one, 1] = 1
                use[two, 0] = 1
                parts[n, 0], parts[n, 1] = 2 * one + 1, 2 * two
            place[e, w] = n
            n += 1
    return n


@njit(cache=True)
def _add_arc(a, c, kind, price, to):  # type: ignore[no-untyped-def]
    """Write the quantities of an arc to a row."""
    for q in range(N_PLAIN):
        to[q] = price[c, a, q]
    to[N_PLAIN] = price[c, a, N_PLAIN + kind]
    to[N_PLAIN + 1] = price[c, a, N_PLAIN + 3 + kind]


@njit(cache=True)
def add_edges(n, parts, place, c, kinds, arc_country, price, sums):  # type: ignore[no-untyped-def]
    """Add up the quantities of the listed edges of a lane, from the bottom up."""
    for x in range(n - 1, -1, -1):
        one, two = parts[x]
        if one < 0:
            _add_arc(two, c, kinds[arc_country[two] + 1], price, sums[x])
            continue
        one, two = place[one >> 1, one & 1], place[two >> 1, two & 1]
        for q in range(N_SUMS):
            sums[x, q] = sums[one, q] + sums[two, q]


@njit(cache=True)
def add_labels(  # type: ignore[no-untyped-def]
    n, way, came, listed, place, c, kinds, arc_country, price, edges, edge_place, sums
):
    """Add up the quantities of the listed labels, from the bottom up."""
    for x in range(n - 1, -1, -1):
        e = came[listed[x, 0]]
        if e < 0:
            _add_arc(-2 - e, c, kinds[arc_country[-2 - e] + 1], price, sums[x])
            continue
        below, e = place[listed[x, 1]], edge_place[e, way]
        for q in range(N_SUMS):
            sums[x, q] = sums[below, q] + edges[e, q]


@njit(cache=True)
def write(  # type: ignore[no-untyped-def]
    c, serves, group, group_first, above, label, base, zone, hub, out_place, out_sums, in_place,
    in_sums, result,
):  # fmt: skip
    """Write the quantities of the pairs of a lane, NaN where there is no way."""
    n_group = serves.shape[0]
    for o in range(group.shape[0]):
        for g in range(n_group):
            if not serves[group[o], g]:
                continue
            for d in range(group_first[g], group_first[g + 1]):
                to, i = result[c, zone[o], zone[d]], hub[o, d]
                if o == d or i < 0:
                    to[:] = np.nan
                    continue
                one = out_place[label[i]]
                two = in_place[base[np.int64(above[i]) * n_group + g] + d]
                for q in range(N_SUMS):
                    to[q] = out_sums[one, q] + in_sums[two, q]
