"""When a trip arrives that starts at a known time: seeded draws that each follow the clock.

Every draw has stays and headways of its own, as in :mod:`opencorridor.routing.reliability`, and
after its own delays waits for the next opening and the next departure and rests its driver. A
missed ship costs the days to the next one, which no sum of means and spreads can tell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from opencorridor.costs.waits import door_key
from opencorridor.network.hours import HORIZON_DAYS, Door
from opencorridor.routing.clock import Clock
from opencorridor.routing.driver import DrivingRule
from opencorridor.routing.drivers import Drivers
from opencorridor.routing.reliability import (
    DRAWS,
    SEED,
    Reliability,
    Stays,
    drawn_headway,
    drawn_stay,
    quantiles,
    reliability,
)
from opencorridor.routing.routes import Route

__all__ = ["Draws", "clock_reliability", "draw_trip"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Value = TypeVar("Value")
_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
_DECIMALS = 6


@dataclass
class Draws:
    """Where all draws of a trip are in time.

    Attributes
    ----------
    start
        Time of departure, UTC.
    hours
        float64[D] since then.
    stuck
        bool[D]: draws that cannot go on.
    varies
        Whether anything was drawn.
    """

    start: dt.datetime
    hours: Floats
    stuck: Bools
    drivers: Drivers
    varies: bool = False

    def idle(self, hours: Floats | float) -> None:
        """Let time pass while the trucks, if any, stand still."""
        self.hours += hours
        self.drivers.stop(hours)

    def since(self, time: dt.datetime) -> float:
        """Return the hours from the departure to a time."""
        return (time - self.start) / _HOUR

    def by_day(
        self, value: Callable[[dt.date], Value]
    ) -> tuple[list[Value], npt.NDArray[np.int64]]:
        """Return a value for each day (UTC) on which draws are, and which of them is whose."""
        midnight = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        days = np.floor((self.hours + (self.start - midnight) / _HOUR) / 24.0 + 1e-12)
        number, which = np.unique(days.astype(np.int64), return_inverse=True)
        return [value(midnight.date() + int(n) * _DAY) for n in number], which

    def last(self) -> dt.datetime:
        """Return the time of the last draw that goes on."""
        going = self.hours[~self.stuck]
        return self.start + float(going.max(initial=0.0)) * _HOUR


class _Trip:
    """Takes all draws along the arcs of a route."""

    def __init__(self, clock: Clock, stays: Stays, seed: int, draws: Draws) -> None:
        self.clock, self.stays, self.seed, self.at = clock, stays, seed, draws

    def go(self, route: Route) -> None:
        """Take the draws from end to end."""
        for leg in route.legs:
            if not leg.arcs:
                self.at.idle(leg.time_h)
            for arc in leg.arcs:
                self._arc(arc)

    def _arc(self, arc: int) -> None:
        h, graph = self.clock.hours, self.clock.graph
        if h.service_wait_h[arc] > 0 or h.berth_h[arc] > 0:
            self._service(arc)
        elif h.driving_h[arc] > 0:
            self._drive(arc)
        else:
            self.at.idle(float(h.way_h[arc]))
        stay: Floats | float = float(h.stay_h[arc])
        if self.stays.spread_h[arc] > 0:
            stay = drawn_stay(self.stays, arc, self.seed, len(self.at.hours))
            self.at.varies = True
        if graph.place[arc] >= 0 and graph.charged[arc]:
            stay = stay * self._door(arc)
        self.at.idle(stay)

    def _door(self, arc: int) -> Floats | float:
        """Wait until the place of an arc is open; return the share of the stay that follows.

        A stay that was observed with its wait inside is shortened by the mean wait.
        """
        door, at = self.clock.opening.door(*door_key(self.clock.graph, arc)), self.at
        if not door.rules:
            return 1.0
        starts, ends = _open_times(door, at)
        # The last of them stands for "never within the horizon".
        n = np.searchsorted(ends, at.hours, side="right")
        wait = np.maximum(starts[n] - at.hours, 0.0)
        late = wait > (HORIZON_DAYS + 1) * 24.0
        at.stuck |= late
        at.idle(np.where(late, 0.0, wait))
        mean = float(self.clock.hours.stay_h[arc])

        def share(day: dt.date) -> float:
            date = day.isoformat()
            if mean <= 0 or not door.in_stay(date):
                return 1.0
            return max(mean - door.mean_wait_h(date), 0.0) / mean

        shares, which = at.by_day(share)
        return np.array(shares)[which]

    def _service(self, arc: int) -> None:
        """Take the next departure of a link, or a headway where none is dated."""
        clock, at, h = self.clock, self.at, self.clock.hours
        link = str(clock.labels.link_id[clock.graph.ref[arc]])
        node = str(clock.graph.node_id[clock.graph.tail[arc]])
        way_h, berth_h = float(h.way_h[arc]), float(h.berth_h[arc])
        noon = dt.time(12, tzinfo=dt.UTC)
        known, which = at.by_day(
            lambda day: clock.departures.known(link, node, dt.datetime.combine(day, noon))
        )
        dated = np.array(known)[which]
        halves, which = at.by_day(lambda day: clock.half_headway(link, day.isoformat()))
        half = np.array([np.inf if value is None else value for value in halves])[which]
        at.stuck |= ~dated & np.isinf(half)
        took = np.zeros(len(at.hours))
        if (half[~dated & ~at.stuck] > 0).any():
            took = 2.0 * np.where(np.isinf(half), 0.0, half)
            took = took * drawn_headway(arc, self.seed, len(took))
            at.varies = True
        took = took + way_h + berth_h
        if dated.any():
            deadline, arrives = _sailings(clock, at, link, node, way_h)
            n = np.searchsorted(deadline, at.hours - 1e-9)
            missed = dated & np.isinf(arrives[n])
            at.stuck |= missed
            took = np.where(dated & ~missed, arrives[n] - at.hours, took)
        at.idle(took)

    def _drive(self, arc: int) -> None:
        """Drive a road link by the rule of its country, else by its hours of movement a day."""
        clock = self.clock
        driving, way = float(clock.hours.driving_h[arc]), float(clock.hours.way_h[arc])
        at = int(clock.graph.country[arc])
        country = clock.graph.countries[at] if at >= 0 else ""
        usual = DrivingRule.of_day(24.0 * driving / way)
        rules, which = self.at.by_day(
            lambda day: clock.rules.find(country, day.isoformat()) or usual
        )
        self.at.hours += self.at.drivers.drive(driving, rules, which)


def _open_times(door: Door, at: Draws) -> tuple[Floats, Floats]:
    """Return starts and ends of the times when a place is open, apart and in order, in hours."""
    spans = door.open_times(at.start, at.last() + (HORIZON_DAYS + 1) * _DAY)
    starts: list[float] = []
    ends: list[float] = []
    for start, end in sorted((at.since(a), at.since(b)) for a, b in spans):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return np.array([*starts, np.inf]), np.array([*ends, np.inf])


def _sailings(
    clock: Clock, at: Draws, link: str, node: str, link_h: float
) -> tuple[Floats, Floats]:
    """Return when goods have to be there, in order, and the first time ashore from then on."""
    last = at.last() + HORIZON_DAYS * _DAY
    found = sorted(
        (at.since(deadline), at.since(arrives))
        for deadline, arrives in clock.departures.between(link, node, at.start, last, link_h)
    )
    deadline = np.array([a for a, _ in found])
    arrives = np.array([*(b for _, b in found), np.inf])
    return deadline, np.minimum.accumulate(arrives[::-1])[::-1]


def _clocked(clock: Clock, route: Route) -> bool:
    """Return whether anything on a route hangs on the time of day, the weekday or the date."""
    h, graph = clock.hours, clock.graph
    for arc in route.arcs:
        if h.driving_h[arc] > 0 or h.service_wait_h[arc] > 0 or h.berth_h[arc] > 0:
            return True
        if graph.place[arc] >= 0 and clock.opening.door(*door_key(graph, arc)).rules:
            return True
    return False


def draw_trip(
    clock: Clock, stays: Stays, route: Route, departs: dt.datetime, seed: int, draws: int
) -> Draws:
    """Return all draws of a trip at its end; see :func:`clock_reliability`."""
    start = departs.astimezone(dt.UTC)
    at = Draws(start, np.zeros(draws), np.zeros(draws, bool), Drivers(draws))
    _Trip(clock, stays, seed, at).go(route)
    return at


def clock_reliability(
    clock: Clock,
    stays: Stays,
    route: Route,
    departs: dt.datetime,
    *,
    seed: int = SEED,
    draws: int = DRAWS,
) -> Reliability | None:
    """Draw the hours of a route from a departure on, each draw by the clock.

    Parameters
    ----------
    clock
        Of the date of departure.
    stays
        What may vary on the arcs of the whole graph.
    route, departs
        A route that was found; a time with its UTC offset.
    seed, draws
        Stream, and number of draws.

    Returns
    -------
    Reliability or None
        As :func:`opencorridor.routing.reliability.reliability`, which answers where nothing on
        the route follows a clock; None where no spread is known of any part.
    """
    assert route.totals is not None
    if not _clocked(clock, route):
        return reliability(stays, route.arcs, route.totals.time_h, seed=seed, draws=draws)
    at = draw_trip(clock, stays, route, departs, seed, draws)
    if not at.varies:
        return None
    hours = np.where(at.stuck, np.inf, at.hours)
    p50, p95 = (round(x, _DECIMALS) if np.isfinite(x) else None for x in quantiles(hours))
    arrived = at.hours[~at.stuck]
    mean, spread = (
        (round(float(arrived.mean()), _DECIMALS), round(float(arrived.std()), _DECIMALS))
        if len(arrived)
        else (float("nan"), float("nan"))
    )
    stuck = float(at.stuck.mean())
    return Reliability(p50, p95, mean, spread, None, seed, draws, by_clock=True, stuck_share=stuck)
