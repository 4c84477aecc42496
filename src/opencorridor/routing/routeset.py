"""Kept routes: several a pair of zones, re-priced in a blink when costs change.

The loop between trade and traffic, and the draws of the uncertainty band, change what arcs cost
far more often than where routes run. So routes are searched once (in several passes that differ
in cost or in allowed modes) and kept as rows of arcs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import Graph
from opencorridor.routing.kernels import paths as kernels
from opencorridor.routing.priced import PricedGraph, check_costs, plain_array
from opencorridor.routing.search import forest

__all__ = ["Pass", "RouteSet", "build_routes", "join_routes"]

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Pass:
    """One search of all pairs.

    Attributes
    ----------
    label
        What its routes are called, such as ``all`` or ``rail``.
    priced
        The graph with the costs of this search.
    present
        uint8[A], presence bits by flow kind.
    """

    label: str
    priced: PricedGraph
    present: Bits


@dataclass(frozen=True, eq=False)
class RouteSet:
    """Routes of D pairs (group, origin zone, destination zone) as rows of arcs.

    Attributes
    ----------
    groups, labels
        Names of search groups and of passes.
    pair_group, pair_origin, pair_dest
        Shape D; zones as positions in ``graph.zone_id``. Pairs without a route are absent.
    pair_origin_country, pair_dest_country
        int16[D], indices into ``graph.countries``.
    first_route
        int64[D + 1]: routes of pair d are ``first_route[d]:first_route[d + 1]``.
    route_label
        int16[R], index into ``labels`` of the first pass that found it.
    first_arc, arcs
        int64[R + 1], int32[M]: arcs of every route in order of travel.
    """

    groups: tuple[str, ...]
    labels: tuple[str, ...]
    pair_group: npt.NDArray[np.int16]
    pair_origin: npt.NDArray[np.int32]
    pair_dest: npt.NDArray[np.int32]
    pair_origin_country: npt.NDArray[np.int16]
    pair_dest_country: npt.NDArray[np.int16]
    first_route: npt.NDArray[np.int64]
    route_label: npt.NDArray[np.int16]
    first_arc: npt.NDArray[np.int64]
    arcs: npt.NDArray[np.int32]

    @property
    def n_pairs(self) -> int:
        """Number of pairs with at least one route."""
        return len(self.pair_group)

    @property
    def n_routes(self) -> int:
        """Number of routes."""
        return len(self.route_label)

    @cached_property
    def route_pair(self) -> npt.NDArray[np.int64]:
        """Pair of every route (R)."""
        return np.repeat(np.arange(self.n_pairs), np.diff(self.first_route))

    @cached_property
    def _rows(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """first_arc and arcs as the kernels take them."""
        return _writable(self.first_arc), _writable(self.arcs)

    def __repr__(self) -> str:
        return f"RouteSet({self.n_pairs} pairs, {self.n_routes} routes, {len(self.arcs)} arcs)"

    def reprice(self, arc_country: Array, plain: Floats, by_kind: Floats) -> Floats:
        """Sum arc values along every route.

        Parameters
        ----------
        arc_country
            int16[A], ``graph.country``.
        plain
            float64[A, K]: values that do not depend on the flow kind (hours, kg, km).
        by_kind
            float64[A, J, 3]: values as transit, import/export, domestic (money).

        Returns
        -------
        float64[R, K + J]
        """
        out: Floats = kernels.route_sums(
            *self._rows,
            self.pair_origin_country[self.route_pair],
            self.pair_dest_country[self.route_pair],
            plain_array(arc_country, np.int16),
            _writable(plain),
            _writable(by_kind),
        )
        return out

    def incidence(
        self, first_facility: Array, arc_facility: Array, n_facility: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Return the facilities of every route as CSR (first int64[R + 1], facility int32).

        Parameters
        ----------
        first_facility, arc_facility
            int64[A + 1], int32: facilities (capacity rows, say) of every arc.
        n_facility
            Number of facilities.
        """
        first, facility = kernels.incidence(
            *self._rows,
            plain_array(first_facility, np.int64),
            plain_array(arc_facility, np.int32),
            n_facility,
        )
        return first, facility

    def load(self, tonnes: Floats, n_arcs: int) -> Floats:
        """Return tonnes by arc (A) from tonnes by route (R)."""
        out: Floats = kernels.arc_load(*self._rows, _writable(tonnes), n_arcs)
        return out

    def arrays(self) -> dict[str, Array]:
        """Return the routes as named arrays, for the cache."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in ("groups", "labels"):
            named[name] = np.array(named[name], dtype=np.str_)
        return named

    @classmethod
    def from_arrays(cls, named: dict[str, Array]) -> RouteSet:
        """Return the routes that ``arrays`` wrote."""
        values: dict[str, Any] = {field.name: named[field.name] for field in fields(cls)}
        for name in ("groups", "labels"):
            values[name] = tuple(str(x) for x in named[name])
        return cls(**values)


def _writable(values: Any) -> Any:
    """Return the array itself where a kernel can take it, else a copy (mapped from the cache)."""
    if type(values) is np.ndarray and values.flags.writeable and values.flags.c_contiguous:
        return values
    return np.array(values, order="C", copy=True)


def _one_pass(
    one: Pass, graph: Graph, origins: Array, dests: Array, room: tuple[Floats, Array]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return the paths of all pairs (sorted by origin) of one pass as CSR."""
    chunk = len(room[0])
    node = graph.zone_node.astype(np.int64)
    counts, pieces = [np.zeros(1, np.int64)], []
    zones, start = np.unique(origins, return_index=True)
    bounds = np.append(start, len(origins))
    for i in range(0, len(zones), chunk):
        part = zones[i : i + chunk]
        lo, hi = bounds[i], bounds[min(i + chunk, len(zones))]
        row_tree = np.searchsorted(part, origins[lo:hi]).astype(np.int64)
        target = node[dests[lo:hi]]
        wanted = np.zeros((len(part), len(node)), dtype=bool)
        wanted[row_tree, target - one.priced.n_inner] = True
        dist, pred = forest(one.priced, one.present, node[part], wanted, room)
        first, arcs = kernels.paths(dist, pred, one.priced.topology[2], row_tree, 2 * target + 1)
        counts.append(np.diff(first))
        pieces.append(arcs)
    arcs = np.concatenate(pieces) if pieces else np.empty(0, np.int32)
    return np.cumsum(np.concatenate(counts)), arcs


