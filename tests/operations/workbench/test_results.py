"""Stored runs are found, read and told as they were written."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from opencorridor.operations.workbench import measure_list, promises, results
from opencorridor.operations.workbench.pages import Ask
from opencorridor.operations.workbench.results import Stored
from opencorridor.study import OpenCorridorError, Study
from opencorridor.study.cache import cache_dir
from tests.operations.conftest import Results


def test_a_run_says_what_its_folder_says(stored: Stored, ran: Results) -> None:
    info = results.info(stored)
    assert info["summary"] == ran.summary
    assert info["study_hash"] == ran.summary["study_hash"]
    for name, n in info["tables"].items():
        assert n == len(ran.rows(name))
    assert results.report(stored) == ran.report


def test_pages_of_a_run_equal_its_csv(stored: Stored, ran: Results) -> None:
    with (ran.folder / "load.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    found = results.rows(stored, "load", Ask(limit=1000))
    at = found["columns"].index("t_per_year")
    assert [cells[at] for cells in found["rows"]] == [float(r["t_per_year"]) for r in written]


@pytest.mark.parametrize("name", ["", "0" * 31, "0" * 32, "../" + "0" * 29, "A" * 32, "\0" * 32])
def test_an_unknown_run_is_said(teaching: Study, name: str) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        results.find(teaching, name)
    assert caught.value.problems[0].code == "unknown_result"


def test_a_run_that_was_not_finished_is_none(
    stored: Stored, teaching: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path))
    assert results.last(teaching) is None
    folder = cache_dir(teaching.hash) / stored.folder.name
    shutil.copytree(stored.folder, folder)
    (folder / "done").unlink()
    assert results.last(teaching) is None
    (folder / "done").touch()
    found = results.last(teaching)
    assert found is not None
    assert found.result_id == stored.result_id
    (folder / "summary.json").write_text("{", encoding="utf-8")
    (folder / "done").touch()
    results._load.cache_clear()
    assert results.last(teaching) is None


def test_a_run_of_an_earlier_version_of_the_study_is_found(stored: Stored, teaching: Study) -> None:
    from dataclasses import replace

    later = teaching.replace(settings=replace(teaching.settings, title="another title"))
    assert later.hash != teaching.hash
    found = results.find(later, stored.result_id)
    assert found.study_hash == teaching.hash


# --- measures and promises ----------------------------------------------------------------------


def test_measures_tell_what_the_run_found(stored: Stored, teaching: Study) -> None:
    items = measure_list.measure_list(teaching, stored)["measures"]
    ran = {row["measure_id"]: row for row in stored.tables["measures"]}
    assert [i["measure_id"] for i in items] == teaching["measure"]["measure_id"].tolist()
    for item in items:
        assert item["alone_usd"] == ran[item["measure_id"]]["alone_usd_constant"]
        assert item["in_plan"] == ran[item["measure_id"]]["in_plan"]
        edits = teaching["measure_edit"]["measure_id"].tolist()
        assert item["edits"] == edits.count(item["measure_id"])
        assert bool(item["touches"]) == bool(item["edits"])


def test_without_a_run_measures_have_no_effect(teaching: Study) -> None:
    items = measure_list.measure_list(teaching, None)["measures"]
    assert {i["alone_usd"] for i in items} == {None}
    assert {i["rank"] for i in items} == {None}


def test_promises_carry_the_effect_of_their_measures(stored: Stored, teaching: Study) -> None:
    found = promises.promises(teaching, stored)
    alone = {r["measure_id"]: r["alone_usd_constant"] for r in stored.tables["measures"]}
    for item in found["commitments"]:
        effects = [alone[m] for m in item["measure_ids"] if alone.get(m) is not None]
        expected = sum(effects) if effects else None
        assert item["effect_usd"] == (expected if expected is None else pytest.approx(expected))
        row = teaching["commitment"].row(item["row"])
        assert (item["commitment_id"], item["text"]) == (row["commitment_id"], row["text"])
    assert len(found["agreements"]) == teaching["agreement"].n
    assert {p["effect_usd"] for p in promises.promises(teaching, None)["commitments"]} == {None}
