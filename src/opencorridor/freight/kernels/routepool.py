"""Routes of pairs in a pool: added from shortest trees, loaded, let go of.

A pool is a tuple of arrays: links of all routes; of each route the place of its first link, number
of links, flow, cost that does not hang on flow, signature (:func:`~.repair.label`), and the next
route of its pair (-1: none). Routes let go of are chained to be taken again.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from opencorridor.routing.kernels.repair import number_of

# Places in the array of counters: routes and links in the pool, first route of the free ones.
ROUTES, LINKS, FREE = 0, 1, 2


@njit(cache=True)
def _new_route(pool, count, n_link):  # type: ignore[no-untyped-def]
    """Return the number of a route of ``n_link`` links, or -1 where the pool is full."""
    links, start, _, _, _, _, following = pool
    if count[LINKS] + n_link > links.shape[0]:
        return -1
    r = count[FREE]
    if r >= 0:
        count[FREE] = following[r]
    elif count[ROUTES] < start.shape[0]:
        r = count[ROUTES]
        count[ROUTES] += 1
    else:
        return -1
    start[r] = count[LINKS]
    count[LINKS] += n_link
    return r


@njit(cache=True)
def route_cost(pool, r, cost):  # type: ignore[no-untyped-def]
    """Return the cost of a route."""
    links, start, length, _, fixed, _, _ = pool
    total = 0.0
    for i in range(start[r], start[r] + length[r]):
        total += cost[links[i]]
    return total + fixed[r]


@njit(cache=True)
def _wanted(pool, r_first, sign, least, cost):  # type: ignore[no-untyped-def]
    """Return whether a way of this signature and cost beats all routes of a chain."""
    known, following = pool[5], pool[6]
    r = r_first
    while r >= 0:
        if known[r] == sign:
            return False
        r = following[r]
    best = np.inf
    r = r_first
    while r >= 0:
        best = min(best, route_cost(pool, r, cost))
        r = following[r]
    return least < best


@njit(cache=True)
def add_way(pool, count, r_first, node, source, tail, arc_in, sign, extra):  # type: ignore[no-untyped-def]
    """Add the tree's way to a node as a route without flow; return it, -1 for no room."""
    links, start, length, flow, fixed, known, following = pool
    n = 0
    v = node
    while v != source:
        v = tail[arc_in[v]]
        n += 1
    r = _new_route(pool, count, n)
    if r < 0:
        return -1
    length[r], flow[r], fixed[r], known[r], following[r] = n, 0.0, 0.0, sign, r_first
    v = node
    for i in range(start[r] + n - 1, start[r] - 1, -1):
        a = arc_in[v]
        links[i] = a
        fixed[r] += extra[a]
        v = tail[a]
    return r


@njit(cache=True)
def add_routes(  # type: ignore[no-untyped-def]
    begin, tail, cost, extra, tree_class, source, tree_first, target, arc_in, least, sign,
    chain, pool, count,
):  # fmt: skip
    """Give pairs the ways of the trees that are cheaper than all they use.

    Parameters
    ----------
    begin : int
        First tree to treat: a call that ran out of room is followed by another.
    tail, cost, extra, tree_class, source, tree_first, target, arc_in, least, sign
        As in and from :func:`~.repair.repair_all`.
    chain : int32[W]
        First route of every pair, -1 for none; changed.
    pool, count
        The routes; changed.

    Returns
    -------
    int
        The tree to go on with when there is more room; the number of trees when all is done.
    """
    for k in range(begin, source.shape[0]):
        for w in range(tree_first[k], tree_first[k + 1]):
            if least[w] < np.inf and _wanted(pool, chain[w], sign[w], least[w], cost):
                r = add_way(
                    pool, count, chain[w], target[w], source[k], tail, arc_in[k], sign[w],
                    extra[tree_class[k]],
                )  # fmt: skip
                if r < 0:
                    return k
                chain[w] = r
    return source.shape[0]


