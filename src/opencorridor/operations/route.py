"""The best route of a pair, or of many pairs: request to result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from opencorridor.operations.checked import at_least_one, gather, iso_date
from opencorridor.operations.pack import Pack, open_pack
from opencorridor.operations.route_result import RouteRequest, RouteResult
from opencorridor.operations.tariffs import insurance, leg_tariffs, notes
from opencorridor.routing.asking import (
    MAX_ROUTES,
    NO_NEEDS,
    Cargo,
    Needs,
    choose_cargo,
    end_of,
    find_elements,
)
from opencorridor.routing.masks import parse_modes
from opencorridor.routing.papers import documents_on
from opencorridor.routing.reliability import SEED, Reliability, reliability
from opencorridor.routing.routes import Route, Wanted, find_route, trip_kinds
from opencorridor.routing.ruled import ruled, rules_of
from opencorridor.routing.rules import Permit, permits_on
from opencorridor.study.places import Place, resolve

if TYPE_CHECKING:
    from opencorridor.routing.clock import Clock, Schedule
    from opencorridor.routing.priced import PricedGraph
    from opencorridor.study import Study, Table

__all__ = ["RouteRequest", "RouteResult", "find", "routes"]


def find(request: RouteRequest, progress: Callable[[str], None] | None = None) -> RouteResult:
    """Find one route; ``progress`` is told what takes long.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the request, or with the study, at once.
    """
    pack = open_pack(request.study, progress)
    cargo, departs, date, modes, avoid, no_transit, vehicle, origin, destination, count = gather(
        (
            lambda: choose_cargo(
                pack.goods,
                pack.default,
                request.commodity,
                request.unit,
                request.tonnes,
                needs=request.needs,
            ),
            lambda: _departure(request.depart),
            lambda: iso_date(request.at) if request.at else "",
            lambda: parse_modes(request.modes),
            lambda: find_elements(pack.places, pack.graph, pack.labels, request.avoid),
            lambda: tuple(resolve(pack.places, c, "country").id for c in request.no_transit),
            lambda: _vehicle(pack, request.vehicle),
            lambda: resolve(pack.places, request.origin),
            lambda: resolve(pack.places, request.destination),
            lambda: at_least_one(request.max_routes),
        )
    )
    given = bool(date) or departs is not None
    date = date or (departs.date().isoformat() if departs else pack.baseline_date)
    wanted = Wanted(cargo.cargo, modes, avoid, no_transit)
    trip = Trip(departs, request.crew, vehicle)
    more = count if request.pareto else 0
    return answer(
        pack, cargo, date, given, wanted, origin, destination,
        trip=trip, seed=request.seed, max_routes=more,
    )  # fmt: skip


def _departure(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    from opencorridor.operations.depart import parse_departure

    return parse_departure(text)


def _vehicle(pack: Pack, text: str | None) -> str:
    return resolve(pack.places, text, "country").id if text else ""


@dataclass(frozen=True)
class Trip:
    """When it starts and who drives: departure (or None), crew, country of registration."""

    departs: dt.datetime | None = None
    crew: int = 1
    vehicle: str = ""


def answer(
    pack: Pack,
    cargo: Cargo,
    date: str,
    date_given: bool,
    wanted: Wanted,
    origin: Place,
    destination: Place,
    explain: bool = True,
    trip: Trip | None = None,
    seed: int = SEED,
    max_routes: int = 0,
) -> RouteResult:
    """Find the route of resolved places, and beside it up to so many that no other beats."""
    trip = trip or Trip()
    priced = pack.priced(cargo.class_id, cargo.cargo, date)
    pricer = pack.pricer(cargo.class_id, cargo.cargo, date)
    graph, labels = priced.graph, pack.labels
    trade = origin.country, destination.country
    rules = rules_of(graph, labels.rows, pack.tables, cargo, date, date_given, trip.vehicle)
    wanted = ruled(wanted, rules, trade)

    def find(asked: Wanted, cost: Any = None, explain: bool = False) -> Route:
        a = end_of(origin, graph, labels, asked.modes, pricer)
        b = end_of(destination, graph, labels, asked.modes, pricer, arriving=True)
        return find_route(priced, labels, a, b, asked, explain=explain, cost=cost)

    route = find(wanted, explain=explain)
    schedules: tuple[Schedule, ...] = ()
    clock = None
    if trip.departs is not None and route.found:
        from opencorridor.operations.depart import by_clock
        from opencorridor.routing.clock import Clock

        clock = Clock(graph, labels, pack.tables, pack.hours(cargo.cargo, date), trip.crew)
        route, schedules = by_clock(clock, priced, labels, trip.departs, wanted, find, route)
    spread = partial(_spread, pack, cargo, date, seed, clock, trip.departs)
    listed = None
    if max_routes and route.found:
        from opencorridor.operations.alternatives import alternatives_of

        both = route.origin, route.destination
        listed = alternatives_of(pack, cargo, date, both, wanted, max_routes, spread)
    return RouteResult(
        study_id=pack.study_id,
        study_hash=pack.study_hash,
        price_year=pack.price_year,
        date=date,
        date_given=date_given,
        origin=origin,
        destination=destination,
        cargo=cargo,
        modes=wanted.modes,
        avoid=tuple(element.id for element in wanted.avoid),
        no_transit=wanted.no_transit,
        route=route,
        permits=permits_along(pack.tables, priced, route, trip.vehicle, date),
        schedules=schedules,
        documents_needed=documents_on(
            pack.tables["document"], route.legs, cargo, date, trade, (origin.name, destination.name)
        ),
        leg_tariffs=leg_tariffs(pack, priced, route),
        notes=notes(pack, priced, route, cargo, date),
        insurance_usd_per_t=insurance(pack, cargo),
        payload_t=payload_t(pack, cargo),
        reliability=spread(route),
        alternatives=listed,
        listed_tariffs=tuple(
            leg_tariffs(pack, priced, item.route) for item in (listed.routes if listed else ())
        ),
    )


def _spread(
    pack: Pack,
    cargo: Cargo,
    date: str,
    seed: int,
    clock: Clock | None,
    departs: dt.datetime | None,
    route: Route,
) -> Reliability | None:
    """Draw the hours of a route, by the clock where its departure is known."""
    if route.totals is None:
        return None
    stays = pack.stays(cargo.cargo, date)
    if clock is None or departs is None:
        return reliability(stays, route.arcs, route.totals.time_h, seed=seed)
    from opencorridor.routing.clock_draws import clock_reliability

    return clock_reliability(clock, stays, route, departs, seed=seed)


def permits_along(
    tables: Mapping[str, Table], priced: PricedGraph, route: Route, vehicle: str, date: str
) -> tuple[Permit, ...]:
    """Return the permits that a truck needs on a route."""
    if not route.arcs or not tables["permit"].n:
        return ()
    arcs = np.array(route.arcs, np.int64)
    kinds = trip_kinds(priced, route)
    return permits_on(priced.graph, tables, arcs, kinds, vehicle, date)


def payload_t(pack: Pack, cargo: Cargo) -> float:
    """Return the tonnes that one unit of the cargo carries."""
    if cargo.unit == "t":
        return 1.0
    return float(str(pack.goods.find(cargo.class_id)[f"payload_t_per_{cargo.unit}"]))


def routes(
    study: str | Path | Study,
    origin: str,
    destination: str,
    *,
    commodity: str | None = None,
    unit: str | None = None,
    tonnes: float | None = None,
    at: str | None = None,
    modes: Iterable[str] = (),
    avoid: Iterable[str] = (),
    no_transit: Iterable[str] = (),
    depart: str | None = None,
    crew: int = 1,
    vehicle: str | None = None,
    needs: Needs = NO_NEEDS,
    pareto: bool = False,
    max_routes: int = MAX_ROUTES,
    seed: int = SEED,
) -> RouteResult:
    """Find the best route between two places: ``find`` without a request object.

    With ``pareto`` also the routes that no other beats in hours, money and CO2e together, of them
    at most ``max_routes``, in ``alternatives``.
    """
    return find(
        RouteRequest(
            origin,
            destination,
            study,
            commodity,
            unit,
            tonnes,
            at,
            tuple(modes),
            tuple(avoid),
            tuple(no_transit),
            depart,
            crew,
            vehicle,
            needs,
            pareto,
            max_routes,
            seed,
        )
    )
