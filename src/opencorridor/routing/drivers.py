"""Many trucks at once under rules of driving time: :mod:`opencorridor.routing.driver` by arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from opencorridor.routing.driver import DrivingRule

__all__ = ["Drivers"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_EPS_H = 1e-9


class Drivers:
    """Trucks with their crews: each is driven, and rests, as a ``Driver`` by itself.

    Parameters
    ----------
    n
        Number of trucks (D).
    """

    def __init__(self, n: int) -> None:
        self.since_break_h, self.since_rest_h, self.since_week_h = np.zeros((3, n))
        self.idle_h = np.zeros(n)

    def stop(self, hours: Floats | float) -> None:
        """Stand still for some hours (float64[D] or one number); stops in a row add up."""
        self.idle_h += hours

    def drive(self, hours: float, rules: Sequence[DrivingRule], rule: Ints) -> Floats:
        """Drive; return the hours that it takes each truck, pauses inside (float64[D]).

        Parameters
        ----------
        hours
            At the wheel.
        rules, rule
            Rules, and which of them each truck is under (int64[D]).
        """
        took = np.zeros(len(rule))
        if hours <= _EPS_H:
            return took
        most_h = _column(rules, rule, "drive_before_break_h", "drive_h_per_day", "drive_h_per_week")
        rest_h = _column(rules, rule, "break_h", "rest_h", "weekly_rest_h")
        self._rested(*rest_h)
        left = np.full(len(rule), hours)
        while (driving := left > _EPS_H).any():
            since = (self.since_break_h, self.since_rest_h, self.since_week_h)
            short, daily, weekly = (
                driving & (s >= m - _EPS_H) for s, m in zip(since, most_h, strict=True)
            )
            pause = short | daily | weekly
            took += np.where(weekly, rest_h[2], np.where(daily, rest_h[1], rest_h[0])) * pause
            self.since_break_h[pause] = 0.0
            self.since_rest_h[daily | weekly] = 0.0
            self.since_week_h[weekly] = 0.0
            room = [m - s for m, s in zip(most_h, since, strict=True)]
            step = np.where(driving & ~pause, np.minimum(left, np.minimum.reduce(room)), 0.0)
            took += step
            left -= step
            for s in since:
                s += step
        return took

    def _rested(self, break_h: Floats, rest_h: Floats, weekly_rest_h: Floats) -> None:
        """Count what the last stops were worth."""
        week = (weekly_rest_h > 0) & (self.idle_h >= weekly_rest_h - _EPS_H)
        day = self.idle_h >= rest_h - _EPS_H
        self.since_week_h[week] = 0.0
        self.since_rest_h[day] = 0.0
        self.since_break_h[day | (self.idle_h >= break_h - _EPS_H)] = 0.0
        self.idle_h[:] = 0.0


def _column(rules: Sequence[DrivingRule], rule: Ints, *names: str) -> list[Floats]:
    return [np.array([getattr(one, name) for one in rules], float)[rule] for name in names]
