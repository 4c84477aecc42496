"""``opencorridor trade estimate`` on a user's file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opencorridor.cli.main import execute
from tests.trade.panels import made_panel


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    table = made_panel(6, 3)
    lines = ["iso_o,iso_d,year,value,rta,km"]
    names = ("exporter", "importer", "year", "trade", "rta", "dist")
    lines += [",".join(map(str, row)) for row in zip(*(table[n] for n in names), strict=True)]
    path = tmp_path / "flows.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


COLUMNS = ("--exporter", "iso_o", "--importer", "iso_d", "--trade", "value")


def run(flows: Path, *more: str) -> int:
    return execute(["trade", "estimate", str(flows), *COLUMNS, *more])


def test_a_table_with_the_rows_used(flows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(flows, "--regressors", "log(km),rta", "--reset") == 0
    out = capsys.readouterr().out
    assert "log(km)" in out
    assert "90 rows read, 90 used" in out
    assert "by pair, 30 clusters" in out
    assert "RESET: p " in out


def test_json_holds_everything(flows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    effects = "exporter-year,importer-year,pair"
    assert run(flows, "--regressors", "rta", "--effects", effects, "--correct-bias", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    (line,) = answer["coefficients"]
    assert answer["bias_corrected"]
    assert line["low"] < line["estimate"] < line["high"]
    assert run(flows, "--regressors", "rta", "--effects", effects, "--json") == 0
    plain = json.loads(capsys.readouterr().out)["coefficients"][0]
    assert plain["estimate"] - line["bias"] == pytest.approx(line["estimate"], abs=1e-12)


def test_rows_dropped_are_told(flows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = flows.read_text(encoding="utf-8").splitlines()
    cells = lines[4].split(",")
    lines[4] = ",".join([*cells[:4], "NA", cells[5]])
    flows.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run(flows, "--regressors", "rta", "--json") == 0
    (dropped,) = json.loads(capsys.readouterr().out)["rows_dropped"]
    assert (dropped["reason"], dropped["rows"]) == ("missing", [5])


def test_wrong_words_are_told_at_once(flows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(flows, "--regressors", "rtb", "--effects", "exporter-yeer,importer-year") == 2
    told = capsys.readouterr().err
    assert "did you mean rta?" in told
    assert "did you mean exporter-year" in told


def test_a_logarithm_of_nothing_is_refused(flows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(flows, "--regressors", "log(rta)") == 2
    assert "no_logarithm" in capsys.readouterr().err


def test_plain_lines(flows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(flows, "--regressors", "rta,km", "--plain", "--quiet") == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split("\t")[:3] == ["variable", "estimate", "std_error"]
    assert [row.split("\t")[0] for row in rows] == ["rta", "km"]


def changed(flows: Path, *edits: tuple[int, int, str]) -> Path:
    """Put values into cells: row as a spreadsheet counts, column from 0."""
    lines = flows.read_text(encoding="utf-8").splitlines()
    for row, column, value in edits:
        cells = lines[row - 1].split(",")
        cells[column] = value
        lines[row - 1] = ",".join(cells)
    flows.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return flows


def told(flows: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert run(flows, "--regressors", "rta", *more) == 2
    captured = capsys.readouterr()
    assert "nan" not in captured.out.lower()
    return captured.err


def test_bad_cells_are_told_with_their_rows(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(changed(flows, (3, 3, "-4"), (5, 4, "much"), (8, 1, "")), capsys)
    for row in ("3", "5", "8"):
        assert f"row {row}" in said


def test_a_pair_that_stands_twice_in_a_year_is_told(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = flows.read_text(encoding="utf-8").splitlines()[1].split(",")
    edits = [(4, column, again[column]) for column in range(3)]
    said = told(changed(flows, *edits), capsys)
    assert "duplicate_key" in said
    assert "row 4" in said


def test_na_is_namibia_and_an_unknown_code_is_told(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = flows.read_text(encoding="utf-8")
    codes = ("NAM", "KAZ", "IRN", "TKM", "DEU", "FRA")
    named = text
    for k, code in enumerate(codes):
        named = named.replace(f"C{k:02d}", code)
    flows.write_text(named.replace("NAM", "NA"), encoding="utf-8")
    assert run(flows, "--regressors", "rta", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["rows_used"], answer["rows_dropped"], answer["clusters"]) == (90, [], 30)
    flows.write_text(named.replace("FRA", "FRQ"), encoding="utf-8")
    said = told(flows, capsys, "--iso")
    assert "FRQ" in said
    assert "KAZ" not in said


def test_a_country_that_trades_with_nobody_is_left_out_with_its_rows(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = flows.read_text(encoding="utf-8").splitlines()
    quiet = [k + 1 for k, line in enumerate(lines) if "C02" in line.split(",")[:2]]
    changed(flows, *((row, 3, "0") for row in quiet))
    assert run(flows, "--regressors", "rta", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    (dropped,) = answer["rows_dropped"]
    assert (dropped["reason"], dropped["rows"]) == ("effects", quiet)
    assert answer["rows_used"] + dropped["count"] == answer["rows_read"]


def test_a_table_of_no_rows_and_given_regressors_are_refused(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(flows, "--regressors", "km", "--effects", "exporter-year,importer-year,pair") == 2
    assert "collinear_regressor" in capsys.readouterr().err
    lines = flows.read_text(encoding="utf-8").splitlines()
    flows.write_text(lines[0] + "\n", encoding="utf-8")
    assert "no_rows" in told(flows, capsys)
