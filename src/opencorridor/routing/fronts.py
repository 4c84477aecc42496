"""Pareto routes of many pairs of zones at the prices of one search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opencorridor.routing.kernels.pareto import pareto
from opencorridor.routing.pareto import CRITERIA, LABEL_LIMIT, Terrain
from opencorridor.routing.routeset import Pass

__all__ = ["FrontRoutes", "front_routes"]

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
    terrain, graph = Terrain(search.priced), search.priced.graph
    out, into = terrain.zone
    time, money, co2 = terrain.steps
    every = np.arange(graph.n_arcs)
    paid = np.zeros((1, len(CRITERIA)), np.int64)
    between: dict[tuple[int, int], tuple[npt.NDArray[np.bool_], Longs]] = {}
    found: list[list[int]] = []
    pair: list[int] = []
    for n, zones in enumerate(pairs):
        start, end = (int(graph.zone_node[zone]) for zone in zones)
        countries = (int(graph.node_country[start]), int(graph.node_country[end]))
        if countries not in between:
            kind = search.priced.flow_kind(every, *countries)
            bit = np.left_shift(np.uint8(1), kind.astype(np.uint8))
            usd = np.take_along_axis(money, kind[:, None], axis=1)[:, 0]
            between[countries] = (search.present & bit) > 0, np.stack((time, usd, co2), axis=1)
        use, cost = between[countries]
        mine = use.copy()
        mine[out] &= graph.tail[out] == start
        mine[into] &= graph.head[into] == end
        _, last, before, by, _, complete = pareto(
            *terrain.shape, cost, mine, np.array([start]), paid, np.array([end]), paid, limit
        )
        if complete:
            ways = [_arcs(before, by, int(label)) for label in last]
            found += ways
            pair += [n] * len(ways)
    counts = [len(way) for way in found]
    return FrontRoutes(
        np.array(pair, np.int64),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.array([arc for way in found for arc in way], np.int32),
    )


def _arcs(before: Longs, by: Longs, label: int) -> list[int]:
    """Arcs of the way to a label at the end, in order of travel."""
    label = int(before[label])
    arcs: list[int] = []
    while before[label] >= 0:
        arcs.append(int(by[label]))
        label = int(before[label])
    return arcs[::-1]
