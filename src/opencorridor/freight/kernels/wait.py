"""Price of a binding capacity as a waiting time.

A queue with a hard capacity. Below a free share ``s`` of its capacity a place makes nobody wait:
the dwell of the border table already holds what is usual there. Above it the load that a place
lets through at a wait ``w`` is

    S(w) = cap * (s * w0 + w) / (w0 + w),        S(0) = s * cap,   S(w) -> cap,

the inverse of W(u) = w0 (u - s) / (1 - u), u the use of the capacity. That is the mean wait of
Kingman (1961), "The single server queue in heavy traffic", Proc. Camb. Phil. Soc. 57,
K(u) = V t u / (1 - u), less its value at s: W(u) = K(u) - K(s) with V t = w0 (1 - s), where
V = (ca^2 + cs^2) / 2 is the variability of arrivals and service and t the time that the place
takes for one train, truck or vessel.

A line with a delay, of the Bureau of Public Roads (1964), "Traffic assignment manual": hours more
than on the empty line W(x) = a (x / cap)^b; it delays but stops nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "allowed_load",
    "allowed_load_slope",
    "delay",
    "delay_slope",
    "delayed_load",
    "wait_of_load",
]

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


def delay(load_t: Floats, capacity_t: Floats, at_capacity_h: Floats, power: Floats) -> Floats:
    """Hours more than on the empty line at a load (all (F,)): a (x / cap)^b."""
    hours: Floats = at_capacity_h * (load_t / capacity_t) ** power
    return hours


def delay_slope(load_t: Floats, capacity_t: Floats, at_capacity_h: Floats, power: Floats) -> Floats:
    """Return the derivative of :func:`delay` by the load, hours per t a year; powers of 1 or more.

    The load may be 0.
    """
    slope: Floats = at_capacity_h * power / capacity_t * (load_t / capacity_t) ** (power - 1.0)
    return slope


def delayed_load(
    wait_h: Floats, capacity_t: Floats, at_capacity_h: Floats, power: Floats
) -> Floats:
    """Return the load at which a line delays by a wait, t a year (all (F,)): the inverse of W."""
    load: Floats = capacity_t * (wait_h / at_capacity_h) ** (1.0 / power)
    return load
