r"""Exact-hat general equilibrium of trade in many sectors.

The world is a table of flows :math:`X_{sij}` (sector, exporter, importer; sales at home on the
diagonal). It fixes what the model needs: import shares :math:`\pi_{sij}`, budget shares
:math:`\alpha_{sj}`, output :math:`Y_i = \sum_{sj} X_{sij}`, expenditure
:math:`E_j = \sum_{si} X_{sij}` and deficits :math:`D_j = E_j - Y_j`. A change of trade costs
:math:`\hat\tau_{sij}` then changes wages by :math:`\hat w` such that every market clears:

.. math::

    \hat w_i Y_i = \sum_s \sum_j \pi'_{sij} \alpha_{sj} E'_j, \qquad
    \pi'_{sij} = \frac{\pi_{sij} (\hat w_i \hat\tau_{sij})^{-\theta_s}}
                      {\sum_k \pi_{skj} (\hat w_k \hat\tau_{skj})^{-\theta_s}}, \qquad
    E'_j = \hat w_j Y_j + D_j \frac{\sum_k \hat w_k Y_k}{\sum_k Y_k}.

One wage per country, no inputs of intermediates, trade costs are icebergs (they melt goods and
bring no revenue). The numeraire is world output, :math:`\sum \hat w Y = \sum Y`.

Dekle, Eaton and Kortum (2008), IMF Staff Papers 55(3): exact hat algebra with deficits. Caliendo
and Parro (2015), Review of Economic Studies 82(1), Definition 2 and eq. 10-14: several sectors;
here the share of value added is one and tariffs are absent. Costinot and Rodriguez-Clare (2014),
Handbook of International Economics 4, ch. 4: :math:`\theta_s` is the trade elasticity; in an
Armington world :math:`\theta = \sigma - 1`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from opencorridor.trade.kernels.newton import Found, Markets, clear, invert

__all__ = [
    "CLOSURES",
    "Base",
    "Floats",
    "Solution",
    "State",
    "base",
    "evaluate",
    "expenditure",
    "hat",
    "jacobian",
    "reprice",
]

Floats = npt.NDArray[np.float64]

CLOSURES = ("fixed_share", "balanced", "multiplicative")


@dataclass(frozen=True)
class Base:
    r"""What the model needs of the world before the change.

    Attributes
    ----------
    share
        Import shares :math:`\pi` ``[S, N, N]``; a column adds to 1, or to 0 where the importer
        buys nothing of the sector.
    budget
        Expenditure shares :math:`\alpha` ``[S, N]``; a column adds to 1.
    output, outlay
        :math:`Y` and :math:`E` ``[N]`` as shares of world output.
    theta
        Trade elasticities ``[S]``, positive.
    closure
        How deficits move: one of ``CLOSURES``.
    """

    share: Floats
    budget: Floats
    output: Floats
    outlay: Floats
    theta: Floats
    closure: str

    @cached_property
    def inverse(self) -> Floats:
        """Inverse of the Jacobian at unchanged wages ``[N, N]``, which later steps re-use."""
        state = evaluate(self, self.share, np.zeros(len(self.output)))
        return invert(jacobian(self, self.share, state))


class State(NamedTuple):
    r"""One evaluation of the markets at given log wages.

    ``excess`` is demand over supply less one ``[N]``; ``inverse_price`` is
    :math:`\hat P_{sj}^{-\theta_s}` ``[S, N]``; repriced shares times ``supply`` (by exporter)
    times ``pull`` (by importer) are flows as shares of world output; ``outlay`` is :math:`E'_j`.
    """

    log_wage: Floats
    excess: Floats
    supply: Floats
    pull: Floats
    inverse_price: Floats
    outlay: Floats


Solution = Found[State]


def base(flows: Floats, theta: Floats, closure: str = "fixed_share") -> Base:
    """Return the shares and totals of flows ``[S, N, N]`` (any unit) with elasticities ``[S]``."""
    by_importer = flows.sum(axis=1)
    outlay = by_importer.sum(axis=0)
    output = flows.sum(axis=(0, 2))
    world = output.sum()
    # A reciprocal that is 0 where nothing is bought keeps empty columns empty instead of NaN.
    scale = np.divide(1.0, by_importer, out=np.zeros_like(by_importer), where=by_importer > 0)
    return Base(
        share=flows * scale[:, None, :],
        budget=by_importer / outlay,
        output=output / world,
        outlay=outlay / world,
        theta=theta,
        closure=closure,
    )


def reprice(share: Floats, theta: Floats, tau_hat: Floats) -> Floats:
    r"""Return :math:`\pi \hat\tau^{-\theta}` as a new array; only changed cells cost a power."""
    priced = share.copy()
    sector, exporter, importer = np.nonzero(tau_hat != 1.0)
    cell = (sector, exporter, importer)
    priced[cell] *= tau_hat[cell] ** -theta[sector]
    return priced


def expenditure(world: Base, income: Floats) -> Floats:
    r"""Return :math:`E'_j` at incomes :math:`\hat w_j Y_j`, which add up to world output 1."""
    if world.closure == "balanced":
        return income
    if world.closure == "multiplicative":
        wanted = income * (world.outlay / world.output)
        return np.asarray(wanted * (income.sum() / wanted.sum()))
    return np.asarray(income + (world.outlay - world.output) * income.sum())


def evaluate(world: Base, priced: Floats, log_wage: Floats) -> State:
    """Return excess demand at log wages: two batched matrix-vector products."""
    income = world.output * np.exp(log_wage)
    outlay = expenditure(world, income)
    supply = np.exp(-world.theta[:, None] * log_wage[None, :])
    inverse_price = np.matmul(supply[:, None, :], priced)[:, 0, :]
    pull = np.divide(
        world.budget * outlay,
        inverse_price,
        out=np.zeros_like(inverse_price),
        where=world.budget > 0,
    )
    demand = (supply * np.matmul(priced, pull[:, :, None])[:, :, 0]).sum(axis=0)
    # A surplus above income would mean to spend less than nothing: no equilibrium is near.
    excess = np.where(outlay > 0.0, demand / income - 1.0, np.inf)
    return State(log_wage, excess, supply, pull, inverse_price, outlay)


def jacobian(world: Base, priced: Floats, state: State) -> Floats:
    """Return the derivative of excess demand by log wages ``[N, N]``, made regular.

    Excess demands weighted by income add to zero (Walras), so the derivative is singular; a
    rank-one term that pins world output makes it regular without moving the solution.
    """
    sectors, n, _ = priced.shape
    share = priced * state.supply[:, :, None]
    flow = share * state.pull[:, None, :]
    share *= np.divide(
        1.0,
        state.inverse_price,
        out=np.zeros_like(state.inverse_price),
        where=world.budget > 0,
    )[:, None, :]
    income = world.output * np.exp(state.log_wage)
    demand_by_sector = flow.sum(axis=2)
    budget_share = (share * world.budget[:, None, :]).sum(axis=0)
    flow *= world.theta[:, None, None]
    rows = np.ascontiguousarray(flow.transpose(1, 0, 2)).reshape(n, sectors * n)
    columns = np.ascontiguousarray(share.transpose(1, 0, 2)).reshape(n, sectors * n)
    slope = rows @ columns.T
    if world.closure == "multiplicative":
        outlay_slope = np.diag(state.outlay) - np.outer(state.outlay, state.outlay)
        slope += budget_share @ outlay_slope
    else:
        slope += budget_share * income[None, :]
    own = (world.theta[:, None] * demand_by_sector).sum(axis=0) + demand_by_sector.sum(axis=0)
    slope[np.diag_indices(n)] -= own
    slope /= income[:, None]
    slope -= income[None, :]
    return slope


def hat(
    world: Base,
    priced: Floats,
    log_wage: Floats | None = None,
    tol: float = 1e-12,
    max_iter: int = 200,
    start_inverse: Floats | None = None,
) -> Solution:
    r"""Return the wages that clear the markets after a change of trade costs (see ``newton``).

    Parameters
    ----------
    world
        The world before the change.
    priced
        :math:`\pi \hat\tau^{-\theta}` from :func:`reprice` ``[S, N, N]``.
    log_wage
        Log of the wages to start from ``[N]``.
    tol
        Largest excess demand of a country, relative to its output, that counts as cleared.
    max_iter
        Cap on the steps.
    start_inverse
        Inverse of the Jacobian to start with, by default that of ``world``.
    """
    markets: Markets[State] = Markets(
        evaluate=lambda wages, _: evaluate(world, priced, wages),
        jacobian=lambda state: jacobian(world, priced, state),
        income=world.output,
        pace=1.0 + float(world.theta.max()),
    )
    start = np.zeros(len(world.output)) if log_wage is None else log_wage
    return clear(
        markets,
        start,
        tol,
        max_iter,
        lambda: world.inverse if start_inverse is None else start_inverse,
    )
