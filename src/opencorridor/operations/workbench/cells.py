"""Cells of a study by table, row and column, and how they are picked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.study import OpenCorridorError, Problem, Study, Table
from opencorridor.study.errors import suggest

__all__ = [
    "FEW",
    "MOST",
    "SETTINGS_TABLE",
    "Cell",
    "Line",
    "Mask",
    "Setting",
    "lists",
    "observed",
    "picked",
    "same",
    "setting",
    "settings_cells",
    "sourced",
]  # fmt: skip

SETTINGS_TABLE = "study.toml"
MOST = 40
FEW = 12
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a study's table; ``row`` counts from 0. Settings count as a table of their own."""

    table: str
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A number of ``study.toml`` with its source and year, where it names them."""

    row: int
    value: float
    unit: str
    source: str = ""
    year: int | None = None
    label: str = ""


@dataclass(frozen=True, eq=False)
class Line:
    """A line of a run's table (or its summary), with the study it was computed from."""

    study: Study
    summary: dict[str, Any]
    row: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a cell of the line as text."""
        value = self.row.get(name)
        return "" if value is None else str(value)

    @property
    def year(self) -> int:
        """Year of the line; the target year where it has none."""
        target = self.study.settings.target
        fallback = target.year if target else self.study.settings.baseline_year
        return int(self.row.get("year") or fallback)


# --- picking ------------------------------------------------------------------------------------


def picked(table: Table, mask: Mask | Iterable[int], column: str, most: int = MOST) -> list[Cell]:
    """Return the cells of a column in some rows, the first ones."""
    rows = np.flatnonzero(mask) if isinstance(mask, np.ndarray) else list(mask)
    return [Cell(table.name, int(r), column) for r in rows[:most]]


def same(table: Table, **wanted: Any) -> Mask:
    """Return the rows whose cells equal what is wanted."""
    mask = np.ones(table.n, dtype=bool)
    for name, value in wanted.items():
        # NumPy warns where a number is compared with nothing.
        mask &= np.asarray(table[name] == value, dtype=bool) if value is not None else False
    return mask


def lists(table: Table, column: str, ids: Iterable[str]) -> Mask:
    """Return the rows whose list of ids holds one of some."""
    wanted = set(ids)
    cells = table[column].tolist()
    return np.array([not wanted.isdisjoint(str(c).split(";")) for c in cells], dtype=bool)


@lru_cache(maxsize=4)
def _linked(study: Study) -> frozenset[str]:
    """Ids of the sources that have an address."""
    table = study["source"]
    return frozenset(table["source_id"][table["url"] != ""].tolist())


def observed(study: Study, table: Table) -> Mask:
    """Return the rows that are observed in a source with an address."""
    if "status" not in table.columns:
        return np.zeros(table.n, dtype=bool)
    linked = _linked(study)
    known = np.array([s in linked for s in table["source"].tolist()], dtype=bool)
    seen: Mask = known & np.asarray(table["status"] == "observed", dtype=bool)
    return seen


# --- settings -----------------------------------------------------------------------------------


def settings_cells(study: Study, name: str) -> list[Setting]:
    """Return the numbers of a setting such as ``target.sides.usd``, in their order."""
    target = study.settings.target
    sides = target.sides if target else ()
    if name == "target.sides.usd":
        return [
            Setting(n, s.usd, "US$", s.source, s.year, f"{s.side}, {s.stage}".strip(", "))
            for n, s in enumerate(sides)
        ]
    if name == "run.observed.usd":
        rows = study.settings.run.get("observed", ())
        return [
            Setting(n, float(r["usd"]), "US$", str(r.get("source", "")), int(r["year"]),
                    str(r["year"]))
            for n, r in enumerate(rows)
        ]  # fmt: skip
    if target and name == "target.usd":
        # The target's source is that of the side that named the same sum.
        source = next((s.source for s in sides if s.usd == target.usd and s.source), "")
        return [Setting(0, target.usd, "US$", source, target.year)]
    if target and name == "target.year":
        return [Setting(0, float(target.year), "year", "", target.year)]
    return []


def setting(study: Study, row: int, name: str) -> Setting:
    """Return one number of the settings.

    Raises
    ------
    OpenCorridorError
        ``unknown_column`` or ``unknown_row``.
    """
    known = ("target.usd", "target.year", "target.sides.usd", "run.observed.usd")
    found = settings_cells(study, name)
    if 0 <= row < len(found):
        return found[row]
    code, column = ("unknown_row", "row") if name in known else ("unknown_column", "column")
    raise OpenCorridorError(
        [
            Problem(
                code,
                "the settings have no such number",
                table=SETTINGS_TABLE,
                column=column,
                value=str(row) if name in known else name[:60],
                mend=suggest(name[:60], known),
            )
        ]
    )


# --- as an answer -------------------------------------------------------------------------------


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def sourced(study: Study, cell: Cell) -> dict[str, Any]:
    """Return a cell with its band, unit, status and source."""
    where = {"table": cell.table, "row": cell.row, "column": cell.column}
    if cell.table == SETTINGS_TABLE:
        found = setting(study, cell.row, cell.column)
        status = "observed" if found.source else "assumed"
        return {"value": found.value, "low": None, "high": None, "unit": found.unit,
                "status": status, "source_id": found.source, **where}  # fmt: skip
    table = study[cell.table]
    column = table.schema.column(cell.column)
    ends = {}
    for end, name in (("low", column.low), ("high", column.high)):
        ends[end] = _number(table[name][cell.row]) if name else None
    unit = column.unit
    if not unit and cell.column in ("value", "low", "high") and "unit" in table.columns:
        unit = str(table["unit"][cell.row])
    told = {name: str(table[name][cell.row]) if name in table.columns else ""
            for name in ("status", "source")}  # fmt: skip
    if cell.column in ("capex_usd", "capex_low_usd", "capex_high_usd"):
        # The cost of a measure has a status of its own.
        told["status"] = str(table["cost_status"][cell.row]) or told["status"]
    return {
        "value": _number(table[cell.column][cell.row]),
        **ends,
        "unit": unit,
        "status": told["status"] or None,
        "source_id": told["source"],
        **where,
    }
