"""Cells of text to the columns of a table: a fast path, and a slow one that explains."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from opencorridor.study.errors import Problem, suggest
from opencorridor.study.numbers import meant, plain_float
from opencorridor.study.schema import Column, TableSchema
from opencorridor.study.table import Array, Table, own, text_column

__all__ = ["parse_table"]

_SHOWN = 10
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_WHOLE_FLOAT = re.compile(r"-?\d+\.0+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_SPACES = (" ", "\t", "\xa0", "\ufeff")


class _Context:
    """Where the cells of one table stand, and the problems found in them."""

    def __init__(self, schema: TableSchema, parts: Sequence[tuple[str, int]]) -> None:
        self.schema = schema
        self.parts = parts
        self.problems: list[Problem] = []

    def locate(self, i: int) -> tuple[str, int]:
        """Return file and spreadsheet row of data row ``i``."""
        for file, count in self.parts:
            if i < count:
                return file, i + 2
            i -= count
        raise IndexError(i)

    def header(self, code: str, message: str, column: str, **more: str) -> None:
        file = self.parts[0][0]
        self.problems.append(Problem(code, message, self.schema.name, file, 1, column, "", **more))

    def cells(
        self,
        code: str,
        column: Column,
        rows: Iterable[int],
        cells: Sequence[str],
        explain: Callable[[str], tuple[str, str, str]],
    ) -> None:
        """Report bad cells, at most ten of a kind one by one and the rest as a count."""
        rows = list(rows)
        for i in rows[:_SHOWN]:
            file, row = self.locate(i)
            message, expected, mend = explain(cells[i])
            self.problems.append(
                Problem(
                    code,
                    message,
                    self.schema.name,
                    file,
                    row,
                    column.name,
                    cells[i][:80],
                    expected,
                    mend,
                )
            )
        if len(rows) > _SHOWN:
            file, row = self.locate(rows[_SHOWN])
            more = f"{len(rows) - _SHOWN} more such cells, from here on"
            self.problems.append(Problem(code, more, self.schema.name, file, row, column.name))


def _strip(cells: list[str]) -> list[str]:
    """Strip the spaces around cells, only where there are any."""
    joined = "\x1f".join(cells)
    for space in _SPACES:
        if space in joined and (
            f"{space}\x1f" in joined
            or f"\x1f{space}" in joined
            or joined[0] == space
            or joined[-1] == space
        ):
            return [cell.strip(" \t\xa0\ufeff") for cell in cells]
    return cells


def _check_header(context: _Context, header: Sequence[str]) -> None:
    schema = context.schema
    missing = [column for column in schema.columns if column.name not in header and column.required]
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            context.header("duplicate_column", f"column {name} stands twice", name)
        if name not in schema.names:
            absent = [n for n in schema.names if n not in header]
            mend = suggest(name, absent) or "remove it"
            what = f"unknown column {name}" if name else "a column without a name"
            context.header("unknown_column", what, name, mend=mend)
    for column in missing:
        if column.default:
            continue
        unit = f" in {column.unit}" if column.unit else ""
        mend = f"add the column ({column.type}{unit})"
        context.header("missing_column", f"column {column.name} is missing", column.name, mend=mend)


def _floats(cells: list[str]) -> Array | None:
    """Convert text to float64 with NaN for blank; None where any cell is not plainly a number."""
    blank = cells.count("")
    if blank == len(cells):
        return np.full(len(cells), np.nan)
    text = [cell or "nan" for cell in cells] if blank else cells
    try:
        values = np.fromiter(map(float, text), dtype=np.float64, count=len(cells))
    except ValueError:
        return None
    odd = np.count_nonzero(np.isnan(values)) != blank or np.isinf(values).any()
    # float() also reads 1_000 and the digits of other scripts; those go the slow way.
    joined = "".join(cells)
    return None if odd or "_" in joined or not joined.isascii() else values


def _slow_floats(context: _Context, column: Column, cells: list[str]) -> Array:
    values = np.full(len(cells), np.nan)
    commas: list[int] = []
    texts: list[int] = []
    readings: dict[str, list[float]] = {}
    for i, cell in enumerate(cells):
        if not cell:
            continue
        plain = plain_float(cell)
        if plain is not None:
            values[i] = plain
            continue
        if cell not in readings:
            readings[cell] = meant(cell, cells)
        (commas if readings[cell] else texts).append(i)
    unit = f"a number in {column.unit}" if column.unit else "a number"

    def comma(cell: str) -> tuple[str, str, str]:
        options = [_written(value) for value in readings[cell]]
        if len(options) > 1:
            mend = f"{' or '.join(options)} could be meant: write one of them"
        else:
            mend = f"{options[0]} was probably meant"
        return f"number not written plainly ({cell!r})", f"{unit} with a decimal point", mend

    def text(cell: str) -> tuple[str, str, str]:
        mend = "write a number" + ("" if column.required else ", or leave the cell blank")
        return f"text in a number ({cell!r})", unit, mend

    context.cells("decimal_comma", column, commas, cells, comma)
    context.cells("text_in_number", column, texts, cells, text)
    return values


def _written(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _numbers(context: _Context, column: Column, cells: list[str]) -> Array:
    values = _floats(cells)
    if values is None:
        values = _slow_floats(context, column, cells)
    low = -math.inf if column.min is None else column.min
    high = math.inf if column.max is None else column.max
    outside = np.flatnonzero((values < low) | (values > high))
    if outside.size:
        limits = [f"at least {_written(low)}"] if low > -math.inf else []
        limits += [f"at most {_written(high)}"] if high < math.inf else []
        unit = f" {column.unit}" if column.unit else ""
        expected = " and ".join(limits) + unit
        code = "negative_value" if low >= 0 else "out_of_range"
        small = np.flatnonzero(values < min(0.0, low)) if low >= 0 else outside[:0]
        rest = np.setdiff1d(outside, small)
        context.cells(
            code,
            column,
            small.tolist(),
            cells,
            lambda c: (f"{c} is negative", expected, f"{c.lstrip('-')} may be meant"),
        )
        context.cells(
            "out_of_range",
            column,
            rest.tolist(),
            cells,
            lambda c: (f"{c} is outside", expected, "look at the unit of the column"),
        )
    if column.type == "integer":
        broken = np.flatnonzero(values != np.rint(values))
        broken = broken[~np.isnan(values[broken])]
        context.cells(
            "not_whole",
            column,
            broken.tolist(),
            cells,
            lambda c: (f"{c}", "a whole number", "round it"),
        )
    return values


def _whole_ids(context: _Context, column: Column, cells: list[str]) -> list[str]:
    """Read ids that a spreadsheet turned into ``1.0`` as ``1``; refuse a mixture."""
    if "." not in "".join(cells):
        return cells
    numeric = [i for i, cell in enumerate(cells) if cell and _NUMBER.fullmatch(cell)]
    whole = [i for i in numeric if _WHOLE_FLOAT.fullmatch(cells[i])]
    pointed = [i for i in numeric if "." in cells[i]]
    if not pointed or (not whole and len(pointed) == len(numeric)):
        return cells
    filled = len(cells) - cells.count("")
    if len(whole) == filled:
        file, _ = context.locate(0)
        context.problems.append(
            Problem(
                "whole_float_ids",
                f"the ids are written {cells[whole[0]]!r}; read as whole numbers",
                context.schema.name,
                file,
                None,
                column.name,
                expected="ids as text",
                mend="save the column as text",
                severity="notice",
            )
        )
        return [cell.partition(".")[0] for cell in cells]
    others = [i for i in numeric if i not in set(whole)]
    shown = sorted({cells[i] for i in (whole[:3] + pointed[:3] + others[:3])})
    context.cells(
        "mixed_ids",
        column,
        pointed,
        cells,
        lambda cell: (
            f"id {cell!r} among others written differently ({', '.join(shown)})",
            "ids written one way",
            "save the column as text",
        ),
    )
    return cells


def _words(context: _Context, column: Column, cells: list[str]) -> None:
    found = set(cells) - {""}
    if column.type == "enum":
        allowed: set[str] = set(column.values)
        code, expected = "not_a_value", ", ".join(column.values)
    elif column.type == "flag":
        allowed, code, expected = {"0", "1"}, "not_a_flag", "1 (yes), 0 (no)"
        expected += "" if column.required else " or blank (unknown)"
    else:
        allowed = {cell for cell in found if _real_date(cell)}
        code, expected = "not_a_date", "a date such as 2024-12-31"
    bad = found - allowed
    if bad:
        rows = [i for i, cell in enumerate(cells) if cell in bad]
        context.cells(
            code,
            column,
            rows,
            cells,
            lambda cell: (
                f"{cell!r} is not allowed" if code == "not_a_value" else f"{cell!r}",
                expected,
                suggest(cell, column.values) if column.values else "",
            ),
        )


def _real_date(cell: str) -> bool:
    if not _DATE.fullmatch(cell):
        return False
    try:
        datetime.date.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _column(context: _Context, column: Column, cells: list[str]) -> Any:
    cells = _strip(cells)
    blank = "" in cells
    if blank and column.default:
        cells = [cell or column.default for cell in cells]
    elif blank and column.required:
        rows = [i for i, cell in enumerate(cells) if not cell]
        wanted = f"{column.type} in {column.unit}" if column.unit else column.type
        context.cells("blank_required", column, rows, cells, lambda _: ("is blank", wanted, ""))
    if column.numeric:
        return _numbers(context, column, cells)
    if column.type == "id":
        return _whole_ids(context, column, cells)
    if column.type in ("enum", "flag", "date"):
        _words(context, column, cells)
    return cells


def _duplicates(context: _Context, data: dict[str, Any], n: int) -> None:
    key = context.schema.key
    if not key or any(name not in data for name in key):
        return
    columns = [
        data[name].tolist() if isinstance(data[name], np.ndarray) else data[name] for name in key
    ]
    keys = columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
    if len(set(keys)) == n:
        return
    first: dict[Any, int] = {}
    rows: list[int] = []
    for i, value in enumerate(keys):
        if first.setdefault(value, i) != i:
            rows.append(i)
    column = context.schema.column(key[0])
    for i in rows[:_SHOWN]:
        file, row = context.locate(i)
        file_first, row_first = context.locate(first[keys[i]])
        where = f"row {row_first}" + ("" if file_first == file else f" of {file_first}")
        value = keys[i] if len(key) == 1 else "; ".join(str(part) for part in keys[i])
        context.problems.append(
            Problem(
                "duplicate_key",
                f"{', '.join(key)} stands already in {where}",
                context.schema.name,
                file,
                row,
                column.name,
                str(value),
                "one row per key",
                "remove or rename one of the two",
            )
        )
    if len(rows) > _SHOWN:
        context.header("duplicate_key", f"{len(rows) - _SHOWN} more duplicates", column.name)


def parse_table(
    schema: TableSchema, header: Sequence[str], pieces: Sequence[tuple[str, list[list[str]]]]
) -> tuple[Table, list[Problem]]:
    """Turn rows of text into a table.

    Parameters
    ----------
    schema
        Schema of the table.
    header
        Names of the columns; the rows have as many cells.
    pieces
        ``(label, rows)`` of each file, in order.

    Returns
    -------
    table, problems
        With any error among the problems the table is only a stand-in.
    """
    parts = [(label, len(rows)) for label, rows in pieces]
    context = _Context(schema, parts)
    _check_header(context, header)
    rows = [row for _, piece in pieces for row in piece] if len(pieces) > 1 else pieces[0][1]
    n = len(rows)
    columns = dict(zip(header, zip(*rows, strict=True), strict=False))
    data: dict[str, Any] = {}
    for column in schema.columns:
        cells = columns.get(column.name)
        if cells is not None:
            found = _column(context, column, list(cells))
            data[column.name] = own(found) if column.numeric else text_column(found)
    if not data:
        return Table(schema.name, {c.name: [] for c in schema.columns}), context.problems
    _duplicates(context, data, n)
    return Table(schema.name, data, schema, parts), context.problems
