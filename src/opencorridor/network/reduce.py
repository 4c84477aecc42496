"""A smaller graph with the same shortest ways between the nodes that matter."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network.graph import Graph, freeze

__all__ = ["Reduced", "only_arcs", "reduce"]

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
# Measured on a network of 38,000 nodes and 137,000 arcs: 4,400 nodes and 31,000 arcs are left in
# 3.5 s; a witness limit of 60 leaves 8 % fewer arcs in 8 s.
_BOUND = 1
_LIMIT = 30
_MAX_DEGREE = 24
_PER_ARC = (
    *("tail", "head", "kind", "ref", "length_km", "mode", "layer", "country", "place"),
    *("direction", "charged", "enters", "leaves", "cargo_mask", "open", "reverse", "cell"),
    *("tariff", "kinds"),
)


@dataclass(frozen=True, eq=False)
class Reduced:
    """A reduced graph and the way back to the arcs of the whole one.

    A' arcs of ``graph``; E edges in the pool of the contraction.

    Attributes
    ----------
    graph
        The nodes that are left with their arcs. A shortcut is a LINK arc whose ``ref`` is one of
        its links and whose ``length_km`` is the sum: all its links have one price per km.
    node
        Node of the whole graph for every node of ``graph``.
    arc
        Arc of the whole graph for every arc that is no shortcut, else -1 (shape A').
    child1, child2
        Edge of the pool in or against its direction, as ``2 * edge + side``, for the two parts of
        a shortcut in the order of travel; -1 for other arcs (shape A').
    ends, via, child_a, child_b, arc_of_edge
        The pool: two end nodes (2E, nodes of the whole graph), node passed, two parts (E), and
        the arc of the whole graph from first to second end (E; -1 for shortcuts).
    edge
        Edge of the pool of every arc as ``2 * edge + side``; -1 for arcs outside (shape A').
    reverse_whole
        ``Graph.reverse`` of the whole graph.
    """

    graph: Graph
    node: Ints
    arc: Ints
    child1: Ints
    child2: Ints
    edge: Ints
    ends: Ints
    via: Ints
    child_a: Ints
    child_b: Ints
    arc_of_edge: Ints
    reverse_whole: Ints

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def n_whole(self) -> int:
        """Number of arcs of the whole graph."""
        return len(self.reverse_whole)

    def __repr__(self) -> str:
        return f"Reduced({self.graph!r} of {self.n_whole} arcs)"

    def unpack(self, arc: int) -> list[int]:
        """Return the arcs of the whole graph that an arc stands for, in the order of travel."""
        if self.arc[arc] >= 0:
            return [int(self.arc[arc])]
        found: list[int] = []
        stack = [int(self.edge[arc])]
        while stack:
            half = stack.pop()
            if self.child_a[half >> 1] < 0:
                forth = int(self.arc_of_edge[half >> 1])
                found.append(int(self.reverse_whole[forth]) if half & 1 else forth)
            else:
                parts = _children(np.array([half]), self.ends, self.via, self.child_a, self.child_b)
                stack.extend((int(parts[1, 0]), int(parts[0, 0])))
        return found

    def unpack_all(self, arcs: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], ...]:
        """Return what arcs stand for, in no order of travel: (place in ``arcs``, whole arc)."""
        wanted = np.asarray(arcs, dtype=np.int64)
        plain = np.flatnonzero(self.arc[wanted] >= 0)
        owners, whole = [plain], [self.arc[wanted[plain]].astype(np.int64)]
        owner = np.flatnonzero(self.arc[wanted] < 0)
        half = self.edge[wanted[owner]].astype(np.int64)
        while half.size:
            given = self.child_a[half >> 1] < 0
            forth = self.arc_of_edge[half[given] >> 1]
            back = (half[given] & 1) == 1
            owners.append(owner[given])
            whole.append(np.where(back, self.reverse_whole[forth], forth).astype(np.int64))
            parts = _children(half[~given], self.ends, self.via, self.child_a, self.child_b)
            half = parts.ravel().astype(np.int64)
            owner = np.concatenate([owner[~given]] * 2)
        return np.concatenate(owners), np.concatenate(whole)

    def spread(self, load: npt.ArrayLike) -> Floats:
        """Return loads of the arcs (shape A') as loads of the arcs of the whole graph (shape A)."""
        from opencorridor.network.kernels.contract import push_down

        value = np.asarray(load, dtype=np.float64)
        whole = np.zeros(self.n_whole)
        plain = self.arc >= 0
        np.add.at(whole, self.arc[plain], value[plain])
        halves = np.zeros(2 * len(self.via))
        np.add.at(halves, self.edge[~plain], value[~plain])
        forth, back = np.ascontiguousarray(halves[0::2]), np.ascontiguousarray(halves[1::2])
        push_down(self.ends, self.via, self.child_a, self.child_b, forth, back)
        given = self.arc_of_edge >= 0
        np.add.at(whole, self.arc_of_edge[given], forth[given])
        np.add.at(whole, self.reverse_whole[self.arc_of_edge[given]], back[given])
        return whole

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return all array fields by name, those of the graph as ``graph.NAME``."""
        own = {f.name: getattr(self, f.name) for f in fields(self)}
        own = {name: value for name, value in own.items() if isinstance(value, np.ndarray)}
        return own | {f"graph.{name}": a for name, a in self.graph.arrays().items()}

    @classmethod
    def restore(cls, arrays: dict[str, npt.NDArray[Any]], meta: dict[str, Any]) -> Reduced:
        """Return what ``arrays`` and the graph's ``meta`` hold."""
        graph = {k.removeprefix("graph."): v for k, v in arrays.items() if k.startswith("graph.")}
        own = {k: v for k, v in arrays.items() if not k.startswith("graph.")}
        return cls(graph=Graph.restore(graph, meta), **own)


def only_arcs(graph: Graph, arcs: npt.ArrayLike) -> Graph:
    """Return the graph with some of its arcs, in their order, and all of its nodes.

    Parameters
    ----------
    arcs
        Arcs to keep, ascending and without duplicates.
    """
    kept = np.asarray(arcs, dtype=np.int64)
    position = np.full(graph.n_arcs + 1, -1, np.int32)
    position[kept] = np.arange(len(kept))
    columns = {name: getattr(graph, name)[kept] for name in _PER_ARC}
    columns["reverse"] = position[columns["reverse"]]
    first_out = np.searchsorted(columns["tail"], np.arange(graph.n_nodes + 1))
    return replace(graph, first_out=first_out, **columns)


def _children(half: Ints, ends: Ints, via: Ints, child_a: Ints, child_b: Ints) -> Ints:
    """Return the two parts of shortcuts in the order of travel, shape (2, n).

    ``half`` and the parts are ``2 * edge + side``: side 1 goes from second to first end.
    """
    e, against = half >> 1, (half & 1) == 1
    one = np.where(against, child_b[e], child_a[e])
    two = np.where(against, child_a[e], child_b[e])
    return np.stack([2 * one + (ends[2 * one] != ends[half]), 2 * two + (ends[2 * two] != via[e])])


def _contract(graph: Graph, forward: Ints, keep: npt.NDArray[np.bool_]) -> tuple[Any, ...]:
    from opencorridor.network.kernels.contract import contract

    found = contract(
        graph.tail[forward],
        graph.head[forward],
        graph.cell[forward],
        graph.length_km[forward],
        keep,
        _BOUND,
        _LIMIT,
        _MAX_DEGREE,
    )
    return tuple(found)


def reduce(graph: Graph, keep: npt.NDArray[np.bool_] | None = None) -> Reduced:
    """Take out nodes so that the shortest ways between those that are left stay the same.

    Exact for every class of cargo: a node goes only if all its arcs are plain and of one cell
    (see ``Graph.cell``), and a shortcut is left out only where another way in the same cell is
    not longer. So shortest ways are preserved for every positive price per km of every cell. Ends
    of borders, transshipments, access arcs, ferries and other special links always stay.

    Parameters
    ----------
    graph
        A whole graph.
    keep
        Shape N: nodes that must stay besides (``cells.keep_mask``).

    Returns
    -------
    Reduced
    """
    plain = graph.cell >= 0
    kept = np.zeros(graph.n_nodes, bool) if keep is None else keep.copy()
    special = ~plain
    kept[graph.tail[special]] = True
    kept[graph.head[special]] = True
    kept[graph.zone_node] = True
    arc = np.arange(graph.n_arcs, dtype=np.int32)
    forward = arc[plain & (arc < graph.reverse) & (graph.tail != graph.head)]
    ends, _, km, via, child_a, child_b, alive, gone = _contract(graph, forward, kept)
    arc_of_edge = np.full(len(via), -1, np.int32)
    arc_of_edge[: len(forward)] = forward

    live = np.flatnonzero(alive).astype(np.int32)
    origin = _first_given(child_a, arc_of_edge)[live]
    n_special, n_live = int(special.sum()), len(live)
    arcs = {name: getattr(graph, name)[special] for name in _PER_ARC}
    for name in _PER_ARC:
        values = getattr(graph, name)[origin]
        arcs[name] = np.concatenate([arcs[name], values, values])
    arcs["tail"][n_special:] = np.concatenate([ends[2 * live], ends[2 * live + 1]])
    arcs["head"][n_special:] = np.concatenate([ends[2 * live + 1], ends[2 * live]])
    arcs["length_km"][n_special:] = np.tile(km[live], 2)
    half = np.concatenate([np.full(n_special, -1), 2 * live, 2 * live + 1]).astype(np.int32)
    whole = np.concatenate([arc[special], arc_of_edge[live], graph.reverse[arc_of_edge[live]]])
    whole[n_special:][np.tile(arc_of_edge[live] < 0, 2)] = -1
    position = np.full(graph.n_arcs + 1, -1, np.int32)
    position[arc[special]] = np.arange(n_special)
    mirror = np.concatenate(
        [
            position[graph.reverse[special]],
            np.arange(n_live) + n_special + n_live,
            np.arange(n_live) + n_special,
        ]
    )
    return _assemble(graph, gone, arcs, whole, half, mirror, (ends, via, child_a, child_b,
                     arc_of_edge))  # fmt: skip


def _first_given(child_a: Ints, arc_of_edge: Ints) -> Ints:
    """Return one given arc below every edge of the pool (children come before parents)."""
    first = arc_of_edge.copy()
    for e in np.flatnonzero(child_a >= 0):
        first[e] = first[child_a[e]]
    return first


def _assemble(
    graph: Graph,
    gone: npt.NDArray[np.bool_],
    arcs: dict[str, Any],
    whole: Ints,
    half: Ints,
    mirror: Ints,
    pool: tuple[Ints, ...],
) -> Reduced:
    """Renumber nodes, sort arcs by tail and make the ``Reduced``."""
    node = np.flatnonzero(~gone).astype(np.int32)
    number = np.cumsum(~gone).astype(np.int32) - 1
    arcs["tail"], arcs["head"] = number[arcs["tail"]], number[arcs["head"]]
    order = np.lexsort((arcs["head"], arcs["tail"]))
    place = np.full(len(order) + 1, -1, np.int32)
    place[order] = np.arange(len(order))
    arcs["reverse"] = place[mirror]
    arcs = {name: values[order] for name, values in arcs.items()}
    base = graph.base[node]
    small = replace(
        graph,
        base=np.where(gone[base], np.arange(len(node)), number[base]).astype(np.int32),
        node_id=graph.node_id[node],
        node_country=graph.node_country[node],
        node_mode=graph.node_mode[node],
        node_lon=graph.node_lon[node],
        node_lat=graph.node_lat[node],
        zone_node=number[graph.zone_node],
        first_out=np.searchsorted(arcs["tail"], np.arange(len(node) + 1)),
        **arcs,
    )
    ends, via, child_a, child_b, arc_of_edge = pool
    is_cut = whole[order] < 0
    parts = np.full((2, len(order)), -1, np.int32)
    parts[:, is_cut] = _children(half[order][is_cut], ends, via, child_a, child_b)
    return Reduced(
        graph=small,
        node=node,
        arc=whole[order].astype(np.int32),
        child1=parts[0],
        child2=parts[1],
        edge=half[order],
        ends=ends,
        via=via,
        child_a=child_a,
        child_b=child_b,
        arc_of_edge=arc_of_edge,
        reverse_whole=graph.reverse,
    )
