"""Where a number of a closure comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from opencorridor.operations.freight_closures import ClosuresRequest, closure, stored
from opencorridor.operations.workbench.cells import FEW, Cell, Line, lists, picked
from opencorridor.operations.workbench.grounds import frame, grounds, told, unknown
from opencorridor.operations.workbench.inputs import cells_of
from opencorridor.operations.workbench.session import Session
from opencorridor.study import Study

__all__ = ["Asked", "of_number"]

Row = Mapping[str, Any]


class _Words(NamedTuple):
    unit: str
    words: str
    expression: str = ""
    summed: bool = True


_OVER = "times the weeks over 52"
_ROWS: dict[str, _Words] = {
    "passed_t": _Words("t/year", "Tonnes over the place before, both directions", "", False),
    "rerouted_t": _Words(
        "t", "Tonnes of the baseline that take another way, half the sum of the changes of the "
        "shares of their ways"),
    "extra_t_h": _Words(
        "t·h", "Tonnes of the baseline that still find a way times the change of their mean "
        "hours, waits for capacity included"),
    "extra_h": _Words(
        "h", "Extra tonne-hours over re-routed tonnes", "extra_t_h / rerouted_t", False),
    "extra_usd": _Words(
        "US$", "Tonnes of the baseline that still find a way times the change of their "
        "generalised cost: money, and hours and spread at their values"),
    "held_usd": _Words(
        "US$", "The extra cost if no wait changed. What it and the extra cost differ by is what "
        "longer and shorter queues add"),
    "stranded_t": _Words(
        "t", "Tonnes without any way left, and tonnes that no wait can carry",
        "no_way_t + stuck_t"),
    "lost_usd": _Words(
        "US$", "Fall of the trade between all countries, constant US$; with fixed trade the value "
        "of the goods that do not arrive"),
    "lost_pair_usd": _Words(
        "US$", "Fall of the trade of the pair, constant US$; with fixed trade the value of its "
        "goods that do not arrive"),
    "damage_usd": _Words(
        "US$", "Extra generalised cost of the goods that still find a way, and the trade that is "
        "lost", "extra_usd + lost_usd"),
    "bottleneck_wait_h": _Words(
        "h", "Wait at the place whose wait grows most, while the closure lasts", "", False),
    "bottleneck_rise_h": _Words(
        "h", "Wait while the closure lasts less the wait before", "", False),
    "relief_wait_h": _Words(
        "h", "Wait while the closure lasts at the open place whose goods save most hours by it",
        "", False),
    "relief_fall_h": _Words(
        "h", "Wait before less the wait while the closure lasts", "", False),
}  # fmt: skip
_PLACES: dict[str, _Words] = {
    "load_t_per_year": _Words("t/year", "Goods that use the capacity while the closure lasts"),
    "baseline_load_t_per_year": _Words(
        "t/year", "Goods that use the capacity before; goods know the ways round the closure then "
        "too"),
    "wait_h": _Words("h", "Wait at the place while the closure lasts"),
    "baseline_wait_h": _Words("h", "Wait at the place before"),
}  # fmt: skip

_TITLES = {
    "passed_t": "Passes before", "rerouted_t": "Takes another way", "extra_t_h": "Extra time",
    "extra_h": "Extra time a re-routed tonne", "extra_usd": "Extra cost",
    "held_usd": "Extra cost at unchanged waits",
    "stranded_t": "Stranded", "lost_usd": "Trade lost", "lost_pair_usd": "Trade lost of the pair",
    "damage_usd": "Damage", "bottleneck_wait_h": "Wait at the new bottleneck",
    "bottleneck_rise_h": "Longer wait at the new bottleneck",
    "relief_wait_h": "Wait at the place most relieved",
    "relief_fall_h": "Shorter wait at the place most relieved",
    "load_t_per_year": "Load while it lasts", "baseline_load_t_per_year": "Load before",
    "wait_h": "Wait while it lasts", "baseline_wait_h": "Wait before",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A number of a closure: its place and column; ``capacity`` of a place beside it.

    ``listed`` takes it from the list of all closures, which must have been computed.
    """

    place: str
    column: str
    capacity: str
    request: ClosuresRequest
    listed: bool = False


def _row(session: Session, asked: Asked) -> tuple[int | None, Row]:
    """Return the row of a closure, and where it stands in the list."""
    if not asked.listed:
        return None, closure(session, asked.place, asked.request)
    found = stored(session.study, asked.request)
    rows = found.rows if found else ()
    for number, row in enumerate(rows):
        if row["place_id"] == asked.place:
            return number, row
    raise unknown("place", asked.place, [str(row["place_id"]) for row in rows])


def _inputs(study: Study, place: str, capacity: str) -> list[Cell]:
    """Return the cells that a closure rests on: hours and capacity of the place, and the flows."""
    chosen = {"closed": [place], "measures": [], "edits": []}
    line, table = Line(study, chosen, {"capacity_id": capacity}), study["capacity"]
    own = picked(table, lists(table, "place_ids", [place]), "capacity_t_per_year", FEW)
    groups = ("capacity",) if capacity else ()
    return [*cells_of(line, (*groups, "closed_places")), *own,
            *cells_of(line, ("pair_flows", "pair_series"))]  # fmt: skip


def _said(request: ClosuresRequest, name: str) -> str:
    """Return what the closure is, in words."""
    what = "lets half through" if request.halve else "is closed"
    trade = ", trade as it is" if request.fixed_trade else ""
    return f"{name} {what} for {request.weeks:g} weeks{trade}"


def of_number(session: Session, asked: Asked) -> dict[str, Any]:
    """Return where a number of a closure comes from.

    Raises
    ------
    OpenCorridorError
        ``unknown_place``, ``unknown_capacity`` or ``unknown_column``.
    """
    number, row = _row(session, asked)
    words = (_PLACES if asked.capacity else _ROWS).get(asked.column)
    holds: Row = row
    if asked.capacity:
        number, places = None, row.get("places", [])
        mine = [p for p in places if p["capacity_id"] == asked.capacity]
        if not mine:
            known = [str(p["capacity_id"]) for p in places]
            raise unknown("capacity", asked.capacity, known)
        holds = mine[0]
    if words is None or holds[asked.column] is None:
        raise unknown("column", asked.column, list(_PLACES if asked.capacity else _ROWS))
    value = float(holds[asked.column])
    numbers = {k: float(v) for k, v in holds.items() if isinstance(v, int | float)}
    text = words.words if asked.capacity or not words.summed else f"{words.words}, {_OVER}"
    study = session.study
    return {
        "label": _TITLES[asked.column],
        "value": value,
        "unit": words.unit,
        "low": None,
        "high": None,
        "status": "derived",
        "formula": told(text, words.expression, numbers, value),
        **grounds(study, _inputs(study, asked.place, asked.capacity)),
        "table": "closure_places" if asked.capacity else "closures",
        "row": number,
        "row_label": str(holds["name"]),
        "column": asked.column,
        "description": _said(asked.request, str(row["name"])),
        **frame(study, None),
    }
