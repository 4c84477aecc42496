"""The routes on the map are of the exact front, of the study as changed, and timed by the clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from opencorridor.operations.route import RouteRequest
from opencorridor.operations.route import find as plain_find
from opencorridor.operations.workbench import fronts
from opencorridor.operations.workbench.routes import RouteQuery, find, search_routes
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Problem, Study, Table

SHUT = {"table": "border_crossing", "key": "border_crossing_id=BC_RAIL", "column": "state",
        "op": "set", "value": "closed"}  # fmt: skip
CRITERIA = ("time_h", "cost_usd_per_t", "co2_kg_per_t")


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    return Session(teaching)


def ask(session: Session, **more: Any) -> dict[str, Any]:
    return find(session, RouteQuery.of({"origin": "A1", "destination": "C1", **more}))


def beats(one: dict[str, Any], other: dict[str, Any]) -> bool:
    pairs = [(one[name], other[name]) for name in CRITERIA]
    return all(a <= b + 1e-4 for a, b in pairs) and any(a < b - 1e-4 for a, b in pairs)


def test_the_listed_routes_are_those_of_the_command_line(session: Session) -> None:
    plain = plain_find(RouteRequest("A1", "C1", "teaching", pareto=True)).as_dict()
    found = ask(session)
    assert found["front"]["size"] == plain["pareto"]["front_size"] == len(found["front"]["points"])
    listed = {tuple(item["crossings"]): item for item in found["routes"]}
    for item in plain["routes"]:
        mine = listed[tuple(item["crossings"])]
        for name in (*CRITERIA, "p50_h", "p95_h", "cost_usd_per_unit", "difference"):
            assert mine[name] == item[name]
    assert all(route["on_front"] for route in found["routes"])


def test_no_point_beats_another_and_each_listed_route_is_one(session: Session) -> None:
    found = ask(session, alternatives=1)
    points = found["front"]["points"]
    assert not [1 for a in points for b in points if beats(a, b)]
    by_id = {route["route_id"]: route for route in found["routes"]}
    named = [point for point in points if point["route_id"]]
    assert len(named) == len(found["routes"]) == 2 < len(points)
    for point in named:
        for name in CRITERIA:
            assert point[name] == pytest.approx(by_id[point["route_id"]][name], abs=2e-4)


def test_a_point_that_is_picked_is_listed_too(session: Session) -> None:
    found = ask(session, alternatives=1)
    (point,) = [p for p in found["front"]["points"] if not p["route_id"]]
    more = ask(session, alternatives=1, point=point["point_id"])
    assert len(more["routes"]) == len(found["routes"]) + 1
    (named,) = [p for p in more["front"]["points"] if p["point_id"] == point["point_id"]]
    (route,) = [r for r in more["routes"] if r["route_id"] == named["route_id"]]
    assert route["time_h"] == pytest.approx(point["time_h"], abs=2e-4)
    # One that a change took away is no error.
    assert ask(session, alternatives=1, point="gone")["routes"] == found["routes"]


def test_the_front_follows_edits(session: Session) -> None:
    before, after = ask(session), ask(session, edits=[SHUT])
    assert after["front"]["size"] < before["front"]["size"]
    assert not [r for r in after["routes"] if "BC_RAIL" in r["crossings"]]
    points = {p["point_id"] for p in before["front"]["points"]}
    assert {p["point_id"] for p in after["front"]["points"]} < points


def test_a_quick_question_has_no_front(session: Session) -> None:
    found = ask(session, alternatives=0)
    assert found["front"] is None
    assert found["front_problem"] is None
    (route,) = found["routes"]
    assert (route["best_in"], route["difference"]) == (["overall"], None)


def test_a_front_that_is_too_large_leaves_the_best_route(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object) -> None:
        raise OpenCorridorError([Problem("pareto_limit", "the front is too large")])

    monkeypatch.setattr(fronts.Ground, "front", too_large)
    found = ask(session, tonnes=7.0)
    assert (found["front"], found["front_problem"]) == (None, "the front is too large")
    assert len(found["routes"]) == 1


def test_the_best_route_stays_where_it_is_not_on_the_front(session: Session) -> None:
    # Generalised cost counts the spread of hours, which is no criterion of the front.
    found = search_routes(session, RouteQuery("A1", "C1"))
    world, asked = found.asked.world, found.asked
    plain = found.routes[0]
    assert plain.totals is not None
    surer = replace(plain.totals, gc_usd_per_t=plain.totals.gc_usd_per_t - 1.0)
    stays = fronts.stays_on(session, world, asked.date, asked.cargo.cargo)
    listing = fronts.list_routes(
        found.priced, world.labels, stays, replace(plain, totals=surer), found.wanted, 3
    )
    assert listing.listed[0].route.totals == surer
    assert [item.choice is None for item in listing.listed].count(True) == 1
    assert len(listing.listed) == len(found.routes) + 1


def test_with_a_departure_every_route_is_timed_and_the_first_is_listed(session: Session) -> None:
    departs = "2025-03-20T08:00+05:00"
    plain = plain_find(RouteRequest("A1", "C1", "teaching", depart=departs)).as_dict()
    found = ask(session, depart=departs)
    assert (found["date"], found["date_given"]) == ("2025-03-20", True)
    first = min(found["routes"], key=lambda r: r["schedule"]["hours"])
    assert "arrival" in first["best_in"]
    expected = plain["schedules"][0]
    for name in ("arrives", "hours", "waited_h", "rested_h", "legs"):
        assert first["schedule"][name] == expected[name]
    for route in found["routes"]:
        assert len(route["schedule"]["legs"]) == len(route["legs"])


def test_a_quick_question_is_timed_without_a_search(session: Session) -> None:
    (best,) = ask(session, depart="2025-03-20T08:00+05:00", alternatives=0)["routes"]
    assert best["schedule"]["arrives"]
    assert best["crossings"] == ask(session, alternatives=0)["routes"][0]["crossings"]


def test_needs_of_the_cargo_and_the_truck_meet_rules_and_permits(teaching: Study) -> None:
    rule = {"cargo_rule_id": "R", "place_kind": "border_crossing", "place_ids": "BC_ROAD",
            "dangerous_classes": "3", "reason": "no flammable liquids", "source": "SRC_ASSUME",
            "status": "assumed"}  # fmt: skip
    permit = {"permit_id": "P", "country_id": "BBB", "trip": "transit", "rule": "required",
              "document_no": "B-7", "reason": "transit permit", "source": "SRC_ASSUME",
              "status": "assumed"}  # fmt: skip
    study = teaching.replace(
        {"cargo_rule": Table.from_rows("cargo_rule", [rule]),
         "permit": Table.from_rows("permit", [permit])}
    )  # fmt: skip
    session = Session(study)
    plain = ask(session, modes=["road"])
    assert plain["rules"] == []
    assert [p["document_no"] for p in plain["routes"][0]["permits"]] == ["B-7"]
    (cut,) = ask(session, modes=["road"], dangerous="3")["routes"]
    assert not cut["found"]
    ruled = ask(session, dangerous="3")
    assert ruled["rules"] == ["no flammable liquids"]
    assert ruled["needs"]["dangerous"] == "3"
    assert all("BC_ROAD" not in route["crossings"] for route in ruled["routes"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"depart": "2025-03-20 at eight"}, "bad_time"),
        ({"depart": "2025-03-20T08:00"}, "bad_time"),
        ({"dangerous": "12"}, "out_of_range"),
        ({"t_per_unit": -1.0}, "out_of_range"),
        ({"vehicle": "Nowhere at all"}, "unknown_place"),
    ],
)
def test_what_is_wrong_is_said(session: Session, change: dict[str, Any], code: str) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        ask(session, **change)
    assert [p.code for p in caught.value.problems] == [code]
