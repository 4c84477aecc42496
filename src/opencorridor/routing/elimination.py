"""An order in which the nodes of a graph are eliminated, found once and kept with the study.

It knows the topology and no price, closed arcs included, so that no change of a border, tariff or
restriction touches it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import Graph
from opencorridor.study import cache

if TYPE_CHECKING:
    from opencorridor.study import Study

__all__ = ["Elimination", "eliminate", "elimination_of"]

Array = npt.NDArray[Any]
_FORMAT = 3


@dataclass(frozen=True, eq=False)
class Elimination:
    """The filled graph of an order; N nodes that may be passed, by place in the order.

    Attributes
    ----------
    first, upper, lower
        Edges in CSR of their lower node (int64[N + 1]), the later and the earlier node of each
        (int32[E]); ascending by lower, then upper node.
    triangle
        int32[T]: for every node, and every two edges up from it in order, the edge that joins
        their upper ends.
    arc_edge, arc_way
        int32[A], int8[A]: edge of an arc between nodes that may be passed, -1 else; way 0 up, 1
        down.
    above_first, above
        CSR by zone: the nodes that a label of the zone may hold, ascending (int64[Z + 1], int32).
    out_first, out_arc, out_node
        CSR by zone: its arcs out, and the node that each reaches.
    in_first, in_arc, in_node
        Its arcs in, and the node that each comes from.
    zone_order
        int32[Z]: zones with like labels side by side.
    """

    first: Array
    upper: Array
    lower: Array
    triangle: Array
    arc_edge: Array
    arc_way: Array
    above_first: Array
    above: Array
    out_first: Array
    out_arc: Array
    out_node: Array
    in_first: Array
    in_arc: Array
    in_node: Array
    zone_order: Array

    @cached_property
    def filled(self) -> tuple[Array, ...]:
        """first, upper, lower, triangle, arc_edge, arc_way for the kernels.

        Copies: arrays mapped from the cache are read-only, which would compile a kernel twice.
        """
        names = ("first", "upper", "lower", "triangle", "arc_edge", "arc_way")
        return tuple(np.array(getattr(self, name), order="C") for name in names)

    def arrays(self) -> dict[str, Array]:
        """Return the fields as named arrays, for the cache."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _fill(n: int, pairs: Iterable[tuple[int, int]]) -> tuple[list[int], list[list[int]]]:
    """Eliminate by least fill and depth; return the order, and what each node was joined to.

    Fill, the pairs of neighbours not yet joined, keeps triangles few; depth keeps labels short. On
    a network of 5,800 nodes least degree gives 3.0 million triangles, this 1.8 million, with labels
    a fifth shorter. The fill of a node is counted again when a neighbour goes, not when two of its
    neighbours are joined from elsewhere: that would cost more than it finds.
    """
    joined: list[set[int]] = [set() for _ in range(n)]
    for a, b in pairs:
        joined[a].add(b)
        joined[b].add(a)
    # The same once more as bits of a number: neighbours in common are counted by whole words.
    bits = [sum(1 << u for u in near) for near in joined]
    depth = [0] * n

    def worth(v: int) -> int:
        mine, near = bits[v], joined[v]
        pairs_joined = sum([(mine & bits[u]).bit_count() for u in near]) // 2
        return len(near) * (len(near) - 1) // 2 - pairs_joined + depth[v] * len(near) // 16

    key = [worth(v) for v in range(n)]
    heap = [(key[v], v) for v in range(n)]
    heapify(heap)
    done = bytearray(n)
    order, ups = [], []
    while heap:
        value, v = heappop(heap)
        if done[v] or value != key[v]:
            continue
        done[v] = 1
        near = joined[v]
        order.append(v)
        ups.append(list(near))
        for u in near:
            joined[u] |= near
            joined[u] -= {u, v}
            bits[u] = (bits[u] | bits[v]) & ~(1 << u | 1 << v)
            depth[u] = max(depth[u], depth[v] + 1)
        for u in near:
            key[u] = worth(u)
            heappush(heap, (key[u], u))
    return order, ups


def _triangles(first: Array, upper: Array) -> npt.NDArray[np.int32]:
    """List the edge that closes every pair of edges up from a node."""
    parts = [np.empty(0, np.int32)]
    for v in range(len(first) - 1):
        near = upper[first[v] : first[v + 1]]
        for i in range(len(near) - 1):
            lo, hi = first[near[i]], first[near[i] + 1]
            parts.append((lo + np.searchsorted(upper[lo:hi], near[i + 1 :])).astype(np.int32))
    return np.concatenate(parts)


