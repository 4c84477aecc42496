"""The best route of a pair, or of many pairs: request to result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from opencorridor.operations.alternatives import Alternatives, alternatives_of
from opencorridor.operations.pack import Pack, open_pack
from opencorridor.operations.route_values import (
    figures,
    listed_values,
    place_values,
    rounded,
    tell_tariffs,
)
from opencorridor.operations.tariffs import insurance, leg_tariffs, notes
from opencorridor.routing.asking import (
    NO_NEEDS,
    Cargo,
    Needs,
    choose_cargo,
    end_of,
    find_elements,
)
from opencorridor.routing.choices import MAX_ROUTES
from opencorridor.routing.masks import parse_modes
from opencorridor.routing.papers import NeededDocument, documents_on
from opencorridor.routing.reliability import SEED, Reliability, reliability
from opencorridor.routing.routes import Route, Wanted, find_route, trip_kinds
from opencorridor.routing.ruled import ruled, rules_of
from opencorridor.routing.rules import Permit, permits_on
from opencorridor.routing.tariffs import RowTariff
from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.study.places import Place, resolve

if TYPE_CHECKING:
    from opencorridor.routing.clock import Clock, Schedule
    from opencorridor.routing.priced import PricedGraph
    from opencorridor.study import Study, Table

__all__ = ["RouteRequest", "RouteResult", "find", "routes"]

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class RouteRequest:
    """What is asked.

    Attributes
    ----------
    origin, destination
        Places in any recorded spelling, or ``lat,lon``.
    study
        Name, folder or study.
    commodity, unit, tonnes
        Cargo; by default the study's.
    at
        ISO date; by default the study's ``baseline_date``.
    modes, avoid, no_transit
        See :class:`opencorridor.routing.routes.Wanted`.
    depart
        ISO 8601 time with its UTC offset: the route follows the clock, and the way that arrives
        first is answered. Its day is the date unless ``at`` is given.
    crew
        Drivers in a truck, 1 or 2.
    vehicle
        Country in which a truck is registered, for permits and bans.
    needs
        Dangerous goods, temperature, type of container, weight of a unit.
    pareto, max_routes
        Whether to list further routes that no other beats, and at most how many in all.
    seed
        Of the draws of ``p50_h`` and ``p95_h``.
    """

    origin: str
    destination: str
    study: str | Path | Study = "iran_kazakhstan"
    commodity: str | None = None
    unit: str | None = None
    tonnes: float | None = None
    at: str | None = None
    modes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    no_transit: tuple[str, ...] = ()
    depart: str | None = None
    crew: int = 1
    vehicle: str | None = None
    needs: Needs = NO_NEEDS
    pareto: bool = False
    max_routes: int = MAX_ROUTES
    seed: int = SEED


@dataclass(frozen=True)
class RouteResult:
    """What is answered; ``as_dict`` is the stable JSON form.

    ``reliability`` is None where no spread of any part is known, ``alternatives`` where they were
    not asked for. ``documents_needed`` follow the order of use.
    """

    study_id: str
    study_hash: str
    price_year: int
    date: str
    date_given: bool
    origin: Place
    destination: Place
    cargo: Cargo
    modes: tuple[str, ...]
    avoid: tuple[str, ...]
    no_transit: tuple[str, ...]
    route: Route
    payload_t: float
    permits: tuple[Permit, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    leg_tariffs: tuple[tuple[RowTariff, ...], ...] = ()
    documents_needed: tuple[NeededDocument, ...] = ()
    notes: tuple[str, ...] = ()
    insurance_usd_per_t: float = 0.0
    reliability: Reliability | None = None
    alternatives: Alternatives | None = None
    listed_tariffs: tuple[tuple[tuple[RowTariff, ...], ...], ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is a route."""
        return self.route.found

    def arrives(self, which: str) -> dt.datetime | None:
        """Return when half (``p50``) or 19 of 20 (``p95``) have arrived, of a known departure."""
        hours = getattr(self.reliability, f"{which}_h") if self.reliability else None
        if hours is None or not self.schedules:
            return None
        return self.schedules[0].departs + dt.timedelta(hours=hours)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: stable field names, units in names, null where there is none."""
        route, tonnes = self.route, self.cargo.tonnes
        values: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "study": self.study_id,
            "study_hash": self.study_hash,
            "from": place_values(self.origin),
            "to": place_values(self.destination),
            "commodity": self.cargo.class_id,
            "commodity_name": self.cargo.name,
            "cargo": self.cargo.cargo,
            "unit": self.cargo.unit,
            "tonnes": tonnes,
            "needs": asdict(self.cargo.needs),
            "date": self.date,
            "date_given": self.date_given,
            "modes": list(self.modes),
            "avoid": list(self.avoid),
            "no_transit": list(self.no_transit),
            "price_basis": f"constant US$ of {self.price_year}",
            "found": route.found,
            "reason_code": route.reason_code or None,
            "reason": route.reason or None,
            "opens_with": [
                {
                    "parts": [{"name": name, "why": why} for name, why in way.parts],
                    "distance_km": way.distance_km,
                }
                for way in route.opens_with
            ],
        }
        values |= figures(route, self.reliability, tonnes, self.payload_t)
        tell_tariffs(values["legs"], self.leg_tariffs)
        values["notes"] = list(self.notes)
        values["insurance_usd_per_t"] = rounded(self.insurance_usd_per_t or None)
        values["permits"] = [asdict(permit) for permit in self.permits]
        values["documents_needed"] = [asdict(one) for one in self.documents_needed]
        if self.schedules:
            from opencorridor.operations.depart import schedule_dict

            values["schedules"] = [schedule_dict(one) for one in self.schedules]
            for name in ("p50", "p95"):
                at = self.arrives(name)
                values[f"{name}_arrives"] = at.isoformat(timespec="minutes") if at else None
        if self.alternatives is not None:
            values["pareto"] = {
                "criteria": list(self.alternatives.criteria),
                "front_size": self.alternatives.front_size,
                "max_shared_share": self.alternatives.max_shared_share,
                "holds_best": self.alternatives.holds(route),
            }
            values["routes"] = [
                listed_values(item, tonnes, self.payload_t) for item in self.alternatives.routes
            ]
            for listed, named in zip(values["routes"], self.listed_tariffs, strict=True):
                tell_tariffs(listed["legs"], named)
        return values


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


def _count(max_routes: int) -> int:
    if max_routes >= 1:
        return max_routes
    problem = Problem(
        code="out_of_range",
        message=f"--max-routes is {max_routes}",
        value=str(max_routes),
        expected="1 or more",
    )
    raise OpenCorridorError([problem])


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
            lambda: _count(request.max_routes),
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
