"""Options: a demand row on one of its routes; their costs and the capacity places on them."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

__all__ = ["arc_fares", "fare_sums", "option_places"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True)
def arc_fares(
    first: Ints,
    arcs: NDArray[np.int32],
    origin_country: Ints,
    destination_country: Ints,
    arc_country: NDArray[np.int16],
) -> NDArray[np.int32]:
    """Position of the price that holds on each arc of each route: 3 * arc + flow kind.

    Flow kinds: 0 transit, 1 import/export, 2 domestic: an arc on water counts as
    import/export.
    """
    out = np.empty(arcs.size, dtype=np.int32)
    for r in range(first.size - 1):
        start, end = origin_country[r], destination_country[r]
        for p in range(first[r], first[r + 1]):
            country = arc_country[arcs[p]]
            kind = 1 if country < 0 else int(country == start) + int(country == end)
            out[p] = 3 * arcs[p] + kind
    return out


@njit(cache=True, parallel=True)
def fare_sums(wanted: Ints, first: Ints, fare: NDArray[np.int32], price: Floats) -> Floats:
    """Sum the prices (3 * A,) of :func:`arc_fares` along the wanted routes (W,)."""
    out = np.empty(wanted.size)
    for w in prange(wanted.size):
        total = 0.0
        for p in range(first[wanted[w]], first[wanted[w] + 1]):
            total += price[fare[p]]
        out[w] = total
    return out


@njit(cache=True)
def option_places(
    option_route: Ints,
    option_cargo: Ints,
    option_class: Ints,
    first: Ints,
    arcs: NDArray[np.int32],
    arc_first: Ints,
    arc_place: Ints,
    place_cargo: Ints,
    place_class: Ints,
) -> tuple[Ints, Ints]:
    """CSR of the places that count each option's tonnes; a place counts once a route."""
    n_place = place_cargo.size
    stamp = np.full(n_place, -1)
    option_first = np.zeros(option_route.size + 1, dtype=np.int64)
    found = np.empty(16 + 4 * option_route.size, dtype=np.int64)
    n = 0
    for o in range(option_route.size):
        r = option_route[o]
        for p in range(first[r], first[r + 1]):
            a = arcs[p]
            for q in range(arc_first[a], arc_first[a + 1]):
                f = arc_place[q]
                if stamp[f] == o:
                    continue
                if place_cargo[f] >= 0 and place_cargo[f] != option_cargo[o]:
                    continue
                if place_class[f] >= 0 and place_class[f] != option_class[o]:
                    continue
                stamp[f] = o
                if n == found.size:
                    bigger = np.empty(2 * found.size, dtype=np.int64)
                    bigger[:n] = found
                    found = bigger
                found[n] = f
                n += 1
        option_first[o + 1] = n
    return option_first, found[:n].copy()
