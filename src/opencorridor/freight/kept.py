"""Routes kept for the demand: flat arrays that grow as searches find new ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.routing import RouteSet

__all__ = ["Kept", "empty_kept", "from_sets", "merge"]

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
        counts = np.diff(self.first)[which]
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        position = np.arange(first[-1]) - np.repeat(first[:-1], counts)
        arcs = self.arcs[position + np.repeat(self.first[which], counts)]
        return Kept(self.group[which], self.origin[which], self.destination[which], first, arcs)

    def passes(self, arc_marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether each route runs over any of the marked arcs."""
        if self.n == 0:
            return np.zeros(0, dtype=bool)
        marks = np.concatenate([[0], np.cumsum(arc_marked[self.arcs])])
        return np.asarray(marks[self.first[1:]] > marks[self.first[:-1]])


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
        origin=np.concatenate([one.pair_origin[one.route_pair] for _, one in sets]).astype(np.int64),
        destination=np.concatenate([one.pair_dest[one.route_pair] for _, one in sets]).astype(
            np.int64
        ),
        first=np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64),
        arcs=np.concatenate([one.arcs for _, one in sets]).astype(np.int32),
    )


def _signature(kept: Kept) -> NDArray[np.uint64]:
    """Hash of every route's arcs in order; two routes share one with chance 2^-64."""
    mix = np.random.Generator(np.random.PCG64(20)).integers(1, 2**63, 1 << 16, dtype=np.uint64)
    position = np.arange(kept.arcs.size) - np.repeat(kept.first[:-1], np.diff(kept.first))
    with np.errstate(over="ignore"):
        arc = (kept.arcs.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        arc ^= arc >> np.uint64(29)
        term = arc * mix[position & 0xFFFF]
        total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(term, dtype=np.uint64)])
        return np.asarray(total[kept.first[1:]] - total[kept.first[:-1]], dtype=np.uint64)


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
    signature = _signature(whole)
    order = np.lexsort(
        (np.arange(whole.n), signature, whole.destination, whole.origin, whole.group)
    )
    keys = (whole.group, whole.origin, whole.destination, signature)
    fresh = np.ones(whole.n, dtype=bool)
    same = np.ones(max(whole.n - 1, 0), dtype=bool)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    fresh[1:] = ~same
    chosen = order[fresh]
    # Within a pair the order of finding is kept, so that a result does not hang on the hash.
    chosen = chosen[
        np.lexsort(
            (chosen, whole.destination[chosen], whole.origin[chosen], whole.group[chosen])
        )
    ]
    return whole.take(chosen)
