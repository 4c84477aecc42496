"""Where the numbers of a quotation come from that no leg holds: percentiles, motion, per unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from opencorridor.documents.texts import column_title
from opencorridor.operations.workbench import route_provenance
from opencorridor.operations.workbench.cells import Cell
from opencorridor.operations.workbench.equipment import EMPTY_PRICE, Back, back_of
from opencorridor.operations.workbench.fronts import Listed
from opencorridor.operations.workbench.graphs import plan_of
from opencorridor.operations.workbench.grounds import frame, grounds, told
from opencorridor.operations.workbench.leg_terms import Priced, of_hours, of_money, priced_leg
from opencorridor.operations.workbench.quotation import (
    listed_of,
    moving_hours,
    moving_of,
)
from opencorridor.operations.workbench.routes import Found, RouteQuery, found_of
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.legs import Leg
from opencorridor.routing.routes import Route

__all__ = ["COLUMNS", "of_number"]

_DECIMALS = 4
_STAYS = ("border_dwell", "transshipment", "timetable")
_DRAWN = (
    "of seeded draws: stays whose 95th percentile the study knows are lognormal, waits for a "
    "departure even between 0 and the headway; all else counts as it is. From a known departure "
    "on each draw waits for openings and departures, and rests its driver, after its own delays"
)
COLUMNS: dict[str, tuple[str, str]] = {
    "p50_h": ("h", f"Median {_DRAWN}"),
    "p95_h": ("h", f"95th percentile {_DRAWN}"),
    "moving_h": ("h", "Length over speed, without rests of drivers and fixed hours of terminals"),
    "dwell_h": (
        "h",
        "Hours of the leg less those in motion: stays, waits for a departure, berths, rests of "
        "drivers, fixed hours of terminals",
    ),
    "cost_usd_per_unit": ("US$", "US$ per tonne times the tonnes that a full unit carries"),
    "return_usd_per_unit": (
        "US$",
        "Way back of the empty unit whose ride begins with the leg, over the same links. Share "
        "that an empty unit pays of the loaded one's US$ per tonne on links, and all lifts of a "
        "box, times the tonnes of a full unit",
    ),
}
"""Unit and words of each number."""


def _priced(session: Session, found: Found, route: Route, legs: Iterable[Leg]) -> Iterator[Priced]:
    """Yield the legs as the network priced them; those from or to coordinates have no arcs."""
    plan = plan_of(session, found.asked.world, found.asked.date)
    for leg in legs:
        if leg.arcs:
            yield priced_leg(plan, found, route, leg)


def _cells(
    session: Session, found: Found, route: Route, leg: Leg | None, column: str
) -> list[Cell]:
    """Return the cells that a number of a leg, or of the whole route, rests on."""
    legs = route.legs if leg is None else (leg,)
    of = of_money if column.endswith("usd_per_unit") else of_hours
    if column == "return_usd_per_unit":
        legs = route.legs
    cells = [cell for one in _priced(session, found, route, legs) for cell in of(one).cells]
    if column in ("p50_h", "p95_h"):
        stays = [cell for cell in cells if cell.table in _STAYS]
        tails = [Cell(c.table, c.row, "p95_h") for c in stays if c.table != "timetable"]
        cells = stays + tails
    if column == "return_usd_per_unit":
        table = found.asked.world.study["parameter"]
        at = (table["parameter_id"] == EMPTY_PRICE).nonzero()[0]
        cells = [Cell("parameter", int(row), "value") for row in at] + cells
    if column == "moving_h":
        cells = [cell for cell in cells if cell.column == "speed_km_per_h"]
    return list(dict.fromkeys(cells))


def _per_t(route: Route, leg: Leg | None) -> float:
    assert route.totals is not None
    return leg.cost_usd_per_t if leg else route.totals.cost_usd_per_t


def _value(
    session: Session, found: Found, item: Listed, leg: Leg | None, column: str
) -> float | None:
    route, legs = item.route, item.route.legs if leg is None else (leg,)
    if column in ("p50_h", "p95_h"):
        return getattr(item.spread, column) if item.spread else None
    if column == "cost_usd_per_unit":
        return _per_t(route, leg) * found.asked.cargo.payload_t
    if column == "return_usd_per_unit":
        back = _back(found, route, leg)
        return back.usd_per_unit if back else None
    assert route.totals is not None
    moving = sum(moving_of(moving_hours(session, found), one) for one in legs)
    return moving if column == "moving_h" else (leg or route.totals).time_h - moving


def _back(found: Found, route: Route, leg: Leg | None) -> Back | None:
    """Return the price of the way back of the unit whose ride begins with a leg."""
    study = found.asked.world.study
    return back_of(study, route.legs, found.asked.cargo, route.legs.index(leg)) if leg else None


def _formula(found: Found, route: Route, leg: Leg | None, column: str, value: float) -> str:
    words = COLUMNS[column][1]
    back = _back(found, route, leg) if column == "return_usd_per_unit" else None
    if back:
        parts = {"share": back.share, "hauled": back.hauled, "lifts": back.lifts,
                 "load": back.payload_t}  # fmt: skip
        return told(words, "(share * hauled + lifts) * load", parts, value)
    if column != "cost_usd_per_unit":
        return words
    numbers = {"per_t": _per_t(route, leg), "load": found.asked.cargo.payload_t}
    return told(words, "per_t * load", numbers, value)


def of_number(
    session: Session,
    query: RouteQuery,
    wanted: str,
    leg: int | None,
    column: str,
    first_legs: int | None = None,
) -> dict[str, Any]:
    """Return where a number of a route comes from; ``leg`` counts from 0, None is the whole.

    Numbers that legs hold are told by :func:`route_provenance.of_route`.

    Raises
    ------
    OpenCorridorError
        ``unknown_route``, ``unknown_leg``, ``unknown_column`` of a sum over the first legs,
        and all that is wrong with the question.
    """
    if column not in COLUMNS:
        return route_provenance.of_route(session, query, wanted, leg, column, first_legs)
    if first_legs is not None:
        raise route_provenance.unknown("column", column)
    found = found_of(session, query)
    item = listed_of(found, wanted)
    route = item.route
    if column in ("p50_h", "p95_h"):
        leg = None
    if leg is not None and not 0 <= leg < len(route.legs):
        raise route_provenance.unknown("leg", str(leg))
    one = None if leg is None else route.legs[leg]
    value = _value(session, found, item, one, column)
    if value is None:
        raise route_provenance.unknown("number", column)
    world = found.asked.world
    cells = route_provenance.own_cells(
        session.study, world.study, _cells(session, found, route, one, column)
    )
    ends = found.asked.origin.name, found.asked.destination.name
    return {
        "label": column_title(column),
        "value": round(value, _DECIMALS),
        "unit": COLUMNS[column][0],
        "low": None,
        "high": None,
        "status": "derived",
        "formula": _formula(found, route, one, column, value),
        **grounds(world.study, cells),
        "table": "route" if one is None else "route_legs",
        "row": leg or 0,
        "row_label": " – ".join(ends) if one is None else route_provenance.leg_name(one),
        "column": column,
        "description": route_provenance.changes_of(query),
        **frame(session.study, None),
    }
