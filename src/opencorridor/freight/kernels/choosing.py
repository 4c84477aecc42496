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


@njit(cache=True)
def plain(best: float, exponent: float, cost: Floats, share: Floats) -> float:
    """Fill the shares (n,) of a row without chains and overlap; return its composite cost.

    ``cost`` (n,) in US$ per t, infinite where closed; ``best`` the least of them.
    """
    total = 0.0
    for o in range(share.size):
        ratio = cost[o] / best
        if ratio == 1.0:
            share[o] = 1.0
        else:
            share[o] = np.exp(-exponent * np.log(ratio))
        total += share[o]
    if total == 1.0:
        return best
    for o in range(share.size):
        share[o] /= total
    return float(best * np.exp(-np.log(total) / exponent))


@njit(cache=True)
def _piece(member: Ints, log_part: Floats, alike: float, log_y: Floats, joint: Floats) -> float:
    """Weight of a piece that several routes share; ``joint`` gets the part of each.

    The largest exponent is taken out first: no utility is too large.
    """
    top = -np.inf
    for q in range(member.size):
        top = max(top, log_part[q] + log_y[member[q]])
    if top == -np.inf:
        joint[:] = 0.0
        return 0.0
    total = 0.0
    for q in range(member.size):
        joint[q] = np.exp((log_part[q] + log_y[member[q]] - top) / alike)
        total += joint[q]
    weight = np.exp(top) * total**alike
    for q in range(member.size):
        joint[q] *= weight / total
    return float(weight)


@njit(cache=True)
def _log_y(
    sharp: float, best: float, cost: Floats, chain: Ints, log_y: Floats, least: Floats
) -> None:
    """Fill ln y (n,), that of the best route of each chain being 0, and its ln (c / best)."""
    least[:] = np.inf
    for o in range(cost.size):
        log_y[o] = np.log(cost[o] / best)
        least[chain[o]] = min(least[chain[o]], log_y[o])
    for o in range(cost.size):
        if log_y[o] < np.inf:
            log_y[o] = -sharp * (log_y[o] - least[chain[o]])
        else:
            log_y[o] = -np.inf


@njit(cache=True)
def nested(
    best: float,
    exponent: float,
    dissimilarity: float,
    alike: float,
    cost: Floats,
    chain: Ints,
    alone: Floats,
    member_first: Ints,
    member: Ints,
    log_part: Floats,
    share: Floats,
    own: Floats,
    joint: Floats,
    of_chain: Floats,
    log_y: Floats,
    least: Floats,
) -> float:
    """Fill the shares of a row and what they consist of; return its composite cost.

    Parameters
    ----------
    best, cost
        Least cost, and cost (n,) of every route, US$ per t, infinite where closed.
    exponent, dissimilarity, alike
        k, l and m.
    chain, alone
        (n,) chain of each route, from 0, and share of its hours on pieces of its own.
    member_first, member, log_part
        (P + 1,) first member of each shared piece, with an offset; route and ln a of the members.
    share, own, of_chain
        (n,) share of each route, the part of it on its own pieces, share of each chain.
    joint
        Part of the share by member.
    log_y, least
        (n,) scratch.
    """
    n, base = share.size, member_first[0]
    _log_y(exponent / dissimilarity, best, cost, chain, log_y, least)
    of_chain[:] = 0.0
    for o in range(n):
        own[o] = alone[o] * np.exp(log_y[o])
        of_chain[chain[o]] += own[o]
    for s in range(member_first.size - 1):
        lo, hi = member_first[s] - base, member_first[s + 1] - base
        weight = _piece(member[lo:hi], log_part[lo:hi], alike, log_y, joint[lo:hi])
        of_chain[chain[member[lo]]] += weight
    total = 0.0
    for c in range(n):
        if of_chain[c] > 0.0:
            weight = np.exp(-exponent * least[c]) * of_chain[c] ** dissimilarity
            least[c] = weight / of_chain[c]
            of_chain[c] = weight
            total += weight
    for o in range(n):
        of_chain[o] /= total
        own[o] *= least[chain[o]] / total if own[o] > 0.0 else 0.0
        share[o] = own[o]
    for q in range(member.size):
        if joint[q] > 0.0:
            joint[q] *= least[chain[member[q]]] / total
            share[member[q]] += joint[q]
    return float(best * np.exp(-np.log(total) / exponent))
