"""Where a number comes from: a cell of the study, or a number of a run by its formula."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from opencorridor.documents.texts import column_title
from opencorridor.operations.workbench import formulas, results, tables
from opencorridor.operations.workbench.cells import (
    SETTINGS_TABLE,
    Cell,
    Line,
    same,
    setting,
    sourced,
)
from opencorridor.operations.workbench.formulas import SUMMARY, Formula
from opencorridor.operations.workbench.grounds import (
    assumptions,
    frame,
    grounds,
    short,
    sources_of,
    told,
    unknown,
    value_of,
)
from opencorridor.operations.workbench.inputs import cells_of
from opencorridor.operations.workbench.results import Stored
from opencorridor.study import Study, Table
from opencorridor.study.provenance import STATUSES

__all__ = ["of_crossing", "of_plan", "of_result", "of_study", "of_summary", "row_named"]

_HOW = {
    "observed": "Read from the source.",
    "derived": "Computed by the study from what the source says.",
    "assumed": "Assumed by the study; the source says on what ground.",
}
# The column of a run's table by which its lines are named.
_IDS = {
    "bottleneck": "capacity_id", "commitments": "commitment_id", "doors": "place_id",
    "load": "link_id", "measures": "measure_id", "sources": "source_id",
}  # fmt: skip
# What a line of a run's table is called, by the columns that tell it.
_LABELS = {
    "trade_path": ("year",), "decomposition": ("part",), "doors": ("place",),
    "loop": ("measures",),
    "bottleneck": ("name",), "load": ("name", "link_id"), "traffic_check": ("place", "year"),
    "winners": ("name",), "sensitivity": ("assumption",), "routes": ("route", "leg"),
    "fit": ("quantity", "by", "kind"), "skim_country": ("exporter", "importer", "class"),
    "tonnes_check": ("direction", "note"), "commitments": ("commitment_id", "text"),
    "month": ("name", "month"), "freight_fit": ("place", "goods"),
    "measures": ("measure_id", "title"), "sources": ("source_id", "title"),
    "freight_link": ("name", "link_id"), "freight_place": ("place_id", "state"),
    "freight_mode": ("mode", "state"), "freight_country": ("country", "state"),
    "freight_pair": ("exporter", "importer", "state"), "freight_class": ("class_id", "state"),
    "freight_transit": ("country", "charge", "at", "state"),
}  # fmt: skip


# --- study --------------------------------------------------------------------------------------


def _of_setting(study: Study, row: int, column: str) -> dict[str, Any]:
    found = setting(study, row, column)
    cell = sourced(study, Cell(SETTINGS_TABLE, row, column))
    records = sources_of(study, [found.source])
    return {
        "label": column_title(column.replace(".", "_")),
        **{name: cell[name] for name in ("value", "unit", "low", "high", "status")},
        "formula": _HOW[cell["status"]],
        "inputs": [cell],
        "assumptions": assumptions(study, [cell]),
        "table": SETTINGS_TABLE,
        "row": row,
        "row_label": found.label,
        "column": column,
        "description": "a setting of the study",
        "source": records[0] if records else None,
        "sources": records,
        **frame(study, None),
    }


def _as_given(table: Table, row: int, column: str) -> str:
    """Return what a price was before it became dollars of the study; blank where it was those."""
    if "as_given" not in table.columns or not table.schema.column(column).unit.startswith("USD"):
        return ""
    given = str(table["as_given"][row])
    return f"; converted when the study was read, from {given}" if given else ""


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
        raise unknown("column", column, found.columns, table=table)
    if not 0 <= row < found.n:
        raise unknown("row", str(row), table=table)
    schema = found.schema.column(column)
    cell = sourced(study, Cell(table, row, column))
    records = sources_of(study, [cell["source_id"]] if table != "source" else [])
    if table == "source":
        records = sources_of(study, [str(found["source_id"][row])])
    keys = [value_of(found[name].tolist()[row]) for name in found.schema.key]
    return {
        "label": column_title(column),
        "value": cell["value"] if schema.numeric else str(found[column][row]),
        "unit": cell["unit"],
        "low": cell["low"],
        "high": cell["high"],
        "status": cell["status"],
        "formula": _HOW.get(cell["status"] or "", "") + _as_given(found, row, column),
        "inputs": [cell] if cell["value"] is not None else [],
        "assumptions": assumptions(study, [cell]) if cell["status"] else [],
        "table": table,
        "row": row,
        "row_label": ", ".join(short(k) for k in keys if k not in (None, "")),
        "column": column,
        "description": schema.description,
        "source": records[0] if records else None,
        "sources": records,
        **frame(study, None),
    }


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
    found = [value_of(row.get(name)) if name else None for name in ends]
    low, high = (v if isinstance(v, float) else None for v in found)
    return {"low": low, "high": high}


def _of_number(
    study: Study, stored: Stored, table: str, column: str, line: Line, value: Any
) -> dict[str, Any]:
    """Return what tables and summary of a run share."""
    # The cells of another version of the study are not those that were computed with.
    same_study = stored.study_hash == study.hash
    number = value_of(value)
    key = ".".join(part for part in column.split(".") if not part.isdigit())
    formula = formulas.formula_of(table, key, line.row)
    cells = cells_of(line, formula.inputs) if formula and same_study else []
    first = str(line.row.get("source") or line.row.get("source_id") or "")
    status = str(line.row.get("status", ""))
    return {
        "label": column_title(key.rpartition(".")[2]),
        "value": number,
        "unit": formula.unit if formula else "",
        **_band(table, column, line.row),
        "status": status if status in STATUSES else "derived",
        "formula": _told(stored, line, formula, number, same_study) if formula else "",
        **grounds(study, cells, first),
        "table": table,
        "column": column,
        "description": "",
        **frame(study, stored),
    }


def row_named(study: Study, stored: Stored | None, table: str, key: str) -> int:
    """Return the row of a table, of a run or of the study, that an id names.

    Raises
    ------
    OpenCorridorError
        ``unknown_table`` or ``unknown_row``.
    """
    if stored is None:
        found = tables.table_named(study, table)
        ids = [str(cell) for cell in found[found.schema.key[0]].tolist()]
    else:
        name = _IDS.get(table, "")
        ids = [str(row.get(name)) for row in results.table_named(stored, table)]
    if key not in ids:
        raise unknown("row", key, ids, table=table)
    return ids.index(key)


def of_plan(study: Study, plan: dict[str, Any]) -> Stored:
    """Return what a roadmap job of the study found, so that its numbers are told as a run's are."""
    names = {"path": "trade_path", "decomposition": "decomposition", "measures": "measures"}
    # Its own hash is that of the study with the target that was asked for.
    summary = {**plan["summary"], "study_hash": study.hash}
    tables_of = {table: list(plan[name]) for name, table in names.items()}
    return Stored(str(plan["result_id"]), Path(), "", summary, tables_of)


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
        raise unknown("column", column, columns, table=table)
    if not 0 <= row < len(found):
        raise unknown("row", str(row), table=table)
    cells = found[row]
    line = Line(study, stored.summary, cells)
    names = [short(cells.get(name)) for name in _LABELS.get(table, columns[:1])]
    return {
        **_of_number(study, stored, table, column, line, cells.get(column)),
        "row": row,
        "row_label": ", ".join(text for text in names if text not in ("", "None")),
    }


