"""Routes between two places: some of all that no other route beats, and the best one."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.operations.checked import gather, iso_date
from opencorridor.operations.depart import parse_departure
from opencorridor.operations.route import permits_along
from opencorridor.operations.workbench.edits import Edit
from opencorridor.operations.workbench.fronts import Listed, Listing, list_routes, stays_on
from opencorridor.operations.workbench.graphs import World, priced, world_of
from opencorridor.operations.workbench.lines import lines_of
from opencorridor.operations.workbench.places import names_of, place_item
from opencorridor.operations.workbench.route_items import front_item, mark_best, route_item
from opencorridor.operations.workbench.session import Session
from opencorridor.operations.workbench.timed import timed
from opencorridor.routing.api import approach_pricer
from opencorridor.routing.asking import Cargo, Needs, choose_cargo, end_of, find_elements
from opencorridor.routing.ends import Approach, End, Pricer
from opencorridor.routing.masks import parse_modes
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.reliability import DRAWS, SEED
from opencorridor.routing.routes import Route, Wanted, find_route
from opencorridor.routing.ruled import ruled, rules_of
from opencorridor.routing.rules import Permit
from opencorridor.study import Study
from opencorridor.study.places import Place, resolve

__all__ = [
    "Asked",
    "Found",
    "RouteQuery",
    "class_names",
    "find",
    "found_of",
    "frozen",
    "lazy_pricer",
    "permits_of",
    "search_routes",
]

Floats = npt.NDArray[np.float64]


def frozen(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a question as values that do not change, edits among them."""
    plain: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in body.items()}
    plain["edits"] = tuple(Edit(**e) for e in plain.get("edits") or ())
    return plain


def lazy_pricer(study: Study, cargo: Cargo, date: str) -> Pricer:
    """Return the pricer of ways from coordinates; rates are read when the first is asked for."""
    made = cache(lambda: approach_pricer(study, cargo.class_id, cargo.cargo, date))

    def price(country: str, mode: str, km: float) -> Approach:
        return made()(country, mode, km)

    return price


@dataclass(frozen=True, slots=True)
class RouteQuery:
    """What is asked; as :class:`opencorridor.operations.route.RouteRequest`, with changes.

    ``edits`` and ``measures`` change the study for this question; ``alternatives`` is how many
    other routes are wanted beside the best, ``point`` the name of a point of the front whose route
    is wanted too. ``dangerous``, ``temperature``, ``container_type`` and ``t_per_unit`` are the
    needs of the cargo (:class:`opencorridor.routing.asking.Needs`).
    """

    origin: str
    destination: str
    commodity: str | None = None
    unit: str | None = None
    tonnes: float | None = None
    date: str | None = None
    modes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    no_transit: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    measures: tuple[str, ...] = ()
    alternatives: int = 3
    depart: str | None = None
    crew: int = 1
    vehicle: str | None = None
    dangerous: str | None = None
    temperature: bool = False
    container_type: str | None = None
    t_per_unit: float | None = None
    point: str | None = None

    @property
    def needs(self) -> Needs:
        """What the cargo asks of the way."""
        return Needs(
            self.dangerous or "", self.temperature, self.container_type or "", self.t_per_unit
        )

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> RouteQuery:
        """Return the question of a body as plain values; absent parts take their defaults."""
        return cls(**frozen(body))


@dataclass(frozen=True)
class Asked:
    """A question with its names resolved; ``vehicle`` is a country id, or blank."""

    world: World
    cargo: Cargo
    date: str
    origin: Place
    destination: Place
    wanted: Wanted
    departs: dt.datetime | None = None
    vehicle: str = ""


def _asked(session: Session, query: RouteQuery) -> Asked:
    """Resolve all names of a question; everything that is wrong with it is raised at once."""
    pack = session.pack
    world, cargo, departs, date, modes, avoid, no_transit, vehicle, origin, destination = gather(
        (
            lambda: world_of(session, query.edits, query.measures),
            lambda: choose_cargo(
                pack.goods, pack.default, query.commodity, query.unit, query.tonnes,
                needs=query.needs,
            ),
            lambda: parse_departure(query.depart) if query.depart else None,
            lambda: iso_date(query.date) if query.date else "",
            lambda: parse_modes(query.modes),
            lambda: find_elements(pack.places, pack.graph, pack.labels, query.avoid),
            lambda: tuple(resolve(pack.places, c, "country").id for c in query.no_transit),
            lambda: resolve(pack.places, query.vehicle, "country").id if query.vehicle else "",
            lambda: resolve(pack.places, query.origin),
            lambda: resolve(pack.places, query.destination),
        )
    )  # fmt: skip
    date = date or (departs.date().isoformat() if departs else pack.baseline_date)
    wanted = Wanted(cargo.cargo, modes, avoid, no_transit)
    return Asked(world, cargo, date, origin, destination, wanted, departs, vehicle)


