"""What moves over HTTP: an answer that holds together, bad bodies, and sources of numbers."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import API

ORIGIN = {"Origin": "http://127.0.0.1"}


def post(client: TestClient, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"{API}{path}", json=body, headers=ORIGIN)


def test_what_moves(client: TestClient) -> None:
    answer = post(client, "/freight/flows", {})
    assert answer.status_code == 200
    found = answer.json()
    assert {row["mode"] for row in found["modes"]} >= {"rail", "road", "access"}
    assert sum(row["t_per_year"] for row in found["pairs"]) == pytest.approx(
        found["total"]["t_per_year"]
    )
    assert found["pairs_found"] == len(found["pairs"])
    assert found["doors"] == "AAA"
    assert {row["place_id"] for row in found["chains"]} - {"other"} <= set(found["names"])


def test_links_for_the_map_are_those_of_the_table(client: TestClient) -> None:
    ask = {"goods": "pair"}
    rows = {r["link_id"]: r for r in post(client, "/freight/flows/links", ask).json()["links"]}
    drawn = post(client, "/freight/flows/map", ask).json()["links"]
    assert {link["link_id"] for link in drawn} == set(rows)
    for link in drawn:
        row = rows[link["link_id"]]
        assert link["t_forward"] == pytest.approx(row["t_forward"], abs=0.1)
        assert link["t_per_year"] == pytest.approx(row["t_per_year"], abs=0.1)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"goods": "mine"}, 422, "goods"),
        ({"mode": "air"}, 422, "mode"),
        ({"when": 1}, 422, "when"),
        ({"class_id": "nothing"}, 422, "class_id"),
        ({"scenario": {"closed": [3]}}, 422, "scenario.closed.0"),
    ],
)
def test_a_bad_question_is_refused_at_its_field(
    client: TestClient, body: dict[str, Any], status: int, field: str
) -> None:
    answer = post(client, "/freight/flows", body)
    assert answer.status_code == status
    assert [p["column"] for p in answer.json()["problems"]] == [field]


def test_a_number_names_its_goods_and_sources(client: TestClient) -> None:
    ask = {"at": "BC_RAIL", "goods": "pair", "scenario": {"closed": ["BC_ROAD"]}}
    body = {"ask": ask, "table": "pairs", "key": "CCC>AAA", "column": "fee_usd_per_year"}
    found = post(client, "/provenance/flows", body)
    assert found.status_code == 200, found.text
    told = found.json()
    rows = post(client, "/freight/flows", ask).json()["pairs"]
    row = next(r for r in rows if (r["exporter"], r["importer"]) == ("CCC", "AAA"))
    assert told["value"] == pytest.approx(row["fee_usd_per_year"])
    assert told["unit"] == "US$/year"
    for word in ("study's pair", "over BC_RAIL", "BC_ROAD closed"):
        assert word in told["description"]
    assert told["sources"]


@pytest.mark.parametrize(
    ("table", "key", "column", "code"),
    [
        ("pairs", "AAA>ZZZ", "t_per_year", "unknown_row"),
        ("pairs", "AAA>CCC", "own_t_per_year", "unknown_column"),
        ("total", "", "exporter", "unknown_column"),
    ],
)
def test_a_number_that_is_not_there_is_refused(
    client: TestClient, table: str, key: str, column: str, code: str
) -> None:
    body = {"ask": {}, "table": table, "key": key, "column": column}
    answer = post(client, "/provenance/flows", body)
    assert [p["code"] for p in answer.json()["problems"]] == [code]
