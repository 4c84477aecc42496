"""Route choice and loading of places in one sweep over the demand rows.

Choice is a power logit: route r of a row is taken with a share proportional to c_r ** -k,
c the generalised cost per tonne with the wait at each place valued at the row's value of
time. It is the logit with utility -k ln c; the composite cost (sum c_r ** -k) ** (-1/k) is
its log-sum and never rises when a route is added or gets cheaper.
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


@njit(cache=True, nogil=True)
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
    """Costs and shares of one row's options; returns the composite cost or NaN."""
    top = -np.inf
    for o in range(lo, hi):
        c = option_cost[o]
        for q in range(place_first[o], place_first[o + 1]):
            c += vot * wait_h[place[q]]
        cost[o] = c
        if np.isfinite(c):
            u = -exponent * np.log(c)
            if u > top:
                top = u
    if top == -np.inf:
        for o in range(lo, hi):
            share[o] = 0.0
        return np.nan
    total = 0.0
    for o in range(lo, hi):
        if np.isfinite(cost[o]):
            share[o] = np.exp(-exponent * np.log(cost[o]) - top)
        else:
            share[o] = 0.0
        total += share[o]
    for o in range(lo, hi):
        share[o] /= total
    return float(np.exp(-(top + np.log(total)) / exponent))


@njit(cache=True, nogil=True)
def _add_row(
    lo: int,
    hi: int,
    tonnes: float,
    vot: float,
    place_first: Ints,
    place: Ints,
    exponent: float,
    cost: Floats,
    share: Floats,
    load: Floats,
    slope: Floats,
) -> None:
    """Add one row to the loads and to their slopes by the waits."""
    for o in range(lo, hi):
        if share[o] > 0.0:
            for q in range(place_first[o], place_first[o + 1]):
                load[place[q]] += tonnes * share[o]
    for o in range(lo, hi):
        if share[o] > 0.0:
            pull = vot / cost[o]
            base = -exponent * tonnes * share[o]
            for a in range(place_first[o], place_first[o + 1]):
                f = place[a]
                for b in range(place_first[o], place_first[o + 1]):
                    slope[f, place[b]] += base * pull
                for other in range(lo, hi):
                    if share[other] > 0.0:
                        weight = share[other] * vot / cost[other]
                        for b in range(place_first[other], place_first[other + 1]):
                            slope[f, place[b]] -= base * weight


@njit(cache=True, parallel=True)
def choose_and_load(
    row_first: Ints,
    tonnes: Floats,
    vot_usd_per_t_h: Floats,
    option_cost: Floats,
    option_place_first: Ints,
    option_place: Ints,
    wait_h: Floats,
    exponent: float,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Choose a route for every demand row and load the places on it.

    Parameters
    ----------
    row_first
        (R + 1,) options of row r are ``row_first[r] : row_first[r + 1]``.
    tonnes, vot_usd_per_t_h
        (R,) tonnes a year and value of time of each row.
    option_cost
        (O,) generalised cost without waits, US$ per t; infinite where the route is closed.
    option_place_first, option_place
        CSR of the capacity places on each option.
    wait_h
        (F,) wait at each place.
    exponent
        k of the power logit.

    Returns
    -------
    (share (O,), composite cost (R,) NaN without a route, load (F,), d load / d wait (F, F)).
    """
    n_rows = tonnes.size
    n_place = wait_h.size
    share = np.zeros(option_cost.size)
    cost = np.zeros(option_cost.size)
    composite = np.empty(n_rows)
    loads = np.zeros((CHUNKS, n_place))
    slopes = np.zeros((CHUNKS, n_place, n_place))
    for chunk in prange(CHUNKS):
        start = chunk * n_rows // CHUNKS
        stop = (chunk + 1) * n_rows // CHUNKS
        for row in range(start, stop):
            lo = row_first[row]
            hi = row_first[row + 1]
            vot = vot_usd_per_t_h[row]
            composite[row] = _row(
                lo, hi, vot, option_cost, option_place_first, option_place, wait_h, exponent,
                cost, share,
            )
            if tonnes[row] > 0.0 and composite[row] == composite[row]:
                _add_row(
                    lo, hi, tonnes[row], vot, option_place_first, option_place, exponent,
                    cost, share, loads[chunk], slopes[chunk],
                )
    load = np.zeros(n_place)
    slope = np.zeros((n_place, n_place))
    for chunk in range(CHUNKS):
        load += loads[chunk]
        slope += slopes[chunk]
    return share, composite, load, slope
