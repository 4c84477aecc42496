"""Where numbers of the map's legend come from: what its layers hold, by mode or by hours."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from opencorridor.operations.workbench import counts, provenance
from opencorridor.operations.workbench.layers import layer
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Problem

__all__ = ["KINDS", "of_layer", "of_stay"]

Properties = Mapping[str, Any]
KINDS: dict[str, tuple[str, str, str, str]] = {
    "network": ("link", "link_id", "link_id", "Links with a length that have a point on the map"),
    "flows": ("load", "link_id", "link_id", "Links on the map that carry goods in the last run"),
    "crossings": (
        "border_crossing",
        "id",
        "border_crossing_id",
        "Border crossings on the map; one without a place of its own counts at each of its links",
    ),
    "zones": ("zone", "id", "zone_id", "Zones on the map"),
    "ports": ("terminal", "id", "terminal_id", "Ports on the map"),
}
"""Of each layer: the table behind it, the property and the column that name an item, and words."""


def _properties(session: Session, name: str) -> list[Properties]:
    collection = json.loads(layer(session, name).plain)
    return [feature["properties"] for feature in collection["features"]]


def _fits(item: Properties, value: str, at_least: float | None, below: float | None) -> bool:
    if value:
        return bool(item.get("mode") == value)
    hours = item.get("mean_h")
    if hours is None:
        return False
    return (at_least is None or hours >= at_least) and (below is None or hours < below)


def _condition(mode: str, at_least: float | None, below: float | None, missing: bool) -> str:
    if mode:
        return f" by {mode.replace('_', ' ')}"
    if missing:
        return " without hours in the study"
    ends = [
        *([f"at least {at_least:g} h"] if at_least is not None else []),
        *([f"below {below:g} h"] if below is not None else []),
    ]
    return f" with a mean stay of {' and '.join(ends)}" if ends else ""


def of_layer(
    session: Session,
    name: str,
    mode: str = "",
    at_least: float | None = None,
    below: float | None = None,
    missing: bool = False,
) -> dict[str, Any]:
    """Return where the number of items of a layer comes from.

    Parameters
    ----------
    name
        A layer of :data:`KINDS`.
    mode
        Of the network: only links of this mode.
    at_least, below
        Of the crossings: only those whose mean stay, in hours, lies between.
    missing
        Of the crossings: only those without hours.
    """
    table, key, column, words = KINDS[name]
    items = _properties(session, name)
    narrowed = bool(mode) or at_least is not None or below is not None
    if missing:
        items = [item for item in items if item.get("mean_h") is None]
    elif narrowed:
        items = [item for item in items if _fits(item, mode, at_least, below)]
    stored = session.last_run() if table == "load" else None
    if narrowed or missing:
        column = "mode" if mode else "mean_h"
    return counts.answer(
        session.study,
        stored,
        label="Number of items on the map",
        value=float(len(items)),
        unit="items",
        formula=words + _condition(mode, at_least, below, missing),
        table=table,
        row_label=counts.named([str(item[key]) for item in items]),
        column=column,
    )


def of_stay(session: Session, crossing: str) -> dict[str, Any]:
    """Return where the mean stay of a crossing on the map comes from: its longer direction.

    Raises
    ------
    OpenCorridorError
        ``unknown_crossing`` where the study has no hours for it.
    """
    table = session.study["border_dwell"]
    cells = zip(table["border_crossing_id"].tolist(), table["mean_h"].tolist(), strict=True)
    rows = [(hours, -row) for row, (of, hours) in enumerate(cells) if of == crossing]
    if not rows:
        problem = Problem(
            "unknown_crossing", "the study has no hours for this crossing", value=crossing[:60]
        )
        raise OpenCorridorError([problem])
    longest, at = max(rows)
    found = provenance.of_study(session.study, "border_dwell", -at, "mean_h")
    assert math.isclose(longest, found["value"])
    return {**found, "description": "The longer of both directions"}
