"""The same question from two starts: empty places, and long waits at all of them.

A fixed point of trade and traffic need not be the only one. Two solutions that agree prove nothing;
two that differ are both shown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.scenario.model import Model
from opencorridor.scenario.path import pair_trade
from opencorridor.scenario.prices import Prices
from opencorridor.scenario.search import HIGH_WAIT_H
from opencorridor.scenario.state import Baseline, State, run_state

__all__ = ["Difference", "Spread", "TwoStarts", "spread", "two_starts"]

Floats = NDArray[np.float64]

# Relative difference of the pair's trade above which the two are two answers, not one.
SAME_SHARE = 1e-5


@dataclass(frozen=True)
class Difference:
    """Largest difference at any place: its ``capacity_id`` and the value from either start."""

    capacity_id: str
    free: float
    high: float

    @property
    def size(self) -> float:
        """Absolute difference."""
        return abs(self.high - self.free)


@dataclass(frozen=True)
class Spread:
    """How far two states lie apart.

    ``trade_usd`` is the pair's trade in each, constant US$ of ``price_year``; ``flow_usd`` the
    largest difference of any sector's flow between two countries; ``load_t`` and ``wait_h`` the
    places whose loads (t a year) and waits (h) differ most, None without places.
    """

    trade_usd: tuple[float, float]
    flow_usd: float
    load_t: Difference | None
    wait_h: Difference | None

    @property
    def trade_share(self) -> float:
        """Relative difference of the pair's trade."""
        free, high = self.trade_usd
        return abs(high - free) / max(abs(free), abs(high), 1.0)

    @property
    def agree(self) -> bool:
        """Whether the two give one answer."""
        return self.trade_share <= SAME_SHARE

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "trade_share": self.trade_share, "agree": self.agree}


@dataclass(frozen=True)
class TwoStarts:
    """States solved from empty places (``free``) and from waits of ``HIGH_WAIT_H`` (``high``)."""

    free: State
    high: State
    spread: Spread


def _widest(model: Model, free: Floats, high: Floats) -> Difference | None:
    if not free.size:
        return None
    at = int(np.argmax(np.abs(high - free)))
    return Difference(model.places.capacity_id[at], float(free[at]), float(high[at]))


def spread(model: Model, free: State, high: State) -> Spread:
    """Return how far two states of one model lie apart."""
    return Spread(
        trade_usd=(sum(pair_trade(model, free.flows)), sum(pair_trade(model, high.flows))),
        flow_usd=float(np.abs(high.flows - free.flows).max()),
        load_t=_widest(model, free.clearing.load_t, high.clearing.load_t),
        wait_h=_widest(model, free.clearing.wait_h, high.clearing.wait_h),
    )


def two_starts(
    model: Model, p: Prices, base: Baseline, flows: Floats, *, tolerance: float = 1e-6
) -> TwoStarts:
    """Solve a state from both starts.

    Parameters are those of :func:`~opencorridor.scenario.state.run_state`.

    Raises
    ------
    NotConverged
        If either does not settle.
    """
    free, high = (
        run_state(
            model, p, base, flows, start_wait=np.full(p.capacity.size, hours), tolerance=tolerance
        )
        for hours in (0.0, HIGH_WAIT_H)
    )
    return TwoStarts(free, high, spread(model, free, high))
