"""A pair that cannot be: the command says what cut it off, of each kind, and what would open it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opencorridor.cli.main import execute
from opencorridor.study import Study, Table, write_study
from tests.routing import small

Edit = Callable[[Study], Study]
DAYS = {"valid_from": "2024-12-01", "valid_to": "2025-01-31", "document_no": "No. 7"}


def added(name: str, **row: Any) -> Edit:
    return lambda study: study.replace({name: Table.from_rows(name, [{**small.MARK, **row}])})


def column(table: str, name: str, *values: str) -> Edit:
    return lambda study: study.replace({table: study[table].with_column(name, list(values))})


def two_gauges(study: Study) -> Study:
    """Return rails of two gauges that meet at a place where nothing joins them."""
    nodes = [
        small.node("rail:a", "AAA", gauge_mm=1520),
        {**small.node("rail:g:1520", "AAA", 1, gauge_mm=1520), "name": "Gap"},
        {**small.node("rail:g:1435", "AAA", 1, gauge_mm=1435), "name": "Gap"},
        small.node("rail:b", "AAA", 2, gauge_mm=1435),
    ]
    return small.make(
        country=small.countries("AAA", "BBB"),
        node=nodes,
        link=[
            small.link("1", "rail:a", "rail:g:1520", 100, country_id="AAA", gauge_mm=1520),
            small.link("2", "rail:g:1435", "rail:b", 80, country_id="AAA", gauge_mm=1435),
        ],
        zone=[small.zone("A", "AAA"), small.zone("F", "AAA", 2)],
        access=[small.access("A", "rail:a"), small.access("F", "rail:b")],
    )


def yard(**cells: Any) -> Edit:
    """Return the two gauges with a yard between them whose bogies are as the cells say."""

    def edit(study: Study) -> Study:
        rows = [
            {**row, "method": "bogie_change", **cells}
            for row in small.over("Y", "rail:g:1520", "rail:g:1435")
        ]
        made = two_gauges(study)
        return made.replace(
            {
                "terminal": Table.from_rows(
                    "terminal", [{**small.MARK, **small.terminal("Y", "AAA", kind="gauge")}]
                ),
                "transshipment": Table.from_rows(
                    "transshipment", [{**small.MARK, **row} for row in rows]
                ),
            }
        )

    return edit


CUT: dict[str, tuple[Edit, list[str], str]] = {
    "gauge": (two_gauges, [], "a change of gauge at Gap (tracks not joined)"),
    "gauge, planned": (yard(state="planned"), [], "change of bogies at Terminal Y (planned)"),
    "gauge, of other days": (
        yard(valid_from="2025-03-01", document_no="B-3"), ["--at", "2025-02-28"],
        "change of bogies at Terminal Y (in use from 2025-03-01 (B-3))",
    ),
    "mode": (lambda study: study, ["--mode", "rail"], "by rail; opens with: road (mode not asked"),
    "cargo rule": (
        added("cargo_rule", cargo_rule_id="R", place_kind="border_crossing", place_ids="X",
              dangerous_classes="3", reason="no such goods at Gate X", document_no="D-1"),
        ["--dangerous", "3"],
        "no such goods at Gate X (D-1) (forbidden by cargo rule)",
    ),
    "cargo form": (
        column("link", "carries", "", "", "bulk", ""), ["--unit", "feu"],
        "as bulk (not carried as container)",
    ),
    "closed": (column("border_crossing", "state", "closed"), [], "Gate X (closed)"),
    "planned": (column("link", "state", "open", "open", "planned", "open"), [],
                "link DE (planned)"),
    "permit": (
        added("permit", permit_id="P", country_id="BBB", trip="any", rule="banned",
              reason="closed to foreign trucks", document_no="N-5"),
        ["--vehicle", "AAA"],
        "closed to foreign trucks (N-5) (forbidden by permit rule)",
    ),
    "date": (
        added("restriction", restriction_id="R", place_kind="border_crossing", place_ids="X",
              allowed_share=0, reason="quarantine", **DAYS),
        ["--at", "2025-01-05"],
        "Gate X (quarantine (No. 7, valid 2024-12-01 to 2025-01-31))",
    ),
}  # fmt: skip


@pytest.mark.parametrize("cause", CUT)
def test_what_cut_a_pair_off_and_what_would_open_it(
    cause: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit, words, said = CUT[cause]
    write_study(edit(small.border_study()), tmp_path / "study")
    code = execute(["route", "Town A", "Town F", "--study", str(tmp_path / "study"), *words])
    out = capsys.readouterr().out
    assert code == 1
    assert "No route: no way is open" in out
    assert said in out


@pytest.mark.parametrize("cause", ["permit", "date", "cargo rule", "mode", "gauge, of other days"])
def test_what_is_named_does_open_it(
    cause: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit, _, _ = CUT[cause]
    allowed = {"permit": ["--vehicle", "BBB"], "date": ["--at", "2025-02-01"],
               "cargo rule": ["--dangerous", "8"], "mode": ["--mode", "road"],
               "gauge, of other days": ["--at", "2025-03-01"]}[cause]  # fmt: skip
    write_study(edit(small.border_study()), tmp_path / "study")
    command = ["route", "Town A", "Town F", "--study", str(tmp_path / "study"), *allowed]
    assert execute(command) == 0
    out = capsys.readouterr().out
    assert ("bogie change" if cause.startswith("gauge") else "Gate X") in out
