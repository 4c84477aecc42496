"""Cells of a card: a number with its band, unit and source, and where it stands."""

from __future__ import annotations

from typing import Any

import numpy as np

from opencorridor.costs.rates import Key, RateBook
from opencorridor.study import Study, Table

__all__ = ["handling", "sourced", "speed_of"]

Row = dict[str, Any]


def sourced(table: Table, row: int, column: str) -> Row:
    """Return a cell with its band, unit and source, and where it stands (rows from 0)."""
    schema = table.schema.column(column)

    def number(name: str) -> float | None:
        value = float(table[name][row]) if name else np.nan
        return value if np.isfinite(value) else None

    return {
        "value": number(column),
        "low": number(schema.low),
        "high": number(schema.high),
        "unit": schema.unit,
        "status": str(table["status"][row]) or None,
        "source_id": str(table["source"][row]),
        "table": table.name,
        "row": row,
        "column": column,
    }


def handling(study: Study, terminal: str) -> list[Row]:
    """Return hours and fees of a terminal, from one mode to the other, by cargo."""
    table, node = study["transshipment"], study["node"]
    mode = dict(zip(node["node_id"].tolist(), node["mode"].tolist(), strict=True))
    return [
        {
            "transshipment_id": str(table["transshipment_id"][row]),
            "from_mode": str(mode.get(table["from_node_id"][row], "")),
            "to_mode": str(mode.get(table["to_node_id"][row], "")),
            "cargo": str(table["cargo"][row]),
            "method": str(table["method"][row]),
            "state": str(table["state"][row]),
            "time_h": sourced(table, row, "time_h"),
            "cost_usd_per_t": sourced(table, row, "cost_usd_per_t"),
            "charge_usd_per_unit": sourced(table, row, "charge_usd_per_unit"),
            "charge_unit": str(table["charge_unit"][row]) or None,
        }
        for row in np.flatnonzero(table["terminal_id"] == terminal).tolist()
    ]


def speed_of(study: Study, row: int) -> Row | None:
    """Return a link's own speed; where it has none, that of its mode and country in containers."""
    link = study["link"]
    if np.isfinite(link["speed_km_per_h"][row]):
        return sourced(link, row, "speed_km_per_h")
    cells = {c: str(link[c][row]) for c in ("mode", "country_id", "area", "carries")}
    book = RateBook(study["speed"], study.settings.baseline_date)
    found = book.find(
        Key(cells["mode"], cells["country_id"], cells["area"], "", cells["carries"], "container")
    )
    return None if found < 0 else sourced(study["speed"], found, "speed_km_per_h")
