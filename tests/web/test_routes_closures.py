"""Closures over HTTP: the list after its job, one place, and where the numbers come from."""

from __future__ import annotations

import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import API

ORIGIN = {"Origin": "http://127.0.0.1"}
PARAMS = {"kind": "closures", "halve": False, "fixed_trade": True, "place_kind": "crossing"}


def done(client: TestClient) -> dict[str, Any]:
    """Return the job of the list once it has ended."""
    answer = client.post(f"{API}/jobs", json={"params": PARAMS}, headers=ORIGIN)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    end = time.monotonic() + 90
    while job["state"] in ("queued", "running") and time.monotonic() < end:
        time.sleep(0.1)
        job = client.get(f"{API}/jobs/{job['job_id']}").json()
    assert job["state"] == "done", job
    return job


def test_a_list_stands_once_its_job_is_done(client: TestClient) -> None:
    query = {"fixed_trade": True, "weeks": 4}
    before = client.get(f"{API}/freight/closures", params=query).json()
    if not before["ready"]:
        assert before["rows"] == []
    job = done(client)
    year = client.get(f"{API}/jobs/{job['job_id']}/result").json()
    found = client.get(f"{API}/freight/closures", params=query).json()
    assert found["ready"]
    assert found["weeks"] == 4
    assert len(found["rows"]) == len(year["rows"]) == 6
    for month, whole in zip(found["rows"], year["rows"], strict=True):
        assert month["place_id"] == whole["place_id"]
        assert month["damage_usd"] == pytest.approx(whole["damage_usd"] * 4 / 52)

    top = found["rows"][0]
    asked = {"place": top["place_id"], "column": "damage_usd", "fixed_trade": True, "weeks": 4.0,
             "listed": True}  # fmt: skip
    told = client.post(f"{API}/provenance/closure", json=asked, headers=ORIGIN).json()
    assert told["value"] == top["damage_usd"]
    assert told["row"] == 0
    assert "=" in told["formula"]
    assert {i["table"] for i in told["inputs"]} >= {"border_dwell", "capacity", "trade_flow"}


def test_one_place_with_load_and_wait_before_and_while_it_lasts(client: TestClient) -> None:
    found = client.get(f"{API}/freight/closures/BC_RAIL", params={"weeks": 2}).json()
    assert found["weeks"] == 2
    assert found["names"]["ru"]
    rail = next(p for p in found["places"] if p["capacity_id"] == "CAP01")
    assert rail["load_t_per_year"] == 0.0 < rail["baseline_load_t_per_year"]
    asked = {"place": "BC_RAIL", "column": "baseline_load_t_per_year", "capacity": "CAP01"}
    told = client.post(f"{API}/provenance/closure", json=asked, headers=ORIGIN).json()
    assert told["value"] == rail["baseline_load_t_per_year"]
    assert told["unit"] == "t/year"


def test_a_halved_place_without_a_capacity_says_where_its_numbers_come_from(
    client: TestClient,
) -> None:
    found = client.get(f"{API}/freight/closures/AB_RAIL", params={"halve": True}).json()
    own = next(p for p in found["places"] if p["capacity_id"] == "AB_RAIL")
    asked = {"place": "AB_RAIL", "column": "wait_h", "capacity": "AB_RAIL", "halve": True}
    told = client.post(f"{API}/provenance/closure", json=asked, headers=ORIGIN).json()
    assert told["value"] == own["wait_h"] > 1.0


def test_what_is_wrong_is_told_at_its_field(client: TestClient) -> None:
    answer = client.get(f"{API}/freight/closures/NOPE")
    assert answer.status_code == 404
    assert answer.json()["problems"][0]["column"] == "place"
    for query in ({"weeks": 0}, {"weeks": 53}, {"kind": "sea"}, {"halve": "perhaps"}):
        assert client.get(f"{API}/freight/closures", params=query).status_code == 422, query
    for column, capacity in (("damage_usd", "CAP01"), ("damage_usd", "NOPE"), ("wait_h", "")):
        asked = {"place": "BC_RAIL", "column": column, "capacity": capacity}
        answer = client.post(f"{API}/provenance/closure", json=asked, headers=ORIGIN)
        assert answer.status_code in (404, 422), asked
