"""Choice of chain and route, and loading of places, in one sweep over the demand rows.

The choice of a row is that of :mod:`opencorridor.freight.kernels.choosing`. Demand may be elastic:
tonnes T0 hold at an anchor C0 of the composite cost C, elsewhere

    T(C) = T0 ((v + C) / (v + C0)) ** -e,

v the value of a tonne. Elasticity 0 gives fixed tonnes.

What a tonne takes of a place on its way is its *use*: 1 where a capacity is counted in tonnes,
the days that it holds a unit where the place is a fleet. Load is tonnes times use; the wait is
paid once, whatever the use.

Slopes of the loads by the waits, with q the shares of a row by chain n, piece s and route i,
d_i = vot / c_i, I_i the places of a route, U_i its uses, and e C / (v + C) = r:

    T [(k - r) (sum q U)(sum q d I)' + (k/l - k) sum_n (sum_n q U)(sum_n q d I)' / q_n
       + (k/(l m) - k/l) sum_s (sum_s q U)(sum_s q d I)' / q_s - k/(l m) sum q d U I'].
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from opencorridor.freight.kernels.choosing import nested, plain

__all__ = ["choose_and_load"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Rows are cut into a fixed number of chunks whose sums are added in order, so that the result
# does not depend on the number of threads.
CHUNKS = 32
# Chains and pieces below it move nothing, and their squares are not numbers any more.
LEAST_SHARE = 1e-100


@njit(cache=True)
def _costs(
    lo: int,
    hi: int,
    vot: float,
    option_cost: Floats,
    place_first: Ints,
    place: Ints,
    wait_h: Floats,
    cost: Floats,
) -> float:
    """Fill the costs of one row (from 0 on), waits included; return the least."""
    best = np.inf
    for o in range(lo, hi):
        c = option_cost[o]
        for q in range(place_first[o], place_first[o + 1]):
            c += vot * wait_h[place[q]]
        cost[o - lo] = c if c < np.inf else np.inf
        if c < best:
            best = c
    return best


@njit(cache=True)
def _couple(route, weight, factor, lo, pull, net, slope, sums, seen, touched):  # type: ignore[no-untyped-def]
    """Add factor (sum w U)(sum w d I)' of some routes of a row to the slopes.

    ``route`` and ``weight`` (n,), ``pull`` d of all routes of the row, ``net`` the places of all
    options and their use. ``sums`` (2, F) holds the two sums and is left at 0, ``seen`` (F,) at
    false.
    """
    place_first, place, use = net
    found = 0
    for i in range(route.size):
        if weight[i] <= 0.0:
            continue
        o = lo + route[i]
        for a in range(place_first[o], place_first[o + 1]):
            f = place[a]
            if not seen[f]:
                seen[f] = True
                touched[found] = f
                found += 1
            sums[0, f] += use[a] * weight[i]
            sums[1, f] += weight[i] * pull[route[i]]
    for a in range(found):
        for b in range(found):
            slope[touched[a], touched[b]] += factor * sums[0, touched[a]] * sums[1, touched[b]]
    for a in range(found):
        sums[0, touched[a]] = 0.0
        sums[1, touched[a]] = 0.0
        seen[touched[a]] = False


@njit(cache=True)
def _couple_chains(factor, chain, lo, share, net, slope, work):  # type: ignore[no-untyped-def]
    """Couple the routes of each chain of a row."""
    _, _, of_chain, pull, _, weight, _, _, _, route, sums, seen, touched = work
    for c in range(chain.size):
        if of_chain[c] < LEAST_SHARE:
            continue
        n = 0
        for o in range(chain.size):
            if chain[o] == c:
                route[n], weight[n] = o, share[o]
                n += 1
        one = factor / of_chain[c]
        _couple(route[:n], weight[:n], one, lo, pull, net, slope, sums, seen, touched)


@njit(cache=True)
def _couple_pieces(factor, first, member, lo, net, slope, work):  # type: ignore[no-untyped-def]
    """Couple the routes that share each piece of a row."""
    pull, joint, (sums, seen, touched) = work[3], work[7], work[10:]
    for s in range(first.size - 1):
        part = slice(first[s] - first[0], first[s + 1] - first[0])
        total = joint[part].sum()
        if total > LEAST_SHARE:
            one = factor / total
            _couple(member[part], joint[part], one, lo, pull, net, slope, sums, seen, touched)


@njit(cache=True)
def _add_row(lo, tonnes, net, sharp, pull, share, load, slope):  # type: ignore[no-untyped-def]
    """Add the loads of one row, and what each route alone does to their slopes.

    ``sharp`` is the exponent at which each route gives way, ``pull`` its d.
    """
    place_first, place, use = net
    for i in range(share.size):
        if share[i] <= 0.0:
            continue
        o = lo + i
        for a in range(place_first[o], place_first[o + 1]):
            f = place[a]
            load[f] += use[a] * tonnes * share[i]
            for b in range(place_first[o], place_first[o + 1]):
                slope[f, place[b]] -= use[a] * sharp[i] * tonnes * share[i] * pull[i]


@njit(cache=True)
def _load(lo, tonnes, response, vot, choice, row_ways, net, share, load, slope, work):  # type: ignore[no-untyped-def]
    """Add the loads of one row and their slopes; ``response`` is r."""
    cost, own, _, pull, sharp, _, _, _, every, _, sums, seen, touched = work
    k, lam, alike = choice
    chain, _, first, member, _ = row_ways
    n = share.size
    nests = n > 1 and (lam < 1.0 or alike < 1.0)
    for o in range(n):
        pull[o], sharp[o] = vot / cost[o], k
        if nests and share[o] > 0.0:
            sharp[o] = k / lam * (own[o] + (share[o] - own[o]) / alike) / share[o]
    _add_row(lo, tonnes, net, sharp, pull, share, load, slope)
    whole = (k - response) * tonnes
    _couple(every[:n], share, whole, lo, pull, net, slope, sums, seen, touched)
    if nests and lam < 1.0:
        _couple_chains((k / lam - k) * tonnes, chain, lo, share, net, slope, work)
    if nests and alike < 1.0:
        _couple_pieces((k / alike - k) / lam * tonnes, first, member, lo, net, slope, work)


@njit(cache=True)
def _choose(best, choice, row_ways, share, work):  # type: ignore[no-untyped-def]
    """Fill the shares of one row whose costs stand in ``work``; its composite cost."""
    n = share.size
    k, lam, alike = choice
    cost, own, of_chain, _, _, log_y, least, joint = work[:8]
    if n == 1 or (lam == 1.0 and alike == 1.0):
        return plain(best, k, cost[:n], share)
    chain, alone, first, member, log_part = row_ways
    return nested(
        best, k, lam, alike, cost[:n], chain, alone, first, member, log_part, share, own[:n], joint,
        of_chain[:n], log_y[:n], least[:n],
    )  # fmt: skip


@njit(cache=True)
def _room(start, stop, row_first, key, piece_first, member_first, n_place):  # type: ignore[no-untyped-def]
    """Scratch arrays for the widest row: cost, own, of_chain, pull, sharp, two more, joint, ...

    ... numbers of the routes, some of them, two sums by place, places that are seen, and which.
    """
    n, members = 0, 0
    for row in range(start, stop):
        n = max(n, row_first[row + 1] - row_first[row])
        a, b = piece_first[key[row]], piece_first[key[row] + 1]
        members = max(members, member_first[b] - member_first[a])
    return (
        np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n),
        np.zeros(members), np.arange(n), np.zeros(n, np.int64), np.zeros((2, n_place)),
        np.zeros(n_place, np.bool_), np.zeros(n_place, np.int64),
    )  # fmt: skip


@njit(cache=True)
def _chunk(start, stop, row_first, demand, option_cost, net, wait_h, ways, results):  # type: ignore[no-untyped-def]
    """Choose and load for the rows ``start:stop``."""
    tonnes, vots, scale, dissimilarity, path_size, anchor, density, elasticity = demand
    key, way_first, chain, alone, piece_first, member_first, member, log_part = ways
    shares, composite, load, slope = results
    place_first, place, _ = net
    work = _room(start, stop, row_first, key, piece_first, member_first, wait_h.size)
    for row in range(start, stop):
        lo, hi, at = row_first[row], row_first[row + 1], way_first[key[row]]
        vot, share = vots[row], shares[lo:hi]
        choice = (scale[row], dissimilarity[row], 1.0 - path_size[row])
        best = _costs(lo, hi, vot, option_cost, place_first, place, wait_h, work[0])
        if best == np.inf:
            share[:] = 0.0
            composite[row] = np.nan
            continue
        first = member_first[piece_first[key[row]] : piece_first[key[row] + 1] + 1]
        row_ways = (
            chain[at : at + hi - lo], alone[at : at + hi - lo], first,
            member[first[0] : first[-1]], log_part[first[0] : first[-1]],
        )  # fmt: skip
        composite[row] = _choose(best, choice, row_ways, share, work)
        if place_first[hi] == place_first[lo] or tonnes[row] <= 0.0:
            continue
        moved, response = tonnes[row], 0.0
        if elasticity[row] > 0.0:
            full = density[row] + composite[row]
            moved *= (full / (density[row] + anchor[row])) ** -elasticity[row]
            response = elasticity[row] * composite[row] / full
        _load(lo, moved, response, vot, choice, row_ways, net, share, load, slope, work)


# Apart from the parallel kernel, in which every array expression would fork a region of its own.
@njit(cache=True)
def _zeros(n_option: int, n_row: int, n_place: int) -> tuple[Floats, Floats, Floats, Floats]:
    return (
        np.empty(n_option),
        np.empty(n_row),
        np.zeros((CHUNKS, n_place)),
        np.zeros((CHUNKS, n_place, n_place)),
    )


@njit(cache=True)
def _sum(loads: Floats, slopes: Floats) -> tuple[Floats, Floats]:
    load, slope = loads[0].copy(), slopes[0].copy()
    for chunk in range(1, CHUNKS):
        load += loads[chunk]
        slope += slopes[chunk]
    return load, slope


@njit(cache=True, parallel=True)
def choose_and_load(
    row_first: Ints,
    tonnes: Floats,
    vot_usd_per_t_h: Floats,
    option_cost: Floats,
    option_place_first: Ints,
    option_place: Ints,
    option_use: Floats,
    wait_h: Floats,
    key: Ints,
    way_first: Ints,
    way_chain: Ints,
    way_alone: Floats,
    piece_first: Ints,
    member_first: Ints,
    member: Ints,
    log_part: Floats,
    scale: Floats,
    dissimilarity: Floats,
    path_size: Floats,
    anchor_cost: Floats,
    value_density: Floats,
    elasticity: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Choose a route for every demand row and load the places on it.

    Parameters
    ----------
    row_first
        (R + 1,) options of row r are ``row_first[r] : row_first[r + 1]``.
    tonnes, vot_usd_per_t_h
        (R,) tonnes a year, at the anchor where demand is elastic, and value of time of each row.
    option_cost
        (O,) generalised cost without waits, US$ per t; infinite where the route is closed.
    option_place_first, option_place
        CSR of the capacity places on each option.
    option_use
        What a tonne takes of each of them, in the unit of the place's capacity.
    wait_h
        (F,) wait at each place.
    key, way_first, way_chain, way_alone, piece_first, member_first, member, log_part
        Which pair of zones and form of cargo each row is, and how its routes overlap: the fields
        of :class:`opencorridor.freight.ways.Ways`, ``key`` (R,) that of the rows.
    scale, dissimilarity, path_size
        (R,) k, l and b of the choice.
    anchor_cost, value_density, elasticity
        (R,) C0 and v in US$ per t, and e of the elastic demand; where e is 0 the others do not
        count.

    Returns
    -------
    (share (O,), composite cost (R,) NaN without a route, load (F,), d load / d wait (F, F)).
    """
    n_rows = tonnes.size
    share, composite, loads, slopes = _zeros(option_cost.size, n_rows, wait_h.size)
    for chunk in prange(CHUNKS):
        demand = (
            tonnes, vot_usd_per_t_h, scale, dissimilarity, path_size, anchor_cost, value_density,
            elasticity,
        )  # fmt: skip
        ways = (
            key, way_first, way_chain, way_alone, piece_first, member_first, member, log_part
        )  # fmt: skip
        net = (option_place_first, option_place, option_use)
        results = (share, composite, loads[chunk], slopes[chunk])
        start, stop = chunk * n_rows // CHUNKS, (chunk + 1) * n_rows // CHUNKS
        _chunk(start, stop, row_first, demand, option_cost, net, wait_h, ways, results)
    load, slope = _sum(loads, slopes)
    return share, composite, load, slope
