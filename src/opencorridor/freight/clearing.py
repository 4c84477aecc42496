"""Waits that clear every place: loads equal what the capacities let through.

Find w with, at every place f,

    0 <= w_f <= w_max,   x_f(w) <= S_f(w),   w_f > 0 only where x_f = S_f,

x the load that shippers choose at those waits and S the load that is let through
(``kernels.wait``). Solved by a semi-smooth Newton method on the complementarity conditions
(Qi and Sun 1993) with the slope of the loads from the choice model; what trade adds to the
slope is left out, which costs iterations, not accuracy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.kernels.wait import allowed_load, allowed_load_slope

__all__ = ["Clearing", "WaitCurve", "clear_places"]

Floats = NDArray[np.float64]
Loads = Callable[[Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class WaitCurve:
    """Parameters of the wait: free share of capacity, scale and longest wait in hours."""

    free_share: float
    scale_h: float
    max_h: float


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


def _residual(wait: Floats, load: Floats, cap: Floats, curve: WaitCurve) -> Floats:
    """Violation of the conditions at each place, as a share of capacity."""
    spare = (allowed_load(wait, cap, curve.free_share, curve.scale_h) - load) / cap
    scaled = wait / curve.scale_h
    residual = np.minimum(scaled, spare)
    at_top = wait >= curve.max_h
    return np.where(at_top, np.maximum(spare, 0.0), residual)


def _newton_step(
    wait: Floats, load: Floats, slope: Floats, cap: Floats, curve: WaitCurve
) -> Floats:
    """Step on the places that wait or are over their free share."""
    spare = allowed_load(wait, cap, curve.free_share, curve.scale_h) - load
    active = (wait / curve.scale_h > spare / cap) & ~((wait >= curve.max_h) & (spare < 0.0))
    step = -wait
    if active.any():
        let = np.diag(allowed_load_slope(wait, cap, curve.free_share, curve.scale_h))
        matrix = (let - slope)[np.ix_(active, active)]
        rest = ~active
        # Places that stop waiting send their traffic back; count that in the right-hand side.
        right = -spare[active] + slope[np.ix_(active, rest)] @ step[rest]
        step[active] = np.linalg.lstsq(matrix, right, rcond=None)[0]
    return step


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
    wait = np.clip(start_wait_h, 0.0, curve.max_h)
    load, slope = loads(wait)
    residual = _residual(wait, load, capacity_t, curve)
    gap = float(np.abs(residual).max(initial=0.0))
    path = [gap]
    best = (gap, wait, load)
    iteration = 0
    while gap > tolerance and iteration < max_iterations:
        step = _newton_step(wait, load, slope, capacity_t, curve)
        length = 1.0
        for _ in range(6):
            trial = np.clip(wait + length * step, 0.0, curve.max_h)
            load, slope = loads(trial)
            residual = _residual(trial, load, capacity_t, curve)
            if float(np.abs(residual).max()) < gap * (1.0 - 1e-4 * length):
                break
            length *= 0.5
        wait = trial
        gap = float(np.abs(residual).max())
        path.append(gap)
        iteration += 1
        if gap < best[0]:
            best = (gap, wait, load)
    gap, wait, load = best
    let_through = allowed_load(wait, capacity_t, curve.free_share, curve.scale_h)
    stranded = np.where(wait >= curve.max_h, np.maximum(load - let_through, 0.0), 0.0)
    return Clearing(
        wait_h=wait,
        load_t=load,
        stranded_t=stranded,
        gap=gap,
        iterations=iteration,
        converged=gap <= tolerance,
        path=tuple(path),
    )
