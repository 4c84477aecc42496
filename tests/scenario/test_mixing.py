"""Acceleration of the loop: fewer rounds than plain repetition, and no other answer."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.scenario.mixing import Mixer


def rounds(f, x: np.ndarray, most: int = 200) -> tuple[int, np.ndarray]:
    mixer = Mixer()
    for n in range(most):
        answer = f(x)
        if np.abs(answer - x).max() < 1e-9:
            return n, x
        x = mixer.next(x, answer)
    return most, x


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(-3.0, 0.9))
def test_a_linear_loop_ends_at_its_fixed_point_even_where_repetition_diverges(
    seed: int, slope: float
) -> None:
    rng = np.random.default_rng(seed)
    base, direction = rng.uniform(10.0, 100.0, 6), rng.normal(size=6)
    matrix = slope * np.outer(direction, direction) / (direction @ direction)
    fixed = np.linalg.solve(np.eye(6) - matrix, base)
    shift = np.maximum(0.0, -fixed)  # tonnes are never below 0
    n, x = rounds(lambda x: base + shift - matrix @ shift + matrix @ x, base.copy())
    np.testing.assert_allclose(x, np.maximum(fixed + shift, 0.0), rtol=1e-6, atol=1e-6)
    assert n <= 40


def test_a_kink_is_passed() -> None:
    """Loads that bind from a point on: steep on one side, flat on the other."""

    def f(x: np.ndarray) -> np.ndarray:
        return 10.0 - 4.0 * np.maximum(x - 3.0, 0.0)

    n, x = rounds(f, np.array([9.0, 0.5]))
    np.testing.assert_allclose(x, (10.0 + 12.0) / 5.0, rtol=1e-8)
    assert n < 60


def test_the_first_step_is_the_answer_itself() -> None:
    assert Mixer().next(np.array([1.0, 2.0]), np.array([3.0, -1.0])).tolist() == [3.0, 0.0]
