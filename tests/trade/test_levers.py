"""Levers as changes of trade costs: the formula, its parts, and the quick response."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.trade.levers import KINDS, PairCosts, conditional, phased, tau_parts

COSTS = PairCosts(
    theta=np.array([4.0, 6.0]),
    day_share=np.array([0.006, 0.02]),
    border_h=np.array([[24.0, 48.0], [10.0, 0.0]]),
    border_spread_h=np.array([[12.0, 24.0], [5.0, 8.0]]),
    duty=np.array([[0.10, 0.03], [0.20, 0.05]]),
    payment=np.full((2, 2), 0.05),
    non_tariff=np.array([[0.3, 0.1], [0.2, 0.0]]),
    reliability_ratio=np.array(0.4),
    visa_log=np.array(-0.2),
    credit_share=np.array(0.015),
)
NOW = {
    "border_hours": 20.0, "border_spread": 12.0, "duty_a": 0.04, "duty_b": 0.12,
    "non_tariff": 1.0, "visa": 0.5, "payment": 0.05, "export_credit": 0.0,
}  # fmt: skip


def whole(after: dict[str, float]) -> np.ndarray:
    parts = tau_parts(COSTS, NOW, after)
    assert set(parts) == set(after)
    return sum(parts.values(), np.zeros((2, 2)))


def test_all_at_once_is_the_formula() -> None:
    after = {
        "border_hours": 5.0, "border_spread": 6.0, "duty_a": 0.0, "duty_b": 0.06,
        "non_tariff": 0.5, "visa": 0.0, "payment": 0.01, "export_credit": 1.0,
    }  # fmt: skip
    assert set(after) == set(KINDS)
    for s in range(2):
        for d, duty_left in enumerate((0.5, 0.0)):
            duty, ntm = COSTS.duty[s, d], COSTS.non_tariff[s, d]
            money = (1 + duty * duty_left + 0.01 - 0.015) / (1 + duty + 0.05)
            kept = (1 + ntm / 2) / (1 + ntm)
            kappa, h, sd = COSTS.day_share[s], COSTS.border_h[s, d], COSTS.border_spread_h[s, d]
            time = (1 + kappa / 24 * (h / 4 + 0.4 * sd / 2)) / (1 + kappa / 24 * (h + 0.4 * sd))
            visa = np.exp(-0.2 * 0.5 / COSTS.theta[s])
            assert whole(after)[s, d] == pytest.approx(np.log(money * kept * time * visa), 1e-10)


def test_a_duty_binds_in_one_direction_only() -> None:
    assert (whole({"duty_b": 0.0})[:, 1] == 0).all()
    assert (whole({"duty_a": 0.0})[:, 0] == 0).all()
    assert (whole({"duty_b": 0.0})[:, 0] < 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_lever_that_stays_changes_nothing(kind: str) -> None:
    assert np.abs(whole({kind: NOW[kind]})).max() < 1e-15


def test_offsetting_levers_cancel_and_their_parts_do_not() -> None:
    flat = dataclasses.replace(COSTS, duty=np.full((2, 2), 0.05))
    now = {**NOW, "duty_b": 0.05, "payment": 0.05}
    parts = tau_parts(flat, now, {"duty_b": 0.06, "payment": 0.04})
    assert parts["duty_b"][:, 0] == pytest.approx(0.01 / 1.1)
    assert (parts["duty_b"] + parts["payment"])[:, 0] == pytest.approx(0.0, abs=1e-15)


def test_a_lever_from_nothing_adds() -> None:
    free = dataclasses.replace(COSTS, duty=np.zeros((2, 2)))
    parts = tau_parts(free, {**NOW, "duty_b": 0.0}, {"duty_b": 0.1})
    assert parts["duty_b"][:, 0] == pytest.approx(np.log(1.15 / 1.05))


def test_draws_come_before_the_axes() -> None:
    drawn = dataclasses.replace(
        COSTS,
        theta=np.tile(COSTS.theta, (3, 1)),
        visa_log=np.array([-0.1, -0.2, -0.3]),
        day_share=np.tile(COSTS.day_share, (3, 1)),
        reliability_ratio=np.array([0.1, 0.4, 1.2]),
        credit_share=np.full(3, 0.015),
    )
    after = {"visa": 0.0, "border_spread": 0.0, "export_credit": 0.5}
    parts = tau_parts(drawn, NOW, after)
    assert sum(parts.values(), np.zeros((3, 2, 2)))[1] == pytest.approx(whole(after))


def test_phases_are_shares_of_the_change() -> None:
    assert phased({"payment": 0.05}, {"payment": 0.01}, {"payment": 0.25}) == {
        "payment": pytest.approx(0.04)
    }


def test_the_quick_response_is_the_equilibrium_of_a_small_pair() -> None:
    rng = np.random.default_rng(3)
    flows = rng.lognormal(0, 1, (2, 8, 8)) + 300 * np.eye(8)
    flows[:, 0, 1] *= 1e-4
    flows[:, 1, 0] *= 1e-4
    economy = trade.world(flows, COSTS.theta)
    log_tau = np.array([[-0.10, -0.05], [0.04, -0.2]])
    cells = {(s, *ends): float(np.exp(log_tau[s, d])) for s in range(2)
             for d, ends in enumerate(((0, 1), (1, 0)))}  # fmt: skip
    exact = economy.solve(cells).flows
    flow = np.stack([flows[:, 0, 1], flows[:, 1, 0]], axis=1)
    share = np.stack([economy.base.share[:, 0, 1], economy.base.share[:, 1, 0]], axis=1)
    quick = conditional(flow, share, COSTS.theta, log_tau)
    assert quick == pytest.approx(np.stack([exact[:, 0, 1], exact[:, 1, 0]], axis=1), rel=1e-4)
    assert conditional(flow, share, COSTS.theta, np.zeros((2, 2))) == pytest.approx(flow)
