"""Use of places by month: when goods move, and when places are open.

A class of goods moves over the year as the table ``season`` says (evenly, by days, without a
row). A place works every day of the year, but for the days of a calendar that its opening hours
name, and for the months in which no service of its line runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from opencorridor.study import Table
from opencorridor.study.calendar import Holidays, in_season

__all__ = ["holidays", "monthly_loads", "open_days", "peak", "profiles", "units"]

MONTHS = 12
# Use that varies by less than this share of capacity over the year is even.
FLAT = 0.005
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def days_of(year: int) -> list[list[dt.date]]:
    """Days of the twelve months of a year."""
    first = dt.date(year, 1, 1)
    every = [first + dt.timedelta(days=n) for n in range(366)]
    return [[d for d in every if d.year == year and d.month == m + 1] for m in range(MONTHS)]


def profiles(
    season: Table, class_ids: Sequence[str], exporters: Sequence[str], year: int
) -> Floats:
    """(K, E, 12) share of each month in the tonnes of a class from a country; adds to 1.

    A row for the exporter goes before one for all; without any, months count by their days.
    """
    days = np.array([len(month) for month in days_of(year)], dtype=float)
    out = np.broadcast_to(days / days.sum(), (len(class_ids), len(exporters), MONTHS)).copy()
    klass = {c: n for n, c in enumerate(class_ids)}
    for own in (False, True):
        for row in np.flatnonzero((season["exporter"] != "") == own):
            month = int(season["month"][row]) - 1
            k = klass[str(season["class_id"][row])]
            named = str(season["exporter"][row])
            if not named or named in exporters:
                e = exporters.index(named) if named else slice(None)
                out[k, e, month] = season["share"][row]
    return out


def monthly_loads(place: Ints, tonnes: Floats, profile: Floats, n_places: int) -> Floats:
    """(F, 12) tonnes by place and month of entries at places (Q,) with profiles (Q, 12)."""
    return np.stack(
        [
            np.bincount(place, weights=tonnes * profile[:, m], minlength=n_places)
            for m in range(MONTHS)
        ],
        axis=1,
    ).astype(np.float64)


def holidays(table: Table, calendars: Sequence[str], year: int) -> Ints:
    """(12,) days of a year that are holidays in any of the calendars."""
    known = Holidays(table)
    named = [c for c in calendars if c in known.calendars]
    return np.array(
        [
            sum(1 for day in month if any(known.name(c, day) for c in named))
            for month in days_of(year)
        ],
        dtype=np.int64,
    )


def open_days(tables: Mapping[str, Table], kind: str, ids: Sequence[str], year: int) -> Ints:
    """(12,) days of a year on which a place with these crossings, terminals or links works."""
    opening, timetable = tables["opening_hours"], tables["timetable"]
    wanted = set(ids)
    closed: list[str] = []
    for row in range(opening.n):
        if wanted & set(str(opening["place_ids"][row]).split(";")) and opening["calendar_id"][row]:
            closed.append(str(opening["calendar_id"][row]))
    shut = holidays(tables["holiday"], closed, year) if closed else np.zeros(MONTHS, np.int64)
    days = np.array([len(month) for month in days_of(year)]) - shut
    if kind != "link":
        return np.asarray(days, dtype=np.int64)
    rows = [
        r for r in range(timetable.n)
        if wanted & set(str(timetable["link_ids"][r]).split(";"))
    ]  # fmt: skip
    if not rows:
        return np.asarray(days, dtype=np.int64)
    return np.array([sum(_runs(timetable, rows, day) for day in m) for m in days_of(year)])


def _runs(timetable: Table, rows: Sequence[int], day: dt.date) -> bool:
    text = day.isoformat()
    return any(
        in_season(timetable["season_from"][r], timetable["season_to"][r], text) for r in rows
    )


def peak(use_share: Floats) -> int:
    """Return the month (0 to 11) with the highest use, the earliest of equals; -1 without a peak.

    Months that differ by less than ``FLAT`` of capacity have none.
    """
    if float(np.ptp(use_share)) < FLAT:
        return -1
    return int(np.argmax(np.round(use_share, 9)))


def units(tonnes_per_year: float, payload_t: Mapping[str, float]) -> dict[str, float]:
    """Return the trains, wagons, boxes and trucks that a tonnage fills, by their payloads."""
    return {name: tonnes_per_year / load for name, load in payload_t.items()}
