"""Choice of chain and route, and loading of places, in one sweep over the demand rows.

The choice of a row is that of :mod:`opencorridor.freight.kernels.choosing`. Demand may be elastic.
Rows of one cell (a class of goods between two countries) answer together, by the delivered price P
of the cell: tonnes T0 hold at an anchor C0 of the composite costs C, where P is P0, elsewhere

    T = T0 (P / P0) ** -e,      P = P0 + sum over the cell's rows r of a_r (C_r - C0_r),

a_r the weight of a row in the cell's mean cost. Elasticity 0 gives fixed tonnes.

What a tonne takes of a place on its way is its *use*: 1 where a capacity is counted in tonnes,
the days that it holds a unit where the place is a fleet. Load is tonnes times use; the wait is
paid once, whatever the use.

Slopes of the loads by the waits, with q the shares of a row by chain n, piece s and route i,
d_i = vot / c_i, I_i the places of a route and U_i its uses, are T sum_ij U_i A_ij d_j I_j' over
the pairs of its routes, where

    A_ij = k q_i q_j + (k/l - k) sum_n q_ni q_nj / q_n
           + (k/(l m) - k/l) sum_s q_si q_sj / q_s - k/(l m) q_i [i = j].

A route on a piece of its own is a piece s of one. A cell adds -e / P X (sum a C q d I)', X its
loads.
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
CHUNKS = 16
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
def _load(
    n: int, lo: int, tonnes: float, paid: float, cost: Floats, share: Floats, place_first: Ints,
    place: Ints, use: Floats, found: int, seen: Ints, touched: Ints, load: Floats, fall: Floats,
) -> int:  # fmt: skip
    """Add the loads of one row and what an hour at each place adds to the price of its cell.

    ``paid`` is what an hour adds to that times the row's composite cost. ``touched`` gets the
    places that the cell passes, ``found`` of them so far; ``seen`` (F,) is 1 at those.
    """
    for i in range(n):
        q = share[lo + i]
        if q <= 0.0:
            continue
        moved, pull = tonnes * q, paid * q / cost[i]
        for e in range(place_first[lo + i], place_first[lo + i + 1]):
            f = place[e]
            if seen[f] == 0:
                seen[f], touched[found] = 1, f
                found += 1
            load[f] += use[e] * moved
            fall[f] += pull
    return found


@njit(cache=True, inline="always")
def _close(
    factor: float, steep: float, with_slopes: bool, found: int, seen: Ints, touched: Ints,
    part_load: Floats, fall: Floats, part_slope: Floats, load: Floats, slope: Floats,
) -> None:  # fmt: skip
    """Add the loads and slopes of a cell times ``factor`` to those of all; clear them."""
    for a in range(found):
        f = touched[a]
        load[f] += factor * part_load[f]
        if with_slopes:
            for b in range(found):
                g = touched[b]
                answer = part_slope[f, g] - steep * part_load[f] * fall[g]
                slope[f, g] += factor * answer
                part_slope[f, g] = 0.0
    for a in range(found):
        f = touched[a]
        part_load[f] = fall[f] = 0.0
        seen[f] = 0


@njit(cache=True, inline="always")
def _movers(n: int, lo: int, share: Floats, place_first: Ints, mover: Ints, number: Ints) -> int:
    """Give numbers to the routes that count in the slopes of a row; return how many they are.

    ``mover`` gets the route of a number, ``number`` that of a route, -1 for none.
    """
    count = 0
    for i in range(n):
        number[i] = -1
        if share[lo + i] > LEAST_WEIGHT and place_first[lo + i + 1] > place_first[lo + i]:
            mover[count], number[i] = i, count
            count += 1
    return count


@njit(cache=True, inline="always")
def _couple_row(
    count: int, mover: Ints, lo: int, at: int, whole: float, inner: float, chain: Ints,
    of_chain: Floats, share: Floats, answer: Floats,
) -> None:  # fmt: skip
    """Fill ``answer`` (count, count) with how the routes of a row and of its chains go together."""
    for a in range(count):
        i = mover[a]
        c = chain[at + i]
        for b in range(count):
            j = mover[b]
            factor = whole
            if inner > 0.0 and chain[at + j] == c:
                factor += inner / of_chain[c]
            answer[a, b] = factor * share[lo + i] * share[lo + j]


@njit(cache=True, inline="always")
def _couple_pieces(
    factor: float, pieces: tuple[int, int], member_first: Ints, member: Ints, joint: Floats,
    number: Ints, answer: Floats,
) -> None:  # fmt: skip
    """Add how the routes that share each piece of a row go together."""
    base = member_first[pieces[0]]
    for s in range(pieces[0], pieces[1]):
        first, last = member_first[s], member_first[s + 1]
        total = 0.0
        for q in range(first, last):
            total += joint[q - base]
        if total <= LEAST_WEIGHT:
            continue
        for q in range(first, last):
            a = number[member[q]]
            if a < 0:
                continue
            weight = factor / total * joint[q - base]
            for r in range(first, last):
                b = number[member[r]]
                if b >= 0:
                    answer[a, b] += weight * joint[r - base]


@njit(cache=True, inline="always")
def _spread(
    count: int, mover: Ints, lo: int, value: float, cost: Floats, place_first: Ints, place: Ints,
    use: Floats, answer: Floats, found: int, touched: Ints, taken: Floats, slope: Floats,
) -> None:  # fmt: skip
    """Add the answers of a row's routes to each other's costs to the slopes of the places.

    ``value`` is what an hour is worth to all tonnes of the row; ``taken`` (F, count) is scratch.
    """
    for a in range(found):
        for b in range(count):
            taken[touched[a], b] = 0.0
    for a in range(count):
        for e in range(place_first[lo + mover[a]], place_first[lo + mover[a] + 1]):
            f, amount = place[e], use[e]
            for b in range(count):
                taken[f, b] += amount * answer[a, b]
    for b in range(count):
        pull = value / cost[mover[b]]
        for e in range(place_first[lo + mover[b]], place_first[lo + mover[b] + 1]):
            for a in range(found):
                slope[touched[a], place[e]] += taken[touched[a], b] * pull


@njit(cache=True)
def _widest(
    start: int, stop: int, row_first: Ints, key: Ints, piece_first: Ints, member_first: Ints
) -> tuple[int, int]:
    """Return the most routes and members of shared pieces of a row."""
    n, members = 0, 0
    for row in range(start, stop):
        n = max(n, row_first[row + 1] - row_first[row])
        a, b = piece_first[key[row]], piece_first[key[row] + 1]
        members = max(members, member_first[b] - member_first[a])
    return n, members


@njit(cache=True, inline="always")
def _answers(
    n: int, lo: int, at: int, k: float, lam: float, alike: float, chain: Ints, of_chain: Floats,
    pieces: tuple[int, int], member_first: Ints, member: Ints, joint: Floats, own: Floats,
    share: Floats, place_first: Ints, mover: Ints, number: Ints, answer: Floats,
) -> int:  # fmt: skip
    """Fill ``answer`` with A of the module for the routes of a row that count; return how many."""
    count, nests = _movers(n, lo, share, place_first, mover, number), n > 1
    inner = k / lam - k if nests else 0.0
    _couple_row(count, mover, lo, at, k, inner, chain, of_chain, share, answer)
    if nests and alike < 1.0:
        factor = (k / alike - k) / lam
        _couple_pieces(factor, pieces, member_first, member, joint, number, answer)
    for a in range(count):
        # What each route gives way by its own cost.
        i = mover[a]
        sharp = k * share[lo + i]
        if nests and (lam < 1.0 or alike < 1.0):
            sharp = k / lam * (own[i] + (share[lo + i] - own[i]) / alike)
        answer[a, a] -= sharp
    return count


@njit(cache=True)
def _chunk(start, stop, row_first, demand, option_cost, net, wait_h, ways, with_slopes, results):  # type: ignore[no-untyped-def]
    """Choose and load for the rows ``start:stop``, which are whole cells."""
    tonnes, vots, scale, dissimilarity, path_size, cell, weight, anchor, price0, elasticity = demand
    key, way_first, chain, alone, piece_first, member_first, member, log_part = ways
    share, composite, load, slope = results
    place_first, place, use = net
    most, members = _widest(start, stop, row_first, key, piece_first, member_first)
    cost, own, of_chain, log_y, least = np.zeros((5, most))
    joint, answer = np.zeros(members), np.zeros((most, most))
    mover, number = np.zeros((2, most), np.int64)
    seen, touched = np.zeros((2, wait_h.size), np.int64)
    part_load, fall = np.zeros((2, wait_h.size))
    part_slope, taken = np.zeros((wait_h.size, wait_h.size)), np.zeros((wait_h.size, most))
    found, price = 0, 0.0
    for row in range(start, stop):
        lo, hi, at = row_first[row], row_first[row + 1], way_first[key[row]]
        n, vot = hi - lo, vots[row]
        k, lam, alike = scale[row], dissimilarity[row], 1.0 - path_size[row]
        if row == start or cell[row] != cell[row - 1]:
            price = price0[row]
        best = _costs(lo, hi, vot, option_cost, place_first, place, wait_h, cost)
        pieces = piece_first[key[row]], piece_first[key[row] + 1]
        if best == np.inf:
            for o in range(lo, hi):
                share[o] = 0.0
            composite[row] = np.nan
        elif n == 1 or (lam == 1.0 and alike == 1.0):
            composite[row] = plain(n, best, k, cost, lo, share)
        else:
            composite[row] = nested(
                n, best, k, lam, alike, cost, at, chain, alone, pieces, member_first, member,
                log_part, lo, share, own, joint, of_chain, log_y, least,
            )  # fmt: skip
        if best < np.inf and place_first[hi] > place_first[lo]:
            paid = vot * weight[row] * composite[row]
            if elasticity[row] > 0.0:
                price += weight[row] * (composite[row] - anchor[row])
            found = _load(
                n, lo, tonnes[row], paid, cost, share, place_first, place, use, found, seen,
                touched, part_load, fall,
            )  # fmt: skip
            if with_slopes and tonnes[row] > 0.0:
                count = _answers(
                    n, lo, at, k, lam, alike, chain, of_chain, pieces, member_first, member, joint,
                    own, share, place_first, mover, number, answer,
                )  # fmt: skip
                _spread(
                    count, mover, lo, tonnes[row] * vot, cost, place_first, place, use, answer,
                    found, touched, taken, part_slope,
                )  # fmt: skip
        if row + 1 == stop or cell[row + 1] != cell[row]:
            e, factor, steep = elasticity[row], 1.0, 0.0
            if e > 0.0:
                factor, steep = (price / price0[row]) ** -e, e / price
            _close(
                factor, steep, with_slopes, found, seen, touched, part_load, fall, part_slope,
                load, slope,
            )  # fmt: skip
            found = 0


@njit(cache=True)
def _first_of_chunk(chunk: int, cell: Ints) -> int:
    """Return the first row of a chunk; a cell is in one chunk only."""
    row = chunk * cell.size // CHUNKS
    while 0 < row < cell.size and cell[row] == cell[row - 1]:
        row += 1
    return row


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
    cell: Ints,
    mean_weight: Floats,
    anchor_cost: Floats,
    anchor_price: Floats,
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
    cell, mean_weight
        (R,) cell of each row, those of one cell next to each other, and a of the elastic demand.
    anchor_cost, anchor_price, elasticity
        (R,) C0 of the row, P0 of its cell in US$ per t, and e of its cell; where e is 0 the others
        do not count.
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
            tonnes, vot_usd_per_t_h, scale, dissimilarity, path_size, cell, mean_weight,
            anchor_cost, anchor_price, elasticity,
        )  # fmt: skip
        ways = (
            key, way_first, way_chain, way_alone, piece_first, member_first, member, log_part
        )  # fmt: skip
        net = (option_place_first, option_place, option_use)
        results = (share, composite, loads[chunk], slopes[chunk])
        start, stop = _first_of_chunk(chunk, cell), _first_of_chunk(chunk + 1, cell)
        _chunk(start, stop, row_first, demand, option_cost, net, wait_h, ways, with_slopes, results)
    load, slope = _sum(loads, slopes)
    return share, composite, load, slope
