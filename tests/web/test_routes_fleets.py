"""Fleets and empties over HTTP, and where their numbers come from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from opencorridor.study.write import write_study
from opencorridor.web.app import create_app
from opencorridor.web.settings import Settings
from tests.scenario.test_fleets import with_fleet
from tests.web.conftest import API, BASE, built

ORIGIN = {"Origin": BASE}
ADD = [{"fleet_id": "WAGONS", "units": 20.0}]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of a server whose study has one fleet, too small for its goods."""
    home: Path = tmp_path_factory.mktemp("fleet")
    study = write_study(with_fleet(count=20.0), home / "study")
    settings = Settings(study=str(study), dist=built(home / "dist"))
    with TestClient(create_app(settings), base_url=BASE) as found:
        yield found


def asked(client: TestClient, **body: Any) -> Any:
    whole = {"key": "", "add": [], **body}
    return client.post(f"{API}/provenance/fleet", json=whole, headers=ORIGIN)


def test_units_added_to_a_short_fleet_move_more(client: TestClient) -> None:
    (own,) = client.get(f"{API}/freight/fleets").json()["fleets"]
    assert own["count"] == 20.0
    assert own["wait_h"] > 0.0
    found = client.post(f"{API}/freight/fleets", json={"add": ADD}, headers=ORIGIN).json()
    assert found["add"] == ADD
    assert found["after"][0]["t_per_year"] > own["t_per_year"]
    effect = found["effect"]
    assert effect["fleets_change_t"] == pytest.approx(
        found["after"][0]["t_per_year"] - own["t_per_year"]
    )
    told = asked(client, table="effect", column="fleets_change_t", add=ADD).json()
    assert told["value"] == pytest.approx(effect["fleets_change_t"])
    assert told["description"] == "+20 WAGONS"
    after = asked(client, table="after", key="WAGONS", column="needed", add=ADD).json()
    assert after["value"] == pytest.approx(found["after"][0]["needed"])


@pytest.mark.parametrize(
    ("table", "names", "column"),
    [
        ("units", ("unit",), "empty_km_share"),
        ("balance", ("unit", "country_id"), "left_over"),
        ("crossings", ("unit", "border_crossing_id", "from_country"), "empty_share"),
        ("returns", ("unit", "from_country", "to_country"), "mean_km"),
    ],
)
def test_a_number_of_the_empties_says_where_it_comes_from(
    client: TestClient, table: str, names: tuple[str, ...], column: str
) -> None:
    row = next(
        r for r in client.get(f"{API}/freight/empties").json()[table] if r[column] is not None
    )
    key = ":".join(str(row[name]) for name in names)
    told = asked(client, table=table, key=key, column=column).json()
    assert told["value"] == pytest.approx(row[column])
    assert told["row_label"] == key
    assert told["inputs"]


def test_unknown_fleets_and_numbers_are_refused(client: TestClient) -> None:
    body = {"add": [{"fleet_id": "WAGNOS", "units": 1.0}]}
    answer = client.post(f"{API}/freight/fleets", json=body, headers=ORIGIN)
    assert answer.status_code in (404, 422)
    assert answer.json()["problems"][0]["code"] == "unknown_fleet"
    answer = asked(client, table="fleets", key="WAGNOS", column="needed")
    assert answer.status_code in (404, 422)
    assert answer.json()["problems"][0]["code"] == "unknown_row"
