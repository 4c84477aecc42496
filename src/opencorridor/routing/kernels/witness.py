"""Short searches for another way, by which shortcuts are spared."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from opencorridor.routing.kernels.trees import _pop, _push

Array = NDArray[Any]


@njit(cache=True)
def search(net, out, work, x, reach, limit, left):  # type: ignore[no-untyped-def]
    """Search from x around the nodes that go, until all wanted nodes are settled.

    It stops beyond a cost and after a number of settled nodes, too. Labels stamped hold the
    cost of some way, so they never promise too little.
    """
    first, size, _, to, price = net[:5]
    dist, stamp, wanted, mark, key, item = work
    now = mark[0]
    dist[x] = 0.0
    stamp[x] = now
    heap = _push(key, item, 0, 0.0, x)
    settled = 0
    while heap > 0 and settled < limit:
        d, u = key[0], item[0]
        heap = _pop(key, item, heap)
        if d > dist[u]:
            continue
        if d > reach:
            break
        settled += 1
        if wanted[u] == now:
            left -= 1
            if left == 0:
                break
        for k in range(first[u], first[u] + size[u]):
            y = to[k]
            there = d + price[k]
            if there <= reach and not out[y] and (stamp[y] != now or there < dist[y]):
                if heap >= key.shape[0]:
                    return
                stamp[y] = now
                dist[y] = there
                heap = _push(key, item, heap, there, y)


def scratch(n_node: int, limit: int, n_block: int) -> tuple[Array, ...]:
    """Allocate what searches work with, for each part worked at in parallel."""
    n = 64 * limit + 64
    return (
        np.empty((n_block, n_node)),
        np.zeros((n_block, n_node), np.int32),
        np.zeros((n_block, n_node), np.int32),
        np.zeros((n_block, 1), np.int32),
        np.empty((n_block, n)),
        np.empty((n_block, n), np.int32),
    )
