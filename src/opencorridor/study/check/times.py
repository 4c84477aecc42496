"""Checks of days and hours: opening hours, holidays, departures, seasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from opencorridor.study.calendar import (
    clock_minutes,
    holiday_start,
    month_day,
    time_zone,
    weekday_set,
)
from opencorridor.study.check.registry import at, check
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study

__all__ = ["overlapping"]

_Read = Callable[[str], object]
_CELLS: tuple[tuple[str, str, _Read, str], ...] = (
    ("opening_hours", "weekdays", weekday_set, "mon, tue, wed, thu, fri, sat, sun, joined by ;"),
    ("opening_hours", "open_time", clock_minutes, "HH:MM, such as 08:00"),
    ("opening_hours", "close_time", clock_minutes, "HH:MM, such as 18:00"),
    ("opening_hours", "time_zone", time_zone, "an IANA name, such as Etc/UTC"),
    ("departure", "weekdays", weekday_set, "mon, tue, wed, thu, fri, sat, sun, joined by ;"),
    ("departure", "departs", clock_minutes, "HH:MM, such as 18:00"),
    ("departure", "time_zone", time_zone, "an IANA name, such as Etc/UTC"),
    ("timetable", "season_from", month_day, "MM-DD, such as 03-15"),
    ("timetable", "season_to", month_day, "MM-DD, such as 11-15"),
)
_SEASON = ("season_from", "season_to")


@check("bad_time")
def bad_time(study: Study) -> Iterator[Problem]:
    """Check that times of day, weekdays, seasons and time zones can be read."""
    for table, column, read, expected in _CELLS:
        for i, text in enumerate(study[table][column].tolist()):
            if not text and column in ("weekdays", *_SEASON):
                continue
            try:
                read(text)
            except ValueError as error:
                yield at(study, "bad_time", str(error), table, i, column, expected)


def _minutes(text: str) -> int | None:
    try:
        return clock_minutes(text)
    except ValueError:
        return None


@check("never_opens", "opening_hours")
def never_opens(study: Study) -> Iterator[Problem]:
    """Check that a row of opening hours opens at all."""
    t = study["opening_hours"]
    full = _full_calendars(study)
    for i in range(t.n):
        start, end = _minutes(t["open_time"][i]), _minutes(t["close_time"][i])
        if start is not None and end is not None and end <= start:
            message = f"it closes at {t['close_time'][i]}, not after it opens: it never opens"
            mend = (
                f"for a close on the next morning write {(end + 1440) // 60:02d}:{end % 60:02d}"
                if end + 1440 > start and end <= 1440
                else "close later than it opens"
            )
            expected = f"a time after {t['open_time'][i]}"
            yield at(study, "never_opens", message, "opening_hours", i, "close_time",
                     expected, mend)  # fmt: skip
        if t["valid_from"][i] and t["valid_to"][i] and t["valid_to"][i] < t["valid_from"][i]:
            message = f"it ends before it begins on {t['valid_from'][i]}: it never opens"
            yield at(study, "never_opens", message, "opening_hours", i, "valid_to",
                     "a later date")  # fmt: skip
        if t["calendar_id"][i] in full:
            message = f"calendar {t['calendar_id'][i]} has a holiday on every day: it never opens"
            yield at(study, "never_opens", message, "opening_hours", i, "calendar_id",
                     "a calendar with working days")  # fmt: skip


def _full_calendars(study: Study) -> set[str]:
    """Return the calendars one of whose holidays lasts a whole year, every year."""
    t = study["holiday"]
    return {
        t["calendar_id"][i]
        for i in range(t.n)
        if t["days"][i] >= 365 and t["year_from"][i] != t["year_from"][i]
    }


@check("opening_direction", "opening_hours")
def opening_direction(study: Study) -> Iterator[Problem]:
    """Check that opening hours name both countries of a crossing's direction, or none."""
    t = study["opening_hours"]
    crossing = study["border_crossing"]
    pairs = {
        name: {a, b}
        for name, a, b in zip(
            crossing["border_crossing_id"],
            crossing["country_a"],
            crossing["country_b"],
            strict=True,
        )
    }
    for i in range(t.n):
        named = [c for c in (t["from_country"][i], t["to_country"][i]) if c]
        if not named:
            continue
        column = "from_country" if t["from_country"][i] else "to_country"
        if t["place_kind"][i] == "terminal":
            message = "a terminal has no direction"
            yield at(study, "opening_direction", message, "opening_hours", i, column, "blank")
            continue
        for place in t["place_ids"][i].split(";"):
            pair = pairs.get(place)
            if pair is not None and (not set(named) <= pair or len(set(named)) < len(named)):
                message = f"crossing {place} joins {' and '.join(sorted(pair))}"
                expected = "its two countries in order of travel"
                yield at(study, "opening_direction", message, "opening_hours", i, column,
                         expected)  # fmt: skip


