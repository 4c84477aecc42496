"""Trade by size alone: what is sold and bought stays, and three countries are done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.trade.size_only import by_size


def test_three_countries_by_hand() -> None:
    # With three countries only a round trip can move: what i sells to j more, the others make up.
    given = np.array([[9.0, 200, 400], [100, 9, 300], [100, 200, 9]])
    found = by_size(given).expected
    t = found[0, 1] - 200
    turned = [[0, 200 + t, 400 - t], [100 - t, 0, 300 + t], [100 + t, 200 - t, 0]]
    np.testing.assert_allclose(found, turned, rtol=1e-9)
    # x = a b off the diagonal: both ways round the three multiply to the same.
    assert (200 + t) * (300 + t) * (100 + t) == pytest.approx((400 - t) * (100 - t) * (200 - t))
    assert 2 * t**3 - 100 * t**2 + 250_000 * t - 2_000_000 == pytest.approx(0, abs=1e-3)


def test_what_is_sold_and_bought_stays() -> None:
    rng = np.random.default_rng(3)
    given = rng.lognormal(size=(8, 8))
    given[2] = 0.0
    found = by_size(given)
    np.fill_diagonal(given, 0.0)
    np.testing.assert_allclose(found.expected.sum(axis=0), given.sum(axis=0), rtol=1e-9)
    np.testing.assert_allclose(found.expected.sum(axis=1), given.sum(axis=1), rtol=1e-9)
    assert found.both_ways(0, 1) == found.expected[0, 1] + found.expected[1, 0]
    assert (by_size(np.zeros((3, 3))).expected == 0).all()
