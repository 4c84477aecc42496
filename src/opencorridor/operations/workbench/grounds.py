"""What the answer to "where does this number come from" shares: cells, sources, assumptions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from opencorridor import __version__
from opencorridor.operations.workbench import tables
from opencorridor.operations.workbench.cells import SETTINGS_TABLE, Cell, sourced
from opencorridor.operations.workbench.formulas import number_text, printed
from opencorridor.operations.workbench.results import Stored
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.errors import suggest

__all__ = [
    "assumptions",
    "changes_text",
    "frame",
    "grounds",
    "short",
    "sources_of",
    "told",
    "unknown",
    "value_of",
]

_MOST_SOURCES = 12
# Sums of rounded numbers: what is printed may differ by this share, or by this much.
_SHARE, _LEAST = 1e-6, 1e-3


def unknown(what: str, value: str, known: Iterable[str] = (), table: str = "") -> OpenCorridorError:
    """Return the error of a table, row or column that an answer or a table does not have."""
    said = value[:60]
    problem = Problem(
        f"unknown_{what}", f"{table or 'the answer'} has no such {what}", table=table, column=what,
        value=said, mend=suggest(said, [str(name) for name in known]),
    )  # fmt: skip
    return OpenCorridorError([problem])


def value_of(cell: Any) -> float | str | None:
    """Return a cell of a table as a number, a text, or nothing."""
    if isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    return None if cell is None else str(cell)


def short(value: Any) -> str:
    """Return a key as text, whole numbers without a point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def sources_of(study: Study, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return the records of sources, each once; those that can be opened come first."""
    parts = [part.strip() for cell in ids for part in cell.split(";") if part.strip()]
    found = [tables.source_item(study, part) for part in dict.fromkeys(parts)]
    known = [item for item in found if item is not None]
    return sorted(known, key=lambda item: not item["url"])[:_MOST_SOURCES]


def _note(study: Study, cell: dict[str, Any]) -> str:
    """Return what the row of a cell says of itself."""
    if cell["table"] == SETTINGS_TABLE:
        return ""
    table = study[cell["table"]]
    return str(table["note"][cell["row"]]) if "note" in table.columns else ""


def assumptions(study: Study, cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return on what ground cells stand that the study assumes, each ground once."""
    found: dict[tuple[str, str, str, str], None] = {}
    for cell in cells:
        if cell["status"] == "assumed":
            title = str((tables.source_item(study, cell["source_id"]) or {}).get("title", ""))
            found[cell["table"], cell["column"], _note(study, cell), title] = None
    return [
        {"table": table, "column": column, "note": note, "title": title}
        for table, column, note, title in list(found)[:_MOST_SOURCES]
    ]


def changes_text(parts: Sequence[str]) -> str:
    """Return changes of the study as one text."""
    return f"With: {'; '.join(dict.fromkeys(parts))}" if parts else ""


def frame(study: Study, stored: Stored | None) -> dict[str, Any]:
    """Return which study, run and program a number is of."""
    return {
        "study_hash": stored.study_hash if stored else study.hash,
        "result_id": stored.result_id if stored else None,
        "version": str(stored.summary.get("version", __version__)) if stored else __version__,
    }


def grounds(study: Study, cells: Iterable[Cell], first: str = "") -> dict[str, Any]:
    """Return the cells that a number is computed from with their sources and assumptions.

    Observed cells come first among the sources; ``first`` is a source that the number itself
    names. Blank cells explain nothing and are left out.
    """
    found = [sourced(study, cell) for cell in cells]
    inputs = [cell for cell in found if cell["value"] is not None]
    seen = sorted(inputs, key=lambda cell: cell["status"] != "observed")
    records = sources_of(study, [first, *(cell["source_id"] for cell in seen)])
    return {
        "inputs": inputs,
        "source": records[0] if records else None,
        "sources": records,
        "assumptions": assumptions(study, inputs),
    }


def told(words: str, expression: str, numbers: dict[str, float], value: float) -> str:
    """Return a formula in words, and with its numbers where they give the value."""
    shown = printed(expression, lambda name: [numbers[name]] if name in numbers else None)
    if shown is None or not math.isclose(shown.value, value, rel_tol=_SHARE, abs_tol=_LEAST):
        return words
    result = number_text(value)
    # A number that only repeats itself is no arithmetic.
    return words if shown.text == result else f"{words}: {shown.text} = {result}"
