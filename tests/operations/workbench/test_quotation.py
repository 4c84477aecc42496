"""The numbers of a quotation: legs that add up, time apart, documents with dates, files."""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opencorridor.operations.quote_files import write_quotation
from opencorridor.operations.route import RouteRequest
from opencorridor.operations.route import find as plain_find
from opencorridor.operations.workbench import quote_provenance
from opencorridor.operations.workbench.quotation import COLUMNS, quotation, table_rows
from opencorridor.operations.workbench.routes import RouteQuery, find
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Study, Table
from opencorridor.study.settings import Tariffs

sys.path.insert(0, str(Path(__file__).parents[2] / "by_hand"))

import dated_tariffs as hand

ENDS = {"origin": "A1", "destination": "C1"}
LONGER = {"table": "border_dwell", "key": "border_crossing_id=BC_RAIL", "column": "mean_h",
          "op": "add", "value": 5}  # fmt: skip


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    return Session(teaching)


@pytest.fixture(scope="module")
def dated(teaching: Study) -> Session:
    """Return the teaching study with the tariffs of the page of dated tariffs."""
    rows = list(csv.DictReader(hand.ROWS))
    return Session(teaching.replace({"tariff_rail": Table.from_rows("tariff_rail", rows)}))


def query(**more: Any) -> RouteQuery:
    return RouteQuery.of({**ENDS, **more})


@pytest.mark.parametrize("modes", [["rail"], ["road"], ["rail", "sea"]])
def test_lines_add_up_to_the_route(session: Session, modes: list[str]) -> None:
    asked = query(modes=modes, tonnes=50.0)
    (route,) = find(session, query(modes=modes, tonnes=50.0, alternatives=0))["routes"]
    quoted = quotation(session, asked, route["route_id"])
    assert [line["from"] for line in quoted["lines"]] == [leg["from"] for leg in route["legs"]]
    for name in ("time_h", "cost_usd_per_t", "cost_usd", "cost_usd_per_unit", "co2_kg"):
        assert quoted["total"][name] == pytest.approx(route[name], abs=1e-2)
    for line in (*quoted["lines"], quoted["total"]):
        assert line["moving_h"] + line["dwell_h"] == pytest.approx(line["time_h"], abs=1e-3)
        assert min(line["moving_h"], line["dwell_h"]) >= 0
    assert quoted["total_usd"] == quoted["total"]["cost_usd"]


def test_motion_is_kilometres_over_speed_and_the_rest_stands(session: Session) -> None:
    # By hand: 480 km at 40, 480 at 30 and 360 at 40 km/h, an hour to and from the network.
    total = quotation(session, query(modes=["rail"]))["total"]
    assert total["moving_h"] == pytest.approx(480 / 40 + 480 / 30 + 360 / 40 + 2)
    # Borders 6 and 10, gauge 8, terminals 2 × 12.
    assert total["dwell_h"] == pytest.approx(6 + 10 + 8 + 24)


def test_a_border_stands_and_a_leg_says_its_least_sure_input(session: Session) -> None:
    lines = quotation(session, query(modes=["rail"]))["lines"]
    for line in lines:
        if line["mode"] in ("border", "gauge"):
            assert line["moving_h"] == 0
            assert line["dwell_h"] > 0
    assert {line["status"] for line in lines} == {"observed", "assumed"}


@pytest.mark.parametrize("day", hand.DAYS, ids=lambda day: f"{day.klass}-{day.date}")
def test_documents_and_validity_are_those_of_the_day(dated: Session, day: hand.Day) -> None:
    unit = {"G": "wagon", "M": "feu"}[day.klass]
    quoted = quotation(
        dated, query(modes=["rail"], commodity=day.klass, unit=unit, date=day.date, alternatives=0)
    )
    usd = [
        x["cost_usd_per_t"]
        for x in quoted["lines"]
        if x["country"] == "BBB" and x["mode"] == "rail"
    ]
    assert sum(usd) == pytest.approx(day.transit_usd, abs=1e-4)
    numbers = [one["document_no"] for one in quoted["documents"]]
    assert numbers == ([day.document] if day.document else [])
    assert quoted["dated"] is bool(day.document)
    if day.document:
        assert quoted["valid_from"] <= day.date <= quoted["valid_to"]
        assert [x["tariffs"] for x in quoted["lines"] if x["tariffs"]] == [[day.document]]
    else:
        assert quoted["valid_to"] is None
        notes = [one["text"] for one in quoted["assumptions"] if one["code"] == "note"]
        assert any("ended on" in note for note in notes)


