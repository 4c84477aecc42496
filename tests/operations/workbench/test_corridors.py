"""Corridors side by side: the routes of the question, their sums, charts and observed values."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from opencorridor.operations.corridor_files import (
    CORRIDOR_COLUMNS,
    corridor_file,
    corridor_rows,
)
from opencorridor.operations.workbench import routes
from opencorridor.operations.workbench.corridor_provenance import of_indicator
from opencorridor.operations.workbench.corridors import compare
from opencorridor.operations.workbench.observed import observed_rows
from opencorridor.operations.workbench.routes import RouteQuery
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Study

ASK = RouteQuery("A1", "C1")


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    return Session(teaching)


@pytest.fixture(scope="module")
def answer(session: Session) -> dict[str, Any]:
    return compare(session, ASK)


def test_they_are_the_routes_of_the_same_question(session: Session, answer: dict[str, Any]) -> None:
    items = {item["route_id"]: item for item in routes.find(session, ASK)["routes"]}
    assert [c["route_id"] for c in answer["corridors"]] == list(items)
    for corridor in answer["corridors"]:
        item = items[corridor["route_id"]]
        for name in ("time_h", "p95_h", "cost_usd_per_t", "cost_usd", "co2_kg", "distance_km"):
            assert corridor[name] == pytest.approx(item[name], abs=2e-4)
        last = corridor["points"][-1]
        assert (last["km"], last["hours"], last["usd"]) == pytest.approx(
            (item["distance_km"], item["time_h"], item["cost_usd"]), abs=2e-4
        )
        assert len(corridor["points"]) == len(item["legs"]) + 1
        parts = sum(corridor[f"{n}_h"] for n in ("moving", "border", "terminal", "waiting"))
        assert parts == pytest.approx(corridor["time_h"], abs=1e-3)


def test_no_way_has_a_reason_and_no_corridor(session: Session) -> None:
    found = compare(session, RouteQuery("A1", "C1", modes=("inland_water",)))
    assert found["corridors"] == []
    assert found["reason"]


def test_an_edit_moves_the_indicators(session: Session, answer: dict[str, Any]) -> None:
    edit = {"table": "border_dwell", "column": "mean_h", "op": "set", "value": 1.0,
            "key": "border_crossing_id=AB_RAIL"}  # fmt: skip
    changed = compare(
        session, RouteQuery.of({"origin": "A1", "destination": "C1", "edits": [edit]})
    )
    rail = next(c for c in changed["corridors"] if c["mode_chain"] == ["rail"])
    before = next(c for c in answer["corridors"] if c["mode_chain"] == ["rail"])
    # 5 h less at one of two crossings.
    assert rail["indicators"][0]["value"] == before["indicators"][0]["value"] - 2.5


def test_each_indicator_says_where_it_comes_from(session: Session, answer: dict[str, Any]) -> None:
    for corridor in answer["corridors"]:
        for one in corridor["indicators"]:
            if one["value"] is None:
                continue
            found = of_indicator(
                session, ASK, corridor["route_id"], one["mode"] or "", one["indicator"]
            )
            assert (found["value"], found["low"], found["high"]) == (
                one["value"], one["low"], one["high"],
            )  # fmt: skip
            assert " = " in found["formula"]
            assert found["inputs"]
            assert any(source["url"] for source in found["sources"])


@pytest.mark.parametrize("part", ["moving_h", "border_h", "terminal_h", "waiting_h"])
def test_each_part_of_the_hours_says_where_it_comes_from(
    session: Session, answer: dict[str, Any], part: str
) -> None:
    for corridor in answer["corridors"]:
        found = of_indicator(session, ASK, corridor["route_id"], "", part)
        assert found["value"] == corridor[part]
        assert (found["unit"], found["low"], found["high"]) == ("h", None, None)
        assert found["inputs"]
    if part == "waiting_h":
        assert "\u2212" in found["formula"]


def test_an_indicator_that_is_not_there(session: Session, answer: dict[str, Any]) -> None:
    road = next(c for c in answer["corridors"] if c["mode_chain"] == ["road"])
    with pytest.raises(OpenCorridorError) as caught:
        of_indicator(session, ASK, road["route_id"], "rail", "tfi1_h")
    assert [p.code for p in caught.value.problems] == ["unknown_indicator"]


def test_the_table_has_a_cell_per_column(answer: dict[str, Any]) -> None:
    rows = corridor_rows(answer)
    assert [set(row) for row in rows] == [set(CORRIDOR_COLUMNS)] * len(rows)
    assert rows[0]["tfi1_h"] == 12.0


def test_the_picture_has_a_line_per_corridor_and_chart(
    teaching: Study, answer: dict[str, Any]
) -> None:
    svg = ET.fromstring(corridor_file(teaching, answer, ".svg").decode())
    drawn = list(svg.iter("{http://www.w3.org/2000/svg}path"))
    assert len(drawn) == 2 * len(answer["corridors"])
    dots = list(svg.iter("{http://www.w3.org/2000/svg}circle"))
    assert len(dots) == 2 * sum(len(c["points"]) for c in answer["corridors"])


def test_the_workbook_has_tables_points_and_charts(teaching: Study, answer: dict[str, Any]) -> None:
    import io
    import zipfile

    files = zipfile.ZipFile(io.BytesIO(corridor_file(teaching, answer, ".xlsx")))
    names = files.namelist()
    assert sum(name.startswith("xl/charts/chart") for name in names) == 2
    book = files.read("xl/workbook.xml").decode()
    for sheet in ("About", "Charts", "Corridors", "Indicators", "Crossings", "Points"):
        assert f'name="{sheet}"' in book
    series = files.read("xl/charts/chart1.xml").decode().count("<c:ser>")
    assert series == len(answer["corridors"])


# --- what CPMM printed ---------------------------------------------------------------------------


def test_observed_values_are_the_latest_in_dollars_of_the_price_year() -> None:
    from opencorridor.study import open_study

    study = open_study("iran_kazakhstan")
    rows = observed_rows(study, {("rail", "KAZ")})
    found = {(row["indicator"], row["country_id"]): row for row in rows}
    assert found["tfi1_h", None]["value"] == 40.6
    assert found["tfi1_h", None]["year"] == 2022
    assert found["tfi1_h", "KAZ"]["value"] == 67.4
    money, table = found["tfi3_usd", None], study["deflator"]
    index = dict(zip(table["year"].tolist(), table["price_index"].tolist(), strict=True))
    assert money["printed"] == 804
    assert money["value"] == pytest.approx(804 / index[2022], abs=1e-4)
    assert {row["mode"] for row in rows} == {"rail"}
    for row in rows:
        assert study["corridor_indicator"]["value"][row["row"]] == row["printed"]


def test_a_time_of_departure_leaves_means(session: Session, answer: dict[str, Any]) -> None:
    query = RouteQuery("A1", "C1", depart="2024-12-31T08:00+05:00")
    timed = compare(session, query)
    plain = compare(session, RouteQuery("A1", "C1", date="2024-12-31"))
    assert timed["corridors"] == plain["corridors"]
    first = timed["corridors"][0]
    found = of_indicator(session, query, first["route_id"], "", "tfi1_h")
    assert found["value"] == first["indicators"][0]["value"]
