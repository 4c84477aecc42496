"""One state of the world: prices of all options, and the fixed point of trade and traffic.

The baseline is a fixed point of its own: trade is the observed matrix and waits clear the
places. Every later state is relative to it: costs of cells against the baseline's give the
change of trade costs, trade gives tonnes, tonnes give waits, waits give costs, until both
agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.clearing import (
    Clearing,
)
from opencorridor.scenario.loading import Choice, Demand, Elastic
from opencorridor.scenario.mixing import Mixer
from opencorridor.scenario.model import Model
from opencorridor.scenario.prices import Prices
from opencorridor.scenario.response import (
    cell_mean,
    log_price,
    mean_weight,
    own_elasticity,
    trade_costs,
)
from opencorridor.scenario.rounds import Round, Rounds, not_settled
from opencorridor.study import NotConverged, Problem
from opencorridor.trade import World
from opencorridor.trade import world as world_of

__all__ = ["Baseline", "State", "baseline", "run_state"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Baseline:
    """Frozen baseline: waits (F,), loads (F,), row costs (R,), cell costs (C,), live share (C,)."""

    prices: Prices
    clearing: Clearing
    row_cost: Floats
    cell_cost: Floats
    live_share: Floats
    share: Floats


@dataclass(frozen=True)
class State:
    """A solved state: flows (S, N, N) in US$ of price_year, waits, loads, shares, residuals.

    ``clearing.gap`` is the assignment gap, ``cost_change`` the largest relative change of a row's
    generalised cost between the last two rounds, NaN where the loop was left open.
    """

    prices: Prices
    flows: Floats
    tonnes: Floats
    share: Floats
    row_cost: Floats
    cell_cost: Floats
    tau: Floats
    clearing: Clearing
    welfare_hat: Floats
    cost_change: float
    iterations: int


# Factors on the waits to start from, and hours more.
_OTHER_STARTS = ((0.5, 0.0), (0.0, 0.0), (2.0, 5.0))


def baseline(
    model: Model,
    p: Prices,
    start_wait: Floats | None = None,
    tolerance: float = 1e-11,
    *,
    allow_unconverged: bool = False,
) -> Baseline:
    """Find waits that clear the places at the observed trade, and the costs frozen there.

    Raises
    ------
    NotConverged
        If the waits do not clear the places within the tolerance.
    """
    tonnes = (p.tonnes_per_usd * model.cell_values(model.flows)).sum(axis=1)
    start = np.zeros(p.capacity.size) if start_wait is None else start_wait
    choice, demand = Choice(model, p), Demand(tonnes)
    clearing, share, row_cost = choice.clear(demand, start, tolerance)
    # Far from the start the steps can end where none leads on: other starts then do.
    for factor, more_h in _OTHER_STARTS:
        if clearing.converged:
            break
        clearing, share, row_cost = choice.clear(demand, factor * start + more_h, tolerance)
    _require(clearing.converged or allow_unconverged, "baseline", clearing.gap)
    live = np.isfinite(row_cost)
    live_weight = np.bincount(
        model.rows.cell, weights=np.where(live, p.weight, 0.0), minlength=model.cells.n
    )
    cost = cell_mean(model, p, row_cost, live)
    return Baseline(p, clearing, row_cost, cost, live_weight * model.covered, share)


def _require(converged: bool, what: str, gap: float) -> None:
    if not converged:
        raise NotConverged(
            [
                Problem(
                    code="loop_not_converged",
                    message=f"{what}: the waits do not clear the places, gap {gap:.2e}",
                    expected="a gap of at most 1e-6",
                    mend="raise wait_max_h, or look for a place with far less capacity than load",
                )
            ]
        )


def _asked(mixer: Mixer, tonnes: Floats, price: Floats, answer: Elastic) -> Demand:
    """Return the next demand to clear the places at, from tonnes that trade asks for (C,).

    ``price`` (C,) are the logarithms of the delivered prices of ``answer``.

    What is mixed is what trade would ask for at the costs of the baseline, as far as a cell's own
    costs say.
    """
    level = np.log(np.where(tonnes > 0.0, tonnes, 1.0)) + answer.elasticity * price
    return Demand(tonnes * np.exp(mixer.next(level) - level), answer)


def run_state(
    model: Model,
    p: Prices,
    base: Baseline,
    flows: Floats,
    *,
    loop: bool = True,
    start_wait: Floats | None = None,
    tolerance: float = 1e-6,
    max_iterations: int = 40,
    accelerate: bool = True,
    like: World | None = None,
) -> State:
    """Solve the trade-traffic fixed point from flows (S, N, N) that costs have not touched.

    Without the loop places clear at the tonnes of the flows as given, trade answers once, and what
    it adds does not come back as waits: a measure's effect before congestion takes its part.
    ``accelerate`` False repeats plainly, tonnes held while the places clear: it shows what a loop
    without damping does. ``like`` is a similar world whose Jacobian starts the solution of trade.

    Raises
    ------
    NotConverged
        If the residuals do not both fall below the tolerance within the iterations: codes
        ``loop_cycles``, ``loop_stalled`` and ``loop_not_converged``.
    """
    wait = base.clearing.wait_h.copy() if start_wait is None else start_wait
    economy = world_of(flows, p.theta, countries=model.countries, sectors=model.sectors)
    choice = Choice(model, p)
    tonnes = (p.tonnes_per_usd * model.cell_values(flows)).sum(axis=1)
    elasticity = own_elasticity(model, p, base, flows) if accelerate else np.zeros(tonnes.size)
    weight = mean_weight(model, p, np.isfinite(base.row_cost))
    wage: Floats | None = None
    mixer, rounds = Mixer(tonnes, plain=not accelerate), Rounds(tolerance)
    if loop:
        # Trade answers the costs at the first waits before any place is cleared.
        share, row_cost = choice.whole(*choice(Demand(tonnes), wait, slopes=False)[:2])
    else:
        cleared, share, row_cost = choice.clear(Demand(tonnes), wait, 0.1 * tolerance)
        wait = cleared.wait_h
    iteration = 0
    while True:
        tau, cost = trade_costs(model, p, base, row_cost)
        world = economy.solve(model.shock(tau), wage0=wage, tol=1e-6 * tolerance, like=like)
        wage = world.wage_hat
        tonnes = (p.tonnes_per_usd * model.cell_values(world.flows)).sum(axis=1)
        found = choice.judge(tonnes, wait)
        if not loop:
            found, left = replace(found, gap=cleared.gap), Round(cleared.gap, float("nan"))
            break
        left = rounds.add(found.gap, row_cost, wait)
        if rounds.settled:
            break
        if rounds.period or rounds.stuck or iteration == max_iterations:
            if mixer.plain or mixer.calm or iteration == max_iterations:
                raise not_settled(rounds, iteration, model.places.capacity_id)
            mixer.calm_down()
            rounds.forget()
        iteration += 1
        price = log_price(p, cost)
        answer = Elastic(row_cost, np.exp(price), elasticity, weight)
        demand = _asked(mixer, tonnes, price, answer)
        clearing, share, row_cost = choice.clear(
            demand, wait, max(1e-3 * tolerance, 0.05 * found.gap)
        )
        wait = clearing.wait_h
    return State(
        prices=p,
        flows=world.flows,
        tonnes=tonnes,
        share=share,
        row_cost=row_cost,
        cell_cost=cost,
        tau=tau,
        clearing=found,
        welfare_hat=world.welfare_hat,
        cost_change=left.cost_change,
        iterations=iteration,
    )