def test_insurance_is_beside_the_sum(teaching: Study) -> None:
    row = {"parameter_id": "insurance_share", "value": 0.002, "source": "SRC_ASSUME",
           "status": "assumed", "name": "premium", "unit": "share"}  # fmt: skip
    rows = [*teaching["parameter"].rows()]
    kept = [r for r in rows if r["parameter_id"] != "insurance_share"]
    names = rows[0].keys()
    more = {name: row.get(name, "") for name in names} if rows else row
    study = teaching.replace({"parameter": Table.from_rows("parameter", [*kept, more])})
    quoted = quotation(Session(study), query(tonnes=40.0))
    value = next(r for r in study["commodity"].rows() if r["class_id"] == quoted["commodity"])
    expected = 0.002 * float(value["value_density_usd_per_t"])
    assert quoted["insurance_usd_per_t"] == pytest.approx(expected)
    assert quoted["total_usd"] == pytest.approx(quoted["total"]["cost_usd"] + expected * 40)
    rows = table_rows(quoted)
    assert [r["mode"] for r in rows[-3:]] == ["total", "insurance", "total_insured"]
    assert rows[-1]["cost_usd"] == pytest.approx(quoted["total_usd"])


def test_without_a_premium_insurance_is_not_included(session: Session) -> None:
    quoted = quotation(session, query())
    assert quoted["insurance_usd"] is None
    assert [r["mode"] for r in table_rows(quoted)][-1] == "total"


def test_with_a_departure_the_first_to_arrive_is_quoted(session: Session) -> None:
    asked = query(depart="2025-03-20T08:00+05:00")
    routes = find(session, asked)["routes"]
    first = min(routes, key=lambda r: r["schedule"]["hours"])
    quoted = quotation(session, asked)
    assert quoted["route_id"] == first["route_id"]
    assert (quoted["arrives"], quoted["p95_h"]) == (first["schedule"]["arrives"], first["p95_h"])


def test_a_change_of_the_study_is_quoted_and_named(session: Session) -> None:
    plain = quotation(session, query(modes=["rail"]))
    changed = quotation(session, query(modes=["rail"], edits=[LONGER]))
    assert changed["total"]["dwell_h"] == pytest.approx(plain["total"]["dwell_h"] + 5)
    assert changed["total"]["moving_h"] == plain["total"]["moving_h"]
    (named,) = [one["text"] for one in changed["assumptions"] if one["code"] == "changes"]
    assert "mean_h add 5" in named


def test_the_documents_that_goods_need_are_those_of_the_command_line(teaching: Study) -> None:
    row = {"document_id": "WAYBILL", "name": "Waybill", "stage": "transit", "mode": "rail",
           "need": "required", "source": "SRC_ASSUME", "status": "assumed"}  # fmt: skip
    study = teaching.replace({"document": Table.from_rows("document", [row])})
    plain = plain_find(RouteRequest("A1", "C1", study, modes=("rail",))).as_dict()
    quoted = quotation(Session(study), query(modes=["rail"]))
    needed = [(one["name"], tuple(one["at"])) for one in quoted["documents_needed"]]
    assert needed == [(one["name"], tuple(one["at"])) for one in plain["documents_needed"]]
    assert needed[0][0] == "Waybill"


def test_no_route_and_an_unknown_one_are_said(session: Session) -> None:
    for asked, wanted, code in (
        (query(modes=["rail"], avoid=["BC_RAIL"]), "", "no_path"),
        (query(), "nothing", "unknown_route"),
    ):
        with pytest.raises(OpenCorridorError) as caught:
            quotation(session, asked, wanted)
        assert [p.code for p in caught.value.problems] == [code]


