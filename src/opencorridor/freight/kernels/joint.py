"""One Newton step over all choices between segments at once.

Choices that share stiff links, as those before hard capacities are, undo each other's shifts when
they are treated one after the other (:func:`~.segments.equalise`); together they do not. The step
minimises the quadratic model of the sum of integrals over the shifts, by conjugate gradients with
the diagonal as preconditioner. A choice by itself shifts no more than the flow there is, for its
slopes are raised by the difference of costs over that flow; what would go beyond is held at it.

Sources: affine scaling, Coleman and Li (1996); damping, Levenberg (1944); conjugate gradients,
Hestenes and Stiefel (1952).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from opencorridor.freight.kernels.segments import difference
from opencorridor.freight.kernels.volume import add_queues, fill_costs

_SECANTS = 8
_LARGEST = 1e200


@njit(cache=True)
def _spread_out(choices, s, dv):  # type: ignore[no-untyped-def]
    """Fill the change of flow on links that shifts from first to second segments make."""
    links, begin, split, _, _, _ = choices
    dv[:] = 0.0
    for g in range(split.shape[0]):
        if s[g] != 0.0:
            for i in range(begin[g], split[g]):
                dv[links[i]] -= s[g]
            for i in range(split[g], begin[g + 1]):
                dv[links[i]] += s[g]


@njit(cache=True)
def _gather(choices, x, free, out):  # type: ignore[no-untyped-def]
    """Fill for each free choice the sum over its second segment less that over its first."""
    links, begin, split, _, _, _ = choices
    for g in range(split.shape[0]):
        total = 0.0
        if free[g]:
            for i in range(begin[g], split[g]):
                total -= x[links[i]]
            for i in range(split[g], begin[g + 1]):
                total += x[links[i]]
        out[g] = total


@njit(cache=True)
def _solve(choices, slope, hold, diagonal, free, s, delta, left, tolerance, most):  # type: ignore[no-untyped-def]
    """Improve the shifts ``s`` of free choices until the differences left are a small part.

    ``left`` is filled with the differences of costs that the quadratic model leaves.
    """
    n = s.shape[0]
    dv, product = np.empty(slope.shape[0]), np.empty(n)
    _spread_out(choices, s, dv)
    _gather(choices, dv * slope, free, product)
    p = np.zeros(n)
    rz, size = 0.0, 0.0
    for g in range(n):
        left[g] = delta[g] - product[g] - hold[g] * s[g] if free[g] else 0.0
        if free[g]:
            p[g] = left[g] / diagonal[g]
            rz += left[g] * p[g]
            size += delta[g] * delta[g] / diagonal[g]
    for _ in range(most):
        if rz <= tolerance * tolerance * size:
            return
        _spread_out(choices, p, dv)
        _gather(choices, dv * slope, free, product)
        curve = 0.0
        for g in range(n):
            if free[g]:
                product[g] += hold[g] * p[g]
                curve += p[g] * product[g]
        # Flows next to nothing make slopes next to infinite, and what they multiply is lost.
        if not 0.0 < curve < np.inf or not rz < _LARGEST * curve:
            return
        step, before = rz / curve, rz
        rz = 0.0
        for g in range(n):
            if free[g]:
                s[g] += step * p[g]
                left[g] -= step * product[g]
                rz += left[g] * left[g] / diagonal[g]
        for g in range(n):
            if free[g]:
                p[g] = left[g] / diagonal[g] + rz / before * p[g]


@njit(cache=True)
def _gifts(choices, s, room, flow, change):  # type: ignore[no-untyped-def]
    """Share the shifts among their members; fill the changes of routes' flows.

    A route asked for more than it has gives all it has, in proportion; ``s`` becomes what is
    shifted in truth.
    """
    _, _, split, member, x, y = choices
    asked = np.zeros(flow.shape[0])
    change[:] = 0.0
    for g in range(split.shape[0]):
        giver, most = (x, room[0, g]) if s[g] > 0.0 else (y, room[1, g])
        if s[g] != 0.0:
            for i in range(member[g], member[g + 1]):
                asked[giver[i]] += abs(s[g]) / most * flow[giver[i]]
    for g in range(split.shape[0]):
        giver, taker, most, sign = (x, y, room[0, g], 1.0) if s[g] > 0.0 else (
            y, x, room[1, g], -1.0
        )  # fmt: skip
        if s[g] == 0.0:
            continue
        total = 0.0
        for i in range(member[g], member[g + 1]):
            r = giver[i]
            given = abs(s[g]) / most * flow[r]
            if asked[r] > flow[r]:
                given *= flow[r] / asked[r]
            change[r] -= given
            change[taker[i]] += given
            total += given
        s[g] = sign * total


@njit(cache=True)
def joint_step(choices, fixed, flow, v, cost, slope, law, damp, tolerance, most, turns):  # type: ignore[no-untyped-def]
    """Shift flow in all choices at once.

    Parameters
    ----------
    choices, fixed, flow, v, cost, slope, law
        As :func:`~.segments.equalise` takes them; flow, v, cost and slope are changed.
    damp : float
        What is added to the slopes of every choice, as a part of them.
    tolerance, most, turns : float, int, int
        Part of the differences that may be left of the quadratic model, most steps of conjugate
        gradients, and how often shifts beyond the flow there is are held and the rest solved again.

    Returns
    -------
    float
        The share of the step that was taken.
    """
    _, _, split, member, x, y = choices
    n = split.shape[0]
    base, delta, room = np.zeros(n), np.empty(n), np.zeros((2, n))
    diagonal, left, s, wanted = np.ones(n), np.empty(n), np.zeros(n), np.empty(n)
    free = np.zeros(n, np.bool_)
    at_hand, rise, hold = cost.copy(), slope.copy(), np.zeros(n)
    for g in range(n):
        base[g], gap, _ = difference(choices, g, fixed, flow, cost)
        for i in range(member[g], member[g + 1]):
            room[0, g] += flow[x[i]]
            room[1, g] += flow[y[i]]
        most_here = room[0 if gap > 0.0 else 1, g]
        free[g] = most_here > 0.0
        if free[g]:
            hold[g] = abs(gap) / most_here
            if damp > 0.0:
                hold[g] += damp * _sum_of(choices, g, slope)
    change, dv = np.empty(flow.shape[0]), np.empty(v.shape[0])
    for _ in range(turns):
        _measure(choices, base, at_hand, rise, hold, free, delta, diagonal)
        _solve(choices, rise, hold, diagonal, free, s, delta, left, tolerance, most)
        wanted[:] = s
        for g in range(n):
            s[g] = min(max(s[g], -room[1, g]), room[0, g])
        _gifts(choices, s, room, flow, change)
        again = False
        for g in range(n):
            if abs(s[g] - wanted[g]) > 1e-9 * abs(wanted[g]):
                free[g] = False
                again = True
        _spread_out(choices, s, dv)
        if len(law) > 5:
            again = _turn_queues(v, dv, cost, slope, law, at_hand, rise) or again
        if not again:
            break
    return _search(dv, change, fixed, flow, v, cost, slope, law)


@njit(cache=True)
def _sum_of(choices, g, x):  # type: ignore[no-untyped-def]
    """Return the sum over the links of both segments."""
    links, begin = choices[0], choices[1]
    total = 0.0
    for i in range(begin[g], begin[g + 1]):
        total += x[links[i]]
    return total


@njit(cache=True)
def _measure(choices, base, cost, slope, hold, free, delta, diagonal):  # type: ignore[no-untyped-def]
    """Fill difference of costs and sum of slopes of free choices; let go of those without slope."""
    _gather(choices, cost, free, delta)
    for g in range(free.shape[0]):
        delta[g] = base[g] - delta[g]
        total = hold[g] + _sum_of(choices, g, slope)
        free[g] = free[g] and 0.0 < total < np.inf
        diagonal[g] = total if free[g] else 1.0


@njit(cache=True)
def _turn_queues(v, dv, cost, slope, law, at_hand, rise):  # type: ignore[no-untyped-def]
    """Let queues stand where flow will be and nowhere else; return whether any changed.

    ``at_hand`` and ``rise``, costs and slopes of the quadratic model, are filled anew.
    """
    price, push, limit = law[5], law[6], law[7]
    changed = False
    for a in range(v.shape[0]):
        if limit[a] == np.inf:
            continue
        now = price[a] + push[a] * (v[a] - limit[a])
        was = rise[a] > slope[a] if now <= 0.0 else rise[a] == slope[a]
        will = now + push[a] * dv[a] > 0.0
        if will != was:
            changed = True
        rise[a], at_hand[a] = slope[a], cost[a]
        if will and now <= 0.0:
            rise[a] += push[a]
            at_hand[a] += now
        elif now > 0.0 and not will:
            rise[a] -= push[a]
            at_hand[a] -= now
    return changed


@njit(cache=True)
def _price(v, cost, slope, law):  # type: ignore[no-untyped-def]
    """Price the links at flows."""
    fill_costs(v, law[0], law[1], law[2], law[3], law[4], cost, slope)
    if len(law) > 5:
        add_queues(v, law[5], law[6], law[7], cost, slope)


@njit(cache=True)
def _search(dv, change, fixed, flow, v, cost, slope, law):  # type: ignore[no-untyped-def]
    """Go along a direction until costs no longer fall along it; return how far, 1 at most."""
    base = 0.0
    for r in range(flow.shape[0]):
        if change[r] != 0.0:
            base += change[r] * fixed[r]
    begin = base + np.dot(cost, dv)
    if not begin < 0.0:
        return 0.0
    start = v.copy()
    low, at_low, high, at_high, part = 0.0, begin, 1.0, np.inf, 1.0
    for _ in range(_SECANTS):
        if at_high < np.inf:
            part = low + (high - low) * at_low / (at_low - at_high)
            tenth = 0.1 * (high - low)
            part = min(max(part, low + tenth), high - tenth)
        for a in range(v.shape[0]):
            v[a] = max(start[a] + part * dv[a], 0.0)
        _price(v, cost, slope, law)
        here = base + np.dot(cost, dv)
        if abs(here) <= -0.1 * begin or (part == 1.0 and here <= 0.0):
            break
        if here > 0.0:
            high, at_high = part, here
        else:
            low, at_low = part, here
    for r in range(flow.shape[0]):
        if change[r] != 0.0:
            flow[r] = max(flow[r] + part * change[r], 0.0)
    return part
