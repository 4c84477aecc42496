"""Choices between two segments, each shared by the pairs that face it, and shifts between them.

Each route of a pair is compared with the pair's main one, that of most flow; pairs whose two routes
differ in the same links choose between the same two segments, wherever they come from and go to.
:func:`equalise` goes over these choices, one after the other, and shifts flow by a Newton step
until both segments cost the same; costs follow at once.

Source: gradient projection on routes, Jayakrishnan et al. (1994) and Xie, Nie and Liu (2018, "A
greedy path-based algorithm for traffic assignment"); paired alternative segments shared by all
origins, Bar-Gera (2010, "Traffic assignment by paired alternative segments"), found here by the
differences of signatures.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from opencorridor.freight.kernels.volume import cost_and_slope, queue
from opencorridor.routing.kernels.repair import number_of

_SECANTS = 30
_HALF = np.uint64(0x7FFFFFFFFFFFFFFF)


@njit(cache=True)
def _place(keys, held, key):  # type: ignore[no-untyped-def]
    """Return where a key stands, or may stand, in a table with open addresses."""
    mask = np.uint64(keys.shape[0] - 1)
    i = key & mask
    while held[i] >= 0 and keys[i] != key:
        i = (i + np.uint64(1)) & mask
    return i


@njit(cache=True)
def _segments(pool, x, y, mark, stamp, links_of, n):  # type: ignore[no-untyped-def]
    """Append the links of route x alone, then of y alone; return the split and the new end."""
    links, start, length, _, _, _, _ = pool
    for i in range(start[y], start[y] + length[y]):
        mark[links[i]] = stamp
    for i in range(start[x], start[x] + length[x]):
        if mark[links[i]] == stamp:
            mark[links[i]] = stamp + 1
        else:
            links_of[n] = links[i]
            n += 1
    split = n
    for i in range(start[y], start[y] + length[y]):
        if mark[links[i]] == stamp:
            links_of[n] = links[i]
            n += 1
    return split, n


@njit(cache=True)
def _main_first(chain, pool):  # type: ignore[no-untyped-def]
    """Put the route of most flow first in each chain; return how many others there are.

    Also returns the number of links of these and of the first routes beside them.
    """
    length, flow, following = pool[2], pool[3], pool[6]
    n, room = 0, 0
    for w in range(chain.shape[0]):
        b = chain[w]
        if b < 0 or following[b] < 0:
            continue
        r, before, before_best = following[b], b, -1
        while r >= 0:
            if flow[r] > flow[b]:
                b, before_best = r, before
            before = r
            r = following[r]
        if before_best >= 0:
            following[before_best] = following[b]
            following[b] = chain[w]
            chain[w] = b
        r = following[b]
        while r >= 0:
            n += 1
            room += length[r] + length[b]
            r = following[r]
    return n, room


@njit(cache=True)
def group(chain, pair_class, pool, mark):  # type: ignore[no-untyped-def]
    """Put together the pairs that choose between the same two segments.

    Parameters
    ----------
    chain, pair_class : int32[W], int32[W]
        First route and class of every pair.
    pool
        The routes; those of most flow come first in their chains.
    mark : int64[A + 1]
        Marks of links, all older than the last entry, the last stamp given; changed.

    Returns
    -------
    links, begin, split : int32[L], int64[G + 1], int64[G]
        Links of the one segment, then of the other.
    member, x, y : int64[G + 1], int32[M], int32[M]
        Routes by choice: x takes the one segment and y, of the same pair, the other.
    """
    known, following = pool[5], pool[6]
    n, room = _main_first(chain, pool)
    size = 16
    while size < 2 * n:
        size *= 2
    keys, held = np.empty(size, np.uint64), np.full(size, -1, np.int32)
    links_of = np.empty(room, np.int32)
    begin, split = np.zeros(n + 1, np.int64), np.empty(n, np.int64)
    choice, xs, ys = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    g, m, used = 0, 0, 0
    for w in range(chain.shape[0]):
        b = chain[w]
        if b < 0:
            continue
        r = following[b]
        while r >= 0:
            x, y = r, b
            key = known[r] - known[b]
            if key > _HALF:
                x, y = b, r
                key = known[b] - known[r]
            i = _place(keys, held, key + number_of(-2 - pair_class[w]))
            if held[i] < 0:
                keys[i], held[i] = key + number_of(-2 - pair_class[w]), g
                mark[-1] += 2
                split[g], used = _segments(pool, x, y, mark, mark[-1], links_of, used)
                g += 1
                begin[g] = used
            choice[m], xs[m], ys[m] = held[i], x, y
            m += 1
            r = following[r]
    member = np.zeros(g + 1, np.int64)
    for i in range(m):
        member[choice[i] + 1] += 1
    for i in range(g):
        member[i + 1] += member[i]
    at = member[:-1].copy()
    x_of, y_of = np.empty(m, np.int32), np.empty(m, np.int32)
    for i in range(m):
        x_of[at[choice[i]]], y_of[at[choice[i]]] = xs[i], ys[i]
        at[choice[i]] += 1
    return links_of[:used], begin[: g + 1], split[:g], member, x_of, y_of


@njit(cache=True)
def _add_flow(links, low, high, s, v, cost, slope, law):  # type: ignore[no-untyped-def]
    """Add ``s`` to the flow of a segment; return its new cost."""
    t0, k, power, whole, capacity = law[0], law[1], law[2], law[3], law[4]
    total = 0.0
    for i in range(low, high):
        a = links[i]
        v[a] = max(v[a] + s, 0.0)
        cost[a], slope[a] = cost_and_slope(v[a], t0[a], k[a], power[a], whole[a], capacity[a])
        # The length of a tuple is known to the compiler: without queues nothing of this is left.
        if len(law) > 5:
            delay = queue(v[a], law[5][a], law[6][a], law[7][a])
            if delay > 0.0:
                cost[a] += delay
                slope[a] += law[6][a]
        total += cost[a]
    return total


@njit(cache=True)
def _meet(links, dear, cheap, delta, total, most, fixed, v, cost, slope, law):  # type: ignore[no-untyped-def]
    """Shift flow from a dear segment to a cheap one until they cost the same, or all of it.

    ``delta`` > 0 is the difference of costs, ``total`` the sum of slopes, ``most`` the flow that
    may be shifted. A Newton step comes first; where it goes beyond by more than half the
    difference, or the slope is infinite, secants and halvings between the two sides follow.
    Returns what was shifted.
    """
    if total == 0.0:
        moved = most
    elif total == np.inf:
        moved = 0.5 * most
    else:
        moved = min(delta / total, most)
    before, low_s, at_low, high_s, at_high = delta, 0.0, delta, most, -np.inf
    s = moved
    for _ in range(_SECANTS):
        delta = fixed + _add_flow(links, dear[0], dear[1], -s, v, cost, slope, law)
        delta -= _add_flow(links, cheap[0], cheap[1], s, v, cost, slope, law)
        if abs(delta) <= 0.5 * before or (delta >= 0.0 and (moved == most or total < np.inf)):
            break
        if delta >= 0.0:
            low_s, at_low = moved, delta
        else:
            high_s, at_high = moved, delta
        goal = 0.5 * (low_s + high_s)
        if at_high > -np.inf:
            goal = low_s + (high_s - low_s) * at_low / (at_low - at_high)
            tenth = 0.1 * (high_s - low_s)
            goal = min(max(goal, low_s + tenth), high_s - tenth)
        s = goal - moved
        moved = goal
    return moved


@njit(cache=True)
def _spread(flow, giver, taker, low, high, moved, most):  # type: ignore[no-untyped-def]
    """Take ``moved`` of ``most`` from the givers, in proportion to their flows."""
    share = moved / most
    for i in range(low, high):
        s = flow[giver[i]] * share if moved < most else flow[giver[i]]
        flow[giver[i]] -= s
        flow[taker[i]] += s


@njit(cache=True)
def difference(choices, g, fixed, flow, cost):  # type: ignore[no-untyped-def]
    """Return fixed and whole cost of the first segment less the second, and the dearer's flow."""
    links, begin, split, member, x, y = choices
    first, last = member[g], member[g + 1]
    # Classes differ between choices, not within one.
    base = fixed[x[first]] - fixed[y[first]]
    delta = base
    for i in range(begin[g], split[g]):
        delta += cost[links[i]]
    for i in range(split[g], begin[g + 1]):
        delta -= cost[links[i]]
    giver = x if delta > 0.0 else y
    most = 0.0
    for i in range(first, last):
        most += flow[giver[i]]
    return base, delta, most


