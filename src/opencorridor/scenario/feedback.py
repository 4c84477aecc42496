"""What congestion does to a change: trade before the places fill, and after.

Three answers to the same change, each with more of the world let to answer:

before    waits as they were without the change; trade answers the new costs
cleared   goods choose their ways anew and waits clear the places at the old trade; trade answers
after     trade and traffic agree: what trade adds stands in the queues too

What a better border gives is shared with the queues it fills: after is less than before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.clearing import Clearing
from opencorridor.scenario.loading import Choice, Demand
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import pair_trade
from opencorridor.scenario.prices import Prices
from opencorridor.scenario.response import trade_costs
from opencorridor.scenario.state import Baseline
from opencorridor.trade import World
from opencorridor.trade import world as world_of

__all__ = ["Feedback", "feedback"]

Floats = NDArray[np.float64]

# Change of trade, as a share of it, below which a share of the change says nothing.
LEAST_SHARE = 1e-9


@dataclass(frozen=True)
class Feedback:
    """Trade of the pair, constant US$ of ``price_year``: without a change, and with it three ways.

    The three are those of the module.
    """

    without_usd: float
    before_usd: float
    cleared_usd: float
    after_usd: float

    @property
    def taken_back_usd(self) -> float:
        """What congestion takes back of the change; below 0 what less congestion adds."""
        return self.before_usd - self.after_usd

    @property
    def taken_back_share(self) -> float | None:
        """The same as a share of the change before congestion; None where that does nothing."""
        first = self.before_usd - self.without_usd
        if abs(first) <= LEAST_SHARE * abs(self.without_usd):
            return None
        return self.taken_back_usd / first


class Traded(Protocol):
    """A state, or a side of a comparison: its prices, flows (S, N, N) and how its places clear."""

    @property
    def prices(self) -> Prices:
        """Prices of the options."""

    @property
    def flows(self) -> Floats:
        """Flows in US$ of ``price_year``."""

    @property
    def clearing(self) -> Clearing:
        """Waits, loads and how far the places are from clear."""


def feedback(
    model: Model, base: Baseline, flows: Floats, without: Traded, after: Traded
) -> Feedback:
    """Return what congestion does to a change.

    Parameters
    ----------
    base, flows
        Baseline of the hats and flows (S, N, N) that costs have not touched, as in
        :func:`~opencorridor.scenario.state.run_state`.
    without
        The same year without the change (of the baseline itself: ``moving.side_of_base``).
    after
        The same with the change, trade and traffic in agreement.
    """
    p, wait = after.prices, without.clearing.wait_h
    old = without.flows
    economy = world_of(flows, p.theta, countries=model.countries, sectors=model.sectors)
    choice = Choice(model, p)
    held = Demand((p.tonnes_per_usd * model.cell_values(old)).sum(axis=1))
    _, first = choice.whole(*choice(held, wait)[:2])
    _, _, second = choice.clear(held, wait, 1e-8)
    return Feedback(
        without_usd=sum(pair_trade(model, old)),
        before_usd=_answer(model, base, p, economy, first),
        cleared_usd=_answer(model, base, p, economy, second),
        after_usd=sum(pair_trade(model, after.flows)),
    )


def _answer(model: Model, base: Baseline, p: Prices, economy: World, row_cost: Floats) -> float:
    """Trade of the pair at costs of rows (R,), US$."""
    tau, _ = trade_costs(model, p, base, row_cost)
    return sum(pair_trade(model, economy.solve(model.shock(tau)).flows))
