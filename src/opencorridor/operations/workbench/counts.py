"""Where a count of rows comes from: which rows were counted, and what they rest on."""

from __future__ import annotations

from typing import Any

from opencorridor.operations.progress import PROGRESS
from opencorridor.operations.workbench import results, tables
from opencorridor.operations.workbench.grounds import frame, sources_of, told
from opencorridor.operations.workbench.promises import group_of
from opencorridor.operations.workbench.results import Stored
from opencorridor.study import OpenCorridorError, Problem, Study, Table
from opencorridor.study.errors import suggest

__all__ = ["answer", "named", "of_commitments", "of_rows"]

_MOST_NAMED = 20
ALL_TABLES = "all tables"


def named(ids: list[str]) -> str:
    """Return ids as one text; of many the first ones, and how many more there are."""
    more = len(ids) - _MOST_NAMED
    text = ", ".join(ids[:_MOST_NAMED])
    return f"{text} and {more} more" if more > 0 else text


def answer(study: Study, stored: Stored | None = None, **parts: Any) -> dict[str, Any]:
    """Return the answer of a count: ``label``, ``value``, ``formula``, ``table`` and what else."""
    usual: dict[str, Any] = {
        "unit": "rows",
        "low": None,
        "high": None,
        "status": "derived",
        "inputs": [],
        "assumptions": [],
        "row": None,
        "row_label": "",
        "column": "",
        "description": "",
        "sources": [],
    }
    found = {**usual, **parts}
    return {**found, "source": (found["sources"] or [None])[0], **frame(study, stored)}


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
    return answer(
        study,
        label="Number of commitments",
        value=float(len(rows)),
        formula=_words("commitment", " and ".join(asked)),
        table="commitment",
        row=rows[0] if rows else None,
        row_label=named([str(table["commitment_id"][row]) for row in rows]),
        column=column,
        sources=sources_of(study, [str(table["source"][row]) for row in rows]),
    )


def _words(table: str, condition: str) -> str:
    where = f" where {condition}" if condition else ""
    return f"Rows of {table if table == ALL_TABLES else f'the table {table}'}{where}"


def _ids(cell: str, column: str) -> list[str]:
    """Return what a cell names: several sources may stand in one."""
    return [part.strip() for part in cell.split(";")] if column == "source" else [cell]


def _rows_of_study(study: Study, name: str, column: str, value: str) -> tuple[int, int, list[str]]:
    """Return how many rows are counted, of how many, and the sources of those counted."""
    table = tables.table_named(study, name)
    if column and column not in table.columns:
        raise OpenCorridorError(
            [
                Problem(
                    "unknown_column", f"{name} has no such column", table=name, column="column",
                    value=column[:60], mend=suggest(column[:60], table.columns),
                )
            ]
        )  # fmt: skip
    cells = [str(cell) for cell in table[column].tolist()] if column else []
    fits = [value in _ids(cell, column) for cell in cells] if column else [True] * table.n
    cited = table["source"].tolist() if "source" in table.columns else []
    return (
        sum(fits),
        table.n,
        list(dict.fromkeys(s for s, f in zip(cited, fits, strict=False) if f)),
    )


def of_rows(
    study: Study,
    stored: Stored | None = None,
    *,
    table: str = "",
    column: str = "",
    value: str = "",
    share: bool = False,
) -> dict[str, Any]:
    """Return where a number of rows comes from, or with ``share`` their share of all rows.

    Parameters
    ----------
    study, stored
        The study; a run whose table is counted.
    table
        Blank: all tables of the study that have the column.
    column, value
        Rows are counted whose cell is the value, or names it among its sources; blank: all.

    Raises
    ------
    OpenCorridorError
        ``unknown_table`` or ``unknown_column``.
    """
    cited: list[str] = []
    if stored is not None:
        found = results.table_named(stored, table)
        n, of = sum(not column or str(row.get(column)) == value for row in found), len(found)
    else:
        names = [table] if table else [
            name for name, one in study.tables.items() if not column or column in one.columns
        ]  # fmt: skip
        parts = [_rows_of_study(study, name, column, value) for name in names]
        n, of = sum(part[0] for part in parts), sum(part[1] for part in parts)
        cited = [source for part in parts for source in part[2]] if table else []
    words = _words(table or ALL_TABLES, f"{column} is {value}" if column else "")
    if share:
        words = f"{words}, over all its rows"
    number = n / of if share and of else float(n)
    numbers = {"rows": float(n), "all": float(of)}
    return answer(
        study,
        stored,
        label="Share of rows" if share else "Number of rows",
        value=number,
        unit="share" if share else "rows",
        formula=told(words, "rows / all" if share else "", numbers, number),
        table=table or ALL_TABLES,
        column=column,
        sources=sources_of(study, cited),
    )
