"""How far from here: hours, dollars and CO2e from one place to every zone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from opencorridor.operations.checked import gather, iso_date
from opencorridor.operations.workbench.edits import Edit
from opencorridor.operations.workbench.graphs import World, priced, world_of
from opencorridor.operations.workbench.places import names_of, place_item
from opencorridor.operations.workbench.routes import (
    RouteQuery,
    class_names,
    frozen,
    lazy_pricer,
)
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.asking import Cargo, Needs, choose_cargo, end_of, find_elements
from opencorridor.routing.masks import parse_modes
from opencorridor.routing.reach import COLUMNS, REASONS, Reach, reach
from opencorridor.routing.routes import Wanted
from opencorridor.routing.ruled import ruled, rules_of
from opencorridor.study.places import Place, resolve

__all__ = ["ReachQuery", "find", "query_of_zone"]

_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class ReachQuery:
    """What is asked: a place and, as for a route, cargo, date, limits and changes."""

    origin: str
    commodity: str | None = None
    unit: str | None = None
    date: str | None = None
    modes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    no_transit: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    measures: tuple[str, ...] = ()
    vehicle: str | None = None
    dangerous: str | None = None
    temperature: bool = False
    container_type: str | None = None
    t_per_unit: float | None = None

    @property
    def needs(self) -> Needs:
        """What the cargo asks of the way."""
        return Needs(
            self.dangerous or "", self.temperature, self.container_type or "", self.t_per_unit
        )

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> ReachQuery:
        """Return the question of a body as plain values; absent parts take their defaults."""
        return cls(**frozen(body))


def query_of_zone(query: ReachQuery, zone_id: str) -> RouteQuery:
    """Return the question for the one route to a zone, whose numbers those of the map are."""
    shared = {name: getattr(query, name) for name in query.__slots__}
    return RouteQuery(destination=f"zone:{zone_id}", alternatives=0, **shared)


@dataclass(frozen=True)
class _Asked:
    world: World
    cargo: Cargo
    date: str
    origin: Place
    wanted: Wanted
    vehicle: str


def _asked(session: Session, query: ReachQuery) -> _Asked:
    """Resolve all names of a question; everything that is wrong with it is raised at once."""
    pack = session.pack
    world, cargo, date, modes, avoid, no_transit, vehicle, origin = gather(
        (
            lambda: world_of(session, query.edits, query.measures),
            lambda: choose_cargo(
                pack.goods, pack.default, query.commodity, query.unit, None, needs=query.needs
            ),
            lambda: iso_date(query.date) if query.date else pack.baseline_date,
            lambda: parse_modes(query.modes),
            lambda: find_elements(pack.places, pack.graph, pack.labels, query.avoid),
            lambda: tuple(resolve(pack.places, c, "country").id for c in query.no_transit),
            lambda: resolve(pack.places, query.vehicle, "country").id if query.vehicle else "",
            lambda: resolve(pack.places, query.origin),
        )
    )
    wanted = Wanted(cargo.cargo, modes, avoid, no_transit)
    return _Asked(world, cargo, date, origin, wanted, vehicle)


def _questions(asked: _Asked, graph: Any, given: bool) -> Iterator[tuple[str, Wanted]]:
    """Yield what rules leave to all zones (country blank), then to a country that a rule names."""
    tables = asked.world.study.tables
    rules = rules_of(
        graph, asked.world.labels.rows, tables, asked.cargo, asked.date, given, asked.vehicle
    )
    named = sorted({one.importer for one in rules.trade if one.importer})
    plain: Wanted | None = None
    for country in ("", *named):
        wanted = ruled(asked.wanted, rules, (asked.origin.country, country))
        if plain is None or len(wanted.bans) > len(plain.bans):
            yield country, wanted
        plain = plain or wanted


def _search(session: Session, query: ReachQuery, asked: _Asked) -> Reach:
    world, cargo = asked.world, asked.cargo
    network = priced(session, world, cargo, asked.date)

    approach = lazy_pricer(world.study, cargo, asked.date)
    graph = network.graph
    end = end_of(asked.origin, graph, world.labels, asked.wanted.modes, approach)
    values = np.full((len(graph.zone_id), len(COLUMNS)), np.nan)
    reason = np.full(len(graph.zone_id), "", "<U10")
    of = np.array([*graph.countries, ""])[graph.node_country[graph.zone_node]]
    for country, wanted in _questions(asked, graph, bool(query.date)):
        found = reach(network, world.labels, end, wanted)
        mine = (of == country) | (country == "")
        values[mine], reason[mine] = found.values[mine], found.reason[mine]
    return Reach(values, reason)


def _rows(session: Session, graph: Any, found: Reach) -> list[dict[str, Any]]:
    table = session.study["zone"]
    at = {str(zone): row for row, zone in enumerate(table["zone_id"].tolist())}
    rows = []
    for z, zone in enumerate(graph.zone_id.tolist()):
        row = at[str(zone)]
        numbers = {
            name: round(float(value), _DECIMALS) if np.isfinite(value) else None
            for name, value in zip(COLUMNS, found.values[z], strict=True)
        }
        rows.append(
            {
                "zone_id": str(zone),
                "names": names_of(table, row),
                "country_id": str(table["country_id"][row]),
                "lon": round(float(table["lon"][row]), _DECIMALS),
                "lat": round(float(table["lat"][row]), _DECIMALS),
                **numbers,
                "reason": str(found.reason[z]) or None,
            }
        )
    return rows


def find(
    session: Session, query: ReachQuery, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Any]:
    """Return what it takes from a place to every zone: the numbers of the best route to each.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the question. A zone without a way is no error: it has a reason.
    """
    started = clock()
    asked = _asked(session, query)
    study = session.study
    rows = _rows(session, asked.world.graph, _search(session, query, asked))
    told = {row["reason"] for row in rows if row["reason"]}
    return {
        "study_hash": study.hash,
        "origin": place_item(study, asked.origin),
        "commodity": asked.cargo.class_id,
        "commodity_names": class_names(study, asked.cargo.class_id),
        "cargo": asked.cargo.cargo,
        "unit": asked.cargo.unit,
        "date": asked.date,
        "price_basis": f"constant US$ of {study.settings.price_year}",
        "zones": rows,
        "reached": sum(row["reason"] is None for row in rows),
        "reasons": {code: text for code, text in REASONS.items() if code in told},
        "seconds": round(clock() - started, 3),
    }
