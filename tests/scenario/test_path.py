"""Years: growth alone, what enters by date, prices, and the parts that add up to the target."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.scenario.path import (
    decompose,
    effect_date,
    mid_year,
    price_index,
    schedule,
    state_of_year,
    year_flows,
)
from opencorridor.trade import grow, growth_index
from tests.scenario.worlds import World, changed

MONEY = st.floats(0.0, 1e11)


@given(MONEY, MONEY, MONEY, MONEY, st.floats(0.5, 3.0), MONEY)
def test_the_parts_add_up_to_the_target(
    start: float, grown: float, in_force: float, new: float, index: float, target: float
) -> None:
    parts = asdict(decompose(start, grown, in_force, new, index, target))
    total = parts.pop("target")
    assert sum(parts.values()) == pytest.approx(total, abs=1e-4)
    # What is reached in current dollars is everything but the gap.
    assert total - parts["gap"] == pytest.approx(new * index, abs=1e-4)


def test_each_part_is_the_step_that_it_is_named_after() -> None:
    parts = decompose(100.0, 130.0, 135.0, 160.0, 1.2, 300.0)
    assert (parts.baseline, parts.growth, parts.in_force, parts.new) == (100.0, 30.0, 5.0, 25.0)
    assert parts.prices == pytest.approx(160 * 0.2)
    assert parts.gap == pytest.approx(300 - 160 * 1.2)


def test_current_dollars_are_more_than_constant_ones_when_prices_rise(world: World) -> None:
    """2030 prices are 1.12 of 2024: the same goods cost more dollars of 2030, not fewer."""
    assert price_index(world.study, 2024) == 1.0
    assert price_index(world.study, 2030) == 1.12
    state = state_of_year(world.model, world.study, world.base, 2030, {})
    constant = world.pair(state)
    grown = grow(world.model.flows, growth_index(world.study, 2030, world.model.countries).index)
    a, b = world.model.pair
    pure = grown.flows[:, a, b].sum() + grown.flows[:, b, a].sum()
    # Growth is real: it is no part of the deflator.
    assert constant == pytest.approx(pure, rel=0.01)
    assert constant * price_index(world.study, 2030) > constant


def test_growth_of_the_baseline_year_is_none(world: World) -> None:
    assert year_flows(world.model, world.study, 2024) is world.model.flows
    flows = year_flows(world.model, world.study, 2030)
    assert 1.2 < flows.sum() / world.model.flows.sum() < 1.3


def test_a_smaller_growth_elasticity_gives_less_trade(world: World) -> None:
    """The pair's countries grow faster than the world: the power of growth is felt."""
    study = changed(world.study, "parameter", ["growth_elasticity"], value=0.8)
    a, b = world.model.pair
    low, mode = (year_flows(world.model, s, 2030)[:, a, b].sum() for s in (study, world.study))
    assert low < mode


def test_growth_alone_knows_no_later_measure_and_no_later_tariff(world: World) -> None:
    model, study, base = world.model, world.study, world.base
    alone = state_of_year(model, study, base, 2030, {}, in_force=False)
    later = changed(study, "tariff", ["TF01", "TF02"], valid_to="2026-12-31")
    same = state_of_year(model, later, base, 2030, {}, in_force=False)
    np.testing.assert_array_equal(alone.flows, same.flows)
    with_later = state_of_year(model, later, base, 2030, {})
    assert with_later.prices.tariff != alone.prices.tariff
    full = state_of_year(model, study, base, 2030, {})
    assert (full.prices.cost < alone.prices.cost).any(), "ALBA_WINDOW is in force by then"


def test_a_measure_in_force_acts_from_the_year_whose_middle_it_reaches(world: World) -> None:
    """ALBA_WINDOW took effect on 2025-07-01: it is in the state of 2025, not in a world before."""
    start = world.prices.cost
    first = state_of_year(world.model, world.study, world.base, 2025, {})
    assert (first.prices.cost[np.isfinite(start)] < start[np.isfinite(start)] - 1e-9).any()
    measure = world.study["measure"]
    later = np.where(measure["measure_id"] == "ALBA_WINDOW", "2025-07-02", measure["valid_from"])
    study = world.study.replace({"measure": measure.with_column("valid_from", later)})
    np.testing.assert_array_equal(
        state_of_year(world.model, study, world.base, 2025, {}).prices.cost, start
    )


def test_new_measures_act_from_their_day(world: World) -> None:
    plan = {"DUTY_FREE": "2027-07-01", "BEACON_YARD": "2027-07-02"}

    def state(year: int):
        return state_of_year(world.model, world.study, world.base, year, plan)

    at, key = world.at("CAP01"), (0, world.model.pair_of["AAA", "CCC"])
    assert mid_year(2027) == "2027-07-01"
    tariffs = [state(y).prices.tariff[key] for y in (2026, 2027, 2028)]
    assert tariffs == pytest.approx([1.2, 1.05, 1.05])
    caps = [state(y).prices.capacity[at] for y in (2026, 2027, 2028)]
    assert caps == pytest.approx([1e6, 1e6, 1.8e6])


@pytest.mark.parametrize(
    ("planned", "lead", "decision", "want"),
    [
        (2028.0, 6.0, "2026-01-01", "2028-01-01"),  # its own year lies ahead
        (2025.0, 6.0, "2026-01-01", "2026-07-01"),  # that year is past: the lead time counts
        (np.nan, 13.0, "2026-11-15", "2027-12-01"),
        (np.nan, 14.0, "2026-11-15", "2028-01-01"),
        (np.nan, np.nan, "2026-11-15", "2026-11-01"),
    ],
)
def test_effect_dates(world: World, planned: float, lead: float, decision: str, want: str) -> None:
    study = changed(
        world.study, "measure", ["BEACON_YARD"], planned_year=planned, lead_time_months=lead
    )
    assert effect_date(study, "BEACON_YARD", decision) == want
    assert schedule(study, ["BEACON_YARD"], decision) == {"BEACON_YARD": want}
