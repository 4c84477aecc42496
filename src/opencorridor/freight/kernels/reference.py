"""Plain numpy twins of the compiled kernels: the oracle of their tests."""

from __future__ import annotations

import itertools

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
) -> tuple[Floats, Floats, Floats, Floats]:
    """Shares, composite costs, loads and their slopes; see ``loading.choose_and_load``."""
    n_place = wait_h.size
    share = np.zeros(option_cost.size)
    composite = np.full(tonnes.size, np.nan)
    load = np.zeros(n_place)
    slope = np.zeros((n_place, n_place))
    price, fall = anchor_price.astype(float), np.zeros((tonnes.size, n_place))
    moved, turned = np.zeros((tonnes.size, n_place)), np.zeros((tonnes.size, n_place, n_place))
    for row in range(tonnes.size):
        options = np.arange(row_first[row], row_first[row + 1])
        cost = np.empty(options.size)
        incidence, use = np.zeros((2, options.size, n_place))
        for i, option in enumerate(options):
            entries = slice(option_place_first[option], option_place_first[option + 1])
            places = option_place[entries]
            incidence[i, places], use[i, places] = 1.0, option_use[entries]
            cost[i] = option_cost[option] + vot_usd_per_t_h[row] * wait_h[places].sum()
        cost[~np.isfinite(cost)] = np.inf
        if not np.isfinite(cost).any():
            continue
        ways = slice(way_first[key[row]], way_first[key[row]] + options.size)
        pieces = [
            (member[lo:hi], np.exp(log_part[lo:hi]))
            for lo, hi in itertools.pairwise(
                member_first[piece_first[key[row]] : piece_first[key[row] + 1] + 1]
            )
        ]
        pull = np.where(np.isfinite(cost), vot_usd_per_t_h[row] / cost, 0.0)
        p, dp, composite[row] = _choice(
            cost, pull[:, None] * incidence, way_chain[ways], way_alone[ways], pieces, scale[row],
            dissimilarity[row], 1.0 - path_size[row],
        )  # fmt: skip
        share[options] = p
        moved[row], turned[row] = tonnes[row] * p @ use, tonnes[row] * use.T @ dp
        fall[row] = mean_weight[row] * composite[row] * p @ (pull[:, None] * incidence)
        if incidence.any():
            dearer = mean_weight[row] * (composite[row] - anchor_cost[row])
            price[cell == cell[row]] += dearer
    for row in range(tonnes.size):
        e, factor, steep = elasticity[row], 1.0, np.zeros(n_place)
        if e > 0.0:
            factor = (price[row] / anchor_price[row]) ** -e
            steep = e / price[row] * fall[cell == cell[row]].sum(axis=0)
        load += factor * moved[row]
        slope += factor * (turned[row] - moved[row][:, None] * steep[None, :])
    return share, composite, load, slope


def _choice(
    cost: Floats,
    pull: Floats,
    chain: Ints,
    alone: Floats,
    pieces: list[tuple[Ints, Floats]],
    scale: float,
    dissimilarity: float,
    alike: float,
) -> tuple[Floats, Floats, float]:
    """Shares (n,), their slopes by the waits (n, F), and the composite cost of one row.

    Term by term: a term is a route on a piece of its chain. ``pull`` (n, F) is d ln c / d wait.
    """
    terms = [(chain[i], [i], np.array([alone[i]])) for i in range(cost.size)]
    terms += [(chain[group[0]], list(group), part) for group, part in pieces]
    log_y = -scale / dissimilarity * np.log(cost)
    log_sum, within, d_within = [], [], []
    for _, group, part in terms:
        with np.errstate(divide="ignore"):
            u = (np.log(part) + log_y[group]) / alike
        log_sum.append(alike * _log_sum(u))
        p = np.exp(u - _log_sum(u)) if np.isfinite(_log_sum(u)) else np.zeros(len(group))
        within.append(p)
        d_within.append(p @ pull[group])
    p, dp = np.zeros(cost.size), np.zeros(pull.shape)
    names = np.unique(chain)
    inner = {c: _log_sum(np.array([log_sum[t] for t, x in enumerate(terms) if x[0] == c]))
             for c in names}  # fmt: skip
    outer = _log_sum(dissimilarity * np.array([inner[c] for c in names]))
    q = [
        np.exp(dissimilarity * inner[x[0]] - outer + log_sum[t] - inner[x[0]])
        if np.isfinite(log_sum[t])
        else 0.0
        for t, x in enumerate(terms)
    ]
    mean = sum(a * d for a, d in zip(q, d_within, strict=True))
    for c in names:
        mine = [t for t, x in enumerate(terms) if x[0] == c]
        of_chain = sum(q[t] for t in mine)
        if of_chain == 0.0:
            continue
        middle = sum(q[t] * d_within[t] for t in mine) / of_chain
        for t in mine:
            for i, w in zip(terms[t][1], within[t], strict=True):
                d = scale * (mean - middle)
                d = d + scale / dissimilarity * (middle - d_within[t])
                d = d + scale / dissimilarity / alike * (d_within[t] - pull[i])
                p[i] += q[t] * w
                dp[i] += q[t] * w * d
    return p, dp, float(np.exp(-outer / scale))


def _log_sum(value: Floats) -> float:
    """Logarithm of the sum of exponentials."""
    top = value.max()
    return float(top + np.log(np.exp(value - top).sum())) if np.isfinite(top) else -np.inf


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
