"""Checks that routing needs: rules and means that disagree."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opencorridor.network.departures import Departures
from opencorridor.routing.driver import DrivingRules
from opencorridor.study import Problem, Study
from opencorridor.study.calendar import Holidays
from opencorridor.study.check import at, check
from opencorridor.study.errors import OpenCorridorError

__all__ = ["driving_mean", "headway_mean"]

_APART = 0.25  # share by which a mean and its rule may differ before it is told


@check("driving_mean", "speed")
def driving_mean(study: Study) -> Iterator[Problem]:
    """Check that hours of movement a day agree with the driving rule of a country (notice).

    Costs of a year take the mean of table speed, trips by the clock the rule: a quarter apart,
    and the two answers differ for no reason that a reader sees.
    """
    rules = DrivingRules(study["driving_rule"])
    t = study["speed"]
    for i in np.flatnonzero(t["mode"] == "road").tolist():
        rule = rules.find(t["country_id"][i], study.settings.baseline_date)
        mean = float(t["moving_h_per_day"][i])
        if rule is None or not t["country_id"][i]:
            continue
        if abs(mean / rule.moving_h_per_day - 1.0) > _APART:
            message = (
                f"{mean:g} hours of movement a day, {rule.moving_h_per_day:.1f} by driving rule "
                f"{rule.rule_id}"
            )
            yield at(study, "driving_mean", message, "speed", i, "moving_h_per_day",
                     f"about {rule.moving_h_per_day:.1f}", severity="notice")  # fmt: skip


@check("headway_mean", "timetable")
def headway_mean(study: Study) -> Iterator[Problem]:
    """Check that a headway agrees with the departures dated for its service (notice)."""
    departures, t = study["departure"], study["timetable"]
    try:
        week = Departures(departures, t, Holidays(study["holiday"])).per_week(
            study.settings.baseline_date
        )
    except OpenCorridorError:
        return  # times and services that cannot be read are reported by their own checks
    for i in range(t.n):
        number = week.get(t["timetable_id"][i], 0.0)
        if number and abs(t["headway_h"][i] * number / 168.0 - 1.0) > _APART:
            message = f"{number:g} departures a week are {168.0 / number:.1f} h apart on average"
            yield at(study, "headway_mean", message, "timetable", i, "headway_h",
                     f"about {168.0 / number:.1f}", severity="notice")  # fmt: skip
