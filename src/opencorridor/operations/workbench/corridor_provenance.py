"""Where an indicator of a corridor, or a number of a reach map, comes from."""

from __future__ import annotations

from typing import Any

from opencorridor.documents.texts import column_title
from opencorridor.operations.workbench import counts
from opencorridor.operations.workbench.amounts import amounts_of
from opencorridor.operations.workbench.corridors import by_means, journeys
from opencorridor.operations.workbench.grounds import frame, told
from opencorridor.operations.workbench.reach import ReachQuery, find, query_of_zone
from opencorridor.operations.workbench.route_items import route_id
from opencorridor.operations.workbench.route_provenance import grounds_of_route, of_route
from opencorridor.operations.workbench.routes import RouteQuery, found_of
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.indicators import (
    CARGO_T,
    INDICATORS,
    SECTION_KM,
    Journey,
    of_journey,
)
from opencorridor.study import OpenCorridorError, Problem

__all__ = ["of_indicator", "of_reach", "of_zones"]

_DECIMALS = 4
_WORDS = {
    "tfi1_h": "Mean over the border-crossing points on the way of the hours from entry to exit, "
    "both posts together, with a change of gauge there",
    "tfi2_usd": "Mean over the border-crossing points on the way of the US$ paid there for 20 t",
    "tfi3_usd": "US$ per tonne of the whole way, times 20 t and 500 km, over its kilometres",
    "swod_km_per_h": "Kilometres over the hours in motion",
    "swd_km_per_h": "Kilometres over all hours of the way",
}
_BAND = "Low and high: all numbers of the study at the good or the bad end of their ranges at once"
# Columns of the route whose cells the number rests on; the lengths of all links would bury them.
_RESTS_ON = {
    "tfi1_h": ("time_h",),
    "tfi2_usd": ("cost_usd_per_t",),
    "tfi3_usd": ("cost_usd_per_t",),
    "swod_km_per_h": ("time_h",),
    "swd_km_per_h": ("time_h",),
}

_PARTS = {
    "moving_h": "Length over speed, without rests of drivers and fixed hours of terminals",
    "border_h": "Hours at all border-crossing points on the way, with a change of gauge there",
    "terminal_h": "Hours at terminals and changes of gauge that stand at no border",
    "waiting_h": "All hours less those in motion, at borders and at terminals: rests of drivers, "
    "hours at stations, waits for a departure",
}
"""The parts of the hours of a corridor; each rests on the cells of its hours."""


def _part_arithmetic(journey: Journey, part: str) -> tuple[str, dict[str, float]]:
    """Return the expression of a part of the hours, blank where it is told in words alone."""
    if part == "border_h":
        numbers = {f"n{k}": float(stop.time_h[0]) for k, stop in enumerate(journey.stops)}
        return " + ".join(numbers), numbers
    if part == "waiting_h":
        names = ("time_h", "moving_h", "border_h", "terminal_h")
        numbers = {name: float(getattr(journey, name)[0]) for name in names}
        return " - ".join(numbers), numbers
    return "", {}


def _arithmetic(journey: Journey, indicator: str) -> tuple[str, dict[str, float]]:
    """Return the expression of an indicator and the numbers behind its names."""
    if indicator in _PARTS:
        return _part_arithmetic(journey, indicator)
    if indicator in ("tfi1_h", "tfi2_usd"):
        of = "time_h" if indicator == "tfi1_h" else "cost_usd_per_t"
        numbers = {f"n{k}": float(getattr(s, of)[0]) for k, s in enumerate(journey.stops)}
        total = f"({' + '.join(numbers)})"
        cargo = "" if indicator == "tfi1_h" else " * cargo_t"
        return f"{total}{cargo} / points", {
            **numbers, "cargo_t": CARGO_T, "points": float(len(journey.stops) or 1),
        }  # fmt: skip
    numbers = {
        "km": journey.distance_km,
        "moving": float(journey.moving_h[0]),
        "hours": float(journey.time_h[0]),
        "cost": float(journey.cost_usd_per_t[0]),
        "cargo_t": CARGO_T,
        "section": SECTION_KM,
    }
    forms = {
        "tfi3_usd": "cost * cargo_t * section / km",
        "swod_km_per_h": "km / moving",
        "swd_km_per_h": "km / hours",
    }
    return forms[indicator], numbers


def _missing(mode: str, indicator: str) -> OpenCorridorError:
    return OpenCorridorError(
        [
            Problem(
                "unknown_indicator",
                f"the corridor has no {indicator}" + (f" by {mode}" if mode else ""),
                column="indicator",
                value=indicator,
                mend="ask for the corridors again",
            )
        ]
    )


