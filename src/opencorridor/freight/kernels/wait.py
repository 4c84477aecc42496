"""Price of a binding capacity as a waiting time.

Below a free share ``s`` of its capacity a place makes nobody wait. Above it the load that a
place lets through at a wait ``w`` is

    S(w) = cap * (s * w0 + w) / (w0 + w),        S(0) = s * cap,   S(w) -> cap,

the inverse of the convex wait W(u) = w0 (u - s) / (1 - u) with a hard stop at capacity.
The function is a stand-in of the queue of the freight engine; its contract is ``wait_h``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["allowed_load", "allowed_load_slope", "wait_of_load"]

Floats = NDArray[np.float64]


def allowed_load(wait_h: Floats, capacity_t: Floats, free_share: float, scale_h: float) -> Floats:
    """Load that is let through at a wait, t a year (shape of ``wait_h``)."""
    share: Floats = (free_share * scale_h + wait_h) / (scale_h + wait_h)
    return capacity_t * share


def allowed_load_slope(
    wait_h: Floats, capacity_t: Floats, free_share: float, scale_h: float
) -> Floats:
    """Return the derivative of :func:`allowed_load` by the wait, t a year per hour."""
    slope: Floats = (1.0 - free_share) * scale_h / (scale_h + wait_h) ** 2
    return capacity_t * slope


def wait_of_load(load_t: Floats, capacity_t: Floats, free_share: float, scale_h: float) -> Floats:
    """Wait in hours at a load; infinite at or above capacity."""
    with np.errstate(divide="ignore", invalid="ignore"):
        use = load_t / capacity_t
        wait = scale_h * (use - free_share) / (1.0 - use)
    wait = np.where(use >= 1.0, np.inf, wait)
    return np.where(use <= free_share, 0.0, wait)
