"""Promises keep to the closed words of the status palette."""

from __future__ import annotations

from collections import Counter

import pytest

from opencorridor.documents.style import load_style
from opencorridor.operations.workbench import counts, promises
from opencorridor.study import Study


def test_progress_has_a_sign_in_the_palette(teaching: Study) -> None:
    known = set(load_style()["status"])
    found = promises.promises(teaching, None)["commitments"]
    assert found
    assert {item["progress"] for item in found} <= known


@pytest.mark.parametrize(
    ("side", "group"),
    [("AAA", "AAA"), ("both", "both"), ("BBB;AAA", "both"), ("AAA;BBB;CCC", "several"),
     ("AAA;CCC", "several"), ("CCC", "several")],
)  # fmt: skip
def test_sides_are_grouped(side: str, group: str) -> None:
    assert promises.group_of(side, ("AAA", "BBB")) == group


def test_a_count_names_the_rows_that_it_counts(teaching: Study) -> None:
    found = promises.promises(teaching, None)["commitments"]
    by_group = Counter(item["group"] for item in found)
    for progress, count in Counter(item["progress"] for item in found).items():
        told = counts.of_commitments(teaching, progress)
        ids = [i["commitment_id"] for i in found if i["progress"] == progress]
        assert (told["value"], told["row_label"]) == (count, ", ".join(ids))
        assert {s["source_id"] for s in told["sources"]} == {
            i["source_id"] for i in found if i["progress"] == progress
        }
    for group, count in by_group.items():
        assert counts.of_commitments(teaching, group=group)["value"] == count
    assert counts.of_commitments(teaching)["value"] == len(found)
    none = counts.of_commitments(teaching, "overdue", "several")
    assert (none["value"], none["row"], none["sources"]) == (0, None, [])
