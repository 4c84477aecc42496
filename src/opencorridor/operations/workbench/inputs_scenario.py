"""Cells of the study that a scenario of a user's own touches."""

from __future__ import annotations

from typing import Any

import numpy as np

from opencorridor.operations.workbench.cells import FEW, Cell, Line, lists, picked, same
from opencorridor.study import Study
from opencorridor.study.edits import matching_rows

__all__ = ["closed_places", "own_edits"]


def _edited(study: Study, edit: dict[str, Any]) -> list[Cell]:
    """Return the cells of numbers that an edit changes; an inserted row has none yet."""
    table = study[str(edit["table"])]
    if edit["op"] == "insert" or not table.schema.column(str(edit["column"])).numeric:
        return []
    return picked(table, matching_rows(table, str(edit["key"])), str(edit["column"]), FEW)


def own_edits(line: Line) -> list[Cell]:
    """Return the cells that the edits of the line's scenarios change, as the study has them."""
    edits = line.summary.get("edits", [])
    return [cell for edit in edits for cell in _edited(line.study, edit)]


def closed_places(line: Line) -> list[Cell]:
    """Return the hours of the places that the line's scenarios shut."""
    found: list[Cell] = []
    for place in line.summary.get("closed", []):
        dwell, over = line.study["border_dwell"], line.study["transshipment"]
        found += picked(dwell, same(dwell, border_crossing_id=place), "mean_h", FEW)
        here = lists(over, "terminal_id", [place]) if over.n else np.zeros(0, dtype=bool)
        found += picked(over, here, "time_h", FEW)
    return found
