"""Places, layers, routes, cards and scenarios over HTTP: shapes, caching, errors in words."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from opencorridor.web.models import PlaceCard, RouteAnswer, ScenarioResult, StudyInfo
from tests.web.conftest import API

ROUTE: dict[str, Any] = {"origin": "Alpha City", "destination": "Charlie City"}
ORIGIN = {"Origin": "http://127.0.0.1"}


def post(client: TestClient, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"{API}{path}", json=body, headers=ORIGIN)


def test_the_study(client: TestClient) -> None:
    info = StudyInfo.model_validate(client.get(f"{API}/study").json())
    assert (info.study_id, info.pair, info.default_commodity) == ("teaching", ["AAA", "CCC"], "M")
    assert info.target_usd == 2.11e9
    assert info.counts["zone"] == 5
    assert sum(info.status_shares.values()) == pytest.approx(1.0)
    west, south, east, north = info.window
    assert west < east
    assert south < north


def test_places(client: TestClient) -> None:
    body = client.get(f"{API}/places", params={"q": "alpha", "limit": 3}).json()
    assert body["query"] == "alpha"
    assert len(body["places"]) == 3
    assert client.get(f"{API}/places", params={"limit": 0}).status_code == 422


def test_a_layer_is_sent_once(client: TestClient) -> None:
    first = client.get(f"{API}/map/network")
    assert first.headers["content-type"] == "application/geo+json"
    assert first.headers["content-encoding"] == "gzip"
    assert first.json()["features"]
    again = client.get(f"{API}/map/network", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"{API}/map/network", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_a_layer_for_a_client_without_gzip(client: TestClient) -> None:
    plain = client.get(f"{API}/map/zones", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(plain.content)
    assert len(plain.json()["features"]) == 5


def test_routes(client: TestClient) -> None:
    found = post(client, "/routes", ROUTE)
    assert found.status_code == 200
    body = found.json()
    RouteAnswer.model_validate(body)
    assert body["commodity"] == "M"
    assert body["routes"][0]["legs"][0]["from"] == "Alpha City"
    assert body["routes"][0]["legs"][0]["line"]


def test_no_route_is_an_answer(client: TestClient) -> None:
    found = post(client, "/routes", {**ROUTE, "modes": ["rail"], "avoid": ["BC_RAIL"]})
    assert found.status_code == 200
    assert found.json()["routes"][0]["found"] is False


def test_a_bad_question_names_every_problem(client: TestClient) -> None:
    found = post(client, "/routes", {"origin": "Nowhere", "destination": "Elsewhere"})
    assert found.status_code == 422
    assert found.headers["content-type"] == "application/problem+json"
    assert [p["value"] for p in found.json()["problems"]] == ["Nowhere", "Elsewhere"]


def test_cards(client: TestClient) -> None:
    card = client.get(f"{API}/cards/border_crossing/BC_RAIL")
    assert PlaceCard.model_validate(card.json()).gauges_mm == [1520, 1435]
    assert client.get(f"{API}/cards/terminal/PORT_A").json()["kind"] == "terminal"
    missing = client.get(f"{API}/cards/terminal/NOWHERE")
    assert missing.status_code == 404
    assert missing.json()["problems"][0]["code"] == "unknown_place"


def test_a_scenario_is_checked_and_solved(client: TestClient) -> None:
    spec = {"measures": [{"measure_id": "DUTY_HALF"}, {"measure_id": "DUTY_FREE"}]}
    told = post(client, "/scenarios/check", spec).json()
    assert told["ok"] is False
    assert {p["value"] for p in told["problems"]} == {"DUTY_HALF", "DUTY_FREE"}
    assert post(client, "/scenarios/solve", spec).status_code == 422
    solved = post(client, "/scenarios/solve", {"measures": [{"measure_id": "DUTY_HALF"}]})
    result = ScenarioResult.model_validate(solved.json())
    assert result.trade_usd > result.baseline_usd
    assert result.spec.measures[0].measure_id == "DUTY_HALF"


def test_nodes_near_a_place_and_by_id(client: TestClient) -> None:
    found = client.get(f"{API}/nodes", params={"mode": "rail", "lon": -40, "lat": 42, "limit": 2})
    nodes = found.json()["nodes"]
    assert nodes[0]["node_id"] == "rail:1:AAA:1520"
    assert found.json()["detour_factor"] > 1.0
    again = client.get(f"{API}/nodes/rail:1:AAA:1520").json()
    assert again == {**nodes[0], "distance_km": 0.0}
    assert client.get(f"{API}/nodes/nowhere").status_code == 404
    assert client.get(f"{API}/nodes", params={"mode": "air", "lon": 0, "lat": 0}).status_code == 422


def test_cards_of_a_link_and_of_a_terminal(client: TestClient) -> None:
    link = client.get(f"{API}/cards/link/L01").json()
    assert (link["kind"], link["modes"], link["length_km"]["value"]) == ("link", ["rail"], 480)
    speed = link["speed_km_per_h"]
    assert (speed["table"], speed["unit"]) == ("speed", "km/h")
    yard = client.get(f"{API}/cards/terminal/GAUGE_BEACON").json()
    assert {h["cargo"] for h in yard["handling"]} <= {"container", "bulk"}
    assert all(h["time_h"]["value"] >= 0 for h in yard["handling"])
    assert yard["speed_km_per_h"] is None


def test_an_effect_between_the_ends_is_solved(client: TestClient) -> None:
    def trade(effect: str | float) -> float:
        body = {"measures": [{"measure_id": "TRANSIT_DEAL", "effect": effect}]}
        answer = client.post(f"{API}/scenarios/solve", json=body)
        assert answer.status_code == 200, answer.text
        return float(answer.json()["trade_usd"])

    low, half, mode = trade("low"), trade(-0.5), trade("mode")
    assert min(low, mode) < half < max(low, mode)
    body = {"measures": [{"measure_id": "TRANSIT_DEAL", "effect": 1.5}]}
    assert client.post(f"{API}/scenarios/check", json=body).status_code == 422


def test_check_says_that_a_new_link_needs_a_run(own_cache: Path, client: TestClient) -> None:
    key = "from_node_id=rail:1:AAA:1520;to_node_id=rail:3:AAA:1520;mode=rail;length_km=123"
    edit = {"table": "link", "op": "insert", "column": "link_id", "value": "new:1", "key": key}
    found = client.post(f"{API}/scenarios/check", json={"edits": [edit]}).json()
    assert (found["ok"], found["needs_run"]) == (True, True)
    assert client.post(f"{API}/scenarios/check", json={}).json()["needs_run"] is False
    answer = client.post(f"{API}/scenarios/solve", json={"edits": [edit]})
    assert answer.json()["problems"][0]["code"] == "new_link_needs_run"


def test_a_quotation_is_of_a_route_of_the_answer(client: TestClient) -> None:
    ask = {**ROUTE, "depart": "2025-03-20T08:00+05:00", "crew": 2, "dangerous": "3"}
    routes = post(client, "/routes", ask).json()
    front = {point["route_id"] for point in routes["front"]["points"]}
    for route in routes["routes"]:
        assert (route["route_id"] in front) is route["on_front"]
        body = {"ask": ask, "route_id": route["route_id"]}
        quoted = post(client, "/routes/quotation", body).json()
        assert quoted["total"]["cost_usd"] == route["cost_usd"]
        assert quoted["arrives"] == route["schedule"]["arrives"]
    unknown = post(client, "/routes/quotation", {"ask": ask, "route_id": "nothing"})
    assert unknown.status_code == 422
    assert unknown.json()["problems"][0]["code"] == "unknown_route"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"depart": "tomorrow"}, "bad_time"), ({"dangerous": "12"}, "out_of_range")],
)
def test_bad_departures_and_needs_are_told(
    client: TestClient, change: dict[str, object], code: str
) -> None:
    found = post(client, "/routes", {**ROUTE, **change})
    assert found.status_code == 422
    (problem,) = found.json()["problems"]
    assert (problem["code"], problem["value"]) == (code, next(iter(change.values())))
