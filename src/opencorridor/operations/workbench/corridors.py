"""Corridors that compete for one pair of places: side by side, with their indicators."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from typing import Any

import numpy as np

from opencorridor.operations.depart import parse_departure
from opencorridor.operations.workbench.amounts import amounts_of
from opencorridor.operations.workbench.fronts import stays_on
from opencorridor.operations.workbench.observed import observed_rows
from opencorridor.operations.workbench.places import place_item
from opencorridor.operations.workbench.route_items import route_id, signature
from opencorridor.operations.workbench.routes import Found, RouteQuery, found_of
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.indicators import (
    CARGO_T,
    INDICATORS,
    Amounts,
    Facilitation,
    Journey,
    journey_of,
    journeys_by_mode,
    of_journey,
)
from opencorridor.routing.legs import Leg
from opencorridor.routing.reliability import Stays, reliability
from opencorridor.routing.routes import Route, trip_kinds

__all__ = ["by_means", "compare", "journeys"]

Row = dict[str, Any]
_DECIMALS = 4


def _round(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), _DECIMALS)


def _triple(name: str, values: Any) -> Row:
    """Return value, low and high under a name: the smaller end is the low one."""
    value, one, other = (float(v) for v in values)
    ends = sorted((one, other))
    return {name: _round(value), f"{name}_low": _round(ends[0]), f"{name}_high": _round(ends[1])}


def _indicators(journey: Journey) -> list[Row]:
    found: Facilitation = of_journey(journey)
    rows = []
    for name, unit in INDICATORS.items():
        row = _triple("v", getattr(found, name))
        rows.append(
            {
                "indicator": name,
                "mode": journey.mode or None,
                "value": row["v"],
                "low": row["v_low"],
                "high": row["v_high"],
                "unit": unit,
            }
        )
    return rows


def _points(legs: tuple[Leg, ...], tonnes: float) -> list[Row]:
    """Return the sums at the end of every leg, from the start on, as both charts draw them."""
    km, hours, usd = (
        list(accumulate(values, initial=0.0))
        for values in (
            [leg.distance_km for leg in legs],
            [leg.time_h for leg in legs],
            [leg.cost_usd_per_t * tonnes for leg in legs],
        )
    )
    at = [legs[0].origin, *(leg.destination for leg in legs)]
    return [
        {"at": place, "km": _round(k), "hours": _round(h), "usd": _round(u)}
        for place, k, h, u in zip(at, km, hours, usd, strict=True)
    ]


def _split(journey: Journey) -> Row:
    """Split the mean hours: in motion, at borders, at other terminals, and all other waits."""
    return {
        name: _round(getattr(journey, name)[0])
        for name in ("moving_h", "border_h", "terminal_h", "waiting_h")
    }


def journeys(route: Route, found: Found, amounts: Amounts) -> tuple[Journey, ...]:
    """Return the whole journey of a route, then its parts by rail and by road."""
    kinds = trip_kinds(found.priced, route).tolist()
    of = (found.priced.graph, route.legs, route.arcs, kinds, amounts)
    return journey_of(*of), *journeys_by_mode(*of)


def _stops(journey: Journey) -> list[Row]:
    return [
        {
            "border_crossing_id": stop.border_crossing_id,
            "name": stop.name,
            "mode": stop.mode,
            **_triple("time_h", stop.time_h),
            **_triple("cost_usd", stop.cost_usd_per_t * CARGO_T),
        }
        for stop in journey.stops
    ]


def _corridor(route: Route, found: Found, amounts: Amounts, stays: Stays) -> Row:
    totals, asked = route.totals, found.asked
    assert totals is not None
    whole, *parts = journeys(route, found, amounts)
    spread = reliability(stays, route.arcs, totals.time_h)
    chain, _ = signature(route, asked.world.labels, found.priced.graph)
    crossed = {leg.border_crossing_id: leg.border_crossing for leg in route.legs}
    tonnes = asked.cargo.tonnes
    return {
        "route_id": route_id(route, asked.world.labels, asked.world.graph),
        "mode_chain": list(chain),
        "crossings": [crossed[stop.border_crossing_id] for stop in whole.stops],
        **_triple("time_h", whole.time_h),
        "p50_h": _round(spread.p50_h if spread else None),
        "p95_h": _round(spread.p95_h if spread else None),
        **_split(whole),
        **_triple("cost_usd_per_t", whole.cost_usd_per_t),
        "cost_usd": _round(totals.cost_usd_per_t * tonnes),
        "co2_kg_per_t": _round(totals.co2_kg_per_t),
        "co2_kg": _round(totals.co2_kg_per_t * tonnes),
        "distance_km": _round(totals.distance_km),
        "indicators": [row for part in (whole, *parts) for row in _indicators(part)],
        "stops": _stops(whole),
        "points": _points(route.legs, tonnes),
    }


def by_means(query: RouteQuery) -> RouteQuery:
    """Return the question without a time of departure: indicators are means over all times."""
    if query.depart is None:
        return query
    day = query.date or parse_departure(query.depart).date().isoformat()
    return replace(query, depart=None, crew=1, date=day)


def compare(
    session: Session, query: RouteQuery, clock: Callable[[], float] = time.perf_counter
) -> Row:
    """Return the corridors of a pair side by side, best first: those of the question's routes.

    Low and high are what the study's ranges allow where all its numbers are at their good or bad
    end at once; P50 and P95 are of seeded draws.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the question. No way is no error: there are no corridors then, and
        ``reason`` says why.
    """
    started = clock()
    found = found_of(session, by_means(query))
    asked, study = found.asked, session.study
    routes = [route for route in found.routes if route.found and route.arcs]
    corridors: list[Row] = []
    if routes:
        amounts = amounts_of(session, asked.world, asked.cargo, asked.date)
        stays = stays_on(session, asked.world, asked.date, asked.cargo.cargo)
        corridors = [_corridor(route, found, amounts, stays) for route in routes]
    passed = {(leg.mode, leg.country) for route in routes for leg in route.legs if leg.country}
    return {
        "study_hash": study.hash,
        "origin": place_item(study, asked.origin),
        "destination": place_item(study, asked.destination),
        "commodity": asked.cargo.class_id,
        "cargo": asked.cargo.cargo,
        "unit": asked.cargo.unit,
        "tonnes": asked.cargo.tonnes,
        "date": asked.date,
        "price_basis": f"constant US$ of {study.settings.price_year}",
        "reason_code": None if routes else found.routes[0].reason_code,
        "reason": None if routes else found.routes[0].reason,
        "facts": {} if routes else dict(found.routes[0].facts),
        "corridors": corridors,
        "observed": observed_rows(study, passed),
        "seconds": round(clock() - started, 3),
    }
