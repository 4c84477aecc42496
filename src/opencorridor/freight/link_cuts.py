"""The cut that is too narrow for the demand: links with hard capacities that all of it has to pass.

When the method of multipliers has no solution, delays grow where too much wants to pass, and these
directions are weights w of links with: demand times least weight > weight times capacity, which
no flow within the capacities allows (duality of linear programmes). Nodes nearer than some
distance by these weights are the near side of a cut; the cut most exceeded is named. Any cut found
is a proof; with many pairs there may be none though the demand does not fit, and then the weighted
links together are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.routing.kernels import repair
from opencorridor.study.errors import OpenCorridorError, Problem

if TYPE_CHECKING:
    from opencorridor.freight.shifts import Work

__all__ = ["Cut", "refuse_cut"]

Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.bool_]

# Part of the capacity by which demand has to exceed it, for rounding not to make a cut.
_MORE = 1e-7
# Below this share above a capacity the equilibrium is only not finished.
_OVER = 1e-6
_TREES, _LEVELS, _NAMED = 60, 24, 20


@dataclass(frozen=True)
class Cut:
    """Links that the demand has to pass, and how much of it there is.

    Attributes
    ----------
    links
        Places of the links, sorted by tail.
    capacity, demand
        Sums over the cut.
    """

    links: npt.NDArray[np.int64]
    capacity: float
    demand: float


class _Graph:
    """Links with capacities (0: closed, infinite: none) and the pairs that want to pass."""

    def __init__(self, work: Work) -> None:
        p = self.pairs = work.pairs
        self.tail, self.head, self.first = work.tail, work.head, p.first
        self.through, self.n_node = work.network.first_through, len(p.first) - 1
        self.closed = np.isinf(work.extra).all(axis=0)
        self.room = np.where(self.closed, 0.0, work.limit)
        self.origin = work.network.zone_node[p.origin]

    def distances(self, weight: Floats, source: int, back: bool) -> Floats:
        """Return distances from a node, or to it, by weight."""
        tail, head, cost = self.tail, self.head, np.where(self.closed, np.inf, weight)
        first = self.first
        if back:
            order = np.argsort(head, kind="stable")
            tail, head, cost = head[order], tail[order], cost[order]
            first = np.searchsorted(tail, np.arange(self.n_node + 1)).astype(np.int64)
        room = repair.repair_room(self.n_node)
        into = np.full(self.n_node, -1, np.int32)
        repair.repair(first, tail, head, cost, source, self.through, into, room)
        return np.asarray(room[0])

    def cut_of(self, near: Bits) -> Cut:
        """Return the cut around these nodes, zones put on the side where it is exceeded most."""
        leaves, enters = near.copy(), near.copy()
        zone = slice(0, self.through)
        for _ in range(2):
            out = np.bincount(self.tail, np.where(enters[self.head], 0.0, self.room), self.n_node)
            wants = np.bincount(
                self.origin, np.where(enters[self.pairs.target], 0.0, self.pairs.demand),
                self.n_node,
            )  # fmt: skip
            leaves[zone] = (wants > out)[zone]
            into = np.bincount(self.head, np.where(leaves[self.tail], self.room, 0.0), self.n_node)
            wants = np.bincount(
                self.pairs.target, np.where(leaves[self.origin], self.pairs.demand, 0.0),
                self.n_node,
            )  # fmt: skip
            enters[zone] = (wants <= into)[zone]
        across = leaves[self.tail] & ~enters[self.head] & (self.room > 0)
        demand = self.pairs.demand[leaves[self.origin] & ~enters[self.pairs.target]].sum()
        return Cut(np.flatnonzero(across), float(self.room[across].sum()), float(demand))

    def worst_cut(self, weight: Floats) -> Cut | None:
        """Return the cut most exceeded among those that the weights show."""
        best = None
        for back, ends in ((False, self.origin), (True, self.pairs.target)):
            by_end = np.bincount(ends, self.pairs.demand, self.n_node)
            for node in np.argsort(-by_end, kind="stable")[:_TREES].tolist():
                if by_end[node] <= 0:
                    continue
                distance = self.distances(weight, node, back)
                levels = np.unique(distance[np.isfinite(distance) & (distance > 0)])
                picked = np.linspace(0, len(levels) - 1, min(len(levels), _LEVELS)).astype(int)
                for level in levels[np.unique(picked)].tolist():
                    near = distance < level * (1 - 1e-9)
                    cut = self.cut_of(~near if back else near)
                    if cut.demand > cut.capacity * (1 + _MORE) and (
                        best is None or cut.demand - cut.capacity > best.demand - best.capacity
                    ):
                        best = cut
        return best


def refuse_cut(work: Work) -> None:
    """Refuse demand that exceeds a cut of hard capacities, or all of them weighed together.

    Raises
    ------
    OpenCorridorError
        ``assign_cut``, with the links, their capacity, the demand across and what is left.
    """
    hard = np.isfinite(work.limit)
    over = np.where(hard, np.maximum(work.v - work.limit, 0.0), 0.0)
    if not (over > _OVER * np.where(hard, work.limit, 1.0)).any():
        return
    graph = _Graph(work)
    queue = work.queue()
    for weight in (over, queue):
        cut = graph.worst_cut(weight) if weight.any() else None
        if cut is not None:
            raise OpenCorridorError([_problem(work, cut)])
    for weight in (over, queue):
        _refuse_weighted(work, graph, weight)


def _named(work: Work, links: npt.NDArray[np.int64]) -> str:
    names = [work.network.link_id[a] for a in sorted(work.pairs.order[links].tolist())]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ("link " if len(names) == 1 else "links ") + ", ".join(names[:_NAMED]) + more


def _problem(work: Work, cut: Cut) -> Problem:
    network = work.network
    rows = [network.link_row[a] for a in work.pairs.order[cut.links].tolist()
            if network.link_row]  # fmt: skip
    left = cut.demand - cut.capacity
    return Problem(
        "assign_cut",
        f"not all can move: {cut.demand:.10g} have to pass {_named(work, cut.links)}, which let "
        f"{cut.capacity:.10g} pass; {left:.10g} are left",
        "",
        network.file,
        min(rows) if rows else None,
        "capacity",
        f"{cut.capacity:.10g}",
        f"{cut.demand:.10g} or more",
        mend="raise these capacities, add a way around them, or lower the demand",
    )


def _refuse_weighted(work: Work, graph: _Graph, weight: Floats) -> None:
    """Refuse demand that needs more of the weighted capacities than there is."""
    p = graph.pairs
    needed = 0.0
    for node in np.unique(graph.origin).tolist():
        at = graph.origin == node
        needed += float(p.demand[at] @ graph.distances(weight, node, False)[p.target[at]])
    there = weight > 0
    room = float(weight[there] @ graph.room[there])
    if needed > room * (1 + _MORE):
        raise OpenCorridorError(
            [
                Problem(
                    "assign_cut",
                    "not all can move: no single cut is exceeded, but the demand needs "
                    f"{needed / room:.6g} times what "
                    f"{_named(work, np.flatnonzero(there))} hold together",
                    "",
                    work.network.file,
                    column="capacity",
                    expected="capacities that hold the demand",
                    mend="raise these capacities, or lower the demand",
                )
            ]
        )
