"""When ships and trains depart, where their departures are dated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from opencorridor.network.hours import HORIZON_DAYS, local_time, read_rows
from opencorridor.study import Table
from opencorridor.study.calendar import (
    Holidays,
    clock_minutes,
    in_season,
    time_zone,
    weekday_set,
)

__all__ = ["Departures", "Sailing"]

_DAY = dt.timedelta(days=1)


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

    def hours(self, link_h: float) -> float:
        """Return the hours from departure to when the goods are ashore."""
        blank = self.transit_h != self.transit_h
        return link_h + self.berth_h if blank else self.transit_h

    def meets(self, first: str, last: str) -> bool:
        """Whether its dates overlap a span of days."""
        if self.date:
            return first <= self.date <= last
        return all((not a or a <= last) and (not b or first <= b) for a, b in self.valid)


def _read(row: dict[str, Any], service: dict[str, Any]) -> _Row:
    return _Row(
        row["departure_id"],
        row["timetable_id"],
        weekday_set(row["weekdays"]),
        row["date"],
        clock_minutes(row["departs"]),
        time_zone(row["time_zone"]),
        float(row["transit_h"]),
        float(row["cutoff_h"]),
        row["calendar_id"],
        ((row["valid_from"], row["valid_to"]), (service["valid_from"], service["valid_to"])),
        (service["season_from"], service["season_to"]),
        float(service["berth_h"]),
        service["name"] or service["timetable_id"],
        row["document_no"],
    )


class Departures:
    """Scheduled departures of all services of a study.

    Parameters
    ----------
    departure, timetable
        Tables of the study.
    holidays
        Calendars of the study.

    Raises
    ------
    OpenCorridorError
        Code ``bad_time``: every row that cannot be read.
    """

    def __init__(self, departure: Table, timetable: Table, holidays: Holidays) -> None:
        self.holidays = holidays
        self._rows: dict[tuple[str, str], list[_Row]] = {}
        services = {row["timetable_id"]: row for row in timetable.rows()}

        def read(row: dict[str, Any]) -> tuple[_Row, list[str]]:
            service = services.get(row["timetable_id"])
            if service is None:
                raise ValueError(f"service {row['timetable_id']!r} does not exist")
            return _read(row, service), service["link_ids"].split(";")

        rows = zip(departure.rows(), read_rows(departure, read), strict=True)
        for row, (made, links) in rows:
            for link in links:
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
                departs = local_time(day, row.minutes, row.zone)
                if departs - dt.timedelta(hours=row.cutoff_h) < time:
                    continue
                arrives = departs + dt.timedelta(hours=row.hours(link_h))
                if best is None or (arrives, departs) < (best.arrives, best.departs):
                    best = Sailing(departs, arrives, row.zone, row.departure_id, row.name,
                                   row.document_no)  # fmt: skip
        return best

    def between(
        self,
        link_id: str,
        from_node_id: str,
        first: dt.datetime,
        last: dt.datetime,
        link_h: float,
    ) -> list[tuple[dt.datetime, dt.datetime]]:
        """Return when goods have to be there for each departure of some days, and are ashore.

        Both UTC; of the days from two before ``first`` to ``last``.
        """
        found = []
        day = first.date() - 2 * _DAY
        while day <= last.date():
            for row in self._rows.get((link_id, from_node_id), ()):
                if row.runs(day, self.holidays):
                    departs = local_time(day, row.minutes, row.zone)
                    arrives = departs + dt.timedelta(hours=row.hours(link_h))
                    found.append((departs - dt.timedelta(hours=row.cutoff_h), arrives))
            day += _DAY
        return found

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
