"""Days: the Solar Hijri calendar, weekdays, clock times, seasons and holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from opencorridor.study.table import Table

__all__ = [
    "WEEKDAYS",
    "Holidays",
    "clock_minutes",
    "from_solar_hijri",
    "in_season",
    "is_leap",
    "month_day",
    "time_zone",
    "to_solar_hijri",
    "weekday_set",
]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_YEAR, LAST_YEAR = 1206, 1498
_NEW_YEAR_1206 = dt.date(1827, 3, 22).toordinal()
_MONTH_STARTS = (0, 31, 62, 93, 124, 155, 186, 216, 246, 276, 306, 336)
_LATEST_MIN = 48 * 60


def is_leap(year: int) -> bool:
    """Return whether a Solar Hijri year has 366 days: the 33-year cycle, exact for 1206 to 1498.

    The leap years are 1, 5, 9, 13, 17, 22, 26, 30 of each 33. The years of the official table
    (1206 to 1498) all agree; outside it the equinox has to be computed, and the functions here
    refuse.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Solar Hijri year {year} is outside {FIRST_YEAR} to {LAST_YEAR}")
    return (25 * year + 11) % 33 < 8


def _leaps_before(year: int) -> int:
    return sum(is_leap(y) for y in range(FIRST_YEAR, year))


def _new_year(year: int) -> int:
    """Return the ordinal of 1 Farvardin of a year (Gregorian, proleptic)."""
    is_leap(year)
    return _NEW_YEAR_1206 + 365 * (year - FIRST_YEAR) + _leaps_before(year)


def from_solar_hijri(year: int, month: int, day: int) -> dt.date:
    """Return the Gregorian date of a Solar Hijri one.

    Months are 6 of 31 days, 5 of 30, and Esfand of 29 or 30, as since 1304; before that year
    other months were in use and the result is proleptic.

    Raises
    ------
    ValueError
        For a date that does not exist, or a year outside 1206 to 1498.
    """
    lengths = [31] * 6 + [30] * 5 + [30 if is_leap(year) else 29]
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    if not 1 <= day <= lengths[month - 1]:
        raise ValueError(f"month {month} of {year} has {lengths[month - 1]} days, not {day}")
    return dt.date.fromordinal(_new_year(year) + _MONTH_STARTS[month - 1] + day - 1)


def to_solar_hijri(date: dt.date) -> tuple[int, int, int]:
    """Return (year, month, day) of a Gregorian date; see :func:`from_solar_hijri`.

    Raises
    ------
    ValueError
        Outside the years 1206 to 1498.
    """
    year = date.year - 621
    if FIRST_YEAR < year <= LAST_YEAR + 1 and (
        year > LAST_YEAR or date.toordinal() < _new_year(year)
    ):
        year -= 1
    since = date.toordinal() - _new_year(year)
    if since < 0 or since >= 365 + is_leap(year):
        raise ValueError(f"{date} is outside the Solar Hijri years {FIRST_YEAR} to {LAST_YEAR}")
    month = max(m for m, start in enumerate(_MONTH_STARTS, start=1) if start <= since)
    return year, month, since - _MONTH_STARTS[month - 1] + 1


def weekday_set(text: str) -> frozenset[int]:
    """Return the weekdays (Monday 0) of ``mon;tue``; blank: all seven.

    Raises
    ------
    ValueError
        For a word that is no weekday.
    """
    words = [word.strip().lower() for word in text.split(";") if word.strip()]
    odd = [word for word in words if word not in WEEKDAYS]
    if odd:
        raise ValueError(f"{', '.join(odd)} is no weekday")
    return frozenset(WEEKDAYS.index(word) for word in words) or frozenset(range(7))


def clock_minutes(text: str) -> int:
    """Return minutes after midnight of ``HH:MM``, up to 48:00 (past midnight it counts on).

    Raises
    ------
    ValueError
        For anything else.
    """
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdigit() and len(minutes) == 2 and minutes.isdigit()):
        raise ValueError(f"{text!r} is no time of day")
    value = 60 * int(hours) + int(minutes)
    if int(minutes) > 59 or value > _LATEST_MIN:
        raise ValueError(f"{text!r} is no time of day")
    return value


def time_zone(name: str) -> ZoneInfo:
    """Return an IANA time zone.

    Raises
    ------
    ValueError
        Where there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}") from error


def month_day(text: str) -> tuple[int, int]:
    """Return (month, day) of ``MM-DD``.

    Raises
    ------
    ValueError
        For anything else.
    """
    try:
        # A leap year, so that 02-29 is a day.
        day = dt.date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise ValueError(f"{text!r} is no day of the year") from None
    return day.month, day.day


def in_season(season_from: str, season_to: str, date: str) -> bool:
    """Return whether an ISO date lies in a season of ``MM-DD`` to ``MM-DD``; blank: no bound.

    Where the last day comes before the first, the season runs over the end of the year.
    """
    if not season_from and not season_to:
        return True
    day = date[5:10]
    start, end = season_from or "01-01", season_to or "12-31"
    return start <= day <= end if start <= end else day >= start or day <= end


class Holidays:
    """The days of the calendars of a study.

    Parameters
    ----------
    table
        Table ``holiday``.
    """

    def __init__(self, table: Table) -> None:
        self._rows: dict[str, list[dict[str, object]]] = {}
        for row in table.rows():
            self._rows.setdefault(str(row["calendar_id"]), []).append(row)
        self._years: dict[tuple[str, int], dict[dt.date, str]] = {}

    @cached_property
    def calendars(self) -> frozenset[str]:
        """Ids of the calendars."""
        return frozenset(self._rows)

    def name(self, calendar_id: str, date: dt.date) -> str:
        """Return the name of the holiday on a day; blank where it is none."""
        if calendar_id not in self._rows:
            return ""
        found = self._years.get((calendar_id, date.year))
        if found is None:
            found = self._days(self._rows[calendar_id], date.year)
            self._years[calendar_id, date.year] = found
        return found.get(date, "")

    @staticmethod
    def _days(rows: Iterable[dict[str, object]], year: int) -> dict[dt.date, str]:
        """Return the holidays whose days fall in a Gregorian year; a run may begin before it."""
        days: dict[dt.date, str] = {}
        for row in rows:
            solar = row["rule"] == "solar_hijri"
            own = range(year - 622, year - 619) if solar else range(year - 1, year + 1)
            for y in own:
                if not (_number(row["year_from"], y) <= y <= _number(row["year_to"], y)):
                    continue
                first = holiday_start(str(row["rule"]), y, int(_number(row["month"], 1)),
                                      int(_number(row["day"], 1)))  # fmt: skip
                if first is None:
                    continue
                for n in range(int(_number(row["days"], 1))):
                    days.setdefault(first + dt.timedelta(days=n), str(row["name"]))
        return days


def _number(value: object, blank: float) -> float:
    """Return a numeric cell, or ``blank`` for none (None or NaN)."""
    number = blank if value is None or value == "" else float(str(value))
    return blank if number != number else number


def holiday_start(rule: str, year: int, month: int, day: int) -> dt.date | None:
    """Return the first day of a holiday in a year of its calendar; None where it has no such day.

    30 Esfand and 29 February are days of leap years only.
    """
    try:
        return (
            from_solar_hijri(year, month, day)
            if rule == "solar_hijri"
            else dt.date(year, month, day)
        )
    except ValueError:
        return None
