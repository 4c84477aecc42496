"""The card of a crossing, terminal or link: what the study and the last run say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from opencorridor.operations.workbench.card_cells import handling, sourced, speed_of
from opencorridor.operations.workbench.measure_list import touched
from opencorridor.operations.workbench.places import capacity_name, names_of
from opencorridor.operations.workbench.results import Stored
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Problem, Study, Table
from opencorridor.study.edits import matching_rows
from opencorridor.study.errors import suggest

__all__ = ["KINDS", "place_card", "sourced"]

Row = dict[str, Any]
KINDS = {"border_crossing": "border_crossing_id", "terminal": "terminal_id", "link": "link_id"}
# Tables whose rows belong to a place by a column of ids.
_OWN_ROWS = {
    "border_dwell": "border_crossing_id",
    "border_crossing": "border_crossing_id",
    "terminal": "terminal_id",
    "transshipment": "terminal_id",
    "capacity": "place_ids",
    "restriction": "place_ids",
    "link": "border_crossing_id",
}


def _of_place(table: Table, column: str, place: str) -> list[int]:
    """Return the rows whose cell is a place, or names it among several."""
    cells = table[column]
    if table.schema.column(column).type != "ids":
        return np.flatnonzero(cells == place).tolist()
    return [row for row, cell in enumerate(cells.tolist()) if place in cell.split(";")]


def _dwell(study: Study, place: str) -> list[Row]:
    table = study["border_dwell"]
    return [
        {
            "from_country": str(table["from_country"][row]),
            "to_country": str(table["to_country"][row]),
            "cargo": str(table["cargo"][row]),
            "mean_h": sourced(table, row, "mean_h"),
            "p95_h": sourced(table, row, "p95_h"),
            "cost_usd_per_t": sourced(table, row, "cost_usd_per_t"),
        }
        for row in _of_place(table, "border_crossing_id", place)
    ]


def _capacity(study: Study, kind: str, place: str, run: Stored | None) -> list[Row]:
    """Capacities of a place with their load, use and wait in the last run."""
    found = run.tables.get("bottleneck", []) if run else []
    loads = {str(row["capacity_id"]): row for row in found}
    table = study["capacity"]
    out = []
    for row in _of_place(table, "place_ids", place):
        if table["place_kind"][row] != kind:
            continue
        capacity_id = str(table["capacity_id"][row])
        ran = loads.get(capacity_id, {})
        out.append(
            {
                "capacity_id": capacity_id,
                "name": capacity_name(study, table, row),
                "capacity_t_per_year": sourced(table, row, "capacity_t_per_year"),
                **{
                    name: ran.get(name)
                    for name in ("load_t_per_year", "plan_load_t_per_year", "use_share", "wait_h",
                                 "own_t_per_year")
                },
            }
        )  # fmt: skip
    return out


def _restrictions(study: Study, kind: str, place: str) -> list[Row]:
    table = study["restriction"]
    return [
        {
            "restriction_id": str(table["restriction_id"][row]),
            "reason": str(table["reason"][row]),
            "allowed_share": float(table["allowed_share"][row]),
            "valid_from": str(table["valid_from"][row]),
            "valid_to": str(table["valid_to"][row]),
            "class_ids": [c for c in str(table["class_ids"][row]).split(";") if c],
            "source_id": str(table["source"][row]),
        }
        for row in _of_place(table, "place_ids", place)
        if table["place_kind"][row] == kind
    ]


@dataclass(frozen=True)
class _Reach:
    """What a measure changes: ids that it names, and rows of tables that belong to places."""

    named: frozenset[str]
    rows: dict[str, frozenset[int]]


def _reach(study: Study, measure: str) -> _Reach:
    table = study["measure_edit"]
    rows: dict[str, set[int]] = {}
    for row in np.flatnonzero(table["measure_id"] == measure):
        name = str(table["table"][row])
        if name in _OWN_ROWS and table["op"][row] != "insert":
            try:
                hit = np.flatnonzero(matching_rows(study[name], str(table["key"][row])))
            except (KeyError, ValueError):
                continue  # a row that another edit of the measure brings
            rows.setdefault(name, set()).update(hit.tolist())
    return _Reach(
        frozenset(touched(study, measure)), {name: frozenset(r) for name, r in rows.items()}
    )


def _reaches(session: Session) -> dict[str, _Reach]:
    """Return what each measure changes; found once."""
    study = session.study

    def make() -> dict[str, _Reach]:
        return {m: _reach(study, m) for m in map(str, study["measure"]["measure_id"])}

    found: dict[str, _Reach] = session.kept("reach", 1).get("", make)
    return found


def _measures(session: Session, place: str) -> list[Row]:
    """Measures whose edits name the place or change any row of it."""
    study, reach = session.study, _reaches(session)
    rows = {name: set(_of_place(study[name], key, place)) for name, key in _OWN_ROWS.items()}
    table = study["measure"]
    return [
        {"measure_id": measure, "title": str(table["title"][n]), "role": str(table["role"][n])}
        for n, measure in enumerate(map(str, table["measure_id"]))
        if place in reach[measure].named
        or any(not rows[name].isdisjoint(hit) for name, hit in reach[measure].rows.items())
    ]


def _modes_of_terminal(study: Study, rows: Sequence[int]) -> list[str]:
    node, over = study["node"], study["transshipment"]
    ends = {str(over[c][row]) for row in rows for c in ("from_node_id", "to_node_id")}
    mode = dict(zip(node["node_id"].tolist(), node["mode"].tolist(), strict=True))
    return sorted({str(mode[n]) for n in ends if n in mode})


def _gauges_of_terminal(study: Study, rows: Sequence[int]) -> list[int]:
    """Gauges of the tracks that meet at the nodes of a terminal."""
    over, link = study["transshipment"], study["link"]
    ends = [str(over[c][row]) for row in rows for c in ("from_node_id", "to_node_id")]
    at = np.isin(link["from_node_id"].astype(str), ends)
    at |= np.isin(link["to_node_id"].astype(str), ends)
    found = link["gauge_mm"][at]
    return sorted({int(g) for g in found[np.isfinite(found)]})


def _shape(study: Study, kind: str, row: int, place: str) -> Row:
    """Return state, countries, modes and gauges: on both sides of a crossing, or at a terminal."""
    table = study[kind]
    if kind == "link":
        gauge, country = float(table["gauge_mm"][row]), str(table["country_id"][row])
        return {
            "state": str(table["state"][row]),
            "countries": [country] if country else [],
            "modes": [str(table["mode"][row])],
            "gauges_mm": [int(gauge)] if np.isfinite(gauge) else [],
        }
    if kind == "border_crossing":
        sides = (table["gauge_a_mm"][row], table["gauge_b_mm"][row])
        return {
            "state": str(table["state"][row]),
            "countries": [str(table["country_a"][row]), str(table["country_b"][row])],
            "modes": [str(table["mode"][row])],
            "gauges_mm": [int(g) for g in sides if np.isfinite(g)],
        }
    over = _of_place(study["transshipment"], "terminal_id", place)
    states = {str(study["transshipment"]["state"][r]) for r in over} or {"open"}
    return {
        "state": "open" if "open" in states else sorted(states)[-1],
        "countries": [str(table["country_id"][row])],
        "modes": _modes_of_terminal(study, over),
        "gauges_mm": _gauges_of_terminal(study, over),
    }


def _loads(study: Study, kind: str, place: str, run: Stored | None) -> tuple[float | None, ...]:
    """Return tonnes a year in the last run, baseline and plan: over the links of a crossing.

    Of a terminal the largest load of its capacities: those for one kind of goods are part of it.
    """
    if run is None:
        return None, None
    if kind in ("border_crossing", "link"):
        link = study["link"]
        mine = (link["border_crossing_id"] == place) & (link["border_charge"] != "0")
        ids = {place} if kind == "link" else set(link["link_id"][mine].tolist())
        rows = [row for row in run.tables.get("load", []) if row["link_id"] in ids]
        return (sum(float(r["t_per_year"]) for r in rows),
                sum(float(r["plan_t_per_year"]) for r in rows))  # fmt: skip
    capacity = _capacity(study, kind, place, run)
    known = [c for c in capacity if c["load_t_per_year"] is not None]
    if not known:
        return None, None
    return (max(float(c["load_t_per_year"]) for c in known),
            max(float(c["plan_load_t_per_year"]) for c in known))  # fmt: skip


def _row_of(study: Study, kind: str, place: str) -> int:
    if kind not in KINDS:
        raise OpenCorridorError(
            [Problem("unknown_kind", f"there are no cards of {kind!r}", value=kind,
                     expected=", ".join(KINDS), mend=suggest(kind, KINDS))]
        )  # fmt: skip
    ids = study[kind][KINDS[kind]]
    found = np.flatnonzero(ids == place)
    if not found.size:
        word = kind.replace("_", " ")
        raise OpenCorridorError(
            [Problem("unknown_place", f"there is no {word} {place!r}", table=kind,
                     column=KINDS[kind], value=place, mend=suggest(place, ids.tolist()))]
        )  # fmt: skip
    return int(found[0])


def _names(study: Study, kind: str, row: int) -> dict[str, str]:
    if kind != "link":
        return names_of(study[kind], row)
    name = str(study["link"]["name"][row])
    return {"en": name} if name else {}


def _extras(study: Study, kind: str, row: int, place: str) -> Row:
    """Return what only one kind of place has: dwell, handling, length and speed."""
    table = study[kind]
    return {
        "dwell": _dwell(study, place) if kind == "border_crossing" else [],
        "handling": handling(study, place) if kind == "terminal" else [],
        "length_km": sourced(table, row, "length_km") if kind == "link" else None,
        "speed_km_per_h": speed_of(study, row) if kind == "link" else None,
    }


def place_card(session: Session, kind: str, place: str) -> Row:
    """Return the card of a border crossing, terminal or link.

    Loads, use and waits are those of the last stored run; without one they are blank.

    Raises
    ------
    OpenCorridorError
        ``unknown_kind`` or ``unknown_place``.
    """
    study, run = session.study, session.last_run()
    row = _row_of(study, kind, place)
    table = study[kind]
    now, plan = _loads(study, kind, place, run)
    point = [] if kind == "link" else [float(table[c][row]) for c in ("lon", "lat")]
    known = bool(point) and bool(np.isfinite(point).all())
    capacity = _capacity(study, kind, place, run)
    notes = {str(study["capacity"]["note"][c["capacity_t_per_year"]["row"]]) for c in capacity}
    return {
        "id": place,
        "kind": kind,
        "names": _names(study, kind, row),
        "type": str(table["mode" if kind == "link" else "kind"][row]),
        **_shape(study, kind, row, place),
        "lon": point[0] if known else None,
        "lat": point[1] if known else None,
        **_extras(study, kind, row, place),
        "capacity": capacity,
        "restrictions": _restrictions(study, kind, place),
        "measures": _measures(session, place),
        "t_per_year": now,
        "plan_t_per_year": plan,
        "note": "; ".join(sorted(notes - {""})),
        "source_id": str(table["source"][row]),
        "status": str(table["status"][row]) or None,
    }
