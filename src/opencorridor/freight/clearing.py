"""Waits that clear every place: loads equal what the capacities let through.

Find w with, at every place f,

    w_f >= 0,   b_f(w_f, x_f(w)) >= 0,   w_f > 0 only where b_f = 0,

x the load that shippers choose at those waits. At a queue b = (S_f(w) - x) / cap is the share of
the capacity to spare, S the load that is let through (``kernels.wait``). Above the longest wait S
grows steeply: what it lets through beyond the capacity are tonnes that no wait can carry. On a
line with a delay instead of a queue b = (w - W(x)) / scale. Solved by Newton's method on the
equations of Fischer and Burmeister (1992), whose squared norm the steps lower, with the slope of
the loads from the choice model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.kernels.wait import allowed_load, allowed_load_slope, delay, delay_slope

__all__ = [
    "Balance",
    "Clearing",
    "WaitCurve",
    "balance",
    "clear_places",
    "stranded",
    "violation",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# From waits (F,) in hours to loads (F,) in t a year and their slope (F, F).
Loads = Callable[[Floats], tuple[Floats, Floats]]

# Largest change of a wait in one iteration, hours; fractions of a step that are tried.
MOST_STEP_H = 200.0
LENGTHS = (1.0, 0.5, 0.25, 0.125, 0.05, 0.01)
# A step counts as progress against the worst of so many last ones (Grippo, Lampariello and Lucidi
# 1986), and the first ones may even lose by a factor: the way to the solution leads over a ridge
# where a place begins to bind.
MEMORY = 5
BOLD, BOLD_STEPS = 20.0, 15
# Share of capacity that the square of an hour above the longest wait lets overflow.
OVERFLOW = 1.0


@dataclass(frozen=True)
class WaitCurve:
    """How places make goods wait.

    Queues share ``free_share`` of capacity, ``scale_h`` and the longest wait ``max_h`` in hours.
    ``delay_h`` and ``power`` (F,) are those of lines that delay instead of queueing: hours more at
    a load equal to the capacity, NaN at queues; None where all places are queues.
    """

    free_share: float
    scale_h: float
    max_h: float
    delay_h: Floats | None = None
    power: Floats | None = None

    def take(self, where: Ints) -> WaitCurve:
        """Curves of the given places, in that order."""
        if self.delay_h is None or self.power is None:
            return self
        return replace(self, delay_h=self.delay_h[where], power=self.power[where])


@dataclass(frozen=True)
class Clearing:
    """Waits (F,), loads (F,), tonnes that no wait can carry (F,) and how well it converged."""

    wait_h: Floats
    load_t: Floats
    stranded_t: Floats
    gap: float
    iterations: int
    converged: bool
    path: tuple[float, ...]


class Balance(NamedTuple):
    """Spare room b (F,) of places, and its slopes by their own wait, load and capacity (F,)."""

    value: Floats
    by_wait: Floats
    by_load: Floats
    by_capacity: Floats


def balance(wait: Floats, load: Floats, cap: Floats, curve: WaitCurve) -> Balance:
    """Return what is to spare at each place, and how that moves.

    Waits in hours, loads and capacities in t a year, all (F,).
    """
    over = np.maximum(wait - curve.max_h, 0.0)
    let = allowed_load(wait, cap, curve.free_share, curve.scale_h) + OVERFLOW * cap * over**2
    let_slope = allowed_load_slope(wait, cap, curve.free_share, curve.scale_h)
    let_slope = let_slope + 2.0 * OVERFLOW * cap * over
    queue = Balance((let - load) / cap, let_slope / cap, -1.0 / cap, load / cap**2)
    if curve.delay_h is None or curve.power is None:
        return queue
    line, scale = np.isfinite(curve.delay_h), curve.scale_h
    alpha, beta = np.where(line, curve.delay_h, 0.0), np.where(line, curve.power, 1.0)
    hours, slope = delay(load, cap, alpha, beta), delay_slope(load, cap, alpha, beta)
    slower = Balance(
        (wait - hours) / scale,
        np.full(wait.shape, 1.0 / scale),
        -slope / scale,
        slope * load / cap / scale,
    )
    return Balance(*(np.where(line, a, b) for a, b in zip(slower, queue, strict=True)))


def violation(wait: Floats, load: Floats, cap: Floats, curve: WaitCurve) -> float:
    """Return the largest violation of the conditions, as a share of capacity.

    At lines with a delay as a share of ``curve.scale_h``.
    """
    spare = balance(wait, load, cap, curve).value
    return float(np.abs(np.minimum(wait / curve.scale_h, spare)).max(initial=0.0))


def stranded(wait: Floats, load: Floats, cap: Floats, curve: WaitCurve) -> Floats:
    """Return the tonnes (F,) that no wait can carry: load above capacity at the longest wait."""
    within = allowed_load(wait, cap, curve.free_share, curve.scale_h)
    full = wait > curve.max_h
    if curve.delay_h is not None:
        full &= np.isnan(curve.delay_h)
    return np.where(full, np.maximum(load - within, 0.0), 0.0)


def _equations(
    wait: Floats, load: Floats, slope: Floats, cap: Floats, curve: WaitCurve
) -> tuple[Floats, Floats]:
    """Values of the equations (F,) and their slopes (F, F)."""
    spare = balance(wait, load, cap, curve)
    a, b = wait / curve.scale_h, spare.value
    size = np.hypot(a, b)
    safe = np.where(size > 0.0, size, 1.0)
    # At the corner (0, 0) any pair on the circle serves; both directions count alike there.
    by_a = np.where(size > 0.0, a / safe, np.sqrt(0.5)) - 1.0
    by_b = np.where(size > 0.0, b / safe, np.sqrt(0.5)) - 1.0
    matrix = (by_b * spare.by_load)[:, None] * slope
    matrix += np.diag(by_b * spare.by_wait + by_a / curve.scale_h)
    return size - a - b, matrix


def clear_places(
    loads: Loads,
    capacity_t: Floats,
    curve: WaitCurve,
    start_wait_h: Floats,
    *,
    tolerance: float = 1e-6,
    max_iterations: int = 60,
) -> Clearing:
    """Solve for the waits that clear all places.

    Parameters
    ----------
    loads
        Function of the waits (F,) in hours that returns loads (F,) in t a year and their
        slope (F, F) by the waits.
    capacity_t
        (F,) positive capacities, t a year.
    start_wait_h
        (F,) first guess.

    Returns
    -------
    Clearing. ``gap`` is the largest violation as a share of capacity. Where the longest wait
    still lets less through than wants to pass, the rest is ``stranded_t``.
    """
    wait = np.maximum(start_wait_h, 0.0)
    load, slope = loads(wait)
    gap = violation(wait, load, capacity_t, curve)
    path = [gap]
    merits: list[float] = []
    iteration = 0
    while gap > tolerance and iteration < max_iterations:
        value, matrix = _equations(wait, load, slope, capacity_t, curve)
        step = np.linalg.lstsq(matrix, -value, rcond=None)[0]
        merits = [*merits, float(value @ value)][-MEMORY:]
        for length in LENGTHS:
            trial = np.maximum(wait + length * np.clip(step, -MOST_STEP_H, MOST_STEP_H), 0.0)
            load, slope = loads(trial)
            new, _ = _equations(trial, load, slope, capacity_t, curve)
            bound = BOLD if iteration < BOLD_STEPS else 1.0 - 1e-4 * length
            if float(new @ new) <= bound * max(merits):
                break
        wait = trial
        gap = violation(wait, load, capacity_t, curve)
        path.append(gap)
        iteration += 1
    return Clearing(
        wait_h=wait,
        load_t=load,
        stranded_t=stranded(wait, load, capacity_t, curve),
        gap=gap,
        iterations=iteration,
        converged=gap <= tolerance,
        path=tuple(path),
    )
