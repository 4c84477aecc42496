"""Logit over routes in plain numpy, on matrices of routes by links: the oracle of the kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["plain_answer", "plain_path_sizes", "plain_shares"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def plain_shares(pair: Ints, demand: Floats, utility: Floats) -> Floats:
    """Return the flow of every route, float64[R], by the pair of each and its utility."""
    flow = np.empty(len(pair))
    for w in range(len(demand)):
        at = pair == w
        e = np.exp(utility[at] - utility[at].max())
        flow[at] = demand[w] * e / e.sum()
    return flow


def plain_answer(
    pair: Ints, demand: Floats, flow: Floats, on: Floats, theta: float, x: Floats
) -> Floats:
    """Return the fall of link flows, float64[A], where costs rise by x; ``on`` is float64[R, A]."""
    fall = np.zeros(on.shape[1])
    for w in range(len(demand)):
        at = pair == w
        share = flow[at] / demand[w]
        spread = np.diag(share) - np.outer(share, share)
        fall += theta * demand[w] * on[at].T @ spread @ on[at] @ x
    return fall


def plain_path_sizes(pair: Ints, on: Floats, weight: Floats) -> Floats:
    """Return the path size of every route, float64[R]."""
    size = np.ones(len(pair))
    for r, w in enumerate(pair.tolist()):
        routes = on[pair == w].sum(axis=0)
        there = on[r] > 0
        total = weight[there].sum()
        if total > 0:
            size[r] = (weight[there] / routes[there]).sum() / total
    return size
