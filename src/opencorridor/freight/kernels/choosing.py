"""Choice of chain and route in one demand row.

Choice is a nested logit on the logarithm of cost with overlap. With c_i the generalised cost per
tonne of route i, the wait at each place valued at the row's value of time, and y_i = c_i^(-k/l),

    S_n = sum over pieces s of (sum over i in s of (a_si y_i)^(1/m))^m,    G = sum_n S_n^l,

n the chains of main modes, s the pieces of way that one set of routes of a chain share, a_si the
share of route i's hours that it spends there, l the dissimilarity of chains, m = 1 - b, b the path
size. The share of route i is the derivative of ln G by ln (c_i^-k); C = G^(-1/k) is the composite
cost. G is a generalised extreme value function (McFadden 1978): a nested logit over chains
(Ben-Akiva and Lerman 1985) of link-nested logits over routes (Vovsha and Bekhor 1998), so C never
rises when a route is added or gets cheaper. The share of a route can be written as
P(chain) y_i Z_i / S_n with

    Z_i = sum_s a_si ((a_si y_i)^(1/m) / sum_j (a_sj y_j)^(1/m))^b,

the path size of Ben-Akiva and Bierlaire (1999), sum_s a_si / N_s, where routes that share a piece
are equally good and b goes to 1. Theirs counts a route that nobody would take in full, so that
closing it looks like a gain; here each counts as far as it is used. With l = 1 and b = 0 shares are
proportional to c_i^-k.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["nested", "plain"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Logarithm of a weight that is nothing beside the 1 of the best: many times below what a number
# can tell.
LEAST_LOG = -60.0


@njit(cache=True, inline="always")
def plain(n: int, best: float, exponent: float, cost: Floats, lo: int, share: Floats) -> float:
    """Fill the shares of a row without chains and overlap; return its composite cost.

    ``cost`` (n,) in US$ per t, infinite where closed; ``best`` the least of them; the shares stand
    from ``lo`` on.
    """
    total = 0.0
    for o in range(n):
        ratio = cost[o] / best
        if ratio == 1.0:
            share[lo + o] = 1.0
        else:
            share[lo + o] = np.exp(-exponent * np.log(ratio))
        total += share[lo + o]
    if total == 1.0:
        return best
    for o in range(n):
        share[lo + o] /= total
    return float(best * np.exp(-np.log(total) / exponent))


@njit(cache=True, inline="always")
def _weight(log: float) -> float:
    """Return e to a power of 0 or less; most are 0 or count for nothing."""
    if log == 0.0:
        return 1.0
    return float(np.exp(log)) if log > LEAST_LOG else 0.0


@njit(cache=True, inline="always")
def _log_y(
    n: int, sharp: float, best: float, cost: Floats, at: int, chain: Ints, log_y: Floats,
    least: Floats,
) -> None:  # fmt: skip
    """Fill ln y (n,), that of the best route of each chain being 0, and its ln (c / best).

    ln r is at least 2 (r - 1) / (r + 1): where that is far enough, minus infinity will do.
    """
    for o in range(n):
        least[o] = np.inf
    for o in range(n):
        c = chain[at + o]
        least[c] = min(least[c], cost[o])
    for o in range(n):
        first = least[chain[at + o]]
        far = sharp * 2.0 * (cost[o] - first) / (cost[o] + first)
        if cost[o] == first:
            log_y[o] = 0.0 if first < np.inf else -np.inf
        elif far < -LEAST_LOG:
            log_y[o] = -sharp * np.log(cost[o] / first)
        else:
            log_y[o] = -np.inf
    for c in range(n):
        if least[c] < np.inf:
            least[c] = 0.0 if least[c] == best else np.log(least[c] / best)


@njit(cache=True, inline="always")
def _piece(
    lo: int, hi: int, base: int, member: Ints, log_part: Floats, alike: float, log_y: Floats,
    joint: Floats,
) -> float:  # fmt: skip
    """Weight of a piece that several routes share; ``joint`` gets the part of each.

    The largest exponent is taken out first: no utility is too large.
    """
    top = -np.inf
    for q in range(lo, hi):
        top = max(top, log_part[q] + log_y[member[q]])
    if top < LEAST_LOG:
        for q in range(lo, hi):
            joint[q - base] = 0.0
        return 0.0
    total = 0.0
    for q in range(lo, hi):
        joint[q - base] = _weight((log_part[q] + log_y[member[q]] - top) / alike)
        total += joint[q - base]
    if total > 1.0:
        top += alike * np.log(total)
    weight = float(np.exp(top))
    for q in range(lo, hi):
        joint[q - base] *= weight / total
    return weight


@njit(cache=True, inline="always")
def nested(
    n: int,
    best: float,
    exponent: float,
    dissimilarity: float,
    alike: float,
    cost: Floats,
    at: int,
    chain: Ints,
    alone: Floats,
    pieces: tuple[int, int],
    member_first: Ints,
    member: Ints,
    log_part: Floats,
    lo: int,
    share: Floats,
    own: Floats,
    joint: Floats,
    of_chain: Floats,
    log_y: Floats,
    least: Floats,
) -> float:
    """Fill the shares of a row and what they consist of; return its composite cost.

    Arrays are those of all rows: slices of them would cost more than the sums.

    Parameters
    ----------
    n, best, cost
        Number of routes, least cost, and cost (n,) of every one, US$ per t, infinite where closed.
    exponent, dissimilarity, alike
        k, l and m.
    at, chain, alone
        From ``at`` on: chain of each route, from 0, and share of its hours on pieces of its own.
    pieces, member_first, member, log_part
        First and end of the shared pieces of the row; first member of each piece; route and ln a
        of the members.
    lo, share
        From ``lo`` on: share of each route.
    own, of_chain
        (n,) part of the share of each route on its own pieces, share of each chain.
    joint
        Part of the share by member, from 0 on.
    log_y, least
        (n,) scratch.
    """
    _log_y(n, exponent / dissimilarity, best, cost, at, chain, log_y, least)
    for o in range(n):
        of_chain[o] = 0.0
    for o in range(n):
        own[o] = alone[at + o] * _weight(log_y[o])
        of_chain[chain[at + o]] += own[o]
    base, end = member_first[pieces[0]], member_first[pieces[1]]
    for s in range(pieces[0], pieces[1]):
        first = member_first[s]
        weight = _piece(
            first, member_first[s + 1], base, member, log_part, alike, log_y, joint
        )  # fmt: skip
        of_chain[chain[at + member[first]]] += weight
    total = 0.0
    for c in range(n):
        if of_chain[c] > 0.0:
            log = -exponent * least[c]
            if of_chain[c] != 1.0:
                log += dissimilarity * np.log(of_chain[c])
            weight = np.exp(log)
            least[c] = weight / of_chain[c]
            of_chain[c] = weight
            total += weight
    for o in range(n):
        of_chain[o] /= total
        own[o] *= least[chain[at + o]] / total if own[o] > 0.0 else 0.0
        share[lo + o] = own[o]
    for q in range(base, end):
        if joint[q - base] > 0.0:
            joint[q - base] *= least[chain[at + member[q]]] / total
            share[lo + member[q]] += joint[q - base]
    return float(best * np.exp(-np.log(total) / exponent))
