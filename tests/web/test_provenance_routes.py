"""Numbers of scenarios and routes are asked about by what made them; nothing is kept between."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import API, TestClient

ASK = {"origin": "A1", "destination": "C1", "alternatives": 0}
SPEC = {"measures": [], "edits": [], "closed": ["BC_ROAD"]}


def posted(client: TestClient, path: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = client.post(f"{API}{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_number_of_a_scenario_is_that_of_the_answer(client: TestClient) -> None:
    solved = posted(client, "/scenarios/solve", SPEC)
    body = {"b": {"spec": SPEC}, "table": "scenario", "key": "trade", "column": "difference"}
    found = posted(client, "/provenance/scenario", body)
    assert found["value"] == solved["trade_usd"] - solved["baseline_usd"]
    assert (found["table"], found["column"], found["status"]) == (
        "scenario", "difference", "derived",
    )  # fmt: skip
    place = solved["places"][1]
    body |= {"table": "scenario_places", "key": place["capacity_id"], "column": "wait_b"}
    found = posted(client, "/provenance/scenario", body)
    assert (found["value"], found["row"]) == (place["wait_h"], 1)


def test_a_number_of_a_route_is_that_of_the_answer(client: TestClient) -> None:
    route = posted(client, "/routes", ASK)["routes"][0]
    body = {"ask": ASK, "route_id": route["route_id"], "leg": 1, "column": "cost_usd"}
    found = posted(client, "/provenance/route", body)
    assert found["value"] == route["legs"][1]["cost_usd"]
    assert (found["table"], found["row"]) == ("route_legs", 1)


@pytest.mark.parametrize(
    ("path", "change", "status"),
    [
        ("scenario", {"key": "nothing"}, 422),
        ("scenario", {"b": None}, 422),
        ("scenario", {"column": "c"}, 422),
        ("scenario", {"b": {"spec": {**SPEC, "closed": ["NOWHERE"]}}}, 422),
        # Nobody has run it.
        ("scenario", {"b": {"spec": SPEC, "full": True}}, 404),
        ("route", {"route_id": "nothing"}, 422),
        ("route", {"leg": 99}, 422),
        ("route", {"ask": {**ASK, "origin": "Nowhere at all"}}, 422),
    ],
)
def test_what_is_not_there_is_said(
    client: TestClient, path: str, change: dict[str, Any], status: int
) -> None:
    route_id = posted(client, "/routes", ASK)["routes"][0]["route_id"]
    body: dict[str, Any] = {
        "scenario": {"b": {"spec": SPEC}, "table": "scenario", "key": "trade", "column": "b"},
        "route": {"ask": ASK, "route_id": route_id, "leg": 0, "column": "time_h"},
    }[path]
    answer = posted(client, f"/provenance/{path}", {**body, **change}, status)
    assert answer["problems"]


def test_an_id_stands_for_a_row(client: TestClient) -> None:
    table = client.get(f"{API}/tables/link?limit=2").json()
    key = table["rows"][1][table["columns"].index("link_id")]
    query = {"table": "link", "column": "length_km"}
    by_key = client.get(f"{API}/provenance", params={**query, "key": key}).json()
    assert by_key == client.get(f"{API}/provenance", params={**query, "row": 1}).json()
    assert client.get(f"{API}/provenance", params={**query, "key": "no"}).status_code == 404


def test_a_sum_so_far_and_a_count_are_told(client: TestClient) -> None:
    route = posted(client, "/routes", ASK)["routes"][0]
    body = {"ask": ASK, "route_id": route["route_id"], "first_legs": 2, "column": "time_h"}
    found = posted(client, "/provenance/route", body)
    assert found["value"] == pytest.approx(sum(leg["time_h"] for leg in route["legs"][:2]))
    promised = client.get(f"{API}/promises").json()["commitments"]
    counted = f"{API}/provenance/commitments"
    assert client.get(counted).json()["value"] == len(promised)
    done = client.get(counted, params={"progress": "done"}).json()
    assert done["value"] == sum(item["progress"] == "done" for item in promised)
    assert client.get(counted, params={"progress": "nearly"}).status_code == 422


def test_the_load_of_a_crossing_needs_a_run(client: TestClient) -> None:
    query = {"crossing": "BC_ROAD", "column": "t_per_year"}
    assert client.get(f"{API}/provenance", params=query).status_code == 422
    answer = client.get(f"{API}/provenance", params={**query, "result_id": "0" * 32})
    assert answer.status_code == 404


def test_counts_of_a_comparison_and_of_a_reach_map_are_those_of_the_answers(
    client: TestClient,
) -> None:
    solved = posted(client, "/scenarios/solve", SPEC)
    changes = [link["t_per_year"] - link["baseline_t_per_year"] for link in solved["links"]]
    body = {"b": {"spec": SPEC}, "above": 5.0}
    found = posted(client, "/provenance/links", body)
    assert found["value"] == sum(change > 5.0 for change in changes) > 0
    both = posted(client, "/provenance/links", {"b": {"spec": SPEC}})
    assert both["value"] == sum(abs(change) >= 1.0 for change in changes)

    ask = {"origin": "A1"}
    zones = posted(client, "/reach", ask)["zones"]
    hours = sorted(zone["time_h"] for zone in zones if zone["reason"] is None)
    for of, value in (
        ("reached", len(hours)),
        ("median", hours[len(hours) // 2]),
        ("lost", sum(zone["reason"] not in (None, "same_place") for zone in zones)),
    ):
        told = posted(client, "/provenance/zones", {"ask": ask, "column": "time_h", "of": of})
        assert told["value"] == value, of
    body = {"ask": ask, "column": "time_h", "of": "reached", "below": hours[1]}
    assert posted(client, "/provenance/zones", body)["value"] == sum(h < hours[1] for h in hours)


def test_facts_of_an_answer_about_routes_are_told(client: TestClient) -> None:
    ask = {"origin": "A1", "destination": "C1", "depart": "2025-03-20T08:00+05:00"}
    answer = posted(client, "/routes", ask)
    route = next(r for r in answer["routes"] if r["difference"] and r["schedule"]["arrives"])
    waits = sum(wait["hours"] for leg in route["schedule"]["legs"] for wait in leg["waits"])
    wanted = {
        "front_size": answer["front"]["size"],
        "front_listed": sum(r["on_front"] for r in answer["routes"]),
        "gauge_changes": route["gauge_changes"],
        "schedule_h": route["schedule"]["hours"],
        "schedule_waited_h": waits,
        **{f"difference_{name}": abs(route["difference"][name])
           for name in ("time_h", "cost_usd_per_t", "co2_kg_per_t")},
    }  # fmt: skip
    body = {"ask": ask, "route_id": route["route_id"]}
    for fact, value in wanted.items():
        told = posted(client, "/provenance/route-fact", {**body, "fact": fact})
        assert told["value"] == pytest.approx(value, abs=1e-3), fact
    leg = posted(client, "/provenance/route-fact", {**body, "fact": "schedule_h", "at": 0})
    assert leg["value"] == route["schedule"]["legs"][0]["hours"]
    for change in ({"fact": "opening_km", "at": 0}, {"fact": "schedule_h", "at": 999}):
        posted(client, "/provenance/route-fact", {**body, **change}, 422)


def test_a_way_that_is_shut_has_its_kilometres_and_its_reason_in_parts(client: TestClient) -> None:
    ask = {"origin": "A1", "destination": "C1", "modes": ["sea"]}
    route = posted(client, "/routes", ask)["routes"][0]
    assert (route["found"], route["reason_code"]) == (False, "no_path")
    assert route["facts"] == {"modes": "sea"}
    body = {"ask": ask, "route_id": route["route_id"], "fact": "opening_km", "at": 0}
    found = posted(client, "/provenance/route-fact", body)
    assert found["value"] == route["opens_with"][0]["distance_km"]
    far = {**ask, "origin": "0,0", "modes": []}
    told = posted(client, "/routes", far)["routes"][0]
    assert told["reason_code"] == "too_far"
    assert told["facts"]["km"] > told["facts"]["limit_km"] > 0
