"""The rounds of the trade-traffic loop: both residuals of each, and what is wrong when they stay.

A round has ended when trade has answered the costs that its waits make. Its residuals are the
assignment gap, by how far the tonnes that trade asks for leave a place off its condition, and the
relative change of the generalised cost of any row of demand against the round before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from opencorridor.study import NotConverged, Problem

__all__ = ["Round", "Rounds", "cost_change", "cycle", "not_settled"]

Floats = NDArray[np.float64]

# Periods that are looked for, and how far a state may be from the one a period ago, as a share of
# the largest move between: a cycle that still shrinks by more than that ends by itself.
LONGEST_PERIOD = 6
SAME = 0.01
# So many rounds without the larger residual falling by a tenth are no progress.
PATIENCE = 12
PROGRESS = 0.9


@dataclass(frozen=True)
class Round:
    """Residuals of one round; ``cost_change`` is infinite in the first."""

    assignment_gap: float
    cost_change: float

    @property
    def worst(self) -> float:
        """The larger of the two."""
        return max(self.assignment_gap, self.cost_change)


def cost_change(new: Floats, old: Floats | None) -> float:
    """Largest relative change of the costs of rows (R,); 1 where a row gains or loses its ways."""
    if old is None:
        return float("inf")
    here, there = np.isfinite(new), np.isfinite(old)
    if (here != there).any():
        return 1.0
    return float((np.abs(new[here] - old[here]) / old[here]).max(initial=0.0))


def cycle(waits: Sequence[Floats]) -> int:
    """Return the period in which waits (F,) by round repeat themselves; 0 if they do not.

    The last two periods must agree. Waits that stand still have no period.
    """
    for period in range(2, min(LONGEST_PERIOD, len(waits) // 2) + 1):
        last = [*range(len(waits) - period, len(waits))]
        moved = max(float(np.abs(waits[k] - waits[k - 1]).max(initial=0.0)) for k in last)
        apart = max(float(np.abs(waits[k] - waits[k - period]).max(initial=0.0)) for k in last)
        if moved > 0.0 and apart <= SAME * moved:
            return period
    return 0


@dataclass
class Rounds:
    """What the rounds so far have left, and whether the loop is done, cycles or stands still."""

    tolerance: float
    done: list[Round] = field(default_factory=list)
    waits: list[Floats] = field(default_factory=list)
    _costs: Floats | None = None

    def add(self, gap: float, row_cost: Floats, wait: Floats) -> Round:
        """Note a round: its assignment gap, the costs of its rows (R,) and its waits (F,)."""
        made = Round(gap, cost_change(row_cost, self._costs))
        self._costs = row_cost
        self.done.append(made)
        self.waits.append(wait)
        return made

    @property
    def settled(self) -> bool:
        """Whether both residuals of the last round are within the tolerance."""
        return self.done[-1].worst <= self.tolerance

    @property
    def period(self) -> int:
        """Period of the cycle that the loop is in, or 0."""
        return 0 if self.settled else cycle(self.waits)

    @property
    def stuck(self) -> bool:
        """Whether many rounds went by without progress."""
        worst = [r.worst for r in self.done]
        if len(worst) <= PATIENCE:
            return False
        return min(worst[-PATIENCE:]) > PROGRESS * min(worst[:-PATIENCE])

    def forget(self) -> None:
        """Judge cycles and progress from here on: the loop takes other steps now."""
        self.done, self.waits = self.done[-1:], self.waits[-1:]


def not_settled(rounds: Rounds, total: int, places: Sequence[str]) -> NotConverged:
    """Return the error of a loop that did not end: what it does instead, and where."""
    last, period = rounds.done[-1], rounds.period
    residuals = (
        f"assignment gap {last.assignment_gap:.2e}, change of costs {last.cost_change:.2e} "
        f"after {total} rounds"
    )
    if period:
        code, text = "loop_cycles", f"trade and traffic cycle with period {period}"
        text += f": waits of {_swings(rounds.waits[-period:], places)}; {residuals}"
    elif rounds.stuck:
        code = "loop_stalled"
        text = f"no progress of trade and traffic in {PATIENCE} rounds: {residuals}"
    else:
        code, text = "loop_not_converged", f"trade and traffic did not agree: {residuals}"
    mend = "look for a place with far less capacity than load, or allow a longer wait_max_h"
    expected = f"both residuals at most {rounds.tolerance:.0e}"
    return NotConverged([Problem(code, text, expected=expected, mend=mend)])


def _swings(waits: Sequence[Floats], places: Sequence[str], most: int = 5) -> str:
    """Name the places whose waits alternate, the widest swing first."""
    table = np.array(waits)
    swing = table.max(axis=0) - table.min(axis=0)
    order = [f for f in np.argsort(-swing)[:most] if swing[f] > 0.01 * swing.max()]
    return ", ".join(
        f"{places[f]} ({' / '.join(f'{h:.1f}' for h in table[:, f])} h)" for f in order
    )
