"""Where numbers of an answer about routes come from that no leg holds.

How many routes no other beats and how many of them are listed, what a route has over another
listed one, its changes of gauge, its hours by the clock, and the kilometres of a way that is shut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from opencorridor.operations.depart import schedule_dict
from opencorridor.operations.workbench.counts import named
from opencorridor.operations.workbench.fronts import Listed
from opencorridor.operations.workbench.grounds import frame, told
from opencorridor.operations.workbench.route_items import route_id
from opencorridor.operations.workbench.route_provenance import (
    changes_of,
    grounds_of_route,
    leg_name,
    unknown,
)
from opencorridor.operations.workbench.routes import Found, RouteQuery, found_of
from opencorridor.operations.workbench.session import Session

__all__ = ["FACTS", "of_fact"]

_NO_GROUNDS: dict[str, Any] = {"inputs": [], "assumptions": [], "source": None, "sources": []}


@dataclass(frozen=True)
class _Fact:
    """A number with its unit, its words, and the arithmetic that gives it."""

    label: str
    unit: str
    value: float
    words: str
    table: str
    column: str
    row: int | None = None
    row_label: str = ""
    expression: str = ""
    numbers: tuple[tuple[str, float], ...] = ()
    rests_on: str = ""
    """Column of the route whose cells the number rests on; blank: on none."""


@dataclass(frozen=True)
class _Asked:
    """A question that was answered, one of its routes, and which part is meant."""

    found: Found
    item: Listed
    at: int | None

    @property
    def ends(self) -> str:
        """Both ends as one text."""
        return f"{self.found.asked.origin.name} – {self.found.asked.destination.name}"


def _front_size(asked: _Asked) -> _Fact:
    front = asked.found.listing.front
    if front is None:
        raise unknown("number", "front_size")
    words = (
        "Routes of the network that no other route beats in mean hours, US$ and kg CO2e per tonne "
        "at once: an exact search"
    )
    return _Fact("Routes that no other beats", "routes", float(len(front)), words, "front",
                 "point_id", row_label=asked.ends)  # fmt: skip


def _front_listed(asked: _Asked) -> _Fact:
    listed = [item for item in asked.found.listing.listed if item.choice is not None]
    words = (
        "Listed routes among those that no other beats: the best overall, the fastest, the "
        "cheapest, the cleanest, then those that differ most from them"
    )
    return _Fact("Listed routes", "routes", float(len(listed)), words, "front", "route_id",
                 row_label=asked.ends)  # fmt: skip


def _gauge_changes(asked: _Asked) -> _Fact:
    places = [leg_name(leg) for leg in asked.item.route.legs if leg.mode == "gauge"]
    words = "Legs of the route where wagons or goods change to tracks of another gauge"
    return _Fact("Changes of gauge", "changes", float(len(places)), words, "route_legs", "mode",
                 row_label=named(places))  # fmt: skip


def _opening_km(asked: _Asked) -> _Fact:
    ways, at = asked.item.route.opens_with, asked.at
    if at is None or at >= len(ways):
        raise unknown("opening", str(at))
    words = "Sum of the lengths of the lines of the best way, once its closed parts are open"
    return _Fact("Distance", "km", round(ways[at].distance_km, 1), words, "openings",
                 "distance_km", at, str(ways[at]))  # fmt: skip


def _by_clock(column: str) -> Callable[[_Asked], _Fact]:
    """Return the maker of hours by the clock: all of them, or those of waits and rests."""
    label, words = {
        "hours": ("Hours by the clock", "Time of arrival less time of departure"),
        "waited_h": ("Waits and rests", "Hours until places open and departures leave, breaks and "
                     "rests of drivers"),
    }[column]  # fmt: skip

    def make(asked: _Asked) -> _Fact:
        if asked.item.schedule is None:
            raise unknown("number", column)
        told_of = schedule_dict(asked.item.schedule)
        legs = told_of["legs"]
        parts = [
            leg["hours"] if column == "hours" else sum(wait["hours"] for wait in leg["waits"])
            for leg in legs
        ]
        if asked.at is not None:
            if asked.at >= len(legs):
                raise unknown("leg", str(asked.at))
            leg = legs[asked.at]
            name = f"{leg['from']} – {leg['to']}"
            return _Fact(label, "h", float(parts[asked.at]), words, "schedule", column, asked.at,
                         name, rests_on="time_h")  # fmt: skip
        if told_of[column] is None:
            raise unknown("number", column)
        return _Fact(label, "h", float(told_of[column]), f"Sum over the legs. {words}", "schedule",
                     column, None, asked.ends, rests_on="time_h")  # fmt: skip

    return make


def _difference(column: str, label: str, unit: str) -> Callable[[_Asked], _Fact]:
    """Return the maker of what a route has over another listed one."""

    def make(asked: _Asked) -> _Fact:
        choice, route = asked.item.choice, asked.item.route
        if choice is None or choice.difference is None or route.totals is None:
            raise unknown("number", column)
        less = float(getattr(choice.difference, column))
        own = float(getattr(route.totals, column))
        rival = choice.difference.rival
        words = f"This route beside the {rival} of the listed ones, without its sign"
        return _Fact(label, unit, abs(less), words, "route", column, None, asked.ends,
                     "abs(own - other)", (("own", own), ("other", own - less)), column)  # fmt: skip

    return make


FACTS: dict[str, Callable[[_Asked], _Fact]] = {
    "front_size": _front_size,
    "front_listed": _front_listed,
    "gauge_changes": _gauge_changes,
    "opening_km": _opening_km,
    "schedule_h": _by_clock("hours"),
    "schedule_waited_h": _by_clock("waited_h"),
    "difference_time_h": _difference("time_h", "Difference in hours", "h"),
    "difference_cost_usd_per_t": _difference("cost_usd_per_t", "Difference in cost", "US$/t"),
    "difference_co2_kg_per_t": _difference("co2_kg_per_t", "Difference in CO2e", "kg/t"),
}
"""Numbers that can be asked about."""


def of_fact(
    session: Session, query: RouteQuery, wanted: str, fact: str, at: int | None = None
) -> dict[str, Any]:
    """Return where a number of an answer about routes comes from.

    Parameters
    ----------
    session, query
        The study, and the question: it is answered again.
    wanted
        Id of a route of the answer.
    fact
        One of :data:`FACTS`.
    at
        Leg of the schedule, or way that would open; from 0.

    Raises
    ------
    OpenCorridorError
        ``unknown_route``, ``unknown_leg``, ``unknown_opening``, ``unknown_number`` where the
        answer has none, and all that is wrong with the question.
    """
    found = found_of(session, query)
    world = found.asked.world
    for item in found.listing.listed:
        if route_id(item.route, world.labels, world.graph) == wanted:
            break
    else:
        raise unknown("route", wanted)
    made = FACTS[fact](_Asked(found, item, at))
    rests_on = _NO_GROUNDS
    if made.rests_on:
        rests_on = grounds_of_route(session, query, wanted, (made.rests_on,))[2]
    return {
        "label": made.label,
        "value": made.value,
        "unit": made.unit,
        "low": None,
        "high": None,
        "status": "derived",
        "formula": told(made.words, made.expression, dict(made.numbers), made.value),
        **rests_on,
        "table": made.table,
        "row": made.row,
        "row_label": made.row_label,
        "column": made.column,
        "description": changes_of(query),
        **frame(session.study, None),
    }
