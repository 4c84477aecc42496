"""The schema of the study format: one CSV per table under ``schema/``.

The schema is data. Validation, the reference page, ``datapackage.json`` and the empty study of
``study new`` are all made from it.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["FORMAT_VERSION", "Column", "TableSchema", "load_schema", "schema_mark"]

FORMAT_VERSION = 1
TYPES = ("id", "text", "number", "integer", "flag", "date", "enum", "ids")
_FOLDER = Path(__file__).parent / "schema"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    ``type`` is one of id, text, number, integer, flag, date, enum, ids (several ids joined by
    ``;``). ``references`` is ``table.column``. ``low`` and ``high`` name the columns of the band.
    """

    name: str
    type: str
    unit: str = ""
    required: bool = False
    default: str = ""
    key: bool = False
    references: str = ""
    low: str = ""
    high: str = ""
    min: float | None = None
    max: float | None = None
    values: tuple[str, ...] = ()
    description: str = ""

    @property
    def numeric(self) -> bool:
        """True for columns kept as float64."""
        return self.type in ("number", "integer")


@dataclass(frozen=True, slots=True)
class TableSchema:
    """The columns of one table, in order."""

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that together identify a row."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def bands(self) -> list[tuple[str, str, str]]:
        """Every uncertain column as (column, low column, high column)."""
        return [(c.name, c.low, c.high) for c in self.columns if c.low and c.high]

    def column(self, name: str) -> Column:
        """Return one column; ``KeyError`` when the table has none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}")


def _number(text: str) -> float | None:
    return float(text) if text else None


def _column(row: dict[str, str]) -> Column:
    if row["type"] not in TYPES:
        raise ValueError(f"schema column {row['column']}: unknown type {row['type']!r}")
    return Column(
        name=row["column"],
        type=row["type"],
        unit=row["unit"],
        required=row["required"] == "1",
        default=row["default"],
        key=row["key"] == "1",
        references=row["references"],
        low=row["low"],
        high=row["high"],
        min=_number(row["min"]),
        max=_number(row["max"]),
        values=tuple(v for v in row["values"].split(";") if v),
        description=row["description"],
    )


@lru_cache(maxsize=1)
def load_schema() -> dict[str, TableSchema]:
    """Return the schema of every table, by name, in alphabetical order.

    The result is shared: treat it as read-only.
    """
    tables: dict[str, TableSchema] = {}
    for path in sorted(_FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        tables[path.stem] = TableSchema(path.stem, tuple(_column(row) for row in rows))
    return tables


@lru_cache(maxsize=1)
def schema_mark() -> str:
    """Return a hash of the schema: what was read under another schema is read again."""
    return hashlib.sha256(repr(load_schema()).encode()).hexdigest()
