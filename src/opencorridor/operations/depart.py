"""Routes by the clock: candidates timed for a departure, the earliest arrival first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.costs.hours import ArcHours
from opencorridor.network import MODES
from opencorridor.routing.clock import Clock, Schedule, TimedLeg, Wait
from opencorridor.routing.labels import Labels
from opencorridor.routing.masks import Element
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.routes import Route, Wanted
from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = ["by_clock", "parse_departure", "schedule_dict", "schedules", "search_hours"]

Floats = npt.NDArray[np.float64]
Finder = Callable[[Wanted, Floats | None], Route]
_LAND, _WATER = ("rail", "road"), ("sea", "inland_water")
_MOST_AVOIDED = 8
_DECIMALS = 4


def parse_departure(text: str) -> dt.datetime:
    """Return a departure: an ISO 8601 time with its UTC offset.

    Raises
    ------
    OpenCorridorError
        Code ``bad_time``.
    """
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.utcoffset() is None:
        what = "is no time" if time is None else "has no UTC offset"
        raise OpenCorridorError(
            [
                Problem(
                    code="bad_time",
                    message=f"{text!r} {what}",
                    value=text,
                    expected="a time with its UTC offset, such as 2025-03-20T08:00+05:00",
                )
            ]
        )
    return time


def search_hours(hours: ArcHours) -> Floats:
    """Return hours for the search for candidates, float64[A, 3]: no waits that a clock decides.

    Road links at their hours of movement a day; no waits for ships and openings, so that a way
    whose ship is about to sail is found.
    """
    fixed = hours.way_h + hours.berth_h + hours.stay_h
    return np.repeat(fixed[:, None], 3, axis=1)


def _others(wanted: Wanted, route: Route, labels: Labels, priced: PricedGraph) -> Iterator[Wanted]:
    """Yield questions whose answers are unlike a route: other modes, each border avoided."""
    water = tuple(m for m in _WATER if m in wanted.modes)
    for land in _LAND:
        if land in wanted.modes:
            for modes in ((land,), (land, *water)):
                if set(modes) != set(wanted.modes):
                    yield replace(wanted, modes=modes)
    if water and set(water) != set(wanted.modes):
        yield replace(wanted, modes=water)
    for crossing in list(dict.fromkeys(route.crossings))[:_MOST_AVOIDED]:
        at = priced.graph.place_index(crossing, "border_crossing")
        element = Element("border_crossing", crossing, str(labels.place_name[at]))
        yield replace(wanted, avoid=(*wanted.avoid, element))


def schedules(
    find: Finder,
    clock: Clock,
    priced: PricedGraph,
    labels: Labels,
    wanted: Wanted,
    departs: dt.datetime,
    best: Route,
    costs: Sequence[Floats],
) -> list[Schedule]:
    """Return timed routes, the earliest arrival first; of equal ones the cheaper.

    Candidates are the route of least generalised cost, those of least ``costs``, and for each of
    them the best ways with other modes and round every border of ``best``. Each is timed exactly;
    that no other way in the network arrives earlier is not claimed.
    """
    found: dict[tuple[int, ...], Route] = {best.arcs: best}
    for question in (wanted, *_others(wanted, best, labels, priced)):
        for cost in (None, *costs):
            route = find(question, cost)
            if route.found:
                found.setdefault(route.arcs, route)
    timed = [clock.schedule(route, departs) for route in found.values()]

    def rank(one: Schedule) -> tuple[bool, dt.datetime, float]:
        assert one.route.totals is not None
        return one.arrives is None, one.arrives or departs, one.route.totals.gc_usd_per_t

    return sorted(timed, key=rank)


def by_clock(
    clock: Clock,
    priced: PricedGraph,
    labels: Labels,
    departs: dt.datetime,
    wanted: Wanted,
    find: Finder,
    best: Route,
) -> tuple[Route, tuple[Schedule, ...]]:
    """Return the route that arrives first, and all candidates by arrival.

    Where none arrives the route says what it is stuck at (``reason_code`` stuck).
    """
    import opencorridor.routing.kernels.trees  # noqa: F401  (many searches follow)

    mean = np.repeat(priced.time_h[:, None], 3, axis=1)
    costs = (search_hours(clock.hours), mean)
    timed = schedules(find, clock, priced, labels, wanted, departs, best, costs)
    first = timed[0]
    if first.arrives is not None:
        return first.route, tuple(timed)
    stuck = replace(
        first.route, totals=None, legs=(), arcs=(), reason_code="stuck", reason=first.reason,
        facts=first.facts,
    )  # fmt: skip
    return stuck, tuple(timed)


def _iso(time: dt.datetime, zone: dt.tzinfo | None) -> str:
    return time.astimezone(zone).isoformat(timespec="minutes")


def _wait(wait: Wait) -> dict[str, Any]:
    return {
        "kind": wait.kind,
        "place": wait.place,
        "hours": round(wait.hours, _DECIMALS),
        "until": wait.until.isoformat(timespec="minutes"),
        "reason": wait.reason or None,
        "row_id": wait.row_id or None,
        "document_no": wait.document_no or None,
        "assumed": wait.assumed,
    }


def _leg(timed: TimedLeg, zone: dt.tzinfo | None) -> dict[str, Any]:
    leg = timed.leg
    return {
        "mode": leg.mode,
        "from": leg.origin,
        "to": leg.destination,
        "starts": _iso(timed.starts, zone),
        "ends": _iso(timed.ends, zone),
        "hours": round(timed.hours, _DECIMALS),
        "waits": [_wait(wait) for wait in timed.waits],
    }


def schedule_dict(one: Schedule) -> dict[str, Any]:
    """Return a timed route as plain values; times in the offset of the departure."""
    zone, totals = one.departs.tzinfo, one.route.totals
    assert totals is not None
    modes = dict.fromkeys(leg.mode for leg in one.route.legs if leg.mode.replace(" ", "_") in MODES)
    return {
        "departs": _iso(one.departs, zone),
        "arrives": _iso(one.arrives, zone) if one.arrives else None,
        "hours": None if one.hours is None else round(one.hours, _DECIMALS),
        "waited_h": round(one.waited_h(), _DECIMALS),
        "rested_h": round(one.waited_h("break", "rest", "weekly_rest"), _DECIMALS),
        "reason_code": one.reason_code or None,
        "reason": one.reason or None,
        "facts": dict(one.facts),
        "cost_usd_per_t": round(totals.cost_usd_per_t, _DECIMALS),
        "co2_kg_per_t": round(totals.co2_kg_per_t, _DECIMALS),
        "modes": list(modes),
        "crossings": list(one.route.crossings),
        "legs": [_leg(timed, zone) for timed in one.legs],
    }
