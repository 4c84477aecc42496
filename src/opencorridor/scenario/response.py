"""How trade answers the costs of a state: from costs of rows to changes of trade costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import tau_hat
from opencorridor.scenario.model import Model

if TYPE_CHECKING:
    from opencorridor.scenario.prices import Prices
    from opencorridor.scenario.state import Baseline

__all__ = ["cell_mean", "log_price", "mean_weight", "own_elasticity", "trade_costs"]

Floats = NDArray[np.float64]

# A row that loses its last way trades as if its costs were ten times what they were.
LOST_TAU = 10.0


def cell_mean(model: Model, p: Prices, row_cost: Floats, live: NDArray[np.bool_]) -> Floats:
    """Mean generalised cost of each cell over its live rows: the country skim by weights."""
    n = model.cells.n
    weight = np.where(live, p.weight, 0.0)
    total = np.bincount(model.rows.cell, weights=weight, minlength=n)
    cost = np.bincount(model.rows.cell, weights=weight * np.where(live, row_cost, 0.0), minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0.0, cost / total, np.nan)


def mean_weight(model: Model, p: Prices, live: NDArray[np.bool_]) -> Floats:
    """Return the weight (R,) of each row in the mean cost of its cell (:func:`cell_mean`)."""
    weight = np.where(live, p.weight, 0.0)
    total = np.bincount(model.rows.cell, weights=weight, minlength=model.cells.n)[model.rows.cell]
    return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0)


def trade_costs(model: Model, p: Prices, base: Baseline, row_cost: Floats) -> tuple[Floats, Floats]:
    """Change of trade costs by sector and pair (S, P), and the mean cost of every cell."""
    live = np.isfinite(base.row_cost)
    lost = live & ~np.isfinite(row_cost)
    density = p.value_density[model.rows.cell]
    worst = base.row_cost + (LOST_TAU - 1.0) * (density + base.row_cost)
    cost = cell_mean(model, p, np.where(lost, worst, row_cost), live)
    known = np.isfinite(base.cell_cost)
    ratio = np.where(known, tau_hat(cost, base.cell_cost, p.value_density), 1.0)
    ratio = base.live_share * ratio + (1.0 - base.live_share)
    ban = np.maximum(p.allowed / np.maximum(base.prices.allowed, 1e-3), 1e-3)
    banned = np.flatnonzero(ban != 1.0)
    tau = np.ones((len(model.sectors), model.pair_exporter.size))
    for s in range(tau.shape[0]):
        factor = ratio.copy()
        factor[banned] *= ban[banned] ** (-1.0 / p.theta[s])
        part = p.sector_share[:, s] * (factor - 1.0)
        tau[s] += np.bincount(model.cell_pair, weights=part, minlength=tau.shape[1])
    for key in {*p.tariff, *base.prices.tariff}:
        tau[key] *= p.tariff.get(key, 1.0) / base.prices.tariff.get(key, 1.0)
    return tau, cost


def own_elasticity(model: Model, p: Prices, base: Baseline, flows: Floats) -> Floats:
    """(C,) elasticity of each cell's tonnes by its delivered price: its own costs alone count."""
    part = p.tonnes_per_usd * model.cell_values(flows)
    total = part.sum(axis=1)
    answer = (part * p.sector_share * p.theta).sum(axis=1)
    own = np.divide(answer, total, out=np.zeros_like(total), where=total > 0.0)
    return np.where(np.isfinite(base.cell_cost), own * base.live_share, 0.0)


def log_price(p: Prices, cost: Floats) -> Floats:
    """(C,) log of the delivered price of a tonne; 0 where no cost is known."""
    return np.where(np.isfinite(cost), np.log(p.value_density + np.nan_to_num(cost)), 0.0)
