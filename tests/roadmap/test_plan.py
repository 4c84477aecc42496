"""The planner on the teaching study: alone, together, under budgets, in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opencorridor.roadmap.plan import Planner, candidates, cost_of, decision_date
from opencorridor.roadmap.portfolio import enumerate_best
from opencorridor.scenario.ensembles import drawer
from opencorridor.scenario.path import effect_date, schedule, state_of_year
from opencorridor.study import Study
from tests.scenario.worlds import World, changed

INF = float("inf")


@pytest.fixture(scope="module")
def planner(world: World) -> Planner:
    return Planner(world.model, world.study, world.base, year=2030)


@pytest.fixture(scope="module")
def singles(planner: Planner):
    return planner.alone()


def test_candidates_are_neither_in_force_nor_events(world: World) -> None:
    assert candidates(world.study) == [
        "DUTY_HALF", "DUTY_FREE", "BEACON_YARD", "BEACON_SHIFT", "BRIGHT_LINE", "BRIGHT_YARD",
        "TRANSIT_DEAL", "E_DECLARATION",
    ]  # fmt: skip
    unexpressed = changed(world.study, "measure", ["DUTY_HALF"], not_expressed="no column for it")
    assert "DUTY_HALF" not in candidates(unexpressed)


def test_costs_are_capital_and_the_years_up_to_the_target(world: World) -> None:
    ids = world.study["measure"]["measure_id"].tolist()
    # 60 million and 2 million in each of 2027, 2028, 2029, 2030
    assert cost_of(world.study, ids.index("BEACON_YARD"), 2030, "2027-01-01") == 68e6
    assert cost_of(world.study, ids.index("BEACON_YARD"), 2026, "2027-01-01") == 60e6
    assert cost_of(world.study, ids.index("ALBA_WINDOW"), 2030, "2027-01-01") == 0.0
    assert decision_date(world.study) == "2025-01-01"


def test_alone_is_the_state_of_the_target_year_with_one_measure(
    world: World, planner: Planner, singles
) -> None:
    one = next(a for a in singles if a.measure_id == "DUTY_FREE")
    state = state_of_year(
        world.model, world.study, world.base, 2030,
        schedule(world.study, ["DUTY_FREE"], planner.decision),
    )  # fmt: skip
    assert one.gain_usd == pytest.approx(world.pair(state) - planner.without, rel=1e-6)
    assert one.moves
    assert planner.value(frozenset()) == planner.without


@pytest.fixture(scope="module")
def still(world: World) -> Planner:
    """Return the planner of an economy that does not grow: the queue is that of the baseline."""
    growth = world.study["growth"]
    study = changed(world.study, "growth", growth["year"] > 0, gdp_index=1.0)
    return Planner(world.model, study, world.base, year=2030)


def test_substitutes_and_complements_show_only_together(still: Planner) -> None:
    found = still.alone()
    gain = {a.measure_id: a.gain_usd for a in found}

    def together(*names: str) -> float:
        return still.value(frozenset(names)) - still.without

    yard, shift = gain["BEACON_YARD"], gain["BEACON_SHIFT"]
    assert min(yard, shift) > 1e6
    assert max(yard, shift) < together("BEACON_YARD", "BEACON_SHIFT") < 0.75 * (yard + shift)
    assert abs(gain["BRIGHT_LINE"]) < 1e3
    assert abs(gain["BRIGHT_YARD"]) < 1e3
    assert together("BRIGHT_LINE", "BRIGHT_YARD") > 1e7
    moves = {a.measure_id: a.moves for a in found}
    assert not moves["BRIGHT_LINE"]
    assert not moves["BRIGHT_YARD"]
    assert all(moves[m] for m in moves if not m.startswith("BRIGHT"))


@pytest.mark.parametrize("budget", [INF, 80e6])
def test_with_substitutes_the_search_equals_full_enumeration(still: Planner, budget: float) -> None:
    singles = still.alone()
    want = enumerate_best(still.problem(singles, budget), still.value)
    got = still.best(singles, budget)
    assert (got.chosen, got.value, got.cost_usd) == (want.chosen, want.value, want.cost_usd)
    assert not {"BEACON_YARD", "BEACON_SHIFT"} <= got.chosen


@pytest.mark.parametrize("budget", [INF, 270e6, 120e6])
def test_the_search_equals_full_enumeration(planner: Planner, singles, budget: float) -> None:
    want = enumerate_best(planner.problem(singles, budget), planner.value)
    got = planner.best(singles, budget)
    least = planner.problem(singles, budget).least_gain
    assert got.value >= want.value - least * len(want.chosen)
    assert got.chosen == want.chosen
    assert got.cost_usd == want.cost_usd <= budget
    assert got.evaluations < want.evaluations


def test_the_best_plan_keeps_every_rule(planner: Planner, singles) -> None:
    best = planner.best(singles, INF).chosen
    # both complements, one of the alternatives, what is needed with what needs it
    assert {"BRIGHT_LINE", "BRIGHT_YARD"} <= best
    assert ("DUTY_FREE" in best) + ("DUTY_HALF" in best) == 1
    assert "DUTY_FREE" in best
    assert {"E_DECLARATION", "TRANSIT_DEAL"} <= best
    for budget in (20e6, 120e6, 250e6):
        chosen = planner.best(singles, budget).chosen
        assert ("BRIGHT_LINE" in chosen) == ("BRIGHT_YARD" in chosen)
        assert not {"DUTY_FREE", "DUTY_HALF"} <= chosen
        assert "E_DECLARATION" not in chosen or "TRANSIT_DEAL" in chosen


def test_more_money_never_brings_less(planner: Planner, singles) -> None:
    values = [planner.best(singles, b).value for b in (0.0, 1e7, 5e7, 1.2e8, 2.7e8, 3.2e8, INF)]
    assert values == sorted(values)
    assert values[0] == planner.without
    assert planner.best(singles, 0.0).chosen == frozenset()


def test_a_measure_that_comes_too_late_is_left_out(world: World) -> None:
    study = changed(world.study, "measure", ["DUTY_FREE"], planned_year=2031.0)
    study = changed(study, "measure", ["TRANSIT_DEAL"], planned_year=np.nan,
                    lead_time_months=80.0)  # fmt: skip
    planner = Planner(world.model, study, world.base, year=2030)
    found = {a.measure_id: a for a in planner.alone()}
    for late in ("DUTY_FREE", "TRANSIT_DEAL"):
        assert not found[late].in_time
        assert found[late].gain_usd == 0.0
        assert not found[late].moves
    assert found["TRANSIT_DEAL"].effect_date == "2031-09-01"
    problem = planner.problem(list(found.values()), INF)
    assert "DUTY_FREE" not in problem.options
    assert "E_DECLARATION" not in problem.options, "what it needs comes too late"
    chosen = planner.best(list(found.values()), INF).chosen
    assert "DUTY_HALF" in chosen
    assert not chosen & {"DUTY_FREE", "TRANSIT_DEAL", "E_DECLARATION"}


def test_each_set_is_solved_once(world: World) -> None:
    planner = Planner(world.model, world.study, world.base, year=2030, loop=False)
    first = planner.state(frozenset({"DUTY_FREE"}))
    assert planner.state(frozenset({"DUTY_FREE"})) is first
    assert planner.value(frozenset({"DUTY_FREE"})) > planner.without


def limited(study: Study, **limits: object) -> Study:
    """Study whose run holds measures back or leaves them out."""
    run = study.settings.run
    return study.replace(
        settings=replace(study.settings, run=replace(run, extra={**run.extra, **limits}))
    )


@pytest.mark.parametrize(
    ("year", "acts"), [(2025, "2027-01-01"), (2027, "2027-01-01"), (2029, "2029-01-01")]
)
def test_a_measure_acts_at_the_later_of_its_own_date_and_the_year_asked_for(
    world: World, year: int, acts: str
) -> None:
    study = limited(world.study, not_before={"DUTY_FREE": year})
    free = {"DUTY_FREE": effect_date(world.study, "DUTY_FREE", "2025-01-01")}
    assert free == {"DUTY_FREE": "2027-01-01"}
    assert effect_date(study, "DUTY_FREE", "2025-01-01") == acts
    same = schedule(study, ["DUTY_HALF", "BRIGHT_LINE"], "2025-01-01")
    assert same == schedule(world.study, ["DUTY_HALF", "BRIGHT_LINE"], "2025-01-01")


@pytest.mark.parametrize("budget", [INF, 120e6])
@pytest.mark.parametrize(
    "limits",
    [
        {"not_before": {"DUTY_FREE": 2031}},
        {"exclude": ["BRIGHT_YARD"]},
        {"not_before": {"TRANSIT_DEAL": 2031}, "exclude": ["DUTY_FREE"]},
    ],
)
def test_with_limits_the_search_equals_full_enumeration_of_what_is_left(
    world: World, planner: Planner, singles, limits: dict[str, object], budget: float
) -> None:
    """Brute force knows the limits only as measures that it may not choose."""
    study = limited(world.study, **limits)
    held = Planner(world.model, study, world.base, year=2030)
    barred = {*limits.get("exclude", ()), *limits.get("not_before", {})}  # type: ignore[misc]
    free = planner.problem([a for a in singles if a.measure_id not in barred], budget)
    want = enumerate_best(free, planner.value)
    got = held.best(held.alone(), budget)
    assert got.chosen == want.chosen
    assert not got.chosen & barred
    assert got.value == pytest.approx(want.value, rel=1e-6)


def test_a_measure_held_back_is_held_back_in_every_draw(world: World) -> None:
    """Past the target year the plan adds nothing in a draw, whatever the drawn lead time."""
    study = limited(world.study, not_before={"DUTY_FREE": 2031})
    late = drawer(replace(world.model, study=study), ["DUTY_FREE"]).once(1, 0)
    assert late.plan == pytest.approx(late.no_new, rel=1e-5)
    free = drawer(world.model, ["DUTY_FREE"]).once(1, 0)
    assert free.plan > free.no_new * 1.01
