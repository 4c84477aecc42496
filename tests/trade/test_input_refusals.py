"""What a world with inputs refuses, with the sector and country in the message."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.study.errors import NotConverged, OpenCorridorError
from tests.trade.input_worlds import accounts

NAMES = ("Aland", "Borduria", "Cagliostro")
GOODS = ("food", "steel")


def good() -> dict[str, Any]:
    return {**accounts(1, 3, 2), "countries": NAMES, "sectors": GOODS}


def with_cell(name: str, cell: tuple[int, ...], value: float) -> dict[str, Any]:
    world = good()
    world[name] = np.array(world[name])
    world[name][cell] = value
    return world


def no_labour() -> dict[str, Any]:
    world = good()
    world["inputs"][:, 1, 2] *= world["flows"][1, 2].sum() / world["inputs"][:, 1, 2].sum()
    return world


def beyond_sales() -> dict[str, Any]:
    world = good()
    world["inputs"][:, 1, 2] *= 1.2 * world["flows"][1, 2].sum() / world["inputs"][:, 1, 2].sum()
    return world


def not_bought() -> dict[str, Any]:
    world = good()
    world["flows"][1, :, 0] = 0.0
    return world


def no_final() -> dict[str, Any]:
    world = good()
    return {**world, "final": np.zeros((2, 3))}


def other_cost() -> dict[str, Any]:
    world = good()
    added = world["flows"].sum(axis=2) - world["inputs"].sum(axis=0)
    added[0, 1] *= 1.1
    return {**world, "value_added": added}


def used_up() -> dict[str, Any]:
    world = good()
    room = world["inputs"][:, :, 1]
    room[0] *= 1.05 * (world["flows"] * (1 + world["tariff"]))[0, :, 1].sum() / room[0].sum()
    return world


@pytest.mark.parametrize(
    ("world", "code", "words"),
    [
        (
            with_cell("inputs", (0, 1, 2), np.nan),
            "trade_amount",
            "food used by steel in Cagliostro",
        ),
        (with_cell("inputs", (0, 1, 2), -3.0), "trade_amount", "food used by steel in Cagliostro"),
        (with_cell("tariff", (1, 0, 2), -0.1), "trade_tariff", "steel, Aland to Cagliostro"),
        (with_cell("tariff", (1, 0, 2), np.inf), "trade_tariff", "steel, Aland to Cagliostro"),
        (with_cell("flows", (1, 0, 2), np.nan), "trade_flow_not_finite", "steel, Aland to Cagl"),
        (no_labour(), "trade_no_value_added", "steel in Cagliostro"),
        (beyond_sales(), "trade_no_value_added", "steel in Cagliostro"),
        (not_bought(), "trade_input_not_bought", "steel in Aland"),
        (no_final(), "trade_no_final_use", "Borduria consumes nothing"),
        (other_cost(), "trade_output_differs", "food in Borduria"),
        (used_up(), "trade_final_negative", "food in Borduria"),
        ({**good(), "deficit": [1e6, 0.0, 0.0]}, "trade_deficits", "the deficits add up to 1e+06"),
        ({**good(), "deficit": [np.nan, 0.0, 0.0]}, "trade_deficits", "Aland is not a number"),
        ({**good(), "deficit": [9.0, -9.0, 0.0]}, "trade_accounts_open", "settle=True"),
        ({**good(), "theta": [4.0, -1.0]}, "theta_not_positive", "steel"),
        ({**good(), "closure": "free"}, "trade_deficit", "free"),
        ({**good(), "inputs": np.ones((2, 2, 2))}, "trade_shape", "(2, 2, 2)"),
    ],
)
def test_a_world_is_refused(world: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(OpenCorridorError) as error:
        trade.sector_world(**world)
    assert code in {problem.code for problem in error.value.problems}
    assert words in str(error.value)
    assert error.value.exit_code == 2


def test_every_problem_of_a_world_is_told_at_once() -> None:
    world = with_cell("tariff", (0, 0, 1), -1.0)
    world["flows"][1, 2, 2] = -5.0
    world["theta"] = [-2.0, 3.0]
    with pytest.raises(OpenCorridorError) as error:
        trade.sector_world(**world)
    codes = {problem.code for problem in error.value.problems}
    assert codes == {"trade_tariff", "trade_flow_negative", "theta_not_positive"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tau_hat": {("steel", "Aland", "Borduria"): 0.0}}, "trade_cost_factor"),
        ({"tau_hat": {("steal", "Aland", "Borduria"): 0.9}}, "trade_labels"),
        ({"tariff": {("steel", "Aland", "Borduria"): -0.2}}, "trade_tariff"),
        ({"tau_hat": np.full((2, 3, 3), np.inf)}, "trade_market_without_supplier"),
        ({"wage0": [1.0, 0.0, 1.0]}, "trade_wage"),
    ],
)
def test_a_change_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(OpenCorridorError) as error:
        trade.sector_world(**good()).solve(**change)
    assert code in {problem.code for problem in error.value.problems}


def test_a_solve_cut_short_names_the_market() -> None:
    world = trade.sector_world(**good())
    tau_hat = {("food", "Aland", "Borduria"): 0.5}
    with pytest.raises(NotConverged, match=r"the market of \w+ does not clear: demand differs"):
        world.solve(tau_hat, max_iter=1)
    found = world.solve(tau_hat, max_iter=1, allow_unconverged=True)
    assert not found.converged
    assert found.residual > 1e-12
    assert np.isfinite(found.flows).all()


def test_a_surplus_beyond_income_names_its_country() -> None:
    # Borduria lends more than it earns once its wages have fallen: nothing can clear.
    flows = np.array([[[50.0, 1.0], [60.0, 1.0]]])
    world = trade.sector_world(flows, 6.0, countries=("Aland", "Borduria"))
    with pytest.raises(NotConverged, match="the market of Borduria does not clear"):
        world.solve({(0, 1, 0): 30.0}, max_iter=60)
