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
