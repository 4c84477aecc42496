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
