"""User equilibrium and system optimum of traffic on a network whose costs rise with flow.

Column generation with exact gaps: shortest trees give each pair the routes it lacks and measure
the gap; between two such rounds, flow is shifted between alternative segments until what is left
is a small part of that gap (kernels ``repair``, ``routepool`` and ``segments``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from opencorridor.freight.kernels import routepool, segments, volume
from opencorridor.freight.kernels.threads import threads_in_use
from opencorridor.freight.pairs import Pairs, make_pairs, refuse_unreachable
from opencorridor.freight.routeflows import RouteFlows
from opencorridor.network.exchange.traffic import TrafficNetwork
from opencorridor.routing.kernels import repair
from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = ["Assignment", "TrafficClass", "assign"]

Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.bool_]

# Share of the gap that may be left before new routes are sought, and that single choices may hide.
_LEFT, _HIDDEN = 0.02, 0.02
# Links visited while shifting, for each link of each tree, and bounds of the rounds of shifts.
_WORK, _LEAST_ROUNDS, _MOST_ROUNDS = 10, 10, 300
# Flows are summed anew from the routes after so many steps.
_SUM_AGAIN = 10
# The gap has to fall by this factor within so many steps, or the solver says that it stalls.
_STALL_STEPS, _STALL_FACTOR = 60, 0.9
# Trees times links from which on several threads are worth their start.
_PARALLEL = 400_000


@dataclass(frozen=True)
class TrafficClass:
    """Trips that weigh tolls and distances alike.

    Attributes
    ----------
    name
        For messages and results.
    demand
        Trips from zone to zone, float64[Z, Z].
    toll_weight, distance_weight
        Cost of one unit of toll and of length, in units of time.
    """

    name: str
    demand: Floats
    toll_weight: float = 0.0
    distance_weight: float = 0.0


@dataclass(frozen=True)
class Assignment:
    """Flows, and how close to equilibrium they are.

    Attributes
    ----------
    network
        What was loaded.
    classes
        Whose trips.
    system_optimum
        Whether the total cost was minimised instead.
    flow, class_flow
        Flow of every link, float64[A], and by class, float64[C, A].
    time
        Time of every link at that flow, float64[A].
    gap
        (total cost - cost if all took their cheapest way at these costs) / total cost; costs are
        marginal ones for the system optimum.
    objective
        Beckmann's sum of integrals, with tolls and distances; the total cost in the optimum.
    tstt, total_cost
        Total time, and total of time, weighted tolls and distances.
    iterations, seconds
        Rounds of new routes, and the time the solver took, kernels once loaded.
    converged, reason
        Whether ``gap`` was reached, and what ended the work: gap, time, stalled or iterations.
    history
        Seconds and gap at every round, float64[K, 2].
    pairs, routes
        Who travels, and on which ways.
    """

    network: TrafficNetwork
    classes: tuple[TrafficClass, ...]
    system_optimum: bool
    flow: Floats
    class_flow: Floats
    time: Floats
    gap: float
    objective: float
    tstt: float
    total_cost: float
    iterations: int
    seconds: float
    converged: bool
    reason: str
    history: Floats
    pairs: Pairs
    routes: RouteFlows

    def routes_of(
        self, origin: str, destination: str, which: int = 0
    ) -> list[tuple[float, tuple[str, ...]]]:
        """Return flow and link ids of every used route of a pair of zones and a class."""
        pair = self.pairs.find(self.network, origin, destination, which)
        order = self.pairs.order
        return [] if pair < 0 else [
            (flow, tuple(self.network.link_id[order[a]] for a in links))
            for flow, links in self.routes.of(pair)
        ]  # fmt: skip


def assign(
    network: TrafficNetwork,
    classes: Sequence[TrafficClass] | None = None,
    *,
    gap: float = 1e-10,
    system_optimum: bool = False,
    closed: Bits | None = None,
    start: Assignment | None = None,
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
    start
        An earlier result on the same links, whose routes are taken over: other demand, costs,
        capacities or closures converge faster from there.
    time_limit_s, max_iterations
        When to stop before the gap is reached.

    Raises
    ------
    OpenCorridorError
        ``assign_gap``, ``assign_unreachable`` (each pair with its row), ``assign_negative_cost``,
        ``assign_start``.
    """
    if not gap > 0:
        raise OpenCorridorError(
            [Problem("assign_gap", f"the gap is {gap:g}", value=f"{gap:g}", expected="above 0")]
        )
    _make_ready()
    clock = time.perf_counter()
    who = tuple(classes) if classes is not None else (TrafficClass("all", network.demand),)
    work = _Work(network, who, system_optimum, closed)
    work.begin(start)
    reason = work.solve(gap, clock + time_limit_s, clock, max_iterations)
    return work.result(reason, time.perf_counter() - clock)


