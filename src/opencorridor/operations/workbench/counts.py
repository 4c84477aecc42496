"""Where a count of rows comes from: which rows were counted, and what they rest on."""

from __future__ import annotations

from typing import Any

from opencorridor.operations.progress import PROGRESS
from opencorridor.operations.workbench.grounds import frame, sources_of
from opencorridor.operations.workbench.promises import group_of
from opencorridor.study import Study, Table

__all__ = ["of_commitments"]

_MOST_NAMED = 20


def _named(ids: list[str]) -> str:
    """Return ids as one text; of many the first ones, and how many more there are."""
    more = len(ids) - _MOST_NAMED
    text = ", ".join(ids[:_MOST_NAMED])
    return f"{text} and {more} more" if more > 0 else text


def _counted(table: Table, pair: tuple[str, str], progress: str, group: str) -> list[int]:
    """Return the rows of commitments of a status and of a group; a blank asks for all."""
    cells = zip(table["progress"].tolist(), table["side"].tolist(), strict=True)
    return [
        row
        for row, (recorded, side) in enumerate(cells)
        if progress in ("", PROGRESS[recorded]) and group in ("", group_of(side, pair))
    ]


def of_commitments(study: Study, progress: str = "", group: str = "") -> dict[str, Any]:
    """Return where the number of commitments of a status, or of a side, comes from.

    ``progress`` is one of the statuses of the page, ``group`` ``both``, a country of the pair or
    ``several``; a blank counts all. A status that no row has gives 0.
    """
    table, pair = study["commitment"], study.settings.pair
    rows = _counted(table, pair, progress, group)
    recorded = sorted(word for word, of in PROGRESS.items() if of == progress)
    asked = [
        *([f"progress is {' or '.join(recorded) or progress}"] if progress else []),
        *([f"side counts as {group}"] if group else []),
    ]
    column = "progress" if progress else "side" if group else "commitment_id"
    records = sources_of(study, [str(table["source"][row]) for row in rows])
    return {
        "label": "Number of commitments",
        "value": float(len(rows)),
        "unit": "rows",
        "low": None,
        "high": None,
        "status": "derived",
        "formula": " ".join(["Rows of the table commitment", *(["where"] if asked else []),
                             " and ".join(asked)]).strip(),
        "inputs": [],
        "assumptions": [],
        "table": "commitment",
        "row": rows[0] if rows else None,
        "row_label": _named([str(table["commitment_id"][row]) for row in rows]),
        "column": column,
        "description": "",
        "source": records[0] if records else None,
        "sources": records,
        **frame(study, None),
    }  # fmt: skip