def test_files_hold_what_the_answer_holds(session: Session, tmp_path: Path) -> None:
    quoted = quotation(session, query(modes=["rail"]))
    plain = write_quotation(quoted, tmp_path / "quote.csv")
    rows = list(csv.DictReader(io.StringIO(plain.read_text(encoding="utf-8"))))
    assert tuple(rows[0]) == COLUMNS
    assert [float(r["cost_usd_per_t"]) for r in rows] == [
        r["cost_usd_per_t"] for r in table_rows(quoted)
    ]
    book = write_quotation(quoted, tmp_path / "quote.xlsx")
    with zipfile.ZipFile(book) as archive:
        assert {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"} <= set(archive.namelist())
    with pytest.raises(OpenCorridorError):
        write_quotation(quoted, plain)
    with pytest.raises(OpenCorridorError):
        write_quotation(quoted, tmp_path / "quote.txt")


@pytest.mark.parametrize(
    "column", [c for c in quote_provenance.COLUMNS if c != "return_usd_per_unit"]
)
@pytest.mark.parametrize("edits", [[], [LONGER]])
def test_each_number_tells_where_it_comes_from(
    session: Session, column: str, edits: list[dict[str, Any]]
) -> None:
    asked = query(modes=["rail"], edits=edits)
    quoted = quotation(session, asked)
    for leg in (None, *range(len(quoted["lines"]))):
        found = quote_provenance.of_number(session, asked, quoted["route_id"], leg, column)
        line = quoted["total"] if leg is None else quoted["lines"][leg]
        whole = column in ("p50_h", "p95_h")
        assert found["value"] == pytest.approx(quoted[column] if whole else line[column], abs=1e-3)
        assert found["formula"]
        if leg is None:
            assert found["inputs"]
    if column == "moving_h":
        assert {cell["column"] for cell in found["inputs"]} <= {"speed_km_per_h"}


def test_a_number_without_a_spread_is_no_number(teaching: Study) -> None:
    tables = {}
    for name in ("border_dwell", "transshipment", "timetable"):
        rows = [{**row, "p95_h": ""} if "p95_h" in row else row for row in teaching[name].rows()]
        tables[name] = Table.from_rows(name, rows)
    session = Session(teaching.replace(tables))
    asked = query(modes=["rail"])
    quoted = quotation(session, asked)
    assert quoted["p95_h"] is None
    with pytest.raises(OpenCorridorError) as caught:
        quote_provenance.of_number(session, asked, quoted["route_id"], None, "p95_h")
    assert [p.code for p in caught.value.problems] == ["unknown_number"]


def test_a_box_goes_back_empty_at_its_share_of_the_links_and_all_lifts(session: Session) -> None:
    quoted = quotation(session, query(modes=["rail"], unit="teu"))
    (ride,) = quoted["equipment"]["rides"]
    assert (ride["unit"], ride["owner"], ride["included"]) == ("teu", "either", False)
    assert ride["return_from"] == quoted["lines"][-1]["to"]
    assert ride["return_to"] == quoted["lines"][0]["from"]
    paid = {line["leg"]: line for line in quoted["lines"]}
    links = sum(x["cost_usd_per_unit"] for x in paid.values() if x["mode"] == "rail")
    lifts = sum(x["cost_usd_per_unit"] for x in paid.values() if x["mode"] == "gauge")
    assert min(links, lifts) > 0
    assert ride["return_usd_per_unit"] == pytest.approx(0.4 * links + lifts, abs=1e-2)
    # It is beside the sum.
    assert quoted["total_usd"] == quoted["total"]["cost_usd"]


def test_a_wagon_goes_back_where_its_owner_is_private_and_a_truck_in_its_rate(
    session: Session, teaching: Study
) -> None:
    asked = {"commodity": "G", "unit": "wagon", "modes": ["rail"]}
    private = quotation(session, query(**asked))["equipment"]["rides"]
    # Goods leave the wagon where the gauge changes: each railway's wagon goes back for itself.
    assert [ride["unit"] for ride in private] == ["wagon", "wagon"]
    assert all(ride["owner"] == "shipper" for ride in private)
    assert all(ride["return_usd_per_unit"] > 0 for ride in private)
    settings = replace(teaching.settings, tariffs=Tariffs("common"))
    common = quotation(Session(replace(teaching, settings=settings)), query(**asked))
    for ride in common["equipment"]["rides"]:
        assert (ride["owner"], ride["included"], ride["return_usd_per_unit"]) == (
            "carrier", True, None)  # fmt: skip
    truck = quotation(session, query(commodity="G", unit="t", modes=["road"]))["equipment"]
    assert [(r["unit"], r["included"]) for r in truck["rides"]] == [("truck", True)]


def test_without_a_price_of_empties_none_is_quoted(teaching: Study) -> None:
    rows = [r for r in teaching["parameter"].rows() if r["parameter_id"] != "empty_price_share"]
    study = teaching.replace({"parameter": Table.from_rows("parameter", rows)})
    quoted = quotation(Session(study), query(modes=["rail"]))
    (ride,) = quoted["equipment"]["rides"]
    assert (ride["return_usd_per_unit"], ride["included"]) == (None, False)


def test_fleets_are_those_that_such_goods_ride_in(teaching: Study) -> None:
    base = {"unit": "platform", "owner": "X", "mode": "rail", "at_countries": "BBB", "count": 10,
            "turnaround_days": 5, "source": "SRC_ASSUME", "status": "assumed"}  # fmt: skip
    rows = [
        {**base, "fleet_id": "ALL", "name_en": "All", "cargo": "container"},
        {**base, "fleet_id": "OWN", "name_en": "Own", "trade": "own"},
        {**base, "fleet_id": "TRANSIT", "name_en": "Transit", "trade": "transit"},
        {**base, "fleet_id": "BULK", "name_en": "Bulk", "cargo": "bulk"},
        {**base, "fleet_id": "ROAD", "name_en": "Road", "mode": "road"},
    ]
    study = teaching.replace({"fleet": Table.from_rows("fleet", rows)})
    quoted = quotation(Session(study), query(modes=["rail"], unit="teu"))
    fleets = quoted["equipment"]["fleets"]
    # From A to C by B: transit there.
    assert [one["fleet_id"] for one in fleets] == ["ALL", "TRANSIT"]
    rail = [x["leg"] for x in quoted["lines"] if x["mode"] == "rail" and x["country"] == "BBB"]
    assert set(rail) <= set(fleets[0]["legs"])


def test_the_price_of_the_way_back_says_how_it_comes_about(session: Session) -> None:
    asked = query(modes=["rail"], unit="teu")
    quoted = quotation(session, asked)
    (ride,) = quoted["equipment"]["rides"]
    said = quote_provenance.of_number(
        session, asked, quoted["route_id"], ride["legs"][0] - 1, "return_usd_per_unit"
    )
    assert said["value"] == ride["return_usd_per_unit"]
    assert "0.4" in said["formula"]
    with pytest.raises(OpenCorridorError, match="number"):
        quote_provenance.of_number(session, asked, quoted["route_id"], 1, "return_usd_per_unit")
