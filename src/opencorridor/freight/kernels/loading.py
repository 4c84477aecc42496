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
# What moves with a smaller share of a row is left out of the slopes, not of the loads.
LEAST_WEIGHT = 1e-10


@njit(cache=True, inline="always")
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


@njit(cache=True, inline="always")
def _touch(
    n: int, lo: int, tonnes: float, vot: float, cost: Floats, share: Floats, place_first: Ints,
    place: Ints, use: Floats, load: Floats, where: Ints, touched: Ints, local: Ints, ends: Floats,
    pulls: Floats, part_ends: Floats, part_pulls: Floats,
) -> int:  # fmt: skip
    """Add the loads of one row; number the places that its routes pass, and return how many.

    ``where`` (F,) is -1 and gets the number of a place, ``touched`` the place of a number,
    ``local`` that of every entry. ``ends`` and ``pulls`` (F,) get sum q U and sum q d I; those of
    parts of the row are cleared.
    """
    found, base = 0, place_first[lo]
    for i in range(n):
        q = share[lo + i]
        if q <= 0.0:
            continue
        pulled = q * vot / cost[i]
        for e in range(place_first[lo + i], place_first[lo + i + 1]):
            f = place[e]
            load[f] += use[e] * tonnes * q
            if where[f] < 0:
                where[f], touched[found] = found, f
                ends[found] = pulls[found] = part_ends[found] = part_pulls[found] = 0.0
                found += 1
            a = where[f]
            local[e - base] = a
            ends[a] += use[e] * q
            pulls[a] += pulled
    return found


@njit(cache=True, inline="always")
def _couple(factor: float, found: int, ends: Floats, pulls: Floats, answer: Floats) -> None:
    """Add factor (sum w U)(sum w d I)' of some routes of a row to its slopes; clear the sums."""
    for a in range(found):
        if ends[a] != 0.0:
            one = factor * ends[a]
            for b in range(found):
                answer[a, b] += one * pulls[b]
    for a in range(found):
        ends[a] = pulls[a] = 0.0


@njit(cache=True, inline="always")
def _alone(
    n: int, lo: int, k: float, lam: float, alike: float, vot: float, cost: Floats, share: Floats,
    own: Floats, place_first: Ints, use: Floats, local: Ints, answer: Floats,
) -> None:  # fmt: skip
    """Take what each route gives way by its own wait from the slopes of a row."""
    base, nests = place_first[lo], n > 1 and (lam < 1.0 or alike < 1.0)
    for i in range(n):
        q = share[lo + i]
        if q <= LEAST_WEIGHT:
            continue
        sharp = k * q
        if nests:
            sharp = k / lam * (own[i] + (q - own[i]) / alike)
        sharp *= vot / cost[i]
        for a in range(place_first[lo + i] - base, place_first[lo + i + 1] - base):
            for b in range(place_first[lo + i] - base, place_first[lo + i + 1] - base):
                answer[local[a], local[b]] -= use[base + a] * sharp


@njit(cache=True, inline="always")
def _gather(
    i: int, lo: int, weight: float, pull: float, place_first: Ints, use: Floats, local: Ints,
    part_ends: Floats, part_pulls: Floats,
) -> None:  # fmt: skip
    """Add one route with a weight to the sums of a group of routes."""
    base = place_first[lo]
    for e in range(place_first[lo + i], place_first[lo + i + 1]):
        part_ends[local[e - base]] += use[e] * weight
        part_pulls[local[e - base]] += weight * pull


@njit(cache=True, inline="always")
def _couple_chains(
    factor: float, n: int, lo: int, at: int, chain: Ints, of_chain: Floats, vot: float,
    cost: Floats, share: Floats, place_first: Ints, use: Floats, local: Ints, found: int,
    part_ends: Floats, part_pulls: Floats, answer: Floats,
) -> None:  # fmt: skip
    """Couple the routes of each chain of a row."""
    for c in range(n):
        if of_chain[c] <= LEAST_WEIGHT:
            continue
        for i in range(n):
            if chain[at + i] == c and share[lo + i] > LEAST_WEIGHT:
                pull = vot / cost[i]
                _gather(i, lo, share[lo + i], pull, place_first, use, local, part_ends, part_pulls)
        _couple(factor / of_chain[c], found, part_ends, part_pulls, answer)


@njit(cache=True, inline="always")
def _couple_pieces(
    factor: float, lo: int, pieces: tuple[int, int], member_first: Ints, member: Ints,
    joint: Floats, vot: float, cost: Floats, place_first: Ints, use: Floats, local: Ints,
    found: int, part_ends: Floats, part_pulls: Floats, answer: Floats,
) -> None:  # fmt: skip
    """Couple the routes that share each piece of a row."""
    base = member_first[pieces[0]]
    for s in range(pieces[0], pieces[1]):
        total = 0.0
        for q in range(member_first[s] - base, member_first[s + 1] - base):
            total += joint[q]
        if total <= LEAST_WEIGHT:
            continue
        for q in range(member_first[s] - base, member_first[s + 1] - base):
            i = member[base + q]
            if joint[q] > LEAST_WEIGHT:
                _gather(
                    i, lo, joint[q], vot / cost[i], place_first, use, local, part_ends, part_pulls
                )  # fmt: skip
        _couple(factor / total, found, part_ends, part_pulls, answer)


