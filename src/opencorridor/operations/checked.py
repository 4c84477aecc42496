"""Parts of a request that are checked together: all that is wrong is said at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = ["at_least_one", "gather", "iso_date"]


def iso_date(text: str) -> str:
    """Return an ISO date, or raise code ``bad_date``."""
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise OpenCorridorError(
            [
                Problem(
                    code="bad_date",
                    message=f"{text!r} is no date",
                    value=text,
                    expected="YYYY-MM-DD",
                )
            ]
        ) from error


def gather(calls: Iterable[Any]) -> list[Any]:
    """Call all; return the results, or raise once with the problems of all."""
    results: list[Any] = []
    problems: list[Problem] = []
    for call in calls:
        try:
            results.append(call())
        except OpenCorridorError as error:
            problems += error.problems
    if problems:
        raise OpenCorridorError(problems)
    return results


def at_least_one(max_routes: int) -> int:
    """Return how many routes are asked for, or raise code ``out_of_range``."""
    if max_routes >= 1:
        return max_routes
    problem = Problem(
        code="out_of_range",
        message=f"--max-routes is {max_routes}",
        value=str(max_routes),
        expected="1 or more",
    )
    raise OpenCorridorError([problem])
