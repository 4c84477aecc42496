"""A route as the map and its cards show it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from opencorridor.network import Graph
from opencorridor.operations.workbench.lines import Line, Lines
from opencorridor.routing.labels import Labels
from opencorridor.routing.legs import Leg
from opencorridor.routing.routes import Route
from opencorridor.study.places import Place

__all__ = ["mark_best", "route_id", "route_item", "signature"]

Row = dict[str, Any]
_DECIMALS = 4
_STOPS = ("border", "transshipment", "gauge", "access")
_TOTALS = ("time_h", "spread_h", "cost_usd_per_t", "gc_usd_per_t", "co2_kg_per_t", "distance_km")
_BEST = {"time": "time_h", "cost": "cost_usd_per_t", "co2": "co2_kg_per_t",
         "overall": "gc_usd_per_t"}  # fmt: skip


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
            passed.append(leg.terminal_id)
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
    """Return the name of a route: a hash of what it passes, or of why there is none."""
    told = repr(signature(route, labels, graph)) if route.found else route.reason
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def route_item(
    route: Route,
    graph: Graph,
    labels: Labels,
    lines: Lines,
    ends: tuple[Place, Place],
    tonnes: float,
    p95_h: float | None = None,
) -> Row:
    """Return a route as plain values: totals, legs with their lines, or why there is none."""
    item: Row = {
        "route_id": route_id(route, labels, graph),
        "found": route.found,
        "reason_code": route.reason_code or None,
        "reason": route.reason or None,
        "opens_with": [
            {
                "parts": [{"name": name, "why": why} for name, why in way.parts],
                "distance_km": round(way.distance_km, 1),
            }
            for way in route.opens_with
        ],
        "best_in": [],
        "mode_chain": _chain(route.legs),
        "p95_h": _round(p95_h),
        "cost_usd": None,
        "co2_kg": None,
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
    if totals:
        item["cost_usd"] = round(totals.cost_usd_per_t * tonnes, _DECIMALS)
        item["co2_kg"] = round(totals.co2_kg_per_t * tonnes, _DECIMALS)
    return item


def mark_best(items: Sequence[Row]) -> None:
    """Write into each route in which of time, cost, CO2e and overall it is the best of them."""
    found = [item for item in items if item["found"]]
    for word, column in _BEST.items():
        if found:
            values: list[float] = [item[column] for item in found]
            found[int(np.argmin(values))]["best_in"].append(word)
