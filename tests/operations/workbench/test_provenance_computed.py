"""Numbers that no table holds: of scenarios, of routes, of plans; their lines and their cells."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from opencorridor.costs.arc_costs import payloads
from opencorridor.operations import jobs
from opencorridor.operations.workbench import measure_list, provenance, solve
from opencorridor.operations.workbench.results import Stored
from opencorridor.operations.workbench.route_provenance import COLUMNS, of_route
from opencorridor.operations.workbench.routes import RouteQuery, find
from opencorridor.operations.workbench.scenario_provenance import Asked, of_comparison
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Study
from tests.operations.workbench.test_provenance import check_inputs, computed

Row = dict[str, Any]
HALF = {"measure_id": "DUTY_HALF", "year": None, "effect": "mode"}
SLOW = {"table": "border_dwell", "key": "border_crossing_id=BC_RAIL", "column": "mean_h",
        "op": "set", "value": 90.0}  # fmt: skip
# A question whose routes go by rail, by road and by ship.
ASK: Row = {"origin": "A1", "destination": "C1", "alternatives": 5}


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    return Session(teaching)


@pytest.fixture(scope="module")
def closed(session: Session) -> Row:
    """Return a scenario that shuts a place, changes a stay and switches a measure."""
    return solve.solve(session, {"measures": [HALF], "edits": [SLOW], "closed": ["BC_ROAD"]})


@pytest.fixture(scope="module")
def free(session: Session) -> Row:
    return solve.solve(session, {"measures": [{**HALF, "measure_id": "DUTY_FREE"}]})


def line_of(found: Row) -> tuple[float, float]:
    return computed(found["formula"].partition(": ")[2])


# --- scenarios ----------------------------------------------------------------------------------

NAMES = {
    "trade": ("trade_usd", "baseline_usd"), "a_to_b": ("a_to_b_usd", "baseline_a_to_b_usd"),
    "b_to_a": ("b_to_a_usd", "baseline_b_to_a_usd"),
    "tonnes": ("pair_t_per_year", "baseline_pair_t_per_year"),
}  # fmt: skip


@pytest.mark.parametrize("key", NAMES)
def test_an_indicator_is_that_of_its_side(
    teaching: Study, closed: Row, free: Row, key: str
) -> None:
    own, base = NAMES[key]
    for a, b in ((None, closed), (closed, None), (closed, free)):
        ends = [
            side[own] if side else (b or a or {})[base] for side in (a, b)
        ]  # fmt: skip
        told = [
            of_comparison(teaching, Asked(a, b, "scenario", key, column))
            for column in ("a", "b", "difference")
        ]
        assert [t["value"] for t in told] == [*ends, ends[1] - ends[0]]
        value, said = line_of(told[2])
        # Two places after the point are printed.
        assert value == pytest.approx(ends[1] - ends[0], abs=0.011)
        assert said == pytest.approx(ends[1] - ends[0], abs=0.0051)
        assert [t["column"] for t in told] == ["a", "b", "difference"]


@pytest.mark.parametrize(
    ("key", "name"),
    [("rerouted", "rerouted_t_per_year"), ("hours", "extra_hours_t_h"),
     ("cost", "extra_cost_usd"), ("stranded", "stranded_t")],
)  # fmt: skip
def test_what_moves_is_counted_from_the_baseline(
    teaching: Study, closed: Row, key: str, name: str
) -> None:
    found = of_comparison(teaching, Asked(None, closed, "scenario", key, "b"))
    assert found["value"] == closed[name]
    assert found["unit"]


def test_a_place_is_told_by_its_own_loads_and_waits(
    teaching: Study, closed: Row, free: Row
) -> None:
    for place in closed["places"]:
        other = {p["capacity_id"]: p for p in free["places"]}[place["capacity_id"]]
        wanted = {
            "a": place["load_t_per_year"], "b": other["load_t_per_year"],
            "difference": other["load_t_per_year"] - place["load_t_per_year"],
            "wait_a": place["wait_h"], "wait_b": other["wait_h"],
        }  # fmt: skip
        for column, value in wanted.items():
            asked = Asked(closed, free, "scenario_places", place["capacity_id"], column)
            found = of_comparison(teaching, asked)
            assert (found["value"], found["row_label"]) == (value, place["name"])
            capacities = [c for c in found["inputs"] if c["table"] == "capacity"]
            ids = {teaching["capacity"]["capacity_id"][c["row"]] for c in capacities}
            assert ids == {place["capacity_id"]}
        base = Asked(None, closed, "scenario_places", place["capacity_id"], "a")
        assert of_comparison(teaching, base)["value"] == place["baseline_load_t_per_year"]


def test_the_cells_are_those_that_the_side_changes(teaching: Study, closed: Row, free: Row) -> None:
    def cells(a: Row | None, b: Row | None, column: str) -> set[tuple[str, str]]:
        found = of_comparison(teaching, Asked(a, b, "scenario", "cost", column))
        check_inputs(teaching, found)
        return {
            (c["table"], str(teaching[c["table"]][teaching[c["table"]].schema.key[0]][c["row"]]))
            for c in found["inputs"]
        }

    edited = {key for key in cells(None, closed, "b") if key[0] in ("border_dwell", "measure_edit")}
    assert edited == {
        ("border_dwell", "BC_RAIL"), ("border_dwell", "BC_ROAD"), ("measure_edit", "DUTY_HALF"),
    }  # fmt: skip
    assert not any(name == "border_dwell" for name, _ in cells(None, closed, "a"))
    both = cells(closed, free, "difference")
    assert {("measure_edit", "DUTY_HALF"), ("measure_edit", "DUTY_FREE")} <= both
    text = of_comparison(teaching, Asked(None, closed, "scenario", "trade", "b"))["description"]
    assert all(part in text for part in ("DUTY_HALF", "BC_ROAD closed", "mean_h set 90.0"))


@pytest.mark.parametrize(
    ("table", "key", "column", "code"),
    [
        ("scenario", "nothing", "a", "unknown_row"),
        ("scenario", "trade", "wait_a", "unknown_column"),
        ("scenario", "stranded", "a", "unknown_column"),
        ("scenario", "difference", "a", "unknown_row"),
        ("scenario_places", "nothing", "a", "unknown_row"),
    ],
)
def test_numbers_of_a_comparison_that_are_not_there_are_said(
    teaching: Study, closed: Row, table: str, key: str, column: str, code: str
) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        of_comparison(teaching, Asked(None, closed, table, key, column))
    assert [p.code for p in caught.value.problems] == [code]


def test_two_baselines_have_no_numbers(teaching: Study) -> None:
    with pytest.raises(OpenCorridorError):
        of_comparison(teaching, Asked(None, None, "scenario", "trade", "a"))


# --- routes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("commodity", ["M", "G"])
@pytest.mark.parametrize("more", [{}, {"modes": ("rail", "sea")}, {"edits": (SLOW,)}])
def test_every_number_of_a_route_is_told_with_its_arithmetic(
    session: Session, commodity: str, more: Row
) -> None:
    body = {**ASK, **more, "commodity": commodity}
    body["edits"] = list(more.get("edits", ()))
    query = RouteQuery.of(body)
    answer = find(session, query)
    for route in answer["routes"]:
        for leg in (None, *range(len(route["legs"]))):
            row = route if leg is None else route["legs"][leg]
            for column in COLUMNS:
                found = of_route(session, query, route["route_id"], leg, column)
                assert found["value"] == pytest.approx(row[column], abs=1e-4)
                _, _, line = found["formula"].partition(": ")
                if line:
                    assert computed(line)[0] == pytest.approx(row[column], abs=1e-4)
                    assert computed(line)[1] == pytest.approx(row[column], abs=1e-4)
                elif column != "spread_h" and row[column]:
                    # A number that is one cell repeats it.
                    cells = [c["value"] for c in found["inputs"]]
                    assert any(math.isclose(c, row[column]) for c in cells), (column, found)


def test_the_cells_of_a_leg_are_those_that_price_it(session: Session) -> None:
    study, query = session.study, RouteQuery.of(ASK)
    route = next(r for r in find(session, query)["routes"] if "BC_RAIL" in r["crossings"])
    at = next(n for n, g in enumerate(route["legs"]) if g["border_crossing_id"] == "BC_RAIL")
    for column, name in (("time_h", "mean_h"), ("cost_usd_per_t", "cost_usd_per_t")):
        found = of_route(session, query, route["route_id"], at, column)
        assert [c["column"] for c in found["inputs"]] == [name]
        (row,) = [c["row"] for c in found["inputs"]]
        dwell = study["border_dwell"]
        assert dwell["border_crossing_id"][row] == "BC_RAIL"
        assert dwell[name][row] == found["value"]
    rail = next(n for n, g in enumerate(route["legs"]) if g["mode"] == "rail")
    found = of_route(session, query, route["route_id"], rail, "cost_usd_per_t")
    rates = [c for c in found["inputs"] if c["table"] == "mode_rate"]
    assert {study["mode_rate"]["mode"][c["row"]] for c in rates} == {"rail"}
    loads = [c["value"] for c in found["inputs"] if c["table"] == "commodity"]
    assert set(loads) <= set(payloads(study, "M").values()) | set(payloads(study, "G").values())


def test_an_edit_of_the_asker_is_in_the_arithmetic(session: Session) -> None:
    query = RouteQuery.of({**ASK, "edits": [SLOW], "modes": ("rail",)})
    route = find(session, query)["routes"][0]
    at = next(n for n, g in enumerate(route["legs"]) if g["border_crossing_id"] == "BC_RAIL")
    found = of_route(session, query, route["route_id"], at, "time_h")
    assert found["value"] == 90.0
    assert [c["value"] for c in found["inputs"]] == [90.0]
    assert "mean_h set 90.0" in found["description"]


def test_kilometres_from_coordinates_are_told_in_words(session: Session) -> None:
    node = session.study["node"]
    point = f"{node['lat'][0] + 0.1:.4f},{node['lon'][0]:.4f}"
    query = RouteQuery.of({**ASK, "origin": point})
    route = find(session, query)["routes"][0]
    assert route["found"]
    found = of_route(session, query, route["route_id"], 0, "cost_usd")
    assert found["value"] == pytest.approx(route["legs"][0]["cost_usd"], abs=1e-4)
    whole = of_route(session, query, route["route_id"], None, "time_h")
    assert line_of(whole)[0] == pytest.approx(route["time_h"], abs=1e-4)


def test_a_sum_so_far_adds_the_legs_as_they_are_shown(session: Session) -> None:
    query = RouteQuery.of(ASK)
    route = find(session, query)["routes"][0]
    legs = route["legs"]
    for column in sorted(set(COLUMNS) - {"spread_h"}):
        for count in range(len(legs) + 1):
            found = of_route(session, query, route["route_id"], None, column, count)
            added = math.fsum(leg[column] for leg in legs[:count])
            assert found["value"] == pytest.approx(added, abs=1e-9)
            if count > 1:
                assert line_of(found)[0] == pytest.approx(added, abs=1e-6)
            place = legs[count - 1]["to"] if count else legs[0]["from"]
            assert (found["table"], found["row_label"]) == ("route_legs", place)
    with pytest.raises(OpenCorridorError) as caught:
        of_route(session, query, route["route_id"], None, "spread_h", 1)
    assert [p.code for p in caught.value.problems] == ["unknown_column"]
    with pytest.raises(OpenCorridorError) as caught:
        of_route(session, query, route["route_id"], None, "time_h", len(legs) + 1)
    assert [p.code for p in caught.value.problems] == ["unknown_leg"]


@pytest.mark.parametrize(("wanted", "leg", "code"), [("no", 0, "route"), ("", 99, "leg")])
def test_routes_and_legs_that_are_not_there_are_said(
    session: Session, wanted: str, leg: int, code: str
) -> None:
    query = RouteQuery.of(ASK)
    known = find(session, query)["routes"][0]["route_id"]
    with pytest.raises(OpenCorridorError) as caught:
        of_route(session, query, wanted or known, leg, "time_h")
    assert [p.code for p in caught.value.problems] == [f"unknown_{code}"]


# --- plans, measures, keys ----------------------------------------------------------------------


def test_a_plan_of_a_job_is_told_as_a_run_is(teaching: Study) -> None:
    params = {"kind": "roadmap", "target_usd": 1.4e9, "year": None, "budget_usd": None}
    plan = jobs.KINDS["roadmap"]("teaching", params, lambda *_: None).result
    assert plan is not None
    stored = provenance.of_plan(teaching, plan)
    target = provenance.of_summary(teaching, stored, "target_usd")
    # Nothing in the study says what was asked for.
    assert (target["value"], target["inputs"], target["status"]) == (1.4e9, [], "assumed")
    for table, rows in (("trade_path", plan["path"]), ("measures", plan["measures"])):
        for n, row in enumerate(rows):
            for column, value in row.items():
                if isinstance(value, float):
                    found = provenance.of_result(teaching, stored, table, n, column)
                    assert (found["value"], found["row"]) == (value, n)
                    assert found["formula"]
    last = provenance.of_result(teaching, stored, "trade_path", -1 % len(plan["path"]),
                                "plan_usd_current")  # fmt: skip
    assert line_of(last)[0] == pytest.approx(plan["path"][-1]["plan_usd_current"], rel=1e-6)
    assert any(c["table"] == "trade_flow" for c in last["inputs"])


def test_a_measure_names_its_rows(teaching: Study, stored: Stored) -> None:
    for item in measure_list.measure_list(teaching, stored)["measures"]:
        assert teaching["measure"]["measure_id"][item["row"]] == item["measure_id"]
        if item["result_row"] is None:
            assert item["alone_usd"] is None
            continue
        assert item["result_id"] == stored.result_id
        found = provenance.of_result(
            teaching, stored, "measures", item["result_row"], "alone_usd_constant"
        )
        assert found["value"] == item["alone_usd"]
        assert found["row_label"].startswith(item["measure_id"])
    assert measure_list.measure_list(teaching, None)["measures"][0]["result_id"] is None


def test_an_id_names_a_row(teaching: Study, stored: Stored) -> None:
    for table, column in (("load", "link_id"), ("bottleneck", "capacity_id")):
        for n, row in enumerate(stored.tables[table]):
            assert provenance.row_named(teaching, stored, table, row[column]) == n
    assert provenance.row_named(teaching, None, "link", teaching["link"]["link_id"][3]) == 3
    for held, table in ((stored, "load"), (None, "link"), (stored, "fit")):
        with pytest.raises(OpenCorridorError) as caught:
            provenance.row_named(teaching, held, table, "nothing")
        assert caught.value.problems[0].code == "unknown_row"


def test_the_load_of_a_crossing_is_the_sum_of_its_lines(teaching: Study, stored: Stored) -> None:
    link = teaching["link"]
    for crossing in teaching["border_crossing"]["border_crossing_id"].tolist():
        mine = (link["border_crossing_id"] == crossing) & (link["border_charge"] != "0")
        rows = [r for r in stored.tables["load"] if r["link_id"] in set(link["link_id"][mine])]
        if not rows:
            with pytest.raises(OpenCorridorError):
                provenance.of_crossing(teaching, stored, crossing, "t_per_year")
            continue
        found = provenance.of_crossing(teaching, stored, crossing, "t_per_year")
        assert found["value"] == pytest.approx(sum(r["t_per_year"] for r in rows))
        lengths = [c for c in found["inputs"] if c["table"] == "link"]
        assert {link["link_id"][c["row"]] for c in lengths} == {r["link_id"] for r in rows}


def test_assumed_cells_say_on_what_ground(teaching: Study, stored: Stored) -> None:
    table = teaching["measure"]
    row = next(n for n in range(table.n) if table["cost_status"][n] == "assumed")
    found = provenance.of_study(teaching, "measure", row, "capex_usd")
    (ground,) = found["assumptions"]
    titles = dict(zip(teaching["source"]["source_id"], teaching["source"]["title"], strict=True))
    assert ground["title"] == titles[table["source"][row]]
    assert ground["note"] == table["note"][row]
    flows = teaching["trade_flow"]
    seen = next(n for n in range(flows.n) if flows["status"][n] == "observed")
    told = provenance.of_study(teaching, "trade_flow", seen, "value_usd_current")
    assert told["assumptions"] == []


def test_a_target_of_another_version_is_not_taken_for_this_one(
    teaching: Study, stored: Stored
) -> None:
    other = replace(stored, summary={**stored.summary, "target_usd": 1.0})
    assert provenance.of_summary(teaching, other, "gap_usd_current")["inputs"] != []
    cells = provenance.of_summary(teaching, other, "target_usd")["inputs"]
    assert cells == []
