"""A study that knows new links beforehand, so that the states without and with them share a graph.

What a change adds to the network is put into the study as planned: closed to traffic, but there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from opencorridor.operations.workbench.edits import GRAPH_TABLES, NOT_GRAPH
from opencorridor.study import OpenCorridorError, Problem, Study, Table

__all__ = ["grown", "lifted"]

# Tables whose new rows do nothing before something is opened.
_MAY_GROW = ("node", "terminal", "link", "transshipment", "border_crossing")


def _fixed(table: Table) -> list[str]:
    free = NOT_GRAPH.get(table.name, ())
    return [c for c in table.columns if c not in free]


def _equal(one: Any, two: Any) -> bool:
    if one is two:
        return True
    return bool(np.array_equal(one, two, equal_nan=one.dtype.kind == "f"))


def _with_planned(table: Table, changed: Table) -> Table:
    """Return the table with the further rows of the changed one, as planned."""
    new = changed.where(np.arange(changed.n) >= table.n)
    if "state" in new.columns:
        new = new.with_column("state", np.full(new.n, "planned", dtype=object))
    return table.concat(new)


def _own_capacities(study: Study, changed: Study) -> Table | None:
    """Return the capacities with those of links that the study does not have; None without such.

    The study's other capacities stay as they are: what a change does to them is no new place.
    """
    one, two = study["capacity"], changed["capacity"]
    known, links = set(one["capacity_id"].tolist()), set(study["link"]["link_id"].tolist())
    cells = zip(*(two[c].tolist() for c in ("capacity_id", "place_kind", "place_ids")), strict=True)
    new = [
        name not in known and kind == "link" and links.isdisjoint(ids.split(";"))
        for name, kind, ids in cells
    ]
    if not any(new):
        return None
    rows = two.where(np.array(new, dtype=bool))
    # The same network for every capacity: nothing passes a planned link, so any number will do.
    return one.concat(rows.with_column("capacity_t_per_year", np.zeros(rows.n)))


def grown(study: Study, changed: Study) -> Study:
    """Study with the rows that a change adds to the network, as planned; else the study itself.

    Raises
    ------
    OpenCorridorError
        Code ``adds_links`` where the change takes rows away, moves them, or adds countries, zones
        or their ways to the network: such a network cannot be compared with the study's.
    """
    tables: dict[str, Table] = {}
    odd = []
    for name in GRAPH_TABLES:
        one, two = study[name], changed[name]
        if one is two or (one.n == two.n and all(one[c] is two[c] for c in _fixed(one))):
            continue
        same = two.n >= one.n and all(_equal(one[c], two[c][: one.n]) for c in _fixed(one))
        if not same or (two.n > one.n and name not in _MAY_GROW):
            odd.append(name)
        elif two.n > one.n:
            tables[name] = _with_planned(one, two)
    if odd:
        raise OpenCorridorError(
            [
                Problem("adds_links", f"a measure changes the network itself: {', '.join(odd)}",
                        mend="put the new rows into the study with state planned, and let the "
                        "measure open them")
            ]
        )  # fmt: skip
    capacity = _own_capacities(study, changed) if "link" in tables else None
    if capacity is not None:
        tables["capacity"] = capacity
    return study.replace(tables=tables) if tables else study


def lifted(study: Study, base: Study, changed: Study) -> Study:
    """Return a change of a study as one of the grown study ``base``: same rows, same network."""
    if base is study:
        return changed
    tables: dict[str, Table] = {}
    for name, table in changed.tables.items():
        if table is study[name]:
            continue
        if name not in GRAPH_TABLES:
            tables[name] = table
            continue
        own = base[name]
        free = NOT_GRAPH.get(name, ())
        values = {c: np.concatenate([table[c], own[c][table.n :]]) for c in free}
        tables[name] = own.with_columns(values)
    return base.replace(tables=tables) if tables else base
