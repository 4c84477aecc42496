"""The programs that the world skim is measured beside: one function each.

A function gets the graph and the origins (places in the list of cities), and returns the seconds
of preparing, the seconds of searching, and what it found. Only searching counts in the ratios.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

CORES = os.cpu_count() or 1


@dataclass
class Graph:
    """Arcs, what is summed along them, and the nodes of the cities."""

    n_node: int
    tail: np.ndarray
    head: np.ndarray
    cost: np.ndarray
    quantity: dict[str, np.ndarray]
    city: np.ndarray

    def save(self, path: Path) -> None:
        """Write to a file."""
        own = {k: v for k, v in vars(self).items() if k != "quantity"}
        np.savez(path, **own, **{f"q_{name}": v for name, v in self.quantity.items()})

    @classmethod
    def load(cls, path: Path) -> Graph:
        """Read what :meth:`save` wrote."""
        with np.load(path) as held:
            own = {k: held[k] for k in held.files if not k.startswith("q_")}
            own["n_node"] = int(own["n_node"])
            return cls(**own, quantity={k[2:]: held[k] for k in held.files if k[:2] == "q_"})


@dataclass
class Answer:
    """What a program took and found: cost float64[S, T], sums float64[Q, S, T] or empty.

    ``threads`` it searched with; ``note`` holds further numbers by name.
    """

    prepare_s: float
    search_s: float
    threads: int
    cost: np.ndarray
    sums: np.ndarray = field(default_factory=lambda: np.empty(0))
    note: dict[str, float] = field(default_factory=dict)


def clock() -> Callable[[], float]:
    """Return a function that tells the seconds since it was asked last."""
    at = [time.perf_counter()]

    def lap() -> float:
        at.append(time.perf_counter())
        return at[-1] - at[-2]

    return lap


def peak_gb() -> float:
    """Return the most memory that this process has held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(x.split()[1]) for x in lines if x.startswith("VmHWM")) * 1024 / 1e9


def _network(graph: Graph) -> Any:
    from opencorridor.routing.hierarchy import Network

    return Network(graph.n_node, graph.tail, graph.head, graph.cost, graph.quantity)


def _compile() -> None:
    """Make all compiled code ready on a triangle; numba keeps it for later runs."""
    from opencorridor.routing import hierarchy

    tail, head = np.array([0, 1, 1, 2, 2, 0], np.int32), np.array([1, 0, 2, 1, 0, 2], np.int32)
    for cost in (np.ones(6), np.arange(6.0)):
        net = hierarchy.Network(3, tail, head, cost, {"cost_again": cost})
        hierarchy.skim(hierarchy.build(net, np.arange(3), 1), np.arange(3), np.arange(3))


def opencorridor(graph: Graph, origins: np.ndarray) -> Answer:
    """Hierarchy prepared once and kept, then all cities to all, six quantities of one way."""
    from opencorridor.routing import hierarchy

    lap = clock()
    _compile()
    note = {"compile_s": lap()}
    network = _network(graph)
    note["start_gb"] = peak_gb()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["OPENCORRIDOR_CACHE"] = cache
        lap()
        cpu = time.process_time()
        hierarchy.prepared(network, graph.city)
        prepare_s = lap()
        note["prepare_cpu_s"] = time.process_time() - cpu
        lap()
        made = hierarchy.prepared(network, graph.city)
        note["again_s"] = lap()
        cpu = time.process_time()
        got = hierarchy.skim(made, graph.city[origins], graph.city)
        search_s = lap()
        note["search_cpu_s"] = time.process_time() - cpu
    note["peak_gb"] = peak_gb()
    note["nodes"], note["core"] = len(made.first) - 1, made.n_core
    sums = np.stack([got[name].values for name in graph.quantity])
    return Answer(prepare_s, search_s, CORES, got["cost"].values, sums, note)


def straight(graph: Graph) -> Graph:
    """Return the contracted graph: chains, loops and costlier parallels taken out."""
    from opencorridor.routing import hierarchy

    small, node = hierarchy.straight(_network(graph), graph.city)
    number = np.full(graph.n_node, -1, np.int64)
    number[node] = np.arange(len(node))
    quantity = {name: np.ascontiguousarray(x) for name, x in small.quantities.items()}
    return Graph(small.n_node, small.tail, small.head, small.cost, quantity, number[graph.city])


