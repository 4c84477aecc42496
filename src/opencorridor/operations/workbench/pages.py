"""Part of a table: filter, order and cut rows, whatever the table is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opencorridor.study import OpenCorridorError, Problem
from opencorridor.study.errors import suggest

__all__ = ["MOST_ROWS", "Ask", "bad_sort", "page", "plain"]

MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Ask:
    """Which part is asked for; ``sort`` is a column, or ``-column`` for the largest first."""

    offset: int = 0
    limit: int = 100
    q: str = ""
    sort: str = ""


def plain(value: Any) -> Any:
    """Return a cell as JSON has it: NaN and infinity are null, whole floats stay floats."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def bad_sort(table: str, column: str, columns: Sequence[str]) -> Problem:
    """Return the problem of a column that a table does not have."""
    return Problem(
        "bad_sort",
        f"table {table} has no column {column[:60]}",
        table=table,
        column="sort",
        value=column[:60],
        expected=f"one of {', '.join(columns)}",
        mend=suggest(column, columns),
    )


def _matching(columns: Mapping[str, Sequence[Any]], n: int, words: str) -> list[int]:
    """Return the rows with a text cell that contains the words, case aside."""
    wanted = words.casefold()
    hits: set[int] = set()
    for cells in columns.values():
        # Cells repeat: each text is looked at once.
        known: dict[str, bool] = {}
        for i, cell in enumerate(cells):
            if type(cell) is not str or not cell:
                continue
            if cell not in known:
                known[cell] = wanted in cell.casefold()
            if known[cell]:
                hits.add(i)
    return [i for i in range(n) if i in hits]


def _ordered(cells: Sequence[Any], rows: list[int], downward: bool) -> list[int]:
    """Return rows in the order of a column: numbers, then texts; blank cells always last."""
    full = [i for i in rows if plain(cells[i]) not in (None, "")]
    blank = [i for i in rows if plain(cells[i]) in (None, "")]

    def key(i: int) -> tuple[bool, float, str]:
        cell = cells[i]
        if isinstance(cell, int | float):
            return False, float(cell), ""
        return True, 0.0, str(cell).casefold()

    return sorted(full, key=key, reverse=downward) + blank


def page(table: str, columns: Mapping[str, Sequence[Any]], n: int, ask: Ask) -> dict[str, Any]:
    """Return the rows that are asked for, with their numbers (from 0) in the whole table.

    Parameters
    ----------
    table
        Name of the table.
    columns
        Cells by column, each of length ``n``.
    n
        Number of rows.
    ask
        Which part.

    Raises
    ------
    OpenCorridorError
        Where it asks to sort by a column that is not there.
    """
    names = list(columns)
    by = ask.sort.removeprefix("-")
    if by and by not in columns:
        raise OpenCorridorError([bad_sort(table, by, names)])
    rows = _matching(columns, n, ask.q.strip()) if ask.q.strip() else list(range(n))
    if by:
        rows = _ordered(columns[by], rows, ask.sort.startswith("-"))
    shown = rows[ask.offset : ask.offset + min(ask.limit, MOST_ROWS)]
    return {
        "table": table,
        "total": len(rows),
        "offset": ask.offset,
        "columns": names,
        "row": shown,
        "rows": [[plain(columns[name][i]) for name in names] for i in shown],
    }
