"""The exact set of routes that no other route beats in hours, money and CO2e at once.

The kinds of flow follow from the two countries of a trip, so that a search for one pair needs one
layer only: what an arc costs is what the legs of the route say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.routing.ends import End
from opencorridor.routing.labels import Labels
from opencorridor.routing.masks import element_arcs, mode_mask
from opencorridor.routing.priced import PricedGraph
from opencorridor.study.errors import OpenCorridorError, Problem

if TYPE_CHECKING:
    from opencorridor.network import Reduced
    from opencorridor.routing.routes import Wanted

__all__ = [
    "CRITERIA",
    "LABEL_LIMIT",
    "SAME_STEPS",
    "STEPS_PER_UNIT",
    "Front",
    "Ground",
    "Terrain",
    "Way",
    "distinct",
]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

CRITERIA = ("time_h", "cost_usd_per_t", "co2_kg_per_t")
STEPS_PER_UNIT = 1_000_000
"""Whole steps an hour, a dollar and a kg are counted in, so that dominance is exact."""
SAME_STEPS = 100
"""Differences up to this many steps are rounding: sums of one route over many short arcs and over
few long ones differ by about ten."""
LABEL_LIMIT = 5_000_000
"""Labels of one search: about half a GB of memory while the arrays grow."""


def in_steps(values: Any) -> Longs:
    """Return values in whole steps; what is not known becomes 0 (its arc is not used)."""
    return np.asarray(np.rint(np.nan_to_num(values) * STEPS_PER_UNIT), np.int64)


@dataclass(frozen=True)
class Way:
    """A route of the front: numbers of the nodes of its ends, and arcs of the searched graph."""

    start: int
    end: int
    arcs: Longs


@dataclass(frozen=True, eq=False)
class Front:
    """All non-dominated routes of a pair, from the fastest to the slowest; F of them.

    No worse means: by no more than ``SAME_STEPS``, one ten-thousandth of an hour, dollar or kg.

    Attributes
    ----------
    steps
        int64[F, 3]: ``CRITERIA`` in steps, every vector once.
    ways
        One way to each vector.
    gc_usd_per_t
        float64[F]: generalised cost, spread included.
    terrain
        The graph that was searched.
    n_labels
        Labels made.
    """

    steps: Longs
    ways: tuple[Way, ...]
    gc_usd_per_t: Floats
    terrain: Terrain
    n_labels: int

    def __len__(self) -> int:
        return len(self.ways)

    @property
    def values(self) -> Floats:
        """float64[F, 3]: hours, US$ per tonne, kg CO2e per tonne."""
        return np.asarray(self.steps / STEPS_PER_UNIT)

    def arcs(self, i: int) -> Longs:
        """Return the arcs of the whole graph on a way."""
        return self.terrain.unpack(self.ways[i].arcs)


@dataclass(frozen=True, eq=False)
class Terrain:
    """A priced graph made ready for searches of fronts.

    Attributes
    ----------
    priced
        The whole graph, or the reduced one.
    small
        The reduction, where ``priced`` is of the reduced graph. It is exact for all criteria: the
        links of a shortcut have one price, speed and CO2e per km.
    """

    priced: PricedGraph
    small: Reduced | None = None
    _parts: dict[int, list[int]] = field(default_factory=dict, repr=False)

    @cached_property
    def steps(self) -> tuple[Longs, Longs, Longs]:
        """Hours (A), money by flow kind (A, 3) and CO2e (A) in steps."""
        priced = self.priced
        return (
            in_steps(priced.time_h),
            in_steps(priced.money_usd_per_t),
            in_steps(priced.co2_kg_per_t),
        )

    @cached_property
    def shape(self) -> tuple[Longs, Longs, Longs, Longs, Longs]:
        """first, head, tail, back_first, back_arc for the kernel."""
        graph = self.priced.graph
        head = graph.head.astype(np.int64)
        back = np.argsort(head, kind="stable")
        nodes = np.arange(graph.n_nodes + 1)
        back_first = np.searchsorted(head[back], nodes)
        return graph.first_out.astype(np.int64), head, graph.tail.astype(np.int64), back_first, back

    @cached_property
    def place(self) -> Longs:
        """Node of this graph of every node of the whole graph, -1 where it was taken out."""
        if self.small is None:
            return np.arange(self.priced.graph.n_nodes)
        place = np.full(int(self.small.node.max()) + 1, -1, np.int64)
        place[self.small.node] = np.arange(len(self.small.node))
        return place

    @cached_property
    def zone(self) -> tuple[Bools, Bools]:
        """Arcs out of and into zones: no way passes through one."""
        graph, n_inner = self.priced.graph, self.priced.n_inner
        return graph.tail >= n_inner, graph.head >= n_inner

    def nodes(self, end: End) -> Longs:
        """Return the nodes of an end; -1 where one is not in this graph."""
        at = np.array(end.nodes, np.int64)
        inside = at < len(self.place)
        return np.where(inside, self.place[np.where(inside, at, 0)], -1)

    def unpack(self, arcs: Longs) -> Longs:
        """Return the arcs of the whole graph that arcs stand for, in order of travel."""
        if self.small is None:
            return arcs
        whole: list[int] = []
        for arc in arcs.tolist():
            if arc not in self._parts:
                self._parts[arc] = self.small.unpack(arc)
            whole += self._parts[arc]
        return np.array(whole, np.int64)

    def mask(self, labels: Labels, wanted: Wanted) -> Bools:
        """Return the arcs that may be used, whatever the kind of flow."""
        graph = self.priced.graph
        mask = graph.carries(wanted.cargo) & self.priced.usable & graph.open
        mask &= mode_mask(graph, wanted.modes)
        for element in wanted.avoid:
            mask &= ~element_arcs(graph, element, labels.link_id)
        if self.small is None:
            for one in wanted.shut:
                if one.on_top:
                    mask &= ~one.arcs
        return np.asarray(mask)


@dataclass(frozen=True, eq=False)
class Ground:
    """Where to search: the reduced graph, and the whole one for what the reduced one hides."""

    whole: Terrain
    small: Terrain | None = None

    def pick(self, origin: End, destination: End, wanted: Wanted) -> Terrain:
        """Return the reduced graph where ends, and what is forbidden, can be told apart in it."""
        small, on = self.small, self.whole.priced.graph.open
        if small is None or any(element.kind == "link" for element in wanted.avoid):
            return self.whole
        # What is shut for all and always is shut in both graphs; rules are told by whole arcs.
        if any(one.on_top and (one.arcs & on).any() for one in wanted.shut) or any(
            (ban.bits[on] > 0).any() for ban in wanted.bans
        ):
            return self.whole
        inside = (small.nodes(origin) >= 0).all() and (small.nodes(destination) >= 0).all()
        return small if inside else self.whole

    def front(
        self,
        labels: Labels,
        origin: End,
        destination: End,
        wanted: Wanted,
        limit: int = LABEL_LIMIT,
    ) -> Front:
        """Find every route of a pair that no other beats in all of ``CRITERIA``.

        Parameters
        ----------
        labels
            Names of the whole graph.
        origin, destination
            Ends on the whole graph.
        wanted
            Cargo, modes, and what is avoided.
        limit
            Most labels of one search.

        Returns
        -------
        Front
            Complete; empty where there is no route.

        Raises
        ------
        OpenCorridorError
            ``pareto_limit`` where the front is too large, ``negative_cost``.
        """
        return _search(self.pick(origin, destination, wanted), labels, origin, destination,
                       wanted, limit)  # fmt: skip


def _search(
    terrain: Terrain, labels: Labels, origin: End, destination: End, wanted: Wanted, limit: int
) -> Front:
    mask = terrain.mask(labels, wanted)
    parts = []
    for i in dict.fromkeys(origin.countries):
        for j in dict.fromkeys(destination.countries):
            ends = tuple(
                np.flatnonzero(np.array(end.countries) == country)
                for end, country in ((origin, i), (destination, j))
            )
            parts.append(_between(terrain, mask, (origin, destination), ends, wanted, limit))
    steps = np.concatenate([part.steps for part in parts])
    ways = [way for part in parts for way in part.ways]
    cost = np.concatenate([part.gc_usd_per_t for part in parts])
    kept = distinct(steps)
    n_labels = sum(part.n_labels for part in parts)
    return Front(steps[kept], tuple(ways[k] for k in kept), cost[kept], terrain, n_labels)


def distinct(steps: Longs) -> list[int]:
    """Return the rows that no other beats or equals, differences of ``SAME_STEPS`` being none.

    In lexicographic order; of equal rows the first. A row that a later one beats but for such a
    difference gives way to it.
    """
    order = np.lexsort((np.arange(len(steps)), steps[:, 2], steps[:, 1], steps[:, 0]))
    kept = np.zeros(len(steps), bool)
    for i in order.tolist():
        row = steps[i]
        if (kept & (steps <= row + SAME_STEPS).all(axis=1)).any():
            continue
        kept &= ~(row <= steps + SAME_STEPS).all(axis=1)
        kept[i] = True
    return [i for i in order.tolist() if kept[i]]


def _paid(end: End, numbers: Sequence[int]) -> Longs:
    """Return what the ways between a place and its nodes cost, in steps: shape (n, 3)."""
    ways = [end.approach(int(k)) for k in numbers]
    return in_steps([[getattr(way, name) for name in CRITERIA] for way in ways]).reshape(-1, 3)


def _between(
    terrain: Terrain,
    mask: Bools,
    ends: tuple[End, End],
    numbers: tuple[Any, ...],
    wanted: Wanted,
    limit: int,
) -> Front:
    """Find the front between nodes in one country and nodes in one country."""
    from opencorridor.routing.kernels.pareto import pareto

    priced, graph = terrain.priced, terrain.priced.graph
    (origin, destination), (of_start, of_end) = ends, numbers
    start, end = terrain.nodes(origin)[of_start], terrain.nodes(destination)[of_end]
    kind = priced.flow_kind(
        np.arange(graph.n_arcs), origin.countries[of_start[0]], destination.countries[of_end[0]]
    )
    bit = np.left_shift(np.uint8(1), kind.astype(np.uint8))
    use = mask & ((graph.kinds & bit) > 0)
    if terrain.small is None:
        for ban in wanted.bans:
            use &= (ban.bits & bit) == 0
    for country in wanted.no_transit:
        use &= ~((kind == 0) & (graph.country == graph.country_index(country)))
    out, into = terrain.zone
    use[out] &= np.isin(graph.tail[out], start)
    use[into] &= np.isin(graph.head[into], end)
    time, money, co2 = terrain.steps
    cost = np.stack((time, np.take_along_axis(money, kind[:, None], axis=1)[:, 0], co2), axis=1)
    _refuse_negative(cost, use)
    steps, last, before, by, node, complete = pareto(
        *terrain.shape, cost, use, start, _paid(origin, of_start), end,
        _paid(destination, of_end), limit,
    )  # fmt: skip
    if not complete:
        raise _too_large(limit, len(steps))
    ways = [_way(before, by, node, int(label)) for label in last]
    found, gc = [], []
    for first, final, arcs in ways:
        way = Way(
            int(of_start[start == first][0]), int(of_end[end == final][0]), np.array(arcs, np.int64)
        )
        found.append(way)
        further = sum(
            end.approach(k).gc_usd_per_t for end, k in zip(ends, (way.start, way.end), strict=True)
        )
        gc.append(float(priced.gc[way.arcs, kind[way.arcs]].sum()) + further)
    return Front(steps, tuple(found), np.array(gc, np.float64), terrain, len(before))


def _way(before: Longs, by: Longs, node: Longs, label: int) -> tuple[int, int, list[int]]:
    """Return first node, last node and arcs of the way to a label at the end."""
    label = int(before[label])
    final = int(node[label])
    arcs: list[int] = []
    while before[label] >= 0:
        arcs.append(int(by[label]))
        label = int(before[label])
    return int(node[label]), final, arcs[::-1]


def _refuse_negative(cost: Longs, use: Bools) -> None:
    bad = use & (cost < 0).any(axis=1)
    if bad.any():
        k = int((cost[bad] < 0).any(axis=0).argmax())
        raise OpenCorridorError(
            [
                Problem(
                    code="negative_cost",
                    message=f"{int(bad.sum())} arcs of the network have a negative {CRITERIA[k]}",
                    value=f"{cost[bad, k].min() / STEPS_PER_UNIT:g}",
                    expected="0 or more",
                    mend="look for negative rates, fees, hours or emission factors",
                )
            ]
        )


def _too_large(limit: int, found: int) -> OpenCorridorError:
    return OpenCorridorError(
        [
            Problem(
                code="pareto_limit",
                message=f"the front of non-dominated routes has {found} routes and more: its "
                f"search passed {limit:,} labels, and a cut front would not be exact",
                value=f"{limit}",
                expected="a front that fits the memory",
                mend="narrow the question with --mode, --avoid or --no-transit",
            )
        ]
    )
