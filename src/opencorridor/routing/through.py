"""Shortest path through places in a given order, exact flow kinds kept across them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.routing.ends import End
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.routes import end_states
from opencorridor.routing.search import Tree, best_path, grow_states

__all__ = ["path_through"]

Array = npt.NDArray[Any]
Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _Stage:
    """A tree between two places, and how its sources were reached from the stage before."""

    tree: Tree
    before: dict[int, tuple[int, tuple[int, ...]]]


def _moves(priced: PricedGraph, present: Bits, arc: int, layer: int, country: int) -> Any:
    """Yield (layer reached, cost) of one arc in a layer: the rule of the kernel."""
    graph = priced.graph
    at = int(graph.country[arc])
    allowed = int(present[arc])
    if layer == 1:
        kind = 2 if 0 <= at == country else 1
        if not graph.leaves[arc] and allowed >> kind & 1:
            yield 1, float(priced.gc_usd_per_t[arc, kind])
        return
    kind = 1 if at < 0 or at == country else 0
    if allowed >> kind & 1:
        yield 0, float(priced.gc_usd_per_t[arc, kind])
    if priced.to_final[arc]:
        if at >= 0 and at == graph.node_country[graph.head[arc]]:
            kind = 2 if at == country else 1
        if allowed >> kind & 1:
            yield 1, float(priced.gc_usd_per_t[arc, kind])


def _pass_arcs(
    priced: PricedGraph, present: Bits, tree: Tree, arcs: Array, country: int
) -> tuple[dict[int, float], dict[int, tuple[int, tuple[int, ...]]]]:
    """Return the states right after one of ``arcs``: cost, and (state before, arcs)."""
    graph = priced.graph
    cost: dict[int, float] = {}
    before: dict[int, tuple[int, tuple[int, ...]]] = {}
    for arc in arcs.tolist():
        for layer in (0, 1):
            start = 2 * int(graph.tail[arc]) + layer
            if not np.isfinite(tree.dist[start]):
                continue
            for layer_to, step in _moves(priced, present, arc, layer, country):
                state = 2 * int(graph.head[arc]) + layer_to
                value = float(tree.dist[start]) + step
                if value < cost.get(state, np.inf):
                    cost[state], before[state] = value, (start, (arc,))
    return cost, before


def _pass_nodes(
    tree: Tree, nodes: Array
) -> tuple[dict[int, float], dict[int, tuple[int, tuple[int, ...]]]]:
    states = [2 * int(n) + layer for n in nodes for layer in (0, 1)]
    reached = [s for s in states if np.isfinite(tree.dist[s])]
    return {s: float(tree.dist[s]) for s in reached}, {s: (s, ()) for s in reached}


def _back(priced: PricedGraph, stages: Sequence[_Stage], arcs: Array, end: int) -> list[int]:
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
        Ids of border crossings, each passed by one of its arcs, and of terminals, each passed at
        one of its nodes.
    """
    graph = priced.graph
    best: tuple[float, npt.NDArray[np.int64], int, int] | None = None
    ends = end_states(priced, destination)
    for country in dict.fromkeys(origin.countries):
        mine = [i for i, c in enumerate(origin.countries) if c == country]
        sources: dict[int, float] = {}
        for i in mine:
            for layer in (0, 1):
                sources[2 * origin.nodes[i] + layer] = origin.approach(i).gc_usd_per_t
        before: dict[int, tuple[int, tuple[int, ...]]] = {}
        stages: list[_Stage] = []
        for place in (*via, None):
            if not sources:
                break
            tree = grow_states(priced, priced.gc, present, sources, country)
            stages.append(_Stage(tree, before))
            if place is None:
                break
            index = graph.place_index(place)
            arcs = graph.arcs_of_place(index)
            if index < graph.n_crossings:
                sources, before = _pass_arcs(priced, present, tree, arcs, country)
            else:
                nodes = np.union1d(graph.tail[arcs], graph.head[arcs])
                sources, before = _pass_nodes(tree, nodes)
        if len(stages) <= len(via):
            continue
        found = best_path(stages[-1].tree, priced.topology[2], ends)
        if found is None or (best is not None and found[0] >= best[0]):
            continue
        path = _back(priced, stages, found[2], ends[found[1]][0])
        start = int(graph.tail[path[0]]) if path else origin.nodes[mine[0]]
        i = next(k for k in mine if origin.nodes[k] == start)
        best = found[0], np.array(path, np.int64), i, found[1]
    return None if best is None else best[1:]
