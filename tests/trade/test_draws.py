"""Draws: each is the single solve it stands for, whoever solves it, and intervals hold them."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.study.errors import NotConverged, OpenCorridorError
from opencorridor.trade.draws import drawn, stream
from tests.trade.input_worlds import accounts
from tests.trade.worlds import random_shock, random_world

FLOWS, THETA = random_world(4, 6, 3)
BAND = trade.Triangular(0.7 * THETA, THETA, 1.5 * THETA)
SHOCK = random_shock(4, FLOWS.shape, 0.7, 1.1)


def test_a_draw_is_a_single_solve() -> None:
    # The drawn numbers are made again here from the stream of the draw; no start, no Jacobian.
    found = trade.ensemble(
        trade.world(FLOWS, THETA), BAND, tau_hat=SHOCK, draws=12, seed=3, pairs=[(0, 2), (4, 1)]
    )
    for k in range(12):
        u = stream(3, k).random(3)
        left = BAND.low + np.sqrt(u * (BAND.high - BAND.low) * (THETA - BAND.low))
        right = BAND.high - np.sqrt((1 - u) * (BAND.high - BAND.low) * (BAND.high - THETA))
        split = (THETA - BAND.low) / (BAND.high - BAND.low)
        single = trade.solve(FLOWS, np.where(u < split, left, right), SHOCK)
        np.testing.assert_allclose(found.draws["welfare_hat"][k], single.welfare_hat, rtol=1e-10)
        np.testing.assert_allclose(
            found.draws["pair_flows"][k], single.flows[:, [0, 4], [2, 1]].T, rtol=1e-9
        )
    central = trade.solve(FLOWS, THETA, SHOCK)
    np.testing.assert_allclose(found.central["wage_hat"], central.wage_hat, rtol=1e-10)


def test_draws_with_inputs_are_single_solves() -> None:
    world = accounts(6, 4, 3)
    theta = world["theta"]
    start = trade.sector_world(**world)
    band = trade.Triangular(0.8 * theta, theta, 1.4 * theta)
    rates = world["tariff"] / 2
    found = trade.ensemble(start, band, draws=4, seed=1, tariff=rates)
    for k in range(4):
        world["theta"] = band.sample(stream(1, k))
        single = trade.sector_world(**world).solve(tariff=rates)
        np.testing.assert_allclose(
            found.draws["welfare_hat"][k], single.real_income_hat, rtol=1e-10
        )
        np.testing.assert_allclose(found.draws["first_order"][k], single.first_order, atol=1e-10)


def test_workers_and_repetition_change_nothing() -> None:
    start = trade.world(FLOWS, THETA)
    one = trade.ensemble(start, BAND, tau_hat=SHOCK, draws=20, seed=5)
    two = trade.ensemble(start, BAND, tau_hat=SHOCK, draws=20, seed=5, workers=2)
    few = trade.ensemble(start, BAND, tau_hat=SHOCK, draws=7, seed=5)
    other = trade.ensemble(start, BAND, tau_hat=SHOCK, draws=20, seed=6)
    for name, values in one.draws.items():
        np.testing.assert_array_equal(two.draws[name], values)
        np.testing.assert_array_equal(few.draws[name], values[:7])
    assert (other.draws["welfare_hat"] != one.draws["welfare_hat"]).any()


def test_estimated_effects_are_drawn_with_their_covariance() -> None:
    # The effect of agreements on trade, tau^-theta, is exp(beta1 z1 + beta2 z2).
    covariance = np.array([[0.04, -0.015], [-0.015, 0.01]])
    cells = np.array([0, 1, 2]), np.array([1, 1, 0]), np.array([0, 3, 2])
    changes = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
    beta = trade.Normal([0.5, 0.2], covariance)
    effects = trade.Effects(*cells, changes, beta)
    start = trade.world(FLOWS, THETA)
    found = trade.ensemble(start, effects=effects, draws=5, seed=2)
    for k in range(5):
        drawn = beta.sample(stream(2, k))
        tau = {
            (int(s), int(i), int(j)): float(np.exp(-z @ drawn / THETA[s]))
            for s, i, j, z in zip(*cells, changes, strict=True)
        }
        single = trade.solve(FLOWS, THETA, tau)
        np.testing.assert_allclose(found.draws["exports"][k], single.flows.sum(axis=(0, 2))
            - np.einsum("sii->i", single.flows), rtol=1e-9)  # fmt: skip
    sample = np.array([beta.sample(stream(0, k)) for k in range(4000)])
    np.testing.assert_allclose(sample.mean(axis=0), [0.5, 0.2], atol=0.015)
    np.testing.assert_allclose(np.cov(sample.T), covariance, atol=0.003)


def test_drawn_flows_are_the_world_of_their_draw() -> None:
    def flows(draw: int) -> np.ndarray:
        return FLOWS * stream(9, draw).uniform(0.9, 1.1, FLOWS.shape)

    found = trade.ensemble(
        trade.world(FLOWS, THETA), BAND, tau_hat=SHOCK, flows=flows, draws=3, seed=1
    )
    single = trade.solve(flows(2), BAND.sample(stream(1, 2)), SHOCK)
    np.testing.assert_allclose(found.draws["wage_hat"][2], single.wage_hat, rtol=1e-10)


def test_an_interval_holds_its_share_and_closes_with_its_band() -> None:
    start = trade.world(FLOWS, THETA)
    found = trade.ensemble(start, BAND, tau_hat=SHOCK, draws=50, seed=1, level=0.8)
    low, high = found.interval("welfare_hat")
    inside = (found.draws["welfare_hat"] >= low) & (found.draws["welfare_hat"] <= high)
    np.testing.assert_allclose(inside.mean(axis=0), 0.8, atol=0.021)
    assert (low < high).all()
    closed = trade.ensemble(
        start, trade.Triangular(THETA, THETA, THETA), tau_hat=SHOCK, draws=5, seed=1
    )
    low, high = closed.interval("welfare_hat")
    np.testing.assert_allclose(low, high, rtol=1e-12)
    np.testing.assert_allclose(low, closed.central["welfare_hat"], rtol=1e-12)


def test_normal_elasticities_stay_positive() -> None:
    start = trade.world(FLOWS, THETA)
    wide = trade.Normal(THETA, np.diag(np.square(0.6 * THETA)))
    first = np.array([wide.sample(stream(0, k)) for k in range(40)])
    assert (first <= 0).any()  # some would not be positive, so the test can fail
    found = trade.ensemble(start, wide, tau_hat=SHOCK, draws=40, seed=0, measure=lambda e: {
        "residual": np.array(e.residual)})  # fmt: skip
    assert found.draws["residual"].max() <= 1e-12


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: trade.Triangular([2.0], [1.0], [3.0]), "draw_band"),
        (lambda: trade.Triangular([1.0], [np.nan], [3.0]), "draw_band"),
        (lambda: trade.Normal([1.0, 2.0], np.eye(3)), "draw_covariance"),
        (lambda: trade.Normal([1.0, 2.0], [[1.0, 0.5], [0.2, 1.0]]), "draw_covariance"),
        (lambda: trade.Normal([1.0, 2.0], [[1.0, 3.0], [3.0, 1.0]]), "draw_covariance"),
        (lambda: ask(theta=trade.Triangular(THETA[:2], THETA[:2], THETA[:2])), "trade_shape"),
        (lambda: ask(theta=trade.Triangular(0 * THETA, THETA, THETA)), "theta_not_positive"),
        (lambda: ask(theta=trade.Normal(-THETA, np.eye(3))), "theta_not_positive"),
        (lambda: ask(draws=0), "draw_count"),
        (lambda: ask(level=1.0), "draw_count"),
        (lambda: ask(pairs=[("nowhere", 1)]), "unknown_label"),
    ],
)
def test_what_is_refused(make: object, code: str) -> None:
    with pytest.raises(OpenCorridorError) as error:
        make()  # type: ignore[operator]
    assert [problem.code for problem in error.value.problems] == [code] * len(error.value.problems)


def ask(**changed: object) -> trade.Ensemble:
    options = {"theta": BAND, "tau_hat": SHOCK, "draws": 2, **changed}
    return trade.ensemble(trade.world(FLOWS, THETA), **options)  # type: ignore[arg-type]


def test_a_draw_that_does_not_converge_is_named() -> None:
    with pytest.raises(NotConverged, match="draw 0: the market of"):
        ask(max_iter=1, tau_hat=None, flows=lambda _: FLOWS * SHOCK, effects=trade.Effects(
            np.array([0]), np.array([0]), np.array([1]), np.array([[1.0]]),
            trade.Normal([0.0], [[4.0]])))  # fmt: skip


def test_bands_are_drawn_from_the_streams_of_an_ensemble() -> None:
    together = trade.Triangular(np.zeros(3), np.full(3, 0.5), np.ones(3))
    found = drawn({"theta": BAND, "held": together}, 3, 5, together=["held"])
    start = trade.world(FLOWS, THETA)
    same = trade.ensemble(start, BAND, tau_hat=SHOCK, draws=5, seed=3)
    for theta, welfare in zip(found["theta"], same.draws["welfare_hat"], strict=True):
        single = trade.solve(FLOWS, theta, SHOCK)
        np.testing.assert_allclose(welfare, single.welfare_hat, rtol=1e-10)
    # What is drawn together moves as one; other parts of a question share no number with it.
    assert (np.ptp(found["held"], axis=1) == 0).all()
    assert np.ptp(found["held"][:, 0]) > 0
    other = drawn({"theta": BAND}, 3, 5, part=1)["theta"]
    assert not np.isclose(other, found["theta"]).any()
