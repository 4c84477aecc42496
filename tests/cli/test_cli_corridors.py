"""``opencorridor corridors`` and ``opencorridor reach``: what they print, write and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opencorridor.cli import main as program

ENDS = ("Alpha City", "Charlie City", "--study", "teaching", "-q")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = program.execute(words)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_corridors_print_indicators(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "corridors", *ENDS)
    assert (code, err) == (0, "")
    rail = next(line for line in out.splitlines() if "whole route" in line and "12.0" in line)
    assert rail.split()[-5:] == ["12.0", "50", "475", "34.9", "15.6"]
    assert "CPMM" not in out


def test_corridors_without_a_way(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ("corridors", *ENDS, "--mode", "inland_water", "--out", str(tmp_path / "c.svg"))
    code, out, _ = run(capsys, *words)
    assert code == 1
    assert "No route" in out
    assert not (tmp_path / "c.svg").exists()


def test_files_are_written_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in ("c.svg", "c.xlsx", "c.csv"):
        path = tmp_path / name
        assert run(capsys, "corridors", *ENDS, "--out", str(path))[0] == 0
        assert path.stat().st_size > 500
        assert run(capsys, "corridors", *ENDS, "--out", str(path))[0] == 2
        assert run(capsys, "corridors", *ENDS, "--out", str(path), "--force")[0] == 0
    code, _, err = run(capsys, "corridors", *ENDS, "--out", str(tmp_path / "c.png"))
    assert code == 2
    assert ".svg" in err


def test_reach_is_one_document(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out_file = tmp_path / "r.geojson"
    words = ("reach", "A1", "--study", "teaching", "-q", "--json", "--out", str(out_file))
    code, out, _ = run(capsys, *words)
    assert code == 0
    found = json.loads(out)
    assert found["reached"] == len(found["zones"]) - 1
    assert len(json.loads(out_file.read_text())["features"]) == len(found["zones"])


def test_reach_says_why_not(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("reach", "A1", "--study", "teaching", "-q", "--avoid", "BBB,sea")
    code, out, _ = run(capsys, *words)
    assert code == 0
    assert "not reached: a way exists, but what is avoided or forbidden cuts it off" in out


def test_an_unknown_place_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "reach", "Nowhere", "--study", "teaching", "-q")[0] == 2
    assert run(capsys, "corridors", "Nowhere", "A1", "--study", "teaching", "-q")[0] == 2
