"""Places with a capacity: which arcs pass them, and how much they let through.

A capacity is a row of the table ``capacity``: one or several crossings, terminals or links that
share it, for one cargo or class or all, in one direction or both together. A fleet is a place too,
after those: it lets through what its units can carry (``freight.fleets``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.turnaround import fleet_capacity_t
from opencorridor.network import BORDER, MODES, TRANSSHIPMENT, Graph
from opencorridor.study import Study, Table

__all__ = ["Places", "capacities", "delays", "find_places", "fleet_arcs", "fleet_way"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """F places by ``capacity_id`` and the arcs that pass each of them.

    ``arc_first``/``arc_place`` is a CSR from arcs to places; ``cargo`` is 0 container, 1 bulk,
    -1 both; ``klass`` the position of a class or -1; ``table`` holds their rows of ``capacity``.
    ``fleet_id`` (F,) names the fleet that a place is, or is blank; ``fleets`` holds their rows, and
    those of ``table`` only say where they work. ``fleet_ways`` has for each fleet the arcs on which
    the days of its units are counted.
    """

    table: Table
    capacity_id: tuple[str, ...]
    arc_first: Ints
    arc_place: Ints
    cargo: Ints
    klass: Ints
    fleet_id: tuple[str, ...] = ()
    fleets: Table = field(default_factory=lambda: Table("fleet"))
    fleet_ways: tuple[NDArray[np.bool_], ...] = ()

    @property
    def n(self) -> int:
        """Number of places."""
        return len(self.capacity_id)

    def with_one_more(self, capacity_id: str) -> Places:
        """Places and one more of all goods, which no arc is known to pass."""
        return replace(
            self,
            capacity_id=(*self.capacity_id, capacity_id),
            cargo=np.append(self.cargo, -1),
            klass=np.append(self.klass, -1),
            fleet_id=(*self.fleet_id, "") if self.fleet_id else (),
        )


def _arcs_of(study: Study, graph: Graph, kind: str, ids: Sequence[str]) -> Ints:
    """Arcs that pass any of the given crossings, terminals or links."""
    if kind == "link":
        rows = np.flatnonzero(study["link"].among("link_id", ids))
        on_link = np.isin(graph.kind, (0, 1))
        return np.flatnonzero(on_link & np.isin(graph.ref, rows))
    wanted = [n for n, place in enumerate(graph.places) if place in set(ids)]
    return np.flatnonzero(np.isin(graph.place, wanted) & graph.charged)


def fleet_way(study: Study, graph: Graph, row: int) -> NDArray[np.bool_]:
    """Return the arcs (A,) on which the days of a fleet's units are counted."""
    link, table = study["link"], study["fleet"]
    mine = (graph.kind <= BORDER) & (graph.mode == MODES.index(str(table["mode"][row])))
    countries = [i for i in table["day_countries"][row].split(";") if i]
    if countries:
        index = [n for n, c in enumerate(graph.countries) if c in countries]
        near = np.isin(graph.country, index)
        near |= (graph.kind == BORDER) & np.isin(graph.node_country[graph.tail], index)
        mine &= near
    if table["area"][row]:
        at = np.flatnonzero(mine)
        mine[at[link["area"][graph.ref[at]] != table["area"][row]]] = False
    links = set(table["at_place_ids"][row].split(";")) & set(link["link_id"].tolist())
    if links:
        at = np.flatnonzero(mine)
        mine[at[~link.among("link_id", links)[graph.ref[at]]]] = False
    return np.asarray(mine)


def fleet_arcs(study: Study, graph: Graph, row: int) -> Ints:
    """Return the arcs at which goods are seen to ride in a fleet."""
    table = study["fleet"]
    ids = [i for i in table["at_place_ids"][row].split(";") if i]
    if ids:
        kinds = ("link", "terminal")
        return np.unique(np.concatenate([_arcs_of(study, graph, kind, ids) for kind in kinds]))
    at = table["at_countries"][row].split(";")
    countries = [n for n, c in enumerate(graph.countries) if c in at]
    mine = (graph.kind <= BORDER) & (graph.mode == MODES.index(str(table["mode"][row])))
    return np.flatnonzero(mine & np.isin(graph.country, countries))


def _fleet_rows(study: Study) -> list[dict[str, object]]:
    """Return the fleets as rows of ``capacity``: where they work, and of which cargo."""
    table = study["fleet"]
    return [
        {
            "capacity_id": f"fleet:{row['fleet_id']}",
            "place_kind": "fleet",
            "place_ids": row["at_place_ids"],
            "cargo": row["cargo"],
            "capacity_t_per_year": np.nan,
            "source": row["source"],
            "status": row["status"],
        }
        for row in table.rows()
    ]


