"""Where a number comes from: a cell of the study, or a number of a run by its formula."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from opencorridor import __version__
from opencorridor.documents.texts import column_title
from opencorridor.operations.workbench import formulas, results, tables
from opencorridor.operations.workbench.cells import (
    SETTINGS_TABLE,
    Cell,
    Line,
    setting,
    sourced,
)
from opencorridor.operations.workbench.formulas import SUMMARY, Formula
from opencorridor.operations.workbench.inputs import cells_of
from opencorridor.operations.workbench.results import Stored
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.errors import suggest
from opencorridor.study.provenance import STATUSES

__all__ = ["of_result", "of_study", "of_summary"]

_MOST_SOURCES = 12
_HOW = {
    "observed": "Read from the source.",
    "derived": "Computed by the study from what the source says.",
    "assumed": "Assumed by the study; the source says on what ground.",
}
# What a line of a run's table is called, by the columns that tell it.
_LABELS = {
    "trade_path": ("year",), "decomposition": ("part",), "doors": ("place",),
    "bottleneck": ("name",), "load": ("name", "link_id"), "traffic_check": ("place", "year"),
    "winners": ("name",), "sensitivity": ("assumption",), "routes": ("route", "leg"),
    "fit": ("quantity", "by", "kind"), "skim_country": ("exporter", "importer", "class"),
    "tonnes_check": ("direction", "note"), "commitments": ("commitment_id", "text"),
    "measures": ("measure_id", "title"), "sources": ("source_id", "title"),
}  # fmt: skip


def _unknown(what: str, table: str, value: str, known: Iterable[str] = ()) -> OpenCorridorError:
    return OpenCorridorError(
        [
            Problem(
                f"unknown_{what}",
                f"{table} has no such {what}",
                table=table,
                column=what,
                value=value[:60],
                mend=suggest(value[:60], known),
            )
        ]
    )


def _value(cell: Any) -> float | str | None:
    if isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    return None if cell is None else str(cell)


def _sources(study: Study, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return the records of sources, each once; those that can be opened come first."""
    parts = [part.strip() for cell in ids for part in cell.split(";") if part.strip()]
    found = [tables.source_item(study, part) for part in dict.fromkeys(parts)]
    known = [item for item in found if item is not None]
    return sorted(known, key=lambda item: not item["url"])[:_MOST_SOURCES]


def _frame(study: Study, stored: Stored | None) -> dict[str, Any]:
    return {
        "study_hash": stored.study_hash if stored else study.hash,
        "result_id": stored.result_id if stored else None,
        "version": str(stored.summary.get("version", __version__)) if stored else __version__,
    }


# --- study --------------------------------------------------------------------------------------


def _of_setting(study: Study, row: int, column: str) -> dict[str, Any]:
    found = setting(study, row, column)
    cell = sourced(study, Cell(SETTINGS_TABLE, row, column))
    records = _sources(study, [found.source])
    return {
        "label": column_title(column.replace(".", "_")),
        **{name: cell[name] for name in ("value", "unit", "low", "high", "status")},
        "formula": _HOW[cell["status"]],
        "inputs": [cell],
        "table": SETTINGS_TABLE,
        "row": row,
        "row_label": found.label,
        "column": column,
        "description": "a setting of the study",
        "source": records[0] if records else None,
        "sources": records,
        **_frame(study, None),
    }


def of_study(study: Study, table: str, row: int, column: str) -> dict[str, Any]:
    """Return where a cell of a study's table comes from; ``row`` counts from 0.

    Raises
    ------
    OpenCorridorError
        ``unknown_table``, ``unknown_row`` or ``unknown_column``.
    """
    if table == SETTINGS_TABLE:
        return _of_setting(study, row, column)
    found = tables.table_named(study, table)
    if column not in found.columns:
        raise _unknown("column", table, column, found.columns)
    if not 0 <= row < found.n:
        raise _unknown("row", table, str(row))
    schema = found.schema.column(column)
    cell = sourced(study, Cell(table, row, column))
    records = _sources(study, [cell["source_id"]] if table != "source" else [])
    if table == "source":
        records = _sources(study, [str(found["source_id"][row])])
    keys = [_value(found[name].tolist()[row]) for name in found.schema.key]
    return {
        "label": column_title(column),
        "value": cell["value"] if schema.numeric else str(found[column][row]),
        "unit": cell["unit"],
        "low": cell["low"],
        "high": cell["high"],
        "status": cell["status"],
        "formula": _HOW.get(cell["status"] or "", ""),
        "inputs": [cell] if cell["value"] is not None else [],
        "table": table,
        "row": row,
        "row_label": ", ".join(_short(k) for k in keys if k not in (None, "")),
        "column": column,
        "description": schema.description,
        "source": records[0] if records else None,
        "sources": records,
        **_frame(study, None),
    }


