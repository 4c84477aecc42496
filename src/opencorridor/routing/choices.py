"""A few really different routes for people, out of all that no other route beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.routing.asking import MAX_ROUTES
from opencorridor.routing.pareto import STEPS_PER_UNIT, Front

__all__ = ["MAX_SHARED", "ROLES", "Choice", "Difference", "choose", "shared_share"]

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

MAX_SHARED = 0.8
"""Largest share of its tonne-kilometres that a further route may share with a listed one."""
NEARLY = 0.002
"""A listed route that is worse than the extreme by no more than this share, on the same way,
stands for it: two routes that print alike are no choice."""
ROLES = ("best", "fastest", "cheapest", "cleanest")
_RIVALS = {
    "best": ("cheapest", "fastest", "cleanest"),
    "fastest": ("cheapest", "best", "cleanest"),
    "cheapest": ("fastest", "best", "cleanest"),
    "cleanest": ("cheapest", "fastest", "best"),
}


@dataclass(frozen=True)
class Difference:
    """What a route has over another listed one: its own figures minus the other's.

    Attributes
    ----------
    rival
        Role of the other route.
    time_h, cost_usd_per_t, co2_kg_per_t
        Below 0: this route is the better one.
    """

    rival: str
    time_h: float
    cost_usd_per_t: float
    co2_kg_per_t: float


@dataclass(frozen=True)
class Choice:
    """A listed route.

    Attributes
    ----------
    index
        Its number in the front.
    roles
        ``best`` (least generalised cost of the front), ``fastest``, ``cheapest``, ``cleanest``,
        or none: listed because it is different.
    nearly
        Pairs of a role and by what share it misses it: the route of that role is not listed, as it
        goes the same way (see ``NEARLY``).
    shared_share
        Largest share of its tonne-kilometres that it has in common with a route listed before.
    difference
        Why it is worth a look; None where it is the only route.
    """

    index: int
    roles: tuple[str, ...]
    shared_share: float
    difference: Difference | None
    nearly: tuple[tuple[str, float], ...] = ()


def shared_share(one: Longs, other: Longs, length_km: Floats) -> float:
    """Return the share of the kilometres of ``one`` that are on arcs of ``other`` too."""
    total = float(length_km[one].sum())
    common = float(length_km[one[np.isin(one, other)]].sum())
    return common / total if total > 0 else 0.0


def _measures(front: Front) -> Floats:
    """Return what the roles minimise, float64[F, 4] in the order of ``ROLES``."""
    return np.column_stack((front.gc_usd_per_t, front.values))


def _extremes(front: Front) -> list[int]:
    """Return the route of every role; of equals the one that is better in the other criteria."""
    found = [int(front.gc_usd_per_t.argmin())]
    for k in range(3):
        one, other = (c for c in range(3) if c != k)
        keys = (front.steps[:, other], front.steps[:, one], front.steps[:, k])
        found.append(int(np.lexsort(keys)[0]))
    return found


def _of_roles(
    front: Front, arcs: Sequence[Longs], length_km: Floats
) -> tuple[list[int], dict[int, list[tuple[str, float]]]]:
    """Return the routes to list for their roles, and the roles that one of them nearly has."""
    measures, extremes = _measures(front), _extremes(front)
    listed: list[int] = []
    nearly: dict[int, list[tuple[str, float]]] = {}
    for k, (role, i) in enumerate(zip(ROLES, extremes, strict=True)):
        if i in listed:
            continue
        least = float(measures[i, k])
        for j in listed:
            excess = float(measures[j, k]) - least
            same = shared_share(arcs[i], arcs[j], length_km) > MAX_SHARED
            if same and excess <= NEARLY * least:
                nearly.setdefault(j, []).append((role, round(excess / least, 6)))
                break
        else:
            listed.append(i)
    return listed, nearly


def _normalised(front: Front) -> Floats:
    values = front.values
    span = np.ptp(values, axis=0)
    return np.asarray((values - values.min(axis=0)) / np.where(span > 0, span, 1.0))


def _further(
    front: Front, listed: list[int], arcs: Sequence[Longs], length_km: Floats, count: int
) -> list[int]:
    """Return routes far from all listed ones in the criteria and different from them on the map."""
    point = _normalised(front)
    listed = list(listed)
    open_to = np.ones(len(front), bool)
    open_to[listed] = False
    checked = 0
    added: list[int] = []
    while len(added) < count:
        for old in listed[checked:]:
            for i in np.flatnonzero(open_to).tolist():
                open_to[i] = shared_share(arcs[i], arcs[old], length_km) <= MAX_SHARED
        checked = len(listed)
        if not open_to.any():
            break
        distance = np.linalg.norm(point[:, None] - point[None, listed], axis=2).min(axis=1)
        distance[~open_to] = -1.0
        chosen = int(distance.argmax())
        open_to[chosen] = False
        listed.append(chosen)
        added.append(chosen)
    return added


def choose(front: Front, length_km: Floats, max_routes: int = MAX_ROUTES) -> tuple[Choice, ...]:
    """List up to ``max_routes`` routes of a front.

    First those of ``ROLES`` in that order, where they do not print alike; then, one by one, the
    route whose nearest listed one is farthest away in hours, money and CO2e (each from 0, the
    least in the front, to 1, the most), among those that share at most ``MAX_SHARED`` of their
    tonne-kilometres with every listed one.

    Parameters
    ----------
    front
        The complete front.
    length_km
        Kilometres of the arcs of the whole graph.
    max_routes
        At least 1.
    """
    if not len(front):
        return ()
    arcs = [front.arcs(i) for i in range(len(front))]
    named, nearly = _of_roles(front, arcs, length_km)
    listed = named[:max_routes]
    listed += _further(front, listed, arcs, length_km, max_routes - len(listed))
    extremes = _extremes(front)
    roles = {i: tuple(r for r, e in zip(ROLES, extremes, strict=True) if e == i) for i in listed}
    choices = []
    for n, i in enumerate(listed):
        shared = max((shared_share(arcs[i], arcs[j], length_km) for j in listed[:n]), default=0.0)
        difference = _difference(front, i, roles)
        almost = tuple(nearly.get(i, ()))
        choices.append(Choice(i, roles[i], round(shared, 6), difference, almost))
    return tuple(choices)


def _difference(front: Front, i: int, roles: dict[int, tuple[str, ...]]) -> Difference | None:
    """Compare a route with the listed route that it answers."""
    order = _RIVALS[roles[i][0]] if roles[i] else ROLES
    of_role = {role: j for j, names in roles.items() for role in names if j != i}
    rival = next((role for role in order if role in of_role), None)
    if rival is None:
        return None
    values = (front.steps[i] - front.steps[of_role[rival]]) / STEPS_PER_UNIT
    return Difference(rival, *(float(v) for v in values))
