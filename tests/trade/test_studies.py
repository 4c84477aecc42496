"""The shipped studies: the same counterfactuals as the rival in levels."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.study import Study, open_study
from tests.trade import levels_solver as levels


def compare(matrix: trade.TradeMatrix, theta: np.ndarray, tau_hat: np.ndarray) -> trade.Equilibrium:
    """Solve both ways and hold one against the other."""
    economy = levels.calibrate(matrix.flows, theta)
    before = levels.equilibrium(economy)
    after = levels.equilibrium(levels.with_costs(economy, tau_hat))
    found = trade.solve(matrix, theta, tau_hat)
    assert max(before.gap, after.gap) < 1e-11
    assert found.residual <= 1e-10
    np.testing.assert_allclose(found.flows, after.flows, rtol=1e-8)
    np.testing.assert_allclose(found.wage_hat, after.wage / before.wage, rtol=1e-8)
    real = (after.spending / after.price) / (before.spending / before.price)
    np.testing.assert_allclose(found.welfare_hat, real, rtol=1e-8)
    return found


def pair_shock(matrix: trade.TradeMatrix, pair: tuple[str, str], factor: float) -> np.ndarray:
    a, b = (matrix.index(country) for country in pair)
    tau_hat = np.ones_like(matrix.flows)
    tau_hat[:, [a, b], [b, a]] = factor
    return tau_hat


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.2])
def test_the_teaching_study_answers_as_the_rival_in_levels(teaching: Study, factor: float) -> None:
    matrix, theta = trade.matrix(teaching), trade.elasticities(teaching)
    pair = teaching.settings.pair
    found = compare(matrix, theta, pair_shock(matrix, pair, factor))
    a, b = (matrix.index(country) for country in pair)
    change = (found.flows - matrix.flows)[:, [a, b], [b, a]]
    assert (np.sign(change[matrix.flows[:, [a, b], [b, a]] > 0]) == np.sign(1 - factor)).all()


def test_the_shipped_study_is_reproduced_and_answers_as_the_rival_in_levels() -> None:
    study = open_study("iran_kazakhstan")
    matrix, theta = trade.matrix(study), trade.elasticities(study)
    pair = study.settings.pair
    assert matrix.pair_usd_current(*pair) == pytest.approx(340e6, rel=1e-3)
    same = trade.solve(matrix, theta)
    traded = matrix.flows > 0
    np.testing.assert_allclose(same.flows[traded], matrix.flows[traded], rtol=1e-9)
    assert same.residual <= 1e-10
    found = compare(matrix, theta, pair_shock(matrix, pair, 0.8))
    a, b = (matrix.index(country) for country in pair)
    assert found.flows[:, a, b].sum() > matrix.flows[:, a, b].sum()
    assert found.welfare_hat[[a, b]].min() > 1.0
