"""Route choice and loading of places in one sweep over the demand rows.

Choice is a power logit: route r of a row is taken with a share proportional to c_r ** -k,
c the generalised cost per tonne with the wait at each place valued at the row's value of
time. It is the logit with utility -k ln c; the composite cost (sum c_r ** -k) ** (-1/k) is
its log-sum and never rises when a route is added or gets cheaper.

Demand may be elastic: tonnes T0 hold at an anchor C0 of the composite cost C, elsewhere

    T(C) = T0 ((v + C) / (v + C0)) ** -e,

v the value of a tonne. Elasticity 0 gives fixed tonnes.

What a tonne takes of a place on its way is its *use*: 1 where a capacity is counted in tonnes,
the days that it holds a unit where the place is a fleet. Load is tonnes times use; the wait is
paid once, whatever the use.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

__all__ = ["choose_and_load"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Rows are cut into a fixed number of chunks whose sums are added in order, so that the result
# does not depend on the number of threads.
CHUNKS = 32


@njit(cache=True)
def _row(
    lo: int,
    hi: int,
    vot: float,
    option_cost: Floats,
    place_first: Ints,
    place: Ints,
    wait_h: Floats,
    exponent: float,
    cost: Floats,
    share: Floats,
) -> float:
    """Costs (from 0 on) and shares (from ``lo`` on) of one row; its composite cost or NaN."""
    best = np.inf
    for o in range(lo, hi):
        c = option_cost[o]
        for q in range(place_first[o], place_first[o + 1]):
            c += vot * wait_h[place[q]]
        cost[o - lo] = c if c < np.inf else np.inf
        if c < best:
            best = c
    if best == np.inf:
        share[lo:hi] = 0.0
        return np.nan
    total = 0.0
    for o in range(lo, hi):
        ratio = cost[o - lo] / best
        if ratio == 1.0:
            share[o] = 1.0
        else:
            share[o] = np.exp(-exponent * np.log(ratio))
        total += share[o]
    if total == 1.0:
        return float(best)
    for o in range(lo, hi):
        share[o] /= total
    return float(best * np.exp(-np.log(total) / exponent))


@njit(cache=True)
def _add_row(
    lo: int,
    hi: int,
    tonnes: float,
    vot: float,
    place_first: Ints,
    place: Ints,
    use: Floats,
    exponent: float,
    response: float,
    cost: Floats,
    share: Floats,
    load: Floats,
    slope: Floats,
    near: Floats,
    pulled: Floats,
    seen: NDArray[np.bool_],
    touched: Ints,
) -> None:
    """Add one row to the loads and to their slopes by the waits.

    With p_o the shares, d_o = vot / c_o, I_o the places of an option and U_o their use, the slope
    is (k - r) T (sum p_o U_o) (sum p_o d_o I_o)' - k T sum p_o d_o U_o I_o', r = e C / (v + C)
    what the tonnes themselves give way. ``near`` and ``pulled`` (F,) hold the two sums and are
    left at 0, ``seen`` (F,) at false.
    """
    n = 0
    for o in range(lo, hi):
        if share[o] <= 0.0:
            continue
        pull = share[o] * vot / cost[o - lo]
        for a in range(place_first[o], place_first[o + 1]):
            f = place[a]
            if not seen[f]:
                seen[f] = True
                touched[n] = f
                n += 1
            near[f] += use[a] * share[o]
            pulled[f] += pull
            load[f] += use[a] * tonnes * share[o]
            for b in range(place_first[o], place_first[o + 1]):
                slope[f, place[b]] -= use[a] * exponent * tonnes * pull
    for a in range(n):
        for b in range(n):
            f, g = touched[a], touched[b]
            slope[f, g] += (exponent - response) * tonnes * near[f] * pulled[g]
    for a in range(n):
        near[touched[a]] = 0.0
        pulled[touched[a]] = 0.0
        seen[touched[a]] = False


@njit(cache=True)
def _chunk(
    start: int,
    stop: int,
    row_first: Ints,
    tonnes: Floats,
    vot_usd_per_t_h: Floats,
    option_cost: Floats,
    place_first: Ints,
    place: Ints,
    use: Floats,
    wait_h: Floats,
    exponent: float,
    anchor_cost: Floats,
    value_density: Floats,
    elasticity: Floats,
    share: Floats,
    composite: Floats,
    load: Floats,
    slope: Floats,
) -> None:
    """Choose and load for the rows ``start:stop``."""
    n_place = wait_h.size
    near, pulled = np.zeros(n_place), np.zeros(n_place)
    seen = np.zeros(n_place, np.bool_)
    touched = np.empty(n_place, np.int64)
    widest = 0
    for row in range(start, stop):
        widest = max(widest, row_first[row + 1] - row_first[row])
    cost = np.empty(widest)
    for row in range(start, stop):
        lo = row_first[row]
        hi = row_first[row + 1]
        vot = vot_usd_per_t_h[row]
        composite[row] = _row(
            lo, hi, vot, option_cost, place_first, place, wait_h, exponent, cost, share
        )
        loads = place_first[hi] > place_first[lo] and composite[row] == composite[row]
        if loads and tonnes[row] > 0.0:
            moved, response = tonnes[row], 0.0
            if elasticity[row] > 0.0:
                full = value_density[row] + composite[row]
                moved *= (full / (value_density[row] + anchor_cost[row])) ** -elasticity[row]
                response = elasticity[row] * composite[row] / full
            _add_row(
                lo, hi, moved, vot, place_first, place, use, exponent, response, cost, share,
                load, slope, near, pulled, seen, touched,
            )  # fmt: skip


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
    exponent: float,
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
    exponent
        k of the power logit.
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
        _chunk(
            chunk * n_rows // CHUNKS,
            (chunk + 1) * n_rows // CHUNKS,
            row_first,
            tonnes,
            vot_usd_per_t_h,
            option_cost,
            option_place_first,
            option_place,
            option_use,
            wait_h,
            exponent,
            anchor_cost,
            value_density,
            elasticity,
            share,
            composite,
            loads[chunk],
            slopes[chunk],
        )
    load, slope = _sum(loads, slopes)
    return share, composite, load, slope
