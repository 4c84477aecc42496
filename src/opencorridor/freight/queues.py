"""Hard capacities: queues whose delay keeps the flow of a link at its capacity.

The delays are the multipliers of flow <= capacity in the equilibrium with side constraints; they
are found by the method of multipliers, each equilibrium begun with the routes of the last.
Demand that no delays can bring through is refused first (:mod:`opencorridor.freight.overfull`).

Source: Larsson and Patriksson (1995, "An augmented Lagrangean dual algorithm for link capacity
side constrained traffic assignment problems"; 1999, "Side constrained traffic equilibrium models").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from opencorridor.freight.overfull import refuse_overfull
from opencorridor.network.exchange.traffic import TrafficNetwork
from opencorridor.study.errors import OpenCorridorError, Problem

if TYPE_CHECKING:
    from opencorridor.freight.shifts import Work

__all__ = ["KEPT", "checked_limit", "clear_queues"]

Floats = npt.NDArray[np.float64]

# Share of a capacity by which flow may be off where a queue stands, or above it.
KEPT = 1e-8
# Delay of a flow that is off by the whole capacity, in costs of a usual trip; by how much it is
# raised where the flow does not come closer by the share asked, and how often at most.
_PUSH, _RAISE, _CLOSER, _MOST_PUSH = 1.0, 3.0, 0.3, 1e3
# Gap of an equilibrium on the way: at most this, and this part of what capacities are missed by.
_LOOSE, _PART = 1e-6, 1e-3
_TIGHT, _NEAR = 1e-13, 10.0
# Most rounds of delays, and the share above a capacity at which room is looked for first.
_ROUNDS, _OVER = 200, 1e-6


def checked_limit(network: TrafficNetwork, hard_capacity: Floats | None) -> Floats | None:
    """Return hard capacities as they are; refuse those that are none, each with its row."""
    if hard_capacity is None:
        return None
    limit = np.asarray(hard_capacity, dtype=np.float64)
    wrong = np.flatnonzero(~(limit > 0))
    if len(wrong):
        raise OpenCorridorError(
            [
                Problem("assign_hard_capacity",
                        f"the hard capacity of link {network.link_id[a]} is {limit[a]:g}", "",
                        network.file, network.link_row[a] if network.link_row else None,
                        "capacity", f"{limit[a]:g}", "above 0", "close the link instead")
                for a in wrong.tolist()
            ]
        )  # fmt: skip
    return limit


def _missed(work: Work) -> Floats:
    """Return by which share each hard capacity is missed where a queue stands or it is passed."""
    hard = np.isfinite(work.limit)
    off = np.zeros(len(work.v))
    off[hard] = work.v[hard] / work.limit[hard] - 1.0
    return np.where((work.queue() > 0) | (off > 0), np.abs(off), 0.0)


class Solve(Protocol):
    """What finds an equilibrium at the prices of the links, and its gap; says what ended it."""

    def __call__(self, goal: float, until: float, clock: float, most: int) -> str:
        """Return the reason."""


def clear_queues(
    work: Work, solve: Solve, goal: float, until: float, clock: float, most: int
) -> str:
    """Find delays that keep the hard capacities; return what ended the work.

    Parameters
    ----------
    work
        Begun; prices and flows are changed.
    solve
        Finds an equilibrium of this work at its prices.
    goal, until, clock, most
        Gap, time to stop, time of the beginning, most rounds of new routes.

    Raises
    ------
    OpenCorridorError
        ``assign_cut``: the demand cannot pass.
    """
    price, push, limit = work.law[5:]
    hard = np.isfinite(limit)
    demand = float(work.pairs.demand.sum())
    usual = work.total() / demand if demand > 0 else 1.0
    usual = usual if usual > 0 else 1.0
    push[hard] = _PUSH * usual / limit[hard]
    before = np.full(len(limit), np.inf)
    missed = _missed(work)
    work.price()
    for turn in range(_ROUNDS):
        worst = float(missed.max(initial=0.0))
        near = worst <= _NEAR * KEPT
        inner = min(goal, _LOOSE) if near else min(max(_PART * worst, _TIGHT), _LOOSE)
        reason = solve(inner, until, clock, most - len(work.history))
        missed = _missed(work)
        if reason == "stalled" and work.best_gap <= goal:
            reason = "gap"  # Only the tighter gap of this round was out of reach.
        if turn == 0 and missed.max(initial=0.0) > _OVER:
            refuse_overfull(work, until)
        if reason != "gap" or (missed.max() <= KEPT and work.best_gap <= goal):
            return reason
        price[hard] = work.queue()[hard]
        slow = hard & (missed > _CLOSER * before) & (missed > KEPT)
        push[slow] = np.minimum(push[slow] * _RAISE, _MOST_PUSH * usual / limit[slow])
        before = missed
        work.price()
    return "stalled"
