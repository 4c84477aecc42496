"""Scenarios of the workbench: checked in words, solved as the other rooms solve them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from opencorridor.network.kernels.threads import use_threads
from opencorridor.operations.freight_closures import CLOSED, ClosuresRequest, closure
from opencorridor.operations.scenario import ScenarioRequest
from opencorridor.operations.scenario import run as plain_run
from opencorridor.operations.workbench.compare import moved, side_of_base
from opencorridor.operations.workbench.edits import (
    Choice,
    Edit,
    Spec,
    edit_tables,
    variant,
    with_effects,
)
from opencorridor.operations.workbench.saved import scenario_id
from opencorridor.operations.workbench.session import Session
from opencorridor.operations.workbench.solve import check, solve, solve_full
from opencorridor.scenario.path import pair_trade, state_of_year
from opencorridor.study import OpenCorridorError, Study

HOURS = {"table": "border_dwell", "key": "border_crossing_id=BC_RAIL", "column": "mean_h",
         "op": "multiply", "value": 0.5}  # fmt: skip


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    """Return a session of the teaching study; small models are not worth the waking of threads."""
    use_threads(1)
    return Session(teaching)


def chosen(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"measure_id": name, **more} for name in names]


def test_nothing_changed_changes_nothing(session: Session) -> None:
    found = solve(session, {})
    assert found["trade_usd"] == pytest.approx(found["baseline_usd"], rel=1e-9)
    for name in ("rerouted_t_per_year", "extra_hours_t_h", "extra_cost_usd", "stranded_t"):
        assert found[name] == pytest.approx(0.0, abs=1.0)
    for place in found["places"]:
        assert place["load_t_per_year"] == pytest.approx(
            place["baseline_load_t_per_year"], rel=1e-4
        )


@pytest.mark.parametrize("measures", [("BEACON_YARD",), ("BRIGHT_LINE", "BRIGHT_YARD")])
def test_measures_as_the_command_line_has_them(
    session: Session, teaching: Study, measures: tuple[str, ...]
) -> None:
    expected = plain_run(ScenarioRequest("teaching", measures=measures))
    body = {"measures": chosen(*measures)}
    for found in (solve(session, body), solve_full(teaching, body)):
        assert found["trade_usd"] == pytest.approx(expected.trade_usd, rel=1e-6)
        assert found["baseline_usd"] == pytest.approx(expected.baseline_usd, rel=1e-9)
        assert found["a_to_b_usd"] + found["b_to_a_usd"] == pytest.approx(found["trade_usd"])


def test_a_closed_crossing_as_the_command_line_has_it(session: Session, teaching: Study) -> None:
    expected = plain_run(ScenarioRequest("teaching", close=("BC_RAIL",)))
    body = {"closed": ["BC_RAIL"]}
    for found in (solve(session, body), solve_full(teaching, body)):
        assert found["trade_usd"] == pytest.approx(expected.trade_usd, rel=1e-6)
        loads = {p["capacity_id"]: p for p in found["places"]}
        assert loads["CAP01"]["load_t_per_year"] == 0.0
        # All that passed goes another way or has none, what trade lost counted as it was.
        passed = loads["CAP01"]["baseline_load_t_per_year"]
        assert found["rerouted_t_per_year"] + found["stranded_t"] >= 0.99 * passed
        assert found["extra_cost_usd"] > 0
        links = {link["link_id"]: link for link in found["links"]}
        assert links["L06"]["t_per_year"] == 0.0 < links["L06"]["baseline_t_per_year"]


def test_shorter_hours_bring_trade(session: Session) -> None:
    found = solve(session, {"edits": [HOURS]})
    assert found["trade_usd"] > found["baseline_usd"]
    assert found["pair_t_per_year"] > found["baseline_pair_t_per_year"]


def test_extra_cost_is_tonnes_times_its_change(session: Session) -> None:
    model, side = session.model, side_of_base(session.model, session.base)
    dearer = replace(side, row_cost=side.row_cost + 2.0)
    tonnes = (side.tonnes * model.covered)[model.rows.cell] * side.prices.weight
    change = moved(model, side, dearer)
    assert change.extra_usd == pytest.approx(2.0 * tonnes[np.isfinite(side.row_cost)].sum())
    assert change.rerouted_t == change.extra_t_h == 0.0


def test_extra_hours_are_the_tonnes_that_pass_times_the_hours_added(
    session: Session, teaching: Study
) -> None:
    model, side = session.model, side_of_base(session.model, session.base)
    later = edit_tables(teaching, [Edit(**{**HOURS, "op": "add", "value": 5})])
    change = moved(model, side, replace(side, study=later))
    # Every tonne through the crossing meets one of its two capacities.
    at = [model.places.capacity_id.index(c) for c in ("CAP01", "CAP02")]
    assert change.extra_t_h == pytest.approx(5.0 * side.clearing.load_t[at].sum())
    waits = side.clearing.wait_h.copy()
    waits[at[0]] += 3.0
    slower = replace(side, clearing=replace(side.clearing, wait_h=waits))
    change = moved(model, side, slower)
    assert change.extra_t_h == pytest.approx(3.0 * side.clearing.load_t[at[0]])


def test_a_row_without_a_way_is_stuck_not_rerouted(session: Session) -> None:
    model = session.model
    side = side_of_base(model, session.base)
    cost, share = side.row_cost.copy(), side.share.copy()
    row = int(np.flatnonzero(np.isfinite(cost))[0])
    cost[row] = np.nan
    share[model.options.row == row] = 0.0
    change = moved(model, side, replace(side, row_cost=cost, share=share))
    tonnes = (side.tonnes * model.covered)[model.rows.cell] * side.prices.weight
    assert change.stuck_t == pytest.approx(side.clearing.stranded_t.sum() + tonnes[row])
    assert change.rerouted_t == change.extra_usd == 0.0


def test_a_year_is_compared_with_that_year(session: Session, teaching: Study) -> None:
    found = solve(session, {"year": 2030})
    state = state_of_year(session.model, teaching, session.base, 2030, {})
    assert found["year"] == 2030
    assert found["baseline_usd"] == pytest.approx(sum(pair_trade(session.model, state.flows)))
    assert found["trade_usd"] == pytest.approx(found["baseline_usd"], rel=1e-6)
    late = solve(session, {"year": 2029, "measures": chosen("DUTY_FREE", year=2030)})
    assert late["trade_usd"] == pytest.approx(late["baseline_usd"], rel=1e-6)
    now = solve(session, {"year": 2029, "measures": chosen("DUTY_FREE", year=2029)})
    assert now["trade_usd"] > now["baseline_usd"]


def test_low_effect_changes_least(session: Session, teaching: Study) -> None:
    # Duties halved: the band is 0.4 to 0.6 of today's, and 0.6 is the weaker cut.
    by_effect = {}
    for effect in ("low", "mode", "high"):
        body = {"measures": chosen("DUTY_HALF", effect=effect)}
        by_effect[effect] = solve(session, body)["trade_usd"]
    assert by_effect["low"] < by_effect["mode"] < by_effect["high"]
    table = with_effects(teaching, [Choice("DUTY_HALF", effect="low")])["measure_edit"]
    assert float(table["value"][table["measure_id"] == "DUTY_HALF"][0]) == 0.6


def test_the_id_is_that_of_a_saved_scenario(session: Session, teaching: Study) -> None:
    body = {"measures": chosen("DUTY_HALF"), "edits": [HOURS], "closed": ["BC_ROAD"]}
    expected = scenario_id(Spec.of(body).as_dict(), teaching.hash)
    assert solve(session, body)["scenario_id"] == expected


def test_check_tells_each_measure_its_conflict(teaching: Study) -> None:
    found = check(teaching, {
        "measures": chosen("DUTY_HALF", "DUTY_FREE", "NO_SUCH"), "closed": ["NOWHERE"],
        "year": 1999, "edits": [{**HOURS, "value": "half"}],
    })  # fmt: skip
    told = {(p["code"], p["value"]) for p in found["problems"]}
    assert not found["ok"]
    assert told == {
        ("exclusive_measures", "DUTY_HALF"), ("exclusive_measures", "DUTY_FREE"),
        ("unknown_measure", "NO_SUCH"), ("unknown_place", "NOWHERE"), ("out_of_range", "1999"),
        ("text_in_number", "half"),
    }  # fmt: skip
    assert check(teaching, {"measures": chosen("DUTY_HALF")}) == {"ok": True, "problems": []}


def test_solving_refuses_what_check_refuses(session: Session) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        solve(session, {"measures": chosen("DUTY_HALF", "DUTY_FREE"), "year": 2999,
                        "closed": ["NOWHERE"]})  # fmt: skip
    codes = {p.code for p in caught.value.problems}
    assert codes == {"exclusive_measures", "out_of_range", "unknown_place"}


def test_progress_is_told_step_by_step(teaching: Study) -> None:
    steps: list[tuple[str, int, int]] = []
    solve_full(teaching, {}, lambda *step: steps.append(step))
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps)
    assert {of for _, _, of in steps} == {6}


def test_without_a_year_a_dated_measure_acts_at_once(teaching: Study) -> None:
    """What a measure brings may be dated: asked without a year it holds all the same."""
    row = {name: str(teaching["measure_edit"][name][0]) for name in ("source", "status")}
    insert = {
        "measure_id": "BEACON_YARD", "edit_no": 9, "table": "restriction", "op": "insert", **row,
        "key": "restriction_id=R9;place_kind=border_crossing;place_ids=BC_RAIL;allowed_share=0;"
        "valid_from=2029-01-01;reason=closed",
    }  # fmt: skip
    dated = teaching.replace(tables={"measure_edit": teaching["measure_edit"].concat([insert])})
    changed = variant(dated, [Choice("BEACON_YARD")])
    table = changed["restriction"]
    assert table["valid_from"].tolist() == ["2023-01-01", ""]
    in_2028 = variant(dated, [Choice("BEACON_YARD")], acting=["BEACON_YARD"])
    assert in_2028["restriction"]["valid_from"].tolist() == ["2023-01-01", "2029-01-01"]


def test_closed_places_tell_their_weeks_beside_the_scenario_without_them(session: Session) -> None:
    """Only ``closure`` is over the weeks; its trade lost is the difference of two scenarios."""
    measures = {"measures": [{"measure_id": "DUTY_FREE"}]}
    open_ = solve(session, measures)
    year = solve(session, {**measures, "closed": ["BC_ROAD"]})
    weeks = solve(session, {**measures, "closed": ["BC_ROAD"], "closed_weeks": 13.0})
    assert open_["closure"] is None
    assert weeks["trade_usd"] == year["trade_usd"]
    assert (weeks["closure"]["weeks"], year["closure"]["weeks"]) == (13.0, 52.0)
    lost = open_["trade_usd"] - year["trade_usd"]
    assert year["closure"]["lost_pair_usd"] == pytest.approx(lost, rel=1e-4)
    for name in ("lost_usd", "extra_t_h", "rerouted_t", "stranded_t", "damage_usd"):
        assert weeks["closure"][name] == pytest.approx(year["closure"][name] / 4, rel=1e-12)
    assert weeks["closure"]["bottleneck_wait_h"] == year["closure"]["bottleneck_wait_h"]


def test_a_closure_alone_is_that_of_the_list(session: Session) -> None:
    found = solve(session, {"closed": ["BC_ROAD"]})["closure"]
    listed = closure(session, "BC_ROAD", ClosuresRequest("teaching"))
    for name in CLOSED:
        if isinstance(listed[name], float):
            assert found[name] == pytest.approx(listed[name], rel=1e-4), name
        else:
            assert found[name] == listed[name]


def test_weeks_of_a_closure_are_checked_with_the_rest(session: Session) -> None:
    found = check(session.study, {"closed": ["NOPE"], "closed_weeks": 60.0, "year": 1900})
    assert [p["column"] for p in found["problems"][:2]] == ["year", "closed_weeks"]
    assert len(found["problems"]) == 3
