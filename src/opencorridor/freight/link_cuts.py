"""The cut that is too narrow for the demand: links with hard capacities that all of it has to pass.

Weights w of links with demand times least weight > weight times capacity prove that no flow fits
(duality of linear programmes); :mod:`opencorridor.freight.overfull` finds them. Nodes nearer than
some distance by these weights are the near side of a cut; the cut most exceeded is named. With many
pairs there may be none though the demand does not fit, and then the weighted links together are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.freight.kernels import cuts
from opencorridor.routing.kernels import repair
from opencorridor.study.errors import OpenCorridorError, Problem

if TYPE_CHECKING:
    from opencorridor.freight.shifts import Work

__all__ = ["MORE", "Cut", "refuse_cut", "refuse_weighted"]

Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.bool_]

# Part of the capacity by which demand has to exceed it, for rounding not to make a cut.
MORE = 1e-7
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
        leaves, enters = np.empty_like(near), np.empty_like(near)
        p = self.pairs
        capacity, demand = cuts.cut_around(
            near, self.tail, self.head, self.room, self.origin, p.target, p.demand, self.through,
            leaves, enters,
        )  # fmt: skip
        across = leaves[self.tail] & ~enters[self.head] & (self.room > 0)
        return Cut(np.flatnonzero(across), float(capacity), float(demand))

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
                    if cut.demand > cut.capacity * (1 + MORE) and (
                        best is None or cut.demand - cut.capacity > best.demand - best.capacity
                    ):
                        best = cut
        return best


def refuse_cut(work: Work, weight: Floats) -> None:
    """Refuse demand that exceeds a cut which the weights of links show; else return.

    Raises
    ------
    OpenCorridorError
        ``assign_cut``, with the links, their capacity, the demand across and what is left.
    """
    cut = _Graph(work).worst_cut(weight)
    if cut is not None:
        raise OpenCorridorError([_problem(work, cut)])


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


def refuse_weighted(work: Work, weight: Floats, share: float) -> None:
    """Refuse demand that needs more of the weighted capacities, by this share, than there is.

    Raises
    ------
    OpenCorridorError
        ``assign_cut``.
    """
    held = _named(work, np.flatnonzero(weight > 0))
    raise OpenCorridorError(
        [
            Problem(
                "assign_cut",
                "not all can move: no single cut was found to be exceeded, but the demand needs "
                f"{share:.6g} times what {held} hold together",
                "",
                work.network.file,
                column="capacity",
                expected="capacities that hold the demand",
                mend="raise these capacities, or lower the demand",
            )
        ]
    )
