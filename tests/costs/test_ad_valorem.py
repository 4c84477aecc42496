"""From US$ per tonne to τ̂, in both bookkeepings of time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor import costs
from opencorridor.study import OpenCorridorError

money = st.floats(0, 1000)
density = st.floats(10, 1e5)


def test_by_hand() -> None:
    # A fall from 100 to 60 US$/t on goods worth 400 US$/t: 1.15 / 1.25.
    assert costs.tau_hat(60.0, 100.0, 400.0) == pytest.approx(0.92)


@given(money, money, st.floats(0, 2000), st.floats(0, 2000), density, st.floats(0, 0.05))
def test_the_two_bookkeepings_agree_where_the_value_of_time_is_kappa_v_over_24(
    m_new: float, m_base: float, h_new: float, h_base: float, v: float, kappa: float
) -> None:
    vot = kappa * v / 24.0
    in_dollars = costs.tau_hat(m_new + vot * h_new, m_base + vot * h_base, v)
    as_share = costs.tau_hat(
        m_new, m_base, v, d_new=h_new / 24, d_base=h_base / 24, kappa_share_per_day=kappa
    )
    assert in_dollars == pytest.approx(as_share, rel=1e-12)


@given(money, density)
def test_no_change_is_exactly_one(cost: float, v: float) -> None:
    assert costs.tau_hat(cost, cost, v) == 1.0


def test_no_way_is_nan_not_a_number() -> None:
    assert np.isnan(costs.tau_hat([10.0, np.nan], [np.nan, 10.0], 100.0)).all()


@pytest.mark.parametrize("v", [0.0, -1.0, np.nan])
def test_value_density_must_be_above_zero(v: float) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        costs.tau_hat(1.0, 1.0, v)
    assert caught.value.problems[0].code == "value_density"


def test_days_without_kappa_are_refused() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        costs.tau_hat(1.0, 1.0, 10.0, d_new=2.0, d_base=1.0)
    assert caught.value.problems[0].code == "tau_bookkeeping"


def test_mean_over_classes_goes_by_value_and_a_class_without_value_does_not_count() -> None:
    tau = [[0.9, np.nan], [1.1, 0.8]]
    assert costs.class_mean(tau, [[3.0, 0.0], [1.0, 2.0]]) == pytest.approx([0.95, 0.8])
    assert np.isnan(costs.class_mean([np.nan], [1.0]))
    assert np.isnan(costs.class_mean([1.0], [0.0]))
