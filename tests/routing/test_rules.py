"""Cargo rules, permits and seasons: what they forbid, and what opens a way again."""

from __future__ import annotations

from typing import Any

import pytest

from opencorridor.operations.route import RouteRequest, RouteResult, find
from opencorridor.routing.asking import Needs
from opencorridor.study import OpenCorridorError, Study, Table
from tests.routing import small


def rows(name: str, *made: dict[str, Any]) -> Table:
    has = Table(name).columns
    mark = {k: v for k, v in small.MARK.items() if k in has}
    return Table.from_rows(name, [{**mark, **row} for row in made])


def rule(**more: Any) -> dict[str, Any]:
    return {"cargo_rule_id": "R", "place_kind": "border_crossing", "place_ids": "X",
            "reason": "no such goods at Gate X", **more}  # fmt: skip


def ask(study: Study, **more: Any) -> RouteResult:
    return find(RouteRequest("Town A", "Town F", study, unit="truck", **more))


def with_rule(**more: Any) -> Study:
    return small.border_study().replace({"cargo_rule": rows("cargo_rule", rule(**more))})


@pytest.mark.parametrize(
    ("cells", "needs", "cut"),
    [
        ({"dangerous_classes": "any"}, Needs(dangerous="3"), True),
        ({"dangerous_classes": "any"}, Needs(), False),
        ({"dangerous_classes": "4;1"}, Needs(dangerous="4.1"), True),
        ({"dangerous_classes": "4.1"}, Needs(dangerous="4.2"), False),
        ({"temperature": "1"}, Needs(temperature=True), True),
        ({"temperature": "1"}, Needs(), False),
        ({"container_types": "reefer;tank"}, Needs(container_type="tank"), True),
        ({"container_types": "reefer"}, Needs(container_type="tank"), False),
        ({"max_t_per_unit": 18}, Needs(), True),  # a full truck: 20 t
        ({"max_t_per_unit": 20}, Needs(), False),
        ({"max_t_per_unit": 20}, Needs(t_per_unit=21.5), True),
        ({"class_ids": "G"}, Needs(), False),
        ({"class_ids": "M"}, Needs(), True),
        ({"cargo": "bulk"}, Needs(), False),
        # All conditions have to be met.
        ({"dangerous_classes": "3", "max_t_per_unit": 20}, Needs(dangerous="3"), False),
        ({"dangerous_classes": "3", "mode": "rail"}, Needs(dangerous="3"), False),
        ({"dangerous_classes": "3", "valid_to": "2024-12-30"}, Needs(dangerous="3"), False),
        ({"dangerous_classes": "3", "place_kind": "country", "place_ids": "BBB"},
         Needs(dangerous="3"), True),
        ({"dangerous_classes": "3", "place_kind": "link", "place_ids": "DE"},
         Needs(dangerous="3"), True),
        ({"dangerous_classes": "3", "place_kind": "everywhere", "place_ids": ""},
         Needs(dangerous="3"), True),
    ],
)  # fmt: skip
def test_a_rule_bites_where_all_its_conditions_hold(
    cells: dict[str, Any], needs: Needs, cut: bool
) -> None:
    result = ask(with_rule(**cells), commodity="M", needs=needs)
    assert result.found is not cut


def test_the_answer_names_the_rule_and_its_document() -> None:
    study = with_rule(dangerous_classes="any", document_no="D-7", valid_to="2030-01-01")
    result = ask(study, needs=Needs(dangerous="3"))
    (way,) = result.route.opens_with
    assert str(way) == ("no such goods at Gate X (D-7, to 2030-01-01) (forbidden by cargo rule)")
    assert "no such goods at Gate X" in result.route.reason
    assert result.as_dict()["needs"]["dangerous"] == "3"


def test_weight_of_a_unit_is_that_of_evenly_loaded_ones() -> None:
    study = with_rule(max_t_per_unit=18)
    # 36 t in two trucks of 18 t; 38 t in two of 19 t.
    assert ask(study, commodity="M", tonnes=36).found
    assert not ask(study, commodity="M", tonnes=38).found


def test_all_that_is_wrong_with_needs_is_told_at_once() -> None:
    with pytest.raises(OpenCorridorError) as error:
        ask(small.border_study(), needs=Needs(dangerous="42", t_per_unit=-1))
    assert len(error.value.problems) == 2


def permit(**more: Any) -> dict[str, Any]:
    return {"permit_id": "P", "country_id": "BBB", "rule": "banned",
            "reason": "closed to foreign trucks", **more}  # fmt: skip


