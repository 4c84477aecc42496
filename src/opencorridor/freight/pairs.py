"""Who travels in an assignment: pairs of zones by class and origin, and their earlier routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.freight.kernels import routepool
from opencorridor.freight.routeflows import RouteFlows
from opencorridor.network.exchange.traffic import TrafficNetwork
from opencorridor.study.errors import OpenCorridorError, Problem

if TYPE_CHECKING:
    from opencorridor.freight.assigned import Assignment, Start, TrafficClass

__all__ = ["Pairs", "make_pairs", "refuse_unreachable"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Pairs:
    """Pairs with demand, sorted by class, origin and destination; a tree is a class and origin.

    Attributes
    ----------
    order, first
        Links sorted by tail, int64[A], and the first of every node, int64[N + 1].
    pair_class, origin, destination, target, demand
        Class, zones, node of the destination, and demand of every pair.
    tree_class, source, tree_first
        Class and node of every tree, and its first pair.
    """

    order: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    pair_class: Ints
    origin: Ints
    destination: Ints
    target: Ints
    demand: Floats
    tree_class: Ints
    source: Ints
    tree_first: npt.NDArray[np.int64]

    @property
    def n(self) -> int:
        """Number of pairs."""
        return len(self.demand)

    @property
    def n_tree(self) -> int:
        """Number of trees."""
        return len(self.source)

    @property
    def top(self) -> int:
        """Highest zone of any pair."""
        return int(max(self.origin.max(initial=0), self.destination.max(initial=0)))

    def keys(self, zones: int) -> npt.NDArray[np.int64]:
        """Return one number a pair, rising, for networks of up to so many zones."""
        kind = self.pair_class.astype(np.int64)
        return (kind * zones + self.origin) * zones + self.destination

    def find(self, network: TrafficNetwork, origin: str, destination: str, which: int) -> int:
        """Return the place of a pair, -1 where it has no demand."""
        i, j = network.zone_id.index(origin), network.zone_id.index(destination)
        at = (self.pair_class == which) & (self.origin == i) & (self.destination == j)
        return int(np.argmax(at)) if at.any() else -1

    def without_flow(self, routes: RouteFlows) -> npt.NDArray[np.int64]:
        """Return the pairs none of whose routes carries anything."""
        carries = np.zeros(self.n, dtype=bool)
        flow, following = routes.flow, routes.pool[6]
        at = np.flatnonzero(routes.chain >= 0)
        r = routes.chain[at]
        while len(at):
            carries[at] |= np.asarray(flow[r] > 0)
            r = np.asarray(following[r])
            at, r = at[r >= 0], r[r >= 0]
        return np.flatnonzero(~carries)

    def class_flows(self, routes: RouteFlows, n_link: int, n_class: int) -> Floats:
        """Return the flow of every class on every link, links sorted by tail, float64[C, A]."""
        flows = np.zeros((n_class, n_link))
        for c in range(n_class):
            chain = np.where(self.pair_class == c, routes.chain, -1).astype(np.int32)
            routepool.load(chain, routes.pool, flows[c])
        return flows

    def take_over(
        self, routes: RouteFlows, start: Assignment | Start, own: Floats, extra: Floats
    ) -> None:
        """Put in the routes of an earlier result, in proportion; closed ones are left out."""
        old = start.pairs
        if not (
            np.array_equal(old.order, self.order)
            and len(start.classes) >= int(self.pair_class.max(initial=-1)) + 1
        ):
            said = "the earlier result is of other links or classes"
            raise OpenCorridorError([Problem("assign_start", said, mend="start without it")])
        zones = int(max(self.top, old.top)) + 1
        was, key = old.keys(zones), self.keys(zones)
        at = np.minimum(np.searchsorted(was, key), max(len(was) - 1, 0))
        match = np.where(was[at] == key, at, -1) if len(was) else np.full(self.n, -1)
        routes.reserve(start.routes)
        routepool.taken_over(
            match.astype(np.int32), start.routes.chain, start.routes.pool, self.pair_class,
            self.demand, own, extra, routes.chain, routes.pool, routes.count,
        )  # fmt: skip


def make_pairs(network: TrafficNetwork, classes: Sequence[TrafficClass]) -> Pairs:
    """Return the pairs between different zones that have demand."""
    order = np.argsort(network.tail, kind="stable").astype(np.int64)
    nodes = np.arange(len(network.node_id) + 1)
    first = np.searchsorted(network.tail[order], nodes).astype(np.int64)
    parts = []
    for c, one in enumerate(classes):
        i, j = np.nonzero(one.demand > 0)
        keep = network.zone_node[i] != network.zone_node[j]
        i, j = i[keep], j[keep]
        parts.append((np.full(len(i), c), i, j, one.demand[i, j]))
    kind, i, j, demand = (np.concatenate(part) for part in zip(*parts, strict=True))
    key = kind * network.n_zone + i
    _, at = np.unique(key, return_index=True)
    return Pairs(
        order=order,
        first=first,
        pair_class=kind.astype(np.int32),
        origin=i.astype(np.int32),
        destination=j.astype(np.int32),
        target=network.zone_node[j].astype(np.int32),
        demand=demand.astype(np.float64),
        tree_class=kind[at].astype(np.int32),
        source=network.zone_node[i[at]].astype(np.int32),
        tree_first=np.append(at, len(key)).astype(np.int64),
    )


def refuse_unreachable(
    network: TrafficNetwork, classes: Sequence[TrafficClass], pairs: Pairs, least: Floats
) -> None:
    """Refuse demand that has no way, each pair with the row it stands in."""
    lost = np.flatnonzero(np.isinf(least))
    if len(lost):
        raise OpenCorridorError(
            [
                _unreachable(network, classes[c].file, i, j, demand)
                for c, i, j, demand in zip(
                    pairs.pair_class[lost].tolist(),
                    pairs.origin[lost].tolist(),
                    pairs.destination[lost].tolist(),
                    pairs.demand[lost].tolist(),
                    strict=True,
                )
            ]
        )


def _unreachable(network: TrafficNetwork, file: str, i: int, j: int, demand: float) -> Problem:
    file = file or network.demand_file
    row, column = network.demand_row.get((i, j)), "volume"
    if file.endswith(".omx"):
        row, column = i + 1, network.zone_id[j]
    elif file.endswith(".tntp"):
        column = "trips"
    return Problem(
        "assign_unreachable",
        f"zone {network.zone_id[j]} cannot be reached from zone {network.zone_id[i]}",
        "",
        file,
        row,
        column,
        f"{demand:g}",
        mend="add the links that are missing, or take the demand out",
    )
