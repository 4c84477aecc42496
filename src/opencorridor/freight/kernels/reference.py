"""Plain numpy twins of the compiled kernels: the oracle of their tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["choose_and_load"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
    """Shares, composite costs, loads and their slopes; see ``loading.choose_and_load``."""
    n_place = wait_h.size
    share = np.zeros(option_cost.size)
    composite = np.full(tonnes.size, np.nan)
    load = np.zeros(n_place)
    slope = np.zeros((n_place, n_place))
    for row in range(tonnes.size):
        options = np.arange(row_first[row], row_first[row + 1])
        cost = np.empty(options.size)
        incidence = np.zeros((options.size, n_place))
        for k, option in enumerate(options):
            places = option_place[option_place_first[option] : option_place_first[option + 1]]
            incidence[k, places] = 1.0
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
        load += tonnes[row] * p @ incidence
        pull = np.where(open_, vot_usd_per_t_h[row] / np.where(open_, cost, 1.0), 0.0)
        d = pull[:, None] * incidence
        dp = -exponent * p[:, None] * (d - (p @ d)[None, :])
        slope += tonnes[row] * incidence.T @ dp
    return share, composite, load, slope
