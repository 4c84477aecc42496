"""Plain Python rival of ``contract``: the same rule, written for reading. Oracle of the tests."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["contract_reference"]


@dataclass
class _State:
    """Edges as [u, v, cell, km]; ``near[u]`` maps an edge number to the other end."""

    edges: list[tuple[int, int, int, float]] = field(default_factory=list)
    near: dict[int, dict[int, int]] = field(default_factory=dict)

    def add(self, u: int, v: int, cell: int, km: float) -> None:
        number = len(self.edges)
        self.edges.append((u, v, cell, km))
        old = self.between(u, v, cell)
        if old is not None:
            if self.edges[old][3] <= km:
                return
            self.drop(old)
        self.near[u][number] = v
        self.near[v][number] = u

    def drop(self, edge: int) -> None:
        u, v, _, _ = self.edges[edge]
        del self.near[u][edge], self.near[v][edge]

    def between(self, u: int, v: int, cell: int) -> int | None:
        for edge, other in self.near[u].items():
            if other == v and self.edges[edge][2] == cell:
                return edge
        return None

    def search(
        self, source: int, cell: int, reach: float, limit: int, wanted: set[int], *,
        without_node: int = -1, without_edge: int = -1,
    ) -> dict[int, float]:  # fmt: skip
        """Return upper bounds of km inside one cell, exact for the nodes settled in time."""
        dist = {source: 0.0}
        heap = [(0.0, source)]
        settled, left = 0, len(wanted)
        while heap and settled < limit and left > 0:
            d, x = heapq.heappop(heap)
            if d > dist[x]:
                continue
            if d > reach:
                break
            settled += 1
            left -= x in wanted
            for edge, y in self.near[x].items():
                if edge == without_edge or y == without_node or self.edges[edge][2] != cell:
                    continue
                t = d + self.edges[edge][3]
                if t < dist.get(y, float("inf")):
                    dist[y] = t
                    heapq.heappush(heap, (t, y))
        return dist

    def plan(
        self, v: int, limit: int, max_degree: int
    ) -> tuple[int, list[tuple[int, int, float]], list[tuple[int, int]]] | None:
        """Return edge difference, shortcuts (u, w, km) and neighbours, or None if v must stay."""
        around = sorted((other, edge) for edge, other in self.near[v].items())
        cells = {self.edges[edge][2] for _, edge in around}
        if len(cells) > 1 or len(around) > max_degree:
            return None
        cuts: list[tuple[int, int, float]] = []
        replaced = 0
        for i, (u, edge) in enumerate(around[:-1]):
            later = [(w, self.edges[edge][3] + self.edges[e][3]) for w, e in around[i + 1 :]]
            cell = self.edges[edge][2]
            reach = max(km for _, km in later)
            wanted = {w for w, _ in later}
            dist = self.search(u, cell, reach, limit, wanted, without_node=v)
            for w, km in later:
                if dist.get(w, float("inf")) > km:
                    cuts.append((u, w, km))
                    replaced += self.between(u, w, cell) is not None
        return len(cuts) - replaced - len(around), cuts, around


def contract_reference(
    n: int,
    edges: Sequence[tuple[int, int, int, float]],
    keep: Sequence[bool],
    bound: int,
    limit: int,
    max_degree: int,
) -> tuple[list[tuple[int, int, int, float]], set[int]]:
    """Return the edges (u, v, cell, km) that are left and the nodes taken out.

    Parameters are those of the compiled kernel; edges are undirected and without loops.
    """
    state = _State(near={v: {} for v in range(n)})
    for edge in edges:
        state.add(*edge)
    rank: dict[int, int] = {}
    queue: list[tuple[int, int]] = []

    def offer(v: int) -> None:
        rank.pop(v, None)
        found = None if keep[v] else state.plan(v, limit, max_degree)
        if found and found[0] <= bound:
            rank[v] = found[0]
            heapq.heappush(queue, (found[0], v))

    for v in range(n):
        offer(v)
    gone: set[int] = set()
    while queue:
        key, v = heapq.heappop(queue)
        if v in gone or rank.get(v) != key:
            continue
        found = state.plan(v, limit, max_degree)
        if found is None or found[0] > bound:
            rank.pop(v)
            continue
        difference, cuts, around = found
        if difference > key and queue and (difference, v) > queue[0]:
            rank[v] = difference
            heapq.heappush(queue, (difference, v))
            continue
        cell = state.edges[around[0][1]][2] if around else -1
        for _, number in around:
            state.drop(number)
        for u, w, km in cuts:
            state.add(u, w, cell, km)
        gone.add(v)
        for u, _ in around:
            offer(u)

    alive = sorted({edge for near in state.near.values() for edge in near})
    for number in sorted(alive, key=lambda e: (-state.edges[e][3], e)):
        u, w, cell, km = state.edges[number]
        dist = state.search(u, cell, km, 4 * limit, {w}, without_edge=number)
        if dist.get(w, float("inf")) <= km:
            state.drop(number)
    left = {edge for near in state.near.values() for edge in near}
    return [state.edges[e] for e in sorted(left)], gone
