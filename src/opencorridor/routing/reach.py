"""How far it is from one place to every zone, and why not.

One tree serves all zones whose countries pay the same prices on every arc; a country with rates of
its own on the way has a tree of its own, so that every number is that of the route finder.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import MODES
from opencorridor.routing.ends import End
from opencorridor.routing.kernels import paths as kernels
from opencorridor.routing.kernels import trees as _compiled  # noqa: F401 (grow takes it then)
from opencorridor.routing.labels import Labels
from opencorridor.routing.manyskims import own_countries
from opencorridor.routing.masks import element_arcs, present_bits
from opencorridor.routing.priced import ALL_KINDS, PricedGraph, check_costs
from opencorridor.routing.search import Tree, grow, pair_view
from opencorridor.routing.wanted import Wanted, presence

__all__ = ["COLUMNS", "REASONS", "Reach", "reach"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]

COLUMNS = ("time_h", "cost_usd_per_t", "co2_kg_per_t", "distance_km", "gc_usd_per_t")
"""What is told of every zone."""

REASONS = {
    "": "a way was found",
    "same_place": "the place itself",
    "no_origin": "the place has no open access to these modes",
    "no_access": "the zone has no open access to these modes",
    "avoided": "a way exists, but what is avoided or forbidden cuts it off",
    "no_mode": "a way exists with modes that were not asked for",
    "closed": "a way exists over links or crossings that are not open",
    "no_way": "no way in the network",
}
"""Why a zone has no numbers, by code."""


@dataclass(frozen=True, eq=False)
class Reach:
    """Hours, money, CO2e and kilometres from a place to the zones (Z), NaN where there is no way.

    Attributes
    ----------
    values
        float64[Z, 5], by ``COLUMNS``: of the way of least generalised cost.
    reason
        str[Z], key of ``REASONS``; blank where a way was found.
    """

    values: Floats
    reason: npt.NDArray[np.str_]


def _present(priced: PricedGraph, labels: Labels, wanted: Wanted, can: Bools) -> Bits:
    """Return the arcs that a question leaves, as :func:`find_route` takes them."""
    removed = (element_arcs(priced.graph, e, labels.link_id) for e in wanted.avoid)
    return presence(priced, can, wanted, removed)


def _starts(end: End) -> dict[int, list[tuple[int, float]]]:
    """Return nodes with starting costs, by country of the trip."""
    found: dict[int, list[tuple[int, float]]] = {}
    for i, (node, country) in enumerate(zip(end.nodes, end.countries, strict=True)):
        found.setdefault(country, []).append((node, end.approach(i).gc_usd_per_t))
    return found


def _sums(priced: PricedGraph, tree: Tree, country: int, zones: Any, end: End) -> Floats:
    """Return float64[K, 5] of some zones: sums over the tree's ways, the way to it inside."""
    graph, tail = priced.graph, priced.topology[2]
    state = 2 * graph.zone_node[zones].astype(np.int64) + 1
    of = np.array(graph.node_country[graph.zone_node[zones]], np.int16)
    sums: Floats = kernels.tree_sums(
        tree.dist[None], tree.pred[None].astype(np.int32), tail, priced.topology[3],
        np.array([country], np.int16), state, of, priced.plain, priced.by_kind,
    )[0]  # fmt: skip
    # plain: hours, squared spread, kg, km; then money and generalised cost.
    values = sums[:, [0, 4, 2, 3, 5]]
    if end.approaches:
        for z in np.flatnonzero(np.isfinite(values[:, 0])).tolist():
            way = end.approach(end.nodes.index(tree.root(tail, int(state[z])) // 2))
            values[z] += [getattr(way, name) for name in COLUMNS]
    return np.asarray(values)


def _grown(priced: PricedGraph, present: Bits, end: End) -> Floats:
    """Return float64[Z, 5] over the cheapest tree of every zone; NaN where none reaches it."""
    graph = priced.graph
    own = own_countries(priced, present)
    country = graph.node_country[graph.zone_node]
    group = np.where(np.isin(country, list(own)), country, -1)
    best = np.full((len(group), len(COLUMNS)), np.nan)
    for start, nodes in _starts(end).items():
        a = start if start in own else -1
        for b in np.unique(group).tolist():
            zones = np.flatnonzero(group == b)
            targets = (2 * graph.zone_node[zones].astype(np.int64) + 1).tolist()
            tree = grow(priced, pair_view(priced, priced.gc, present, a, b), nodes, targets)
            values = _sums(priced, tree, start, zones, end)
            nearer = np.isfinite(values[:, -1]) & ~(best[zones, -1] <= values[:, -1])
            best[zones[nearer]] = values[nearer]
    return best


def _reached(priced: PricedGraph, present: Bits, end: End) -> Bools:
    """Return bool[Z]: whether a way exists for any kind of flow."""
    bits = np.where(present > 0, ALL_KINDS, 0).astype(np.uint8)
    free = np.zeros((priced.graph.n_arcs, 3))
    view = pair_view(priced, free, bits, -1, -1)
    tree = grow(priced, view, [(node, 0.0) for node in end.nodes], ())
    return np.asarray(np.isfinite(tree.dist[2 * priced.graph.zone_node.astype(np.int64) + 1]))


def _why(
    priced: PricedGraph, labels: Labels, end: End, wanted: Wanted, missing: Bools
) -> npt.NDArray[np.str_]:
    """Return the reason of every missing zone; later questions leave less to be asked for."""
    graph = priced.graph
    reason = np.where(missing, "no_way", "").astype("<U10")
    can = graph.carries(wanted.cargo) & priced.usable
    free = replace(wanted, modes=MODES, avoid=(), no_transit=(), bans=(), shut=())
    closed = present_bits(can & (graph.tariff < 0), graph.kinds)
    kept = _present(priced, labels, replace(free, modes=wanted.modes), can)
    for code, bits in (
        ("closed", closed),
        ("no_mode", _present(priced, labels, free, can)),
        ("avoided", kept),
    ):
        reason[missing & _reached(priced, bits, end)] = code
    into = np.zeros(graph.n_nodes, bool)
    into[graph.head[kept > 0]] = True
    reason[missing & ~into[graph.zone_node]] = "no_access"
    return reason


def reach(priced: PricedGraph, labels: Labels, origin: End, wanted: Wanted) -> Reach:
    """Find the ways of least generalised cost from a place to every zone.

    Parameters
    ----------
    priced, labels
        The whole graph with prices, and its names.
    origin
        Where the goods start.
    wanted
        Cargo, modes, what is avoided and forbidden. Rules that name the importing country are
        those of the question: zones of a country that a rule names need a question of their own.

    Raises
    ------
    OpenCorridorError
        Code ``negative_cost``.
    """
    graph = priced.graph
    zones = len(graph.zone_id)
    if not origin.nodes:
        return Reach(np.full((zones, len(COLUMNS)), np.nan), np.full(zones, "no_origin"))
    can = graph.carries(wanted.cargo) & priced.usable
    present = _present(priced, labels, wanted, can)
    check_costs(priced, present)
    values = _grown(priced, present, origin)
    same = np.isin(graph.zone_node, origin.nodes)
    values[same] = np.nan
    missing = np.isnan(values[:, 0]) & ~same
    reason = np.full(zones, "", "<U10")
    if missing.any():
        reason = _why(priced, labels, origin, wanted, missing)
    reason[same] = "same_place"
    return Reach(values, reason)
