"""Cost of a link by its flow, with slope and integral: t(v) = t0 + k (v / c)^p.

Any power p of 0 or more; k = 0 or p = 0 make a constant. Whole powers are multiplied out.
A link with a hard capacity delays by a queue, too: max(0, price + push (v - limit)), which is what
an augmented Lagrangian charges for the constraint v <= limit (Rockafellar 1973).
Source: Bureau of Public Roads (1964); t0 = free-flow time, k = b t0.
"""

from __future__ import annotations

import numpy as np
from numba import njit

LARGEST_WHOLE = 64


@njit(cache=True)
def whole_powers(power):  # type: ignore[no-untyped-def]
    """Return each power as int32 where it is whole and small, else -1."""
    whole = np.full(power.shape[0], -1, np.int32)
    for a in range(power.shape[0]):
        if power[a] == np.floor(power[a]) and power[a] <= LARGEST_WHOLE:
            whole[a] = np.int32(power[a])
    return whole


@njit(cache=True)
def raised(x, power, whole):  # type: ignore[no-untyped-def]
    """Return x to a power; 0 to the power 0 is 1."""
    if whole < 0:
        return x**power
    result = 1.0
    n = whole
    while n > 0:
        if n & 1:
            result *= x
        x *= x
        n >>= 1
    return result


@njit(cache=True)
def cost_and_slope(v, t0, k, power, whole, capacity):  # type: ignore[no-untyped-def]
    """Return cost and its derivative at flow ``v``; the slope may be infinite at 0 (p < 1)."""
    if k == 0.0 or whole == 0:
        return t0 + k, 0.0
    x = v / capacity
    if x == 0.0:
        slope = k / capacity if whole == 1 else (0.0 if power > 1.0 else np.inf)
        return t0, slope
    below = raised(x, power - 1.0, whole - 1) if whole > 0 else x ** (power - 1.0)
    return t0 + k * below * x, k * power * below / capacity


@njit(cache=True)
def fill_costs(v, t0, k, power, whole, capacity, cost, slope):  # type: ignore[no-untyped-def]
    """Fill cost and slope of every link."""
    for a in range(v.shape[0]):
        cost[a], slope[a] = cost_and_slope(v[a], t0[a], k[a], power[a], whole[a], capacity[a])


@njit(cache=True)
def queue(v, price, push, limit):  # type: ignore[no-untyped-def]
    """Return the delay of a queue at flow ``v``, 0 where none stands; ``limit`` may be infinite."""
    return max(price + push * (v - limit), 0.0) if limit < np.inf else 0.0


@njit(cache=True)
def add_queues(v, price, push, limit, cost, slope):  # type: ignore[no-untyped-def]
    """Add the delay of queues, and its derivative, to cost and slope of every link."""
    for a in range(v.shape[0]):
        delay = queue(v[a], price[a], push[a], limit[a])
        if delay > 0.0:
            cost[a] += delay
            slope[a] += push[a]
