"""Where a number of a route comes from: its legs, and the rows that price each of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from opencorridor.costs import CostPlan
from opencorridor.documents.texts import column_title
from opencorridor.operations.workbench import leg_terms
from opencorridor.operations.workbench.cells import FEW, MOST, Cell, picked, same
from opencorridor.operations.workbench.graphs import plan_of
from opencorridor.operations.workbench.grounds import changes_text, frame, grounds, told
from opencorridor.operations.workbench.leg_terms import Priced, Terms, priced_leg
from opencorridor.operations.workbench.route_items import route_id
from opencorridor.operations.workbench.routes import Found, RouteQuery, found_of
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.legs import Leg
from opencorridor.routing.routes import Route
from opencorridor.study import OpenCorridorError, Problem, Study

__all__ = [
    "COLUMNS",
    "changes_of",
    "grounds_of_route",
    "leg_name",
    "of_route",
    "own_cells",
    "unknown",
]

_DECIMALS = 4
# More terms than this nobody reads; the words and the cells stay.
_MOST_TERMS = 40


@dataclass(frozen=True)
class _Column:
    """How a column of a route comes about; ``terms`` None: in words alone."""

    unit: str
    words: str
    terms: Callable[[Priced], Terms] | None
    per_t: str = ""


COLUMNS: dict[str, _Column] = {
    "time_h": _Column(
        "h",
        "Length over speed, times 24 over the hours of movement a day, fixed hours, half the time "
        "between sailings, and the mean stay at crossing or terminal",
        leg_terms.of_hours,
    ),
    "spread_h": _Column(
        "h",
        "Standard deviation of the stay at crossing or terminal, from its mean and 95th percentile;"
        " of several stays the root of the sum of squares",
        None,
    ),
    "cost_usd_per_t": _Column(
        "US$/t",
        "Length times rate over the load of a unit, fixed charges over the load, and fees at "
        "crossing or terminal",
        leg_terms.of_money,
    ),
    "co2_kg_per_t": _Column(
        "kg/t",
        "Length times the factor of the traction, well to wheel, and handling",
        leg_terms.of_co2,
    ),
    "distance_km": _Column("km", "Sum of the lengths of the lines", leg_terms.of_distance),
    "cost_usd": _Column("US$", "US$ per tonne times tonnes", None, "cost_usd_per_t"),
    "co2_kg": _Column("kg", "CO2e per tonne times tonnes", None, "co2_kg_per_t"),
}
"""Numbers of a route and of a leg that can be asked about."""


def unknown(what: str, value: str) -> OpenCorridorError:
    """Return the error of a route, leg or number that the answer does not have."""
    return OpenCorridorError(
        [
            Problem(
                f"unknown_{what}", f"the answer has no such {what}", column=what, value=value[:60],
                mend="ask for the routes again",
            )
        ]
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Ground:
    """A route that was found, with what prices it."""

    study: Study
    found: Found
    route: Route
    plan: CostPlan

    @property
    def tonnes(self) -> float:
        """Tonnes of the consignment."""
        return self.found.asked.cargo.tonnes

    def priced(self, leg: Leg) -> Priced:
        """Return the leg as the network priced it."""
        return priced_leg(self.plan, self.found, self.route, leg)

    def own(self, cells: list[Cell]) -> list[Cell]:
        """Return the cells that the study itself has too."""
        return own_cells(self.study, self.found.asked.world.study, cells)


def own_cells(study: Study, changed: Study, cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells that a study itself has, too, observed ones first and not too many.

    Measures may add and drop rows.
    """
    return _observed_first(study, [cell for cell in cells if _same_row(study, changed, cell)])


def _same_row(study: Study, changed: Study, cell: Cell) -> bool:
    mine, other = study[cell.table], changed[cell.table]
    if mine is other:
        return True
    return cell.row < mine.n and all(
        mine[name][cell.row] == other[name][cell.row] for name in mine.schema.key
    )


