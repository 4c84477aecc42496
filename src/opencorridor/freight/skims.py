"""Time, length and cost from zone to zone at the flows of an assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.routing.kernels import repair

if TYPE_CHECKING:
    from opencorridor.freight.assigned import Assignment

__all__ = ["skim_matrices"]

Floats = npt.NDArray[np.float64]


def skim_matrices(result: Assignment, which: int = 0) -> dict[str, Floats]:
    """Return ``cost``, ``time``, ``length`` and ``demand``, float64[Z, Z], of a class.

    Time (with queues) and length are those of the cheapest way; NaN where there is none.
    """
    network, order = result.network, result.pairs.order
    one = result.classes[which]
    tail, head = network.tail[order], network.head[order]
    time, length = (result.time + result.queue)[order], network.length[order]
    cost = time + one.toll_weight * network.toll[order] + one.distance_weight * length
    n_node, n_zone = len(network.node_id), network.n_zone
    found = {name: np.full((n_zone, n_zone), np.nan) for name in ("cost", "time", "length")}
    for i, source in enumerate(network.zone_node.tolist()):
        arc_in = np.full(n_node, -1, np.int32)
        room = repair.repair_room(n_node)
        repair.repair(
            result.pairs.first, tail, head, cost, source, network.first_through, arc_in, room
        )
        reached = np.isfinite(room[0][network.zone_node])
        found["cost"][i, reached] = room[0][network.zone_node][reached]
        for name, values in (("time", time), ("length", length)):
            repair.label(tail, values, source, arc_in, room)
            found[name][i, reached] = room[0][network.zone_node][reached]
    return {**found, "demand": one.demand}
