"""Promises keep to the closed words of the status palette."""

from __future__ import annotations

from opencorridor.documents.style import load_style
from opencorridor.operations.workbench import promises
from opencorridor.study import Study


def test_progress_has_a_sign_in_the_palette(teaching: Study) -> None:
    known = set(load_style()["status"])
    found = promises.promises(teaching, None)["commitments"]
    assert found
    assert {item["progress"] for item in found} <= known
