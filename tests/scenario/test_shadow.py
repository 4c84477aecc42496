"""Shadow prices against the same world solved again with a little more capacity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opencorridor.scenario.measures import apply
from opencorridor.scenario.prices import Prices, prices
from opencorridor.scenario.shadow import (
    LEAST_WAIT_H,
    generalised_cost_usd,
    shadow_prices,
    trade_worth,
)
from opencorridor.scenario.state import Baseline, baseline, run_state
from opencorridor.study import Study
from tests.scenario.worlds import World, changed

STEP_T = 20.0


def with_capacity(p: Prices, at: int, more_t: float) -> Prices:
    capacity = p.capacity.copy()
    capacity[at] += more_t
    return replace(p, capacity=capacity)


def total_usd(world: World, solved: Baseline) -> float:
    model, p = world.model, solved.prices
    tonnes = (p.tonnes_per_usd * model.cell_values(model.flows)).sum(axis=1)
    return generalised_cost_usd(model, p, tonnes, solved.row_cost)


def crowded(world: World) -> Study:
    """Three places that wait at once, two of them on one another's way round."""
    study = changed(world.study, "capacity", ["CAP01"], capacity_t_per_year=9e5)
    study = changed(study, "capacity", ["CAP03"], capacity_t_per_year=1.6e6)
    return changed(study, "capacity", ["CAP05"], capacity_t_per_year=2.2e6)


def test_the_price_of_capacity_is_what_a_tonne_more_saves(world: World) -> None:
    model, priced = world.model, prices(world.model, crowded(world), world.day)
    base = baseline(model, priced)
    waiting = np.flatnonzero(base.clearing.wait_h > LEAST_WAIT_H)
    assert len(waiting) == 3
    price = shadow_prices(model, base)
    for at in range(model.places.n):
        low, high = (
            baseline(model, with_capacity(priced, at, d), base.clearing.wait_h)
            for d in (-STEP_T, STEP_T)
        )
        saved = (total_usd(world, low) - total_usd(world, high)) / (2 * STEP_T)
        assert price[at] == pytest.approx(saved, rel=1e-5, abs=1e-7), model.places.capacity_id[at]
    assert (price[waiting] > 0.5).all()
    np.testing.assert_array_equal(np.delete(price, waiting), 0.0)


def test_the_price_in_trade_is_what_a_tonne_more_adds_with_all_answers(world: World) -> None:
    model, study = world.model, apply(crowded(world), ["TRANSIT_DEAL"])
    priced = prices(model, study, world.day)

    def solved(p: Prices, start: np.ndarray | None = None):
        return run_state(model, p, world.base, model.flows, start_wait=start, tolerance=1e-11)

    state = solved(priced)
    waiting = np.flatnonzero(state.clearing.wait_h > LEAST_WAIT_H)
    assert len(waiting) >= 2
    worth = trade_worth(model, world.base, state)
    for at in waiting:
        low, high = (
            world.pair(solved(with_capacity(priced, at, d), state.clearing.wait_h))
            for d in (-STEP_T, STEP_T)
        )
        assert worth[at] == pytest.approx((high - low) / (2 * STEP_T), rel=1e-4)
    np.testing.assert_array_equal(np.delete(worth, waiting), 0.0)


def test_the_price_of_a_state_is_that_of_its_own_tonnes(world: World) -> None:
    """A zero change has the prices of the baseline; more goods make the gate dearer."""
    base = shadow_prices(world.model, world.base)
    np.testing.assert_allclose(shadow_prices(world.model, world.state()), base, rtol=1e-9)
    at = world.at("CAP01")
    more = shadow_prices(world.model, world.with_measures("DUTY_FREE"))
    assert more[at] > base[at] > 0.0


def test_where_tonnes_are_stranded_no_wait_is_a_price(world: World) -> None:
    study = changed(world.study, "border_crossing", ["BC_ROAD"], state="closed")
    study = changed(study, "transshipment", study["transshipment"]["terminal_id"] == "PORT_C",
                    state="closed")  # fmt: skip
    study = changed(study, "capacity", ["CAP01"], capacity_t_per_year=2e5)
    study = changed(study, "capacity", ["CAP02"], capacity_t_per_year=9e6)
    base = baseline(world.model, prices(world.model, study, world.day))
    price = shadow_prices(world.model, base)
    assert np.isnan(price[world.at("CAP01")])
    assert np.isfinite(np.delete(price, world.at("CAP01"))).all()
