"""When places open and ships depart: exact next times, and the mean wait that skims use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from opencorridor.study import Table
from opencorridor.study.calendar import (
    Holidays,
    clock_minutes,
    in_season,
    time_zone,
    weekday_set,
)

__all__ = [
    "HORIZON_DAYS",
    "Departures",
    "Door",
    "Opening",
    "OpeningHours",
    "Sailing",
    "mean_wait_h",
]

HORIZON_DAYS = 60
"""Days that a trip waits for an opening or a departure before it is called impossible."""

_WEEK_MIN = 7 * 24 * 60
_DAY = dt.timedelta(days=1)


def mean_wait_h(intervals: Iterable[tuple[int, int]]) -> float:
    """Return the mean hours that an arrival, uniform over the week, waits for a place to be open.

    An arrival in a gap of g hours waits g/2 on average and falls in it with probability g/168, so
    the mean is Σ g² / (2 · 168) over the gaps. Infinite where the place never opens.

    Parameters
    ----------
    intervals
        Open times as (start, end) in minutes of a week from Monday 00:00; the end may lie beyond
        the week. They may overlap.
    """
    parts: list[tuple[int, int]] = []
    for start, end in intervals:
        if end - start >= _WEEK_MIN:
            return 0.0
        if end > start:
            first = start % _WEEK_MIN
            parts.append((first, first + end - start))
    if not parts:
        return float("inf")
    parts.sort()
    # From the first opening once round to the same opening a week later; what began in the week
    # before may reach into this one.
    origin = parts[0][0]
    reach = max(origin, *(end - _WEEK_MIN for _, end in parts))
    total = 0.0
    for start, end in [*parts, (origin + _WEEK_MIN, origin + _WEEK_MIN)]:
        gap = max(start - reach, 0) / 60.0
        total += gap * gap
        reach = max(reach, end)
    return total / (2.0 * _WEEK_MIN / 60.0)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One row of opening_hours."""

    opening_id: str
    from_country: str
    to_country: str
    weekdays: frozenset[int]
    open_min: int
    close_min: int
    zone: ZoneInfo
    calendar_id: str
    in_stay: bool
    valid_from: str
    valid_to: str
    document_no: str

    def holds(self, day: dt.date) -> bool:
        """Whether the row is valid on a day."""
        text = day.isoformat()
        after = not self.valid_from or self.valid_from <= text
        return after and (not self.valid_to or text <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Opening:
    """When a place is next open.

    Attributes
    ----------
    at
        Time (UTC), or None: not within ``HORIZON_DAYS``.
    zone
        Time zone of the place, None where no hours are known.
    why
        What is waited for: a holiday's name, or ``opens``; blank without a wait.
    opening_id, document_no
        Row that opens.
    """

    at: dt.datetime | None
    zone: ZoneInfo | None = None
    why: str = ""
    opening_id: str = ""
    document_no: str = ""


def _local(day: dt.date, minutes: int, zone: ZoneInfo) -> dt.datetime:
    """Return the UTC time of a wall clock (minutes after midnight of a day, may pass midnight)."""
    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(dt.UTC)


class Door:
    """The opening hours of one place in one direction.

    Parameters
    ----------
    rules
        Rows that hold for it, valid at any time.
    holidays
        Calendars of the study.
    """

    def __init__(self, rules: Sequence[_Rule], holidays: Holidays) -> None:
        self.rules, self.holidays = tuple(rules), holidays

    def mean_wait_h(self, date: str) -> float:
        """Return the mean wait on the rows valid on an ISO date, holidays left out; 0 without.

        See :func:`mean_wait_h`.
        """
        day = dt.date.fromisoformat(date)
        spans = [
            (1440 * d + rule.open_min, 1440 * d + rule.close_min)
            for rule in self.rules
            if rule.holds(day)
            for d in rule.weekdays
        ]
        return mean_wait_h(spans) if spans else 0.0

    def in_stay(self, date: str) -> bool:
        """Whether the stay of the place holds the wait already on an ISO date."""
        day = dt.date.fromisoformat(date)
        return any(rule.in_stay for rule in self.rules if rule.holds(day))

    def _spans(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime, _Rule | None]]:
        """Return the open times that begin on a local day; all of it where no row is valid."""
        valid = [rule for rule in self.rules if rule.holds(day)]
        if not valid:
            zone = self.rules[0].zone
            return [(_local(day, 0, zone), _local(day, 1440, zone), None)]
        return [
            (_local(day, r.open_min, r.zone), _local(day, r.close_min, r.zone), r)
            for r in valid
            if day.weekday() in r.weekdays and not self.holidays.name(r.calendar_id, day)
        ]

    def next_open(self, time: dt.datetime) -> Opening:
        """Return when the place is open at ``time`` (UTC) or next after it."""
        if not self.rules:
            return Opening(time)
        zone = self.rules[0].zone
        today = time.astimezone(zone).date()
        best: tuple[dt.datetime, _Rule | None] | None = None
        # Hours of the two days before may reach past midnight.
        for n in range(-2, HORIZON_DAYS + 1):
            day = today + n * _DAY
            if best is not None and best[0] <= _local(day - _DAY, 0, zone):
                break
            for start, end, rule in self._spans(day):
                if end > time and (best is None or max(start, time) < best[0]):
                    best = max(start, time), rule
        if best is None:
            return Opening(None, zone, self._why(today))
        at, rule = best
        why = "" if at == time else self._why(today) or "opens"
        known = (rule.opening_id, rule.document_no) if rule else ("", "")
        return Opening(at, rule.zone if rule else zone, why, *known)

    def _why(self, day: dt.date) -> str:
        names = (self.holidays.name(r.calendar_id, day) for r in self.rules if r.holds(day))
        return next((name for name in names if name), "")


