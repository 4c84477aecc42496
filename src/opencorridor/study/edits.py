"""Keys of measure edits: which rows of a table an edit means."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from opencorridor.study.table import Table

__all__ = ["matching_rows", "parse_key", "with_tail"]

_TAIL_OF = {("border_dwell", "mean_h"): "p95_h", ("transshipment", "time_h"): "p95_h"}


def parse_key(key: str) -> dict[str, list[str]]:
    """Split ``column=value;column=value,value`` into values by column.

    Raises
    ------
    ValueError
        For a part without ``=``.
    """
    found: dict[str, list[str]] = {}
    for part in key.split(";"):
        if not part.strip():
            continue
        name, equals, values = part.partition("=")
        if not equals:
            raise ValueError(f"{part!r} has no '='")
        found[name.strip()] = [value.strip() for value in values.split(",")]
    return found


def matching_rows(table: Table, key: str) -> npt.NDArray[np.bool_]:
    """Return a mask of the rows that a key names; a cell of several ids matches by any of them.

    Raises
    ------
    KeyError
        For a column that the table lacks.
    ValueError
        For a key that is no key, or text where a number is due.
    """
    rows = np.arange(table.n)
    for column, values in parse_key(key).items():
        # Each column is read in the rows that the ones before have left.
        cells = table[column] if rows.size == table.n else table[column][rows]
        if cells.dtype == np.float64:
            hit = np.isin(cells, [float(value) for value in values])
        elif table.schema.column(column).type == "ids":
            wanted = set(values)
            hit = np.array([not wanted.isdisjoint(cell.split(";")) for cell in cells], dtype=bool)
        elif len(values) == 1:
            hit = cells == values[0]
        else:
            among = set(values)
            hit = np.fromiter(map(among.__contains__, cells.tolist()), bool, len(cells))
        rows = rows[hit]
    mask = np.zeros(table.n, dtype=bool)
    mask[rows] = True
    return mask


def with_tail(table: Table, column: str, values: npt.NDArray[np.float64]) -> Table:
    """Return the table with new values of a column, and the 95th percentiles that go with them.

    How far a stay spreads around its mean belongs to the place: who changes the mean hours of a
    row alone changes its 95th percentile by the same factor. A mean of 0 has no factor.

    Parameters
    ----------
    table, column
        Any table and column; only the mean stays of borders and terminals have a tail.
    values
        Hours, one for every row.
    """
    changed = table.with_column(column, values)
    tail = _TAIL_OF.get((table.name, column))
    if tail is None:
        return changed
    old = table[column]
    moved = (old > 0) & (values > 0) & (values != old) & np.isfinite(table[tail])
    if not moved.any():
        return changed
    p95 = table[tail].copy()
    p95[moved] *= values[moved] / old[moved]
    return changed.with_column(tail, p95)
