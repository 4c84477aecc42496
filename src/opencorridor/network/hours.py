"""When places open: exact next times, and the mean wait that skims use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from opencorridor.study import Table
from opencorridor.study.calendar import (
    Holidays,
    clock_minutes,
    time_zone,
    weekday_set,
)
from opencorridor.study.errors import Problem, raise_if

__all__ = [
    "HORIZON_DAYS",
    "Door",
    "Opening",
    "OpeningHours",
    "local_time",
    "read_rows",
    "wait_moments_h",
]

HORIZON_DAYS = 60
"""Days that a trip waits for an opening or a departure before it is called impossible."""

Made = TypeVar("Made")
_WEEK_MIN = 7 * 24 * 60
_DAY = dt.timedelta(days=1)


def wait_moments_h(intervals: Iterable[tuple[int, int]]) -> tuple[float, float]:
    """Return mean and standard deviation of an arrival's wait for a place to be open, hours.

    The arrival is uniform over the week. In a gap of g hours the wait is uniform on 0 to g, and
    the gap is met with probability g/168: the mean is Σ g² / (2 · 168) over the gaps, the mean
    square Σ g³ / (3 · 168). Both infinite where the place never opens.

    Parameters
    ----------
    intervals
        Open times as (start, end) in minutes of a week from Monday 00:00; the end may lie beyond
        the week. They may overlap.
    """
    parts: list[tuple[int, int]] = []
    for start, end in intervals:
        if end - start >= _WEEK_MIN:
            return 0.0, 0.0
        if end > start:
            first = start % _WEEK_MIN
            parts.append((first, first + end - start))
    if not parts:
        return float("inf"), float("inf")
    parts.sort()
    # From the first opening once round to the same opening a week later; what began in the week
    # before may reach into this one.
    origin = parts[0][0]
    reach = max(origin, *(end - _WEEK_MIN for _, end in parts))
    mean = square = 0.0
    for start, end in [*parts, (origin + _WEEK_MIN, origin + _WEEK_MIN)]:
        gap = max(start - reach, 0) / 60.0
        mean += gap**2 / 2.0
        square += gap**3 / 3.0
        reach = max(reach, end)
    week_h = _WEEK_MIN / 60.0
    mean, square = mean / week_h, square / week_h
    return mean, max(square - mean * mean, 0.0) ** 0.5


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


def local_time(day: dt.date, minutes: int, zone: ZoneInfo) -> dt.datetime:
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
        """Return the mean wait on the rows valid on an ISO date, holidays left out; 0 without."""
        return self.wait_h(date)[0]

    def wait_h(self, date: str) -> tuple[float, float]:
        """Return mean and standard deviation of the wait; see :func:`wait_moments_h`."""
        day = dt.date.fromisoformat(date)
        spans = [
            (1440 * d + rule.open_min, 1440 * d + rule.close_min)
            for rule in self.rules
            if rule.holds(day)
            for d in rule.weekdays
        ]
        return wait_moments_h(spans) if spans else (0.0, 0.0)

    def in_stay(self, date: str) -> bool:
        """Whether the stay of the place holds the wait already on an ISO date."""
        day = dt.date.fromisoformat(date)
        return any(rule.in_stay for rule in self.rules if rule.holds(day))

    def _spans(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime, _Rule | None]]:
        """Return the open times that begin on a local day; all of it where no row is valid."""
        valid = [rule for rule in self.rules if rule.holds(day)]
        if not valid:
            zone = self.rules[0].zone
            return [(local_time(day, 0, zone), local_time(day, 1440, zone), None)]
        return [
            (local_time(day, r.open_min, r.zone), local_time(day, r.close_min, r.zone), r)
            for r in valid
            if day.weekday() in r.weekdays and not self.holidays.name(r.calendar_id, day)
        ]

    def open_times(
        self, first: dt.datetime, last: dt.datetime
    ) -> list[tuple[dt.datetime, dt.datetime]]:
        """Return the open times (UTC) that reach into a span of time; they may overlap."""
        zone = self.rules[0].zone
        day, end = (time.astimezone(zone).date() for time in (first, last))
        found: list[tuple[dt.datetime, dt.datetime]] = []
        # Hours of the two days before may reach past midnight.
        day -= 2 * _DAY
        while day <= end:
            found += [(a, b) for a, b, _ in self._spans(day) if b > first]
            day += _DAY
        return found

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
            if best is not None and best[0] <= local_time(day - _DAY, 0, zone):
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


def _rule(row: dict[str, Any]) -> _Rule:
    opens, closes = clock_minutes(row["open_time"]), clock_minutes(row["close_time"])
    if closes <= opens:
        raise ValueError(f"it closes at {row['close_time']}, not after it opens: it never opens")
    return _Rule(
        row["opening_id"],
        row["from_country"],
        row["to_country"],
        weekday_set(row["weekdays"]),
        opens,
        closes,
        time_zone(row["time_zone"]),
        row["calendar_id"],
        row["in_stay"] == "1",
        row["valid_from"],
        row["valid_to"],
        row["document_no"],
    )


def read_rows(table: Table, read: Callable[[dict[str, Any]], Made]) -> list[Made]:
    """Return what every row of a table is read as.

    Raises
    ------
    OpenCorridorError
        Code ``bad_time``: every row for which ``read`` raises ``ValueError``, all at once.
    """
    made: list[Made] = []
    problems = []
    for i, row in enumerate(table.rows()):
        try:
            made.append(read(row))
        except ValueError as error:
            file, line = table.locate(i)
            problems.append(Problem("bad_time", str(error), table.name, file, line or i + 2))
    raise_if(problems)
    return made


class OpeningHours:
    """Opening hours of all places of a study.

    Parameters
    ----------
    table
        Table ``opening_hours``.
    holidays
        Calendars of the study.

    Raises
    ------
    OpenCorridorError
        Code ``bad_time``: every row that cannot be read, or never opens.
    """

    def __init__(self, table: Table, holidays: Holidays) -> None:
        self.holidays = holidays
        self._rules: dict[tuple[str, str], list[_Rule]] = {}
        for row, rule in zip(table.rows(), read_rows(table, _rule), strict=True):
            for place in row["place_ids"].split(";"):
                self._rules.setdefault((row["place_kind"], place), []).append(rule)

    def knows(self, kind: str, place_id: str) -> bool:
        """Whether a place (``border_crossing`` or ``terminal``) has any row."""
        return (kind, place_id) in self._rules

    def door(self, kind: str, place_id: str, from_country: str = "", to_country: str = "") -> Door:
        """Return the hours of a place (``border_crossing`` or ``terminal``) in one direction."""
        found = [
            rule
            for rule in self._rules.get((kind, place_id), ())
            if rule.from_country in ("", from_country) and rule.to_country in ("", to_country)
        ]
        return Door(found, self.holidays)
