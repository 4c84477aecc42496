"""Acceleration of the loop: fewer rounds than plain repetition, and no other answer."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.scenario.mixing import Mixer


def rounds(f, x: np.ndarray, most: int = 200) -> tuple[int, np.ndarray]:
    mixer = Mixer(np.ones(x.size))
    x = mixer.next(x)
    for n in range(most):
        answer = f(x)
        if np.abs(answer - x).max() < 1e-9:
            return n, x
        x = mixer.next(answer)
    return most, x


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(-3.0, 0.9))
def test_a_linear_loop_ends_at_its_fixed_point_even_where_repetition_diverges(
    seed: int, slope: float
) -> None:
    rng = np.random.default_rng(seed)
    base, direction = rng.uniform(-1.0, 1.0, 6), rng.normal(size=6)
    matrix = slope * np.outer(direction, direction) / (direction @ direction)
    n, x = rounds(lambda x: base + matrix @ x, base.copy())
    np.testing.assert_allclose(x, np.linalg.solve(np.eye(6) - matrix, base), atol=1e-6)
    assert n <= 40


def test_a_kink_is_passed() -> None:
    """Loads that bind from a point on: steep on one side, flat on the other."""

    def f(x: np.ndarray) -> np.ndarray:
        return 1.0 - 4.0 * np.maximum(x - 0.3, 0.0)

    n, x = rounds(f, np.array([0.9, 0.05]))
    np.testing.assert_allclose(x, (1.0 + 1.2) / 5.0, rtol=1e-8)
    assert n < 60


def test_the_first_two_guesses_are_the_answers_themselves() -> None:
    mixer = Mixer(np.ones(2))
    for answer in ([3.0, -1.0], [2.0, 0.5]):
        assert mixer.next(np.array(answer)).tolist() == answer


def test_small_cells_do_not_steer_the_mix() -> None:
    """Two cells that swing apart: the one that weighs settles first."""
    mixer = Mixer(np.array([1.0, 1e-12]))
    slope, fixed = np.array([-0.9, -0.2]), np.array([0.4, 0.1])
    x = mixer.next(np.zeros(2))
    for _ in range(2):
        x = mixer.next(fixed + slope * (x - fixed))
    np.testing.assert_allclose(x[0], fixed[0], atol=1e-9)
    assert abs(x[1] - fixed[1]) > 1e-3