@check("holiday_date", "holiday")
def holiday_date(study: Study) -> Iterator[Problem]:
    """Check that the first day of every holiday exists."""
    t = study["holiday"]
    for i in range(t.n):
        month, day, year = t["month"][i], t["day"][i], t["year_from"][i]
        if month != month or day != day:
            continue
        # 1403 and 2024 are leap years: the longest months of both calendars.
        usual = 1403 if t["rule"][i] == "solar_hijri" else 2024
        held = int(year) if year == year and year == t["year_to"][i] else usual
        if holiday_start(t["rule"][i], held, int(month), int(day)) is None:
            message = f"there is no day {day:g} of month {month:g}"
            yield at(study, "holiday_date", message, "holiday", i, "day",
                     f"a day of the {t['rule'][i]} calendar")  # fmt: skip
        if t["year_to"][i] < year:
            message = f"it ends before it begins in {year:g}"
            yield at(study, "holiday_date", message, "holiday", i, "year_to", "a later year")


@check("departure_off_link", "departure")
def departure_off_link(study: Study) -> Iterator[Problem]:
    """Check that a departure starts at an end of its service's links, on a day or weekdays."""
    link, t = study["link"], study["departure"]
    columns = (link[name] for name in ("link_id", "from_node_id", "to_node_id"))
    ends = {name: {a, b} for name, a, b in zip(*columns, strict=True)}
    service = dict(
        zip(study["timetable"]["timetable_id"], study["timetable"]["link_ids"], strict=True)
    )
    for i in range(t.n):
        links = service.get(t["timetable_id"][i], "").split(";")
        nodes = set().union(*(ends.get(name, set()) for name in links))
        if nodes and t["from_node_id"][i] not in nodes:
            message = f"service {t['timetable_id'][i]} has no link at {t['from_node_id'][i]}"
            yield at(study, "departure_off_link", message, "departure", i, "from_node_id",
                     " or ".join(sorted(nodes)))  # fmt: skip
        if t["date"][i] and t["weekdays"][i]:
            message = "a departure on one date has no weekdays"
            yield at(study, "departure_off_link", message, "departure", i, "weekdays", "blank")


@check("season_half", "timetable")
def season_half(study: Study) -> Iterator[Problem]:
    """Check that a season has a first and a last day."""
    t = study["timetable"]
    for i in range(t.n):
        if bool(t["season_from"][i]) != bool(t["season_to"][i]):
            column = _SEASON[bool(t["season_from"][i])]
            message = "a season needs both its first and its last day"
            yield at(study, "season_half", message, "timetable", i, column, "MM-DD")


def overlapping(study: Study, table: str, key: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows of equal key whose validity periods overlap."""
    t = study[table]
    groups: dict[tuple[str, ...], list[int]] = {}
    for i in range(t.n):
        # Blank numbers are NaN and equal no other: compared as text they are alike.
        groups.setdefault(tuple(str(t[name][i]) for name in key), []).append(i)
    start, end = t["valid_from"], t["valid_to"]
    for rows in groups.values():
        for n, i in enumerate(rows):
            for j in rows[n + 1 :]:
                apart = (end[i] and start[j] > end[i]) or (end[j] and start[i] > end[j])
                if not apart:
                    yield i, j


@check("rule_overlap")
def rule_overlap(study: Study) -> Iterator[Problem]:
    """Check that of two driving rules or permits never both hold."""
    for table, key in (
        ("driving_rule", ("country_id", "crew")),
        ("permit", ("country_id", "registered_in", "trip")),
    ):
        for i, j in overlapping(study, table, key):
            message = f"holds at the same time as row {study[table].locate(i)[1] or i + 2}"
            column = study[table].schema.key[0]
            yield at(study, "rule_overlap", message, table, j, column, "one row on a day",
                     "remove one, or give them dates that do not overlap")  # fmt: skip


@check("cargo_rule_empty", "cargo_rule")
def cargo_rule_empty(study: Study) -> Iterator[Problem]:
    """Check that a cargo rule says where, and which cargo: it would forbid all else."""
    t = study["cargo_rule"]
    named = ("cargo", "class_ids", "dangerous_classes", "container_types")
    for i in range(t.n):
        heavy = t["max_t_per_unit"][i] == t["max_t_per_unit"][i]
        if not heavy and t["temperature"][i] != "1" and not any(t[name][i] for name in named):
            message = "the rule names no cargo and would forbid all"
            mend = "to close a place use table restriction"
            yield at(study, "cargo_rule_empty", message, "cargo_rule", i, "cargo_rule_id",
                     "at least one condition", mend)  # fmt: skip
        everywhere = t["place_kind"][i] == "everywhere"
        if everywhere == bool(t["place_ids"][i]):
            message = "everywhere takes no place" if everywhere else "the rule names no place"
            yield at(study, "cargo_rule_empty", message, "cargo_rule", i, "place_ids",
                     "blank" if everywhere else "ids of places")  # fmt: skip
