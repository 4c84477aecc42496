"""Logit over the routes of pairs: costs, shares, loads, and how loads answer costs.

Routes lie flat: those of pair w are ``begin[w]`` to ``begin[w + 1]``, the links of route r are
``links[first[r]]`` to ``links[first[r + 1]]``. Exponents are taken less their largest, so that
utilities of -1,500 lose nothing.

Sources: logit equilibrium, Fisk (1980); path size, Ben-Akiva and Bierlaire (1999); routes by
links made dearer again and again, de la Barra, Perez and Anez (1993).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from opencorridor.freight.kernels.routepool import add_way
from opencorridor.routing.kernels.repair import repair, repair_room


@njit(cache=True)
def flatten(chain, pool):  # type: ignore[no-untyped-def]
    """Return begin int64[W + 1], first int64[R + 1], links int32[L], fixed float64[R]."""
    links, start, length, _, fixed, _, following = pool
    begin = np.zeros(chain.shape[0] + 1, np.int64)
    n, room = 0, 0
    for w in range(chain.shape[0]):
        r = chain[w]
        while r >= 0:
            n += 1
            room += length[r]
            r = following[r]
        begin[w + 1] = n
    first, flat, own = np.zeros(n + 1, np.int64), np.empty(room, np.int32), np.empty(n)
    n = 0
    for w in range(chain.shape[0]):
        r = chain[w]
        while r >= 0:
            own[n] = fixed[r]
            first[n + 1] = first[n] + length[r]
            flat[first[n] : first[n + 1]] = links[start[r] : start[r] + length[r]]
            n += 1
            r = following[r]
    return begin, first, flat, own


@njit(cache=True)
def put_flows(chain, pool, flow):  # type: ignore[no-untyped-def]
    """Give the routes of a pool their flows, in the order of :func:`flatten`."""
    held, following = pool[3], pool[6]
    n = 0
    for w in range(chain.shape[0]):
        r = chain[w]
        while r >= 0:
            held[r] = flow[n]
            n += 1
            r = following[r]


@njit(cache=True)
def choose(begin, first, links, fixed, demand, bonus, theta, cost, flow, v):  # type: ignore[no-untyped-def]
    """Fill flows of routes by their shares, and of links; return sum of flow times ln(share) etc.

    Parameters
    ----------
    begin, first, links, fixed
        As :func:`flatten` returns them.
    demand : float64[W]
        Demand of every pair.
    bonus : float64[R]
        What is added to the utility of a route.
    theta : float
        Utility is ``bonus - theta * cost``.
    cost : float64[A]
        Cost of every link.
    flow, v : float64[R], float64[A]
        Filled.

    Returns
    -------
    float
        Sum over routes of flow times (logarithm of the share less ``bonus``).
    """
    v[:] = 0.0
    entropy = 0.0
    for w in range(demand.shape[0]):
        largest = -np.inf
        for r in range(begin[w], begin[w + 1]):
            total = fixed[r]
            for i in range(first[r], first[r + 1]):
                total += cost[links[i]]
            flow[r] = bonus[r] - theta * total
            largest = max(largest, flow[r])
        total = 0.0
        for r in range(begin[w], begin[w + 1]):
            total += np.exp(flow[r] - largest)
        scale = largest + np.log(total)
        for r in range(begin[w], begin[w + 1]):
            log_share = flow[r] - scale
            flow[r] = demand[w] * np.exp(log_share)
            entropy += flow[r] * (log_share - bonus[r])
            for i in range(first[r], first[r + 1]):
                v[links[i]] += flow[r]
    return entropy


@njit(cache=True)
def answer(begin, first, links, demand, theta, flow, x, out):  # type: ignore[no-untyped-def]
    """Fill by how much the flow of every link falls when the costs of links rise by ``x``.

    That is theta times the sum over pairs of demand times the covariance of the routes' links
    with the routes' rise, a product with a symmetric matrix without negative eigenvalues.
    """
    out[:] = 0.0
    for w in range(demand.shape[0]):
        if begin[w + 1] - begin[w] < 2 or demand[w] <= 0.0:
            continue
        mean = 0.0
        for r in range(begin[w], begin[w + 1]):
            rise = 0.0
            for i in range(first[r], first[r + 1]):
                rise += x[links[i]]
            mean += flow[r] / demand[w] * rise
        for r in range(begin[w], begin[w + 1]):
            rise = -mean
            for i in range(first[r], first[r + 1]):
                rise += x[links[i]]
            rise *= theta * flow[r]
            for i in range(first[r], first[r + 1]):
                out[links[i]] += rise


@njit(cache=True)
def follow(begin, first, links, demand, theta, flow, x, out, v):  # type: ignore[no-untyped-def]
    """Fill the flows of routes that follow a rise ``x`` of the costs of links, and of links.

    That is :func:`answer` route by route, to the first order; no flow falls below 0.
    """
    v[:] = 0.0
    for w in range(demand.shape[0]):
        mean = 0.0
        for r in range(begin[w], begin[w + 1]):
            out[r] = 0.0
            for i in range(first[r], first[r + 1]):
                out[r] += x[links[i]]
            if demand[w] > 0.0:
                mean += flow[r] / demand[w] * out[r]
        for r in range(begin[w], begin[w + 1]):
            out[r] = max(flow[r] * (1.0 - theta * (out[r] - mean)), 0.0)
            for i in range(first[r], first[r + 1]):
                v[links[i]] += out[r]


@njit(cache=True)
def path_sizes(begin, first, links, weight):  # type: ignore[no-untyped-def]
    """Return the path size of every route: sum of weight / routes of the pair on the link, by 1.

    ``weight`` float64[A] is what a link counts for; routes without weight have path size 1.
    """
    size = np.ones(first.shape[0] - 1)
    count = np.zeros(weight.shape[0], np.int64)
    for w in range(begin.shape[0] - 1):
        low, high = first[begin[w]], first[begin[w + 1]]
        for i in range(low, high):
            count[links[i]] += 1
        for r in range(begin[w], begin[w + 1]):
            total, shared = 0.0, 0.0
            for i in range(first[r], first[r + 1]):
                total += weight[links[i]]
                shared += weight[links[i]] / count[links[i]]
            if total > 0.0:
                size[r] = shared / total
        for i in range(low, high):
            count[links[i]] = 0
    return size


@njit(cache=True)
def _is_known(pool, r, sign):  # type: ignore[no-untyped-def]
    """Return whether a chain has a route of this signature, and how many routes it has."""
    known, following = pool[5], pool[6]
    n = 0
    while r >= 0:
        if known[r] == sign:
            return True, n
        n += 1
        r = following[r]
    return False, n


@njit(cache=True)
def _raise_used(step, tail, target, low, high, source, tree, used, price):  # type: ignore[no-untyped-def]
    """Make the links of a tree's ways dearer by a factor."""
    used[:] = False
    for w in range(low, high):
        v = target[w]
        while v != source and not used[tree[v]]:
            used[tree[v]] = True
            v = tail[tree[v]]
    for a in range(price.shape[0]):
        if used[a]:
            price[a] *= step


