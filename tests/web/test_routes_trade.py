"""Potential and levers over HTTP: a study without what they need, and bad bodies."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import API

ORIGIN = {"Origin": "http://127.0.0.1"}


def post(client: TestClient, body: dict[str, Any]) -> Any:
    return client.post(f"{API}/trade/levers", json=body, headers=ORIGIN)


def test_a_study_without_distances_answers_by_size_alone(client: TestClient) -> None:
    answer = client.get(f"{API}/trade/potential")
    assert answer.status_code == 200
    found = answer.json()
    assert "size_alone" in found["notes"]
    assert {variant["cost"] for variant in found["variants"]} == {"none"}
    assert found["goods"]
    assert [book["book"] for book in found["books"]] == ["model", "AAA", "CCC", "ORG"]


def test_a_book_says_what_is_traded(client: TestClient) -> None:
    found = client.get(f"{API}/trade/potential", params={"book": "CCC"}).json()
    assert (found["book"], found["actual_usd_current"]) == ("CCC", pytest.approx(1.04e9))
    answer = client.get(f"{API}/trade/potential", params={"book": "nobody"})
    assert answer.status_code == 404
    assert answer.json()["problems"][0]["column"] == "book"


def test_the_study_says_whose_trade_can_be_asked(client: TestClient) -> None:
    countries = client.get(f"{API}/study").json()["countries"]
    assert {c["country_id"]: c["traded"] for c in countries} == dict.fromkeys(
        ("AAA", "BBB", "CCC"), True
    )


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


def test_levers_that_are_not_there_are_refused(client: TestClient) -> None:
    answer = post(client, {"levers": [{"lever_id": "luck", "value": 0.02}], "year": 1900})
    assert answer.status_code == 422
    assert {p["column"] for p in answer.json()["problems"]} == {"year", "levers.0.lever_id"}
