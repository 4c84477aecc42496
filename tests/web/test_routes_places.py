"""Places of freight over HTTP, and where their numbers come from."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import API

ORIGIN = {"Origin": "http://127.0.0.1"}


def test_places_months_and_fit_of_the_teaching_study(client: TestClient) -> None:
    found = client.get(f"{API}/freight/places").json()
    rail = found["places"][0]
    assert rail["capacity_id"] == "CAP01"
    assert rail["shadow_price_usd_per_t"] > 0 < rail["wait_h"]
    assert rail["first_year"] == found["year"]
    assert found["names"]["BC_RAIL"]["en"]
    months = [m for m in found["months"] if m["capacity_id"] == "CAP01"]
    assert sum(m["load_t"] for m in months) == pytest.approx(rail["load_t_per_year"])
    assert sum(m["capacity_t"] for m in months) == pytest.approx(rail["capacity_t_per_year"])
    assert sum(m["peak"] for m in months) == 1
    assert found["judged"] == 3
    assert all(line["ratio"] > 0 for line in found["lines"])


@pytest.mark.parametrize(
    ("table", "key", "column"),
    [
        ("places", "CAP01", "shadow_price_usd_per_t"),
        ("places", "CAP01", "use_share"),
        ("months", "CAP01>2", "use_share"),
        ("lines", "port", "observed_t"),
        ("lines", "port", "ratio"),
    ],
)
def test_a_number_says_where_it_comes_from(
    client: TestClient, table: str, key: str, column: str
) -> None:
    found = client.get(f"{API}/freight/places").json()
    names = {"places": ("capacity_id",), "months": ("capacity_id", "month"), "lines": ("series",)}
    row = next(r for r in found[table] if ">".join(str(r[n]) for n in names[table]) == key)
    body = {"table": table, "key": key, "column": column}
    told = client.post(f"{API}/provenance/places", json=body, headers=ORIGIN).json()
    assert told["value"] == pytest.approx(row[column])
    assert told["formula"]
    assert told["sources"]


def test_unknown_numbers_are_refused(client: TestClient) -> None:
    for key, column in (("nowhere", "wait_h"), ("CAP01", "no_such")):
        body = {"table": "places", "key": key, "column": column}
        answer = client.post(f"{API}/provenance/places", json=body, headers=ORIGIN)
        assert answer.status_code in (404, 422), answer.text
        assert answer.json()["problems"][0]["code"].startswith("unknown_")
