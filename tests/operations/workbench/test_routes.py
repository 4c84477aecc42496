"""Routes for the map: as the command line finds them, with others beside, lines and edits."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from opencorridor.operations.route import RouteRequest
from opencorridor.operations.route import find as plain_find
from opencorridor.operations.workbench.edits import EDITABLE, Edit
from opencorridor.operations.workbench.routes import RouteQuery, find
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Study, Table
from opencorridor.study.schema import load_schema

TOTALS = ("time_h", "spread_h", "p95_h", "cost_usd_per_t", "gc_usd_per_t", "co2_kg_per_t",
          "distance_km")  # fmt: skip


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    """Return a session of the teaching study."""
    return Session(teaching)


def ask(session: Session, **more: Any) -> dict[str, Any]:
    return find(session, RouteQuery.of({"origin": "A1", "destination": "C1", **more}))


def codes(caught: pytest.ExceptionInfo[OpenCorridorError]) -> list[str]:
    return [p.code for p in caught.value.problems]


def dwell(value: Any, op: str = "set", key: str = "border_crossing_id=BC_RAIL") -> dict[str, Any]:
    return {"table": "border_dwell", "key": key, "column": "mean_h", "op": op, "value": value}


@pytest.mark.parametrize("modes", [(), ("rail",), ("road",), ("rail", "sea")])
@pytest.mark.parametrize("commodity", ["M", "G"])
def test_the_first_is_that_of_the_command_line(
    session: Session, commodity: str, modes: tuple[str, ...]
) -> None:
    expected = plain_find(
        RouteRequest("A1", "C1", "teaching", commodity=commodity, modes=modes)
    ).as_dict()
    best = ask(session, commodity=commodity, modes=list(modes), alternatives=0)["routes"][0]
    for name in (*TOTALS, "cost_usd", "co2_kg", "crossings", "found"):
        assert best[name] == expected[name]
    assert [leg["mode"] for leg in best["legs"]] == [leg["mode"] for leg in expected["legs"]]


def test_others_differ_and_stand_in_order(session: Session) -> None:
    routes = ask(session)["routes"]
    assert len(routes) > 1
    costs = [route["gc_usd_per_t"] for route in routes]
    assert costs == sorted(costs)
    assert len({route["route_id"] for route in routes}) == len(routes)
    passed = {(tuple(r["mode_chain"]), tuple(r["crossings"])) for r in routes}
    assert len(passed) == len(routes)
    assert len(ask(session, alternatives=1)["routes"]) == 2


def test_each_best_is_marked_once(session: Session) -> None:
    routes = ask(session)["routes"]
    marks = [mark for route in routes for mark in route["best_in"]]
    assert sorted(marks) == ["co2", "cost", "overall", "time"]
    quickest = min(routes, key=lambda r: r["time_h"])
    assert "time" in quickest["best_in"]
    assert "overall" in routes[0]["best_in"]


def test_lines_join_from_end_to_end(session: Session) -> None:
    for route in ask(session)["routes"]:
        lines = [leg["line"] for leg in route["legs"] if leg["line"]]
        assert lines[0][0] == pytest.approx((-40, 42))
        assert lines[-1][-1] == pytest.approx((-40, 31))
        for before, after in itertools.pairwise(lines):
            assert before[-1] == pytest.approx(after[0])


def test_lines_from_coordinates_start_there(session: Session) -> None:
    route = ask(session, origin="41.9,-40.1")["routes"][0]
    assert route["legs"][0]["mode"] == "access"
    assert route["legs"][0]["line"][0] == (-40.1, 41.9)


def test_an_edit_of_hours_moves_the_time_by_as_much(session: Session) -> None:
    before = ask(session, modes=["rail"], alternatives=0)["routes"][0]
    assert "BC_RAIL" in before["crossings"]
    after = ask(session, modes=["rail"], alternatives=0, edits=[dwell(5, "add")])["routes"][0]
    assert after["time_h"] == pytest.approx(before["time_h"] + 5)
    assert ask(session, modes=["rail"], alternatives=0)["routes"][0] == before


def test_numbers_may_come_as_plain_text(session: Session) -> None:
    texts = ask(session, edits=[dwell("40")], modes=["rail"], alternatives=0)["routes"]
    assert texts == ask(session, edits=[dwell(40)], modes=["rail"], alternatives=0)["routes"]


def test_a_closed_crossing_is_not_passed(session: Session) -> None:
    shut = {"table": "border_crossing", "key": "border_crossing_id=BC_RAIL", "column": "state",
            "op": "set", "value": "closed"}  # fmt: skip
    for route in ask(session, edits=[shut])["routes"]:
        assert "BC_RAIL" not in route["crossings"]


def test_measures_open_a_way(session: Session) -> None:
    opened = ask(session, measures=["BRIGHT_LINE", "BRIGHT_YARD"], alternatives=5)["routes"]
    assert any("BC_BRIGHT" in route["crossings"] for route in opened)
    assert not any("BC_BRIGHT" in r["crossings"] for r in ask(session, alternatives=5)["routes"])


def test_no_way_says_why_and_what_opens_one(session: Session) -> None:
    (none,) = ask(session, modes=["rail"], avoid=["BC_RAIL"])["routes"]
    assert not none["found"]
    assert none["reason_code"] == "no_path"
    parts = [part for way in none["opens_with"] for part in way["parts"]]
    assert {"name": "Beacon Gate (rail)", "why": "avoided"} in parts
    assert none["legs"] == []
    assert none["time_h"] is None


def test_everything_wrong_is_said_at_once(session: Session) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        ask(session, origin="Nowhere at all", commodity="gold", date="2024-02-31",
            edits=[dwell(-3), dwell("1,5"), dwell(1, key="border_crossing_id=XX")],
            avoid=["Zzzz"])  # fmt: skip
    assert {"unknown_place", "unknown_commodity", "bad_date", "negative_value", "text_in_number",
            "unknown_row"} <= set(codes(caught))  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (Edit("zone", "zone_id=A1", "lon", "set", 1), "unknown_table"),
        (Edit("link", "link_id=L01", "length_km", "set", 1), "column_not_editable"),
        (Edit("link", "link_id=L01", "lenght", "set", 1), "unknown_column"),
        (Edit("link", "link=L01", "state", "set", "open"), "unknown_column"),
        (Edit("link", "link_id", "state", "set", "open"), "bad_key"),
        (Edit("link", ";", "state", "set", "open"), "bad_key"),
        (Edit("link", "link_id=L01", "state", "set", "shut"), "not_a_value"),
        (Edit("link", "link_id=L01", "state", "add", "open"), "bad_op"),
        (Edit("link", "link_id=L01", "speed_km_per_h", "set", 0), "out_of_range"),
        (Edit("link", "link_id=L01", "speed_km_per_h", "add", 5), "blank_cell"),
        (Edit("link", "length_km=long", "state", "set", "open"), "bad_key"),
        (Edit("border_dwell", "border_crossing_id=BC_RAIL", "mean_h", "set", "۱۲"),
         "text_in_number"),
        (Edit("border_dwell", "border_crossing_id=BC_RAIL", "mean_h", "set", 1e300),
         "out_of_range"),
        (Edit("border_dwell", "border_crossing_id=BC_RAIL", "mean_h", "half", 1), "bad_op"),
    ],
)  # fmt: skip
def test_bad_edits_are_told_by_table_and_column(session: Session, edit: Edit, code: str) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        find(session, RouteQuery("A1", "C1", edits=(edit,)))
    (problem,) = caught.value.problems
    assert (problem.code, problem.table) == (code, edit.table)
    assert problem.column
    assert problem.value is not None
    assert problem.expected or problem.mend


def test_every_editable_column_is_in_the_schema() -> None:
    schema = load_schema()
    for table, columns in EDITABLE.items():
        assert set(columns) <= set(schema[table].names)
        assert not set(columns) & set(schema[table].key)


def test_rules_for_cargo_and_trucks_hold_on_the_map_too(teaching: Study) -> None:
    rule = {"cargo_rule_id": "R", "place_kind": "border_crossing", "place_ids": "BC_ROAD",
            "class_ids": "M", "reason": "no machines at Beacon Gate", "source": "SRC_ASSUME",
            "status": "assumed"}  # fmt: skip
    table = Table.from_rows("cargo_rule", [rule])
    ruled = Session(teaching.replace({"cargo_rule": table}))
    (cut,) = ask(ruled, commodity="M", modes=["road"], alternatives=0)["routes"]
    assert not cut["found"]
    assert "no machines at Beacon Gate" in cut["reason"]
    (grain,) = ask(ruled, commodity="G", modes=["road"], alternatives=0)["routes"]
    assert grain["found"]


def test_nineteen_of_twenty_trips_follow_the_edited_stay(session: Session) -> None:
    only = {"alternatives": 0, "modes": ["rail"]}
    plain = ask(session, **only)["routes"][0]
    late = ask(session, **only, edits=[dwell(20.0, op="add")])["routes"][0]
    assert late["crossings"] == plain["crossings"]
    assert plain["p95_h"] > plain["time_h"]
    assert late["p95_h"] > plain["p95_h"] + 10