@njit(cache=True)
def excess_of(choices, fixed, flow, cost):  # type: ignore[no-untyped-def]
    """Return flow on the dearer segment times difference of costs, summed over choices."""
    excess = 0.0
    for g in range(choices[2].shape[0]):
        _, delta, most = difference(choices, g, fixed, flow, cost)
        excess += most * abs(delta)
    return excess


@njit(cache=True)
def equalise(choices, fixed, flow, v, cost, slope, law, least):  # type: ignore[no-untyped-def]
    """Go once over the choices and shift flow from the dearer segment to the cheaper.

    Parameters
    ----------
    choices : tuple
        From :func:`group`.
    fixed : float64[R]
        Cost of each route that does not hang on flow.
    flow : float64[R]
        Flow of each route; changed.
    v, cost, slope : float64[A]
        Flow, cost and slope of links; changed.
    law : tuple
        t0, k, power, whole power, capacity of every link; where some have hard capacities, price,
        push and limit of their queues, too.
    least : float
        Flow times difference of costs below which a choice is left as it is.

    Returns
    -------
    float
        Flow times difference of costs, summed, as met on the way.
    """
    links, begin, split, member, x, y = choices
    excess = 0.0
    for g in range(split.shape[0]):
        low, middle, high = begin[g], split[g], begin[g + 1]
        first, last = member[g], member[g + 1]
        base, delta, most = difference(choices, g, fixed, flow, cost)
        if most * abs(delta) <= least:
            continue
        excess += most * abs(delta)
        total = 0.0
        for j in range(low, high):
            total += slope[links[j]]
        one, other = (low, middle), (middle, high)
        if delta > 0.0:
            moved = _meet(links, one, other, delta, total, most, base, v, cost, slope, law)
            _spread(flow, x, y, first, last, moved, most)
        else:
            moved = _meet(links, other, one, -delta, total, most, -base, v, cost, slope, law)
            _spread(flow, y, x, first, last, moved, most)
    return excess
