"""From the arcs of a path to legs that a reader understands; sums of legs equal the totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import ACCESS, BORDER, EGRESS, MODES, TRANSSHIPMENT
from opencorridor.routing.labels import Labels
from opencorridor.routing.priced import PricedGraph

__all__ = ["Leg", "Totals", "legs_of", "totals_of"]

_DECIMALS = 6


@dataclass(frozen=True)
class Totals:
    """Sums over legs; per tonne where the name says so, ``spread_h`` one standard deviation."""

    time_h: float
    spread_h: float
    cost_usd_per_t: float
    gc_usd_per_t: float
    co2_kg_per_t: float
    distance_km: float


@dataclass(frozen=True)
class Leg:
    """One leg of a route.

    Attributes
    ----------
    mode
        rail, road, sea, inland_water, border, transshipment, gauge or access.
    origin, destination
        Names of its ends (``from`` and ``to`` in JSON).
    country
        Country whose rates hold; of a border leg the country entered; blank on water.
    border_crossing, border_crossing_id
        Crossing passed on this leg, or blank.
    terminal, terminal_id
        Port or yard of a transshipment or gauge change, or blank.
    carries
        ``wagon`` or ``truck`` on a ferry that takes them, else blank.
    method
        How a change of gauge is made: ``transfer``, ``bogie_change`` or ``variable_gauge``; of all
        other legs blank.
    arcs
        Arcs of the graph that were searched.
    """

    mode: str
    origin: str
    destination: str
    country: str
    border_crossing: str
    border_crossing_id: str
    terminal: str
    terminal_id: str
    carries: str
    time_h: float
    spread_h: float
    cost_usd_per_t: float
    gc_usd_per_t: float
    co2_kg_per_t: float
    distance_km: float
    method: str = ""
    arcs: tuple[int, ...] = ()


def totals_of(legs: tuple[Leg, ...]) -> Totals:
    """Add up legs; spreads as independent: root of the sum of squares."""

    def total(name: str) -> float:
        return round(float(sum(getattr(leg, name) for leg in legs)), _DECIMALS)

    spread = float(np.sqrt(sum(leg.spread_h**2 for leg in legs)))
    return Totals(
        time_h=total("time_h"),
        spread_h=round(spread, _DECIMALS),
        cost_usd_per_t=total("cost_usd_per_t"),
        gc_usd_per_t=total("gc_usd_per_t"),
        co2_kg_per_t=total("co2_kg_per_t"),
        distance_km=total("distance_km"),
    )


def _leg_mode(priced: PricedGraph, labels: Labels, arc: int) -> str:
    graph = priced.graph
    kind = int(graph.kind[arc])
    if kind == TRANSSHIPMENT:
        return "gauge" if labels.place_kind[graph.place[arc]] == "gauge" else "transshipment"
    if kind in (ACCESS, EGRESS):
        return "access"
    mode = MODES[graph.mode[arc]]
    return "border" if kind == BORDER and mode not in ("sea", "inland_water") else mode


def _carries(priced: PricedGraph, labels: Labels, arc: int) -> str:
    """Return what a ferry takes aboard; blank for all other arcs."""
    graph = priced.graph
    if graph.kind[arc] > BORDER or graph.mode[arc] == graph.layer[arc]:
        return ""
    words = labels.link_carries[graph.ref[arc]].split(";")
    return next((word for word in words if word in ("wagon", "truck")), "")


def _key(priced: PricedGraph, labels: Labels, arc: int) -> tuple[Any, ...]:
    """Arcs in a row with equal keys make one leg."""
    graph = priced.graph
    mode = _leg_mode(priced, labels, arc)
    place = int(graph.place[arc])
    country = -1 if mode == "border" else int(graph.country[arc])
    single = arc if mode in ("access", "transshipment", "gauge") else -1
    return mode, country, place, _carries(priced, labels, arc), single


def _is_nothing(priced: PricedGraph, arc: int) -> bool:
    """Return whether an arc is a free passage of no length: it is no leg of its own."""
    return bool(
        priced.graph.place[arc] < 0
        and priced.graph.length_km[arc] == 0
        and priced.time_h[arc] == 0
        and not priced.money_usd_per_t[arc].any()
    )


def legs_of(
    priced: PricedGraph,
    labels: Labels,
    arcs: npt.NDArray[np.int64],
    origin_country: int,
    destination_country: int,
) -> tuple[Leg, ...]:
    """Merge the arcs of a path into legs: runs of a mode in one country, borders, handling.

    Money is that of the flow kind which holds on each arc for a trip between the two countries
    (indices into ``graph.countries``).
    """
    runs: list[list[int]] = []
    last: tuple[Any, ...] | None = None
    for arc in arcs.tolist():
        if runs and _is_nothing(priced, arc):
            runs[-1].append(arc)
            continue
        key = _key(priced, labels, arc)
        if key != last:
            runs.append([])
        runs[-1].append(arc)
        last = key
    legs = [
        _leg(priced, labels, np.array(run), origin_country, destination_country) for run in runs
    ]
    return tuple(_name_ends(priced, labels, legs))


def _name_ends(priced: PricedGraph, labels: Labels, legs: list[Leg]) -> list[Leg]:
    """Say crossing and country where a leg meets a border: their nodes have no names of use.

    A border leg goes from country to country; a leg up to it ends at the crossing's name, and one
    after it starts there; a change of gauge at the border lies at its own yard.
    """
    graph = priced.graph

    def country(node: int) -> str:
        at = int(graph.node_country[node])
        return str(labels.country_name[at]) if at >= 0 else ""

    named = []
    for i, leg in enumerate(legs):
        origin, destination = leg.origin, leg.destination
        if leg.mode == "border":
            origin = country(int(graph.tail[leg.arcs[0]])) or origin
            destination = country(int(graph.head[leg.arcs[-1]])) or destination
        elif leg.mode == "gauge":
            origin = destination = leg.terminal
        else:
            if i and legs[i - 1].mode in ("border", "gauge"):
                origin = legs[i - 1].border_crossing or legs[i - 1].terminal
            if i + 1 < len(legs) and legs[i + 1].mode in ("border", "gauge"):
                destination = legs[i + 1].border_crossing or legs[i + 1].terminal
        named.append(replace(leg, origin=origin, destination=destination))
    return named


def _leg(
    priced: PricedGraph,
    labels: Labels,
    run: npt.NDArray[np.int64],
    origin_country: int,
    destination_country: int,
) -> Leg:
    graph = priced.graph
    first, last = int(run[0]), int(run[-1])
    kind = priced.flow_kind(run, origin_country, destination_country)
    place = int(graph.place[first])
    name = str(labels.place_name[place]) if place >= 0 else ""
    place_id = graph.places[place] if place >= 0 else ""
    crossing = 0 <= place < graph.n_crossings
    country = int(graph.country[first])
    entered = int(graph.node_country[graph.head[last]])
    mode = _leg_mode(priced, labels, first)
    if mode == "border" and entered >= 0:
        country = entered

    def total(values: npt.NDArray[np.float64]) -> float:
        return round(float(values.sum()), _DECIMALS)

    return Leg(
        mode=mode,
        origin=str(labels.node_name[graph.tail[first]]),
        destination=str(labels.node_name[graph.head[last]]),
        country=graph.countries[country] if country >= 0 else "",
        border_crossing=name if crossing else "",
        border_crossing_id=place_id if crossing else "",
        terminal="" if crossing else name,
        terminal_id="" if crossing else place_id,
        carries=_carries(priced, labels, first),
        method=str(labels.over_method[graph.ref[first]]) if mode == "gauge" else "",
        time_h=total(priced.time_h[run]),
        spread_h=round(float(np.sqrt((priced.spread_h[run] ** 2).sum())), _DECIMALS),
        cost_usd_per_t=total(priced.money_usd_per_t[run, kind]),
        gc_usd_per_t=total(priced.gc_usd_per_t[run, kind]),
        co2_kg_per_t=total(priced.co2_kg_per_t[run]),
        distance_km=total(graph.length_km[run]),
        arcs=tuple(run.tolist()),
    )
