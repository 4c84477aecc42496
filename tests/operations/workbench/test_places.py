"""Places are found by any spelling, by codes, ids and coordinates, best first."""

from __future__ import annotations

from typing import Any

import pytest

from opencorridor.operations.workbench.places import capacity_name, search
from opencorridor.study import Study
from opencorridor.study.places import resolve


def found(study: Study, text: str, **more: Any) -> list[dict[str, Any]]:
    places: list[dict[str, Any]] = search(study, text, **more)["places"]
    return places


@pytest.mark.parametrize(
    "text", ["Alpha City", "alpha c", "Альфа-Город", "شهر آلفا", "AAALC", "zone:A1", "A1"]
)
def test_the_zone_comes_first(teaching: Study, text: str) -> None:
    best = found(teaching, text)[0]
    assert (best["kind"], best["id"], best["country"]) == ("zone", "A1", "AAA")
    assert (best["lon"], best["lat"]) == (-40, 42)


def test_names_and_the_spelling_that_fits(teaching: Study) -> None:
    best = found(teaching, "альфа-го")[0]
    assert best["names"] == {"en": "Alpha City", "ru": "Альфа-Город", "fa": "شهر آلفا"}
    assert best["matched"] == "Альфа-Город"
    assert found(teaching, "Alpha City")[0]["matched"] == ""


def test_every_answer_can_be_asked_again(teaching: Study) -> None:
    for text in ("alpha", "beacon", "charlie", "rail"):
        for item in found(teaching, text):
            place = resolve(teaching, f"{item['kind']}:{item['id']}")
            assert (place.kind, place.id) == (item["kind"], item["id"])


def test_whole_names_before_starts_before_parts(teaching: Study) -> None:
    kinds = [item["names"]["en"] for item in found(teaching, "Alpha Port")]
    assert kinds[0] == "Alpha Port"
    starts = [name.startswith("Alpha Port") for name in kinds]
    assert starts == sorted(starts, reverse=True)


def test_coordinates_near_names_and_nothing(teaching: Study) -> None:
    assert found(teaching, "41.5,-40")[0]["kind"] == "coordinates"
    assert found(teaching, "Beakon Gate rail")[0]["names"]["en"] == "Beacon Gate (rail)"
    assert found(teaching, "qqqqqqqq") == []
    assert found(teaching, "") == []
    assert found(teaching, "99,999") == []


def test_the_limit_and_the_kinds_hold(teaching: Study) -> None:
    assert len(found(teaching, "a", limit=2)) == 2
    assert {p["kind"] for p in found(teaching, "a", kinds=("country",))} == {"country"}


def test_a_capacity_is_named_by_place_cargo_and_direction(teaching: Study) -> None:
    table = teaching["capacity"]
    names = {
        str(table["capacity_id"][row]): capacity_name(teaching, table, row)
        for row in range(table.n)
    }
    assert names["CAP01"] == "Beacon Gate (rail), BBB to CCC"
    assert names["CAP03"] == "Beacon Gate (road)"
    assert names["CAP05"] == "Alpha Port, bulk"