def of_crossing(study: Study, stored: Stored, place: str, column: str) -> dict[str, Any]:
    """Return where the load of a border crossing comes from: the lines that pay its charge.

    Raises
    ------
    OpenCorridorError
        ``unknown_row`` where no line of the run's loads crosses there; ``unknown_column``.
    """
    link, loads = study["link"], results.table_named(stored, "load")
    ids = set(link["link_id"][same(link, border_crossing_id=place)
                              & (link["border_charge"] != "0")].tolist())  # fmt: skip
    rows = [n for n, row in enumerate(loads) if row["link_id"] in ids]
    if not rows:
        raise unknown("row", place, table="load")
    parts = [of_result(study, stored, "load", n, column) for n in rows]
    numbers = {f"n{k}": float(part["value"] or 0.0) for k, part in enumerate(parts)}
    value = math.fsum(numbers.values())
    words = f"Sum over the lines of the crossing. {parts[0]['formula'].partition(': ')[0]}"
    cells = [Cell(c["table"], c["row"], c["column"]) for part in parts for c in part["inputs"]]
    return {
        **parts[0],
        **grounds(study, dict.fromkeys(cells)),
        "value": value,
        "formula": told(words, " + ".join(numbers), numbers, value),
        "row": rows[0],
        "row_label": "; ".join(part["row_label"] for part in parts),
    }


def of_summary(study: Study, stored: Stored, key: str) -> dict[str, Any]:
    """Return where a number of a run's summary comes from; ``key`` is a path such as ``a.0.b``.

    Of a list whose length the catalogue explains, such as the chosen measures, it is the length.

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
            raise unknown("summary", key, stored.summary, table="the summary")
    if isinstance(value, list) and formulas.formula_of(SUMMARY, key, row) is not None:
        value = len(value)
    if isinstance(value, dict | list):
        raise unknown("summary", key, table="the summary")
    line = Line(study, stored.summary, row)
    found = _of_number(study, stored, SUMMARY, key, line, value)
    if key.startswith(("target_", "sides.")):
        # A target that was asked for rests on nothing that the study knows.
        found["status"] = found["inputs"][0]["status"] if found["inputs"] else "assumed"
    return {**found, "row": None, "row_label": str(row.get("side") or "")}
