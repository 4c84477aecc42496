"""What the solver refuses, with the country, the table and the mend in the message."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.study.errors import NotConverged, OpenCorridorError
from tests.trade.worlds import random_shock, random_world

NAMES = ("Aland", "Borduria", "Cagliostro")


def codes(error: pytest.ExceptionInfo[OpenCorridorError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_case_20_a_country_without_home_sales_and_exports_is_refused_before_solving() -> None:
    flows = np.array([[[5.0, 2.0], [0.0, 0.0]]])
    with pytest.raises(OpenCorridorError) as error:
        trade.solve(flows, 4.0, countries=("Aland", "Borduria"))
    (problem,) = error.value.problems
    assert problem.code == "trade_country_without_output"
    assert problem.table == "output"
    assert "Borduria" in problem.message
    assert problem.mend
    assert error.value.exit_code == 2


def test_a_country_that_buys_nothing_is_refused() -> None:
    with pytest.raises(OpenCorridorError, match="Borduria buys nothing"):
        trade.solve(np.array([[[5.0, 0.0], [2.0, 0.0]]]), 4.0, countries=("Aland", "Borduria"))


def test_every_bad_cell_is_named_at_once() -> None:
    flows, theta = random_world(1, 3, 2)
    flows[0, 0, 1] = np.nan
    flows[1, 2, 2] = -4.0
    with pytest.raises(OpenCorridorError) as error:
        trade.solve(flows, [4.0, -1.0], countries=NAMES, sectors=("food", "steel"))
    assert codes(error) == ["theta_not_positive", "trade_flow_not_finite", "trade_flow_negative"]
    text = str(error.value)
    assert "food, Aland to Borduria" in text
    assert "steel, Cagliostro to Cagliostro" in text
    assert theta.shape == (2,)


@pytest.mark.parametrize("shape", [(2, 3, 4), (3, 3), (0, 3, 3)])
def test_a_table_that_is_not_square_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(OpenCorridorError) as error:
        trade.solve(np.ones(shape), 4.0)
    assert codes(error) == ["trade_not_square"]


def test_case_31_groups_without_trade_between_them_are_refused() -> None:
    flows = np.zeros((1, 5, 5))
    flows[0, :3, :3] = 1.0
    flows[0, 3:, 3:] = 1.0
    with pytest.raises(OpenCorridorError) as error:
        trade.solve(flows, 4.0, countries=(*NAMES, "Drackia", "Elbonia"))
    assert codes(error) == ["trade_world_in_parts"]
    assert "Drackia, Elbonia" in str(error.value)


@pytest.mark.parametrize("bad", [0.0, -0.5, np.nan])
def test_bad_cost_factors_are_named(bad: float) -> None:
    flows, theta = random_world(2, 3, 2)
    tau_hat = np.ones_like(flows)
    tau_hat[1, 0, 2] = bad
    for given in (tau_hat, {(1, 0, 2): bad}):
        with pytest.raises(OpenCorridorError, match="Aland to Cagliostro") as error:
            trade.solve(flows, theta, given, countries=NAMES)
        assert codes(error) == ["trade_cost_factor"]


def test_a_cell_that_stands_twice_is_refused() -> None:
    flows, theta = random_world(2, 3, 2)
    cells = trade.Cells(*np.array([[0, 0], [1, 1], [2, 2]]), np.array([0.9, 0.9]))
    with pytest.raises(OpenCorridorError) as error:
        trade.solve(flows, theta, cells)
    assert codes(error) == ["trade_cell_twice"]


def test_a_market_that_loses_every_supplier_is_refused() -> None:
    flows, theta = random_world(2, 3, 2)
    closed = {(0, exporter, 1): np.inf for exporter in range(3)}
    with pytest.raises(OpenCorridorError, match="Borduria has no supplier of food left"):
        trade.solve(flows, theta, closed, countries=NAMES, sectors=("food", "steel"))


def test_unknown_names_and_rules_are_refused() -> None:
    flows, theta = random_world(2, 3, 2)
    with pytest.raises(OpenCorridorError, match="exporter Alond"):
        trade.solve(flows, theta, {(0, "Alond", "Borduria"): 0.9}, countries=NAMES)
    with pytest.raises(OpenCorridorError, match="fixed_share, balanced, multiplicative"):
        trade.solve(flows, theta, deficit="floating")
    with pytest.raises(OpenCorridorError, match="2 names of country for 3"):
        trade.solve(flows, theta, countries=NAMES[:2])
    with pytest.raises(OpenCorridorError, match=r"theta has the shape \(3,\)"):
        trade.solve(flows, [4.0, 4.0, 4.0])


def test_case_20_a_solve_that_does_not_converge_names_the_market_and_how_far_it_is() -> None:
    flows, theta = random_world(3, 3, 2)
    tau_hat = random_shock(3, flows.shape, 0.3, 0.5)
    with pytest.raises(NotConverged, match="does not clear") as error:
        trade.solve(flows, theta, tau_hat, max_iter=1, countries=NAMES)
    assert error.value.exit_code == 3
    best = trade.solve(flows, theta, tau_hat, max_iter=1, countries=NAMES, allow_unconverged=True)
    excess = best.flows.sum(axis=(0, 2)) / (best.wage_hat * flows.sum(axis=(0, 2))) - 1.0
    worst = int(np.abs(excess).argmax())
    (problem,) = error.value.problems
    assert problem.value == NAMES[worst]
    assert f"{abs(excess[worst]):.3g}" in problem.message
    assert not best.converged
    assert best.residual == pytest.approx(abs(excess[worst]), rel=1e-9)
    assert np.isfinite(best.flows).all()


def test_a_surplus_that_cannot_be_paid_is_named_and_does_not_come_back_as_nan() -> None:
    # Borduria gives away nearly all its income; when its exports end there is nothing to give.
    flows = np.array([[[50.0, 0.5, 30.0], [99.0, 1.0, 0.0], [30.0, 0.0, 50.0]]])
    with pytest.raises(NotConverged, match="the market of Borduria does not clear"):
        trade.solve(flows, 4.0, {(0, 1, 0): np.inf}, countries=NAMES, max_iter=50)