def find_places(study: Study, graph: Graph) -> Places:
    """Places of all capacity rows of a study on a graph built from the same study."""
    table = study["capacity"]
    index = {c: n for n, c in enumerate(graph.countries)}
    klass_of = {c: n for n, c in enumerate(study["commodity"]["class_id"])}
    pairs: list[NDArray[np.int64]] = []
    for row in range(table.n):
        ids = [i for i in table["place_ids"][row].split(";") if i]
        arcs = _arcs_of(study, graph, str(table["place_kind"][row]), ids)
        if table["method"][row]:
            arcs = arcs[graph.kind[arcs] == TRANSSHIPMENT]
            mine = study["transshipment"]["method"][graph.ref[arcs]] == table["method"][row]
            arcs = arcs[mine]
        a, b = table["from_country"][row], table["to_country"][row]
        if a and b:
            tail = graph.node_country[graph.tail[arcs]]
            head = graph.node_country[graph.head[arcs]]
            arcs = arcs[(tail == index[a]) & (head == index[b])]
        pairs.append(np.column_stack([arcs, np.full(arcs.size, row)]))
    fleets, before = study["fleet"], table.n
    for row in range(fleets.n):
        arcs = fleet_arcs(study, graph, row)
        pairs.append(np.column_stack([arcs, np.full(arcs.size, before + row)]))
    table = table.concat(_fleet_rows(study)) if fleets.n else table
    table_of = np.concatenate([*pairs, np.empty((0, 2), np.int64)]).astype(np.int64)
    table_of = table_of[np.lexsort((table_of[:, 1], table_of[:, 0]))]
    counts = np.bincount(table_of[:, 0], minlength=graph.n_arcs)
    cargo_of = {"all": -1, "container": 0, "bulk": 1}
    return Places(
        table=table,
        capacity_id=tuple(str(c) for c in table["capacity_id"]),
        arc_first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        arc_place=np.ascontiguousarray(table_of[:, 1]),
        cargo=np.array([cargo_of[c] for c in table["cargo"]], dtype=np.int64),
        klass=np.array([klass_of.get(c, -1) for c in table["class_id"]], dtype=np.int64),
        fleet_id=("",) * before + tuple(str(f) for f in fleets["fleet_id"]),
        fleets=fleets,
        fleet_ways=tuple(fleet_way(study, graph, row) for row in range(fleets.n)),
    )


def capacities(
    study: Study, places: Places, allowed: Mapping[tuple[str, str], float]
) -> NDArray[np.float64]:
    """(F,) tonnes a year left for the model at each place; infinite where a row is absent.

    ``allowed`` gives, by crossing, terminal or link, the share that restrictions let through: of
    one class, or of all under a blank. That of a class narrows only a capacity of its own.
    """
    table = study["capacity"]
    row_of = {c: n for n, c in enumerate(table["capacity_id"])}
    fleet_of = {f"fleet:{f}": n for n, f in enumerate(study["fleet"]["fleet_id"])}
    carried = fleet_capacity_t(study["fleet"])
    out = np.full(places.n, np.inf)
    for f, capacity_id in enumerate(places.capacity_id):
        row = row_of.get(capacity_id)
        if row is None:
            if capacity_id in fleet_of:
                out[f] = max(float(carried[fleet_of[capacity_id]]), 1.0)
            continue
        left = table["capacity_t_per_year"][row] - table["background_t_per_year"][row]
        classes = {"", str(table["class_id"][row])}
        ids = table["place_ids"][row].split(";")
        shares = [allowed.get((i, c), 1.0) for i in ids for c in classes]
        # A tonne is left where nothing may pass: the wait then says that the place is shut.
        out[f] = max(float(left) * min(shares), 1.0)
    return out


def delays(study: Study, places: Places) -> tuple[Floats, Floats] | None:
    """Hours more at capacity and their power (F,) of places that delay; None if all are queues."""
    table = study["capacity"]
    if not np.isfinite(table["delay_at_capacity_h"]).any():
        return None
    row_of = {c: n for n, c in enumerate(table["capacity_id"])}
    hours, power = np.full((2, places.n), np.nan)
    for f, capacity_id in enumerate(places.capacity_id):
        row = row_of.get(capacity_id)
        if row is not None:
            hours[f], power[f] = table["delay_at_capacity_h"][row], table["delay_power"][row]
    return hours, power
