"""A route as the map and its cards show it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from opencorridor.network import BORDER, Graph
from opencorridor.operations.depart import schedule_dict
from opencorridor.operations.workbench.fronts import Listed, Listing, points_of
from opencorridor.operations.workbench.lines import Line, Lines
from opencorridor.routing.asking import Cargo
from opencorridor.routing.choices import Choice
from opencorridor.routing.labels import Labels
from opencorridor.routing.legs import Leg
from opencorridor.routing.pareto import Front
from opencorridor.routing.routes import Route
from opencorridor.study.places import Place

__all__ = ["front_item", "mark_best", "route_id", "route_item", "signature"]

Row = dict[str, Any]
_DECIMALS = 4
_STOPS = ("border", "transshipment", "gauge", "access")
_TOTALS = ("time_h", "spread_h", "cost_usd_per_t", "gc_usd_per_t", "co2_kg_per_t", "distance_km")
# In the order of the criteria of a front.
_BEST = {"time": "time_h", "cost": "cost_usd_per_t", "co2": "co2_kg_per_t"}
# Rounding of sums over legs.
_SAME = 2e-4


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)


def _chain(legs: Sequence[Leg]) -> list[str]:
    """Return the modes in order of travel, equal neighbours once; a train or truck ferry apart."""
    chain: list[str] = []
    for leg in legs:
        mode = "ferry" if leg.carries else leg.mode
        if leg.mode not in _STOPS and (not chain or chain[-1] != mode):
            chain.append(mode)
    return chain


def signature(route: Route, labels: Labels, graph: Graph) -> tuple[Any, ...]:
    """Return what tells routes apart: modes, borders (none inside a union) and terminals."""
    passed = []
    for leg in route.legs:
        if leg.border_crossing_id:
            at = graph.place_index(leg.border_crossing_id, "border_crossing")
            if labels.place_kind[at] != "union":
                passed.append(leg.border_crossing_id)
        elif leg.terminal_id:
            passed.append(f"{leg.terminal_id} {leg.method}".rstrip())
    return tuple(_chain(route.legs)), tuple(passed)


def _leg(leg: Leg, line: Line, tonnes: float) -> Row:
    plain = asdict(leg)
    plain.pop("arcs")
    values: Row = {"mode": plain.pop("mode"), "from": plain.pop("origin"),
                   "to": plain.pop("destination")}  # fmt: skip
    for name, value in plain.items():
        values[name] = _round(value) if isinstance(value, float) else (value or None)
    values["co2_kg"] = round(leg.co2_kg_per_t * tonnes, _DECIMALS)
    values["cost_usd"] = round(leg.cost_usd_per_t * tonnes, _DECIMALS)
    values["line"] = line
    return values


def _lines(route: Route, lines: Lines, graph: Graph, ends: tuple[Place, Place]) -> list[Line]:
    """Return a line per leg; the first and last kilometres from coordinates are straight."""
    drawn = [lines.of_arcs(graph, leg.arcs) for leg in route.legs]
    known = [k for k, line in enumerate(drawn) if line]
    if not known:
        return drawn
    here, there = ((round(p.lon, _DECIMALS), round(p.lat, _DECIMALS)) for p in ends)
    first, last = drawn[known[0]][0], drawn[known[-1]][-1]
    if route.origin.approaches and not route.legs[0].arcs:
        drawn[0] = [here, first]
    if route.destination.approaches and not route.legs[-1].arcs:
        drawn[-1] = [last, there]
    return _joined(drawn)


def _joined(drawn: list[Line]) -> list[Line]:
    """Shift lines by whole turns so that each starts on the side where the last one ended."""
    out: list[Line] = []
    at: float | None = None
    for line in drawn:
        turn = 0.0 if at is None or not line else 360.0 * round((at - line[0][0]) / 360.0)
        moved = [(x + turn, y) for x, y in line] if turn else line
        at = moved[-1][0] if moved else at
        out.append(moved)
    return out


def route_id(route: Route, labels: Labels, graph: Graph) -> str:
    """Return the name of a route: a hash of what it passes, or of why there is none.

    Links, too, by their ids: two routes of a front may pass the same borders by different links.
    """
    told = repr((signature(route, labels, graph), _links(route, labels, graph)))
    if not route.found:
        told = route.reason
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _links(route: Route, labels: Labels, graph: Graph) -> list[str]:
    arcs = np.array(route.arcs, np.int64)
    rows = graph.ref[arcs[graph.kind[arcs] <= BORDER]] if len(arcs) else arcs
    found: list[str] = labels.link_id[rows].tolist()
    return found


def _choice(choice: Choice | None) -> Row:
    """Return why a route is listed; nothing of one that is not of the front."""
    if choice is None:
        return {"on_front": False, "shared_share": None, "difference": None, "nearly": []}
    return {
        "on_front": True,
        "shared_share": choice.shared_share,
        "difference": asdict(choice.difference) if choice.difference else None,
        "nearly": [{"role": role, "share": share} for role, share in choice.nearly],
    }


def route_item(
    listed: Listed,
    graph: Graph,
    labels: Labels,
    lines: Lines,
    ends: tuple[Place, Place],
    cargo: Cargo,
) -> Row:
    """Return a route as plain values: totals, legs with their lines, or why there is none."""
    route, spread, tonnes = listed.route, listed.spread, cargo.tonnes
    item: Row = {
        "route_id": route_id(route, labels, graph),
        "found": route.found,
        "reason_code": route.reason_code or None,
        "reason": route.reason or None,
        "facts": dict(route.facts),
        "opens_with": [
            {
                "parts": [{"name": name, "why": why} for name, why in way.parts],
                "distance_km": round(way.distance_km, 1),
            }
            for way in route.opens_with
        ],
        "best_in": [],
        **_choice(listed.choice),
        "mode_chain": _chain(route.legs),
        "p50_h": _round(spread.p50_h if spread else None),
        "p95_h": _round(spread.p95_h if spread else None),
        "schedule": schedule_dict(listed.schedule) if listed.schedule else None,
        "gauge_changes": sum(leg.mode == "gauge" for leg in route.legs),
        "crossings": list(route.crossings),
        "legs": [
            _leg(leg, line, tonnes)
            for leg, line in zip(route.legs, _lines(route, lines, graph, ends), strict=True)
        ],
    }
    totals = route.totals
    for name in _TOTALS:
        item[name] = _round(getattr(totals, name)) if totals else None
    for name, per_t, by in (
        ("cost_usd", "cost_usd_per_t", tonnes),
        ("cost_usd_per_unit", "cost_usd_per_t", cargo.payload_t),
        ("co2_kg", "co2_kg_per_t", tonnes),
    ):
        item[name] = round(getattr(totals, per_t) * by, _DECIMALS) if totals else None
    return item


def mark_best(items: Sequence[Row], front: Front | None) -> None:
    """Write into each route what no route does better: time, cost, co2, overall, arrival.

    ``overall`` is the least generalised cost. Time, cost and CO2e are told only where the whole
    front has nothing better; without one the best overall alone is known.
    """
    found = [item for item in items if item["found"]]
    if not found:
        return
    _least(found, "gc_usd_per_t")["best_in"].append("overall")
    for k, (word, column) in enumerate(_BEST.items() if front is not None else ()):
        best = _least(found, column)
        if best[column] <= front.values[:, k].min() + _SAME:  # type: ignore[union-attr]
            best["best_in"].append(word)
    arriving = [i for i in found if i["schedule"] and i["schedule"]["arrives"]]
    if len(arriving) > 1:
        first = min(arriving, key=lambda item: item["schedule"]["hours"])
        first["best_in"].append("arrival")


def _least(items: Sequence[Row], column: str) -> Row:
    return items[int(np.argmin([item[column] for item in items]))]


def front_item(listing: Listing, items: Sequence[Row]) -> Row | None:
    """Return the points of a front, each with the listed route that it is of, if there is one."""
    if listing.front is None:
        return None
    points = points_of(listing.front)
    for point in points:
        point["route_id"] = None
    for one, item in zip(listing.listed, items, strict=True):
        if one.choice is not None:
            points[one.choice.index]["route_id"] = item["route_id"]
    return {"size": len(points), "points": points}
