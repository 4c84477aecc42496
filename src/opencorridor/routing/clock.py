"""A route by the clock: when each leg starts and ends for a departure that is known.

Waits are exact where the study knows hours: a place opens, a ship departs, a driver rests. What
only has a mean (a headway, a stay) takes its mean, and the answer says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opencorridor.costs.hours import ArcHours
from opencorridor.costs.waits import door_key
from opencorridor.network import Graph
from opencorridor.network.departures import Departures
from opencorridor.network.hours import HORIZON_DAYS, OpeningHours
from opencorridor.routing.driver import Driver, DrivingRule, DrivingRules
from opencorridor.routing.ends import Facts
from opencorridor.routing.labels import Labels
from opencorridor.routing.legs import Leg
from opencorridor.routing.routes import Route
from opencorridor.study import Table
from opencorridor.study.calendar import Holidays, in_season

__all__ = ["Clock", "Schedule", "TimedLeg", "Wait"]


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait on the way.

    Attributes
    ----------
    kind
        ``opening``, ``departure``, ``headway`` (a mean: no departures are dated), ``break``,
        ``rest`` or ``weekly_rest``.
    place
        Crossing, terminal or service; the country of a driver's pause.
    hours
        Length.
    until
        End, in local time where the place has a time zone, else UTC.
    reason
        A holiday's name, or blank.
    row_id, document_no
        Row of opening_hours, departure or driving_rule, or blank.
    assumed
        A mean, not a date of the study.
    """

    kind: str
    place: str
    hours: float
    until: dt.datetime
    reason: str = ""
    row_id: str = ""
    document_no: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class TimedLeg:
    """A leg with its times (UTC) and the waits on it, in order."""

    leg: Leg
    starts: dt.datetime
    ends: dt.datetime
    waits: tuple[Wait, ...] = ()

    @property
    def hours(self) -> float:
        """Hours from the end of the leg before to the end of this one."""
        return (self.ends - self.starts).total_seconds() / 3600.0


@dataclass(frozen=True)
class Schedule:
    """A route by the clock.

    Attributes
    ----------
    route
        The route.
    departs, arrives
        UTC; ``arrives`` is None where the trip cannot go on within ``HORIZON_DAYS``.
    legs
        Timed legs, up to where the trip ends.
    reason, reason_code, facts
        Why it cannot go on, its code, and the names and times in it; blank where it does.
    """

    route: Route
    departs: dt.datetime
    arrives: dt.datetime | None
    legs: tuple[TimedLeg, ...] = ()
    reason: str = ""
    reason_code: str = ""
    facts: Facts = ()

    @property
    def hours(self) -> float | None:
        """Hours from departure to arrival."""
        if self.arrives is None:
            return None
        return (self.arrives - self.departs).total_seconds() / 3600.0

    def waited_h(self, *kinds: str) -> float:
        """Return the hours of waits of some kinds; of all without any."""
        waits = [w for leg in self.legs for w in leg.waits]
        return sum(w.hours for w in waits if not kinds or w.kind in kinds)


_NO_WAIT_H = 1e-6


def _utc(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).isoformat(timespec="minutes")


class _StuckError(Exception):
    """The trip cannot go on: why, the code of the reason, and the names and times in it."""

    def __init__(self, text: str, code: str, *facts: tuple[str, str | float]) -> None:
        super().__init__(text)
        self.code, self.facts = code, facts


@dataclass
class _Trip:
    """Where a trip is in time."""

    time: dt.datetime
    driver: Driver = field(default_factory=Driver)
    waits: list[Wait] = field(default_factory=list)

    def idle(self, hours: float) -> None:
        """Let time pass while the truck, if any, stands still."""
        self.time += dt.timedelta(hours=hours)
        self.driver.stop(hours)


def _valid(row: dict[str, Any], date: str) -> bool:
    start, end = row["valid_from"], row["valid_to"]
    return (not start or start <= date) and (not end or date <= end)


