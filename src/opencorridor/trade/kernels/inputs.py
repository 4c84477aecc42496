r"""Exact-hat general equilibrium with many sectors, inputs of intermediates and tariffs.

Caliendo and Parro (2015), Review of Economic Studies 82(1), eq. 2-10 in hats. Exporter i, importer
j, sector s; :math:`\gamma_{skj}` is the share of sector s in the cost of producing k in j,
:math:`\gamma_{sj}` the share of value added, :math:`\alpha_{sj}` that of s in final spending,
:math:`t` a tariff rate, :math:`\hat\kappa = \hat\tau (1 + t') / (1 + t)`:

.. math::

    \hat c_{si} = \hat w_i^{\gamma_{si}} \prod_k \hat P_{ki}^{\gamma_{ksi}}, \qquad
    \hat P_{sj}^{-\theta_s} = \sum_i \pi_{sij} (\hat\kappa_{sij} \hat c_{si})^{-\theta_s}, \qquad
    \pi'_{sij} = \pi_{sij} (\hat\kappa_{sij} \hat c_{si} / \hat P_{sj})^{-\theta_s}

    Y'_{si} = \sum_j \frac{\pi'_{sij}}{1 + t'_{sij}} X'_{sj}, \qquad
    X'_{sj} = \sum_k \gamma_{skj} Y'_{kj} + \alpha_{sj} I'_j, \qquad
    I'_j = \hat w_j V_j + R'_j + D'_j

    \hat w_i V_i = \sum_s \gamma_{si} Y'_{si}

with V value added, X spending with duty, Y sales without, R tariff revenue, D the deficit. Wages
are found by Newton's method, prices and spending at given wages by accelerated repetition. Every
sweep is a matrix product: over flows ``[S, N, N]`` by sector, over inputs ``[N, S, S]`` by country.
The numeraire is the world's value added, :math:`\sum \hat w V = 1`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from opencorridor.trade.kernels.fixed_point import fixed_point
from opencorridor.trade.kernels.newton import Found, Markets, clear, invert

__all__ = [
    "CLOSURES",
    "Base",
    "Case",
    "Solution",
    "State",
    "evaluate",
    "hat",
    "jacobian",
    "misses",
    "residual",
    "unchanged",
]

Floats = npt.NDArray[np.float64]

CLOSURES = ("fixed_amount", "fixed_share", "balanced")


@dataclass(frozen=True, eq=False)
class Base:
    r"""What the model needs of the world before the change; amounts are shares of value added.

    Attributes
    ----------
    share
        Shares :math:`\pi` of exporters in spending, duty included ``[S, N, N]``.
    use
        Shares of inputs in cost ``[N, S, S]``: country, sector bought, sector that uses it.
    value_added
        Shares of value added in cost ``[S, N]``; with those of inputs they add to 1.
    taste
        Shares of sectors in final spending ``[S, N]``.
    income
        Value added V of countries ``[N]``, adding to 1.
    deficit
        Deficits ``[N]``, adding to 0.
    outlay
        Spending X by sector, duty included ``[S, N]``.
    theta
        Trade elasticities ``[S]``.
    closure
        How deficits move: one of ``CLOSURES``.
    tariff
        Rates t before the change ``[S, N, N]``, or None where there are none.
    """

    share: Floats
    use: Floats
    value_added: Floats
    taste: Floats
    income: Floats
    deficit: Floats
    outlay: Floats
    theta: Floats
    closure: str
    tariff: Floats | None

    @cached_property
    def sales(self) -> float:
        """World sales without duty before the change, in shares of value added."""
        paid = self.share if self.tariff is None else self.share / (1.0 + self.tariff)
        return float(np.matmul(paid, self.outlay[:, :, None]).sum())

    @cached_property
    def inverse(self) -> Floats:
        """Inverse of the Jacobian at unchanged wages ``[N, N]``, which later steps re-use."""
        case = unchanged(self)
        state = evaluate(self, case, np.zeros(len(self.income)), None, 1e-6)
        return invert(jacobian(self, case, state))


class Case(NamedTuple):
    r"""A change of trade costs and tariffs.

    ``priced`` is :math:`\pi \hat\kappa^{-\theta}` ``[S, N, N]``, ``paid`` the same over
    :math:`1 + t'`: what of it the exporter receives (the same array where no tariff is left).
    """

    priced: Floats
    paid: Floats


class State(NamedTuple):
    r"""One evaluation of the world at given log wages.

    ``excess`` is demand for value added over its supply less one ``[N]``; ``log_price``,
    ``log_cost`` :math:`\log\hat P, \log\hat c` ``[S, N]``; ``outlay`` X', ``sold`` Y' ``[S, N]``;
    ``income`` :math:`\hat w V`, ``final`` I', ``revenue`` R' ``[N]``. Flows without duty are
    ``paid`` times ``supply`` (by exporter) times ``pull`` (by importer).
    """

    log_wage: Floats
    excess: Floats
    log_price: Floats
    log_cost: Floats
    supply: Floats
    pull: Floats
    outlay: Floats
    sold: Floats
    income: Floats
    final: Floats
    revenue: Floats


Solution = Found[State]


def unchanged(world: Base) -> Case:
    """Return the case of no change."""
    paid = world.share if world.tariff is None else world.share / (1.0 + world.tariff)
    return Case(world.share, paid)


def _by_input(use: Floats, values: Floats) -> Floats:
    """Return the sum over sectors k that use s: ``[N, S, S] x [S, N] -> [S, N]``."""
    return np.asarray(np.matmul(use, values.T[:, :, None])[:, :, 0].T)


def _by_user(use: Floats, values: Floats) -> Floats:
    """Return the sum over sectors s that k buys: ``[N, S, S] x [S, N] -> [S, N]``."""
    return np.asarray(np.matmul(values.T[:, None, :], use)[:, 0, :].T)


def _bought(supply: Floats, table: Floats) -> Floats:
    """Return the sum over exporters ``[S, N]``."""
    return np.asarray(np.matmul(supply[:, None, :], table)[:, 0, :])


def _sold(table: Floats, pull: Floats) -> Floats:
    """Return the sum over importers ``[S, N]``."""
    return np.asarray(np.matmul(table, pull[:, :, None])[:, :, 0])


def _prices(world: Base, case: Case, log_wage: Floats) -> Callable[[Floats], Floats]:
    """Return the map of log prices ``[S * N]`` to those at the costs which they make."""
    shape = world.value_added.shape
    wages = world.value_added * log_wage
    power = -world.theta[:, None]
    active = world.outlay > 0

    def again(flat: Floats) -> Floats:
        log_cost = wages + _by_user(world.use, flat.reshape(shape))
        offer = _bought(np.exp(power * log_cost), case.priced)
        return np.asarray((np.log(offer, out=np.zeros(shape), where=active) / power).ravel())

    return again


def _transfers(world: Base, sold: Floats) -> Floats:
    """Return the deficits ``[N]`` after the change."""
    if world.closure == "balanced":
        return np.zeros_like(world.deficit)
    if world.closure == "fixed_share":
        return np.asarray(world.deficit * (sold.sum() / world.sales))
    return world.deficit


def _spending(
    world: Base, case: Case, supply: Floats, offer: Floats, income: Floats
) -> Callable[[Floats], tuple[Floats, Floats, Floats, Floats, Floats]]:
    """Return the map of spending X' ``[S, N]`` to that which its sales, taxes and inputs make.

    It also returns pull, sales, final spending and revenue.
    """
    reach = np.divide(1.0, offer, out=np.zeros_like(offer), where=world.outlay > 0)
    kept = reach * _bought(supply, case.paid)
    taxed = case.paid is not case.priced
    none = np.zeros(len(income))

    def again(outlay: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        pull = outlay * reach
        sold = supply * _sold(case.paid, pull)
        revenue = (outlay * (1.0 - kept)).sum(axis=0) if taxed else none
        final = income + revenue + _transfers(world, sold)
        return _by_input(world.use, sold) + world.taste * final, pull, sold, final, revenue

    return again


def evaluate(
    world: Base, case: Case, log_wage: Floats, last: State | None, tol: float = 1e-13
) -> State:
    """Return the world at log wages: prices, then spending, each to ``tol``."""
    shape = world.value_added.shape
    income = world.income * np.exp(log_wage)
    start = np.zeros(shape) if last is None else last.log_price
    prices = fixed_point(_prices(world, case, log_wage), start.ravel(), tol)
    log_price = prices.value.reshape(shape)
    log_cost = world.value_added * log_wage + _by_user(world.use, log_price)
    supply = np.exp(-world.theta[:, None] * log_cost)
    spend = _spending(world, case, supply, _bought(supply, case.priced), income)
    # Spending is measured in the country's own, so that small countries are as exact as large.
    size = world.outlay.sum(axis=0)
    first = world.outlay if last is None else last.outlay
    found = fixed_point(
        lambda flat: (spend(flat.reshape(shape) * size)[0] / size).ravel(),
        (first / size).ravel(),
        tol,
    )
    outlay = found.value.reshape(shape) * size
    _, pull, sold, final, revenue = spend(outlay)
    good = final.min() > 0.0 and max(prices.change, found.change) <= tol
    excess = (world.value_added * sold).sum(axis=0) / income - 1.0
    return State(
        log_wage,
        # A surplus above income would mean to consume less than nothing.
        excess if good else np.full(len(income), np.inf),
        log_price,
        log_cost,
        supply,
        pull,
        outlay,
        sold,
        income,
        final,
        revenue,
    )


def misses(world: Base, case: Case, state: State) -> tuple[Floats, Floats, Floats]:
    """Return by how much a state misses its equations: one more sweep.

    Excess demand for value added ``[N]``; prices ``[S, N]``, in logs; spending ``[S, N]``, as a
    share of the country's.
    """
    shape = state.log_price.shape
    prices = _prices(world, case, state.log_wage)(state.log_price.ravel()).reshape(shape)
    offer = _bought(state.supply, case.priced)
    outlay = _spending(world, case, state.supply, offer, state.income)(state.outlay)[0]
    gap = (outlay - state.outlay) / world.outlay.sum(axis=0)
    return state.excess, prices - state.log_price, gap


def residual(world: Base, case: Case, state: State) -> tuple[Floats, Floats, Floats]:
    """Return the same as :func:`misses`, written out plainly: the reference of the sweeps."""
    sectors, n = world.value_added.shape
    wage, price = np.exp(state.log_wage), np.exp(state.log_price)
    cost = wage**world.value_added
    for k in range(sectors):
        for s in range(sectors):
            cost[k] = cost[k] * price[s] ** world.use[:, s, k]
    in_price, sold = np.zeros((sectors, n)), np.zeros((sectors, n))
    revenue = np.zeros(n)
    for s in range(sectors):
        offer = case.priced[s] * (cost[s] ** -world.theta[s])[:, None]
        total = offer.sum(axis=0)
        live = world.outlay[s] > 0
        in_price[s, live] = np.log(total[live]) / -world.theta[s] - state.log_price[s, live]
        spent = np.zeros((n, n))
        spent[:, live] = offer[:, live] / total[live] * state.outlay[s, live]
        rate = np.divide(case.priced[s], case.paid[s], out=np.ones((n, n)), where=case.paid[s] > 0)
        sold[s] = (spent / rate).sum(axis=1)
        revenue += (spent - spent / rate).sum(axis=0)
    final = wage * world.income + revenue + _transfers(world, sold)
    wanted = world.taste * final
    for s in range(sectors):
        for k in range(sectors):
            wanted[s] += world.use[:, s, k] * sold[k]
    excess = (world.value_added * sold).sum(axis=0) / (wage * world.income) - 1.0
    return excess, in_price, (wanted - state.outlay) / world.outlay.sum(axis=0)


def _cost_slope(world: Base, share: Floats, state: State) -> Floats:
    """Return the derivative of log cost by log wages ``[N, N]``, one mean cost per country."""
    bought = state.outlay - world.taste * state.final
    weight = bought / np.maximum(bought.sum(axis=0), 1e-300)
    added = (world.value_added * state.sold).sum(axis=0) / state.sold.sum(axis=0)
    origin = np.einsum("sij,sj->ij", share, weight)
    return np.asarray(
        np.linalg.solve(np.eye(len(added)) - (1.0 - added)[:, None] * origin.T, np.diag(added))
    )


def jacobian(world: Base, case: Case, state: State) -> Floats:
    """Return the derivative of excess demand by log wages ``[N, N]``, nearly.

    It is that of a world in which all sectors of a country use its mean mixture of inputs: exact
    without inputs or with one sector, else good enough, since Newton's steps are corrected by what
    they do. Its one large product takes single precision. Walras' law makes it singular; a
    rank-one term that pins the world's value added makes it regular.
    """
    reach = np.divide(
        state.pull, state.outlay, out=np.zeros_like(state.pull), where=state.outlay > 0
    )
    share = case.priced * state.supply[:, :, None]
    share *= reach[:, None, :]
    flow = case.paid * state.supply[:, :, None]
    flow *= state.pull[:, None, :]
    theta = world.theta
    met = np.matmul(flow.astype(np.float32), share.astype(np.float32).transpose(0, 2, 1))
    met *= theta[:, None, None].astype(np.float32)
    cost = _cost_slope(world, share, state)
    added, diagonal = world.value_added, np.arange(len(cost))
    # Sales, and value added in them, as costs move and spending stays.
    sold, earned = met.sum(axis=0, dtype=np.float64), np.einsum("sij,si->ij", met, added)
    sold[diagonal, diagonal] -= theta @ state.sold
    earned[diagonal, diagonal] -= theta @ (added * state.sold)
    spent = state.outlay.sum(axis=0)
    by_spending = flow.sum(axis=0) / spent
    added_by_spending = np.einsum("sij,si->ij", flow, added) / spent
    kept = flow.sum(axis=1)
    revenue = np.einsum("s,sij->ji", theta, flow) - np.einsum(
        "sj,sij->ji", theta[:, None] * kept, share
    )
    # Spending = inputs (sales less value added) + value added + revenue + deficit.
    own = (sold - earned + revenue) @ cost + np.diag(state.income)
    again = by_spending - added_by_spending
    again[diagonal, diagonal] += 1.0 - kept.sum(axis=0) / spent
    if world.closure == "fixed_share":
        shares = world.deficit / world.sales
        own += np.outer(shares, (sold @ cost).sum(axis=0))
        again += np.outer(shares, by_spending.sum(axis=0))
    spending = np.linalg.solve(np.eye(len(cost)) - again, own)
    slope = earned @ cost + added_by_spending @ spending
    slope[diagonal, diagonal] -= (added * state.sold).sum(axis=0)
    slope /= state.income[:, None]
    return np.asarray(slope - state.income[None, :])


def hat(
    world: Base,
    case: Case,
    log_wage: Floats | None = None,
    tol: float = 1e-12,
    max_iter: int = 200,
    start_inverse: Floats | None = None,
) -> Solution:
    """Return the wages, prices and spending that clear the markets after a change.

    Parameters
    ----------
    world
        The world before the change.
    case
        The change.
    log_wage
        Log of the wages to start from ``[N]``.
    tol
        Largest excess demand of a country, relative to its value added; prices and spending are
        held to a twentieth of it.
    max_iter
        Cap on the steps.
    start_inverse
        Inverse of the Jacobian to start with, by default that of ``world``.
    """

    def at(wages: Floats, last: State | None) -> State:
        near = np.abs(last.excess).max() if last is not None else 1.0
        inner = min(max(1e-3 * near, tol / 20.0), 1e-4) if np.isfinite(near) else 1e-4
        return evaluate(world, case, wages, last if np.isfinite(near) else None, inner)

    markets: Markets[State] = Markets(
        evaluate=at,
        jacobian=lambda state: jacobian(world, case, state),
        income=world.income,
        pace=1.0 + float(world.theta.max()),
    )
    start = np.zeros(len(world.income)) if log_wage is None else log_wage
    return clear(
        markets,
        start,
        tol,
        max_iter,
        lambda: world.inverse if start_inverse is None else start_inverse,
    )