class OpeningHours:
    """Opening hours of all places of a study.

    Parameters
    ----------
    table
        Table ``opening_hours``; every cell must be good (see the checks).
    holidays
        Calendars of the study.
    """

    def __init__(self, table: Table, holidays: Holidays) -> None:
        self.holidays = holidays
        self._rules: dict[tuple[str, str], list[_Rule]] = {}
        for row in table.rows():
            rule = _Rule(
                row["opening_id"],
                row["from_country"],
                row["to_country"],
                weekday_set(row["weekdays"]),
                clock_minutes(row["open_time"]),
                clock_minutes(row["close_time"]),
                time_zone(row["time_zone"]),
                row["calendar_id"],
                row["in_stay"] == "1",
                row["valid_from"],
                row["valid_to"],
                row["document_no"],
            )
            for place in row["place_ids"].split(";"):
                self._rules.setdefault((row["place_kind"], place), []).append(rule)

    def __bool__(self) -> bool:
        return bool(self._rules)

    def door(self, kind: str, place_id: str, from_country: str = "", to_country: str = "") -> Door:
        """Return the hours of a place (``border_crossing`` or ``terminal``) in one direction."""
        found = [
            rule
            for rule in self._rules.get((kind, place_id), ())
            if rule.from_country in ("", from_country) and rule.to_country in ("", to_country)
        ]
        return Door(found, self.holidays)


