"""Pareto fronts by plain label setting: the oracle, and the peer, of the compiled kernel.

No lower bounds and no pruning by the target: labels leave a heap in lexicographic order, and each
is compared with all that were kept at its node (Martins 1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Vector = tuple[int, ...]


def pareto(
    first: Array,
    head: Array,
    cost: Array,
    use: Array,
    sources: Sequence[tuple[int, Vector]],
    targets: Sequence[tuple[int, Vector]],
) -> tuple[list[Vector], list[list[int]]]:
    """Return every non-dominated vector in lexicographic order, and the arcs of one way to each.

    Parameters as for :func:`opencorridor.routing.kernels.pareto.pareto`; any number of criteria.
    """
    starts, heads, allowed = first.tolist(), head.tolist(), use.tolist()
    costs = [tuple(row) for row in cost.tolist()]
    end = len(starts) - 1
    further = dict(targets)
    kept: list[list[Vector]] = [[] for _ in range(end + 1)]
    node: list[int] = []
    before: list[int] = []
    by: list[int] = []
    heap: list[tuple[Vector, int]] = []

    def offer(vector: Vector, at: int, label: int, arc: int) -> None:
        heappush(heap, (vector, len(node)))
        node.append(at)
        before.append(label)
        by.append(arc)

    for at, vector in sources:
        offer(tuple(vector), at, -1, -1)
    last = []
    while heap:
        vector, label = heappop(heap)
        at = node[label]
        if any(all(a <= b for a, b in zip(old, vector, strict=True)) for old in kept[at]):
            continue
        kept[at].append(vector)
        if at == end:
            last.append(label)
            continue
        if at in further:
            offer(tuple(a + b for a, b in zip(vector, further[at], strict=True)), end, label, -1)
        for arc in range(starts[at], starts[at + 1]):
            if allowed[arc]:
                new = tuple(a + b for a, b in zip(vector, costs[arc], strict=True))
                offer(new, heads[arc], label, arc)
    return kept[end], [way(np.array(before), np.array(by), label) for label in last]


def way(before: Array, by: Array, label: int) -> list[int]:
    """Return the arcs that lead to a label."""
    arcs = []
    while label >= 0:
        if by[label] >= 0:
            arcs.append(int(by[label]))
        label = int(before[label])
    return arcs[::-1]
