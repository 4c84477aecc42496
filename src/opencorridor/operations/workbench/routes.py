"""Routes between two places: the best one, and really different others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from opencorridor.operations.route import gather, iso_date
from opencorridor.operations.workbench.edits import Edit
from opencorridor.operations.workbench.graphs import World, plan_of, priced, world_of
from opencorridor.operations.workbench.lines import lines_of
from opencorridor.operations.workbench.places import names_of, place_item
from opencorridor.operations.workbench.route_items import mark_best, route_item, signature
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.api import approach_pricer
from opencorridor.routing.asking import Cargo, choose_cargo, end_of, find_elements
from opencorridor.routing.ends import Approach, End, Pricer
from opencorridor.routing.masks import Element, parse_modes
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.reliability import Stays, reliability, stays_of
from opencorridor.routing.routes import Route, Wanted, find_route
from opencorridor.routing.ruled import ruled
from opencorridor.study import Study
from opencorridor.study.places import Place, resolve

__all__ = ["Asked", "Found", "RouteQuery", "find", "search_routes"]

_LAND, _WATER = ("rail", "road"), ("sea", "inland_water")
# Crossings of the best route that are avoided one by one: few routes pass more.
_MOST_AVOIDED = 8


@dataclass(frozen=True, slots=True)
class RouteQuery:
    """What is asked; as :class:`opencorridor.operations.route.RouteRequest`, with changes.

    ``edits`` and ``measures`` change the study for this question; ``alternatives`` is how many
    other routes are wanted beside the best.
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

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> RouteQuery:
        """Return the question of a body as plain values; absent parts take their defaults."""
        plain: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in body.items()}
        plain["edits"] = tuple(Edit(**e) for e in plain.get("edits") or ())
        return cls(**plain)


@dataclass(frozen=True)
class Asked:
    """A question with its names resolved."""

    world: World
    cargo: Cargo
    date: str
    origin: Place
    destination: Place
    wanted: Wanted


def _asked(session: Session, query: RouteQuery) -> Asked:
    """Resolve all names of a question; everything that is wrong with it is raised at once."""
    pack = session.pack
    world, cargo, date, modes, avoid, no_transit, origin, destination = gather(
        (
            lambda: world_of(session, query.edits, query.measures),
            lambda: choose_cargo(
                pack.goods, pack.default, query.commodity, query.unit, query.tonnes
            ),
            lambda: iso_date(query.date) if query.date else pack.baseline_date,
            lambda: parse_modes(query.modes),
            lambda: find_elements(pack.places, pack.graph, pack.labels, query.avoid),
            lambda: tuple(resolve(pack.places, c, "country").id for c in query.no_transit),
            lambda: resolve(pack.places, query.origin),
            lambda: resolve(pack.places, query.destination),
        )
    )
    wanted = Wanted(cargo.cargo, modes, avoid, no_transit)
    return Asked(world, cargo, date, origin, destination, wanted)


class _Search:
    """Finds routes between the two places of a question."""

    def __init__(self, session: Session, asked: Asked) -> None:
        self.asked, self.world = asked, asked.world
        self.priced: PricedGraph = priced(session, asked.world, asked.cargo, asked.date)
        self._pricers: list[Pricer] = []

    def _approach(self, country: str, mode: str, km: float) -> Approach:
        # Rates are read only when coordinates are asked for.
        if not self._pricers:
            cargo = self.asked.cargo
            made = approach_pricer(self.world.study, cargo.class_id, cargo.cargo, self.asked.date)
            self._pricers.append(made)
        return self._pricers[0](country, mode, km)

    def _end(self, place: Place, modes: tuple[str, ...]) -> End:
        return end_of(place, self.priced.graph, self.world.labels, modes, self._approach)

    def __call__(self, wanted: Wanted, explain: bool = False) -> Route:
        ends = [self._end(p, wanted.modes) for p in (self.asked.origin, self.asked.destination)]
        return find_route(self.priced, self.world.labels, ends[0], ends[1], wanted, explain=explain)

    def borders(self, route: Route) -> list[Element]:
        """Border crossings of a route, those inside a union left out."""
        labels, graph = self.world.labels, self.world.graph
        found = []
        for crossing in dict.fromkeys(route.crossings):
            at = graph.place_index(crossing, "border_crossing")
            if labels.place_kind[at] != "union":
                found.append(Element("border_crossing", crossing, str(labels.place_name[at])))
        return found