@njit(cache=True)
def add_more_ways(  # type: ignore[no-untyped-def]
    begin, turns, step, ratio, most, first, tail, head, first_through, cost, extra, own,
    tree_class, source, tree_first, target, arc_in, least, chain, pool, count,
):  # fmt: skip
    """Give pairs further ways: each tree's links are made dearer and its ways sought again.

    Parameters
    ----------
    begin : int
        First tree to treat: a call that ran out of room is followed by another.
    turns, step : int, float
        How often links are made dearer, and by which factor.
    ratio, most : float, int
        Ways that cost more than so many times the cheapest are left; routes of a pair at most.
    first, tail, head, first_through, cost, extra, tree_class, source, tree_first, target, arc_in
        As :func:`~opencorridor.routing.kernels.repair.repair_all` takes them.
    least : float64[W]
        Cheapest cost of every pair.
    own : float64[C, A]
        Cost that does not hang on flow.
    chain, pool, count
        The routes; changed.

    Returns
    -------
    int
        The tree to go on with when there is more room; the number of trees when all is done.
    """
    used = np.empty(tail.shape[0], np.bool_)
    price = np.empty(tail.shape[0])
    room = repair_room(first.shape[0] - 1)
    for k in range(begin, source.shape[0]):
        low, high = tree_first[k], tree_first[k + 1]
        tree, extra_k = arc_in[k].copy(), extra[tree_class[k]]
        for a in range(price.shape[0]):
            price[a] = cost[a] + extra_k[a]
        for _ in range(turns):
            _raise_used(step, tail, target, low, high, source[k], tree, used, price)
            repair(first, tail, head, price, source[k], first_through, tree, room)
            for w in range(low, high):
                found, n = _is_known(pool, chain[w], room[1][target[w]])
                if found or n >= most:
                    continue
                total, v = 0.0, target[w]
                while v != source[k]:
                    total += cost[tree[v]] + extra_k[tree[v]]
                    v = tail[tree[v]]
                if total > ratio * least[w]:
                    continue
                r = add_way(
                    pool, count, chain[w], target[w], source[k], tail, tree, room[1][target[w]],
                    own[tree_class[k]],
                )  # fmt: skip
                if r < 0:
                    return k
                chain[w] = r
    return source.shape[0]
