"""Waits that clear the places: one place by hand, many from two starts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.freight.clearing import WaitCurve, clear_places
from opencorridor.freight.kernels import loading
from opencorridor.freight.kernels.wait import allowed_load
from tests.freight.demand_rows import choice, fixed, one_way, random_ways

CURVE = WaitCurve(free_share=0.8, scale_h=12.0, max_h=720.0)


def network(seed: int, rows: int = 200, places: int = 5):
    rng = np.random.default_rng(seed)
    row_first = np.arange(0, 3 * rows + 1, 3).astype(np.int64)
    cost = rng.uniform(60.0, 120.0, 3 * rows)
    place = rng.integers(0, places, 3 * rows).astype(np.int64)
    first = np.arange(3 * rows + 1).astype(np.int64)
    tonnes = rng.uniform(0.0, 1e4, rows)
    vot = rng.uniform(0.02, 1.0, rows)
    ways = random_ways(seed, np.full(rows, 3))

    def loads(wait: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        _, _, load, slope = loading.choose_and_load(
            row_first,
            tonnes,
            vot,
            cost,
            first,
            place,
            np.ones(place.size),
            wait,
            *ways,
            *choice(45.0, rows, 0.7, 0.5),
            *fixed(rows),
        )
        return load, slope

    return loads, tonnes.sum()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_two_starts_reach_waits_that_clear(seed: int) -> None:
    loads, total = network(seed)
    cap = np.array([0.1, 0.2, 0.3, 0.5, 1.0]) * total
    low = clear_places(loads, cap, CURVE, np.zeros(5))
    high = clear_places(loads, cap, CURVE, np.full(5, 100.0))
    for got in (low, high):
        assert got.converged
        let = allowed_load(got.wait_h, cap, 0.8, 12.0)
        assert (got.load_t <= let + 1e-6 * cap + got.stranded_t).all()
        waits = (got.wait_h > 1e-6) & (got.wait_h <= 720.0)
        np.testing.assert_allclose(got.load_t[waits], let[waits], atol=1e-5 * cap.max())
    np.testing.assert_allclose(low.wait_h, high.wait_h, rtol=1e-3, atol=1e-2)


def test_one_place_and_a_way_round_by_hand() -> None:
    """100 t, cost 10 + 1 x wait by the place or 20 round it, k = 2, capacity 50 t."""
    row_first = np.array([0, 2], dtype=np.int64)
    first = np.array([0, 1, 1], dtype=np.int64)

    def loads(wait: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        _, _, load, slope = loading.choose_and_load(
            row_first,
            np.array([100.0]),
            np.array([1.0]),
            np.array([10.0, 20.0]),
            first,
            np.array([0], dtype=np.int64),
            np.ones(1),
            wait,
            *one_way(np.array([2])),
            *choice(2.0, 1),
            *fixed(1),
        )
        return load, slope

    got = clear_places(loads, np.array([50.0]), CURVE, np.zeros(1), tolerance=1e-12)
    # 100 / (1 + ((10 + w) / 20)^2) = 50 (9.6 + w) / (12 + w), solved by bisection.
    lo, hi = 0.0, 100.0
    for _ in range(200):
        w = (lo + hi) / 2
        excess = 100.0 / (1.0 + ((10.0 + w) / 20.0) ** 2) - 50.0 * (9.6 + w) / (12.0 + w)
        lo, hi = (w, hi) if excess > 0 else (lo, w)
    assert got.wait_h[0] == pytest.approx(lo, rel=1e-9)


def test_demand_that_no_wait_can_carry_is_left_over() -> None:
    def loads(wait: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.array([100.0]), np.zeros((1, 1))

    got = clear_places(loads, np.array([60.0]), CURVE, np.zeros(1))
    assert 720.0 < got.wait_h[0] < 722.0
    let = allowed_load(got.wait_h, np.array([60.0]), 0.8, 12.0)[0]
    assert got.stranded_t[0] == pytest.approx(100.0 - let)
    assert got.converged


def test_a_place_without_a_way_round_stops_at_the_longest_wait_and_the_others_clear() -> None:
    """100 t that must pass a place of 95 t; 100 t with a way round one of 50 t, by hand."""
    row_first = np.array([0, 1, 3], dtype=np.int64)
    first = np.array([0, 1, 2, 2], dtype=np.int64)

    def loads(wait: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        _, _, load, slope = loading.choose_and_load(
            row_first,
            np.full(2, 100.0),
            np.ones(2),
            np.array([10.0, 10.0, 20.0]),
            first,
            np.array([0, 1], dtype=np.int64),
            np.ones(2),
            wait,
            *one_way(np.array([1, 2])),
            *choice(2.0, 2),
            *fixed(2),
        )
        return load, slope

    got = clear_places(loads, np.array([95.0, 50.0]), CURVE, np.zeros(2), tolerance=1e-10)
    assert got.converged
    assert got.iterations <= 20
    assert 720.0 < got.wait_h[0] < 721.0
    w = got.wait_h[1]
    left = 100.0 / (1.0 + ((10.0 + w) / 20.0) ** 2)
    assert left == pytest.approx(50.0 * (9.6 + w) / (12.0 + w), rel=1e-8)
