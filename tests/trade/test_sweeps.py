"""The compiled passes over rows against those in numpy."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.trade.kernels import sweeps, sweeps_plain


@pytest.mark.parametrize(
    ("others", "given"), [(0, True), (1, True), (2, True), (1, False), (2, False)]
)
def test_compiled_passes_are_the_plain_ones(others: int, given: bool) -> None:
    rng = np.random.default_rng(others)
    n, q = 60, 3
    a, b = (rng.integers(0, size, n).astype(np.int32) for size in (5, 4))
    levels = rng.integers(0, 7, (n, others)).astype(np.int32)
    of_a, of_b, of_others = (rng.normal(size=(size, q)) for size in (5, 4, 7))
    values = rng.normal(size=(n, q)) if given else np.empty((0, 0))
    weight = rng.random(n)
    found = []
    for passes in (sweeps, sweeps_plain):
        in_a, in_b, left = np.zeros((5, q)), np.zeros((4, q)), np.zeros((7, q))
        passes.sums(values, of_others, levels, weight, a, b, in_a, in_b)
        passes.left_sums(values, of_others, levels, weight, a, b, of_a, of_b, left)
        made = [in_a, in_b, left]
        if given:
            made.append(passes.remove(values, of_others, levels, a, b, of_a, of_b))
        found.append(np.concatenate(made))
    assert found[0] == pytest.approx(found[1], abs=1e-12)
    assert np.abs(found[0]).max() > 0.1
