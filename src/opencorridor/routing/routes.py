"""The best route of a pair, leg by leg, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import MODES
from opencorridor.routing.ends import Approach, End, Facts, country_pairs, end_states
from opencorridor.routing.labels import Labels
from opencorridor.routing.legs import Leg, Totals, legs_of, totals_of
from opencorridor.routing.masks import element_arcs
from opencorridor.routing.openings import Opening, openings
from opencorridor.routing.priced import PricedGraph, check_costs, plain_array
from opencorridor.routing.search import best_path, grow, pair_view
from opencorridor.routing.wanted import Wanted, presence

__all__ = ["Route", "Wanted", "find_route", "trip_kinds"]

Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Route:
    """A route, or the reason why there is none.

    Attributes
    ----------
    origin, destination
        The ends that were asked for.
    totals
        Sums over ``legs``; None where there is no route.
    legs
        In order of travel.
    arcs
        Arcs of the graph in order of travel, approaches left out.
    reason_code, reason, facts
        Blank where there is a route; ``facts`` are the names and numbers in the reason.
    opens_with
        What would open a way, each alone.
    """

    origin: End
    destination: End
    totals: Totals | None
    legs: tuple[Leg, ...] = ()
    arcs: tuple[int, ...] = ()
    reason_code: str = ""
    reason: str = ""
    facts: Facts = ()
    opens_with: tuple[Opening, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is a route."""
        return self.totals is not None

    @property
    def crossings(self) -> tuple[str, ...]:
        """Ids of the border crossings passed, in order."""
        return tuple(leg.border_crossing_id for leg in self.legs if leg.border_crossing_id)

    @property
    def transshipments(self) -> tuple[str, ...]:
        """Ids of the terminals where goods change mode or gauge, in order."""
        over = ("transshipment", "gauge")
        return tuple(leg.terminal_id for leg in self.legs if leg.mode in over)

    @property
    def modes_used(self) -> tuple[str, ...]:
        """Modes in order of travel, without borders, handling and ways to the ends."""
        modes = (leg.mode for leg in self.legs if leg.mode in MODES)
        return tuple(mode for mode, _ in groupby(modes))


def trip_kinds(
    priced: PricedGraph, route: Route, arcs: Sequence[int] | None = None
) -> npt.NDArray[np.int64]:
    """Return the flow kind of arcs of a route, by default all, as its search priced them.

    The trip's countries are those of the nodes of its ends that the route leaves and reaches.
    """
    if not route.arcs:
        return np.empty(0, np.int64)
    graph = priced.graph
    ends = route.origin, route.destination
    nodes = int(graph.tail[route.arcs[0]]), int(graph.head[route.arcs[-1]])
    a, b = (end.countries[end.nodes.index(node)] for end, node in zip(ends, nodes, strict=True))
    return priced.flow_kind(np.array(route.arcs if arcs is None else arcs, np.int64), a, b)


def _none(origin: End, destination: End, code: str, reason: str, facts: Facts = ()) -> Route:
    return Route(origin, destination, None, reason_code=code, reason=reason, facts=facts)


def search_pair(
    priced: PricedGraph, cost: Any, present: Bits, origin: End, destination: End
) -> tuple[float, int, int, npt.NDArray[np.int64]] | None:
    """Return (cost, end of the origin, end of the destination, arcs) of the cheapest path.

    Every pair of countries of the ends is searched at the prices that hold between them.
    """
    best: tuple[float, int, int, npt.NDArray[np.int64]] | None = None
    for a, b in country_pairs(origin, destination):
        view = pair_view(priced, cost, present, a, b)
        mine = [i for i, c in enumerate(origin.countries) if c == a]
        goals = [j for j, c in enumerate(destination.countries) if c == b]
        starts = [(origin.nodes[i], origin.approach(i).gc_usd_per_t) for i in mine]
        ends = end_states(destination, goals)
        tree = grow(priced, view, starts, [state for state, _ in ends])
        found = best_path(tree, priced.topology[2], ends)
        if found is None or (best is not None and found[0] >= best[0]):
            continue
        value, k, arcs = found
        start = int(priced.graph.tail[arcs[0]]) if len(arcs) else destination.nodes[goals[k]]
        i = next(i for i in mine if origin.nodes[i] == start)
        best = value, i, goals[k], arcs
    return best


def _approach_leg(way: Approach, origin: str, destination: str, country: str) -> Leg:
    return Leg(
        mode="access",
        origin=origin,
        destination=destination,
        country=country,
        border_crossing="",
        border_crossing_id="",
        terminal="",
        terminal_id="",
        carries="",
        time_h=way.time_h,
        spread_h=way.spread_h,
        cost_usd_per_t=way.cost_usd_per_t,
        gc_usd_per_t=way.gc_usd_per_t,
        co2_kg_per_t=way.co2_kg_per_t,
        distance_km=way.distance_km,
    )


