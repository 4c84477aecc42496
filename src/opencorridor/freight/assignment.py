"""User equilibrium and system optimum of traffic on a network whose costs rise with flow.

Column generation with exact gaps: shortest trees give each pair the routes it lacks and measure
the gap; between two such rounds, flow is shifted between alternative segments until what is left
is a small part of that gap (kernels ``repair``, ``routepool`` and ``segments``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache, partial

import numpy as np
import numpy.typing as npt

from opencorridor.freight.assigned import Assignment, Start, TrafficClass
from opencorridor.freight.queues import checked_limit, clear_queues
from opencorridor.freight.shifts import Work, tiny_network
from opencorridor.network.exchange.traffic import TrafficNetwork
from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = ["Assignment", "TrafficClass", "assign"]

Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.bool_]


def assign(
    network: TrafficNetwork,
    classes: Sequence[TrafficClass] | None = None,
    *,
    gap: float = 1e-10,
    system_optimum: bool = False,
    closed: Bits | None = None,
    hard_capacity: Floats | None = None,
    start: Assignment | Start | None = None,
    time_limit_s: float = np.inf,
    max_iterations: int = 1000,
) -> Assignment:
    """Return the equilibrium, or the best flows found with the reason why it is none.

    Parameters
    ----------
    network
        Links and zones.
    classes
        Who travels; the network's own demand without weights by default.
    gap
        Relative gap to reach, above 0.
    system_optimum
        Minimise total cost: everyone is charged the marginal cost.
    closed
        Links that carry nothing, bool[A].
    hard_capacity
        Flow that no link passes, float64[A], above 0; infinite where a link has no such bound. A
        queue keeps it, to 1e-8 of the capacity; ``queue`` is its delay.
    start
        An earlier result on the same links, or routes read from a file, which are taken over: other
        demand, costs, capacities or closures converge faster from there.
    time_limit_s, max_iterations
        When to stop before the gap is reached.

    Raises
    ------
    OpenCorridorError
        ``assign_gap``, ``assign_unreachable`` (each pair with its row), ``assign_negative_cost``,
        ``assign_start``, ``assign_hard_capacity``, ``assign_cut`` (hard capacities that the demand
        cannot pass, with the links of the cut).
    """
    if not gap > 0:
        raise OpenCorridorError(
            [Problem("assign_gap", f"the gap is {gap:g}", value=f"{gap:g}", expected="above 0")]
        )
    bound = checked_limit(network, hard_capacity)
    _make_ready(bound is not None)
    clock = time.perf_counter()
    who = tuple(classes) if classes is not None else (TrafficClass("all", network.demand),)
    work = Work(network, who, system_optimum, closed, bound)
    work.begin(start)
    solve = partial(clear_queues, work, work.solve) if work.has_queues else work.solve
    reason = solve(gap, clock + time_limit_s, clock, max_iterations)
    return work.result(reason, time.perf_counter() - clock)


@cache
def _make_ready(queues: bool) -> None:
    """Load the compiled kernels on two parallel links, so that no solve is charged for it."""
    tiny = tiny_network()
    work = Work(
        tiny, (TrafficClass("all", tiny.demand),), False, None, np.full(2, 9.0) if queues else None
    )
    work.begin(None)
    work.routes.enlarge()
    work.solve(1e-9, np.inf, 0.0, 9)
    work.join(work.group())
    result = work.result("gap", 0.0)
    Work(tiny, result.classes, False, None).begin(result)
    work.columns(several=True)
