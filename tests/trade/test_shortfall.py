"""The gap in steps, comparative advantage and export potential: by hand and by identity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.trade.shortfall import STEPS, advantage, export_potential, shortfall

amounts = st.lists(st.floats(0, 1e9), min_size=4, max_size=4)
factors = st.lists(st.floats(0.01, 3), min_size=4, max_size=4)


@given(amounts, amounts, factors, factors, factors)
def test_the_parts_add_up(
    potential: list[float],
    actual: list[float],
    transport: list[float],
    tariff: list[float],
    non_tariff: list[float],
) -> None:
    factor = {
        "transport": np.array(transport),
        "tariff": np.array(tariff),
        "non_tariff": np.array(non_tariff),
    }
    steps = shortfall(np.array(potential), np.array(actual), factor)
    assert tuple(step.step for step in steps) == STEPS
    total = sum(step.value for step in steps[:-1])
    assert total == pytest.approx(steps[-1].value, abs=1e-5)


def test_steps_by_hand() -> None:
    factor = {"transport": np.array(0.5), "tariff": np.array(0.8), "non_tariff": np.array(1.0)}
    steps = shortfall(np.array(100.0), np.array(10.0), factor)
    assert [float(s.value) for s in steps] == pytest.approx([100, -50, -10, 0, -30, 10])


def flows() -> np.ndarray:
    """Return two sectors of three countries; the diagonals are sales at home."""
    return np.array(
        [
            [[90.0, 30.0, 10.0], [5.0, 70.0, 5.0], [0.0, 10.0, 50.0]],
            [[20.0, 10.0, 10.0], [40.0, 60.0, 20.0], [30.0, 0.0, 10.0]],
        ]
    )


def test_comparative_advantage_by_hand() -> None:
    found = advantage(flows())
    # A exports 40 of 60 in the first sector; the world 60 of 170.
    assert found[0, 0] == pytest.approx((40 / 60) / (60 / 170))
    assert found[1, 1] == pytest.approx((60 / 70) / (110 / 170))
    none = flows()
    none[:, 2, :2] = 0.0
    assert np.isnan(advantage(none)[:, 2]).all()


def test_export_potential_by_hand() -> None:
    found = export_potential(flows(), 0, 1)
    usual = np.array([40 / 60 * 40.0, 20 / 110 * 10.0])
    assert found == pytest.approx(usual * 40.0 / usual.sum())
    assert found.sum() == pytest.approx(40.0)