def _approach_terms(ground: _Ground, leg: Leg, column: str) -> list[Cell]:
    """Return the rates and speeds of the kilometres between coordinates and the network."""
    tables = {"time_h": ("speed", "speed_km_per_h"),
              "cost_usd_per_t": ("mode_rate", "rate_usd_per_unit_km"),
              "co2_kg_per_t": ("emission_factor", "fuel_g_per_tkm")}  # fmt: skip
    if column not in tables:
        return []
    name, of = tables[column]
    table = ground.study[name]
    access = same(table, mode="access")
    here = picked(table, access & same(table, country_id=leg.country), of, FEW)
    return here or picked(table, access & same(table, country_id=""), of, FEW)


def _of_leg(ground: _Ground, leg: Leg, column: str) -> tuple[str, dict[str, float], list[Cell]]:
    """Return the arithmetic of a leg (blank where it is told in words), and its cells."""
    made = COLUMNS[column].terms
    if not leg.arcs:
        return "", {}, _approach_terms(ground, leg, column)
    priced = ground.priced(leg)
    if made is None:
        stays = [
            Cell(table, row, name)
            for table, row in priced.stays()
            for name in ("mean_h" if table == "border_dwell" else "time_h", "p95_h")
        ]
        return "", {}, stays
    terms = made(priced)
    expression = terms.expression if len(terms.parts) <= _MOST_TERMS else ""
    return expression, terms.numbers, terms.cells


def _total(
    ground: _Ground, legs: Sequence[Leg], column: str
) -> tuple[str, dict[str, float], list[Cell]]:
    """Return the sum over legs, and the cells of all of them: observed ones are not cut off."""
    numbers = {f"n{n}": float(getattr(leg, column)) for n, leg in enumerate(legs)}
    cells = [cell for leg in legs for cell in _of_leg(ground, leg, column)[2]]
    summed = " + ".join(numbers) if COLUMNS[column].terms is not None else ""
    return summed, numbers, list(dict.fromkeys(cells))


def _observed_first(study: Study, cells: list[Cell]) -> list[Cell]:
    def assumed(cell: Cell) -> bool:
        table = study[cell.table]
        return "status" not in table.columns or table["status"][cell.row] != "observed"

    return sorted(cells, key=assumed)[:MOST]


def leg_name(leg: Leg) -> str:
    """Return the crossing or terminal of a leg, else its ends."""
    place = leg.border_crossing or leg.terminal
    return place or " – ".join(dict.fromkeys((leg.origin, leg.destination)))


def _ground(session: Session, query: RouteQuery, wanted: str) -> _Ground:
    found = found_of(session, query)
    world = found.asked.world
    for route in found.routes:
        if route.found and route_id(route, world.labels, world.graph) == wanted:
            return _Ground(session.study, found, route, plan_of(session, world, found.asked.date))
    raise unknown("route", wanted)


def changes_of(query: RouteQuery) -> str:
    """Return the measures and edits of a question as one text."""
    edits = [f"{e.table} {e.key}: {e.column} {e.op} {e.value}" for e in query.edits]
    return changes_text([*query.measures, *edits])


def _arithmetic(
    ground: _Ground, leg: Leg | None, column: str
) -> tuple[str, str, dict[str, float], list[Cell]]:
    """Return words, expression, numbers and cells of a number."""
    of = COLUMNS[column]
    plain = of.per_t or column
    if leg is None:
        expression, numbers, cells = _total(ground, ground.route.legs, plain)
    else:
        expression, numbers, cells = _of_leg(ground, leg, plain)
    words = of.words if leg is not None or of.per_t else f"Sum over the legs. {of.words}"
    if of.per_t:
        whole = leg if leg is not None else ground.route.totals
        numbers = {"per_t": float(getattr(whole, plain)), "tonnes": ground.tonnes}
        expression, words = "per_t * tonnes", f"{of.words}. {COLUMNS[plain].words}"
    return words, expression, numbers, cells


def _value(ground: _Ground, leg: Leg | None, column: str) -> float:
    """Return a number of a leg, or of the whole route."""
    of = COLUMNS[column]
    whole = leg if leg is not None else ground.route.totals
    return float(getattr(whole, of.per_t or column)) * (ground.tonnes if of.per_t else 1.0)


