"""The same model solved in levels, written apart: the rival of ``opencorridor.trade`` in tests.

Nothing here divides "after" by "before". An economy of labour, technology, tastes and trade costs
that happens to trade the given flows is made up (its wages and technology are arbitrary), then the
wages of the economy with other trade costs are found by MINPACK's hybrid method.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import root

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Economy:
    """Primitives of an Eaton-Kortum world with Cobb-Douglas tastes over sectors."""

    labour: Floats
    technology: list[Floats]
    trade_cost: list[Floats]
    taste: list[Floats]
    transfer_share: Floats
    elasticity: list[float]
    wage: Floats
    world_output: float


@dataclass(frozen=True)
class Outcome:
    """Levels of an economy at its equilibrium."""

    wage: Floats
    price: Floats
    spending: Floats
    flows: Floats
    gap: float


def calibrate(flows: Floats, theta: Floats, seed: int = 0) -> Economy:
    """Return one economy, of the many, that trades these flows."""
    rng = np.random.default_rng(seed + 77)
    count = flows.shape[1]
    wage = rng.uniform(0.5, 20.0, count)
    income = np.array([flows[:, i, :].sum() for i in range(count)])
    spending = np.array([flows[:, :, j].sum() for j in range(count)])
    technology, trade_cost, taste = [], [], []
    for table, eps in zip(flows, theta, strict=True):
        skill = rng.uniform(0.2, 5.0, count)
        bought = table.sum(axis=0)
        cost = np.full(table.shape, np.inf)
        for i in range(count):
            for j in range(count):
                if table[i, j] > 0:
                    # Solves T_i (w_i d_ij)^-eps = share of i in j's purchases, price index 1.
                    cost[i, j] = (skill[i] * bought[j] / table[i, j]) ** (1 / eps) / wage[i]
        technology.append(skill)
        trade_cost.append(cost)
        taste.append(bought / spending)
    return Economy(
        labour=income / wage,
        technology=technology,
        trade_cost=trade_cost,
        taste=taste,
        transfer_share=(spending - income) / income.sum(),
        elasticity=[float(eps) for eps in theta],
        wage=wage,
        world_output=float(income.sum()),
    )


def with_costs(economy: Economy, tau_hat: Floats) -> Economy:
    """Return the economy with its trade costs multiplied."""
    cost = [old * change for old, change in zip(economy.trade_cost, tau_hat, strict=True)]
    return replace(economy, trade_cost=cost)


def _spend(economy: Economy, wage: Floats) -> Floats:
    income = wage * economy.labour
    return income + economy.transfer_share * income.sum()


def equilibrium(economy: Economy) -> Outcome:
    """Return the equilibrium in levels, world output at its calibrated value."""
    access = []
    for skill, cost, eps in zip(
        economy.technology, economy.trade_cost, economy.elasticity, strict=True
    ):
        access.append(skill[:, None] * cost**-eps)

    def purchases(wage: Floats) -> tuple[list[Floats], list[Floats]]:
        spending = _spend(economy, wage)
        tables, indices = [], []
        for reach, taste, eps in zip(access, economy.taste, economy.elasticity, strict=True):
            offer = (wage**-eps)[:, None] * reach
            total = offer.sum(axis=0)
            total = np.where(taste > 0, total, 1.0)
            tables.append(offer / total * (taste * spending))
            indices.append(total ** (-1 / eps))
        return tables, indices

    def gaps(log_wage: Floats) -> Floats:
        wage = np.exp(log_wage)
        sold = sum(table.sum(axis=1) for table in purchases(wage)[0])
        income = wage * economy.labour
        gap = np.log(sold) - np.log(income)
        # Walras: the last market clears with the others; the numeraire takes its place.
        gap[-1] = np.log(income.sum() / economy.world_output)
        return gap

    start = np.log(economy.wage)
    found = root(gaps, start, method="hybr", options={"xtol": 1e-13, "maxfev": 100_000})
    wage = np.exp(found.x)
    tables, indices = purchases(wage)
    price = np.ones(len(wage))
    for index, taste in zip(indices, economy.taste, strict=True):
        price = price * index**taste
    flows = np.stack(tables)
    gap = float(np.abs(flows.sum(axis=(0, 2)) / (wage * economy.labour) - 1.0).max())
    return Outcome(wage, price, _spend(economy, wage), flows, gap)