def build_routes(
    graph: Graph, passes: Sequence[Pass], pairs: Bools, group: str = "", chunk: int = 128
) -> RouteSet:
    """Search the routes of all wanted pairs of zones; equal routes are kept once.

    Parameters
    ----------
    graph
        The (reduced) graph on which all passes were priced.
    passes
        Searches in order of preference for the label.
    pairs
        bool[Z, Z]: wanted pairs origin, destination; the diagonal is left out.
    group
        Name of the search group: class searched for and cargo.
    chunk
        Origins at a time; memory only.
    """
    wanted = pairs & ~np.eye(len(graph.zone_id), dtype=bool)
    origins, dests = np.nonzero(wanted)
    n_pair, n_pass = len(origins), len(passes)
    counts, pieces = [np.zeros(1, np.int64)], []
    shape = (min(chunk, len(graph.zone_id)), 2 * graph.n_nodes)
    room = np.empty(shape), np.empty(shape, np.int32)
    for one in passes:
        check_costs(one.priced, one.present)
        first, arcs = _one_pass(one, graph, origins, dests, room)
        counts.append(np.diff(first))
        pieces.append(arcs)
    first = np.cumsum(np.concatenate(counts))
    arcs = np.concatenate(pieces) if pieces else np.empty(0, np.int32)
    keep = kernels.distinct(first, n_pair, n_pass, arcs)
    pair, which = np.nonzero(keep.T)
    first_arc, kept = kernels.gather(first, arcs, which * n_pair + pair)
    number = keep.sum(axis=0)
    have = number > 0
    country = graph.node_country[graph.zone_node]
    return RouteSet(
        groups=(group,),
        labels=tuple(one.label for one in passes),
        pair_group=np.zeros(int(have.sum()), np.int16),
        pair_origin=origins[have].astype(np.int32),
        pair_dest=dests[have].astype(np.int32),
        pair_origin_country=country[origins[have]],
        pair_dest_country=country[dests[have]],
        first_route=np.concatenate(([0], np.cumsum(number[have]))),
        route_label=which.astype(np.int16),
        first_arc=first_arc,
        arcs=kept,
    )


def join_routes(sets: Sequence[RouteSet]) -> RouteSet:
    """Put the routes of several groups together, in order."""
    labels = tuple(dict.fromkeys(label for one in sets for label in one.labels))

    def csr(name: str) -> npt.NDArray[np.int64]:
        steps = np.concatenate([np.diff(getattr(one, name)) for one in sets])
        return np.concatenate(([0], np.cumsum(steps)))

    def whole(name: str) -> Array:
        return np.concatenate([getattr(one, name) for one in sets])

    offset = np.cumsum([0, *(len(one.groups) for one in sets)])
    relabel = [
        np.array([labels.index(label) for label in one.labels], np.int16)[one.route_label]
        for one in sets
    ]
    return RouteSet(
        groups=tuple(group for one in sets for group in one.groups),
        labels=labels,
        pair_group=np.concatenate(
            [one.pair_group + np.int16(k) for one, k in zip(sets, offset, strict=False)]
        ).astype(np.int16),
        pair_origin=whole("pair_origin"),
        pair_dest=whole("pair_dest"),
        pair_origin_country=whole("pair_origin_country"),
        pair_dest_country=whole("pair_dest_country"),
        first_route=csr("first_route"),
        route_label=np.concatenate(relabel),
        first_arc=csr("first_arc"),
        arcs=whole("arcs"),
    )
