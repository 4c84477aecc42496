"""Constants of the choice: whom they touch, and that a fit finds the ones that made the loads."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.freight.observed import Cut, counted
from opencorridor.scenario.constant_fit import fit_constants
from opencorridor.scenario.constants import cost_factors, marked_options
from opencorridor.scenario.observed import freight_fit, loaded
from opencorridor.scenario.prices import prices
from opencorridor.study import Study
from opencorridor.study.check import run_checks
from tests.scenario.worlds import World, added, teaching_world, world_of

RAIL, ROAD = "BC_RAIL", "BC_ROAD"


def constant(name: str, place: str, share: float, **more: object) -> dict[str, object]:
    return {"constant_id": name, "constant_group": name, "passes": place, "cost_share": share,
            "source": "SRC_ASSUME", "status": "assumed", **more}  # fmt: skip


def with_constants(study: Study, *rows: dict[str, object]) -> Study:
    return added(study, "choice_constant", rows)


@pytest.fixture(scope="module")
def world() -> World:
    return teaching_world()


def test_a_study_without_constants_is_not_touched(world: World) -> None:
    assert world.study["choice_constant"].n == 0
    assert cost_factors(world.model, world.study) is None


def test_a_constant_multiplies_the_cost_of_the_ways_it_names_alone(world: World) -> None:
    study = with_constants(
        world.study,
        constant("rail", RAIL, 0.25),
        constant("rail boxes", RAIL, -0.1, cargo="container"),
    )
    open_ways = np.isfinite(world.prices.cost)
    found = np.ones(open_ways.size)
    dear = prices(world.model, study, world.day).cost
    found[open_ways] = dear[open_ways] / world.prices.cost[open_ways]
    state = loaded(world.model, world.base)
    rail = counted(state, Cut(passes=(RAIL,))) & open_ways
    boxes = counted(state, Cut(passes=(RAIL,), cargo="container")) & open_ways
    assert (rail & ~boxes).any()
    assert not rail.all()
    assert found[~rail] == pytest.approx(1.0)
    assert found[rail & ~boxes] == pytest.approx(1.25)
    assert found[boxes] == pytest.approx(1.25 * 0.9)


def test_marks_follow_the_options_of_a_model(world: World) -> None:
    """A model with fewer routes has marks of its own: those of the other would be too long."""
    cut = Cut(passes=(RAIL,))
    whole = marked_options(world.model, cut)
    few = world.model.with_demand(options=world.model.options, routes=world.model.routes)
    assert marked_options(few, cut) is whole
    other = world_of(with_constants(world.study, constant("rail", RAIL, 0.1))).model
    assert marked_options(other, cut).size == other.options.n


def test_goods_leave_a_way_that_becomes_dearer(world: World) -> None:
    def over(place: str, study: Study) -> float:
        one = world_of(study)
        state = loaded(one.model, one.base)
        return float(state.option_t[counted(state, Cut(passes=(place,)))].sum())

    dear = with_constants(world.study, constant("rail", RAIL, 0.3))
    assert over(RAIL, dear) < over(RAIL, world.study)
    assert over(ROAD, dear) > over(ROAD, world.study)


def test_a_fit_finds_the_constant_that_made_the_counts(world: World) -> None:
    """Counts are the model's own loads at +10 %; the fit starts at 0 and is hardly drawn to it."""
    planted = world_of(with_constants(world.study, constant("road", ROAD, 0.1)))
    state = loaded(planted.model, planted.base)
    rows, matches = [], []
    for place in (RAIL, ROAD):
        load = float(state.option_t[counted(state, Cut(passes=(place,)))].sum())
        rows.append({"traffic_id": place, "place": place, "year": 2024, "t_per_year": load,
                     "kind": "observed", "use": "yes", "source": "SRC_ASSUME"})  # fmt: skip
        matches.append({"traffic_id": place, "use": "compared", "series": place, "passes": place,
                        "calibrates": "choice"})  # fmt: skip
    year = world.study.settings.baseline_year
    study = with_constants(world.study, constant("road", ROAD, 0.0, prior_spread=0.5))
    study = added(study, "traffic", [row | {"year": year} for row in rows])
    study = added(study, "traffic_match", matches)
    start = world_of(study)
    found = fit_constants(start.model, start.base)
    assert found.names == ("road",)
    assert found.value[0] == pytest.approx(0.1, abs=0.02)
    assert found.low[0] <= found.value[0] <= found.high[0]
    assert found.after == pytest.approx(found.observed, rel=0.1)
    off = np.abs(np.log(found.before / found.observed))
    assert (off > np.abs(np.log(found.after / found.observed))).all()
    judged = {line.series for line in freight_fit(start.model, start.base).judged}
    assert not judged & {RAIL, ROAD}


def test_checks_name_what_a_constant_cannot_be(world: World) -> None:
    study = with_constants(
        world.study,
        constant("nowhere", "BC_NONE", 0.1),
        constant("all", "", 0.1),
        constant("one", RAIL, 0.1, constant_group="g"),
        constant("other", ROAD, 0.2, constant_group="g", exporters="XXX"),
    )
    found = {p.code for p in run_checks(study) if p.table == "choice_constant"}
    assert found == {
        "choice_constant_unknown_id", "constant_of_nothing", "constant_group_differs",
    }  # fmt: skip
