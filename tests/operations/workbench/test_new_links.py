"""New links: refused with all problems at once, built into a model of their own, used by routes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opencorridor.network.kernels.threads import use_threads
from opencorridor.operations.workbench.edits import Edit, edit_tables
from opencorridor.operations.workbench.grown import grown, lifted
from opencorridor.operations.workbench.new_links import nodes_near
from opencorridor.operations.workbench.routes import RouteQuery, find
from opencorridor.operations.workbench.session import Session
from opencorridor.operations.workbench.solve import check, needs_run, solve, solve_full
from opencorridor.study import OpenCorridorError, Study

ENDS = {"from_node_id": "rail:1:AAA:1520", "to_node_id": "rail:3:AAA:1520", "mode": "rail"}


def new(name: str = "new:1", **cells: Any) -> dict[str, Any]:
    key = ";".join(f"{k}={v}" for k, v in {**ENDS, "length_km": 300, **cells}.items())
    return {"table": "link", "op": "insert", "column": "link_id", "value": name, "key": key}


def problems(study: Study, edit: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(OpenCorridorError) as caught:
        edit_tables(study, [Edit(**edit)])
    return {p.code: p.column for p in caught.value.problems}


def test_a_link_takes_country_and_gauge_of_its_ends(teaching: Study) -> None:
    table = edit_tables(teaching, [Edit(**new(speed_km_per_h=80))])["link"]
    row = table.row(table.n - 1)
    assert (row["link_id"], row["country_id"], row["gauge_mm"]) == ("new:1", "AAA", 1520)
    assert (row["state"], row["length_km"], row["speed_km_per_h"]) == ("open", 300, 80)


def test_all_that_is_wrong_is_told_at_once(teaching: Study) -> None:
    edit = new("L01", from_node_id="rail:99", mode="road", length_km=-3, width_m=5)
    assert problems(teaching, edit) == {
        "unknown_column": "width_m",
        "id_taken": "link_id",
        "negative_value": "length_km",
        "unknown_node": "from_node_id",
        "link_joins_modes": "to_node_id",
    }


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"to_node_id": ENDS["from_node_id"]}, "self_loop"),
        ({"length_km": ""}, "missing_field"),
        ({"length_km": "3oo"}, "text_in_number"),
        ({"length_km": "12,5"}, "text_in_number"),
        ({"length_km": 0}, "out_of_range"),
        ({"gauge_mm": 1435}, "gauge_mismatch"),
        ({"to_node_id": "rail:4:BBB:1520"}, "border_without_crossing"),
        (
            {"to_node_id": "rail:4:BBB:1520", "border_crossing_id": "BC_RAIL"},
            "crossing_of_other_countries",
        ),
        ({"border_crossing_id": "AB_RAIL"}, "crossing_of_other_countries"),
    ],
)
def test_each_fault_has_its_code(teaching: Study, cells: dict[str, Any], code: str) -> None:
    assert code in problems(teaching, new(**cells))


def test_across_a_border_it_names_its_crossing(teaching: Study) -> None:
    edit = new(to_node_id="rail:4:BBB:1520", border_crossing_id="AB_RAIL")
    table = edit_tables(teaching, [Edit(**edit)])["link"]
    assert table["border_crossing_id"][-1] == "AB_RAIL"
    assert not table["country_id"][-1]


def test_only_links_are_inserted(teaching: Study) -> None:
    assert "bad_op" in problems(teaching, {**new(), "table": "tariff"})


def test_check_tells_the_same(teaching: Study) -> None:
    found = check(teaching, {"edits": [new(length_km=-1)]})
    assert [p["code"] for p in found["problems"]] == ["negative_value"]


def test_the_grown_study_has_it_as_planned(teaching: Study) -> None:
    changed = edit_tables(teaching, [Edit(**new())])
    base = grown(teaching, changed)
    assert base["link"]["state"][-1] == "planned"
    opened = lifted(teaching, base, changed)
    assert opened["link"]["state"][-1] == "open"
    assert opened["link"]["length_km"] is base["link"]["length_km"]
    assert grown(teaching, teaching) is teaching


def test_a_network_that_is_moved_is_refused(teaching: Study) -> None:
    table = teaching["link"]
    longer = teaching.replace(
        tables={"link": table.with_column("length_km", table["length_km"] * 2)}
    )
    with pytest.raises(OpenCorridorError) as caught:
        grown(teaching, longer)
    assert caught.value.problems[0].code == "adds_links"


def test_routes_take_the_new_link(teaching: Study) -> None:
    session = Session(teaching)
    ask = {"origin": "42,-40", "destination": "38,-40", "modes": ["rail"], "alternatives": 0}
    before = find(session, RouteQuery.of(ask))["routes"][0]
    after = find(session, RouteQuery.of({**ask, "edits": [new(length_km=450)]}))["routes"][0]
    assert before["distance_km"] - after["distance_km"] == pytest.approx(30.0, abs=0.1)


def test_solving_asks_for_a_run_and_then_agrees_with_it(
    teaching: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path))
    use_threads(1)
    session, body = Session(teaching), {"edits": [new(length_km=100, speed_km_per_h=120)]}
    with pytest.raises(OpenCorridorError) as caught:
        solve(session, body)
    assert [p.code for p in caught.value.problems] == ["new_link_needs_run"]
    assert needs_run(session, body)
    assert not needs_run(session, {})
    steps: list[str] = []
    full = solve_full(teaching, body, lambda step, *_: steps.append(step))
    assert "network" in steps
    assert not needs_run(session, body)
    quick = solve(session, body)
    for found in (full, quick):
        load = {x["link_id"]: x for x in found["links"]}["new:1"]
        assert load["baseline_t_per_year"] == 0.0
        assert load["t_per_year"] > 1000.0
        assert found["study_hash"] == teaching.hash
        assert found["baseline_usd"] == pytest.approx(solve(session, {})["baseline_usd"], rel=1e-3)
    assert quick["trade_usd"] == pytest.approx(full["trade_usd"], rel=1e-3)
    shut = solve(session, {**body, "closed": ["new:1"]})
    assert shut["rerouted_t_per_year"] == pytest.approx(0.0, abs=1.0)


def test_a_capacity_of_the_new_link_is_a_place_that_binds(
    teaching: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path))
    use_threads(1)
    wide = {"edits": [new(length_km=100, speed_km_per_h=120, capacity_t_per_year=1e8)]}
    found = solve_full(teaching, wide)
    free = next(p for p in found["places"] if p["capacity_id"] == "new:1")
    assert (free["capacity_t_per_year"], free["baseline_load_t_per_year"]) == (1e8, 0.0)
    link = next(x for x in found["links"] if x["link_id"] == "new:1")
    assert free["load_t_per_year"] == pytest.approx(link["t_per_year"], rel=1e-6)
    assert free["place_ids"] == ["new:1"]
    assert free["wait_h"] == pytest.approx(0.0, abs=1e-9)
    # Half of what would come: the same network, so no run is asked for, and goods wait or leave.
    half = round(free["load_t_per_year"] / 2)
    tight = {"edits": [new(length_km=100, speed_km_per_h=120, capacity_t_per_year=half)]}
    session = Session(teaching)
    assert not needs_run(session, tight)
    bound = next(p for p in solve(session, tight)["places"] if p["capacity_id"] == "new:1")
    assert bound["load_t_per_year"] - bound["stranded_t"] <= half * (1 + 1e-6)
    assert bound["wait_h"] > 0.0


def test_a_capacity_must_be_above_zero(teaching: Study) -> None:
    assert problems(teaching, new(capacity_t_per_year=0)) == {"out_of_range": "capacity_t_per_year"}
    edit = new(name=str(teaching["capacity"]["capacity_id"][0]), capacity_t_per_year=1e6)
    assert problems(teaching, edit) == {"id_taken": "link_id"}


def test_nodes_come_nearest_first(teaching: Study) -> None:
    nodes = nodes_near(teaching, "rail", -40.0, 41.9, 3)["nodes"]
    assert nodes[0]["node_id"] == "rail:1:AAA:1520"
    km = [n["distance_km"] for n in nodes]
    assert km == sorted(km)
    assert np.isclose(km[0], 11.12, atol=0.05)
