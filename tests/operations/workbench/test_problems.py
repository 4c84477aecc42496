"""Problems of the served study: all of them, with the row of the table to jump to, made once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from opencorridor.operations import check
from opencorridor.operations.workbench.problems import index_of, study_problems
from opencorridor.operations.workbench.session import Session
from opencorridor.study import Problem, Study
from opencorridor.study.table import Table


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache that only this test uses."""
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path))
    return tmp_path


def test_a_clean_study_says_how_much_was_checked(teaching: Study) -> None:
    found = study_problems(Session(teaching))
    assert (found["errors"], found["notices"], found["problems"]) == (0, 0, [])
    assert found["checks"] == check.load_checks() > 50
    assert found["rows"] == sum(table.n for table in teaching.tables.values())
    assert found["study_hash"] == teaching.hash


def test_a_problem_names_the_row_of_the_table(teaching: Study) -> None:
    table = teaching["border_dwell"]
    hours = np.array(table["mean_h"])
    hours[2] = table["mean_high_h"][2] + 1
    broken = teaching.replace({"border_dwell": table.with_column("mean_h", hours)})
    found = study_problems(Session(broken))
    assert found["errors"] > 0
    here = [p for p in found["problems"] if p["table"] == "border_dwell"]
    assert {p["index"] for p in here} == {2}
    assert {p["row"] for p in here} == {4}


def test_rows_are_counted_over_the_files_of_a_table(teaching: Study) -> None:
    link = teaching["link"]
    parts = (("link/one.csv", 3), ("link/two.csv", link.n - 3))
    split = Table("link", {c: link[c] for c in link.columns}, link.schema, parts)
    study = teaching.replace({"link": split})

    def index(file: str, row: int | None) -> int | None:
        return index_of(study, Problem("x", "x", "link", file, row))

    assert [index("link/one.csv", 2), index("link/two.csv", 3)] == [0, 4]
    assert index("link/one.csv", 5) is None
    assert index("link/other.csv", 2) is None
    assert index("link/one.csv", None) is None
    # The way there is that of the checks back.
    assert all(index(*split.locate(i)) == i for i in range(link.n))


def test_what_was_found_is_kept_for_the_next_server(
    teaching: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = study_problems(Session(teaching))
    monkeypatch.setattr(check, "run", lambda request: pytest.fail("checked again"))
    assert study_problems(Session(teaching)) == first
