"""A user's own table of bilateral flows: any column names, every problem told at once."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import Problem, raise_if, suggest
from opencorridor.study.files import read_rows
from opencorridor.study.parse import parse_table
from opencorridor.study.schema import Column, TableSchema

__all__ = ["MISSING_WORDS", "FlowTable", "has_column", "iso_codes", "read_flows"]

MISSING_WORDS = frozenset(("", ".", "NA", "NaN", "nan", "N/A", "null"))
"""What stands for "no value" in a column of numbers (R, Stata and pandas write these)."""


@dataclass(frozen=True)
class FlowTable:
    """Columns of a CSV file by what they mean.

    Attributes
    ----------
    file
        Name of the file, for messages.
    names
        Name in the file of every column, by role (``exporter``, ``trade``, a regressor's name …).
    columns
        Values by role, one entry a row: text as objects, numbers as float64 with NaN for missing.
    notices
        What is worth knowing and stops nothing.
    """

    file: str
    names: Mapping[str, str]
    columns: Mapping[str, npt.NDArray[Any]]
    notices: tuple[Problem, ...] = field(default=())

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values())))

    def __getitem__(self, role: str) -> npt.NDArray[Any]:
        return self.columns[role]

    def problem(self, code: str, message: str, row: int, role: str, **more: str) -> Problem:
        """Return a problem of one cell; ``row`` counts from 0."""
        more.setdefault("value", str(self.columns[role][row]))
        return Problem(code, message, "", self.file, row + 2, self.names[role], **more)


@cache
def iso_codes() -> Mapping[str, str]:
    """Return ISO 3166-1 alpha-3 codes with "", and some not in use with the code used instead."""
    text = files("opencorridor.trade").joinpath("iso3166.csv").read_text(encoding="utf-8")
    return {row["code"]: row["instead"] for row in csv.DictReader(text.splitlines())}


def has_column(path: str | Path, name: str) -> bool:
    """Return whether the header of a CSV file names a column; False where it cannot be read."""
    path = Path(path)
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as file:
            return name in [cell.strip() for cell in next(csv.reader(file), [])]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error):
        return False


def read_flows(
    path: str | Path,
    ids: Mapping[str, str],
    numbers: Mapping[str, str],
    *,
    key: Sequence[str] = ("exporter", "importer", "year"),
    least: Mapping[str, float] | None = None,
    allow_missing: bool = False,
    iso: bool = False,
    also: Sequence[str] = (),
) -> FlowTable:
    """Read the columns that are asked for from a CSV file (``.gz`` too), or tell all that is wrong.

    Parameters
    ----------
    path
        The file: UTF-8, commas, a header.
    ids, numbers
        Column in the file by role: text that names (exporter, importer, year, sector; "NA" is a
        name), and numbers (trade, costs, regressors).
    key
        Roles that together stand for one row; those not in ``ids`` are left out.
    least
        Smallest value allowed by role; by default 0 for ``trade``.
    allow_missing
        Whether cells of numbers may be blank (or ``NA``, ``.``): NaN then, else a problem.
    iso
        Whether exporters and importers have to be ISO 3166-1 alpha-3 codes.
    also
        Words that may have been meant where a column is not there.

    Raises
    ------
    OpenCorridorError
        With every problem: file, row, column, value, what was expected and the mend.
    """
    path = Path(path)
    label = path.name
    if not path.is_file():
        raise_if([Problem("no_file", f"there is no file {path}", mend="look at the path")])
    names = {**ids, **numbers}
    header, rows, problems = read_rows(path, "", label)
    if header:
        problems += _absent(names, header, label, also)
    raise_if(problems)
    if not rows:
        raise_if([Problem("no_rows", "the file holds no row below its header", file=label)])
    schema = _schema(ids, numbers, key, {"trade": 0.0} if least is None else least, allow_missing)
    taken = [header.index(name) for name in schema.names]
    cells = [[row[i] for i in taken] for row in rows]
    if allow_missing:
        _blank_missing(cells, schema)
    table, problems = parse_table(schema, list(schema.names), [(label, cells)])
    columns = {role: table[name] for role, name in names.items()} if len(table) else {}
    found = FlowTable(label, names, columns, tuple(p for p in problems if p.severity != "error"))
    if iso and columns:
        problems += _unknown_codes(found)
    raise_if(problems)
    return found


def _absent(
    names: Mapping[str, str], header: Sequence[str], label: str, also: Sequence[str]
) -> list[Problem]:
    """Return the columns asked for that the file lacks or holds twice."""
    problems = []
    for role, name in names.items():
        if header.count(name) == 1:
            continue
        twice = name in header
        message = f"column {name} stands twice" if twice else f"there is no column {name}"
        near = suggest(name, [*header, *also]) or f"the file has {', '.join(header[:12])}"
        mend = "rename one of them" if twice else f"choose the column of the {role}; {near}"
        code = "duplicate_column" if twice else "missing_column"
        problems.append(Problem(code, message, "", label, 1, name, mend=mend))
    return problems


def _schema(
    ids: Mapping[str, str],
    numbers: Mapping[str, str],
    key: Sequence[str],
    least: Mapping[str, float],
    allow_missing: bool,
) -> TableSchema:
    columns: dict[str, Column] = {}
    for role, name in ids.items():
        columns[name] = Column(name, "id", required=True, key=role in key)
    for role, name in numbers.items():
        if name in columns and columns[name].type == "id":
            text = f"column {name} cannot be both a name and the number {role}"
            raise_if([Problem("column_twice", text, column=name, mend="copy the column")])
        columns[name] = Column(name, "number", required=not allow_missing, min=least.get(role))
    return TableSchema("", tuple(columns.values()))


def _blank_missing(cells: list[list[str]], schema: TableSchema) -> None:
    for k, column in enumerate(schema.columns):
        if column.numeric:
            for row in cells:
                if row[k].strip() in MISSING_WORDS:
                    row[k] = ""


def _unknown_codes(table: FlowTable) -> list[Problem]:
    """Return each code that ISO 3166-1 does not know, once a column."""
    codes = iso_codes()
    current = [code for code, instead in codes.items() if not instead]
    problems = []
    for role in ("exporter", "importer"):
        values, first = np.unique(table[role].astype(str), return_index=True)
        for code, row in sorted(zip(values, first, strict=True), key=lambda pair: int(pair[1])):
            if codes.get(code) == "":
                continue
            instead = codes.get(code)
            message = f"{code} is not in use" if instead else f"{code} is no such code"
            mend = f"write {instead}" if instead else suggest(code, current)
            expected = "an ISO 3166-1 alpha-3 code"
            problems.append(
                table.problem("unknown_iso_code", message, int(row), role,
                              expected=expected, mend=mend)
            )  # fmt: skip
    return problems
