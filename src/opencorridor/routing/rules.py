"""Rules that forbid a cargo, or a truck, some arcs; and permits that a truck needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import BORDER, MODES, TRANSSHIPMENT, Graph
from opencorridor.network.opening import out_of_season
from opencorridor.routing.asking import Cargo
from opencorridor.routing.labels import Rows
from opencorridor.routing.masks import Shut
from opencorridor.study import Table

__all__ = [
    "CLOCK_TABLES",
    "TABLES",
    "Ban",
    "Permit",
    "TradeBan",
    "bans_of",
    "dangerous",
    "holds_on",
    "permits_on",
    "season_shut",
    "without",
]

Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]
Strings = npt.NDArray[Any]
TABLES = ("cargo_rule", "permit")
CLOCK_TABLES = ("opening_hours", "holiday", "departure", "timetable", "driving_rule")
TRANSIT, IMPORT_EXPORT = 1, 2
_ALL = 7


@dataclass(frozen=True, eq=False)
class Ban:
    """A rule that forbids arcs to what is sent.

    Attributes
    ----------
    kind
        ``cargo`` or ``permit``.
    name
        What forbids it, with the document.
    bits
        uint8[A]: presence bits by flow kind that it takes away.
    """

    kind: str
    name: str
    bits: Bits


@dataclass(frozen=True, eq=False)
class TradeBan:
    """A rule that forbids arcs to goods of one country to another.

    Attributes
    ----------
    exporter, importer
        Country ids; blank: any.
    ban
        What it forbids.
    """

    exporter: str
    importer: str
    ban: Ban

    def concerns(self, origin: str, destination: str) -> bool:
        """Return whether it holds for trips between two countries."""
        return self.exporter in ("", origin) and self.importer in ("", destination)


@dataclass(frozen=True, slots=True)
class Permit:
    """A permit that a truck needs on a route."""

    permit_id: str
    country: str
    rule: str
    per_year: float | None
    reason: str
    document_no: str


def without(present: Bits, bans: Iterable[Ban]) -> Bits:
    """Return presence bits less what bans take away."""
    for ban in bans:
        present = present & ~ban.bits
    return present


def holds_on(row: dict[str, Any], date: str) -> bool:
    """Return whether a row holds on an ISO date."""
    start, end = row["valid_from"], row["valid_to"]
    return (not start or start <= date) and (not end or date <= end)


def _said(row: dict[str, Any]) -> str:
    until = f", to {row['valid_to']}" if row["valid_to"] else ""
    document = f" ({row['document_no']}{until})" if row["document_no"] or until else ""
    return f"{row['reason']}{document.replace('(, ', '(')}"


def dangerous(rule: str, asked: str) -> bool:
    """Return whether a class of dangerous goods (4.1) falls under a rule's classes (4;any)."""
    words = [word.strip() for word in rule.split(";") if word.strip()]
    return bool(asked) and any(
        word == "any" or word == asked or asked.startswith(f"{word}.") for word in words
    )


def _bites(row: dict[str, Any], cargo: Cargo) -> bool:
    """Return whether a cargo meets every condition of a cargo rule."""
    needs = cargo.needs
    most = float(row["max_t_per_unit"])
    types = [t.strip() for t in row["container_types"].split(";") if t.strip()]
    return (
        row["cargo"] in ("", cargo.cargo)
        and (not row["class_ids"] or cargo.class_id in row["class_ids"].split(";"))
        and (not row["dangerous_classes"] or dangerous(row["dangerous_classes"], needs.dangerous))
        and (row["temperature"] != "1" or needs.temperature)
        and (not types or needs.container_type in types)
        and (most != most or cargo.t_per_unit > most)
    )


def _where(graph: Graph, rows: Rows, row: dict[str, Any]) -> Bools:
    """Return the arcs that a cargo rule is about."""
    names = row["place_ids"].split(";")
    kind = row["place_kind"]
    if kind == "everywhere":
        mask = np.ones(graph.n_arcs, bool)
    elif kind == "country":
        mask = np.isin(graph.country, [graph.country_index(name) for name in names])
    elif kind == "link":
        links = graph.kind <= BORDER
        mask = links & np.isin(rows.link_id, names)[np.where(links, graph.ref, 0)]
    else:
        mask = np.isin(graph.place, [graph.place_index(name, kind) for name in names])
    if row["mode"]:
        mask = mask & (graph.mode == MODES.index(row["mode"]))
    if row["method"]:
        over = graph.kind == TRANSSHIPMENT
        mine = np.asarray(rows.over_method == row["method"])
        mask = mask & over & np.append(mine, False)[np.where(over, graph.ref, -1)]
    return np.asarray(mask)