def _edges(rank: Array, order: list[int], ups: list[list[int]]) -> tuple[Array, Array, Array]:
    """Return first, upper and lower of the filled graph, by place in the order."""
    rows = [np.sort(rank[np.array(near, np.int64)]) for near in ups]
    first = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
    upper = np.concatenate([np.empty(0, np.int32), *rows]).astype(np.int32)
    lower = np.repeat(np.arange(len(order)), np.diff(first)).astype(np.int32)
    return first, upper, lower


def _doors(graph: Graph, rank: Array, inner: int, far: Array, near: Array) -> tuple[Array, ...]:
    """Return the arcs between zones (``near``) and nodes (``far``) as CSR by zone."""
    zone_of = np.full(graph.n_nodes, -1, np.int64)
    zone_of[graph.zone_node] = np.arange(len(graph.zone_node))
    arcs = np.flatnonzero((zone_of[near] >= 0) & (far < inner))
    arcs = arcs[np.argsort(zone_of[near[arcs]], kind="stable")]
    first = np.searchsorted(zone_of[near[arcs]], np.arange(len(graph.zone_node) + 1))
    return first.astype(np.int64), arcs.astype(np.int32), rank[far[arcs]].astype(np.int32)


def _above(
    first: Array, upper: Array, doors: Iterable[tuple[Array, ...]]
) -> tuple[Array, Array, Array]:
    """Return the nodes above the doors of every zone as CSR, and zones by where these lie."""
    n = len(first) - 1
    parent = np.full(n + 1, n, np.int64)
    has = np.flatnonzero(np.diff(first))
    parent[has] = upper[first[has]]
    rows = []
    pairs = list(doors)
    for z in range(len(pairs[0][0]) - 1):
        seen: set[int] = set()
        for start, _, node in pairs:
            for v in node[start[z] : start[z + 1]].tolist():
                while v < n and v not in seen:
                    seen.add(v)
                    v = int(parent[v])
        rows.append(sorted(seen))
    # Depth-first numbers of the tree of parents: zones of one branch come together.
    size = np.ones(n + 1, np.int64)
    for v in range(n):
        size[parent[v]] += size[v]
    number, free = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    for v in range(n - 1, -1, -1):
        number[v] = number[parent[v]] + 1 + free[parent[v]]
        free[parent[v]] += size[v]
    at = [int(number[row[0]]) if row else 0 for row in rows]
    start = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
    above = np.concatenate([np.empty(0, np.int32), *map(np.array, rows)]).astype(np.int32)
    return start, above, np.argsort(at, kind="stable").astype(np.int32)


def eliminate(graph: Graph) -> Elimination:
    """Return the order of a graph (best the reduced one: fill grows with the number of nodes).

    Parameters
    ----------
    graph
        Zones are its last nodes; no arc joins two of them.
    """
    inner = graph.n_nodes - len(graph.zone_id)
    tail, head = np.asarray(graph.tail, np.int64), np.asarray(graph.head, np.int64)
    within = (tail < inner) & (head < inner) & (tail != head)
    order, ups = _fill(inner, zip(tail[within].tolist(), head[within].tolist(), strict=True))
    rank = np.empty(inner, np.int64)
    rank[order] = np.arange(inner)
    first, upper, lower = _edges(rank, order, ups)
    a, b = rank[tail[within]], rank[head[within]]
    number = lower.astype(np.int64) * inner + upper
    arc_edge = np.full(graph.n_arcs, -1, np.int32)
    arc_edge[within] = np.searchsorted(number, np.minimum(a, b) * inner + np.maximum(a, b))
    arc_way = np.zeros(graph.n_arcs, np.int8)
    arc_way[within] = a > b
    out = _doors(graph, rank, inner, head, tail)
    into = _doors(graph, rank, inner, tail, head)
    above_first, above, zone_order = _above(first, upper, (out, into))
    return Elimination(
        **dict(zip(("first", "upper", "lower"), (first, upper, lower), strict=True)),
        **dict(zip(("out_first", "out_arc", "out_node"), out, strict=True)),
        **dict(zip(("in_first", "in_arc", "in_node"), into, strict=True)),
        triangle=_triangles(first, upper),
        arc_edge=arc_edge,
        arc_way=arc_way,
        above_first=above_first,
        above=above,
        zone_order=zone_order,
    )


def elimination_of(study: Study, graph: Graph) -> Elimination:
    """Return the order of a study's reduced graph, made once for its topology and kept."""
    topology = hashlib.sha256()
    for ends in (graph.tail, graph.head, graph.zone_node):
        topology.update(np.ascontiguousarray(ends, np.int64).data)
    key = f"elimination-{_FORMAT}-{topology.hexdigest()[:16]}"
    found = cache.load_arrays(study.hash, key)
    if found:
        found.pop("meta", None)
        return Elimination(**found)
    made = eliminate(graph)
    cache.save_arrays(study.hash, key, made.arrays())
    return made