def test_bans_of_trucks_by_date_and_registration() -> None:
    study = small.border_study().replace(
        {
            "permit": rows(
                "permit",
                permit(valid_to="2022-11-06", document_no="N-1"),
                permit(permit_id="Q", rule="quota", per_year=500, registered_in="AAA",
                       valid_from="2022-11-07"),
            )
        }
    )  # fmt: skip
    shut = ask(study, at="2022-11-06")
    assert not shut.found
    assert str(shut.route.opens_with[0]).startswith(
        "closed to foreign trucks (N-1, to 2022-11-06) (forbidden by permit rule)"
    )
    assert ask(study, at="2022-11-06", vehicle="BBB").found
    later = ask(study, at="2022-11-07", vehicle="AAA")
    assert [(p.permit_id, p.rule, p.per_year) for p in later.permits] == [("Q", "quota", 500.0)]
    assert later.as_dict()["permits"][0]["country"] == "BBB"
    assert ask(study, at="2022-11-07", vehicle="BBB").permits == ()


def test_a_transit_ban_lets_goods_in() -> None:
    study = small.border_study().replace({"permit": rows("permit", permit(trip="transit"))})
    assert ask(study).found
    study = small.border_study().replace({"permit": rows("permit", permit(trip="bilateral"))})
    assert not ask(study).found


def test_a_row_for_a_country_stands_before_the_general_one() -> None:
    free = permit(permit_id="F", registered_in="AAA", rule="free")
    study = small.border_study().replace({"permit": rows("permit", permit(), free)})
    assert ask(study, vehicle="AAA").found
    assert not ask(study).found


def test_out_of_season_is_said(teaching: Study) -> None:
    table = teaching["timetable"]
    ice = teaching.replace(
        {
            "timetable": table.with_columns(
                {"link_ids": ["L40"], "season_from": ["04-01"], "season_to": ["11-15"]}
            )
        }
    )

    def ask_on(day: str | None) -> RouteResult:
        ends = "port:PORT_A", "port:PORT_C"
        return find(RouteRequest(*ends, ice, unit="t", modes=("sea",), at=day))

    winter = ask_on("2024-12-31")
    assert not winter.found
    assert "out of season: runs from 04-01 to 11-15" in winter.route.reason
    assert ask_on("2025-06-01").found
    # Without a date the question is that of a year.
    assert ask_on(None).found


def test_the_other_form_of_cargo_may_open_a_way() -> None:
    study = small.border_study()
    link = study["link"]
    carries = ["bulk" if name == "DE" else "" for name in link["link_id"]]
    result = ask(study.replace({"link": link.with_column("carries", carries)}), commodity="M")
    assert not result.found
    assert [str(way) for way in result.route.opens_with] == ["as bulk (not carried as container)"]


def test_two_gauges_that_nothing_joins_are_named() -> None:
    nodes = [
        small.node("rail:a", "AAA", gauge_mm=1520),
        {**small.node("rail:g:1520", "AAA", 1, gauge_mm=1520), "name": "Gap"},
        {**small.node("rail:g:1435", "AAA", 1, gauge_mm=1435), "name": "Gap"},
        small.node("rail:b", "AAA", 2, gauge_mm=1435),
    ]
    parts: dict[str, Any] = {
        "country": small.countries("AAA"),
        "node": nodes,
        "link": [
            small.link("1", "rail:a", "rail:g:1520", 100, country_id="AAA", gauge_mm=1520),
            small.link("2", "rail:g:1435", "rail:b", 80, country_id="AAA", gauge_mm=1435),
        ],
        "zone": [small.zone("A", "AAA"), small.zone("F", "AAA", 2)],
        "access": [small.access("A", "rail:a"), small.access("F", "rail:b")],
        "terminal": [small.terminal("Y", "AAA", kind="gauge")],
    }
    cut = ask(small.make(**parts))
    assert not cut.found
    (way,) = cut.route.opens_with
    assert str(way) == "a change of gauge at Gap (tracks not joined)"
    assert way.distance_km == 180
    joined = small.make(**parts, transshipment=small.over("Y", "rail:g:1520", "rail:g:1435"))
    assert ask(joined).found
    # Where the yard is only planned, that is what is said.
    rows = [{**row, "state": "planned"} for row in small.over("Y", "rail:g:1520", "rail:g:1435")]
    planned = ask(small.make(**parts, transshipment=rows))
    assert [str(w) for w in planned.route.opens_with] == [
        "transfer between gauges at Terminal Y (planned)"
    ]