class Clock:
    """Times routes of one graph.

    Parameters
    ----------
    graph, labels
        The full graph and its names.
    tables
        ``rules.CLOCK_TABLES`` of the study, by name.
    hours
        Parts of the hours of every arc on the date of departure.
    crew
        Drivers in a truck.
    """

    def __init__(
        self,
        graph: Graph,
        labels: Labels,
        tables: Mapping[str, Table],
        hours: ArcHours,
        crew: int = 1,
    ) -> None:
        self.graph, self.labels, self.hours = graph, labels, hours
        holidays = Holidays(tables["holiday"])
        self.opening = OpeningHours(tables["opening_hours"], holidays)
        self.departures = Departures(tables["departure"], tables["timetable"], holidays)
        self._services = tables["timetable"]
        self.rules = DrivingRules(tables["driving_rule"], crew)

    def schedule(self, route: Route, departs: dt.datetime) -> Schedule:
        """Return the times of a route that starts at ``departs`` (with a UTC offset)."""
        trip = _Trip(departs.astimezone(dt.UTC))
        timed: list[TimedLeg] = []
        for leg in route.legs:
            starts, trip.waits = trip.time, []
            try:
                self._leg(trip, leg)
            except _StuckError as stuck:
                timed.append(TimedLeg(leg, starts, trip.time, tuple(trip.waits)))
                return Schedule(
                    route, departs, None, tuple(timed), str(stuck), stuck.code, stuck.facts
                )
            timed.append(TimedLeg(leg, starts, trip.time, tuple(trip.waits)))
        return Schedule(route, departs, trip.time, tuple(timed))

    def _leg(self, trip: _Trip, leg: Leg) -> None:
        if not leg.arcs:  # from or to coordinates
            trip.idle(leg.time_h)
            return
        for arc in leg.arcs:
            self._arc(trip, leg, arc)

    def _arc(self, trip: _Trip, leg: Leg, arc: int) -> None:
        h = self.hours
        if h.service_wait_h[arc] > 0 or h.berth_h[arc] > 0:
            self._service(trip, arc)
        elif h.driving_h[arc] > 0:
            self._drive(trip, leg, arc)
        else:
            trip.idle(float(h.way_h[arc]))
        at_door = self.graph.place[arc] >= 0 and self.graph.charged[arc]
        trip.idle(self._door(trip, arc) if at_door else float(h.stay_h[arc]))

    def _door(self, trip: _Trip, arc: int) -> float:
        """Wait until the place of an arc is open; return the hours of the stay that follows."""
        stay = float(self.hours.stay_h[arc])
        door = self.opening.door(*door_key(self.graph, arc))
        if not door.rules:
            return stay
        found = door.next_open(trip.time)
        name = str(self.labels.place_name[self.graph.place[arc]])
        if found.at is None:
            because = f" ({found.why})" if found.why else ""
            raise _StuckError(
                f"{name} does not open within {HORIZON_DAYS} days of "
                f"{trip.time:%Y-%m-%d %H:%M} UTC{because}",
                "not_open",
                ("place", name), ("days", float(HORIZON_DAYS)), ("time", _utc(trip.time)),
                ("because", found.why),
            )  # fmt: skip
        hours = (found.at - trip.time).total_seconds() / 3600.0
        if hours > 0:
            reason = "" if found.why == "opens" else found.why
            until = found.at.astimezone(found.zone)
            trip.waits.append(
                Wait("opening", name, hours, until, reason, found.opening_id, found.document_no)
            )
            trip.idle(hours)
        date = trip.time.date().isoformat()
        # A stay observed with its mean wait inside: the clock has charged the wait already.
        return max(stay - door.mean_wait_h(date), 0.0) if door.in_stay(date) else stay

    def _service(self, trip: _Trip, arc: int) -> None:
        """Take the next departure of a link, or wait half a headway where none is dated."""
        graph, h = self.graph, self.hours
        link = str(self.labels.link_id[graph.ref[arc]])
        node = str(graph.node_id[graph.tail[arc]])
        way_h = float(h.way_h[arc])
        name = str(self.labels.link_name[graph.ref[arc]]) or link
        if not self.departures.known(link, node, trip.time):
            wait = self.half_headway(link, trip.time.date().isoformat())
            if wait is None:
                raise _StuckError(
                    f"{name} does not run on {trip.time:%Y-%m-%d}: out of season",
                    "out_of_season",
                    ("place", name), ("time", _utc(trip.time)),
                )  # fmt: skip
            until = trip.time + dt.timedelta(hours=wait)
            if wait > _NO_WAIT_H:
                trip.waits.append(Wait("headway", name, wait, until, assumed=True))
            trip.idle(wait + way_h + float(h.berth_h[arc]))
            return
        sailing = self.departures.next(link, node, trip.time, way_h)
        if sailing is None:
            raise _StuckError(
                f"{name} does not depart within {HORIZON_DAYS} days of "
                f"{trip.time:%Y-%m-%d %H:%M} UTC",
                "no_departure",
                ("place", name), ("days", float(HORIZON_DAYS)), ("time", _utc(trip.time)),
            )  # fmt: skip
        wait = (sailing.departs - trip.time).total_seconds() / 3600.0
        until = sailing.departs.astimezone(sailing.zone)
        trip.waits.append(
            Wait("departure", sailing.name, wait, until, "", sailing.departure_id,
                 sailing.document_no)
        )  # fmt: skip
        trip.idle((sailing.arrives - trip.time).total_seconds() / 3600.0)

    def half_headway(self, link: str, date: str) -> float | None:
        """Return the mean wait for the services of a link in the season of a day; None: none."""
        rows = [r for r in self._services.rows() if link in r["link_ids"].split(";")]
        held = [r for r in rows if _valid(r, date)] or rows[-1:]
        on = [r for r in held if in_season(r["season_from"], r["season_to"], date)]
        per_h = sum(r["sails_share"] / max(r["headway_h"], 1e-9) for r in on)
        return 0.5 / per_h if on else None

    def _drive(self, trip: _Trip, leg: Leg, arc: int) -> None:
        """Drive a road link by the rule of its country, else by its hours of movement a day."""
        driving, way = float(self.hours.driving_h[arc]), float(self.hours.way_h[arc])
        at = int(self.graph.country[arc])
        country = self.graph.countries[at] if at >= 0 else ""
        rule = self.rules.find(country, trip.time.date().isoformat())
        if rule is None:
            rule = DrivingRule.of_day(24.0 * driving / way)
        first = len(trip.driver.pauses)
        trip.time = trip.driver.drive(trip.time, driving, rule)
        for pause in trip.driver.pauses[first:]:
            until = pause.start + dt.timedelta(hours=pause.hours)
            trip.waits.append(
                Wait(pause.kind, country, pause.hours, until, "", pause.rule.rule_id,
                     pause.rule.document_no, not pause.rule.rule_id)
            )  # fmt: skip