def assemble(
    priced: PricedGraph,
    labels: Labels,
    ends: tuple[End, End],
    chosen: tuple[int, int],
    arcs: npt.NDArray[np.int64],
) -> Route:
    """Return the route along arcs of the whole graph, from and to the chosen nodes of both ends."""
    (origin, destination), (i, j) = ends, chosen
    graph = priced.graph
    legs = list(legs_of(priced, labels, arcs, origin.countries[i], destination.countries[j]))

    def country(index: int) -> str:
        return graph.countries[index] if index >= 0 else ""

    if origin.approaches:
        to = str(labels.node_name[origin.nodes[i]])
        way = origin.approach(i)
        legs.insert(0, _approach_leg(way, origin.name, to, country(origin.countries[i])))
    if destination.approaches:
        start = str(labels.node_name[destination.nodes[j]])
        way = destination.approach(j)
        at = country(destination.countries[j])
        legs.append(_approach_leg(way, start, destination.name, at))
    return Route(origin, destination, totals_of(tuple(legs)), tuple(legs), tuple(arcs.tolist()))


def _avoided_end(
    priced: PricedGraph, wanted: Wanted, origin: End, destination: End
) -> tuple[str, Facts]:
    """Return why an avoided country makes a route impossible, or nothing (CASES 7)."""
    countries = priced.graph.countries
    for element in wanted.avoid:
        if element.kind != "country":
            continue
        for which, end in (("destination", destination), ("origin", origin)):
            at = {countries[c] for c in end.countries if c >= 0}
            if at == {element.id}:
                reason = (
                    f"the {which} itself, {end.name}, lies in {element.name}, which is avoided; "
                    f"to forbid only passing through it use --no-transit {element.id}"
                )
                return reason, (("place", end.name), ("country", element.id))
    return "", ()


def find_route(
    priced: PricedGraph,
    labels: Labels,
    origin: End,
    destination: End,
    wanted: Wanted,
    *,
    explain: bool = True,
    cost: npt.NDArray[np.float64] | None = None,
) -> Route:
    """Find the route of least generalised cost, or say why there is none.

    Parameters
    ----------
    priced
        The full graph with prices; ``priced.graph.open`` holds for the date asked.
    labels
        Names of the same graph.
    origin, destination
        Ends, see :mod:`opencorridor.routing.ends`.
    wanted
        Cargo, modes, and what is avoided.
    explain
        Without a route, search again for what would open a way.
    cost
        float64[A, 3]: what to search by instead of generalised cost (hours, say).

    Returns
    -------
    Route
        ``found`` tells whether there is one.

    Raises
    ------
    OpenCorridorError
        Code ``negative_cost``.
    """
    season = [one.arcs for one in wanted.shut if one.on_top]
    if season:
        on = priced.graph.open & ~np.any(season, axis=0)
        priced = replace(priced, graph=priced.graph.with_open(on))
    graph = priced.graph
    for end in (origin, destination):
        if not end.nodes:
            code = "too_far" if end.kind == "coordinates" else "no_mode"
            return _none(origin, destination, code, end.reason, end.facts)
    avoided, facts = _avoided_end(priced, wanted, origin, destination)
    if avoided:
        return _none(origin, destination, "end_avoided", avoided, facts)
    if set(origin.nodes) & set(destination.nodes):
        return _none(origin, destination, "same_place", "both ends are the same place")
    can = graph.carries(wanted.cargo) & priced.usable
    removed = [element_arcs(graph, element, labels.link_id) for element in wanted.avoid]
    present = presence(priced, can, wanted, removed)
    check_costs(priced, present)
    by = priced.gc if cost is None else plain_array(cost, np.float64)
    found = search_pair(priced, by, present, origin, destination)
    if found is not None:
        _, i, j, way = found
        return assemble(priced, labels, (origin, destination), (i, j), way)
    reason = "no way is open" + (f" by {', '.join(wanted.modes)}" if wanted.modes != MODES else "")
    route = _none(origin, destination, "no_path", reason, (("modes", ",".join(wanted.modes)),))
    if not explain:
        return route
    # Many searches follow: the compiled kernel is worth its import.
    import opencorridor.routing.kernels.trees  # noqa: F401

    # Tariff layers that do not hold are no ways to open: the railway itself is there.
    can &= graph.tariff < 0
    ways = openings(priced, labels, origin, destination, wanted, can, removed, search_pair)
    return replace(route, opens_with=ways, reason=_say(reason, ways))


def _say(reason: str, ways: Sequence[Opening]) -> str:
    if not ways:
        return f"{reason}, and nothing planned or closed would open one"
    return f"{reason}; opens with: {' or '.join(str(way) for way in ways)}"
