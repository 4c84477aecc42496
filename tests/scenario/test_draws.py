"""Draws: seeded, the same with any number of workers, closed and opened by their bands."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.network.kernels.threads import use_threads
from opencorridor.scenario.assumptions import GROUPS, at_end
from opencorridor.scenario.ensembles import (
    TOLERANCE,
    DrawResult,
    draw_once,
    drawer,
    drawn_flows,
    run_draws,
    run_ensemble,
)
from opencorridor.study import bands
from opencorridor.study.bands import collapse, in_use, plan
from tests.scenario.worlds import World, changed, world_of

PLAN = ["BEACON_YARD", "DUTY_FREE"]
DRAWS = 12


@pytest.fixture(scope="module")
def drawn(world: World) -> list[DrawResult]:
    return run_draws(world.model, PLAN, seed=5, draws=DRAWS, workers=1)


def spread(results: list[DrawResult]) -> float:
    values = [r.plan * r.price_index for r in results]
    return max(values) / min(values) - 1.0


def test_draws_are_seeded_and_each_is_its_own(world: World, drawn: list[DrawResult]) -> None:
    assert [r.draw for r in drawn] == list(range(DRAWS))
    assert len({r.plan for r in drawn}) == DRAWS
    alone = draw_once(world.model, plan(world.study), 5, 7, PLAN)
    assert alone == drawn[7], "whatever was drawn before it"
    assert draw_once(world.model, plan(world.study), 6, 7, PLAN) != drawn[7]
    assert all(r.gap <= TOLERANCE for r in drawn)


def test_two_workers_give_the_bytes_of_one(world: World, drawn: list[DrawResult]) -> None:
    told: list[tuple[int, int]] = []
    two = run_draws(
        world.model, PLAN, seed=5, draws=DRAWS, workers=2,
        progress=lambda done, of: told.append((done, of)),
    )  # fmt: skip
    assert [repr(r) for r in two] == [repr(r) for r in drawn]
    assert told == [(n, DRAWS) for n in range(1, DRAWS + 1)]


def test_two_threads_give_the_bytes_of_one(world: World, drawn: list[DrawResult]) -> None:
    use_threads(2)
    try:
        again = draw_once(world.model, plan(world.study), 5, 3, PLAN)
    finally:
        use_threads(1)
    assert repr(again) == repr(drawn[3])


def test_every_draw_has_parts_in_their_order(drawn: list[DrawResult]) -> None:
    for r in drawn:
        assert r.baseline == pytest.approx(1e9, rel=1e-12), "the pair's sum is observed"
        assert r.baseline < r.grown
        assert r.no_new < r.plan
        assert r.price_index > 1.0


def test_low_equal_high_closes_the_band(world: World) -> None:
    study = collapse(world.study)
    assert in_use(study) == []
    closed = run_draws(world_of(study).model, PLAN, seed=5, draws=3, workers=1)
    assert len({(r.baseline, r.grown, r.no_new, r.plan, r.price_index) for r in closed}) == 1
    from opencorridor.scenario.path import state_of_year

    starts = {"BEACON_YARD": "2027-01-01", "DUTY_FREE": "2027-01-01"}
    state = state_of_year(world.model, world.study, world.base, 2030, starts)
    assert closed[0].plan == pytest.approx(world.pair(state), rel=TOLERANCE)
    # The band of a run without the loop is one of draws without it.
    state = state_of_year(world.model, world.study, world.base, 2030, starts, loop=False)
    loose = drawer(world_of(study).model, PLAN, loop=False).once(5, 0)
    assert loose.plan == pytest.approx(world.pair(state), rel=TOLERANCE)
    assert loose.plan > closed[0].plan * (1.0 + 2 * TOLERANCE)


def test_a_wider_elasticity_opens_the_band(world: World) -> None:
    closed = collapse(world.study)
    theta = closed["elasticity"]["theta"]
    spreads = []
    for factor in (1.0, 1.1, 1.6):
        table = closed["elasticity"].with_columns(
            {"theta_low": theta / factor, "theta_high": theta * factor}
        )
        study = closed.replace({"elasticity": table})
        model = world.model.with_demand(study=study)
        spreads.append(spread(run_draws(model, PLAN, seed=5, draws=6, workers=1)))
    assert spreads[0] == pytest.approx(0.0, abs=1e-12)
    assert 1e-3 < spreads[1] < spreads[2]


def test_lead_times_are_drawn_so_that_a_measure_may_come_too_late(world: World) -> None:
    closed = collapse(world.study)
    closed = changed(
        closed, "measure", ["DUTY_FREE"], planned_year=np.nan, lead_time_months=54.0,
        lead_time_low_months=12.0, lead_time_high_months=96.0,
    )  # fmt: skip
    model = world.model.with_demand(study=closed)
    results = run_draws(model, ["DUTY_FREE"], seed=5, draws=16, workers=1)
    late = [r for r in results if r.plan == pytest.approx(r.no_new, rel=10 * TOLERANCE)]
    timely = [r for r in results if r.plan > 1.2 * r.no_new]
    assert late
    assert timely
    assert len(late) + len(timely) == len(results)


def test_drawn_flows_keep_the_pair_the_output_and_the_other_flows(world: World) -> None:
    study = plan(world.study).draw(5, 0)
    flows, before = drawn_flows(world.model, study), world.model.flows
    a, b = world.model.pair
    assert flows[0, a, b] != before[0, a, b]
    assert flows[:, a, b].sum() == pytest.approx(before[:, a, b].sum())
    assert flows[:, b, a].sum() == pytest.approx(before[:, b, a].sum())
    np.testing.assert_allclose(flows.sum(axis=2), before.sum(axis=2), rtol=1e-12)
    changed_cells = flows != before
    assert changed_cells[:, 1, :].sum() == 0, "the third country's flows are not drawn"
    assert drawn_flows(world.model, world.study) is world.model.flows


def test_every_group_of_assumptions_has_columns_that_exist_and_an_effect(world: World) -> None:
    known = {(table, column) for table, column, _ in in_use(world.study)}
    named = {pair for group in GROUPS for pair in group.columns}
    schema_bands = {(name, band[0]) for name, s in bands.load_schema().items() for band in s.bands}
    assert named <= schema_bands
    assert known & named
    elasticity = next(g for g in GROUPS if g.columns == (("elasticity", "theta"),))
    low, moved, share = at_end(world.study, elasticity, "low")
    assert low["elasticity"]["theta"].tolist() == [3.0, 3.0, 3.0]
    assert (moved, share) == (3, 1.0)
    own, at = drawer(world.model, PLAN), GROUPS.index(elasticity)
    ends = [own.end(at, side)[0] for side in ("low", "high")]
    assert ends[1] > 1.01 * ends[0], "free trade does more where trade answers more"


def test_an_ensemble_is_its_draws_their_rerouted_twins_and_the_swings(
    world: World, drawn: list[DrawResult]
) -> None:
    found = run_ensemble(world.model, PLAN, seed=5, draws=4, rerouted=2, workers=1)
    assert [repr(r) for r in found.draws] == [repr(r) for r in drawn[:4]]
    assert [(a.draw, b.draw) for a, b in found.rerouted] == [(0, 0), (1, 1)]
    for kept, again in found.rerouted:
        assert again.plan == pytest.approx(kept.plan, rel=0.02)
        assert again.price_index == kept.price_index
    spreads = [s.spread for s in found.swings]
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[0] > 0
    assert {s.assumption for s in found.swings} >= {"Trade elasticity", "Growth of the economies"}
