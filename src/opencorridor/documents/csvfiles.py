"""Tables as CSV: UTF-8, point decimals, empty cells for absence, no cell that is a formula."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

from opencorridor.documents.answer import Row

__all__ = ["cell", "csv_text", "write_csv"]

# The full-width forms are what some spreadsheets turn into the plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: Any) -> str:
    """Return a value as a CSV cell.

    Numbers are written in full (``repr``), NaN and ``None`` as an empty cell, booleans as 1 and
    0, lists joined by ``;``. A text that a spreadsheet would run as a formula gets a leading
    apostrophe (OWASP, *CSV injection*); a text that is a number stays as it is.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Real):
        number = float(value)
        if not math.isfinite(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if isinstance(value, (list, tuple, set, frozenset)):
        value = ";".join(map(str, value))
    return _guarded(str(value))


def _guarded(text: str) -> str:
    if not text.startswith(_FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return f"'{text}" if text[0] in "\t\r\n" else text


def _one_line_end(text: str) -> str:
    # The writer leaves a bare carriage return unquoted, and readers end the row there.
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def columns_of(rows: Iterable[Row]) -> list[str]:
    """Return every column of the rows, in the order in which they first appear."""
    found: dict[str, None] = {}
    for row in rows:
        for name in row:
            found.setdefault(str(name))
    return list(found)


def csv_text(rows: Sequence[Row], columns: Sequence[str] | None = None) -> str:
    """Return the rows as CSV text with a heading; columns that are missing stay empty."""
    names = list(columns) if columns is not None else columns_of(rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_guarded(name) for name in names])
    writer.writerows([_one_line_end(cell(row.get(name))) for name in names] for row in rows)
    return out.getvalue()


def write_csv(path: Path, rows: Sequence[Row], columns: Sequence[str] | None = None) -> None:
    """Write the rows to a file."""
    path.write_text(csv_text(rows, columns), encoding="utf-8", newline="")
