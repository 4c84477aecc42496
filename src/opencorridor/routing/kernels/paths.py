"""Paths out of trees, and sums along paths.

A path is a row of arcs from origin to destination; many paths are kept as CSR: ``arcs`` and
``first_arc``. Money is summed with the rate of the flow kind that holds on each arc: domestic
where both ends of the trip lie in the arc's country, import/export where one does and at sea,
transit elsewhere.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange


@njit(cache=True)
def flow_kind(arc_country, origin_country, destination_country):  # type: ignore[no-untyped-def]
    """0 transit, 1 import/export, 2 domestic, for one arc of a trip between two countries."""
    if arc_country < 0:
        return 1
    at_origin = arc_country == origin_country
    at_destination = arc_country == destination_country
    if at_origin and at_destination:
        return 2
    if at_origin or at_destination:
        return 1
    return 0


@njit(cache=True)
def path_length(pred, tail, state):  # type: ignore[no-untyped-def]
    """Count the arcs on the tree path to ``state``."""
    n = 0
    while pred[state] >= 0:
        arc = pred[state] >> 1
        state = 2 * tail[arc] + (pred[state] & 1)
        n += 1
    return n


@njit(cache=True)
def path_arcs(pred, tail, state):  # type: ignore[no-untyped-def]
    """Collect the arcs from the source to ``state`` (int64[K])."""
    n = path_length(pred, tail, state)
    arcs = np.empty(n, np.int64)
    while pred[state] >= 0:
        arc = pred[state] >> 1
        n -= 1
        arcs[n] = arc
        state = 2 * tail[arc] + (pred[state] & 1)
    return arcs


@njit(cache=True, parallel=True)
def paths(dist, pred, tail, row_tree, row_state):  # type: ignore[no-untyped-def]
    """Collect paths out of several trees as CSR.

    Parameters
    ----------
    dist, pred : float64[O, 2N], int64[O, 2N]
        From :func:`opencorridor.routing.kernels.trees.trees`.
    tail : int32[A]
    row_tree, row_state : int64[R]
        Tree and end state of every wanted path.

    Returns
    -------
    first_arc, arcs : int64[R + 1], int32[sum of lengths]
        Empty rows where there is no path.
    """
    n_row = row_tree.shape[0]
    count = np.zeros(n_row + 1, np.int64)
    for r in prange(n_row):
        o = row_tree[r]
        if dist[o, row_state[r]] < np.inf:
            count[r + 1] = path_length(pred[o], tail, row_state[r])
    first_arc = np.cumsum(count)
    arcs = np.empty(first_arc[-1], np.int32)
    for r in prange(n_row):
        o = row_tree[r]
        s = row_state[r]
        i = first_arc[r + 1]
        while i > first_arc[r]:
            arc = pred[o, s] >> 1
            i -= 1
            arcs[i] = arc
            s = 2 * tail[arc] + (pred[o, s] & 1)
    return first_arc, arcs


@njit(cache=True, parallel=True)
def tree_sums(  # type: ignore[no-untyped-def]
    dist, pred, tail, arc_country, origin_country, state, state_country, plain, by_kind
):
    """Sum along the tree paths from every origin to every end state.

    Parameters
    ----------
    dist, pred : float64[O, 2N], int64[O, 2N]
    tail, arc_country : int32[A], int16[A]
    origin_country : int16[O]
    state, state_country : int64[D], int16[D]
    plain : float64[A, K]
        Quantities that do not depend on the flow kind (hours, km, kg, squared spread).
    by_kind : float64[A, J, 3]
        Quantities that do (money, generalised cost): transit, import/export, domestic.

    Returns
    -------
    float64[O, D, K + J]
        NaN where there is no path.
    """
    n_plain = plain.shape[1]
    n_kind = by_kind.shape[1]
    out = np.full((dist.shape[0], state.shape[0], n_plain + n_kind), np.nan)
    for o in prange(dist.shape[0]):
        for d in range(state.shape[0]):
            s = state[d]
            if not dist[o, s] < np.inf:
                continue
            row = out[o, d]
            row[:] = 0.0
            while pred[o, s] >= 0:
                arc = pred[o, s] >> 1
                kind = flow_kind(arc_country[arc], origin_country[o], state_country[d])
                for k in range(n_plain):
                    row[k] += plain[arc, k]
                for j in range(n_kind):
                    row[n_plain + j] += by_kind[arc, j, kind]
                s = 2 * tail[arc] + (pred[o, s] & 1)
    return out


@njit(cache=True, parallel=True)
def route_sums(  # type: ignore[no-untyped-def]
    first_arc, arcs, route_origin_country, route_dest_country, arc_country, plain, by_kind
):
    """Sum along kept routes: prices and hours may change, the routes do not.

    Parameters
    ----------
    first_arc, arcs : int64[R + 1], int32[M]
    route_origin_country, route_dest_country : int16[R]
    arc_country : int16[A]
    plain, by_kind : float64[A, K], float64[A, J, 3]

    Returns
    -------
    float64[R, K + J]
    """
    n_route = first_arc.shape[0] - 1
    n_plain = plain.shape[1]
    n_kind = by_kind.shape[1]
    out = np.zeros((n_route, n_plain + n_kind))
    for r in prange(n_route):
        row = out[r]
        for i in range(first_arc[r], first_arc[r + 1]):
            arc = arcs[i]
            kind = flow_kind(arc_country[arc], route_origin_country[r], route_dest_country[r])
            for k in range(n_plain):
                row[k] += plain[arc, k]
            for j in range(n_kind):
                row[n_plain + j] += by_kind[arc, j, kind]
    return out


@njit(cache=True)
def incidence(first_arc, arcs, first_facility, arc_facility, n_facility):  # type: ignore[no-untyped-def]
    """List the facilities that each route passes, each once a route, in order of passing (CSR).

    Parameters
    ----------
    first_arc, arcs : int64[R + 1], int32[M]
    first_facility, arc_facility : int64[A + 1], int32[F]
        Facilities of each arc as CSR.
    n_facility : int

    Returns
    -------
    first, facility : int64[R + 1], int32[...]
    """
    n_route = first_arc.shape[0] - 1
    first = np.zeros(n_route + 1, np.int64)
    seen = np.full(n_facility, -1, np.int64)
    for r in range(n_route):
        n = 0
        for i in range(first_arc[r], first_arc[r + 1]):
            for j in range(first_facility[arcs[i]], first_facility[arcs[i] + 1]):
                f = arc_facility[j]
                if seen[f] != r:
                    seen[f] = r
                    n += 1
        first[r + 1] = first[r] + n
    facility = np.empty(first[n_route], np.int32)
    seen[:] = -1
    m = 0
    for r in range(n_route):
        for i in range(first_arc[r], first_arc[r + 1]):
            for j in range(first_facility[arcs[i]], first_facility[arcs[i] + 1]):
                f = arc_facility[j]
                if seen[f] != r:
                    seen[f] = r
                    facility[m] = f
                    m += 1
    return first, facility


@njit(cache=True)
def distinct(first_arc, n_pair, n_pass, arcs):  # type: ignore[no-untyped-def]
    """Mark the paths that are there and differ from all earlier ones of their pair.

    Parameters
    ----------
    first_arc, arcs : int64[P * D + 1], int32[M]
        Paths of P passes over the same D pairs, pass by pass.
    n_pair, n_pass : int

    Returns
    -------
    bool[P, D]
    """
    keep = np.zeros((n_pass, n_pair), np.bool_)
    for d in range(n_pair):
        for p in range(n_pass):
            row = p * n_pair + d
            lo, hi = first_arc[row], first_arc[row + 1]
            new = hi > lo
            for q in range(p):
                if not new:
                    break
                other = first_arc[q * n_pair + d]
                if first_arc[q * n_pair + d + 1] - other != hi - lo:
                    continue
                same = True
                for i in range(hi - lo):
                    if arcs[lo + i] != arcs[other + i]:
                        same = False
                        break
                if same:
                    new = False
            keep[p, d] = new
    return keep


@njit(cache=True)
def gather(first_arc, arcs, row):  # type: ignore[no-untyped-def]
    """Return chosen rows of a CSR table as a new one (rows int64[R])."""
    first = np.zeros(row.shape[0] + 1, np.int64)
    for r in range(row.shape[0]):
        first[r + 1] = first[r] + first_arc[row[r] + 1] - first_arc[row[r]]
    out = np.empty(first[-1], arcs.dtype)
    for r in range(row.shape[0]):
        k = first[r]
        for i in range(first_arc[row[r]], first_arc[row[r] + 1]):
            out[k] = arcs[i]
            k += 1
    return first, out


@njit(cache=True)
def arc_load(first_arc, arcs, tonnes, n_arc):  # type: ignore[no-untyped-def]
    """Add the tonnes of routes to their arcs, in order of routes (float64[A])."""
    load = np.zeros(n_arc)
    for r in range(tonnes.shape[0]):
        for i in range(first_arc[r], first_arc[r + 1]):
            load[arcs[i]] += tonnes[r]
    return load
