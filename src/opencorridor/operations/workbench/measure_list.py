"""Measures of the study as one chooses them: cost, time, what they change, what they give."""

from __future__ import annotations

from typing import Any

from opencorridor.operations.workbench.effects import band_of, unpriced
from opencorridor.operations.workbench.results import Stored
from opencorridor.study import Study, Table
from opencorridor.study.edits import matching_rows

__all__ = ["measure_list", "touched"]

_PLACES = ("link_id", "link_ids", "border_crossing_id", "terminal_id", "place_ids")
# An edit of more rows than this is one of a whole table.
_MANY = 50


def _ids(cell: Any) -> list[str]:
    return [part for part in str(cell).split(";") if part]


def _number(table: Table, column: str, row: int) -> float | None:
    value = float(table[column][row])
    return value if value == value else None


def touched(study: Study, measure_id: str) -> list[str]:
    """Return what a measure changes: ids of places and links, else the tables it edits."""
    from opencorridor.scenario.measures import edited_places

    edits = study["measure_edit"]
    places = edited_places(study, [measure_id])
    names = set()
    for r in (edits["measure_id"] == measure_id).nonzero()[0]:
        name, key = str(edits["table"][r]), str(edits["key"][r])
        names.add(name)
        # A row may name its places where the key does not, such as that of a capacity.
        if edits["op"][r] != "insert":
            places |= _places_of(study[name], matching_rows(study[name], key))
    return sorted(places) or sorted(names)


def _places_of(table: Table, mask: Any) -> set[str]:
    """Return the places and links that some rows of a table name."""
    rows = mask.nonzero()[0]
    if rows.size > _MANY:
        return set()
    columns = [name for name in _PLACES if name in table.columns]
    return {part for name in columns for r in rows for part in _ids(table[name][r])}


def _promises_by_measure(study: Study) -> dict[str, list[str]]:
    """Return the commitments that each measure would carry out."""
    table = study["commitment"]
    found: dict[str, list[str]] = {}
    for commitment, measures in zip(table["commitment_id"], table["measure_ids"], strict=True):
        for measure in _ids(measures):
            found.setdefault(measure, []).append(str(commitment))
    return found


def _item(study: Study, row: int, edits: int, ran: dict[str, Any]) -> dict[str, Any]:
    table = study["measure"]
    planned = _number(table, "planned_year", row)
    measure = str(table["measure_id"][row])
    excuse = str(table["not_expressed"][row])
    return {
        "measure_id": measure,
        "row": row,
        "result_id": ran.get("result_id"),
        "result_row": ran.get("row"),
        "title": str(table["title"][row]),
        "kind": str(table["kind"][row]),
        "role": str(table["role"][row]),
        "countries": _ids(table["countries"][row]),
        "expressed": not excuse and edits > 0,
        "not_expressed": excuse,
        "edits": edits,
        **band_of(study, measure),
        "unpriced": unpriced(study, measure),
        "touches": touched(study, measure),
        "capex_usd": _number(table, "capex_usd", row),
        "capex_low_usd": _number(table, "capex_low_usd", row),
        "capex_high_usd": _number(table, "capex_high_usd", row),
        "cost_status": str(table["cost_status"][row]) or None,
        "lead_time_months": _number(table, "lead_time_months", row),
        "effect_date": str(ran.get("effect_date") or table["valid_from"][row]),
        "planned_year": None if planned is None else int(planned),
        "prerequisites": _ids(table["prerequisites"][row]),
        "excludes": _ids(table["excludes"][row]),
        "prerequisite_text": str(table["prerequisite_text"][row]),
        "alone_usd": ran.get("alone_usd_constant"),
        "rank": ran.get("rank"),
        "in_plan": bool(ran.get("in_plan")),
        "reason": str(ran.get("reason") or ""),
        "source_id": str(table["source"][row]),
        "status": str(table["status"][row]) or None,
    }


def measure_list(study: Study, ran: Stored | None) -> dict[str, Any]:
    """Return every measure; rank and what it gives alone are those of a run, where there is one."""
    table, edits = study["measure"], study["measure_edit"]["measure_id"].tolist()
    found = ran.tables.get("measures", []) if ran else []
    of_run = {"result_id": ran.result_id if ran else None}
    by_id = {row["measure_id"]: {**row, **of_run, "row": n} for n, row in enumerate(found)}
    carried = _promises_by_measure(study)
    items = []
    for row in range(table.n):
        measure = str(table["measure_id"][row])
        item = _item(study, row, edits.count(measure), by_id.get(measure, {}))
        items.append({**item, "commitment_ids": carried.get(measure, [])})
    return {"measures": items}