def _others(search: _Search, wanted: Wanted, best: Route) -> Iterator[Wanted]:
    """Yield what to ask for ways unlike the best one.

    Other sets of modes; each border of the best route avoided in turn, then all of them.
    """
    water = tuple(m for m in _WATER if m in wanted.modes)
    sets: list[tuple[str, ...]] = [(land,) for land in _LAND if land in wanted.modes]
    sets += [(land, *water) for land in _LAND if land in wanted.modes and water]
    for modes in sets:
        if set(modes) != set(wanted.modes):
            yield replace(wanted, modes=modes)
    borders = search.borders(best)
    for element in borders[:_MOST_AVOIDED]:
        yield replace(wanted, avoid=(*wanted.avoid, element))
    if len(borders) > 1:
        yield replace(wanted, avoid=(*wanted.avoid, *borders))


def _routes(search: _Search, wanted: Wanted, alternatives: int) -> list[Route]:
    """Return the best route and the best of the others, by generalised cost."""
    best = search(wanted, explain=True)
    if not best.found or not alternatives:
        return [best]

    def mark(route: Route) -> tuple[Any, ...]:
        return signature(route, search.world.labels, search.world.graph)

    found = {mark(best): best}
    for other in _others(search, wanted, best):
        route = search(other)
        if route.found and (mark(route) not in found or _gc(route) < _gc(found[mark(route)])):
            found[mark(route)] = route
    return sorted(found.values(), key=_gc)[: alternatives + 1]


def _gc(route: Route) -> float:
    assert route.totals is not None
    return route.totals.gc_usd_per_t


@dataclass(frozen=True, eq=False)
class Found:
    """A question as it was understood, the priced network, and the routes on it, best first."""

    asked: Asked
    priced: PricedGraph
    routes: list[Route]


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
    wanted = ruled(
        asked.wanted, search.priced.graph, world.labels, world.study.tables, asked.cargo,
        asked.date, bool(query.date), trade,
    )  # fmt: skip
    return Found(asked, search.priced, _routes(search, wanted, query.alternatives))


def _stays(session: Session, asked: Asked) -> Stays:
    """Return what may vary on the arcs on a date; a change of the study may change it."""
    world, cargo = asked.world, asked.cargo.cargo
    key = world.key, asked.date, cargo

    def make() -> Stays:
        return stays_of(plan_of(session, world, asked.date), world.study, cargo)

    found: Stays = session.kept("stays", 6).get(key, make)
    return found


def _p95_h(stays: Stays, route: Route) -> float | None:
    """Return the hours that 19 of 20 trips keep to, None where no spread is known on the way."""
    if route.totals is None:
        return None
    spread = reliability(stays, route.arcs, route.totals.time_h)
    return spread.p95_h if spread else None


def _class_names(study: Study, class_id: str) -> dict[str, str]:
    table = study["commodity"]
    return names_of(table, int((table["class_id"] == class_id).nonzero()[0][0]))


def find(
    session: Session, query: RouteQuery, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Any]:
    """Find routes: the best by generalised cost, and really different ones beside it.

    Others are the best ways by rail or road alone or with ships, and those that avoid each border
    of the best route in turn, and all of them; routes with the same modes, borders (none inside a
    union) and terminals count as one.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the question. No way is no error: one route then says why, and
        what would open one.
    """
    started = clock()
    found = search_routes(session, query)
    asked, routes = found.asked, found.routes
    study, cargo, world = session.study, asked.cargo, asked.world
    lines = lines_of(study if world.graph is session.pack.graph else world.study)
    ends = asked.origin, asked.destination
    stays = _stays(session, asked)
    items = [
        route_item(r, world.graph, world.labels, lines, ends, cargo.tonnes, _p95_h(stays, r))
        for r in routes
    ]
    mark_best(items)
    return {
        "study_hash": study.hash,
        "origin": place_item(study, asked.origin),
        "destination": place_item(study, asked.destination),
        "commodity": cargo.class_id,
        "commodity_names": _class_names(study, cargo.class_id),
        "cargo": cargo.cargo,
        "unit": cargo.unit,
        "tonnes": cargo.tonnes,
        "date": asked.date,
        "date_given": bool(query.date),
        "modes": list(asked.wanted.modes),
        "avoid": [element.id for element in asked.wanted.avoid],
        "no_transit": list(asked.wanted.no_transit),
        "price_basis": f"constant US$ of {study.settings.price_year}",
        "routes": items,
        "seconds": round(clock() - started, 3),
    }
