"""Routes of an assignment as a file: written, and taken as the start of the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from opencorridor.documents.csvfiles import csv_text
from opencorridor.freight.assigned import Assignment, Start, TrafficClass
from opencorridor.freight.pairs import make_pairs
from opencorridor.freight.routeflows import RouteFlows
from opencorridor.network.exchange import TrafficNetwork
from opencorridor.operations.assign_inputs import read_table
from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = ["ROUTE_COLUMNS", "read_routes", "routes_text"]

ROUTE_COLUMNS = ("class", "o_zone_id", "d_zone_id", "flow", "links")
_TYPES = {"class": "text", "o_zone_id": "id", "d_zone_id": "id", "flow": "number", "links": "text"}
_BETWEEN = ";"
_MARKED = ("'=", "'+", "'-", "'@")
# Problems of one file that are listed; a file of another network has one a row.
_TOLD = 20


def routes_text(result: Assignment) -> str:
    """Return the used routes as CSV, one a row, links joined by ``;`` from the origin on."""
    network, pairs, order = result.network, result.pairs, result.pairs.order
    rows: list[dict[str, Any]] = []
    for w in range(pairs.n):
        ends = {
            "class": result.classes[pairs.pair_class[w]].name,
            "o_zone_id": network.zone_id[pairs.origin[w]],
            "d_zone_id": network.zone_id[pairs.destination[w]],
        }
        for flow, links in result.routes.of(w):
            ids = _BETWEEN.join(network.link_id[a] for a in order[links].tolist())
            rows.append({**ends, "flow": flow, "links": ids})
    return csv_text(rows, ROUTE_COLUMNS)


class _Reader:
    """Routes of one file, and what is wrong with it."""

    def __init__(self, file: str, network: TrafficNetwork, classes: Sequence[TrafficClass]) -> None:
        self.file, self.network = file, network
        self.class_of = {one.name: c for c, one in enumerate(classes)}
        self.zone_of = {name: i for i, name in enumerate(network.zone_id)}
        self.links_of: dict[tuple[str, int], int] = {}
        for a, (name, tail) in enumerate(zip(network.link_id, network.tail.tolist(), strict=True)):
            self.links_of.setdefault((name, tail), a)
        self.known = set(network.link_id)
        self.problems: list[Problem] = []

    def wrong(self, code: str, text: str, row: int, column: str, value: str, expected: str) -> None:
        """Add a problem of a cell."""
        mend = "start without --warm, or with routes of this network"
        self.problems.append(Problem(code, text, "", self.file, row, column, value, expected, mend))

    def place(self, kind: str, places: dict[str, int], name: str, row: int, column: str) -> int:
        """Return where an id stands, -1 with a problem where it is unknown."""
        if name not in places:
            self.wrong("unknown_id", f"there is no {kind} {name}", row, column, name,
                       f"a {kind} of this assignment")  # fmt: skip
        return places.get(name, -1)

    def way(self, names: list[str], origin: int, destination: int, row: int) -> list[int]:
        """Return the links of a route, followed from its origin; none where it does not go on."""
        network, at = self.network, int(self.network.zone_node[origin])
        end = int(network.zone_node[destination])
        found: list[int] = []
        for name in names:
            if name not in self.known:
                self.wrong("unknown_id", f"there is no link {name}", row, "links", name,
                           f"a link of {network.file}")  # fmt: skip
                return []
            a = self.links_of.get((name, at), -1)
            if a < 0 or (found and at < network.first_through):
                node = network.node_id[at]
                said = (f"link {name} does not begin at node {node}" if a < 0
                        else f"the route passes node {node}, where none may pass")  # fmt: skip
                self.wrong("assign_route", said, row, "links", name, "links one after the other")
                return []
            found.append(a)
            at = int(network.head[a])
        if at != end:
            said = f"the route ends at node {network.node_id[at]}"
            self.wrong(
                "assign_route", said, row, "links", names[-1], f"node {network.node_id[end]}"
            )
            return []
        return found


def _plain(text: str) -> str:
    """Return a cell without the mark that keeps spreadsheets from running it as a formula."""
    return text[1:] if text.startswith(_MARKED) else text


def _rows(
    table: dict[str, list[Any]], name: str
) -> Iterator[tuple[int, str, str, str, float, str]]:
    """Yield row, class, zones, flow and links; the class of a file without one is ``name``."""
    columns = [table[column] for column in ROUTE_COLUMNS]
    for row, (kind, i, j, flow, links) in enumerate(zip(*columns, strict=True), 2):
        yield (row, name if kind is None else _plain(kind), _plain(i), _plain(j), float(flow),
               _plain(links))  # fmt: skip


def read_routes(path: Path, network: TrafficNetwork, classes: Sequence[TrafficClass]) -> Start:
    """Return the routes of a file as the start of an assignment.

    Parameters
    ----------
    path
        Columns ``class`` (may be left out where there is one), ``o_zone_id``, ``d_zone_id``,
        ``flow``, ``links``: ids from the origin on, joined by ``;``.
    network, classes
        What will be assigned. Routes of pairs that have no demand now are left out.

    Raises
    ------
    OpenCorridorError
        ``unknown_id``, ``assign_route`` (links that do not follow each other or end elsewhere),
        ``assign_route_flow``, each with its row.
    """
    table = read_table(path, _TYPES, ROUTE_COLUMNS[1:])
    reader = _Reader(path.name, network, classes)
    pairs = make_pairs(network, classes)
    zones = network.n_zone
    pair_of = {key: w for w, key in enumerate(pairs.keys(zones).tolist())}
    place = {link: at for at, link in enumerate(pairs.order.tolist())}
    flows: dict[tuple[int, tuple[int, ...]], float] = {}
    for row, kind, start, end, flow, text in _rows(table, classes[0].name):
        c = reader.place("class", reader.class_of, kind, row, "class")
        i = reader.place("zone", reader.zone_of, start, row, "o_zone_id")
        j = reader.place("zone", reader.zone_of, end, row, "d_zone_id")
        if not 0 <= flow < float("inf"):
            reader.wrong("assign_route_flow", f"flow is {flow:g}", row, "flow", f"{flow:g}",
                         "0 or more")  # fmt: skip
        if min(c, i, j) < 0:
            continue
        links = reader.way(text.split(_BETWEEN), i, j, row)
        w = pair_of.get((c * zones + i) * zones + j, -1)
        if links and w >= 0:
            key = w, tuple(place[a] for a in links)
            flows[key] = flows.get(key, 0.0) + flow
    if reader.problems:
        raise OpenCorridorError(_shortened(reader.problems, path.name))
    found = [(w, flow, links) for (w, links), flow in flows.items()]
    return Start(tuple(classes), pairs, RouteFlows.of_routes(pairs.n, found))


def _shortened(problems: list[Problem], file: str) -> list[Problem]:
    """Return the first problems, and how many more there are."""
    more = len(problems) - _TOLD
    if more <= 0:
        return problems
    return [*problems[:_TOLD],
            Problem("assign_route", f"{more} more problems like these", "", file)]  # fmt: skip