def _permit_bits(row: dict[str, Any]) -> int:
    return {
        "transit": TRANSIT,
        "bilateral": IMPORT_EXPORT,
        "third_country": IMPORT_EXPORT,
        "any": TRANSIT | IMPORT_EXPORT,
    }[row["trip"]]


def _foreign(graph: Graph, row: dict[str, Any], vehicle: str) -> Bools | None:
    """Return the road arcs on which a permit row holds for a truck, or None.

    Without a vehicle only rows for trucks of any other country hold.
    """
    if row["registered_in"] not in ("", vehicle) or vehicle == row["country_id"]:
        return None
    road = (graph.mode == MODES.index("road")) & (graph.kind <= BORDER)
    return np.asarray(road & (graph.country == graph.country_index(row["country_id"])))


def season_shut(graph: Graph, link_id: Strings, timetable: Table, date: str) -> tuple[Shut, ...]:
    """Return the links whose services are out of season on an ISO date, and when they run."""
    links = graph.kind <= BORDER
    gone = out_of_season(timetable, link_id, date)
    shut = []
    for row in timetable.rows() if gone.any() else ():
        mine = gone & np.isin(link_id, row["link_ids"].split(";"))
        if mine.any() and row["season_from"]:
            arcs = links & mine[np.where(links, graph.ref, 0)]
            why = f"out of season: runs from {row['season_from']} to {row['season_to']}"
            shut.append(Shut(partial(np.asarray, arcs), why, row["name"], on_top=True))
    return tuple(shut)


def bans_of(
    graph: Graph,
    rows: Rows,
    tables: Mapping[str, Table],
    cargo: Cargo,
    vehicle: str,
    date: str,
) -> tuple[Ban, ...]:
    """Return what forbids arcs to a cargo, and to a truck registered in ``vehicle``, on a date.

    Parameters
    ----------
    graph, rows
        A whole or reduced graph, and the tables' rows that its arcs refer to.
    tables
        ``TABLES`` of the study, by name.
    vehicle
        Country id, or blank: a truck of no country that a rule names.
    date
        ISO 8601.
    """
    bans = []
    for row in tables["cargo_rule"].rows():
        if holds_on(row, date) and _bites(row, cargo):
            bits = np.where(_where(graph, rows, row), _ALL, 0).astype(np.uint8)
            bans.append(Ban("cargo", _said(row), bits))
    for row in _permit_rows(tables["permit"], vehicle, date):
        arcs = _foreign(graph, row, vehicle)
        if row["rule"] == "banned" and arcs is not None:
            bits = np.where(arcs, _permit_bits(row), 0).astype(np.uint8)
            bans.append(Ban("permit", _said(row), bits))
    return tuple(bans)


def _permit_rows(table: Table, vehicle: str, date: str) -> Iterator[dict[str, Any]]:
    """Yield the rows valid on a date; a row for the truck's own country stands before a general."""
    rows = [row for row in table.rows() if holds_on(row, date)]
    named = {
        (row["country_id"], row["trip"])
        for row in rows
        if vehicle and row["registered_in"] == vehicle
    }
    for row in rows:
        general = not row["registered_in"]
        if not (general and (row["country_id"], row["trip"]) in named):
            yield row


def permits_on(
    graph: Graph,
    tables: Mapping[str, Table],
    arcs: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.int64],
    vehicle: str,
    date: str,
) -> tuple[Permit, ...]:
    """Return the permits that a truck needs on the arcs of a route.

    Parameters
    ----------
    arcs, kinds
        Arcs of the route, and the flow kind of each (0 transit, 1 import/export, 2 domestic).
    """
    found = []
    for row in _permit_rows(tables["permit"], vehicle, date):
        where = _foreign(graph, row, vehicle)
        if where is None or row["rule"] not in ("required", "quota"):
            continue
        if (where[arcs] & ((1 << kinds & _permit_bits(row)) > 0)).any():
            number = float(row["per_year"])
            found.append(
                Permit(row["permit_id"], row["country_id"], row["rule"],
                       None if number != number else number, row["reason"], row["document_no"])
            )  # fmt: skip
    return tuple(found)
