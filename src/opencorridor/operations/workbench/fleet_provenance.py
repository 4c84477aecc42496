"""Where a number of the view of fleets comes from."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from opencorridor.operations.freight_empties import empties
from opencorridor.operations.freight_fleets import FleetsFound, adding, fleets
from opencorridor.operations.workbench.cells import FEW, Cell, Line, picked, same
from opencorridor.operations.workbench.grounds import frame, grounds, told, unknown
from opencorridor.operations.workbench.inputs import cells_of
from opencorridor.operations.workbench.session import Session
from opencorridor.study import Study

__all__ = ["Asked", "of_number"]

Row = Mapping[str, Any]
_WORDS = Path(__file__).with_name("fleet_words.csv")
_OF_FLEETS = ("fleets", "after", "effect")


@dataclass(frozen=True)
class Asked:
    """A number: its table, the key of its row, its column, and the units added to fleets."""

    table: str
    key: str
    column: str
    add: tuple[tuple[str, float], ...] = ()


@cache
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return title, unit, words and expression of the columns that can be asked about."""
    with _WORDS.open(encoding="utf-8", newline="") as file:
        return {row["column"]: row for row in csv.DictReader(file)}


def key_of(table: str, row: Row) -> str:
    """Return the key by which a row of a table is asked for."""
    parts = {
        "fleets": ("fleet_id",), "after": ("fleet_id",), "effect": (), "units": ("unit",),
        "balance": ("unit", "country_id"), "returns": ("unit", "from_country", "to_country"),
        "crossings": ("unit", "border_crossing_id", "from_country"),
    }[table]  # fmt: skip
    return ":".join(str(row[p]) for p in parts)


def _rows(session: Session, asked: Asked) -> list[Row]:
    if asked.table not in _OF_FLEETS:
        found = empties(session).as_dict()
        return list(found[asked.table])
    state: FleetsFound = adding(session, dict(asked.add)) if asked.add else fleets(session)
    if asked.table == "effect":
        return [state.effect] if state.effect else []
    return list((state.after or ()) if asked.table == "after" else state.fleets)


def _cells(study: Study, asked: Asked) -> list[Cell]:
    """Return the cells that a number rests on."""
    table = study["fleet"]
    if asked.table in _OF_FLEETS:
        ids = [asked.key] if asked.key else [f for f, _ in asked.add]
        out: list[Cell] = []
        for column in ("count", "payload_t", "reserve_share", "elsewhere_share", "carried_share",
                       "terminal_days", "empty_return_share"):  # fmt: skip
            for fleet in ids:
                out += picked(table, same(table, fleet_id=fleet), column, FEW)
    else:
        goods = study["commodity"]
        every = goods["class_id"] != ""
        unit = asked.key.partition(":")[0]
        column = (
            "payload_t_per_wagon" if "wagon" in unit
            else "payload_t_per_truck" if "truck" in unit
            else "payload_t_per_teu" if unit == "container_20" else "payload_t_per_feu"
        )  # fmt: skip
        out = picked(goods, every, column, FEW)
    line = Line(study, {"closed": [], "measures": [], "edits": []}, {})
    return [*out, *cells_of(line, ("pair_flows", "pair_series"))]


def of_number(session: Session, asked: Asked) -> dict[str, Any]:
    """Return where a number of the view of fleets comes from.

    Raises
    ------
    OpenCorridorError
        ``unknown_row`` or ``unknown_column``.
    """
    rows = _rows(session, asked)
    keys = [key_of(asked.table, row) for row in rows]
    if asked.key not in keys:
        raise unknown("row", asked.key, keys)
    number = keys.index(asked.key)
    row = rows[number]
    if row.get(asked.column) is None:
        raise unknown("column", asked.column, [c for c in row if c in _catalogue()])
    words, value = _catalogue()[asked.column], float(row[asked.column])
    numbers = {k: float(v) for k, v in row.items() if isinstance(v, int | float)}
    study = session.study
    added = ", ".join(f"{n:+g} {f}" for f, n in asked.add)
    return {
        "label": words["title"],
        "value": value,
        "unit": words["unit"],
        "low": None,
        "high": None,
        "status": "derived",
        "formula": told(words["words"], words["expression"], numbers, value),
        **grounds(study, _cells(study, asked)),
        "table": f"freight_{asked.table}",
        "row": number,
        "row_label": asked.key or added,
        "column": asked.column,
        "description": added,
        **frame(study, None),
    }