@dataclass(frozen=True, slots=True)
class Sailing:
    """A departure that a trip takes.

    Attributes
    ----------
    departs, arrives
        UTC; arrival is when the goods are ashore.
    zone
        Time zone of the place of departure.
    departure_id, name
        Row of departure, name of the service.
    """

    departs: dt.datetime
    arrives: dt.datetime
    zone: ZoneInfo
    departure_id: str
    name: str
    document_no: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of departure with its service."""

    departure_id: str
    service: str
    weekdays: frozenset[int]
    date: str
    minutes: int
    zone: ZoneInfo
    transit_h: float
    cutoff_h: float
    calendar_id: str
    valid: tuple[tuple[str, str], ...]
    season: tuple[str, str]
    berth_h: float
    name: str
    document_no: str

    def runs(self, day: dt.date, holidays: Holidays) -> bool:
        """Whether it departs on a local day."""
        text = day.isoformat()
        if self.date:
            return text == self.date and self._held(text)
        on = day.weekday() in self.weekdays and self._held(text)
        return on and not holidays.name(self.calendar_id, day)

    def _held(self, text: str) -> bool:
        held = all((not a or a <= text) and (not b or text <= b) for a, b in self.valid)
        return held and in_season(*self.season, text)

    def meets(self, first: str, last: str) -> bool:
        """Whether its dates overlap a span of days."""
        if self.date:
            return first <= self.date <= last
        return all((not a or a <= last) and (not b or first <= b) for a, b in self.valid)


class Departures:
    """Scheduled departures of all services of a study.

    Parameters
    ----------
    departure, timetable
        Tables of the study.
    holidays
        Calendars of the study.
    """

    def __init__(self, departure: Table, timetable: Table, holidays: Holidays) -> None:
        self.holidays = holidays
        self._rows: dict[tuple[str, str], list[_Row]] = {}
        services = {row["timetable_id"]: row for row in timetable.rows()}
        for row in departure.rows() if departure.n else ():
            service = services[row["timetable_id"]]
            made = _Row(
                row["departure_id"],
                row["timetable_id"],
                weekday_set(row["weekdays"]),
                row["date"],
                clock_minutes(row["departs"]),
                time_zone(row["time_zone"]),
                float(row["transit_h"]),
                float(row["cutoff_h"]),
                row["calendar_id"],
                ((row["valid_from"], row["valid_to"]),
                 (service["valid_from"], service["valid_to"])),
                (service["season_from"], service["season_to"]),
                float(service["berth_h"]),
                service["name"] or service["timetable_id"],
                row["document_no"],
            )  # fmt: skip
            for link in service["link_ids"].split(";"):
                self._rows.setdefault((link, row["from_node_id"]), []).append(made)

    def next(
        self, link_id: str, from_node_id: str, time: dt.datetime, link_h: float
    ) -> Sailing | None:
        """Return the departure that brings goods there at ``time`` (UTC) ashore first.

        A later but faster departure is taken where it arrives earlier, so that who comes earlier
        never arrives later. None: none departs within ``HORIZON_DAYS``.

        Parameters
        ----------
        link_h
            Hours of the link itself, for departures without a transit time.
        """
        best: Sailing | None = None
        rows = self._rows.get((link_id, from_node_id), ())
        for n in range(-2, HORIZON_DAYS + 1):
            day = time.date() + n * _DAY
            if best is not None and dt.datetime.combine(day - _DAY, dt.time(), dt.UTC) > (
                best.arrives
            ):
                break
            for row in rows:
                if not row.runs(day, self.holidays):
                    continue
                departs = _local(day, row.minutes, row.zone)
                if departs - dt.timedelta(hours=row.cutoff_h) < time:
                    continue
                blank = row.transit_h != row.transit_h
                hours = link_h + row.berth_h if blank else row.transit_h
                arrives = departs + dt.timedelta(hours=hours)
                if best is None or (arrives, departs) < (best.arrives, best.departs):
                    best = Sailing(departs, arrives, row.zone, row.departure_id, row.name,
                                   row.document_no)  # fmt: skip
        return best

    def per_week(self, date: str) -> dict[str, float]:
        """Return departures a week of every service at the end with most, on a day's rows.

        Only departures on weekdays count; a service whose rows are not valid then is left out.
        """
        ends: dict[tuple[str, str], float] = {}
        for (_, node), rows in self._rows.items():
            seen: dict[str, float] = {}
            for row in rows:
                if not row.date and all(
                    (not a or a <= date) and (not b or date <= b) for a, b in row.valid
                ):
                    seen[row.service] = seen.get(row.service, 0.0) + len(row.weekdays)
            for service, number in seen.items():
                ends[service, node] = number
        most: dict[str, float] = {}
        for (service, _), number in ends.items():
            most[service] = max(number, most.get(service, 0.0))
        return most

    def known(self, link_id: str, from_node_id: str, time: dt.datetime) -> bool:
        """Whether departures are dated for the days after ``time``; else a headway stands in."""
        first = (time - _DAY).date().isoformat()
        last = (time + HORIZON_DAYS * _DAY).date().isoformat()
        rows = self._rows.get((link_id, from_node_id), ())
        return any(row.meets(first, last) for row in rows)