def _matrix(graph: Graph, values: np.ndarray) -> Any:
    """Return a sparse matrix; costs of nothing stay arcs, parallels must not be there."""
    from scipy.sparse import csr_matrix

    on = graph.tail != graph.head
    n = graph.n_node
    made = csr_matrix((values[on], (graph.tail[on], graph.head[on])), (n, n))
    if made.nnz != on.sum():
        raise ValueError("parallel arcs: a sparse matrix would add them up")
    return made


def scipy(graph: Graph, origins: np.ndarray) -> Answer:
    """``scipy.sparse.csgraph.dijkstra``: costs alone."""
    from scipy.sparse.csgraph import dijkstra

    lap = clock()
    matrix = _matrix(graph, graph.cost)
    prepare_s = lap()
    rows = [dijkstra(matrix, indices=graph.city[o])[graph.city] for o in origins]
    return Answer(prepare_s, lap(), 1, np.array(rows))


def scipy_trees(graph: Graph, origins: np.ndarray) -> Answer:
    """Sum all quantities along the trees of scipy: a check, not timed in the table."""
    from scipy.sparse.csgraph import dijkstra

    lap = clock()
    matrix = _matrix(graph, graph.cost)
    # Numbers of arcs from 1 on, looked up by their two ends.
    arc_at = _matrix(graph, np.arange(1, len(graph.tail) + 1))
    table = np.stack(list(graph.quantity.values()), axis=1)
    prepare_s = lap()
    cost = np.empty((len(origins), len(graph.city)))
    sums = np.empty((table.shape[1], *cost.shape))
    for s, origin in enumerate(origins):
        dist, before = dijkstra(matrix, indices=graph.city[origin], return_predecessors=True)
        found = np.flatnonzero(before >= 0)
        up = np.arange(graph.n_node)
        up[found] = before[found]
        total = np.zeros((graph.n_node, table.shape[1]))
        total[found] = table[np.asarray(arc_at[up[found], found]).ravel() - 1]
        # Each round doubles the part of its way that a node has summed.
        while (up != up[up]).any():
            total += total[up]
            up = up[up]
        cost[s] = dist[graph.city]
        sums[:, s] = np.where(np.isfinite(cost[s]), total[graph.city].T, np.nan)
    return Answer(prepare_s, lap(), 1, cost, sums)


def aequilibrae(graph: Graph, origins: np.ndarray) -> Answer:
    """``NetworkSkimming``: all six quantities; it takes out chains itself when it prepares."""
    import pandas as pd
    from aequilibrae.paths import Graph as Peer
    from aequilibrae.paths import NetworkSkimming

    lap = clock()
    on = graph.tail != graph.head
    # Its node numbers have no gaps: those without an arc have none. A city without an arc gets one
    # to a node of its own.
    there = np.zeros(graph.n_node, bool)
    there[graph.tail[on]] = there[graph.head[on]] = True
    lone = graph.city[~there[graph.city]]
    there[lone] = True
    number = np.cumsum(there)
    frame = pd.DataFrame(
        {
            "link_id": np.arange(1, on.sum() + 1),
            "a_node": number[graph.tail[on]],
            "b_node": number[graph.head[on]],
            "direction": np.ones(on.sum(), np.int8),
            "gc": graph.cost[on],
            **{name: values[on] for name, values in graph.quantity.items()},
        }
    )
    if len(lone):
        tied = frame.iloc[: len(lone)].copy()
        tied["link_id"] = len(frame) + 1 + np.arange(len(lone))
        tied["a_node"] = number[lone]
        tied["b_node"] = number[-1] + 1 + np.arange(len(lone))
        frame = pd.concat((frame, tied), ignore_index=True)
    peer = Peer()
    peer.network = frame
    peer.prepare_graph(number[graph.city])
    peer.set_graph("gc")
    peer.set_skimming(list(graph.quantity))
    peer.set_blocked_centroid_flows(False)
    skimming = NetworkSkimming(peer)
    prepare_s = lap()
    # Room and labels for all cities, a search from the origins asked for alone.
    results_prepare = skimming.results.prepare
    every = peer.centroids

    def prepare(*given: Any) -> None:
        peer.centroids = every
        results_prepare(*given)
        peer.centroids = every[origins]

    skimming.results.prepare = prepare
    skimming.execute()
    search_s = lap()
    view = np.asarray(skimming.results.skims.matrix_view)[origins]
    view = np.where(np.isfinite(view) & (view < 1e200), view, np.nan)
    name = list(graph.quantity).index("gc_usd_per_t")
    return Answer(prepare_s, search_s, CORES, view[:, :, name], np.moveaxis(view, 2, 0))


