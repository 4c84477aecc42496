"""Documents of a route: which rows hold, where they are asked for, and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from opencorridor.operations.route import RouteRequest, find
from opencorridor.routing.asking import Cargo, Needs
from opencorridor.routing.legs import Leg
from opencorridor.routing.papers import NeededDocument, documents_on, stays_along
from opencorridor.study import Table
from tests.routing import small

GRAIN = Cargo("G", "Grain", "t", "bulk", 1.0)
EMPTY = dict.fromkeys(("border_crossing", "border_crossing_id", "terminal", "terminal_id",
                       "carries"), "")  # fmt: skip
ZERO = dict.fromkeys(("time_h", "spread_h", "cost_usd_per_t", "gc_usd_per_t", "co2_kg_per_t",
                      "distance_km"), 0.0)  # fmt: skip


def leg(mode: str, country: str, start: str = "", end: str = "", **more: Any) -> Leg:
    return Leg(mode, start, end, country, **{**EMPTY, **ZERO, **more})  # type: ignore[arg-type]


def border(name: str, country: str) -> Leg:
    return leg("border", country, border_crossing=name)


# By rail from A through T to B, then by ship from a port of B to one of D.
WAY = [
    leg("access", "AAA"),
    leg("rail", "AAA"),
    border("A gate", "TTT"),
    leg("rail", "TTT"),
    border("B gate", "BBB"),
    leg("rail", "BBB"),
    leg("transshipment", "BBB"),
    leg("sea", "", "B port", "D port"),
    leg("transshipment", "DDD"),
    leg("road", "DDD"),
]


def row(**more: Any) -> dict[str, Any]:
    return {"document_id": "P", "name": "Paper", "stage": "origin", "need": "required",
            "source": "S", "status": "assumed", **more}  # fmt: skip


def needed(
    *rows: dict[str, Any],
    way: list[Leg] | None = None,
    cargo: Cargo = GRAIN,
    date: str = "2024-12-31",
    trade: tuple[str, str] = ("AAA", "DDD"),
) -> tuple[NeededDocument, ...]:
    table = Table.from_rows("document", list(rows))
    return documents_on(table, way or WAY, cargo, date, trade, ("Start", "End"))


def test_stays_know_how_goods_come_in_and_go_out_by_land_and_water() -> None:
    stays = stays_along(WAY, "AAA", "DDD")
    assert [(s.country, s.enters_by, s.leaves_by) for s in stays] == [
        ("AAA", "", "A gate"), ("TTT", "A gate", "B gate"), ("BBB", "B gate", "B port"),
        ("DDD", "D port", ""),
    ]  # fmt: skip
    assert [sorted(s.modes) for s in stays] == [
        ["rail"], ["rail"], ["rail", "sea"], ["road", "sea"],
    ]  # fmt: skip


def test_a_ship_between_two_ports_is_a_way_between_two_countries() -> None:
    stays = stays_along([leg("sea", "", "A port", "D port")], "AAA", "DDD")
    assert [(s.country, s.enters_by, s.leaves_by, s.modes) for s in stays] == [
        ("AAA", "", "A port", {"sea"}), ("DDD", "D port", "", {"sea"}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "at"),
    [
        ({}, ("Start",)),
        ({"country_id": "AAA"}, ("Start",)),
        ({"country_id": "DDD"}, None),
        ({"mode": "sea"}, ("Start",)),  # a ship takes them later on
        ({"mode": "inland_water"}, None),
        ({"country_id": "AAA", "mode": "road"}, None),  # roads in D only
        ({"stage": "destination", "country_id": "DDD"}, ("End",)),
        ({"stage": "destination", "country_id": "DDD", "mode": "sea"}, ("End",)),
        ({"stage": "destination", "country_id": "BBB"}, None),
        ({"stage": "transit", "country_id": "TTT"}, ("A gate",)),
        ({"stage": "transit", "country_id": "TTT", "mode": "road"}, None),
        ({"stage": "transit", "country_id": "AAA"}, None),  # an end is no transit
        ({"stage": "transit", "country_id": "DDD"}, None),
        ({"stage": "transit", "mode": "rail"}, ("Start",)),  # one note for the whole way
        ({"stage": "border", "country_id": "DDD"}, ("D port",)),
        ({"stage": "border", "country_id": "AAA"}, ("A gate",)),
        ({"stage": "border", "mode": "rail"}, ("A gate", "B gate")),
    ],
)
def test_where_a_document_is_asked_for(cells: dict[str, Any], at: tuple[str, ...] | None) -> None:
    found = needed(row(**cells))
    assert [one.at for one in found] == ([] if at is None else [at])


def test_a_corner_of_a_neighbour_without_a_crossing_is_no_transit() -> None:
    way = [leg("rail", "AAA"), leg("rail", "TTT"), leg("rail", "AAA"), border("D gate", "DDD"),
           leg("rail", "DDD")]  # fmt: skip
    assert needed(row(stage="transit", country_id="TTT"), way=way) == ()
    assert needed(row(stage="transit", country_id="AAA"), way=way) == ()


@pytest.mark.parametrize(
    ("cells", "cargo", "holds"),
    [
        ({"class_ids": "G;M"}, GRAIN, True),
        ({"class_ids": "M"}, GRAIN, False),
        ({"dangerous_classes": "any"}, GRAIN, False),
        ({"dangerous_classes": "any"}, replace(GRAIN, needs=Needs(dangerous="3")), True),
        ({"temperature": "1"}, GRAIN, False),
        ({"temperature": "1"}, replace(GRAIN, needs=Needs(temperature=True)), True),
        ({"partners": "DDD"}, GRAIN, True),
        ({"partners": "BBB"}, GRAIN, False),
        ({"except_partners": "DDD;BBB"}, GRAIN, False),
        # For the importer the other end is the exporter.
        ({"stage": "destination", "country_id": "DDD", "partners": "AAA"}, GRAIN, True),
        ({"stage": "destination", "country_id": "DDD", "except_partners": "AAA"}, GRAIN, False),
        ({"valid_from": "2025-01-01"}, GRAIN, False),
        ({"valid_to": "2024-12-30"}, GRAIN, False),
        ({"valid_from": "2024-12-31", "valid_to": "2024-12-31"}, GRAIN, True),
    ],
)
def test_for_which_goods_trade_and_day(cells: dict[str, Any], cargo: Cargo, holds: bool) -> None:
    assert bool(needed(row(**cells), cargo=cargo)) is holds


def test_they_come_in_order_of_use_and_within_one_country_there_are_none() -> None:
    rows = [
        row(document_id="1", stage="destination", country_id="DDD"),
        row(document_id="2", stage="border", country_id="BBB"),
        row(document_id="3", need="option"),
        row(document_id="4", stage="transit", country_id="TTT"),
        row(document_id="5"),
    ]
    assert [one.document_id for one in needed(*rows)] == ["5", "3", "4", "2", "1"]
    assert needed(*rows, trade=("AAA", "AAA")) == ()


def test_the_operation_answers_them_with_their_source() -> None:
    rows = [row(stage="border", country_id="BBB", mode="road", issuer="customs", code="911")]
    study = small.border_study().replace({"document": Table.from_rows("document", rows)})
    result = find(RouteRequest("Town A", "Town F", study))
    (one,) = result.as_dict()["documents_needed"]
    assert (one["name"], one["at"], one["country"], one["issuer"], one["source"]) == (
        "Paper", ("Gate X",), "BBB", "customs", "S",
    )  # fmt: skip


def test_shipped_grain_by_sea_needs_a_bill_of_lading_and_a_certificate_of_its_health() -> None:
    """Aktau to Amirabad: an operation on the shipped table, read at its ends and its port."""
    grain = find(RouteRequest("Aktau", "Amirabad", commodity="C01", unit="t", modes=("sea",)))
    names = {one.name: one for one in grain.documents_needed}
    assert names["Bill of lading"].need == "required"
    assert names["Phytosanitary certificate"].at == ("Aktau",)
    assert names["Delivery order"].at == ("Amirabad",)
    assert "SMGS consignment note" not in names
    plastic = find(RouteRequest("Almaty", "Bandar Abbas", modes=("rail",)))
    at = {(one.name, one.country): one.at for one in plastic.documents_needed}
    assert "Akyayla" in at["Wagon and container hand-over list", "IRN"][0]
    assert ("Transit declaration", "TKM") in at
    assert ("Transit declaration", "KAZ") not in at
    assert ("Phytosanitary certificate", "KAZ") not in at
