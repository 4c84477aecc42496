"""Wages that clear all markets: Newton's method with Broyden's corrections and a way out.

It starts with the Jacobian of the unchanged world (or of a similar one), corrected as it goes,
which for a small change is all it needs; draws up a new one where a step gains too little, halves
steps that overshoot, and gropes where even that does not help.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["Found", "HasExcess", "Inverse", "Markets", "clear", "descend", "invert"]

Floats = npt.NDArray[np.float64]

_MAX_STEP = 1.0
_HALVINGS = 12
_MUCH = 0.5
_ANY = 1.0 - 1e-4


class HasExcess(Protocol):
    """What a state of the markets must tell: excess demand ``[N]``."""

    @property
    def excess(self) -> Floats:
        """Demand over supply less one ``[N]``; not finite where nothing can clear."""


class HasWages(HasExcess, Protocol):
    """What a state of markets that wages clear must tell besides."""

    @property
    def log_wage(self) -> Floats:
        """Log of wages over those before ``[N]``."""


Tried = TypeVar("Tried", bound=HasExcess)
State = TypeVar("State", bound=HasWages)


@dataclass(frozen=True)
class Markets(Generic[State]):
    """A world whose markets are to clear.

    Attributes
    ----------
    evaluate
        State at log wages, with the last state at hand to start from (None at first).
    jacobian
        Derivative of excess demand by log wages ``[N, N]``, regular.
    income
        Incomes before the change ``[N]``, adding to 1: the numeraire keeps their sum.
    pace
        Divisor of a groping step: about how strongly demand answers wages.
    """

    evaluate: Callable[[Floats, State | None], State]
    jacobian: Callable[[State], Floats]
    income: Floats
    pace: float

    def at(self, log_wage: Floats, last: State | None) -> State:
        """Return the state at wages shifted so that world income keeps its value."""
        level = np.log((self.income * np.exp(log_wage)).sum())
        return self.evaluate(np.asarray(log_wage - level), last)


class Found(NamedTuple, Generic[State]):
    """The markets at the wages that clear them, or the best ones found, and how it went."""

    state: State
    iterations: int
    converged: bool


def invert(matrix: Floats) -> Floats:
    """Return the inverse of a matrix."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _size(state: HasExcess) -> float:
    """Return the root of the summed squares of excess demand, which a Newton step lowers."""
    return float(np.sqrt(np.square(state.excess).sum()))


def descend(
    step: Floats,
    state: Tried,
    at: Callable[[Floats], Tried],
    left: float = _ANY,
    tries: int = _HALVINGS,
) -> Tried | None:
    """Return the state after a step, halved until it gains enough; None where it never does.

    Parameters
    ----------
    step
        The step in logs ``[N]``; longer than 1 it is shortened.
    state
        Where it starts.
    at
        The state after a step.
    left
        Share of the size of excess demand that may be left.
    tries
        How many lengths are tried, each half of the one before.
    """
    step = step * min(1.0, _MAX_STEP / max(float(np.abs(step).max()), 1e-300))
    for halving in range(tries):
        trial = at(step * 0.5**halving)
        if _size(trial) <= left * _size(state):
            return trial
    return None


def _finite(state: HasExcess) -> bool:
    return bool(np.isfinite(state.excess).all())


@dataclass
class Inverse:
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
    markets: Markets[State], state: State, inverse: Inverse, borrowed: bool
) -> State | None:
    """Return the state after a Newton step, or None where it gains too little.

    With a borrowed inverse only a full step counts, and it must gain much; with the state's own
    the step is halved until it gains anything.
    """
    if not _finite(state):
        return None
    return descend(
        -inverse.times(state.excess),
        state,
        lambda step: markets.at(state.log_wage + step, state),
        left=_MUCH if borrowed else _ANY,
        tries=1 if borrowed else _HALVINGS,
    )


def _grope(markets: Markets[State], state: State) -> State:
    """Return the state after one small tatonnement step: wages rise where demand exceeds supply."""
    step = np.log1p(np.clip(state.excess, -0.9, 9.0)) / markets.pace
    return markets.at(state.log_wage + step, state)


def clear(
    markets: Markets[State],
    log_wage: Floats,
    tol: float,
    max_iter: int,
    start_inverse: Callable[[], Floats],
) -> Found[State]:
    """Return the wages that clear the markets.

    Parameters
    ----------
    markets
        What to clear.
    log_wage
        Log of the wages to start from ``[N]``.
    tol
        Largest excess demand of a country, relative to its output, that counts as cleared.
    max_iter
        Cap on the steps.
    start_inverse
        Gives the inverse of the Jacobian to start with ``[N, N]``; asked only where it is needed.
    """
    state = markets.at(log_wage, None)
    inverse: Inverse | None = None
    iterations = 0
    while iterations < max_iter and not np.abs(state.excess).max() <= tol:
        if inverse is None:
            inverse = Inverse(start_inverse(), [])
        moved = _newton(markets, state, inverse, borrowed=True)
        if moved is None and _finite(state):
            inverse = Inverse(invert(markets.jacobian(state)), [])
            moved = _newton(markets, state, inverse, borrowed=False)
        if moved is None:
            moved = _grope(markets, state)
        elif _finite(state):
            inverse.learn(moved.log_wage - state.log_wage, moved.excess - state.excess)
        state = moved
        iterations += 1
    return Found(state, iterations, bool(np.abs(state.excess).max() <= tol))
