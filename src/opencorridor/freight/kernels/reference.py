"""Plain numpy twins of the compiled kernels: the oracle of their tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["cell_rows", "choose_and_load", "first_of_equals", "route_cost"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
    """Shares, composite costs, loads and their slopes; see ``loading.choose_and_load``."""
    n_place = wait_h.size
    share = np.zeros(option_cost.size)
    composite = np.full(tonnes.size, np.nan)
    load = np.zeros(n_place)
    slope = np.zeros((n_place, n_place))
    for row in range(tonnes.size):
        options = np.arange(row_first[row], row_first[row + 1])
        cost = np.empty(options.size)
        incidence, use = np.zeros((2, options.size, n_place))
        for k, option in enumerate(options):
            entries = slice(option_place_first[option], option_place_first[option + 1])
            places = option_place[entries]
            incidence[k, places], use[k, places] = 1.0, option_use[entries]
            cost[k] = option_cost[option] + vot_usd_per_t_h[row] * wait_h[places].sum()
        open_ = np.isfinite(cost)
        if not open_.any():
            continue
        utility = np.where(open_, -exponent * np.log(np.where(open_, cost, 1.0)), -np.inf)
        top = utility.max()
        weight = np.exp(utility - top)
        p = weight / weight.sum()
        share[options] = p
        composite[row] = np.exp(-(top + np.log(weight.sum())) / exponent)
        moved, response = tonnes[row], 0.0
        if elasticity[row] > 0.0:
            full = value_density[row] + composite[row]
            moved *= (full / (value_density[row] + anchor_cost[row])) ** -elasticity[row]
            response = elasticity[row] * composite[row] / full
        load += moved * p @ use
        pull = np.where(open_, vot_usd_per_t_h[row] / np.where(open_, cost, 1.0), 0.0)
        d = pull[:, None] * incidence
        dp = -exponent * p[:, None] * (d - (p @ d)[None, :])
        slope += moved * use.T @ (dp - response * p[:, None] * (p @ d)[None, :])
    return share, composite, load, slope


def first_of_equals(
    order: Ints, key: Ints, first: Ints, arcs: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Routes that differ from all earlier ones of their key; see ``kept.first_of_equals``."""
    seen: set[tuple[int, ...]] = set()
    fresh = []
    for route in order:
        mark = (int(key[route]), *arcs[first[route] : first[route + 1]].tolist())
        fresh.append(mark not in seen)
        seen.add(mark)
    return np.array(fresh, dtype=bool)


def cell_rows(
    export_list: Ints,
    import_list: Ints,
    list_first: Ints,
    zone: Ints,
    share: Floats,
    boxed: Floats,
    tonnes: Floats,
    least_t: Floats,
    live: NDArray[np.bool_],
) -> tuple[Ints, Floats]:
    """Rows of cells and what they cover; see ``rows.cell_rows``."""
    rows, covered = [np.empty((0, 4), dtype=np.int64)], np.zeros(tonnes.size)
    for cell in range(tonnes.size):
        e, i = export_list[cell], import_list[cell]
        start = np.arange(list_first[e], list_first[e + 1])
        end = np.arange(list_first[i], list_first[i + 1])
        both = share[start][:, None] * share[end][None, :]
        part = both[:, :, None] * np.array([boxed[cell], 1.0 - boxed[cell]])
        here = live[np.ix_(zone[start], zone[end])]
        total, largest = both[here].sum(), part[here].max(initial=0.0)
        if total == 0.0 or tonnes[cell] * total < least_t[cell]:
            continue
        least = min(least_t[cell], tonnes[cell] * largest)
        keep = here[:, :, None] & (part > 0.0) & (tonnes[cell] * part >= least)
        o, d, form = np.nonzero(keep)
        covered[cell] = total
        rows.append(np.column_stack([np.full(o.size, cell), start[o], end[d], form]))
    return np.concatenate(rows), covered


def route_cost(
    arcs: NDArray[np.int32],
    origin_country: int,
    destination_country: int,
    arc_country: NDArray[np.int16],
    by_kind: tuple[Floats, Floats, Floats],
    is_open: NDArray[np.bool_],
) -> float:
    """Cost of one route; see ``options.arc_fares`` and ``options.fare_sums``."""
    total = 0.0
    for arc in arcs.tolist():
        country = int(arc_country[arc])
        ends = [origin_country, destination_country].count(country)
        cost = float(by_kind[1 if country < 0 else ends][arc])
        total += cost if is_open[arc] and np.isfinite(cost) else np.inf
    return total