def of_indicator(
    session: Session, query: RouteQuery, wanted: str, mode: str, indicator: str
) -> dict[str, Any]:
    """Return where an indicator of a corridor, or a part of its hours, comes from.

    ``mode`` is blank for the whole route; the parts of the hours have no band of their own.

    Raises
    ------
    OpenCorridorError
        ``unknown_route``, ``unknown_indicator``, and all that is wrong with the question.
    """
    rests_on = _RESTS_ON.get(indicator, ("time_h",))
    found, route, cells = grounds_of_route(session, by_means(query), wanted, rests_on)
    asked = found.asked
    amounts = amounts_of(session, asked.world, asked.cargo, asked.date)
    of = {journey.mode: journey for journey in journeys(route, found, amounts)}
    if mode not in of:
        raise _missing(mode, indicator)
    part = indicator in _PARTS
    values = getattr(of[mode] if part else of_journey(of[mode]), indicator)
    if values[0] != values[0]:
        raise _missing(mode, indicator)
    value, ends = float(values[0]), sorted(float(v) for v in values[1:])
    expression, numbers = _arithmetic(of[mode], indicator)
    by = f", {mode}" if mode else ""
    return {
        "label": column_title(indicator),
        "value": round(value, _DECIMALS),
        "unit": "h" if part else INDICATORS[indicator],
        "low": None if part else round(ends[0], _DECIMALS),
        "high": None if part else round(ends[1], _DECIMALS),
        "status": "derived",
        "formula": told(_PARTS.get(indicator) or _WORDS[indicator], expression, numbers, value),
        **cells,
        "table": "corridors",
        "row": 0,
        "row_label": f"{asked.origin.name} – {asked.destination.name}{by}",
        "column": indicator,
        "description": "" if part else _BAND,
        **frame(session.study, None),
    }


def of_reach(session: Session, query: ReachQuery, zone_id: str, column: str) -> dict[str, Any]:
    """Return where a number of a zone comes from: that of the best route to it.

    Raises
    ------
    OpenCorridorError
        ``unknown_route`` where there is no way, and all that is wrong with the question.
    """
    asked = query_of_zone(query, zone_id)
    found = found_of(session, asked)
    world = found.asked.world
    wanted = route_id(found.routes[0], world.labels, world.graph)
    return of_route(session, asked, wanted, None, column)


_UNITS = {"time_h": "h", "cost_usd_per_t": "US$/t", "co2_kg_per_t": "kg/t", "distance_km": "km"}
_ZONES = {
    "reached": "Zones to which a way was found, without the place itself",
    "median": "Middle of the numbers of all zones to which a way was found",
    "lost": "Zones to which no way was found",
}
"""What is told of all zones of a reach map together."""


def of_zones(
    session: Session,
    query: ReachQuery,
    column: str,
    of: str,
    at_least: float | None = None,
    below: float | None = None,
) -> dict[str, Any]:
    """Return where a number of all zones of a reach map comes from.

    Parameters
    ----------
    session, query
        The study, and the question: it is answered again.
    column
        The quantity that the map shows.
    of
        ``reached``, ``median`` or ``lost``.
    at_least, below
        Of those reached: only zones whose number lies between.

    Raises
    ------
    OpenCorridorError
        ``unknown_number`` where no zone is reached, and all that is wrong with the question.
    """

    def fits(zone: dict[str, Any]) -> bool:
        number = zone[column]
        return (at_least is None or number >= at_least) and (below is None or number < below)

    every = find(session, query)["zones"]
    if of == "lost":
        zones = [zone for zone in every if zone["reason"] not in (None, "same_place")]
    else:
        zones = [zone for zone in every if zone["reason"] is None and fits(zone)]
    numbers = sorted(zone[column] for zone in zones) if of == "median" else []
    if of == "median" and not numbers:
        raise _missing("", "median")
    ends = [("at least", at_least), ("below", below)] if of == "reached" else []
    told_of = " and ".join(f"{word} {end:g}" for word, end in ends if end is not None)
    return counts.answer(
        session.study,
        label=column_title(column) if of == "median" else "Number of zones",
        value=float(numbers[len(numbers) // 2] if of == "median" else len(zones)),
        unit=_UNITS[column] if of == "median" else "zones",
        formula=_ZONES[of] + (f", with {column_title(column)} {told_of}" if told_of else ""),
        table="reach",
        row_label="" if of == "median" else counts.named([zone["zone_id"] for zone in zones]),
        column=column if of == "median" or told_of else "zone_id",
    )
