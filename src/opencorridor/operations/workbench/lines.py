"""Lines on the map: links as drawn lines, and the line of a route's leg in order of travel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np

from opencorridor.documents.projection import simplify
from opencorridor.network import ACCESS, BORDER, EGRESS, Graph
from opencorridor.network.geo import parse_linestring
from opencorridor.study import Study

__all__ = ["Line", "Lines", "lines_of"]

Line = list[tuple[float, float]]
# Degrees: about a kilometre, and the fourth decimal about ten metres.
TOLERANCE = 0.01
DECIMALS = 4
_MOST_LEGS = 4096


def _round(points: Sequence[tuple[float, float]]) -> Line:
    """Return points with four decimals, equal neighbours once."""
    out: Line = []
    for x, y in points:
        point = (round(x, DECIMALS), round(y, DECIMALS))
        if not out or point != out[-1]:
            out.append(point)
    return out


class Lines:
    """Lines of a study's links, simplified as they are asked for."""

    def __init__(self, study: Study) -> None:
        node, self._link = study["node"], study["link"]
        points = zip(node["lon"].tolist(), node["lat"].tolist(), strict=True)
        self._node = dict(zip(node["node_id"].tolist(), points, strict=True))
        self._from = self._link["from_node_id"]
        self.of_link = lru_cache(maxsize=None)(self._of_link)
        # While a slider moves, the same legs are asked for again and again.
        self._of_arcs = lru_cache(maxsize=_MOST_LEGS)(self._joined)

    def _of_link(self, row: int) -> tuple[tuple[float, float], ...]:
        """Return the line of a link from its tail to its head; one point where it has no length."""
        ends = (self._node[self._from[row]], self._node[self._link["to_node_id"][row]])
        text = self._link["geometry_wkt"][row]
        line = [(float(x), float(y)) for x, y in parse_linestring(text)] if text else list(ends)
        return tuple(_round(simplify(line, TOLERANCE)))

    def _of_arc(self, graph: Graph, arc: int) -> Sequence[tuple[float, float]]:
        kind, tail, head = int(graph.kind[arc]), int(graph.tail[arc]), int(graph.head[arc])
        if kind <= BORDER:
            row = int(graph.ref[arc])
            line = self.of_link(row)
            return line if graph.node_id[tail] == self._from[row] else line[::-1]
        if kind in (ACCESS, EGRESS) or graph.length_km[arc] > 0:
            return [(float(graph.node_lon[n]), float(graph.node_lat[n])) for n in (tail, head)]
        return []

    def of_arcs(self, graph: Graph, arcs: Sequence[int]) -> Line:
        """Return the line over arcs of the whole graph in the order of travel.

        Longitudes run on beyond 180 degrees where a ship crosses the antimeridian, so that the
        line is drawn the short way.
        """
        return list(self._of_arcs(graph, tuple(arcs)))

    def _joined(self, graph: Graph, arcs: tuple[int, ...]) -> Line:
        points: Line = []
        for arc in arcs:
            points.extend(self._of_arc(graph, arc))
        if not points:
            return []
        lon = np.unwrap([x for x, _ in points], period=360.0).tolist()
        line = _round(list(zip(lon, (y for _, y in points), strict=True)))
        return _round(simplify(line, TOLERANCE)) if len(line) > 2 else line


_CACHE: WeakKeyDictionary[Study, Lines] = WeakKeyDictionary()


def lines_of(study: Study) -> Lines:
    """Return the lines of a study (made once per study object)."""
    found = _CACHE.get(study)
    if found is None:
        found = _CACHE[study] = Lines(study)
    return found
