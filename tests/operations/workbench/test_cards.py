"""Cards of crossings and terminals: cells with their place, loads of the last run, measures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from opencorridor.operations.workbench.cards import place_card
from opencorridor.operations.workbench.results import Stored
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Study


@pytest.fixture
def session(teaching: Study, stored: Stored) -> Session:
    """Return a session of the teaching study that has been run."""
    return Session(teaching)


def cells(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every number with a place in a card."""
    if isinstance(value, dict):
        if {"table", "row", "column"} <= value.keys():
            yield value
        else:
            for item in value.values():
                yield from cells(item)
    elif isinstance(value, list):
        for item in value:
            yield from cells(item)


def test_a_crossing_in_full(session: Session, stored: Stored) -> None:
    card = place_card(session, "border_crossing", "BC_RAIL")
    assert card["countries"] == ["BBB", "CCC"]
    assert card["gauges_mm"] == [1520, 1435]
    assert (card["state"], card["modes"], card["type"]) == ("open", ["rail"], "listed")
    ways = {(d["from_country"], d["to_country"], d["cargo"]): d for d in card["dwell"]}
    assert ways["BBB", "CCC", "all"]["mean_h"]["value"] == 12
    band = ways["BBB", "CCC", "all"]["mean_h"]
    assert (band["low"], band["high"], band["unit"], band["status"]) == (9, 18, "h", "observed")
    ran = {row["capacity_id"]: row for row in stored.tables["bottleneck"]}
    assert {c["capacity_id"] for c in card["capacity"]} == {"CAP01", "CAP02"}
    for capacity in card["capacity"]:
        assert capacity["load_t_per_year"] == ran[capacity["capacity_id"]]["load_t_per_year"]
        assert capacity["wait_h"] == ran[capacity["capacity_id"]]["wait_h"]


@pytest.mark.parametrize(
    ("kind", "place"),
    [("border_crossing", "BC_RAIL"), ("border_crossing", "AC_FERRY"), ("terminal", "PORT_A"),
     ("terminal", "GAUGE_BEACON")],
)  # fmt: skip
def test_every_number_is_the_cell_that_it_names(
    session: Session, teaching: Study, kind: str, place: str
) -> None:
    for cell in cells(place_card(session, kind, place)):
        value = teaching[cell["table"]][cell["column"]][cell["row"]]
        assert cell["value"] == value or (cell["value"] is None and value != value)


def test_measures_that_touch_a_place(session: Session) -> None:
    def touching(kind: str, place: str) -> set[str]:
        return {m["measure_id"] for m in place_card(session, kind, place)["measures"]}

    # By the id of one of its capacities, and by its own id.
    assert {"BEACON_YARD", "BEACON_SHIFT"} <= touching("border_crossing", "BC_RAIL")
    assert "BRIGHT_YARD" in touching("border_crossing", "BC_BRIGHT")
    assert "BRIGHT_YARD" in touching("terminal", "GAUGE_BRIGHT")
    assert "BEACON_YARD" not in touching("terminal", "PORT_A")


def test_restrictions_and_terminals(session: Session) -> None:
    card = place_card(session, "border_crossing", "AAA-BBB-RO01")
    assert [r["restriction_id"] for r in card["restrictions"]] == ["R1"]
    port = place_card(session, "terminal", "PORT_A")
    assert port["modes"]
    assert port["countries"] == ["AAA"]
    assert port["dwell"] == []
    assert place_card(session, "terminal", "GAUGE_BEACON")["gauges_mm"] == [1435, 1520]
    assert place_card(session, "terminal", "GAUGE_BRIGHT")["state"] == "planned"


def test_without_a_run_loads_are_blank(
    teaching: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path))
    card = place_card(Session(teaching), "border_crossing", "BC_RAIL")
    assert card["t_per_year"] is None
    assert all(c["load_t_per_year"] is None for c in card["capacity"])


@pytest.mark.parametrize(
    ("kind", "place", "code"),
    [("border_crossing", "BC_RAIK", "unknown_place"), ("port", "PORT_A", "unknown_kind"),
     ("terminal", "BC_RAIL", "unknown_place")],
)  # fmt: skip
def test_unknown_places_are_said(session: Session, kind: str, place: str, code: str) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        place_card(session, kind, place)
    assert caught.value.problems[0].code == code
