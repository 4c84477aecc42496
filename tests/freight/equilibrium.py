"""What an equilibrium is, by other code than the solver: scipy's trees on link flows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from opencorridor.freight import Assignment

Floats = npt.NDArray[np.float64]

# scipy takes a cost of 0 for "no link": links without cost get one that is lost in rounding.
ALMOST_NOTHING = 1e-300


def link_cost(result: Assignment, which: int) -> Floats:
    """Return the cost of every link to a class, queues included; marginal in the optimum."""
    network, one = result.network, result.classes[which]
    power = network.power
    b = network.b * (1 + power) if result.system_optimum else network.b
    time = network.free_flow_time * (1 + b * (result.flow / network.capacity) ** power)
    return (
        time + result.queue + one.toll_weight * network.toll + one.distance_weight * network.length
    )


def shortest(result: Assignment, which: int, closed: npt.NDArray[np.bool_] | None = None) -> Floats:
    """Return least costs between zones, no way through the first nodes."""
    network = result.network
    cost, n, m = link_cost(result, which), len(network.node_id), network.first_through
    # Every zone node is split: ways leave its twin, and end at the node itself.
    tail = np.where(network.tail < m, network.tail + n, network.tail)
    best: dict[tuple[int, int], float] = {}
    for a, pair in enumerate(zip(tail.tolist(), network.head.tolist(), strict=True)):
        if closed is None or not closed[a]:
            best[pair] = min(best.get(pair, np.inf), max(float(cost[a]), ALMOST_NOTHING))
    rows, columns = np.array(list(best), dtype=int).reshape(-1, 2).T
    graph = csr_matrix((list(best.values()), (rows, columns)), shape=(n + m, n + m))
    start = np.where(network.zone_node < m, network.zone_node + n, network.zone_node)
    return np.asarray(dijkstra(graph, indices=start))[:, network.zone_node]


def relative_gap(result: Assignment, closed: npt.NDArray[np.bool_] | None = None) -> float:
    """Return (total cost - all-or-nothing cost) / total cost from the flows of links."""
    spent = needed = 0.0
    for c, one in enumerate(result.classes):
        spent += float(result.class_flow[c] @ link_cost(result, c))
        demand = np.where(result.network.zone_node[:, None] == result.network.zone_node, 0,
                          one.demand)  # fmt: skip
        there = demand > 0
        needed += float((demand[there] * shortest(result, c, closed)[there]).sum())
    return (spent - needed) / spent if spent > 0 else 0.0


def balance(result: Assignment) -> float:
    """Return the largest imbalance of any class at any node."""
    network = result.network
    worst = 0.0
    for c, one in enumerate(result.classes):
        flow = result.class_flow[c]
        net = np.bincount(network.tail, flow, len(network.node_id))
        net -= np.bincount(network.head, flow, len(network.node_id))
        np.subtract.at(net, network.zone_node, one.demand.sum(axis=1) - one.demand.sum(axis=0))
        worst = max(worst, float(np.abs(net).max()))
    return worst
