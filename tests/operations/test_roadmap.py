"""The roadmap as an operation: reached or not, in which dollars, and what binds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from opencorridor.network.kernels.threads import use_threads
from opencorridor.operations.roadmap import RoadmapRequest, RoadmapResult, run
from opencorridor.study import OpenCorridorError
from tests.operations.conftest import Results


def asked(**settings: Any) -> RoadmapResult:
    use_threads(1)
    return run(RoadmapRequest("teaching", **settings))


def test_the_studys_own_target_is_reached_by_the_plan_of_the_run(ran: Results) -> None:
    result = asked()
    assert result.reached
    assert result.summary["measures"] == ran.summary["measures"]
    assert result.summary["plan_usd_current"] == pytest.approx(
        ran.summary["plan_usd_current"], rel=1e-12
    )
    chosen = [m["measure_id"] for m in result.measures if m["in_plan"]]
    assert sorted(chosen) == result.summary["measures"]
    json.dumps(result.as_dict())


def test_a_target_out_of_reach_says_what_is_missing() -> None:
    result = asked(target_usd=9e9)
    assert not result.reached
    summary = result.summary
    assert summary["gap_usd_current"] == pytest.approx(9e9 - summary["plan_usd_current"])
    backward = summary["backward"]
    assert backward["cost_fall_share"] > 0
    assert backward["tonnes_a_b"] > 0
    assert backward["wagons_per_day"] > 0
    assert backward["boxes_per_day"] > 0
    parts = {r["part"]: r["usd_current_target_year"] for r in result.decomposition}
    assert parts["remaining_gap"] == pytest.approx(summary["gap_usd_current"])
    assert parts["target"] == 9e9


def test_a_small_budget_misses_what_a_large_one_reaches() -> None:
    small, large = asked(budget_usd=120e6), asked(budget_usd=400e6)
    assert (small.reached, large.reached) == (False, True)
    assert small.summary["plan_cost_usd"] <= 120e6
    left_out = {m["measure_id"]: m["reason"] for m in small.measures if not m["in_plan"]}
    assert "BRIGHT_LINE" in left_out
    assert all(left_out.values())


def test_a_target_in_constant_dollars_is_raised_to_those_of_its_year() -> None:
    """2 billion of 2024 are 2.24 billion of 2030, not 1.79: prices rise by 12 %."""
    result = asked(target_usd=2e9, prices="2024")
    assert result.summary["target_usd"] == pytest.approx(2.24e9)
    assert not result.reached
    current = asked(target_usd=2e9)
    assert current.summary["target_usd"] == 2e9
    assert current.reached
    of_2030 = asked(target_usd=2e9, prices="2030")
    assert of_2030.summary["target_usd"] == pytest.approx(2e9)


def test_an_earlier_year_leaves_out_what_comes_later() -> None:
    result = asked(target_usd=1.7e9, year=2027)
    assert result.summary["target_year"] == 2027
    assert [r["year"] for r in result.path] == [2024, 2025, 2026, 2027]
    reason = {m["measure_id"]: m["reason"] for m in result.measures}
    assert "too late" in reason["BRIGHT_LINE"]
    assert "2028-01-01" in reason["BRIGHT_LINE"]
    assert not {"BRIGHT_LINE", "BRIGHT_YARD"} & set(result.summary["measures"])


def test_what_binds_is_named_where_it_binds() -> None:
    poor = asked(budget_usd=0.0)
    assert poor.summary["measures"] == []
    assert poor.summary["binding"] == ["Beacon Gate (rail), BBB to CCC"]
    rich = asked(budget_usd=400e6)
    assert rich.summary["binding"] == [], "the new line takes the queue away"


@pytest.mark.parametrize(
    "settings", [{"target_usd": -1.0}, {"budget_usd": -1.0}, {"target_usd": float("nan")}]
)
def test_amounts_that_are_none_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        asked(**settings)
    assert [p.code for p in caught.value.problems] == ["bad_amount"]


def test_a_year_without_prices_or_growth_is_refused() -> None:
    for year in (2035, 2024, 2019):
        with pytest.raises(OpenCorridorError) as caught:
            asked(target_usd=2e9, year=year)
        assert caught.value.exit_code == 2


def test_a_measure_held_back_acts_from_that_year_and_trade_before_it_is_less() -> None:
    free, held = asked(), asked(not_before={"DUTY_FREE": 2029}, exclude=("DUTY_HALF",))
    dates = {m["measure_id"]: m["effect_date"] for m in held.measures}
    assert dates["DUTY_FREE"] == "2029-01-01"
    assert held.summary["measures"] == free.summary["measures"]
    before, after = (
        {row["year"]: row["plan_usd_current"] for row in result.path} for result in (free, held)
    )
    for year in (2027, 2028):
        assert after[year] < before[year] * 0.99
    for year in (2025, 2026, 2029, 2030):
        assert after[year] == pytest.approx(before[year], rel=1e-5)
    # Costs of a year run from the day on which the measure acts.
    assert held.summary["plan_cost_usd"] <= free.summary["plan_cost_usd"]
    assert held.summary["not_before"] == {"DUTY_FREE": 2029}


def test_what_is_left_out_and_what_needs_it_is_not_in_the_plan_and_says_so() -> None:
    result = asked(exclude=("TRANSIT_DEAL",))
    reason = {m["measure_id"]: m["reason"] for m in result.measures}
    assert not {"TRANSIT_DEAL", "E_DECLARATION"} & set(result.summary["measures"])
    assert reason["TRANSIT_DEAL"] == "left out, as asked"
    assert reason["E_DECLARATION"] == "needs TRANSIT_DEAL, which is left out"


def test_limits_that_cannot_be_are_refused_at_their_fields_all_at_once() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        asked(not_before={"NOPE": 2027, "DUTY_FREE": 2040, "DUTY_HALF": 2023}, exclude=("ZZZ",))
    assert [(p.code, p.column) for p in caught.value.problems] == [
        ("unknown_measure", "not_before.NOPE"),
        ("unknown_measure", "exclude.ZZZ"),
        ("bad_year", "not_before.DUTY_FREE"),
        ("bad_year", "not_before.DUTY_HALF"),
    ]


def test_a_probability_is_answered_from_the_draws() -> None:
    easy = asked(target_usd=1e8, draws=4, workers=1, probability_share=0.5).summary
    assert (easy["probability"], easy["probability_met"]) == (1.0, True)
    hard = asked(target_usd=9e9, draws=4, workers=1, probability_share=0.5).summary
    assert (hard["probability"], hard["probability_met"]) == (0.0, False)
    for settings in ({"probability_share": 0.5}, {"probability_share": 1.5, "draws": 4}):
        with pytest.raises(OpenCorridorError) as caught:
            asked(**settings)
        assert [p.column for p in caught.value.problems] == ["probability_share"]