class _Search:
    """Finds routes between the two places of a question."""

    def __init__(self, session: Session, asked: Asked) -> None:
        self.asked, self.world = asked, asked.world
        self.priced: PricedGraph = priced(session, asked.world, asked.cargo, asked.date)
        self._approach = lazy_pricer(asked.world.study, asked.cargo, asked.date)

    def _end(self, place: Place, modes: tuple[str, ...], arriving: bool = False) -> End:
        graph, labels = self.priced.graph, self.world.labels
        return end_of(place, graph, labels, modes, self._approach, arriving=arriving)

    def __call__(
        self, wanted: Wanted, cost: Floats | None = None, *, explain: bool = False
    ) -> Route:
        start = self._end(self.asked.origin, wanted.modes)
        end = self._end(self.asked.destination, wanted.modes, arriving=True)
        labels = self.world.labels
        return find_route(self.priced, labels, start, end, wanted, explain=explain, cost=cost)


@dataclass(frozen=True, eq=False)
class Found:
    """A question as it was understood, the priced network, and the routes on it, best first.

    ``wanted`` holds what the study's rules forbid to the cargo and truck, too.
    """

    asked: Asked
    priced: PricedGraph
    wanted: Wanted
    listing: Listing

    @property
    def routes(self) -> list[Route]:
        """The routes, best first."""
        return [item.route for item in self.listing.listed]


def search_routes(session: Session, query: RouteQuery) -> Found:
    """Find routes with their arcs; what :func:`find` tells of them.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the question.
    """
    asked = _asked(session, query)
    search = _Search(session, asked)
    world, trade = asked.world, (asked.origin.country, asked.destination.country)
    rules = rules_of(
        search.priced.graph, world.labels.rows, world.study.tables, asked.cargo,
        asked.date, bool(query.date or query.depart), asked.vehicle,
    )  # fmt: skip
    wanted = ruled(asked.wanted, rules, trade)
    best = search(wanted, explain=True)
    stays = stays_on(session, world, asked.date, asked.cargo.cargo)
    count = query.alternatives + 1 if query.alternatives else 0
    listing = list_routes(
        search.priced, world.labels, stays, best, wanted, count, query.point or ""
    )
    if asked.departs is not None and best.found:
        listed = timed(
            session, world, search.priced, asked.date, asked.departs, query.crew, wanted, search,
            listing.listed, stays, search=bool(query.alternatives),
        )  # fmt: skip
        listing = Listing(tuple(listed), listing.front, listing.too_large)
    return Found(asked, search.priced, wanted, listing)


def found_of(session: Session, query: RouteQuery) -> Found:
    """Return the routes of a question, those found a moment ago where it was asked already.

    A page asks for routes, then for their corridors, quotation and where the numbers come from.
    """
    made: Found = session.kept("routes_found", 8).get(query, lambda: search_routes(session, query))
    return made


def permits_of(found: Found, route: Route) -> tuple[Permit, ...]:
    """Return the permits that a truck needs on a route."""
    asked = found.asked
    tables = asked.world.study.tables
    return permits_along(tables, found.priced, route, asked.vehicle, asked.date)


def _items(session: Session, found: Found) -> list[dict[str, Any]]:
    asked, study = found.asked, session.study
    world, ends = asked.world, (asked.origin, asked.destination)
    lines = lines_of(study if world.graph is session.pack.graph else world.study)

    def item(one: Listed) -> dict[str, Any]:
        permits = [asdict(permit) for permit in permits_of(found, one.route)]
        return {
            **route_item(one, world.graph, world.labels, lines, ends, asked.cargo),
            "permits": permits,
        }

    items = [item(one) for one in found.listing.listed]
    mark_best(items, found.listing.front)
    return items


def class_names(study: Study, class_id: str) -> dict[str, str]:
    """Return the names of a class of goods by language."""
    table = study["commodity"]
    return names_of(table, int((table["class_id"] == class_id).nonzero()[0][0]))


def find(
    session: Session, query: RouteQuery, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Any]:
    """Find routes: some of the exact set that no other beats, and the best by generalised cost.

    No other beats means: in hours, US$ and kg CO2e per tonne at once (means, whatever the time of
    departure). With a departure every route is timed by the clock, and the way that arrives first
    is listed too.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the question. No way is no error: one route then says why, and
        what would open one.
    """
    started = clock()
    found = found_of(session, query)
    asked, listing = found.asked, found.listing
    study, cargo = session.study, asked.cargo
    items = _items(session, found)
    return {
        "study_hash": study.hash,
        "origin": place_item(study, asked.origin),
        "destination": place_item(study, asked.destination),
        "commodity": cargo.class_id,
        "commodity_names": class_names(study, cargo.class_id),
        "cargo": cargo.cargo,
        "unit": cargo.unit,
        "tonnes": cargo.tonnes,
        "needs": asdict(cargo.needs),
        "date": asked.date,
        "date_given": bool(query.date or query.depart),
        "depart": asked.departs.isoformat(timespec="minutes") if asked.departs else None,
        "crew": query.crew,
        "vehicle": asked.vehicle or None,
        "modes": list(asked.wanted.modes),
        "avoid": [element.id for element in asked.wanted.avoid],
        "no_transit": list(asked.wanted.no_transit),
        "rules": [ban.name for ban in found.wanted.bans if ban.bits.any()],
        "price_basis": f"constant US$ of {study.settings.price_year}",
        "seed": SEED,
        "draws": DRAWS,
        "front": front_item(listing, items),
        "front_problem": listing.too_large or None,
        "routes": items,
        "seconds": round(clock() - started, 3),
    }
