"""CSV files and the results folder: nothing runs, nothing half-written, no stranger's file lost."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest

from opencorridor.documents import Answer, csv_text, results_folder, write_csv, write_results
from opencorridor.documents.csvfiles import cell
from opencorridor.study.errors import OpenCorridorError
from tests.documents.fake import answer


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\t5", "'\t5"),
        ("-3.5", "-3.5"),
        (-3.5, "-3.5"),
        ("plain", "plain"),
        (None, ""),
        (math.nan, ""),
        (math.inf, ""),
        (True, "1"),
        (0.1, "0.1"),
        (3.0e9, "3000000000"),
        (0, "0"),
        (["a", "b"], "a;b"),
        (["=a"], "'=a"),
    ],
)
def test_cells(value: Any, expected: str) -> None:
    assert cell(value) == expected


def test_csv_keeps_every_column_and_value(tmp_path: Path) -> None:
    rows = [{"a": 1 / 3, "source": "RAIL"}, {"a": None, "low": 2.5, "text": 'x,"y"\nz é'}]
    write_csv(tmp_path / "t.csv", rows)
    raw = (tmp_path / "t.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    read = list(csv.DictReader(io.StringIO(raw.decode("utf-8"), newline="")))
    assert list(read[0]) == ["a", "source", "low", "text"]
    assert float(read[0]["a"]) == 1 / 3
    assert read[1] == {"a": "", "source": "", "low": "2.5", "text": 'x,"y"\nz é'}


def test_csv_of_no_rows_has_its_columns() -> None:
    assert csv_text([], ["a", "b"]) == "a,b\n"


def test_a_run_writes_its_files(tmp_path: Path) -> None:
    folder = write_results(answer(), tmp_path / "deep" / "results", {"seed": 7, "x": math.nan})
    names = {p.name for p in folder.iterdir()}
    tables = {f"{name}.csv" for name in answer().tables}
    assert names == {"summary.json", "report.html", "run.json"} | tables
    marker = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert set(marker["files"]) == names
    assert marker["seed"] == 7
    assert marker["x"] is None
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["target_usd"] == 3.0e9
    assert [p.name for p in folder.parent.iterdir()] == ["results"]


def test_a_run_replaces_its_own_folder(tmp_path: Path) -> None:
    write_results(answer(), tmp_path / "r", {})
    write_results(Answer({"title": "x"}), tmp_path / "r", {})
    assert {p.name for p in (tmp_path / "r").iterdir()} == {
        "summary.json",
        "report.html",
        "run.json",
    }
    assert [p.name for p in tmp_path.iterdir()] == ["r"]


@pytest.mark.parametrize("marker", [None, "{}", "not json", '{"written_by": "someone"}', "[]"])
def test_a_stranger_s_folder_is_refused(tmp_path: Path, marker: str | None) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    if marker is not None:
        (tmp_path / "run.json").write_text(marker)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OpenCorridorError) as caught:
        write_results(answer(), tmp_path, {})
    assert [p.code for p in caught.value.problems] == ["folder_exists"]
    assert "--force" in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


def test_a_stranger_in_our_folder_is_refused_then_kept_by_force(tmp_path: Path) -> None:
    place = tmp_path / "r"
    write_results(answer(), place, {})
    (place / "notes").mkdir()
    (place / "notes" / "mine.txt").write_text("keep me")
    with pytest.raises(OpenCorridorError, match=r"notes/mine\.txt"):
        write_results(answer(), place, {})
    write_results(Answer(), place, {}, force=True)
    assert (place / "notes" / "mine.txt").read_text() == "keep me"
    assert not (place / "load.csv").exists()


def test_a_file_in_the_place_is_refused_even_by_force(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("a file")
    with pytest.raises(OpenCorridorError):
        write_results(answer(), tmp_path / "r", {}, force=True)
    assert (tmp_path / "r").read_text() == "a file"


def test_a_run_that_fails_changes_nothing(tmp_path: Path) -> None:
    place = tmp_path / "r"
    write_results(Answer({"title": "first"}), place, {})
    before = (place / "summary.json").read_bytes()

    def fail() -> None:
        with results_folder(place, {}) as new:
            (new / "summary.json").write_text("half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        fail()
    assert (place / "summary.json").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["r"]
