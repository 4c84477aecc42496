"""What a network, its hours and its tariffs must not say: each one complete, clear error.

Negative cycles, attributes that are no numbers, contradictory bounds, hours that never open,
periods that overlap, a coefficient without base: read from files, through the command.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opencorridor.operations.route import routes
from opencorridor.study import OpenCorridorError, Study, open_study, write_study
from tests.bad_input.faults import copy_of_teaching, line
from tests.study.broken import (
    BROKEN,
    DRIVER,
    HOURS,
    T02,
    TARIFF,
    Edit,
    add,
    both,
    cell,
    copy,
    drop,
)  # fmt: skip

Program = Callable[..., tuple[int, list[dict[str, Any]]]]
RATE = {"rate_id": "RT01"}

# Edit; code, table, column, row (None: any), words of the message, words of what is expected.
FAULTS: dict[str, tuple[Edit, tuple[str, str, str], str, str]] = {
    "bounds of a band": (
        cell("mode_rate", RATE, rate_low_usd_per_unit_km=9.0),
        ("band_order", "mode_rate", "rate_usd_per_unit_km"), "low 9", "low <= value <= high",
    ),
    "bounds of a weight": (
        add("tariff_rail", **TARIFF, unit="teu", gross_t_from=24.0, gross_t_to=20.0),
        ("tariff_bounds", "tariff_rail", "gross_t_to"), "heavier than 24", "more than 24",
    ),
    "ends before it begins": (
        add("tariff_rail", **TARIFF, valid_from="2025-06-01", valid_to="2025-05-31"),
        ("tariff_bounds", "tariff_rail", "valid_to"), "2025-06-01", "a later date",
    ),
    "every way in is excepted": (
        add("tariff_rail", **TARIFF, except_leaves_by="BC_RAIL"),
        ("tariff_bounds", "tariff_rail", "except_leaves_by"), "never holds", "other places",
    ),
    "hours that never open": (
        add("opening_hours", **{**HOURS, "open_time": "18:00", "close_time": "06:00"}),
        ("never_opens", "opening_hours", "close_time"), "never opens", "after 18:00",
    ),
    "hours whose days are over": (
        add("opening_hours", **HOURS, valid_from="2025-02-01", valid_to="2025-01-01"),
        ("never_opens", "opening_hours", "valid_to"), "never opens", "a later date",
    ),
    "overlapping tariffs": (
        both(
            add("tariff_rail", **TARIFF, valid_from="2025-01-01", valid_to="2025-06-30"),
            add("tariff_rail", **{**TARIFF, "tariff_rail_id": "TS"}, valid_from="2025-06-30"),
        ),
        ("tariff_overlap", "tariff_rail", "valid_from"), "on the same days", "one row a day",
    ),
    "overlapping rates": (
        copy("mode_rate", RATE, rate_id="RT99", valid_from="2020-01-01"),
        ("rate_ambiguous", "mode_rate", "rate_id"), "the same as row", "one row",
    ),
    "overlapping rules": (
        both(
            add("driving_rule", driving_rule_id="X", **DRIVER, valid_to="2030-01-01"),
            add("driving_rule", driving_rule_id="Y", **DRIVER, valid_from="2029-12-31"),
        ),
        ("rule_overlap", "driving_rule", "driving_rule_id"), "", "",
    ),
    "a change of gauge without hours": (
        BROKEN["gauge_without_hours"],
        ("gauge_without_hours", "transshipment", "time_h"), "takes no time", "more than 0 h",
    ),
    "one way to change gauge twice": (
        copy("transshipment", T02, transshipment_id="T99", valid_from="2030-01-01"),
        ("transshipment_twice", "transshipment", "method"), "the same as T02", "one row",
    ),
    "a way that lets nothing pass": (
        BROKEN["method_capacity"],
        ("method_capacity", "capacity", "capacity_t_per_year"), "nothing can pass", "more than 0",
    ),
    "wheels that no wagon has": (
        BROKEN["variable_gauge_stock"],
        ("variable_gauge_stock", "transshipment", "method"), "no wagons", "a row of capacity",
    ),
    "a row that is over before it begins": (
        BROKEN["dates_reversed"],
        ("dates_reversed", "measure", "valid_to"), "before it begins", "2027-03-01 or later",
    ),
    "a coefficient without base": (
        both(
            drop("mode_rate", mode="rail"),
            add("tariff_rail", **TARIFF),
        ),
        ("tariff_base", "tariff_rail", "coefficient"), "without base: BBB", "base_rate_id",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_one_complete_error_of_check(
    teaching: Study, program: Program, tmp_path: Path, name: str
) -> None:
    edit, (code, table, column), words, expected = FAULTS[name]
    write_study(edit(teaching), tmp_path / "study")
    ended, problems = program("check", "--study", tmp_path / "study")
    mine = [p for p in problems if p["code"] == code]
    assert ended == 2
    assert len(mine) == 1
    assert (mine[0]["table"], mine[0]["column"]) == (table, column)
    assert mine[0]["row"]
    assert words in mine[0]["message"]
    assert expected in mine[0]["expected"]
    assert mine[0]["expected"] or mine[0]["mend"]


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-inf", "1e999", ""])
@pytest.mark.parametrize(
    ("table", "start", "old", "column"),
    [
        ("link", "L01,", ",480,", "length_km"),
        ("border_dwell", "AB_RAIL,AAA,", ",all,6,", "mean_h"),
        ("mode_rate", "RT01,", ",feu,0.6,", "rate_usd_per_unit_km"),
    ],
)
def test_what_is_no_number_is_refused_with_its_cell(
    shipped: Path, program: Program, tmp_path: Path,
    table: str, start: str, old: str, column: str, text: str,
) -> None:  # fmt: skip
    folder = copy_of_teaching(shipped, tmp_path / "study")
    number = old.strip(",").split(",")[-1]
    line(table, start, old, old.replace(f",{number},", f",{text},"))(folder)
    ended, problems = program("route", "Alpha City", "Charlie City", "--study", folder)
    assert ended == 2
    (problem,) = problems
    assert (problem["file"], problem["column"], problem["value"]) == (f"{table}.csv", column, text)
    assert problem["row"]
    assert problem["expected"]


@pytest.mark.parametrize("cells", [{"rate_usd_per_unit_km": -0.6}, {"fixed_usd_per_unit": -5.0}])
def test_a_negative_price_does_not_get_into_a_study(
    teaching: Study, tmp_path: Path, cells: dict[str, float]
) -> None:
    """A rate below zero is what could make a cycle that pays: the file is refused."""
    study = cell("mode_rate", RATE, **cells)(teaching)
    (column,) = cells
    write_study(study, tmp_path / "study")
    with pytest.raises(OpenCorridorError) as caught:
        open_study(tmp_path / "study")
    assert [(p.code, p.table, p.column) for p in caught.value.problems] == [
        ("negative_value", "mode_rate", column)
    ]


def test_a_negative_cycle_of_a_study_in_memory_is_refused_not_followed(teaching: Study) -> None:
    """Out and back on a link that pays is a cycle without end."""
    study = cell("mode_rate", RATE, rate_usd_per_unit_km=-60.0, rate_low_usd_per_unit_km=np.nan,
                 rate_high_usd_per_unit_km=np.nan)(teaching)  # fmt: skip
    with pytest.raises(OpenCorridorError) as caught:
        routes(study, "Alpha City", "Charlie City")
    (problem,) = caught.value.problems
    assert problem.code == "negative_cost"
    assert "arcs of the network" in problem.message
    assert problem.value.startswith("-")
    assert "rates" in problem.mend
