"""Routes kept for the demand: flat arrays that grow as searches find new ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.kernels.kept import first_of_equals, passing
from opencorridor.routing import RouteSet
from opencorridor.routing.kernels.paths import gather

__all__ = ["ByArc", "Kept", "empty_kept", "from_sets", "merge"]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Kept:
    """R routes: group (form of cargo), zones, and arcs as CSR ``first``/``arcs``."""

    group: Ints
    origin: Ints
    destination: Ints
    first: Ints
    arcs: NDArray[np.int32]

    @property
    def n(self) -> int:
        """Number of routes."""
        return int(self.group.size)

    def take(self, which: Ints) -> Kept:
        """Routes of the given positions, in that order."""
        first, arcs = gather(self.first, self.arcs, which)
        return Kept(self.group[which], self.origin[which], self.destination[which], first, arcs)

    def passes(self, arc_marked: NDArray[np.bool_], which: Ints | None = None) -> NDArray[np.bool_]:
        """Whether each route, or each of the given positions, runs over any of the marked arcs."""
        asked = np.arange(self.n) if which is None else which
        found: NDArray[np.bool_] = passing(self.first, self.arcs, arc_marked, asked)
        return found


class ByArc:
    """Routes by the arcs that they run over: for many questions, each about few arcs."""

    def __init__(self, kept: Kept) -> None:
        order = np.argsort(kept.arcs, kind="stable")
        self.n = kept.n
        self.arcs = kept.arcs[order]
        self.route = np.repeat(np.arange(kept.n), np.diff(kept.first))[order]

    def passes(self, arc_marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """As :meth:`Kept.passes`."""
        found = np.zeros(self.n, dtype=bool)
        wanted = np.flatnonzero(arc_marked).astype(self.arcs.dtype)
        for a, b in zip(
            np.searchsorted(self.arcs, wanted, "left"),
            np.searchsorted(self.arcs, wanted, "right"),
            strict=True,
        ):
            found[self.route[a:b]] = True
        return found


def empty_kept() -> Kept:
    """No routes."""
    none = np.empty(0, dtype=np.int64)
    return Kept(none, none, none, np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32))


def from_sets(sets: Sequence[tuple[int, RouteSet]]) -> Kept:
    """Routes of several searches, each of one group."""
    if not sets:
        return empty_kept()
    counts = [np.diff(one.first_arc) for _, one in sets]
    return Kept(
        group=np.concatenate([np.full(one.n_routes, g, dtype=np.int64) for g, one in sets]),
        origin=np.concatenate([one.pair_origin[one.route_pair] for _, one in sets]).astype(
            np.int64
        ),
        destination=np.concatenate([one.pair_dest[one.route_pair] for _, one in sets]).astype(
            np.int64
        ),
        first=np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64),
        arcs=np.concatenate([one.arcs for _, one in sets]).astype(np.int32),
    )


def merge(parts: Sequence[Kept]) -> Kept:
    """All routes of several sets, equal ones once, sorted by group, origin and destination."""
    offsets = np.cumsum([0, *(one.arcs.size for one in parts)])
    whole = Kept(
        group=np.concatenate([one.group for one in parts]),
        origin=np.concatenate([one.origin for one in parts]),
        destination=np.concatenate([one.destination for one in parts]),
        first=np.concatenate(
            [*(one.first[:-1] + o for one, o in zip(parts, offsets, strict=False)), offsets[-1:]]
        ).astype(np.int64),
        arcs=np.concatenate([one.arcs for one in parts]),
    )
    n_zone = int(max(whole.origin.max(initial=0), whole.destination.max(initial=0))) + 1
    key = (whole.group * n_zone + whole.origin) * n_zone + whole.destination
    # Within a pair the order of finding is kept.
    order = np.argsort(key, kind="stable")
    return whole.take(order[first_of_equals(order, key, whole.first, whole.arcs)])