@cache
def _make_ready() -> None:
    """Load the compiled kernels on two parallel links, so that no solve is charged for it."""
    one, two = np.ones(2), np.zeros(2, np.int32)
    tiny = TrafficNetwork(
        "", "", ("1", "2"), ("1", "2"), np.arange(2, dtype=np.int32), 0, ("1", "2"), two, two + 1,
        one, one, one, one, one, one, np.array([[0.0, 2.0], [0.0, 0.0]]),
    )  # fmt: skip
    work = _Work(tiny, (TrafficClass("all", tiny.demand),), False, None)
    work.begin(None)
    work.routes.enlarge()
    work.solve(1e-9, np.inf, 0.0, 9)
    result = work.result("gap", 0.0)
    _Work(tiny, result.classes, False, None).begin(result)
    work.columns(several=True)


class _Work:
    """The arrays that the kernels share, links sorted by tail."""

    def __init__(
        self,
        network: TrafficNetwork,
        classes: tuple[TrafficClass, ...],
        system_optimum: bool,
        closed: Bits | None,
    ) -> None:
        self.network, self.classes, self.optimum = network, classes, system_optimum
        self.pairs = make_pairs(network, classes)
        order = self.pairs.order
        self.tail, self.head = network.tail[order], network.head[order]
        power = network.power[order]
        self.law = (
            network.free_flow_time[order].copy(),
            (network.free_flow_time * network.b)[order] * (1.0 + power if system_optimum else 1.0),
            power.copy(),
            volume.whole_powers(power),
            network.capacity[order].copy(),
        )
        toll, length = network.toll[order], network.length[order]
        self.extra = np.array(
            [c.toll_weight * toll + c.distance_weight * length for c in classes]
        ).reshape(len(classes), network.n_link)
        self._refuse_negative()
        self.own = self.extra.copy()
        if closed is not None:
            self.extra[:, np.asarray(closed, dtype=bool)[order]] = np.inf
        n = network.n_link
        self.v, self.cost, self.slope = np.zeros(n), np.zeros(n), np.zeros(n)
        self.mark = np.zeros(n + 1, np.int64)
        self.routes = RouteFlows.empty(self.pairs.n)
        trees = (self.pairs.n_tree, len(network.node_id))
        self.arc_in = np.full(trees, -1, np.int32)
        self.least, self.need = np.zeros(self.pairs.n), np.zeros(self.pairs.n_tree)
        self.sign = np.zeros(self.pairs.n, np.uint64)
        self.history: list[tuple[float, float]] = []
        self.best, self.best_gap = self.routes, np.inf

    def _refuse_negative(self) -> None:
        free = self.law[0] + self.extra
        if (free < 0).any():
            a = int(self.pairs.order[np.argwhere(free < 0)[0][1]])
            said = f"link {self.network.link_id[a]} costs less than 0 without traffic"
            raise OpenCorridorError(
                [Problem("assign_negative_cost", said, "", self.network.file,
                         self.network.link_row[a] if self.network.link_row else None, "toll",
                         expected="weights of 0 or more")]
            )  # fmt: skip

    def columns(self, several: bool = False) -> None:
        """Repair the trees, by several threads where asked or worth it; add the ways they offer."""
        p = self.pairs
        trees = (
            p.first, self.tail, self.head, self.cost, self.extra, self.network.first_through,
            p.tree_class, p.source, p.tree_first, p.target, p.demand, self.arc_in, self.least,
            self.sign, self.need,
        )  # fmt: skip
        threads = threads_in_use()
        if several or (threads > 1 and p.n_tree * self.network.n_link >= _PARALLEL):
            repair.repair_all_at_once(4 * threads, *trees)
        else:
            repair.repair_all(*trees)
        done = 0
        while True:
            done = routepool.add_routes(
                done, self.tail, self.cost, self.own, p.tree_class, p.source, p.tree_first,
                p.target, self.arc_in, self.least, self.sign, self.routes.chain, self.routes.pool,
                self.routes.count,
            )  # fmt: skip
            if done == p.n_tree:
                return
            self.routes.enlarge()

    def sum_again(self) -> None:
        """Sum the flows of links from the routes; price the links."""
        routepool.load(self.routes.chain, self.routes.pool, self.v)
        volume.fill_costs(self.v, *self.law, self.cost, self.slope)

    def begin(self, start: Assignment | None) -> None:
        """Load the routes taken over, or those that are cheapest without traffic."""
        volume.fill_costs(self.v, *self.law, self.cost, self.slope)
        if start is not None:
            self.pairs.take_over(self.routes, start, self.own, self.extra)
        self.columns()
        refuse_unreachable(self.network, self.pairs, self.least)
        chain = self.routes.chain
        blank = self.pairs.without_flow(self.routes)
        self.routes.flow[chain[blank]] = self.pairs.demand[blank]
        self.sum_again()

    def total(self) -> float:
        """Return flow times cost over links and classes."""
        fixed = routepool.fixed_total(self.routes.chain, self.routes.pool)
        return float(self.v @ self.cost) + float(fixed)

    def measure(self) -> tuple[float, float]:
        """Return gap and total cost at the flows at hand, with the routes that they lack added."""
        self.columns()
        total = self.total()
        return (max(total - float(self.need.sum()), 0.0) / total if total > 0 else 0.0), total

    def solve(self, goal: float, until: float, clock: float, most: int) -> str:
        """Iterate; return what ended the work."""
        for step in range(most):
            gap, total = self.measure()
            if gap <= goal or step % _SUM_AGAIN == _SUM_AGAIN - 1:
                self.sum_again()
                gap, total = self.measure()
            now = time.perf_counter()
            self.history.append((now - clock, gap))
            if gap < self.best_gap:
                self.best, self.best_gap = self.routes.snapshot(), gap
            if gap <= goal:
                return "gap"
            if now >= until:
                return "time"
            if self._stalls():
                return "stalled"
            self.shift(gap * total, until)
        return "iterations"

    def _stalls(self) -> bool:
        if len(self.history) <= _STALL_STEPS:
            return False
        gaps = [gap for _, gap in self.history]
        return min(gaps[-_STALL_STEPS:]) > _STALL_FACTOR * min(gaps[:-_STALL_STEPS])

    def shift(self, excess: float, until: float) -> None:
        """Shift flow between segments until a small part of the excess cost is left."""
        routes = self.routes
        choices = segments.group(routes.chain, self.pairs.pair_class, routes.pool, self.mark)
        n = max(len(choices[2]), 1)
        work = _WORK * self.pairs.n_tree * self.network.n_link // max(len(choices[0]), 1)
        for _ in range(min(max(work, _LEAST_ROUNDS), _MOST_ROUNDS)):
            left = segments.equalise(
                choices, routes.fixed, routes.flow, self.v, self.cost, self.slope, self.law,
                _HIDDEN * excess / n,
            )  # fmt: skip
            if left < _LEFT * excess:
                left = segments.excess_of(choices, routes.fixed, routes.flow, self.cost)
                if left < _LEFT * excess:
                    break
            if time.perf_counter() >= until:
                break
        routepool.let_go(routes.chain, routes.pool, routes.count)

    def result(self, reason: str, seconds: float) -> Assignment:
        """Return the best flows found, in the order of the network's links."""
        self.routes = self.best
        network, order = self.network, self.pairs.order
        self.sum_again()
        by_class = self.pairs.class_flows(self.routes, network.n_link, len(self.classes))
        fixed = float((by_class * self.own).sum())
        v, (t0, k, power, _, capacity) = self.v, self.law
        integral = float((t0 * v + k * v * (v / capacity) ** power / (power + 1.0)).sum())
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        free, b, flow = network.free_flow_time, network.b, v[back]
        link_time = free + free * b * (flow / network.capacity) ** network.power
        tstt = float(flow @ link_time)
        return Assignment(
            network=network,
            classes=self.classes,
            system_optimum=self.optimum,
            flow=flow,
            class_flow=by_class[:, back],
            time=link_time,
            gap=float(self.best_gap),
            objective=integral + fixed,
            tstt=tstt,
            total_cost=tstt + fixed,
            iterations=len(self.history),
            seconds=seconds,
            converged=reason == "gap",
            reason=reason,
            history=np.array(self.history),
            pairs=self.pairs,
            routes=self.routes,
        )