def _first_legs(
    ground: _Ground, count: int, column: str
) -> tuple[str, str, dict[str, float], list[Cell], float]:
    """Return words, expression, numbers, cells and value of a sum over the first legs.

    What is added are the numbers of the legs as the answer gives them, as a chart adds them up.
    """
    of, legs = COLUMNS[column], ground.route.legs[:count]
    if of.terms is None and not of.per_t:
        raise unknown("column", column)  # a spread does not add up
    numbers = {f"n{n}": round(_value(ground, leg, column), _DECIMALS)
               for n, leg in enumerate(legs)}  # fmt: skip
    cells = _total(ground, legs, of.per_t or column)[2]
    what = of.words if not of.per_t else f"{of.words}. {COLUMNS[of.per_t].words}"
    words = f"Sum over the first legs. {what}" if legs else "Start of the way: nothing yet"
    return words, " + ".join(numbers), numbers, cells, math.fsum(numbers.values())


def _place(ground: _Ground, at: int | None, first_legs: int | None) -> dict[str, Any]:
    """Return table, row and the row's name of a number: a whole route, a leg, a sum so far."""
    legs = ground.route.legs
    if first_legs is not None:
        name = legs[first_legs - 1].destination if first_legs else legs[0].origin
        return {"table": "route_legs", "row": max(first_legs - 1, 0), "row_label": name}
    if at is not None:
        return {"table": "route_legs", "row": at, "row_label": leg_name(legs[at])}
    ends = ground.found.asked.origin.name, ground.found.asked.destination.name
    return {"table": "route", "row": 0, "row_label": " – ".join(ends)}


def of_route(
    session: Session,
    query: RouteQuery,
    wanted: str,
    leg: int | None,
    column: str,
    first_legs: int | None = None,
) -> dict[str, Any]:
    """Return where a number of a route comes from.

    ``leg`` counts from 0; ``first_legs`` asks for the sum over that many legs; without both it is
    the whole route.

    The question is answered again: the same question on the same study has the same routes.

    Raises
    ------
    OpenCorridorError
        ``unknown_route``, ``unknown_leg``, ``unknown_column`` where numbers do not add up along
        the way, and all that is wrong with the question.
    """
    ground = _ground(session, query, wanted)
    legs = ground.route.legs
    if leg is not None and not 0 <= leg < len(legs):
        raise unknown("leg", str(leg))
    if first_legs is not None and not 0 <= first_legs <= len(legs):
        raise unknown("leg", str(first_legs))
    one = legs[leg] if leg is not None else None
    if first_legs is None:
        words, expression, numbers, cells = _arithmetic(ground, one, column)
        value = _value(ground, one, column)
    else:
        words, expression, numbers, cells, value = _first_legs(ground, first_legs, column)
    of = COLUMNS[column]
    inputs = ground.own(cells)
    return {
        "label": column_title(column),
        "value": round(value, _DECIMALS),
        "unit": of.unit,
        "low": None,
        "high": None,
        "status": "derived",
        "formula": told(words, expression, numbers, value),
        **grounds(ground.found.asked.world.study, inputs),
        **_place(ground, leg, first_legs),
        "column": column,
        "description": changes_of(query),
        **frame(ground.study, None),
    }


def grounds_of_route(
    session: Session, query: RouteQuery, wanted: str, columns: Sequence[str]
) -> tuple[Found, Route, dict[str, Any]]:
    """Return a route that an answer has, and the cells, sources and assumptions of its columns.

    Raises
    ------
    OpenCorridorError
        ``unknown_route``, and all that is wrong with the question.
    """
    ground = _ground(session, query, wanted)
    legs = ground.route.legs
    cells = dict.fromkeys(cell for column in columns for cell in _total(ground, legs, column)[2])
    inputs = _observed_first(ground.study, ground.own(list(cells)))
    found = ground.found
    return found, ground.route, grounds(found.asked.world.study, inputs)
