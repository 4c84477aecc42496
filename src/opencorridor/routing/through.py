"""Shortest path through places in a given order, at the prices between its two countries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.routing.ends import End, country_pairs, end_states
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.search import PairView, Tree, best_path, grow_states, pair_view

__all__ = ["path_through"]

Array = npt.NDArray[Any]
Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _Stage:
    """A tree between two places, and how its sources were reached from the stage before."""

    tree: Tree
    before: dict[int, tuple[int, tuple[int, ...]]]


def _pass_arcs(
    priced: PricedGraph, view: PairView, tree: Tree, arcs: Array
) -> tuple[dict[int, float], dict[int, tuple[int, tuple[int, ...]]]]:
    """Return the states right after one of ``arcs``: cost, and (state before, arcs)."""
    graph = priced.graph
    cost: dict[int, float] = {}
    before: dict[int, tuple[int, tuple[int, ...]]] = {}
    for arc in arcs[view.present[arcs] > 0].tolist():
        start, state = 2 * int(graph.tail[arc]) + 1, 2 * int(graph.head[arc]) + 1
        value = float(tree.dist[start]) + float(view.cost[arc, 0])
        if value < cost.get(state, np.inf):
            cost[state], before[state] = value, (start, (arc,))
    return cost, before


def _pass_nodes(
    tree: Tree, nodes: Array
) -> tuple[dict[int, float], dict[int, tuple[int, tuple[int, ...]]]]:
    reached = [s for s in (2 * int(n) + 1 for n in nodes) if np.isfinite(tree.dist[s])]
    return {s: float(tree.dist[s]) for s in reached}, {s: (s, ()) for s in reached}


def _back(priced: PricedGraph, stages: Sequence[_Stage], end: int) -> list[int]:
    """Walk back from an end state of the last stage to the origin."""
    tail = priced.topology[2]
    path: list[int] = []
    state = end
    for stage in reversed(stages):
        piece = stage.tree.arcs(tail, state).tolist()
        path = piece + path
        start = stage.tree.root(tail, state)
        if start in stage.before:
            state, via = stage.before[start]
            path = list(via) + path
    return path


def path_through(
    priced: PricedGraph, present: Bits, origin: End, via: Sequence[str], destination: End
) -> tuple[npt.NDArray[np.int64], int, int] | None:
    """Return (arcs, end of the origin, end of the destination) through places in order, or None.

    Parameters
    ----------
    priced, present
        The graph and presence bits.
    origin, destination
        Ends of the trip.
    via
        Ids of border crossings, each passed by one of its arcs, of terminals, each passed at one of
        its nodes, and of nodes.
    """
    best: tuple[float, npt.NDArray[np.int64], int, int] | None = None
    for a, b in country_pairs(origin, destination):
        view = pair_view(priced, priced.gc, present, a, b)
        mine = [i for i, c in enumerate(origin.countries) if c == a]
        goals = [j for j, c in enumerate(destination.countries) if c == b]
        sources = {2 * origin.nodes[i] + 1: origin.approach(i).gc_usd_per_t for i in mine}
        stages = _stages(priced, view, sources, via)
        if len(stages) <= len(via):
            continue
        ends = end_states(destination, goals)
        found = best_path(stages[-1].tree, priced.topology[2], ends)
        if found is None or (best is not None and found[0] >= best[0]):
            continue
        path = _back(priced, stages, ends[found[1]][0])
        start = int(priced.graph.tail[path[0]]) if path else origin.nodes[mine[0]]
        i = next(k for k in mine if origin.nodes[k] == start)
        best = found[0], np.array(path, np.int64), i, goals[found[1]]
    return None if best is None else best[1:]


def _stages(
    priced: PricedGraph, view: PairView, sources: dict[int, float], via: Sequence[str]
) -> list[_Stage]:
    """Grow the tree to each place and on from it; fewer than asked where a place is not reached."""
    graph = priced.graph
    before: dict[int, tuple[int, tuple[int, ...]]] = {}
    stages: list[_Stage] = []
    for place in (*via, None):
        if not sources:
            break
        tree = grow_states(priced, view, sources)
        stages.append(_Stage(tree, before))
        if place is None:
            break
        named = np.flatnonzero(graph.node_id == place)
        if len(named):
            sources, before = _pass_nodes(tree, named)
            continue
        index = graph.place_index(place)
        arcs = graph.arcs_of_place(index)
        if index < graph.n_crossings:
            sources, before = _pass_arcs(priced, view, tree, arcs)
        else:
            nodes = np.union1d(graph.tail[arcs], graph.head[arcs])
            sources, before = _pass_nodes(tree, nodes)
    return stages
