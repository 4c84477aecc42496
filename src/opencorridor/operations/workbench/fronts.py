"""Routes worth a look on the map: some of all that no other route beats, the front's points."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from opencorridor.operations.alternatives import alternative_of
from opencorridor.operations.workbench.graphs import World, plan_of
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.choices import Choice, choose, shared_share
from opencorridor.routing.clock import Schedule
from opencorridor.routing.labels import Labels
from opencorridor.routing.pareto import Front, Ground, Terrain
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.reliability import Reliability, Stays, reliability, stays_of
from opencorridor.routing.routes import Route, Wanted
from opencorridor.study import OpenCorridorError

__all__ = ["Listed", "Listing", "list_routes", "points_of", "stays_on"]

Row = dict[str, Any]
_DECIMALS = 4
_SAME_USD_PER_T = 1e-3


@dataclass(frozen=True, eq=False)
class Listed:
    """A route of an answer.

    Attributes
    ----------
    route
        The route.
    spread
        Its hours as a distribution; None where no spread is known, or there is no route.
    choice
        Why it is listed, of a route of the front; None elsewhere.
    schedule
        The route by the clock, where a departure is given.
    """

    route: Route
    spread: Reliability | None = None
    choice: Choice | None = None
    schedule: Schedule | None = None


@dataclass(frozen=True, eq=False)
class Listing:
    """Routes of an answer by generalised cost, and the front that they are of.

    ``front`` is None where it was not asked for, where there is no route, and where it is too
    large: ``too_large`` says so then.
    """

    listed: tuple[Listed, ...]
    front: Front | None = None
    too_large: str = ""


def stays_on(session: Session, world: World, date: str, cargo: str) -> Stays:
    """Return what may vary on the arcs on a date; a change of the study may change it."""

    def make() -> Stays:
        return stays_of(plan_of(session, world, date), world.study, cargo)

    found: Stays = session.kept("stays", 6).get((world.key, date, cargo), make)
    return found


def point_id(steps: Sequence[int]) -> str:
    """Return the name of a point of a front: a hash of its hours, money and CO2e in steps."""
    return hashlib.sha256(repr([int(s) for s in steps]).encode()).hexdigest()[:12]


def points_of(front: Front) -> list[Row]:
    """Return hours, US$ and kg CO2e per tonne of every route of a front, the fastest first."""
    return [
        {
            "point_id": point_id(steps),
            "time_h": round(hours, _DECIMALS),
            "cost_usd_per_t": round(usd, _DECIMALS),
            "co2_kg_per_t": round(kg, _DECIMALS),
        }
        for steps, (hours, usd, kg) in zip(front.steps.tolist(), front.values.tolist(), strict=True)
    ]


def _picked(front: Front, choices: Sequence[Choice], point: str, length_km: Any) -> list[Choice]:
    """Return the route of a point that a person picked, unless it is listed or gone."""
    listed = [choice.index for choice in choices]
    for i, steps in enumerate(front.steps.tolist()):
        if point_id(steps) == point and i not in listed:
            mine = front.arcs(i)
            shared = max((shared_share(mine, front.arcs(j), length_km) for j in listed), default=0)
            return [Choice(i, (), round(float(shared), 6), None)]
    return []


def list_routes(
    priced: PricedGraph,
    labels: Labels,
    stays: Stays,
    best: Route,
    wanted: Wanted,
    count: int,
    point: str = "",
) -> Listing:
    """List ``count`` routes of the exact front, the one that was picked, and the best of all.

    The route of least generalised cost is listed even where another one beats it: it counts the
    spread of hours too.

    Parameters
    ----------
    priced, labels, stays
        The whole graph of the study as changed, its names, and what may vary on its arcs.
    best
        The route of least generalised cost: the only one listed where there is none, or where
        ``count`` is 0.
    wanted
        What routes have to keep to.
    point
        Name of a point of the front (:func:`points_of`) whose route is listed too.
    """

    def spread(route: Route) -> Reliability | None:
        return reliability(stays, route.arcs, route.totals.time_h) if route.totals else None

    alone = Listed(best, spread(best))
    if not best.found or not count:
        return Listing((alone,))
    ends = best.origin, best.destination
    try:
        front = Ground(Terrain(priced)).front(labels, *ends, wanted)
    except OpenCorridorError as error:
        if [problem.code for problem in error.problems] != ["pareto_limit"]:
            raise
        return Listing((alone,), too_large=error.problems[0].message)
    length_km = np.asarray(priced.graph.length_km)
    choices = list(choose(front, length_km, count))
    choices += _picked(front, choices, point, length_km) if point else []
    listed = []
    for choice in choices:
        item = alternative_of(front, choice, priced, labels, spread, ends)
        listed.append(Listed(item.route, item.reliability, choice))
    if not any(_same(item.route, best) for item in listed):
        listed.append(alone)
    return Listing(tuple(sorted(listed, key=_gc)), front)


def _gc(item: Listed) -> float:
    assert item.route.totals is not None
    return item.route.totals.gc_usd_per_t


def _same(route: Route, best: Route) -> bool:
    """Whether a route is as good as the best, generalised cost counted."""
    assert route.totals is not None
    assert best.totals is not None
    return abs(route.totals.gc_usd_per_t - best.totals.gc_usd_per_t) <= _SAME_USD_PER_T
