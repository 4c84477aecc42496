"""Pareto routes of many pairs of zones at the prices of one search."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.network.kernels.threads import threads_in_use
from opencorridor.routing.kernels.pareto import bounds, front, ways
from opencorridor.routing.pareto import CRITERIA, LABEL_LIMIT, Terrain
from opencorridor.routing.routeset import Pass

__all__ = ["FrontRoutes", "front_routes"]

Array = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FrontRoutes:
    """Routes that no other of their pair beats in hours, money and CO2e at once.

    ``pair`` is the position of each route's pair in the list asked for; ``first`` and ``arcs``
    are the CSR of their arcs.
    """

    pair: Longs
    first: Longs
    arcs: npt.NDArray[np.int32]


def front_routes(
    search: Pass, pairs: Sequence[tuple[int, int]], limit: int = LABEL_LIMIT
) -> FrontRoutes:
    """Find the front of every pair of zones.

    Parameters
    ----------
    search
        A graph, its prices and what may be used.
    pairs
        Origin and destination zone of each pair, by position.
    limit
        Most labels of one search; a front that needs more is left out.
    """
    ground = _Ground(search)
    graph = search.priced.graph
    ends: dict[tuple[int, int], list[int]] = {}
    for n, zones in enumerate(pairs):
        start, end = (int(graph.zone_node[zone]) for zone in zones)
        ends.setdefault((int(graph.node_country[start]), end), []).append(n)

    def of_end(one: tuple[tuple[int, int], list[int]]) -> list[tuple[int, Longs, Array]]:
        (country, end), asked = one
        starts = [int(graph.zone_node[pairs[n][0]]) for n in asked]
        found = ground.fronts(country, end, starts, limit)
        return [(n, *ways) for n, ways in zip(asked, found, strict=True)]

    with ThreadPoolExecutor(threads_in_use()) as threads:
        parts = [part for some in threads.map(of_end, ends.items()) for part in some]
    parts.sort(key=lambda part: part[0])
    counts = [np.diff(first) for _, first, _ in parts]
    return FrontRoutes(
        np.repeat([n for n, _, _ in parts], [len(count) for count in counts]).astype(np.int64),
        np.cumsum(np.concatenate([[0], *counts])).astype(np.int64),
        np.concatenate([np.empty(0, np.int32), *(arcs for _, _, arcs in parts)]),
    )


class _Ground:
    """A priced graph with what all searches of fronts on it share."""

    def __init__(self, search: Pass) -> None:
        self.search = search
        self.between: dict[tuple[int, int], tuple[Bools, Longs]] = {}
        terrain = Terrain(search.priced)
        self.shape, self.zone, self.steps = terrain.shape, terrain.zone, terrain.steps

    def _prices(self, countries: tuple[int, int]) -> tuple[Bools, Longs]:
        """Arcs (A) that a trip between two countries may use, and their cost (A, 3) in steps."""
        priced = self.search.priced
        time, money, co2 = self.steps
        kind = priced.flow_kind(np.arange(priced.graph.n_arcs), *countries)
        bit = np.left_shift(np.uint8(1), kind.astype(np.uint8))
        usd = np.take_along_axis(money, kind[:, None], axis=1)[:, 0]
        return (self.search.present & bit) > 0, np.stack((time, usd, co2), axis=1)

    def fronts(
        self, country: int, end: int, starts: Sequence[int], limit: int
    ) -> list[tuple[Longs, Array]]:
        """Return the ways (CSR of arcs) from each of the start nodes of a country to a node.

        The lower bounds hang on the end alone: they are found once for all starts.
        """
        (out, into), graph = self.zone, self.search.priced.graph
        countries = country, int(graph.node_country[end])
        if countries not in self.between:
            self.between[countries] = self._prices(countries)
        use, cost = self.between[countries]
        use = use.copy()
        use[into] &= graph.head[into] == end
        first, head, tail, back_first, back_arc = self.shape
        target, paid = np.array([end]), np.zeros((1, len(CRITERIA)), np.int64)
        bound = bounds(back_first, back_arc, tail, cost, use, target, paid)
        found = []
        for start in starts:
            mine = use.copy()
            mine[out] &= graph.tail[out] == start
            _, last, before, by, _, complete = front(
                first, head, cost, mine, bound, np.array([start]), paid, target, paid, limit
            )
            found.append(ways(before, by, last if complete else last[:0]))
        return found
