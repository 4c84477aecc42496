"""What each crossing is worth: ranked, over weeks, kept, and one of them in detail."""

from __future__ import annotations

import json

import pytest

from opencorridor.network.kernels.threads import use_threads
from opencorridor.operations import freight_closures
from opencorridor.operations.freight_closures import ClosuresRequest, ClosuresResult, run
from opencorridor.operations.scenario import ScenarioRequest
from opencorridor.operations.scenario import run as scenario
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError

SUMS = ("rerouted_t", "extra_t_h", "extra_usd", "stranded_t", "lost_usd", "damage_usd")


def listed(**settings: object) -> ClosuresResult:
    use_threads(1)
    return run(ClosuresRequest("teaching", **settings))  # type: ignore[arg-type]


def row(result: ClosuresResult, place: str) -> dict[str, object]:
    return next(r for r in result.rows if r["place_id"] == place)


def test_all_crossings_by_damage() -> None:
    result = listed()
    damage = [r["damage_usd"] for r in result.rows]
    assert damage == sorted(damage, reverse=True)
    assert [r["place_id"] for r in result.rows[:4]] == [
        "BC_ROAD", "AB_RAIL", "BC_RAIL", "AAA-BBB-RO01",
    ]  # fmt: skip
    assert result.solved == 4
    for r in result.rows:
        assert r["damage_usd"] == pytest.approx(r["extra_usd"] + r["lost_usd"])
        assert r["stranded_t"] == r["no_way_t"] + r["stuck_t"]
    # Those that carry nothing are 0 without a solution.
    assert {r["place_id"] for r in result.rows if not r["solved"]} == {"BC_BRIGHT", "AC_FERRY"}
    assert row(result, "BC_BRIGHT")["damage_usd"] == 0.0
    json.dumps(result.as_dict(), allow_nan=False)


def test_weeks_are_a_share_of_the_year_and_means_stay() -> None:
    year, month = listed(), listed(weeks=4)
    for one, other in zip(year.rows, month.rows, strict=True):
        for name in SUMS:
            assert other[name] == pytest.approx(one[name] * 4 / 52, rel=1e-12)
        assert other["passed_t"] == one["passed_t"]
        assert other["extra_h"] == one["extra_h"]
        assert other["bottleneck_rise_h"] == one["bottleneck_rise_h"]


def test_a_row_is_the_scenario_that_closes_the_place() -> None:
    alone = scenario(ScenarioRequest("teaching", close=("BC_ROAD",))).closure
    assert alone is not None
    mine = row(listed(), "BC_ROAD")
    for name in (*SUMS, "bottleneck_wait_h"):
        assert mine[name] == pytest.approx(alone[name], rel=1e-6)
    assert mine["bottleneck_id"] == alone["bottleneck_id"] == "CAP01"


def test_a_list_is_kept_until_the_study_or_the_question_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = listed(halve=True)

    def again(*_: object) -> None:
        raise AssertionError("solved again")

    monkeypatch.setattr(freight_closures, "_solve", again)
    assert listed(halve=True).rows == first.rows
    assert listed(halve=True, weeks=2).weeks == 2
    with pytest.raises(AssertionError, match="solved again"):
        listed(halve=True, kind="terminal")


def test_terminals_and_fixed_trade() -> None:
    ports = listed(kind="terminal", fixed_trade=True)
    assert row(ports, "PORT_A")["name"] == "Alpha Port"
    assert row(ports, "PORT_A")["extra_usd"] > 0.0
    assert row(ports, "PORT_A")["lost_usd"] == 0.0, "nothing is stranded, and nobody buys less"


def test_one_closure_with_its_places() -> None:
    use_threads(1)
    session = Session("teaching")
    found = freight_closures.closure(session, "BC_RAIL", ClosuresRequest(weeks=13))
    assert found["damage_usd"] == pytest.approx(
        row(listed(), "BC_RAIL")["damage_usd"] / 4, rel=1e-6
    )
    places = {p["capacity_id"]: p for p in found["places"]}
    assert places["CAP01"]["load_t_per_year"] == 0.0
    assert places["CAP03"]["load_t_per_year"] > places["CAP03"]["baseline_load_t_per_year"]
    assert freight_closures.closure(session, "L03", ClosuresRequest())["kind"] == "link"
    half = freight_closures.closure(session, "AB_RAIL", ClosuresRequest(halve=True))
    assert not half["capacity_known"]
    own = next(p for p in half["places"] if p["capacity_id"] == "AB_RAIL")
    assert own["name"] == half["bottleneck"] == "Alba Gate (rail)"
    assert own["load_t_per_year"] <= 0.5 * half["passed_t"] * (1 + 1e-6)
    quiet = freight_closures.closure(session, "BC_BRIGHT", ClosuresRequest())
    assert quiet["places"] == []


def test_what_is_wrong_is_said_at_once() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        listed(weeks=0, kind="port")
    assert [p.column for p in caught.value.problems] == ["weeks", "kind"]
    with pytest.raises(OpenCorridorError) as caught:
        freight_closures.closure(Session("teaching"), "BC_RAI", ClosuresRequest())
    assert "BC_RAIL" in caught.value.problems[0].mend
