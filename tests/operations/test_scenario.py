"""One counterfactual: measures and closures, against the baseline of the same study."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opencorridor.network.kernels.threads import use_threads
from opencorridor.operations.scenario import ScenarioRequest, ScenarioResult, run
from opencorridor.study import OpenCorridorError, write_study
from tests.scenario.worlds import World, added, changed


def solved(*measures: str, study: str | Path = "teaching", **settings: object) -> ScenarioResult:
    use_threads(1)
    return run(ScenarioRequest(str(study), measures, **settings))  # type: ignore[arg-type]


def place(result: ScenarioResult, capacity_id: str) -> dict[str, float]:
    return next(p for p in result.places if p["capacity_id"] == capacity_id)


def test_nothing_asked_is_the_baseline() -> None:
    result = solved()
    assert result.trade_usd == pytest.approx(1e9, rel=1e-12)
    assert result.baseline_usd == 1e9
    assert result.a_to_b_usd == pytest.approx(6e8, rel=1e-12)
    assert result.b_to_a_usd == pytest.approx(4e8, rel=1e-12)
    for row in result.places:
        assert row["load_t_per_year"] == pytest.approx(row["baseline_load_t_per_year"])
        assert row["wait_h"] == row["baseline_wait_h"]


def test_measures_are_those_of_the_chain(world: World) -> None:
    """Here ways are searched anew: on the teaching study they are those of the kept routes."""
    for names in (("DUTY_FREE",), ("BEACON_YARD",), ("BRIGHT_LINE", "BRIGHT_YARD")):
        result = solved(*names)
        state = world.with_measures(*names)
        assert result.trade_usd == pytest.approx(world.pair(state), rel=1e-6)
        assert result.gap <= 1e-6
        at = world.at("CAP01")
        assert place(result, "CAP01")["load_t_per_year"] == pytest.approx(
            state.clearing.load_t[at], rel=1e-4
        )


def test_a_closed_gate_carries_nothing_and_trade_falls() -> None:
    result = solved(close=("Beacon Gate (rail)",))
    assert result.closed == ("BC_RAIL",)
    assert result.trade_usd < result.baseline_usd
    assert place(result, "CAP01")["load_t_per_year"] == 0.0
    road = place(result, "CAP03")
    assert road["load_t_per_year"] > road["baseline_load_t_per_year"]
    loads = [abs(p["load_t_per_year"] - p["baseline_load_t_per_year"]) for p in result.places]
    assert loads == sorted(loads, reverse=True), "what changes most stands first"


def test_a_name_of_both_sides_closes_both_and_a_port_can_be_closed() -> None:
    both = solved(close=("Beacon",))
    assert set(both.closed) == {"BC_RAIL", "BC_ROAD"}
    port = solved(close=("port:Alpha Port",))
    assert port.closed == ("PORT_A",)
    assert place(port, "CAP05")["load_t_per_year"] == 0.0
    assert port.trade_usd < port.baseline_usd
    for capacity_id in ("CAP01", "CAP02", "CAP03"):
        assert place(both, capacity_id)["load_t_per_year"] == 0.0


def test_closing_and_a_measure_together() -> None:
    closed = solved(close=("BC_RAIL",))
    with_line = solved("BRIGHT_LINE", "BRIGHT_YARD", close=("BC_RAIL",))
    assert with_line.trade_usd > closed.trade_usd
    assert place(with_line, "CAP04")["load_t_per_year"] > 1e5


def test_without_the_loop_a_relief_does_more() -> None:
    assert solved("BEACON_YARD", loop=False).trade_usd > solved("BEACON_YARD").trade_usd


def test_an_adverse_measure_of_48_hours_lowers_trade_and_load(world: World, tmp_path: Path) -> None:
    measure, edit = world.study["measure"], world.study["measure_edit"]
    study = added(
        world.study, "measure",
        [{**measure.row(measure.n - 1), "measure_id": "SLOW", "title": "Two days more",
          "valid_from": "", "valid_to": ""}],
    )  # fmt: skip
    row = {**edit.row(edit.n - 2), "measure_id": "SLOW", "edit_no": 1, "table": "border_dwell",
           "key": "border_crossing_id=BC_RAIL", "column": "mean_h", "op": "add", "value": "48",
           "value_low": float("nan"), "value_high": float("nan")}  # fmt: skip
    write_study(added(study, "measure_edit", [row]), tmp_path / "slow")
    result = solved("SLOW", study=tmp_path / "slow")
    assert result.trade_usd < result.baseline_usd == 1e9
    rail = place(result, "CAP01")
    assert rail["load_t_per_year"] < 0.9 * rail["baseline_load_t_per_year"]
    assert rail["wait_h"] < rail["baseline_wait_h"]


def test_a_result_is_json_with_its_basis_and_study() -> None:
    values = json.loads(json.dumps(solved("DUTY_FREE").as_dict(), allow_nan=False))
    assert values["schema_version"] == 1
    assert values["price_basis"] == "constant US$ of 2024"
    assert values["change_usd"] == pytest.approx(values["trade_usd"] - values["baseline_usd"])
    assert len(values["study_hash"]) == 64


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        solved("DUTY_FREE", "DUTY_HALF", "NOPE", close=("Nowhere", "Atlantis"))
    codes = [p.code for p in caught.value.problems]
    assert codes.count("unknown_place") == 2
    assert {"exclusive_measures", "unknown_measure"} <= set(codes)


def test_a_closure_tells_its_full_effect_over_weeks() -> None:
    year, month = solved(close=("BC_ROAD",)), solved(close=("BC_ROAD",), weeks=4)
    assert year.closure is not None
    assert month.closure is not None
    assert month.trade_usd == year.trade_usd, "trade is that of a year"
    for name in ("rerouted_t", "extra_t_h", "extra_usd", "lost_usd", "damage_usd"):
        assert month.closure[name] == pytest.approx(year.closure[name] * 4 / 52, rel=1e-12)
        assert month.closure[name] > 0.0
    assert month.closure["bottleneck_id"] == "CAP01"
    assert month.closure["bottleneck_wait_h"] == year.closure["bottleneck_wait_h"] > 100.0
    lost = year.baseline_usd - year.trade_usd
    assert year.closure["lost_pair_usd"] == pytest.approx(lost, rel=1e-9)


def test_a_closure_within_a_scenario_stands_beside_the_scenario_with_the_place_open() -> None:
    measures = ("DUTY_FREE",)
    open_, shut = solved(*measures), solved(*measures, close=("BC_ROAD",), weeks=13)
    assert open_.closure is None
    assert shut.closure is not None
    assert shut.closure["lost_usd"] > 0.0
    lost = (open_.trade_usd - shut.trade_usd) * 13 / 52
    assert shut.closure["lost_pair_usd"] == pytest.approx(lost, rel=1e-4)
    alone = solved(close=("BC_ROAD",), weeks=13).closure
    assert alone is not None
    assert shut.closure["lost_pair_usd"] != pytest.approx(alone["lost_pair_usd"], rel=1e-3)


def test_half_of_a_place_and_what_cannot_be_asked_together() -> None:
    half = solved(halve=("Beacon Gate (rail)",))
    assert half.halved == ("BC_RAIL",)
    assert place(half, "CAP01")["capacity_t_per_year"] == 500_000.0
    assert place(half, "CAP01")["load_t_per_year"] <= 500_001.0
    with pytest.raises(OpenCorridorError) as caught:
        solved("DUTY_FREE", halve=("BC_RAIL",), weeks=60)
    assert {p.code for p in caught.value.problems} == {"bad_choice", "out_of_range"}
    with pytest.raises(OpenCorridorError) as caught:
        solved("DUTY_FREE", weeks=4)
    assert [p.column for p in caught.value.problems] == ["weeks"]


def test_both_sides_of_congestion_both_residuals_and_both_starts_are_told() -> None:
    found = solved("TRANSIT_DEAL", "E_DECLARATION").as_dict()
    before, after = found["before_congestion_usd"], found["after_congestion_usd"]
    assert found["baseline_usd"] < after < found["cleared_usd"] < before
    assert found["trade_usd"] == after
    assert found["taken_back_usd"] == pytest.approx(before - after)
    assert 0.3 < found["taken_back_share"] < 0.5
    assert max(found["gap"], found["cost_change"]) <= 1e-6
    starts = found["two_starts"]
    assert starts["agree"]
    assert starts["trade_usd"] == pytest.approx([after, after], rel=1e-6)
    assert found["cuts"] == []
    json.dumps(found, allow_nan=False)
    relief = solved("BEACON_YARD").as_dict()
    assert relief["taken_back_share"] is None, "an empty change has no share"
    assert relief["taken_back_usd"] < 0.0
    loose = solved("BEACON_YARD", loop=False).as_dict()
    assert loose["cost_change"] is None
    assert loose["after_congestion_usd"] == pytest.approx(relief["trade_usd"], rel=1e-6)
    assert loose["trade_usd"] == pytest.approx(relief["cleared_usd"], rel=1e-6)


def test_where_not_all_can_move_the_cut_is_named(tmp_path: Path, world: World) -> None:
    """Both gates of the land way narrow, and no ship."""
    study = changed(
        world.study, "capacity", ["CAP01"], capacity_t_per_year=2e5, capacity_low_t_per_year=1e5
    )
    study = changed(
        study, "capacity", ["CAP03"], capacity_t_per_year=1e6, capacity_low_t_per_year=1e5
    )
    write_study(study, tmp_path / "narrow")
    result = solved(study=tmp_path / "narrow", close=("port:Charlie Port",))
    stranded = {p["capacity_id"]: p["stranded_t"] for p in result.places if p["stranded_t"] > 0}
    assert stranded
    named = {c for cut in result.cuts for c in cut["capacity_ids"]}
    assert set(stranded) <= named
    assert sum(cut["stranded_t"] for cut in result.cuts) == pytest.approx(sum(stranded.values()))
