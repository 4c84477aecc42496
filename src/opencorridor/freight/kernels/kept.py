"""Which of many routes are new to their pair of zones."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["first_of_equals", "passing"]

Ints = NDArray[np.int64]


@njit(cache=True)
def _mixed(lo: int, hi: int, arcs: NDArray[np.int32]) -> int:
    """Hash of the arcs of one route, in order."""
    mixed = np.uint64(hi - lo)
    for p in range(lo, hi):
        mixed = (mixed ^ np.uint64(arcs[p])) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed  # type: ignore[return-value]


@njit(cache=True)
def first_of_equals(
    order: Ints, key: Ints, first: Ints, arcs: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Mark the routes that differ from all earlier ones of their key.

    Parameters
    ----------
    order
        (R,) positions of the routes sorted by key, equal keys in order of finding.
    key
        (R,) number of the pair and group of each route.
    first, arcs
        Arcs of the routes as CSR.

    Returns
    -------
    bool (R,), by place in ``order``.
    """
    n = order.size
    fresh = np.zeros(n, dtype=np.bool_)
    mixed = np.empty(n, dtype=np.uint64)
    start = 0
    for i in range(n):
        route = order[i]
        if key[route] != key[order[start]]:
            start = i
        lo, hi = first[route], first[route + 1]
        mixed[i] = _mixed(lo, hi, arcs)
        found = False
        for j in range(start, i):
            if found or not fresh[j] or mixed[j] != mixed[i]:
                continue
            other = first[order[j]]
            found = first[order[j] + 1] - other == hi - lo
            for k in range(hi - lo):
                if not found:
                    break
                found = arcs[lo + k] == arcs[other + k]
        fresh[i] = not found
    return fresh


@njit(cache=True)
def passing(
    first: Ints, arcs: NDArray[np.int32], marked: NDArray[np.bool_], which: Ints
) -> NDArray[np.bool_]:
    """Mark the routes of the positions ``which`` (W,) that run over any of the marked arcs (A,)."""
    out = np.zeros(which.size, dtype=np.bool_)
    for w in range(which.size):
        for p in range(first[which[w]], first[which[w] + 1]):
            if marked[arcs[p]]:
                out[w] = True
                break
    return out
