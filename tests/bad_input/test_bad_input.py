"""One broken copy of the teaching study per fault: one report, exit code 2, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opencorridor.cli.main import execute
from tests.bad_input.faults import FAULTS, broken, copy_of_teaching, each, line, without

Program = Callable[..., tuple[int, list[dict[str, Any]]]]


def row_of(folder: Path, file: str, start: str) -> int:
    """Row of a file as a spreadsheet counts it: the last one that starts so."""
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return max(n for n, text in enumerate(lines, 1) if text.startswith(start))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_reported_with_its_cell_and_nothing_is_written(
    shipped: Path, program: Program, tmp_path: Path, name: str
) -> None:
    fault, out = FAULTS[name], tmp_path / "results"
    folder = broken(shipped, tmp_path / "study", name)
    code, problems = program("run", "--study", folder, "--out", out, "--draws", "0")
    assert code == 2
    assert not out.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["study"]
    (mine,) = [p for p in problems if p["code"] == fault.code]
    # Only a misspelt heading is two problems: one column too many, one missing.
    assert len(problems) == (2 if name == "missing column" else 1), problems
    assert fault.file in (mine["file"], f"{mine['table']}.csv")
    if fault.row:
        assert (mine["file"], mine["row"]) == (fault.file, row_of(folder, fault.file, fault.row))
    if fault.column:
        assert mine["column"] == fault.column
    if fault.value:
        assert mine["value"] == fault.value
    assert mine["expected"] or mine["mend"]
    said = " ".join(str(mine[field]) for field in ("message", "expected", "mend"))
    assert fault.words in said


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["route", "Alpha City", "Charlie City"],
        ["skim", "--out", "{out}.csv"],
        ["scenario", "--measures", "DUTY_FREE"],
        ["roadmap"],
    ],
    ids=lambda words: words[0],
)
def test_every_command_refuses_a_broken_table(
    shipped: Path, program: Program, tmp_path: Path, words: list[str]
) -> None:
    folder = broken(shipped, tmp_path / "study", "decimal comma")
    filled = [word.format(out=tmp_path / "skim") for word in words]
    code, problems = program(*filled, "--study", folder)
    assert code == 2
    assert [p["code"] for p in problems] == ["decimal_comma"]
    assert "480.5 was probably meant" in problems[0]["mend"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["study"]


def test_all_unreadable_cells_of_all_files_come_at_once(
    shipped: Path, program: Program, tmp_path: Path
) -> None:
    folder = copy_of_teaching(shipped, tmp_path / "study")
    each(
        line("link", "L01,", ",480,", ",-480,"),
        line("link", "L02,", ",320,", ",three hundred,"),
        line("capacity", "CAP01,", ",1000000,", ',"1.000.000,5",'),
        line("zone", "C2,", "C2,", "C1,"),
        line("node", "sea:7,", ",32,", ",132,"),
    )(folder)
    (folder / "tariff.csv").write_bytes(b"")
    code, problems = program("run", "--study", folder, "--out", tmp_path / "results")
    assert code == 2
    assert {(p["code"], p["file"]) for p in problems} == {
        ("negative_value", "link.csv"),
        ("text_in_number", "link.csv"),
        ("decimal_comma", "capacity.csv"),
        ("duplicate_key", "zone.csv"),
        ("out_of_range", "node.csv"),
        ("empty_file", "tariff.csv"),
    }
    assert not (tmp_path / "results").exists()


def test_all_contradictions_between_tables_come_at_once(
    shipped: Path, program: Program, tmp_path: Path
) -> None:
    folder = copy_of_teaching(shipped, tmp_path / "study")
    names = (
        "link to a missing node", "country change without a crossing", "trade matrix not square",
        "measure edits a missing row", "circular prerequisites",
    )  # fmt: skip
    for name in names:
        FAULTS[name].edit(folder)
    without("output", "AAA,MFG,")(folder)
    code, problems = program("run", "--study", folder, "--out", tmp_path / "results")
    assert code == 2
    found = {p["code"] for p in problems}
    assert {FAULTS[name].code for name in names} | {"no_domestic_flow"} <= found
    assert not (tmp_path / "results").exists()


def test_the_report_is_text_on_stderr_without_json(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = broken(shipped, tmp_path / "study", "decimal comma")
    assert execute(["run", "--study", str(folder), "--out", str(tmp_path / "results")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Stopped: 1 problem" in err
    assert "link.csv, row 2, length_km" in err
    assert "480.5 was probably meant" in err


# --- requests ------------------------------------------------------------------------------------


def test_an_unknown_place_suggests_near_names(program: Program) -> None:
    code, (problem,) = program("route", "Alpha Cty", "Charlie City", "--study", "teaching")
    assert code == 2
    assert problem["code"] == "unknown_place"
    assert problem["value"] == "Alpha Cty"
    assert "Alpha City" in problem["mend"]


def test_an_ambiguous_place_lists_its_candidates(program: Program) -> None:
    code, (problem,) = program("route", "Beacon", "Charlie City", "--study", "teaching")
    assert code == 2
    assert problem["code"] == "ambiguous_place"
    said = problem["expected"] + problem["mend"] + problem["message"]
    assert "BC_RAIL" in said
    assert "BC_ROAD" in said


@pytest.mark.parametrize(
    ("words", "codes", "named"),
    [
        (["--measures", "DUTY_HALF,DUTY_FREE"], ["exclusive_measures"], "DUTY_FREE"),
        (["--measures", "DUTY_FRE"], ["unknown_measure"], "DUTY_FRE"),
        (["--measures", "E_DECLARATION"], ["missing_prerequisite"], "TRANSIT_DEAL"),
        (["--close", "Beakon Gate"], ["unknown_place"], "Beacon"),
        (
            ["--measures", "DUTY_HALF,DUTY_FREE,E_DECLARATION,NOPE", "--close", "Nowhere at all"],
            ["exclusive_measures", "missing_prerequisite", "unknown_measure", "unknown_place"],
            "NOPE",
        ),
    ],
)
def test_a_scenario_that_cannot_be_is_refused_at_once(
    program: Program, words: list[str], codes: list[str], named: str
) -> None:
    code, problems = program("scenario", "--study", "teaching", *words)
    assert code == 2
    assert sorted(p["code"] for p in problems) == codes
    assert any(named in str(p) for p in problems)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--prices", "2O24"], "bad_prices"),
        (["--prices", "1999"], "bad_prices"),
        (["--year", "2099"], ""),
        (["--year", "2020"], ""),
        (["--target-usd", "-5"], "bad_amount"),
        (["--budget-usd", "-1"], "bad_amount"),
        (["--budget-usd", "nan"], "bad_amount"),
    ],
)
def test_a_roadmap_that_cannot_be_is_refused(program: Program, words: list[str], code: str) -> None:
    got, problems = program("roadmap", "--study", "teaching", "--target-usd", "2e9", *words)
    assert got == 2
    assert problems
    if code:
        assert [p["code"] for p in problems] == [code]
