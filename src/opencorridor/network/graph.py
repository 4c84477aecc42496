"""The multimodal graph: layer nodes and zones joined by directed arcs, as flat arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem, suggest

__all__ = [
    "ACCESS",
    "BORDER",
    "BULK",
    "CARGOES",
    "CARGO_BIT",
    "CONTAINER",
    "EGRESS",
    "KINDS",
    "LINK",
    "MODES",
    "TRANSSHIPMENT",
    "Graph",
]

LINK, BORDER, TRANSSHIPMENT, ACCESS, EGRESS = 0, 1, 2, 3, 4
KINDS = ("link", "border", "transshipment", "access", "egress")
MODES = ("rail", "road", "sea", "inland_water")
CARGOES = ("container", "bulk")
CONTAINER, BULK = 1, 2
CARGO_BIT = {"container": CONTAINER, "bulk": BULK}

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Strings = npt.NDArray[np.str_]


def freeze(owner: Any) -> None:
    """Make the array fields of a dataclass plain, contiguous, read-only views.

    Compiled kernels then meet one type of array, whether it was just made or came memory-mapped
    out of the cache.
    """
    for field in fields(owner):
        value = getattr(owner, field.name)
        if isinstance(value, np.ndarray):
            view = np.ascontiguousarray(value).view(np.ndarray)
            view = view.view() if view is value else view
            view.flags.writeable = False
            object.__setattr__(owner, field.name, view)


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes and directed arcs of a study; arcs sorted by tail (CSR).

    N nodes: layer nodes in the order of the node table, then zones as ``zone:ID``. A zone is
    where goods start or end: no path may go through one. A arcs.

    Attributes
    ----------
    node_id, node_country, node_mode, node_lon, node_lat
        Shape N. Country is an index into ``countries`` (-1: none, as for all nodes on water);
        mode an index into ``MODES`` (-1: zone).
    zone_id, zone_node
        Shape Z: id and node of every zone.
    first_out
        Shape N + 1: arcs ``first_out[n]:first_out[n + 1]`` start at node n.
    tail, head
        Shape A, nodes.
    kind
        LINK 0, BORDER 1 (a link between two countries), TRANSSHIPMENT 2, ACCESS 3 (zone to node),
        EGRESS 4 (node to zone).
    ref
        Row of the arc in the table of its kind: link, link, transshipment, access, access.
    length_km
        Kilometres of the arc.
    mode
        Index into ``MODES``: the link's mode, or the mode reached by an access; -1 transshipment.
    layer
        Index into ``MODES`` of the network that the arc lies in (a train ferry has mode sea and
        layer rail); -1 transshipment.
    country
        Country whose rates hold (-1 on water): that of the link, of the country entered on a
        border link, of the terminal, of the zone.
    place
        Index into ``places`` (``n_crossings`` border crossings, then terminals) of what is
        passed; -1 none.
    direction
        0: from country_a to country_b of the crossing, or into the country of a port; 1: the
        other way; -1: no direction.
    charged
        Hours, fees, waits and loads of the place belong to this arc. False where the place is -1
        and on the second link of a crossing in series (border_charge 0).
    enters, leaves
        The arc goes into, or out of, a country: a change of country (but for pass_through), and
        the ways between land and water.
    cargo_mask
        Bit 0 container, bit 1 bulk.
    open
        By operational state, and by restrictions on the baseline date.
    reverse
        The opposite arc, or -1.
    tariff
        Tariff layer of the arc (``network.tariffs``), or -1: the railway at its usual rates.
    kinds
        uint8: bits of the flow kinds that may use the arc (1 transit, 2 import/export, 4
        domestic); 7 outside tariff layers.
    layers
        What the tariff layers are, in their order: a study that asks for others needs a graph of
        its own.
    base
        Shape N: the node of which this one is the copy in a tariff layer, else itself. A copy
        has the id, country and position of its base.
    cell
        Arcs of one cell have one price per km whatever the cargo, so that a chain of them may be
        replaced by one arc; -1: the arc must stay as it is.
    """

    node_id: Strings
    node_country: npt.NDArray[np.int16]
    node_mode: npt.NDArray[np.int8]
    node_lon: Floats
    node_lat: Floats
    zone_id: Strings
    zone_node: Ints
    first_out: npt.NDArray[np.int64]
    tail: Ints
    head: Ints
    kind: npt.NDArray[np.int8]
    ref: Ints
    length_km: Floats
    mode: npt.NDArray[np.int8]
    layer: npt.NDArray[np.int8]
    country: npt.NDArray[np.int16]
    place: Ints
    direction: npt.NDArray[np.int8]
    charged: Bools
    enters: Bools
    leaves: Bools
    cargo_mask: npt.NDArray[np.uint8]
    open: Bools
    reverse: Ints
    cell: Ints
    tariff: npt.NDArray[np.int16]
    kinds: npt.NDArray[np.uint8]
    base: Ints
    countries: tuple[str, ...]
    places: tuple[str, ...]
    n_crossings: int
    study_hash: str
    layers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def n_nodes(self) -> int:
        """Number of nodes, zones included."""
        return len(self.node_id)

    @property
    def n_arcs(self) -> int:
        """Number of directed arcs."""
        return len(self.tail)

    def __repr__(self) -> str:
        return f"Graph({self.n_nodes} nodes, {self.n_arcs} arcs, {len(self.zone_id)} zones)"

    @cached_property
    def _indices(self) -> dict[str, Any]:
        """Indices made so far, shared by all graphs that differ in ``open`` only."""
        return {}

    def _index(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._indices:
            self._indices[name] = make()
        return self._indices[name]

    @property
    def _nodes(self) -> dict[str, int]:
        found: dict[str, int] = self._index("nodes", self._number_nodes)
        return found

    def _number_nodes(self) -> dict[str, int]:
        # Of nodes that bear one id the first counts.
        last = self.n_nodes - 1
        return {name: last - i for i, name in enumerate(reversed(self.node_id.tolist()))}

    @cached_property
    def _places(self) -> tuple[dict[str, int], dict[str, int]]:
        n = self.n_crossings
        return (
            {name: i for i, name in enumerate(self.places[:n])},
            {name: i for i, name in enumerate(self.places[n:], n)},
        )

    @cached_property
    def _countries(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.countries)}

    @property
    def _by_place(self) -> tuple[Ints, npt.NDArray[np.int64]]:
        found: tuple[Ints, npt.NDArray[np.int64]] = self._index("by_place", self._sort_places)
        return found

    def _sort_places(self) -> tuple[Ints, npt.NDArray[np.int64]]:
        order = np.argsort(self.place, kind="stable").astype(np.int32)
        starts = np.searchsorted(self.place[order], np.arange(len(self.places) + 1))
        return order, starts

    def _lookup(self, index: dict[str, int], name: str, what: str) -> int:
        found = index.get(name)
        if found is None:
            raise OpenCorridorError(
                [
                    Problem(
                        code="unknown_id",
                        message=f"the network has no {what} {name!r}",
                        value=name,
                        mend=suggest(name, index),
                    )
                ]
            )
        return found

    def node_index(self, node_id: str) -> int:
        """Return the index of a node id (zones as ``zone:ID``); unknown ids are an error."""
        return self._lookup(self._nodes, node_id, "node")

    def zone_index(self, zone_id: str) -> int:
        """Return the position of a zone in ``zone_id`` (not its node)."""
        node = self._lookup(self._nodes, f"zone:{zone_id}", "zone")
        return node - (self.n_nodes - len(self.zone_id))

    def place_index(self, place_id: str, kind: str = "") -> int:
        """Return the index of a border crossing or terminal in ``places``.

        A terminal may bear the id of the crossing that it stands at: ``kind`` (border_crossing or
        terminal) says which is meant; blank: the crossing where there is one.
        """
        crossings, terminals = self._places
        if kind == "border_crossing":
            return self._lookup(crossings, place_id, "border crossing")
        if kind == "terminal":
            return self._lookup(terminals, place_id, "terminal")
        return self._lookup(terminals | crossings, place_id, "border crossing or terminal")

    def country_index(self, country_id: str) -> int:
        """Return the index of a country in ``countries``."""
        return self._lookup(self._countries, country_id, "country")

    def arcs_of_place(self, place: str | int, kind: str = "") -> Ints:
        """Return the arcs that pass a border crossing or terminal (id or index), ascending."""
        index = self.place_index(place, kind) if isinstance(place, str) else place
        order, starts = self._by_place
        return np.sort(order[starts[index] : starts[index + 1]])

    def carries(self, cargo: str) -> Bools:
        """Return for every arc whether a container, or bulk, may use it (shape A)."""
        return np.asarray((self.cargo_mask & CARGO_BIT[cargo]) != 0)

    def with_open(self, mask: Bools) -> Graph:
        """Return the same graph with another ``open`` (shape A)."""
        made = replace(self, open=mask)
        # Ids and places do not hang on what is open: their indices are shared.
        made.__dict__["_indices"] = self._indices
        return made

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the array fields by name, for the cache."""
        return {
            name: value
            for name, value in ((f.name, getattr(self, f.name)) for f in fields(self))
            if isinstance(value, np.ndarray)
        }

    def meta(self) -> dict[str, Any]:
        """Return the other fields as plain values, for the cache."""
        names = ("countries", "places", "n_crossings", "study_hash", "layers")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def restore(cls, arrays: dict[str, npt.NDArray[Any]], meta: dict[str, Any]) -> Graph:
        """Return the graph whose ``arrays`` and ``meta`` these are."""
        tuples = {name: tuple(meta[name]) for name in ("countries", "places", "layers")}
        values: dict[str, Any] = {**arrays, **meta, **tuples}
        return cls(**values)