@njit(cache=True)
def _widest(
    start: int, stop: int, row_first: Ints, key: Ints, piece_first: Ints, member_first: Ints,
    place_first: Ints,
) -> tuple[int, int, int]:  # fmt: skip
    """Return the most routes, members of shared pieces and places on the way of a row."""
    n, members, entries = 0, 0, 0
    for row in range(start, stop):
        n = max(n, row_first[row + 1] - row_first[row])
        a, b = piece_first[key[row]], piece_first[key[row] + 1]
        members = max(members, member_first[b] - member_first[a])
        last, first = row_first[row + 1], row_first[row]
        entries = max(entries, place_first[last] - place_first[first])
    return n, members, entries


@njit(cache=True)
def _chunk(start, stop, row_first, demand, option_cost, net, wait_h, ways, with_slopes, results):  # type: ignore[no-untyped-def]
    """Choose and load for the rows ``start:stop``."""
    tonnes, vots, scale, dissimilarity, path_size, anchor, density, elasticity = demand
    key, way_first, chain, alone, piece_first, member_first, member, log_part = ways
    share, composite, load, slope = results
    place_first, place, use = net
    most, members, entries = _widest(
        start, stop, row_first, key, piece_first, member_first, place_first
    )  # fmt: skip
    cost, own, of_chain, log_y, least = np.zeros((5, most))
    joint, local = np.zeros(members), np.zeros(entries, np.int64)
    where, touched = np.full(wait_h.size, -1), np.zeros(wait_h.size, np.int64)
    ends, pulls, part_ends, part_pulls = np.zeros((4, wait_h.size))
    answer = np.zeros((wait_h.size, wait_h.size))
    for row in range(start, stop):
        lo, hi, at = row_first[row], row_first[row + 1], way_first[key[row]]
        n, vot = hi - lo, vots[row]
        k, lam, alike = scale[row], dissimilarity[row], 1.0 - path_size[row]
        best = _costs(lo, hi, vot, option_cost, place_first, place, wait_h, cost)
        if best == np.inf:
            for o in range(lo, hi):
                share[o] = 0.0
            composite[row] = np.nan
            continue
        pieces = piece_first[key[row]], piece_first[key[row] + 1]
        if n == 1 or (lam == 1.0 and alike == 1.0):
            composite[row] = plain(n, best, k, cost, lo, share)
        else:
            composite[row] = nested(
                n, best, k, lam, alike, cost, at, chain, alone, pieces, member_first, member,
                log_part, lo, share, own, joint, of_chain, log_y, least,
            )  # fmt: skip
        if place_first[hi] == place_first[lo] or tonnes[row] <= 0.0:
            continue
        moved, response = tonnes[row], 0.0
        if elasticity[row] > 0.0:
            full = density[row] + composite[row]
            moved *= (full / (density[row] + anchor[row])) ** -elasticity[row]
            response = elasticity[row] * composite[row] / full
        found = _touch(
            n, lo, moved, vot, cost, share, place_first, place, use, load, where, touched, local,
            ends, pulls, part_ends, part_pulls,
        )  # fmt: skip
        if not with_slopes:
            for a in range(found):
                where[touched[a]] = -1
            continue
        for a in range(found):
            for b in range(found):
                answer[a, b] = 0.0
        _alone(n, lo, k, lam, alike, vot, cost, share, own, place_first, use, local, answer)
        whole = k - response
        if n > 1 and lam < 1.0 and of_chain[:n].max() > 1.0 - LEAST_WEIGHT:
            # One chain is all: its routes are those of the row.
            whole += k / lam - k
        elif n > 1 and lam < 1.0:
            _couple_chains(
                k / lam - k, n, lo, at, chain, of_chain, vot, cost, share, place_first, use, local,
                found, part_ends, part_pulls, answer,
            )  # fmt: skip
        _couple(whole, found, ends, pulls, answer)
        if n > 1 and alike < 1.0:
            _couple_pieces(
                (k / alike - k) / lam, lo, pieces, member_first, member, joint, vot, cost,
                place_first, use, local, found, part_ends, part_pulls, answer,
            )  # fmt: skip
        for a in range(found):
            for b in range(found):
                slope[touched[a], touched[b]] += moved * answer[a, b]
            where[touched[a]] = -1


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
    with_slopes: bool = True,
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
    with_slopes
        Whether the slopes are asked for; else they are 0.

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
        _chunk(start, stop, row_first, demand, option_cost, net, wait_h, ways, with_slopes, results)
    load, slope = _sum(loads, slopes)
    return share, composite, load, slope
