"""The roadmap as an operation: reached or not, in which dollars, and what binds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from opencorridor.freight.kernels.threads import use_threads
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
