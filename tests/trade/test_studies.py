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


@pytest.mark.parametrize(("theta", "fall"), [(3.0, 0.518), (5.0, 0.354), (8.0, 0.239)])
def test_for_the_small_pair_equilibrium_adds_next_to_nothing(theta: float, fall: float) -> None:
    # Where a pair is small for both, trade answers by tau^-theta and nothing else moves: the fall
    # of costs that a target needs agrees with (target / now)^(-1/theta) to 0.2 points. The falls
    # are those of a prototype on another table of the world's trade.
    study = open_study("iran_kazakhstan")
    matrix = trade.matrix(study)
    now, target = matrix.pair_usd_current(*study.settings.pair), 3e9
    found = trade.required_tau_hat(matrix, theta, study.settings.pair, target)
    alone = (target / now) ** (-1 / theta)
    assert abs(found.tau_hat - alone) < 0.002
    assert found.tau_hat != pytest.approx(alone, rel=1e-6)  # but it is not the same thing
    assert abs(found.fall_share - fall) < 0.004
    # Inputs in the same good let the costs of production answer too: still the same for this pair.
    sectors = trade.sector_world(matrix, theta, inputs=_own_inputs(matrix.flows))
    a, b = (matrix.index(country) for country in study.settings.pair)
    cells = {
        (s, i, j): found.tau_hat for s in range(len(matrix.sectors)) for i, j in ((a, b), (b, a))
    }
    flows = sectors.solve(cells).flows
    reached = flows[:, a, b].sum() + flows[:, b, a].sum()
    assert reached == pytest.approx(target, rel=0.02)


def _own_inputs(flows: np.ndarray) -> np.ndarray:
    """Return inputs of each sector from itself, 40 % of sales and of what the country has of it."""
    least = np.minimum(flows.sum(axis=1), flows.sum(axis=2))
    inputs = np.zeros((len(flows), len(flows), flows.shape[1]))
    sector = np.arange(len(flows))
    inputs[sector, sector] = 0.4 * least
    return inputs
