"""How far from here: the numbers of the best route to every zone, and why there is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from opencorridor.operations.corridor_files import reach_file, reach_rows
from opencorridor.operations.workbench.corridor_provenance import of_reach
from opencorridor.operations.workbench.reach import ReachQuery, find, query_of_zone
from opencorridor.operations.workbench.routes import search_routes
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.reach import REASONS
from opencorridor.study import OpenCorridorError, Study

NUMBERS = ("time_h", "cost_usd_per_t", "co2_kg_per_t", "distance_km", "gc_usd_per_t")


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    return Session(teaching)


def equal_to_routes(session: Session, query: ReachQuery) -> dict[str, Any]:
    """Ask, hold every zone against the route finder, and return the answer."""
    answer = find(session, query)
    for zone in answer["zones"]:
        route = search_routes(session, query_of_zone(query, zone["zone_id"])).routes[0]
        assert route.found is (zone["reason"] is None), (zone, route.reason)
        for name in NUMBERS:
            expected = getattr(route.totals, name) if route.totals else None
            assert zone[name] == pytest.approx(expected, abs=1e-4), (zone["zone_id"], name)
    assert answer["reached"] == sum(z["reason"] is None for z in answer["zones"])
    return answer


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"commodity": "G"},
        {"modes": ("road",)},
        {"modes": ("rail", "sea")},
        {"avoid": ("BC_RAIL",)},
        {"no_transit": ("BBB",)},
        {"date": "2024-01-15"},
        {"vehicle": "CCC", "dangerous": "3", "unit": "feu", "t_per_unit": 24.0},
    ],
)
@pytest.mark.parametrize("origin", ["A1", "port:PORT_A", "C1"])
def test_every_zone_is_as_the_route_finder_has_it(
    session: Session, origin: str, more: dict[str, Any]
) -> None:
    equal_to_routes(session, ReachQuery(origin, **more))


def test_from_coordinates_the_first_kilometres_count(session: Session, teaching: Study) -> None:
    zone = teaching["zone"]
    row = zone["zone_id"].tolist().index("B1")
    place = f"{zone['lat'][row] + 0.1:.4f},{zone['lon'][row] + 0.1:.4f}"
    equal_to_routes(session, ReachQuery(place))


def reasons(session: Session, **more: Any) -> dict[str, str | None]:
    return {z["zone_id"]: z["reason"] for z in find(session, ReachQuery("A1", **more))["zones"]}


def test_why_a_zone_is_not_reached(session: Session) -> None:
    assert reasons(session)["A1"] == "same_place"
    inland = reasons(session, modes=("sea",))
    assert set(inland.values()) <= {"same_place", "no_access", "no_mode", "no_origin"}
    avoided = reasons(session, avoid=("BBB", "sea"))
    assert (avoided["B1"], avoided["C1"]) == ("avoided", "avoided")
    assert set(find(session, ReachQuery("A1", avoid=("BBB", "sea")))["reasons"]) == {
        "same_place", "avoided",
    }  # fmt: skip


def test_a_closed_crossing_and_an_edit_follow(session: Session) -> None:
    plain = {z["zone_id"]: z for z in find(session, ReachQuery("A1"))["zones"]}
    edit = {"table": "border_dwell", "column": "mean_h", "op": "add", "value": 3.0,
            "key": "border_crossing_id=AB_RAIL"}  # fmt: skip
    query = ReachQuery.of({"origin": "A1", "edits": [edit]})
    slower = {z["zone_id"]: z for z in equal_to_routes(session, query)["zones"]}
    assert slower["B1"]["time_h"] == pytest.approx(plain["B1"]["time_h"] + 3.0)
    assert slower["A2"]["time_h"] == plain["A2"]["time_h"]
    equal_to_routes(session, ReachQuery("A1", avoid=("AB_RAIL",)))


def test_a_rule_for_one_importing_country_holds_for_its_zones_alone(teaching: Study) -> None:
    row = {
        "restriction_id": "R_TEST", "place_kind": "border_crossing",
        "place_ids": "BC_RAIL;BC_ROAD;AC_FERRY", "importer": "CCC", "allowed_share": 0.0,
        "reason": "embargo", "source": "SRC_ASSUME", "status": "assumed",
    }  # fmt: skip
    added = teaching["restriction"].concat([row])
    session = Session(teaching.replace(tables={"restriction": added}))
    answer = equal_to_routes(session, ReachQuery("A1"))
    reached = {z["zone_id"]: z["time_h"] for z in answer["zones"]}
    free = {z["zone_id"]: z["time_h"] for z in find(Session(teaching), ReachQuery("A1"))["zones"]}
    assert reached["B1"] == free["B1"]
    assert reached["C1"] != free["C1"]


def test_numbers_say_where_they_come_from(session: Session) -> None:
    query = ReachQuery("A1")
    zone = next(z for z in find(session, query)["zones"] if z["zone_id"] == "C1")
    for column in NUMBERS[:4]:
        found = of_reach(session, query, "C1", column)
        assert found["value"] == pytest.approx(zone[column], abs=1e-4)
        assert found["inputs"]


def test_what_is_wrong_is_told_at_once(session: Session) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        find(session, ReachQuery("Nowhere", commodity="Z9", modes=("air",)))
    codes = {p.code for p in caught.value.problems}
    assert {"unknown_mode", "unknown_place"} <= codes
    assert len(codes) >= 3


def test_files_hold_every_zone(session: Session, teaching: Study) -> None:
    answer = find(session, ReachQuery("A1", avoid=("BBB", "sea")))
    body = json.loads(reach_file(teaching, answer, ".geojson"))
    assert {f["id"] for f in body["features"]} == set(teaching["zone"]["zone_id"].tolist())
    lost = next(f for f in body["features"] if f["id"] == "C1")
    assert lost["properties"]["time_h"] is None
    assert lost["properties"]["reason"] == REASONS["avoided"]
    text = reach_file(teaching, answer, ".csv").decode()
    assert text.count("\n") == len(reach_rows(answer)) + 1
