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

_MAX_STEP = 1.0
_HALVINGS = 12
_MUCH = 0.5
_ANY = 1.0 - 1e-4


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
        return _invert(jacobian(self, self.share, state))


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


class Solution(NamedTuple):
    """The markets at the wages that clear them, or the best ones found, and how it went."""

    state: State
    iterations: int
    converged: bool


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


def _normalise(world: Base, log_wage: Floats) -> Floats:
    """Return log wages shifted so that world output keeps its value (the numeraire)."""
    return np.asarray(log_wage - np.log((world.output * np.exp(log_wage)).sum()))


def _size(state: State) -> float:
    """Return the root of the summed squares of excess demand, which a Newton step lowers."""
    return float(np.sqrt(np.square(state.excess).sum()))


def _invert(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


@dataclass
class _Inverse:
    """Inverse of the Jacobian: one drawn up, and Broyden's rank-one corrections since.

    A matrix and not its LU factors: it is applied dozens of times, and a product is the cheaper.
    """

    matrix: Floats
    corrections: list[tuple[Floats, Floats]]

    def times(self, vector: Floats) -> Floats:
        """Return the inverse times a vector."""
        product: Floats = self.matrix @ vector
        for gain, step in self.corrections:
            product += gain * (step @ product)
        return product

    def learn(self, step: Floats, change: Floats) -> None:
        """Correct the inverse by what a step did to excess demand (Broyden 1965, "good" form)."""
        predicted = self.times(change)
        scale = float(step @ predicted)
        if abs(scale) > 1e-8 * float(step @ step) > 0.0:
            self.corrections.append(((step - predicted) / scale, step))


def _newton(
    world: Base, priced: Floats, state: State, inverse: _Inverse, borrowed: bool
) -> State | None:
    """Return the state after a Newton step, or None where it gains too little.

    With a borrowed inverse only a full step counts, and it must gain much; with the state's own
    the step is halved until it gains anything.
    """
    if not np.isfinite(state.excess).all():
        return None
    step = -inverse.times(state.excess)
    step *= min(1.0, _MAX_STEP / max(float(np.abs(step).max()), 1e-300))
    enough = (_MUCH if borrowed else _ANY) * _size(state)
    for halving in range(1 if borrowed else _HALVINGS):
        trial = evaluate(world, priced, _normalise(world, state.log_wage + step * 0.5**halving))
        if _size(trial) <= enough:
            return trial
    return None


def _grope(world: Base, priced: Floats, state: State) -> State:
    """Return the state after one small tatonnement step: wages rise where demand exceeds supply."""
    step = np.log1p(np.clip(state.excess, -0.9, 9.0)) / (1.0 + world.theta.max())
    return evaluate(world, priced, _normalise(world, state.log_wage + step))


def hat(
    world: Base,
    priced: Floats,
    log_wage: Floats | None = None,
    tol: float = 1e-12,
    max_iter: int = 200,
    start_inverse: Floats | None = None,
) -> Solution:
    r"""Return the wages that clear the markets after a change of trade costs.

    Newton's method in log wages. It starts with the Jacobian of the unchanged world (or of a
    similar one), corrected as it goes (Broyden), which for a small change is all it needs; draws up
    a new one where a step gains too little, halves steps that overshoot, and gropes where even
    that does not help.

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
    start = np.zeros(len(world.output)) if log_wage is None else log_wage
    state = evaluate(world, priced, _normalise(world, start))
    inverse: _Inverse | None = None
    iterations = 0
    while iterations < max_iter and not np.abs(state.excess).max() <= tol:
        if inverse is None:
            inverse = _Inverse(world.inverse if start_inverse is None else start_inverse, [])
        moved = _newton(world, priced, state, inverse, borrowed=True)
        if moved is None and np.isfinite(state.excess).all():
            inverse = _Inverse(_invert(jacobian(world, priced, state)), [])
            moved = _newton(world, priced, state, inverse, borrowed=False)
        if moved is None:
            moved = _grope(world, priced, state)
        elif np.isfinite(state.excess).all():
            inverse.learn(moved.log_wage - state.log_wage, moved.excess - state.excess)
        state = moved
        iterations += 1
    return Solution(state, iterations, bool(np.abs(state.excess).max() <= tol))