def _short(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# --- runs ---------------------------------------------------------------------------------------


def _path_line(stored: Stored, place: str) -> dict[str, Any]:
    """Return the first or the last line of the path of trade."""
    path = stored.tables.get("trade_path", [])
    return path[0 if place == "start" else -1] if path else {}


def _look(stored: Stored, line: Line, name: str) -> list[float] | None:
    """Return the numbers behind a name of the catalogue's arithmetic."""
    scope, _, key = name.rpartition(".")
    found: Any
    if scope == "cells":
        values = [sourced(line.study, cell)["value"] for cell in cells_of(line, [key])]
        return None if None in values else values
    if scope in ("start", "end"):
        found = _path_line(stored, scope).get(key)
    elif scope == "part":
        parts = {r["part"]: r for r in stored.tables.get("decomposition", [])}
        found = parts.get(key, {}).get("usd_current_target_year")
    else:
        found = (stored.summary if scope == SUMMARY else line.row).get(key)
    return [float(found)] if isinstance(found, int | float) else None


def _told(stored: Stored, line: Line, formula: Formula, value: Any, same_study: bool) -> str:
    """Return the formula in words, and with its numbers where they give the value."""
    if "cells." in formula.expression and not same_study:
        return formula.words
    shown = formulas.printed(formula.expression, lambda name: _look(stored, line, name))
    if shown is None or not isinstance(value, float):
        return formula.words
    if not math.isclose(shown.value, value, rel_tol=1e-6, abs_tol=1e-3):
        return formula.words
    result = formulas.number_text(value)
    # A number that only repeats itself is no arithmetic.
    return formula.words if shown.text == result else f"{formula.words}: {shown.text} = {result}"


def _band(table: str, column: str, row: dict[str, Any]) -> dict[str, float | None]:
    ends = formulas.BANDS.get((table, column), ("", ""))
    found = [_value(row.get(name)) if name else None for name in ends]
    low, high = (v if isinstance(v, float) else None for v in found)
    return {"low": low, "high": high}


def _of_number(
    study: Study, stored: Stored, table: str, column: str, line: Line, value: Any
) -> dict[str, Any]:
    """Return what tables and summary of a run share."""
    # The cells of another version of the study are not those that were computed with.
    same_study = stored.study_hash == study.hash
    number = _value(value)
    key = ".".join(part for part in column.split(".") if not part.isdigit())
    formula = formulas.formula_of(table, key, line.row)
    cells = cells_of(line, formula.inputs) if formula and same_study else []
    inputs = [sourced(study, cell) for cell in cells]
    # Blank cells explain nothing.
    inputs = [cell for cell in inputs if cell["value"] is not None]
    first = str(line.row.get("source") or line.row.get("source_id") or "")
    seen = sorted(inputs, key=lambda cell: cell["status"] != "observed")
    records = _sources(study, [first, *(cell["source_id"] for cell in seen)])
    status = str(line.row.get("status", ""))
    return {
        "label": column_title(key.rpartition(".")[2]),
        "value": number,
        "unit": formula.unit if formula else "",
        **_band(table, column, line.row),
        "status": status if status in STATUSES else "derived",
        "formula": _told(stored, line, formula, number, same_study) if formula else "",
        "inputs": inputs,
        "table": table,
        "column": column,
        "description": "",
        "source": records[0] if records else None,
        "sources": records,
        **_frame(study, stored),
    }


def of_result(study: Study, stored: Stored, table: str, row: int, column: str) -> dict[str, Any]:
    """Return where a cell of a run's table comes from; ``row`` counts from 0.

    Raises
    ------
    OpenCorridorError
        ``unknown_table``, ``unknown_row`` or ``unknown_column``.
    """
    found = results.table_named(stored, table)
    columns = results.columns_of(found)
    if column not in columns:
        raise _unknown("column", table, column, columns)
    if not 0 <= row < len(found):
        raise _unknown("row", table, str(row))
    cells = found[row]
    line = Line(study, stored.summary, cells)
    told = [_short(cells.get(name)) for name in _LABELS.get(table, columns[:1])]
    return {
        **_of_number(study, stored, table, column, line, cells.get(column)),
        "row": row,
        "row_label": ", ".join(text for text in told if text not in ("", "None")),
    }


def of_summary(study: Study, stored: Stored, key: str) -> dict[str, Any]:
    """Return where a number of a run's summary comes from; ``key`` is a path such as ``a.0.b``.

    Raises
    ------
    OpenCorridorError
        ``unknown_summary``.
    """
    value: Any = stored.summary
    row = dict(stored.summary)
    for part in key.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
            row |= value if isinstance(value, dict) else {}
        else:
            raise _unknown("summary", "the summary", key, stored.summary)
    if isinstance(value, dict | list):
        raise _unknown("summary", "the summary", key)
    line = Line(study, stored.summary, row)
    found = _of_number(study, stored, SUMMARY, key, line, value)
    if key.startswith(("target_", "sides.")) and found["inputs"]:
        found["status"] = found["inputs"][0]["status"]
    return {**found, "row": None, "row_label": str(row.get("side") or "")}
