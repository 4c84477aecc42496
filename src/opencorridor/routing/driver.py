"""Driving time of trucks by rule: breaks, daily and weekly rests as they fall due."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from opencorridor.study import Table

__all__ = ["Driver", "DrivingRule", "DrivingRules", "Pause"]

_EPS_H = 1e-9
_INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class DrivingRule:
    """How long a truck may be driven.

    Attributes
    ----------
    drive_before_break_h, break_h
        Driving after which a break of ``break_h`` is due.
    drive_h_per_day, rest_h
        Driving between two daily rests of at least ``rest_h``.
    drive_h_per_week, weekly_rest_h
        Driving between two weekly rests; infinite where there is no limit.
    rule_id, document_no
        Row of driving_rule, blank where hours of movement a day of table speed stand in.
    """

    drive_before_break_h: float
    break_h: float
    drive_h_per_day: float
    rest_h: float
    drive_h_per_week: float = _INFINITE
    weekly_rest_h: float = 0.0
    rule_id: str = ""
    document_no: str = ""

    @classmethod
    def of_day(cls, moving_h_per_day: float) -> DrivingRule:
        """Return the rule that a mean of hours of movement a day stands for: drive, then rest."""
        if moving_h_per_day >= 24.0 - _EPS_H:
            return cls(_INFINITE, 0.0, _INFINITE, 0.0)
        return cls(_INFINITE, 0.0, moving_h_per_day, 24.0 - moving_h_per_day)

    @property
    def moving_h_per_day(self) -> float:
        """Hours at the wheel in 24, in the long run: what table ``speed`` should say.

        A day of driving D with rest R and breaks of b after each B hours lasts
        ``D + b·(⌈D/B⌉ − 1) + R``; a week's limit W caps it at ``W / 7``.
        """
        breaks = max(-(-self.drive_h_per_day // self.drive_before_break_h) - 1, 0)
        cycle = self.drive_h_per_day + self.break_h * breaks + self.rest_h
        return min(24.0 * self.drive_h_per_day / cycle, self.drive_h_per_week / 7.0)


class DrivingRules:
    """The rules of all countries.

    Parameters
    ----------
    table
        Table ``driving_rule``.
    crew
        Drivers in the truck; where a country has no row for two, that for one holds.
    """

    def __init__(self, table: Table, crew: int = 1) -> None:
        self.crew = crew
        self._rows = list(table.rows())

    def find(self, country: str, date: str) -> DrivingRule | None:
        """Return the rule of a country (else that of all) on an ISO date, or None."""
        for crew in dict.fromkeys((self.crew, 1)):
            for place in dict.fromkeys((country, "")):
                for row in self._rows:
                    if row["country_id"] == place and int(row["crew"]) == crew and _on(row, date):
                        return _rule(row)
        return None


def _on(row: dict[str, object], date: str) -> bool:
    start, end = str(row["valid_from"]), str(row["valid_to"])
    return (not start or start <= date) and (not end or date <= end)


def _rule(row: dict[str, object]) -> DrivingRule:
    def number(name: str) -> float:
        return float(str(row[name]))

    week, rest = number("drive_h_per_week"), number("weekly_rest_h")
    limited = week == week
    return DrivingRule(
        number("drive_before_break_h"),
        number("break_h"),
        number("drive_h_per_day"),
        number("rest_h"),
        week if limited else _INFINITE,
        (rest if rest == rest else number("rest_h")) if limited else 0.0,
        str(row["driving_rule_id"]),
        str(row["document_no"]),
    )


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop of the driver.

    Attributes
    ----------
    kind
        ``break``, ``rest`` or ``weekly_rest``.
    start, hours
        When (UTC) and how long.
    rule
        The rule that asks for it.
    """

    kind: str
    start: dt.datetime
    hours: float
    rule: DrivingRule


@dataclass
class Driver:
    """A truck with its crew on the way: drives as soon and as long as the rule allows.

    Every stop of the trip (a border, a queue, a ferry) counts as break or rest where it lasts as
    long as one.
    """

    since_break_h: float = 0.0
    since_rest_h: float = 0.0
    since_week_h: float = 0.0
    idle_h: float = 0.0
    pauses: list[Pause] = field(default_factory=list)

    def stop(self, hours: float) -> None:
        """Stand still for some hours; stops in a row add up."""
        self.idle_h += hours

    def _rested(self, rule: DrivingRule) -> None:
        """Count what the last stops were worth."""
        if rule.weekly_rest_h and self.idle_h >= rule.weekly_rest_h - _EPS_H:
            self.since_week_h = 0.0
        if self.idle_h >= rule.rest_h - _EPS_H:
            self.since_rest_h = self.since_break_h = 0.0
        elif self.idle_h >= rule.break_h - _EPS_H:
            self.since_break_h = 0.0
        self.idle_h = 0.0

    def _due(self, rule: DrivingRule) -> tuple[str, float] | None:
        """Return the longest pause that is due now."""
        if self.since_week_h >= rule.drive_h_per_week - _EPS_H:
            return "weekly_rest", rule.weekly_rest_h
        if self.since_rest_h >= rule.drive_h_per_day - _EPS_H:
            return "rest", rule.rest_h
        if self.since_break_h >= rule.drive_before_break_h - _EPS_H:
            return "break", rule.break_h
        return None

    def drive(self, time: dt.datetime, hours: float, rule: DrivingRule) -> dt.datetime:
        """Drive for some hours from ``time`` (UTC); return when they are done, pauses inside."""
        left = hours
        if left > _EPS_H:
            self._rested(rule)
        while left > _EPS_H:
            due = self._due(rule)
            if due is not None:
                kind, length = due
                self.pauses.append(Pause(kind, time, length, rule))
                time += dt.timedelta(hours=length)
                self.since_break_h = 0.0
                if kind != "break":
                    self.since_rest_h = 0.0
                if kind == "weekly_rest":
                    self.since_week_h = 0.0
                continue
            step = min(
                left,
                rule.drive_before_break_h - self.since_break_h,
                rule.drive_h_per_day - self.since_rest_h,
                rule.drive_h_per_week - self.since_week_h,
            )
            time += dt.timedelta(hours=step)
            left -= step
            self.since_break_h += step
            self.since_rest_h += step
            self.since_week_h += step
        return time
