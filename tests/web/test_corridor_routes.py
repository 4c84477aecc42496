"""Corridors and reach over HTTP: shapes, provenance, a workbook, and errors in words."""

from __future__ import annotations

from typing import Any

import pytest

from opencorridor.web.models.corridors import Corridors, Reach
from tests.web.conftest import API, TestClient

ASK: dict[str, Any] = {"origin": "A1", "destination": "C1"}


def posted(client: TestClient, path: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = client.post(f"{API}{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer


def test_corridors_and_their_provenance(client: TestClient) -> None:
    body = Corridors.model_validate(posted(client, "/corridors", ASK).json())
    corridor = body.corridors[0]
    assert corridor.points[-1].hours == pytest.approx(corridor.time_h, abs=1e-3)
    one = corridor.indicators[0]
    number = {"ask": ASK, "route_id": corridor.route_id, "mode": None, "indicator": one.indicator}
    found = posted(client, "/provenance/corridor", number).json()
    assert (found["value"], found["low"], found["high"]) == (one.value, one.low, one.high)


def test_a_workbook(client: TestClient) -> None:
    answer = posted(client, "/corridors/workbook", ASK)
    assert answer.content.startswith(b"PK")
    assert "attachment" in answer.headers["content-disposition"]
    none = posted(client, "/corridors/workbook", {**ASK, "modes": ["inland_water"]})
    assert none.content.startswith(b"PK")


def test_reach_and_its_provenance(client: TestClient) -> None:
    body = Reach.model_validate(posted(client, "/reach", {"origin": "A1"}).json())
    zone = next(z for z in body.zones if z.zone_id == "C1")
    number = {"ask": {"origin": "A1"}, "zone_id": "C1", "column": "time_h"}
    assert posted(client, "/provenance/reach", number).json()["value"] == zone.time_h
    assert body.reached == sum(z.reason is None for z in body.zones) == len(body.zones) - 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/corridors", {**ASK, "origin": "Nowhere"}),
        ("/corridors", {**ASK, "depart": "tomorrow"}),
        ("/reach", {"origin": "Nowhere"}),
        ("/reach", {"origin": "A1", "modes": ["air"]}),
        ("/reach", {"origin": "A1", "vehicle": "Nowhere"}),
        ("/provenance/corridor", {"ask": ASK, "route_id": "no", "indicator": "tfi1_h"}),
        ("/provenance/corridor", {"ask": ASK, "route_id": "no", "indicator": "tfi9"}),
        ("/provenance/reach", {"ask": {"origin": "A1"}, "zone_id": "ZZ", "column": "time_h"}),
        # The place itself has no number.
        ("/provenance/reach", {"ask": {"origin": "A1"}, "zone_id": "A1", "column": "time_h"}),
    ],
)
def test_what_cannot_be_answered_is_told(
    client: TestClient, path: str, body: dict[str, Any]
) -> None:
    found = posted(client, path, body, 422).json()
    assert found["problems"]
