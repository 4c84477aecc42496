"""Where the railway breaks: two tracks of one place that no row of transshipment joins."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from opencorridor.network import MODES, Graph

__all__ = ["METHODS", "rail_breaks"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_MOST = 3
# Ways to change gauge (``transshipment.method``), in words.
METHODS = {
    "transfer": "transfer between gauges",
    "bogie_change": "change of bogies",
    "variable_gauge": "variable-gauge wheels",
}


def rail_breaks(
    graph: Graph, mask: Bools, starts: Sequence[int], ends: Sequence[int]
) -> list[tuple[int, float]]:
    """Return (node, km of the way) of places where a change of track would open a way.

    A way reaches one rail node of the place from the starts, and the ends are reached from
    another rail node of the same country and coordinates; nothing joins the two. Where nodes of
    a place differ in gauge only, that is a break of gauge. The shortest ways, three at most.

    Parameters
    ----------
    graph
        The full graph.
    mask
        bool[A]: arcs that may be used.
    starts, ends
        Nodes of the two ends.
    """
    rail = np.flatnonzero(graph.node_mode == MODES.index("rail"))
    there = _lengths(graph, mask, starts, back=False)
    back = _lengths(graph, mask, ends, back=True)
    places: dict[tuple[float, float, int], list[int]] = {}
    for node in rail[np.isfinite(there[rail]) | np.isfinite(back[rail])].tolist():
        place = (graph.node_lon[node], graph.node_lat[node], int(graph.node_country[node]))
        places.setdefault(place, []).append(node)
    found = []
    for nodes in places.values():
        pairs = [(there[a] + back[b], a) for a in nodes for b in nodes if a != b]
        km, node = min(pairs, default=(np.inf, -1))
        if np.isfinite(km):
            found.append((node, float(km)))
    return sorted(found, key=lambda one: one[1])[:_MOST]


def _lengths(graph: Graph, mask: Bools, nodes: Sequence[int], back: bool) -> Floats:
    """Return km from (or, ``back``, to) some nodes over the arcs of ``mask``, shape N."""
    arcs = np.flatnonzero(mask)
    start, end = graph.tail[arcs], graph.head[arcs]
    if back:
        start, end = end, start
    order = np.argsort(start, kind="stable")
    first = np.searchsorted(start[order], np.arange(graph.n_nodes + 1)).tolist()
    heads, km = end[order].tolist(), graph.length_km[arcs][order].tolist()
    # No way leads through a zone.
    last_inner = graph.n_nodes - len(graph.zone_id)
    known = [float("inf")] * graph.n_nodes
    heap: list[tuple[float, int]] = []
    for node in nodes:
        known[node] = 0.0
        heappush(heap, (0.0, node))
    while heap:
        length, node = heappop(heap)
        if length > known[node] or (node >= last_inner and length > 0):
            continue
        for k in range(first[node], first[node + 1]):
            offer = length + km[k]
            if offer < known[heads[k]]:
                known[heads[k]] = offer
                heappush(heap, (offer, heads[k]))
    return np.array(known)
