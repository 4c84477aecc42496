"""Tables as XLSX: a sheet that says what it is, then the table. No cell is a formula."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from numbers import Real
from typing import Any

__all__ = ["LONGEST_CELL", "MOST_ROWS", "write_about", "write_table", "xlsx_bytes"]

MOST_ROWS = 1_048_575
LONGEST_CELL = 32_767
_CUT = "…"
# Control characters and halves of pairs have no place in XML.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NARROW, _WIDE = 8, 60


def _text(value: Any) -> str:
    """Return a text as a cell holds it: joined lists, no characters that XML forbids, cut."""
    if isinstance(value, list | tuple | set | frozenset):
        value = ";".join(map(str, value))
    text = _FORBIDDEN.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + _CUT


def _put(sheet: Any, row: int, column: int, value: Any, style: Any = None) -> None:
    """Write one cell by its type: the writer must not guess formulas, links or numbers."""
    kind = type(value)
    if value is None or (kind is str and not value):
        return
    if kind is str:
        sheet.write_string(row, column, _text(value), style)
    elif kind is float or isinstance(value, Real):
        number = float(value)
        if math.isfinite(number):
            sheet.write_number(row, column, number, style)
    else:
        sheet.write_string(row, column, _text(value), style)


def _sheet_name(name: str) -> str:
    """Return a name that every spreadsheet takes."""
    kept = "".join(c if c.isalnum() or c in " _-" else "_" for c in name)[:31]
    # Excel keeps this name for itself.
    return kept if kept.strip() and kept.lower() != "history" else "Table"


def write_about(book: Any, about: Sequence[tuple[str, Any]]) -> None:
    """Add the sheet *About* to a workbook: lines of label and value."""
    sheet = book.add_worksheet("About")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100)
    for row, (label, value) in enumerate(about):
        _put(sheet, row, 0, label, bold)
        _put(sheet, row, 1, value, wrap)


def write_table(
    book: Any, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]
) -> None:
    """Add a table to a workbook: titles with their units in comments, then the rows."""
    taken = _sheet_name(name)
    sheet = book.add_worksheet(taken if taken.lower() != "about" else "Table")
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, (title, unit) in enumerate(columns):
        sheet.set_column(column, column, min(max(len(title) + 2, _NARROW), _WIDE))
        _put(sheet, 0, column, title, bold)
        if unit:
            sheet.write_comment(0, column, unit, {"author": "OpenCorridor"})
    sheet.freeze_panes(1, 0)
    last = 0
    for last, cells in enumerate(rows, 1):
        if last > MOST_ROWS:
            break
        for column, value in enumerate(cells):
            _put(sheet, last, column, value)
    if columns:
        sheet.autofilter(0, 0, min(last, MOST_ROWS), len(columns) - 1)


def xlsx_bytes(
    about: Sequence[tuple[str, Any]],
    name: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Any]],
    *,
    created: date,
) -> bytes:
    """Return a workbook with the sheet *About* and one table.

    Numbers are numbers, texts are texts whatever they begin with, and what is absent is an empty
    cell. The same input gives the same bytes.

    Parameters
    ----------
    about
        Lines of the first sheet: label and value.
    name
        Name of the table.
    columns
        Title and unit of every column; the unit stands in a comment on the heading.
    rows
        Cells of every row, in the order of the columns.
    created
        Date that the workbook carries.
    """
    import xlsxwriter

    out = io.BytesIO()
    moment = datetime(created.year, created.month, created.day)
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    book.set_properties({"title": name, "comments": "OpenCorridor", "created": moment})
    write_about(book, about)
    write_table(book, name, columns, rows)
    book.close()
    return out.getvalue()
