"""Routes of an answer by the clock: each timed for a departure, and the one that arrives first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from opencorridor.costs import ArcHours, arc_hours
from opencorridor.operations.depart import Finder, schedules, search_hours
from opencorridor.operations.workbench.fronts import Listed
from opencorridor.operations.workbench.graphs import World, plan_of
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.clock import Clock, Schedule
from opencorridor.routing.clock_draws import clock_reliability
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.reliability import Stays
from opencorridor.routing.routes import Wanted

__all__ = ["hours_on", "timed"]


def hours_on(session: Session, world: World, date: str, cargo: str) -> ArcHours:
    """Return what the hours of the arcs are made of on a date, in the study as changed."""

    def make() -> ArcHours:
        return arc_hours(plan_of(session, world, date), world.study, cargo)

    found: ArcHours = session.kept("arc_hours", 6).get((world.key, date, cargo), make)
    return found


def timed(
    session: Session,
    world: World,
    priced: PricedGraph,
    date: str,
    departs: dt.datetime,
    crew: int,
    wanted: Wanted,
    find: Finder,
    listed: Sequence[Listed],
    stays: Stays,
    *,
    search: bool,
) -> list[Listed]:
    """Return listed routes with their schedules; with ``search`` also the one that arrives first.

    Parameters
    ----------
    date
        ISO date whose rules and hours hold.
    find
        Finds the best route of a question, by a cost of its own where one is given.
    search
        Search for ways that arrive before all listed ones, as ``route --depart`` does.
    """
    hours = hours_on(session, world, date, wanted.cargo)
    clock = Clock(priced.graph, world.labels, world.study.tables, hours, crew)
    found = [
        replace(
            item,
            schedule=clock.schedule(item.route, departs),
            spread=clock_reliability(clock, stays, item.route, departs),
        )
        for item in listed
    ]
    if not search:
        return found
    costs = (search_hours(hours), np.repeat(priced.time_h[:, None], 3, axis=1))
    best = listed[0].route
    first = schedules(find, clock, priced, world.labels, wanted, departs, best, costs)[0]
    if first.arrives is None or not _earlier(first, found):
        return found
    spread = clock_reliability(clock, stays, first.route, departs)
    return [*found, Listed(first.route, spread, None, first)]


def _earlier(first: Schedule, found: Sequence[Listed]) -> bool:
    """Whether a schedule arrives before every listed one."""
    times = [item.schedule.arrives for item in found if item.schedule]
    return all(at is None or first.arrives < at for at in times) if first.arrives else False
