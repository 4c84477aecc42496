"""Rows of demand with routes, chains and pieces of way in common, for the tests of the choice."""

from __future__ import annotations

import itertools

import numpy as np


def random_demand(seed: int, rows: int) -> tuple[np.ndarray, ...]:
    """Cells, weights, anchor costs and prices, and elasticities; some cells with fixed tonnes."""
    rng = np.random.default_rng(seed)
    cell = np.sort(rng.integers(0, 1 + rows // 2, rows))
    weight = rng.random(rows) / np.bincount(cell, minlength=rows)[cell]
    anchor = rng.uniform(5.0, 300.0, rows)
    elasticity = rng.uniform(0.5, 8.0, rows) * (rng.random(rows) < 0.7)
    price = rng.uniform(50.0, 5e3, rows) + np.bincount(cell, weight * anchor, minlength=rows)
    return cell, weight, anchor, price[cell], elasticity[cell]


def fixed(rows: int) -> tuple[np.ndarray, ...]:
    """Tonnes that answer no cost."""
    return np.arange(rows), *np.zeros((4, rows))


def one_way(counts: np.ndarray) -> tuple[np.ndarray, ...]:
    """Rows of one key each, whose routes are all of one chain and share nothing."""
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    none = np.zeros(first.size, np.int64)
    alone = np.ones(int(first[-1]))
    return (
        np.arange(counts.size), first, np.zeros(alone.size, np.int64), alone, none,
        np.zeros(1, np.int64), np.empty(0, np.int64), np.empty(0),
    )  # fmt: skip


def choice(scale: float, rows: int, dissimilarity: float = 1.0, path_size: float = 0.0):
    return np.repeat([[scale], [dissimilarity], [path_size]], rows, axis=1)


def random_ways(seed: int, counts: np.ndarray) -> tuple[np.ndarray, ...]:
    """Chains and shared pieces of the routes of rows, each a pair of its own."""
    rng = np.random.default_rng(seed)
    key, first, chain, alone, piece_first, *_ = one_way(counts)
    chain = rng.integers(0, 3, alone.size)
    for lo, hi in itertools.pairwise(first):
        chain[lo:hi] = np.unique(chain[lo:hi], return_inverse=True)[1]
    members, sizes, share = [], [], []
    for row, n in enumerate(counts):
        lo, groups = first[row], []
        for c in range(3):
            mine = np.flatnonzero(chain[lo : lo + n] == c)
            groups += [mine[rng.random(mine.size) < 0.7] for _ in range(3)]
        groups = [g for g in groups if g.size > 1]
        part = rng.random((n, len(groups) + 1)) * (rng.random((n, len(groups) + 1)) < 0.9)
        part[:, 0] += 0.01
        for s, group in enumerate(groups):
            part[np.setdiff1d(np.arange(n), group), s + 1] = 0.0
        part /= part.sum(axis=1)[:, None]
        alone[lo : lo + n] = part[:, 0]
        for s, group in enumerate(groups):
            members.append(group)
            sizes.append(group.size)
            share.append(part[group, s + 1])
        piece_first[row + 1] = piece_first[row] + len(groups)
    member_first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    with np.errstate(divide="ignore"):
        log_part = np.log(np.concatenate([*share, np.empty(0)]))
    member = np.concatenate([*members, np.empty(0)]).astype(np.int64)
    return key, first, chain, alone, piece_first, member_first, member, log_part


def random_choice(seed: int, rows: int) -> np.ndarray:
    """Scale, dissimilarity and path size of rows, at their ends too."""
    rng = np.random.default_rng(seed)
    return np.stack(
        [
            rng.uniform(5.0, 60.0, rows),
            rng.choice([1.0, 0.9, 0.5, 0.1], rows),
            rng.choice([0.0, 0.3, 0.8, 0.95], rows),
        ]
    )


def random_case(seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    rows, places = int(rng.integers(1, 40)), int(rng.integers(1, 6))
    counts = rng.integers(1, 5, rows)
    row_first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    options = int(row_first[-1])
    cost = rng.uniform(5.0, 300.0, options)
    cost[rng.random(options) < 0.1] = np.inf
    cost[rng.random(options) < 0.05] = np.nan
    sets = [np.flatnonzero(rng.random(places) < 0.4) for _ in range(options)]
    first = np.concatenate([[0], np.cumsum([s.size for s in sets])]).astype(np.int64)
    place = np.concatenate([*sets, np.empty(0)]).astype(np.int64)
    return (
        row_first,
        rng.uniform(0.0, 1e5, rows),
        rng.uniform(0.0, 3.0, rows),
        cost,
        first,
        place,
        rng.uniform(0.0, 3.0, place.size) * (rng.random(place.size) < 0.9),
        rng.uniform(0.0, 100.0, places),
    )
