"""Waits that clear every place: loads equal what the capacities let through.

Find w with, at every place f,

    w_f >= 0,   b_f(w_f, x_f(w)) >= 0,   w_f > 0 only where b_f = 0,

x the load that shippers choose at those waits. At a queue b = (S_f(w) - x) / cap is the share of
the capacity to spare, S the load that is let through (``kernels.wait``). Above the longest wait S
grows steeply: what it lets through beyond the capacity are tonnes that no wait can carry. On a
line with a delay instead of a queue b = (w - W(x)) / scale.

Loads are the slope of what shippers pay in all, a concave function of the waits, and what is let
through rises with them: waits that clear maximise payments less the integrals of S, up to the
spread of values of time in a row's costs. So Newton's steps, projected on w >= 0 (Bertsekas 1982,
"Projected Newton methods for optimization problems with simple constraints", SIAM J. Control
Optim. 20), are cut where that function falls steeply again at their end. Only its slope, loads
less what is let through, is needed for that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.kernels.wait import (
    allowed_load,
    allowed_load_slope,
    delay,
    delay_slope,
    delayed_load,
)

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

# Largest change of a wait in one iteration, hours; how often a step is cut, and to which shares.
MOST_STEP_H = 200.0
CUTS, LEAST_CUT, MOST_CUT = 6, 0.1, 0.6
# A step is cut where the slope along it at its end is below minus this share of that at its start.
OVERSHOT = 0.5
# Share of capacity that the square of an hour above the longest wait lets overflow.
OVERFLOW = 1.0
# Least delay at capacity that the load a line lets through at a wait is told by, hours.
LEAST_DELAY_H = 1e-9


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


def _slack_t(wait: Floats, load: Floats, cap: Floats, curve: WaitCurve, spare: Balance) -> Floats:
    """Return what is let through less the load, t a year (F,)."""
    slack: Floats = spare.value * cap
    if curve.delay_h is None or curve.power is None:
        return slack
    at_capacity, power = np.maximum(curve.delay_h, LEAST_DELAY_H), curve.power
    line = np.isfinite(at_capacity)
    slack[line] = delayed_load(wait[line], cap[line], at_capacity[line], power[line]) - load[line]
    return slack


def _step(wait: Floats, spare: Balance, slope: Floats) -> Floats:
    """Newton's step (F,), hours; places without a wait that have room stay as they are."""
    free = np.flatnonzero((wait > 0.0) | (spare.value < 0.0))
    matrix = spare.by_load[free, None] * slope[np.ix_(free, free)]
    matrix[np.diag_indices(free.size)] += spare.by_wait[free]
    step = np.zeros(wait.size)
    try:
        step[free] = np.linalg.solve(matrix, -spare.value[free])
    except np.linalg.LinAlgError:
        step[free] = np.linalg.lstsq(matrix, -spare.value[free], rcond=None)[0]
    return np.clip(step, -MOST_STEP_H, MOST_STEP_H)


def _roof(wait: Floats, spare: Balance, curve: WaitCurve) -> Floats:
    """Return the waits (F,) above which a step from below the longest wait is not to lead.

    There what is let through grows steeply: the roof is where it would take the excess of now.
    """
    roof = curve.max_h + np.sqrt(np.maximum(-spare.value, 0.0) / OVERFLOW)
    below = wait < curve.max_h
    if curve.delay_h is not None:
        below &= np.isnan(curve.delay_h)
    return np.where(below, roof, np.inf)


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
    iteration = 0
    while gap > tolerance and iteration < max_iterations:
        spare = balance(wait, load, capacity_t, curve)
        step, roof = _step(wait, spare, slope), _roof(wait, spare, curve)
        slack = _slack_t(wait, load, capacity_t, curve, spare)
        length = 1.0
        for _ in range(CUTS):
            trial = np.minimum(np.maximum(wait + length * step, 0.0), roof)
            load, slope = loads(trial)
            there = balance(trial, load, capacity_t, curve)
            left = _slack_t(trial, load, capacity_t, curve, there)
            start, end = float((wait - trial) @ slack), float((wait - trial) @ left)
            if start <= 0.0 or end >= -OVERSHOT * start:
                break
            length *= min(max(start / (start - end), LEAST_CUT), MOST_CUT)
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
