r"""Exact-hat general equilibrium of one sector: the universal gravity model.

Shares :math:`\pi_{ij}` (exporter, importer), output :math:`Y_i` and expenditure :math:`E_j` of a
table of flows fix what the model needs. A change of trade costs :math:`\hat\tau_{ij}` changes
producer prices by :math:`\hat p` such that every market clears:

.. math::

    \hat P_j^{-\theta} = \sum_i \pi_{ij} (\hat p_i \hat\tau_{ij})^{-\theta}, \qquad
    \hat Y_i = \hat p_i (\hat p_i / \hat P_i)^{\psi}, \qquad
    \hat Y_i Y_i = \sum_j \pi_{ij} (\hat p_i \hat\tau_{ij})^{-\theta} \hat P_j^{\theta} E'_j .

:math:`\theta > 0` is the elasticity of demand for imports (:math:`\sigma - 1` of Armington and of
Anderson-van Wincoop, the shape of Eaton-Kortum), :math:`\psi \ge 0` that of supply: 0 is an
endowment, :math:`(1 - \beta) / \beta` production with a share :math:`\beta` of labour and the rest
bought as the same bundle that households buy. The numeraire is world output.

Two systems beside the full one take output and expenditure as given. The *conditional* one finds
multilateral resistances alone: shares are repriced until rows and columns add to :math:`Y` and
:math:`E` again. ``fixed_shares`` is the "full" system of the program gegravity: the conditional
resistances, and producer prices that move against the outward one,
:math:`\hat p_i = 1/\hat\Pi_i`; its markets do not clear.

Allen, Arkolakis and Takahashi (2020), Journal of Political Economy 128(2): existence and
uniqueness for these elasticities. Anderson and van Wincoop (2003), American Economic Review 93(1):
resistances. Eaton and Kortum (2002), Econometrica 70(5). Dekle, Eaton and Kortum (2008), IMF Staff
Papers 55(3): hats. Walker and Ni (2011), SIAM Journal on Numerical Analysis 49(4): Anderson's
mixing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from opencorridor.trade.kernels import equilibrium
from opencorridor.trade.kernels.newton import descend

__all__ = [
    "CLOSURES",
    "Economy",
    "Markets",
    "Solution",
    "evaluate",
    "expenditure",
    "jacobian",
    "normalise",
    "outward",
    "solve",
]

Floats = npt.NDArray[np.float64]

CLOSURES = (*equilibrium.CLOSURES, "fixed_amount", "fixed_shares")

_DEPTH = 6
_PATIENCE, _GAIN = 8, 0.7
_WORSE = 4.0
_CAP = 0.9
_FAR, _NEARER = 0.02, 0.2


@dataclass(frozen=True)
class Economy:
    r"""What the model needs of the world before the change.

    Attributes
    ----------
    share
        Import shares :math:`\pi` ``[N, N]``; columns add to 1.
    output, outlay
        :math:`Y` and :math:`E` ``[N]`` as shares of world output.
    theta, psi
        Elasticities of import demand (positive) and of supply (0 or more).
    closure
        How expenditure moves: one of ``CLOSURES``.
    reference
        Position of the country whose price index holds the amounts of ``fixed_amount``.
    conditional
        Whether output and expenditure stay as they are; then prices are notional: only their
        product with the resistances has a meaning.
    """

    share: Floats
    output: Floats
    outlay: Floats
    theta: float
    psi: float = 0.0
    closure: str = "fixed_share"
    reference: int = 0
    conditional: bool = False


class Markets(NamedTuple):
    r"""One evaluation of the markets at given log producer prices ``[N]``.

    ``excess`` is demand over supply less one, ``inf`` where there is none; ``supply`` is
    :math:`\hat p^{-\theta}`, ``inverse_price`` :math:`\hat P^{-\theta}`; ``income`` and ``outlay``
    are :math:`\hat Y Y` and :math:`E'`; repriced shares times ``supply`` (by exporter) and ``pull``
    (by importer) are flows as shares of world output. ``worst`` is the largest excess demand.
    """

    log_price: Floats
    excess: Floats
    supply: Floats
    inverse_price: Floats
    income: Floats
    outlay: Floats
    pull: Floats
    worst: float


class Solution(NamedTuple):
    """The markets at the prices that clear them, or the best ones found, and how it went."""

    markets: Markets
    iterations: int
    converged: bool


def expenditure(economy: Economy, income: Floats, inverse_price: Floats) -> Floats:
    r"""Return :math:`E'` ``[N]`` at incomes and price indices; adds up to world income."""
    if economy.conditional:
        return economy.outlay
    if economy.closure == "balanced":
        return income
    if economy.closure == "multiplicative":
        wanted = income * (economy.outlay / economy.output)
        return np.asarray(wanted * (income.sum() / wanted.sum()))
    deficit = economy.outlay - economy.output
    if economy.closure == "fixed_amount":
        return np.asarray(
            income + deficit * inverse_price[economy.reference] ** -(1 / economy.theta)
        )
    return np.asarray(income + deficit * income.sum())


def evaluate(economy: Economy, priced: Floats, log_price: Floats) -> Markets:
    """Return excess demand at log prices ``[N]``: two matrix-vector products."""
    theta, psi = economy.theta, economy.psi
    supply = np.exp(-theta * log_price)
    inverse_price = supply @ priced
    income = economy.output
    if not economy.conditional:
        income = income * np.exp((1.0 + psi) * log_price)
        if psi:
            income = income * inverse_price ** (psi / theta)
    outlay = expenditure(economy, income, inverse_price)
    pull = outlay / inverse_price
    excess = supply * (priced @ pull) / income - 1.0
    worst = float(np.abs(excess).max())
    # A surplus above income would mean to spend less than nothing: no equilibrium is near.
    if not (worst < np.inf and (economy.conditional or outlay.min() > 0.0)):
        excess, worst = np.full_like(excess, np.inf), np.inf
    return Markets(log_price, excess, supply, inverse_price, income, outlay, pull, worst)


def jacobian(economy: Economy, priced: Floats, markets: Markets) -> Floats:
    """Return the derivative of excess demand by log prices ``[N, N]``, made regular.

    Excess demands do not change when all prices rise alike; a rank-one term that pins world income
    makes the derivative regular without moving the solution.
    """
    theta, psi = economy.theta, economy.psi
    flow = priced * markets.supply[:, None] * markets.pull
    demand = flow.sum(axis=1)
    share = flow / markets.outlay
    diagonal = np.diag_indices(len(demand))
    slope = theta * (flow @ share.T)
    slope[diagonal] -= theta * demand
    weight = economy.output if economy.conditional else markets.income
    if not economy.conditional:
        income_slope = -psi * share.T * markets.income[:, None]
        income_slope[diagonal] += (1.0 + psi) * markets.income
        slope += share @ _outlay_slope(economy, markets, income_slope, share)
        slope -= income_slope * (demand / markets.income)[:, None]
    slope /= markets.income[:, None]
    slope -= weight
    return np.asarray(slope)


def _outlay_slope(
    economy: Economy, markets: Markets, income_slope: Floats, share: Floats
) -> Floats:
    """Return the derivative of expenditure by log prices ``[N, N]``."""
    if economy.closure == "balanced":
        return income_slope
    world = income_slope.sum(axis=0)
    if economy.closure == "multiplicative":
        ratio = economy.outlay / economy.output
        wanted = ratio * markets.income
        total = markets.income.sum()
        wanted_slope = ratio[:, None] * income_slope
        shift = world / total - wanted_slope.sum(axis=0) / wanted.sum()
        return np.asarray(
            wanted_slope * (total / wanted.sum()) + markets.outlay[:, None] * shift[None, :]
        )
    deficit = (economy.outlay - economy.output)[:, None]
    if economy.closure == "fixed_amount":
        index = markets.inverse_price[economy.reference] ** -(1 / economy.theta)
        return np.asarray(income_slope + deficit * index * share[:, economy.reference])
    return np.asarray(income_slope + deficit * world)


def normalise(economy: Economy, markets: Markets) -> Markets:
    r"""Return the same markets in the numeraire, which moves no excess demand.

    World output keeps its value; in the conditional system, where it does so anyway, the
    output-weighted mean of :math:`\hat\Pi^{\theta}` is 1.
    """
    theta, world = economy.theta, economy.output.sum()
    if economy.conditional:
        shift = -np.log((economy.output * markets.supply).sum() / world) / theta
        value = 1.0
    else:
        shift = np.log(markets.income.sum() / world)
        value = np.exp(-shift)
    power = np.exp(theta * shift)
    return markets._replace(
        log_price=markets.log_price - shift,
        supply=markets.supply * power,
        inverse_price=markets.inverse_price * power,
        income=markets.income * value,
        outlay=markets.outlay * value,
        pull=markets.pull * (value / power),
    )


def outward(economy: Economy, markets: Markets) -> Floats:
    r"""Return the change of outward resistances :math:`\hat\Pi` ``[N]``.

    From :math:`X_{ij} = Y_i E_j / Y \, (\tau_{ij} / (\Pi_i P_j))^{-\theta}`:
    :math:`\hat\Pi_i^{\theta} = \hat p_i^{-\theta} / \hat Y_i`.
    """
    return np.asarray((markets.supply * economy.output / markets.income) ** (1 / economy.theta))


class _Mixer:
    """Anderson's mixing: the next prices from the last few steps, in place of the last alone."""

    def __init__(self, n: int) -> None:
        self.ends, self.changes = np.empty((_DEPTH, n)), np.empty((_DEPTH, n))
        self.gram = np.empty((_DEPTH, _DEPTH))
        self.kept = 0
        self.last: tuple[Floats, Floats] | None = None

    def reset(self) -> None:
        """Forget all steps."""
        self.kept, self.last = 0, None

    def next(self, at: Floats, step: Floats) -> Floats:
        """Return the prices to try after those ``at`` which the plain step was found."""
        end = at + step
        if self.last is None:
            self.last = (end, step)
            return end
        place = self.kept % _DEPTH
        self.kept += 1
        m = min(self.kept, _DEPTH)
        self.ends[place], self.changes[place] = end - self.last[0], step - self.last[1]
        self.last = (end, step)
        changes, gram = self.changes[:m], self.gram[:m, :m]
        gram[place] = gram[:, place] = changes @ changes[place]
        gram[place, place] *= 1.0 + 1e-12  # keeps the weights of steps nearly alike in bounds
        try:
            weight = np.linalg.solve(gram, changes @ step)
        except np.linalg.LinAlgError:
            self.reset()
            return end
        return np.asarray(end - weight @ self.ends[:m])