@njit(cache=True)
def load(chain, pool, v):  # type: ignore[no-untyped-def]
    """Fill the flow on every link by summing the routes."""
    links, start, length, flow, _, _, following = pool
    v[:] = 0.0
    for w in range(chain.shape[0]):
        r = chain[w]
        while r >= 0:
            for i in range(start[r], start[r] + length[r]):
                v[links[i]] += flow[r]
            r = following[r]


@njit(cache=True)
def fixed_total(chain, pool):  # type: ignore[no-untyped-def]
    """Return flow times the cost that does not hang on flow, summed over routes."""
    flow, fixed, following = pool[3], pool[4], pool[6]
    total = 0.0
    for w in range(chain.shape[0]):
        r = chain[w]
        while r >= 0:
            total += flow[r] * fixed[r]
            r = following[r]
    return total


@njit(cache=True)
def let_go(chain, pool, count):  # type: ignore[no-untyped-def]
    """Let go of all routes without flow, but for the last one of a pair."""
    flow, following = pool[3], pool[6]
    for w in range(chain.shape[0]):
        last, r = -1, chain[w]
        while r >= 0:
            after = following[r]
            if flow[r] <= 0.0 and (last >= 0 or after >= 0):
                if last < 0:
                    chain[w] = after
                else:
                    following[last] = after
                following[r] = count[FREE]
                count[FREE] = r
            else:
                last = r
            r = after


@njit(cache=True)
def moved_to(chain, pool, count, larger):  # type: ignore[no-untyped-def]
    """Move all routes to a larger, empty pool, those of a pair side by side.

    ``chain`` and ``count`` follow. The links of routes let go of stay behind.
    """
    links, start, length, flow, fixed, known, following = pool
    links_, start_, length_, flow_, fixed_, known_, following_ = larger
    n, used = 0, 0
    for w in range(chain.shape[0]):
        r, last = chain[w], -1
        while r >= 0:
            if last < 0:
                chain[w] = n
            else:
                following_[last] = n
            start_[n], length_[n], flow_[n] = used, length[r], flow[r]
            fixed_[n], known_[n], following_[n] = fixed[r], known[r], -1
            links_[used : used + length[r]] = links[start[r] : start[r] + length[r]]
            used += length[r]
            last = n
            n += 1
            r = following[r]
    count[ROUTES], count[LINKS], count[FREE] = n, used, -1


@njit(cache=True)
def taken_over(match, old_chain, old, pair_class, demand, own, extra, chain, pool, count):  # type: ignore[no-untyped-def]
    """Put the routes of earlier pairs into a pool with room for all, flows in proportion.

    Parameters
    ----------
    match : int32[W]
        The earlier pair of every pair, -1 for none.
    old_chain, old
        Chains and pool of the earlier routes; those without flow are left out.
    pair_class, demand : int32[W], float64[W]
        Class and demand of every pair.
    own, extra : float64[C, A]
        Cost that does not hang on flow; in ``extra`` it is infinite on closed links, whose routes
        are left out.
    chain, pool, count
        Filled.
    """
    links, start, length, flow, fixed, known, following = pool
    links_, start_, length_, flow_, _, _, following_ = old
    for w in range(match.shape[0]):
        if match[w] < 0:
            continue
        kind, total = pair_class[w], 0.0
        q = old_chain[match[w]]
        while q >= 0:
            is_open = flow_[q] > 0.0
            for i in range(start_[q], start_[q] + length_[q]):
                is_open = is_open and extra[kind, links_[i]] < np.inf
            if is_open:
                r, at = count[ROUTES], count[LINKS]
                start[r], length[r], flow[r] = at, length_[q], flow_[q]
                fixed[r], known[r], following[r] = 0.0, np.uint64(0), chain[w]
                for i in range(length_[q]):
                    a = links_[start_[q] + i]
                    links[at + i] = a
                    fixed[r] += own[kind, a]
                    known[r] += number_of(a)
                chain[w] = r
                total += flow_[q]
                count[ROUTES], count[LINKS] = r + 1, at + length_[q]
            q = following_[q]
        r = chain[w]
        while r >= 0:
            flow[r] *= demand[w] / total
            r = following[r]
