"""Potential and levers over HTTP: a study without what they need, and bad bodies."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import API

ORIGIN = {"Origin": "http://127.0.0.1"}


def post(client: TestClient, body: dict[str, Any]) -> Any:
    return client.post(f"{API}/trade/levers", json=body, headers=ORIGIN)


def test_a_study_without_distances_says_so(client: TestClient) -> None:
    answer = client.get(f"{API}/trade/potential")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()["problems"][0]
    assert (problem["code"], problem["table"]) == ("pair_facts_missing", "pair_fact")
    assert problem["mend"]


def test_unknown_countries_are_named_at_their_fields(client: TestClient) -> None:
    answer = client.get(f"{API}/trade/potential", params={"a": "Nowhere", "b": "Elsewhere"})
    assert answer.status_code == 404
    assert [p["column"] for p in answer.json()["problems"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"pair": ["AAA"]}, "pair"),
        ({"levers": [{"lever_id": "payment"}]}, "levers.0.value"),
        ({"levers": [{"lever_id": "payment", "value": "2"}]}, "levers.0.value"),
        ({"levers": [], "when": 2030}, "when"),
        ({"year": 2030.5}, "year"),
    ],
)
def test_a_bad_body_is_refused_at_its_field(
    client: TestClient, body: dict[str, Any], field: str
) -> None:
    answer = post(client, body)
    assert answer.status_code == 422
    assert field in [p["column"] for p in answer.json()["problems"]]


def test_a_study_without_levers_refuses_them(client: TestClient) -> None:
    answer = post(client, {"levers": [{"lever_id": "payment", "value": 0.02}], "year": 1900})
    assert answer.status_code == 422
    assert {p["column"] for p in answer.json()["problems"]} == {"year", "levers.0.lever_id"}