def networkit(graph: Graph, origins: np.ndarray) -> Answer:
    """``SPSP``: Dijkstra from several sources in parallel, costs alone."""
    import networkit as nk

    lap = clock()
    on = graph.tail != graph.head
    nk.setNumberOfThreads(CORES)
    peer = nk.GraphFromCoo(
        (graph.cost[on], (graph.tail[on], graph.head[on])),
        n=graph.n_node,
        weighted=True,
        directed=True,
    )
    prepare_s = lap()
    rows = []
    for begin in range(0, len(origins), 4):
        search = nk.distance.SPSP(peer, graph.city[origins[begin : begin + 4]].tolist())
        search.run()
        rows.append(np.asarray(search.getDistances(asarray=True))[:, graph.city])
    cost = np.concatenate(rows)
    return Answer(prepare_s, lap(), CORES, np.where(cost < 1e200, cost, np.nan))


def igraph(graph: Graph, origins: np.ndarray) -> Answer:
    """``Graph.distances``: costs alone."""
    import igraph as ig

    lap = clock()
    on = graph.tail != graph.head
    ends = np.stack((graph.tail[on], graph.head[on]), axis=1)
    peer = ig.Graph(n=graph.n_node, edges=ends, directed=True)
    weights = graph.cost[on].tolist()
    prepare_s = lap()
    cost = peer.distances(graph.city[origins].tolist(), graph.city.tolist(), weights)
    return Answer(prepare_s, lap(), 1, np.array(cost))


def pandana(graph: Graph, origins: np.ndarray) -> Answer:
    """Its own contraction hierarchy, pair by pair; costs rounded to thousandths."""
    import pandana as pdna
    import pandas as pd

    lap = clock()
    on = graph.tail != graph.head
    nothing = pd.Series(np.zeros(graph.n_node))
    peer = pdna.Network(
        nothing,
        nothing,
        pd.Series(graph.tail[on]),
        pd.Series(graph.head[on]),
        pd.DataFrame({"gc": graph.cost[on]}),
        twoway=False,
    )
    prepare_s = lap()
    start, end = np.meshgrid(graph.city[origins], graph.city, indexing="ij")
    cost = np.array(peer.shortest_path_lengths(start.ravel(), end.ravel()), float)
    # Unreachable pairs are the largest number that it counts to.
    cost = np.where(cost < 4e6, cost, np.nan).reshape(start.shape)
    return Answer(prepare_s, lap(), CORES, cost)


def scgraph(graph: Graph, origins: np.ndarray) -> Answer:
    """``get_shortest_path_tree`` of its compiled graph, costs alone."""
    from scgraph import Graph as Peer

    lap = clock()
    lists: list[dict[int, float]] = [{} for _ in range(graph.n_node)]
    on = np.flatnonzero(graph.tail != graph.head)
    for u, v, c in zip(
        graph.tail[on].tolist(), graph.head[on].tolist(), graph.cost[on].tolist(), strict=True
    ):
        lists[u][v] = c
    peer = Peer(lists)
    prepare_s = lap()
    rows = []
    for origin in graph.city[origins].tolist():
        tree = peer.get_shortest_path_tree(origin)
        rows.append(np.asarray(tree["distance_matrix"], float)[graph.city])
    return Answer(prepare_s, lap(), 1, np.array(rows))


PROGRAMS: dict[str, Callable[[Graph, np.ndarray], Answer]] = {
    f.__name__: f
    for f in (opencorridor, scipy, scipy_trees, aequilibrae, networkit, igraph, pandana, scgraph)
}


def version(program: str) -> str:
    """Return the version of a program, empty where it is not installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    if program == "opencorridor":
        return "here"
    try:
        return installed(program.removesuffix("_trees"))
    except PackageNotFoundError:
        return ""