def _own_slope(economy: Economy, priced: Floats, markets: Markets) -> Floats:
    """Return how much excess demand falls as the own log price rises ``[N]``, roughly.

    The own market weighs on the answer where much is sold at home: without it steps there would
    be far too short; at its full weight they overshoot, as the others move too. (Power and cap
    needed the fewest steps on synthetic worlds.)
    """
    if not markets.worst < 1.0:
        return np.full_like(markets.excess, economy.theta + 1.0 + economy.psi)
    share = priced * markets.supply[:, None] / markets.inverse_price
    weight = np.minimum(np.square(share) @ (markets.outlay / markets.income), _CAP)
    demand = economy.theta * (1.0 - weight) ** 0.75
    if economy.conditional:
        return np.asarray(demand)
    abroad = 1.0 - np.minimum(share.diagonal(), _CAP)
    return np.asarray(demand + abroad * (1.0 + economy.psi * abroad))


def _step(economy: Economy, markets: Markets, own_slope: Floats) -> Floats:
    """Return the step of log prices that would clear each market, were the others to stand."""
    step = np.log1p(np.minimum(markets.excess, 1e3)) / own_slope
    longest = 1.0 / economy.theta
    return np.asarray(np.minimum(np.maximum(step, -longest), longest))


def _mix(
    economy: Economy, priced: Floats, markets: Markets, tol: float, max_iter: int
) -> tuple[Markets, int]:
    """Step with Anderson's mixing until the markets clear or steps cease to gain."""
    mixer, own_slope = _Mixer(len(economy.output)), _own_slope(economy, priced, markets)
    drawn_at = markets.worst
    best, mark, since, iterations = markets, markets.worst, 0, 0
    while iterations < max_iter and best.worst > tol and since < _PATIENCE:
        proposal = mixer.next(markets.log_price, _step(economy, markets, own_slope))
        trial = evaluate(economy, priced, proposal)
        iterations += 1
        if not trial.worst < _WORSE * best.worst:
            mixer.reset()
            trial = evaluate(economy, priced, best.log_price + _step(economy, best, own_slope))
        best = trial if trial.worst < best.worst else best
        since += 1
        if best.worst < _GAIN * mark:
            mark, since = best.worst, 0
        markets = trial if np.isfinite(trial.worst) else best
        if drawn_at > _FAR and best.worst < _NEARER * drawn_at:
            own_slope, drawn_at = _own_slope(economy, priced, best), best.worst
            mixer.reset()
    return best, iterations


