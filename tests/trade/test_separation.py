"""Separation: the rectifier against linear programmes, and sets worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor.trade.kernels import separation as sep


def two_ways(seed: int, n: int = 40, levels: int = 6, k: int = 2) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n) < 0.6, 0.0, rng.integers(1, 5, n).astype(float))
    x = np.where(rng.random((n, k)) < 0.7, 0.0, rng.integers(-2, 4, (n, k)).astype(float))
    effects = rng.integers(0, levels, (n, 2))
    effects = np.stack([np.unique(c, return_inverse=True)[1] for c in effects.T], axis=1)
    return y, x, effects.astype(np.intp)


@pytest.mark.parametrize("seed", range(25))
def test_rectifier_finds_what_linear_programmes_find(seed: int) -> None:
    y, x, effects = two_ways(seed)
    quick = sep.separated_by_rectifier(y, x, effects)
    assert quick.tolist() == sep.separated_by_programme(y, x, effects).tolist()
    assert not quick[y > 0].any()


def test_made_up_sets_hold_separated_rows() -> None:
    counts = [int(sep.separated_by_rectifier(*two_ways(seed)).sum()) for seed in range(25)]
    assert max(counts) > 5
    assert min(counts) == 0


def test_nothing_is_separated_where_all_trade_is_positive() -> None:
    y, x, effects = two_ways(0)
    assert not sep.separated_by_rectifier(y + 1, x, effects).any()


def test_effects_by_hand() -> None:
    y = np.array([0.0, 0.0, 1.0, 0.0, 2.0])
    effects = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]], dtype=np.intp)
    keep = np.ones(5, dtype=bool)
    found = sep.separated_by_effects(y, effects, keep)
    # Level 0 of the first effect never trades; level 1 of the second neither.
    assert found.tolist() == [True, True, False, True, False]


def test_singletons_fall_one_after_the_other() -> None:
    effects = np.array([[0, 0], [0, 1], [1, 1], [1, 1]], dtype=np.intp)
    keep = np.ones(4, dtype=bool)
    # Row 0 is alone in the second effect; then row 1 is alone in the first.
    assert sep.singletons(effects, keep).tolist() == [True, True, False, False]


def test_a_combination_of_others_is_explained() -> None:
    rng = np.random.default_rng(0)
    effects = rng.integers(0, 4, (50, 1)).astype(np.intp)
    others = rng.normal(size=(50, 2))
    given = 3 * others[:, 0] - others[:, 1] + effects[:, 0]
    assert sep.explained(given, others, effects)
    assert not sep.explained(rng.normal(size=50), others, effects)
    assert not sep.explained(given, others, np.empty((50, 0), dtype=np.intp))
