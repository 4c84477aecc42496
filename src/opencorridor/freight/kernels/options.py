"""Options: a demand row on one of its routes; their costs and the capacity places on them."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

__all__ = ["arc_fares", "option_places", "part_sums", "shut_routes", "weighted_sums"]

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
def part_sums(
    wanted: Ints,
    first: Ints,
    fare: NDArray[np.int32],
    is_open: NDArray[np.bool_],
    time_h: Floats,
    spread_h: Floats,
    co2: Floats,
    fee: Floats,
    charge: Floats,
    unit: NDArray[np.int8],
    n_part: int,
) -> Floats:
    """Sum the parts of costs along the wanted routes (W,).

    ``time_h``, ``spread_h``, ``co2`` and ``fee`` are by arc (A,), ``charge`` and its ``unit`` by
    :func:`arc_fares` (3 * A,). Returns (W, n_part): hours, spread, CO2e, then money by unit, the
    fees with the first, per tonne. A route over a closed arc takes infinite hours.
    """
    out = np.zeros((wanted.size, n_part))
    for w in prange(wanted.size):
        for p in range(first[wanted[w]], first[wanted[w] + 1]):
            arc = fare[p] // 3
            if not is_open[arc]:
                out[w, 0] = np.inf
            out[w, 0] += time_h[arc]
            out[w, 1] += spread_h[arc]
            out[w, 2] += co2[arc]
            out[w, 3] += fee[arc]
            out[w, 3 + unit[fare[p]]] += charge[fare[p]]
    return out


@njit(cache=True)
def weighted_sums(sums: Floats, way: Ints, klass: Ints, weight: Floats) -> Floats:
    """Weigh the sums (W, K) of each option's way by its class (classes, K); never NaN but inf.

    What a route does not use costs nothing, even where the weight of the part is not known.
    """
    out = np.empty(way.size)
    for o in range(way.size):
        total = 0.0
        for k in range(sums.shape[1]):
            part = sums[way[o], k]
            if part != 0.0:
                total += part * weight[klass[o], k]
        out[o] = total if total < np.inf else np.inf
    return out


@njit(cache=True)
def shut_routes(
    route: Ints, first: Ints, fare: NDArray[np.int32], is_open: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether each of the routes uses an arc that is not open."""
    out = np.zeros(route.size, dtype=np.bool_)
    for w in range(route.size):
        for p in range(first[route[w]], first[route[w] + 1]):
            if not is_open[fare[p] // 3]:
                out[w] = True
                break
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
