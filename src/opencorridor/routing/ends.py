"""Where a route may start or end: zones, terminals, crossings, stations, coordinates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import ACCESS, EGRESS, MODES, TRANSSHIPMENT, Graph
from opencorridor.network.geo import haversine_km
from opencorridor.routing.labels import Labels

__all__ = [
    "APPROACH_LIMIT_KM",
    "Approach",
    "End",
    "Facts",
    "copies_at",
    "country_pairs",
    "crossing_end",
    "end_states",
    "node_end",
    "point_end",
    "terminal_end",
    "zone_end",
]

APPROACH_LIMIT_KM = 150.0
APPROACH_DETOUR = 1.3
_PER_MODE = 3
_WATER = (MODES.index("sea"), MODES.index("inland_water"))


@dataclass(frozen=True)
class Approach:
    """First or last kilometres by truck between coordinates and a node, per tonne."""

    distance_km: float = 0.0
    time_h: float = 0.0
    spread_h: float = 0.0
    cost_usd_per_t: float = 0.0
    gc_usd_per_t: float = 0.0
    co2_kg_per_t: float = 0.0


Pricer = Callable[[str, str, float], Approach]
"""From (country id, mode reached, km) to an approach."""


Facts = tuple[tuple[str, str | float], ...]
"""Names and numbers that a reason holds, so that it can be told in another language."""


@dataclass(frozen=True)
class End:
    """One end of a route.

    Attributes
    ----------
    kind, id, name
        The place that was asked for.
    nodes
        Nodes of the graph where the route may start or end.
    countries
        Country index of the trip for each node (-1 on water).
    approaches
        Ways from the place to each node; empty: none needed.
    reason, facts
        Why there is no node, where there is none; the names and numbers in it, by what they are.
    """

    kind: str
    id: str
    name: str
    nodes: tuple[int, ...]
    countries: tuple[int, ...]
    approaches: tuple[Approach, ...] = ()
    reason: str = ""
    facts: Facts = ()

    def approach(self, i: int) -> Approach:
        """Return the way to node number ``i``."""
        return self.approaches[i] if self.approaches else Approach()


def country_pairs(origin: End, destination: End) -> list[tuple[int, int]]:
    """Return every pair (country of the origin, country of the destination) of two ends, once."""
    return [
        (a, b)
        for a in dict.fromkeys(origin.countries)
        for b in dict.fromkeys(destination.countries)
    ]


def end_states(end: End, numbers: Sequence[int]) -> list[tuple[int, float]]:
    """Return the pairs (state, further cost) in which a route to these nodes of an end may end."""
    return [(2 * end.nodes[j] + 1, end.approach(j).gc_usd_per_t) for j in numbers]


def zone_end(graph: Graph, labels: Labels, zone_id: str) -> End:
    """Return the end at a zone."""
    node = int(graph.zone_node[graph.zone_index(zone_id)])
    name = str(labels.node_name[node])
    return End("zone", zone_id, name, (node,), (int(graph.node_country[node]),))


def copies_at(graph: Graph, node: int, arriving: bool) -> list[int]:
    """Return the copies of a node in layers where a trip may begin (``arriving``: end) at it.

    Those whose tariff asks for no way in (out), as a zone of the country would reach them. A layer
    with a fixed part is no start: that part is charged where cargo enters it.
    """
    found = []
    for copy in np.flatnonzero(graph.base == graph.base[node]).tolist():
        into = graph.tariff[graph.head == copy]
        if copy == node or not len(into):
            continue
        gates, _, own = graph.layers[int(into.max())].partition(": ")[2].rsplit(", ", 2)
        gate = gates.split(" to ", 1)[arriving]
        if gate.startswith("any but") and (arriving or own == "0"):
            found.append(copy)
    return found


def node_end(graph: Graph, labels: Labels, node_id: str, arriving: bool = False) -> End:
    """Return the end at a station or any other node.

    The station stands in every tariff layer where a trip from (``arriving``: to) it is at home, so
    that it finds the tariffs that a zone beside it finds.
    """
    node = graph.node_index(node_id)
    name = str(labels.node_name[node])
    nodes = (node, *copies_at(graph, node, arriving)) if graph.layers else (node,)
    return End("station", node_id, name, nodes, (int(graph.node_country[node]),) * len(nodes))


def terminal_end(
    graph: Graph, labels: Labels, terminal_id: str, modes: Sequence[str] = MODES, quay: bool = False
) -> End:
    """Return the end at a port or yard.

    Goods start and end on the land side, so that a ship's handling is part of the route. Water
    nodes serve where no land mode is allowed, or with ``quay`` beside the land nodes.
    """
    place = graph.place_index(terminal_id)
    arcs = graph.arcs_of_place(place)
    nodes: npt.NDArray[Any] = np.union1d(graph.tail[arcs], graph.head[arcs])
    if not len(nodes) and labels.place_quay[place]:
        nodes = np.flatnonzero(graph.node_id == labels.place_quay[place])
    allowed = np.array([m in modes for m in MODES])
    nodes = nodes[allowed[graph.node_mode[nodes]]]
    water = np.isin(graph.node_mode[nodes], _WATER)
    if not quay and not water.all():
        nodes = nodes[~water]
    home = str(labels.place_country[place])
    country = graph.country_index(home)
    name = str(labels.place_name[place])
    reason = "" if len(nodes) else f"{name} has no node of the modes {', '.join(modes)}"
    facts: Facts = () if len(nodes) else (("place", name), ("modes", ",".join(modes)))
    return End(
        "port", terminal_id, name, tuple(nodes.tolist()), (country,) * len(nodes), (), reason, facts
    )


def crossing_end(
    graph: Graph, labels: Labels, crossing_id: str, side: str = "", modes: Sequence[str] = MODES
) -> End:
    """Return the end at a border crossing: both of its sides, or the one in a country."""
    place = graph.place_index(crossing_id)
    arcs = graph.arcs_of_place(place)
    arcs = arcs[(graph.kind[arcs] != ACCESS) & (graph.kind[arcs] != EGRESS)]
    nodes = np.union1d(graph.tail[arcs], graph.head[arcs])
    allowed = np.array([m in modes for m in MODES])
    nodes = nodes[allowed[graph.node_mode[nodes]]]
    if side:
        nodes = nodes[graph.node_country[nodes] == graph.country_index(side)]
    name = str(labels.place_name[place])
    reason = "" if len(nodes) else f"{name} has no node of the modes {', '.join(modes)}"
    countries = tuple(graph.node_country[nodes].tolist())
    facts: Facts = () if len(nodes) else (("place", name), ("modes", ",".join(modes)))
    found = tuple(nodes.tolist())
    return End("border_crossing", crossing_id, name, found, countries, (), reason, facts)


def _nearest(graph: Graph, km: npt.NDArray[np.float64], candidates: Any) -> list[int]:
    order = candidates[np.argsort(km[candidates], kind="stable")]
    return [int(n) for n in order[:_PER_MODE]]


def point_end(
    graph: Graph,
    labels: Labels,
    lat: float,
    lon: float,
    price: Pricer,
    *,
    name: str = "",
    modes: Sequence[str] = MODES,
    present: npt.NDArray[np.bool_] | None = None,
    limit_km: float = APPROACH_LIMIT_KM,
) -> End:
    """Return the end at coordinates: the nearest nodes, reached by truck.

    Kilometres are great circle times 1.3. For every allowed land mode the three nearest nodes in
    the country of the nearest one are taken; quays where no land mode is allowed. Farther than
    ``limit_km`` from the nearest node in a straight line: no node, with the kilometres as reason.
    """
    name = name or f"{lat:g},{lon:g}"
    present = graph.open if present is None else present
    at = f"{lat:g},{lon:g}"
    used = np.zeros(graph.n_nodes, bool)
    used[graph.tail[present]] = True
    used[graph.head[present]] = True
    used &= graph.base == np.arange(graph.n_nodes)
    land = [m for m in modes if MODES.index(m) not in _WATER]
    if not land:
        quay = np.zeros(graph.n_nodes, bool)
        over = graph.kind >= TRANSSHIPMENT
        quay[graph.tail[over]] = True
        quay[graph.head[over]] = True
        used &= quay
    km = haversine_km(lon, lat, graph.node_lon, graph.node_lat)
    chosen: list[int] = []
    for mode in land or modes:
        chosen += _nearest(graph, km, np.flatnonzero(used & (graph.node_mode == MODES.index(mode))))
    if not chosen:
        reason = f"no open {' or '.join(modes)} network"
        return End("coordinates", at, name, (), (), (), reason, (("modes", ",".join(modes)),))
    nearest = min(chosen, key=lambda n: (km[n], n))
    if km[nearest] > limit_km:
        reason = (
            f"{name} is {km[nearest]:,.0f} km from the nearest {' or '.join(modes)} node "
            f"(limit {limit_km:,.0f} km)"
        )
        facts: Facts = (
            ("place", name), ("km", float(km[nearest])), ("limit_km", limit_km),
            ("modes", ",".join(modes)),
        )  # fmt: skip
        return End("coordinates", at, name, (), (), (), reason, facts)
    home = int(graph.node_country[nearest])
    nodes = [n for n in chosen if graph.node_country[n] == home and km[n] <= limit_km]
    ways = [
        price(
            graph.countries[home] if home >= 0 else "",
            MODES[graph.node_mode[n]],
            float(km[n]) * APPROACH_DETOUR,
        )
        for n in nodes
    ]
    return End("coordinates", at, name, tuple(nodes), (home,) * len(nodes), tuple(ways))