def _newton(economy: Economy, priced: Floats, markets: Markets) -> Markets | None:
    """Return the markets after a Newton step, halved until it gains, or None."""
    if not np.isfinite(markets.excess).all():
        return None
    try:
        step = np.asarray(
            np.linalg.solve(jacobian(economy, priced, markets), -markets.excess), dtype=np.float64
        )
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(step).all():
        return None
    return descend(step, markets, lambda part: evaluate(economy, priced, markets.log_price + part))


def solve(
    economy: Economy,
    priced: Floats,
    log_price: Floats | None = None,
    tol: float = 1e-12,
    max_iter: int = 500,
) -> Solution:
    r"""Return the producer prices that clear the markets after a change of trade costs.

    Steps that clear each market alone, mixed as Anderson did; Newton's method where they cease to
    gain, and small plain steps where even that does not help.

    Parameters
    ----------
    economy
        The world before the change.
    priced
        :math:`\pi \hat\tau^{-\theta}` ``[N, N]``.
    log_price
        Log of the producer prices (hat) to start from ``[N]``.
    tol
        Largest excess demand of a country, relative to its output, that counts as cleared.
    max_iter
        Cap on the steps.
    """
    # Far prices may overflow: such markets are told by their excess demand, which is infinite.
    with np.errstate(all="ignore"):
        return _solve(economy, priced, log_price, tol, max_iter)


def _solve(
    economy: Economy, priced: Floats, log_price: Floats | None, tol: float, max_iter: int
) -> Solution:
    start = np.zeros(len(economy.output)) if log_price is None else log_price
    markets = evaluate(economy, priced, start)
    markets, iterations = _mix(economy, priced, markets, tol, max_iter)
    while iterations < max_iter and not markets.worst <= tol:
        moved = _newton(economy, priced, markets)
        if moved is None:
            step = _step(economy, markets, _own_slope(economy, priced, markets)) / 2
            moved = evaluate(economy, priced, markets.log_price + step)
            if not np.isfinite(moved.worst):
                break
        markets = moved
        iterations += 1
    converged = markets.worst <= tol
    if np.isfinite(markets.worst):
        markets = normalise(economy, markets)
    return Solution(markets, iterations, converged)
