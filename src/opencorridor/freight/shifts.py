"""The work of an assignment: routes found, flows shifted between them, gaps measured."""

from __future__ import annotations

import time
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.freight.assigned import Assignment, Start, TrafficClass
from opencorridor.freight.kernels import joint, routepool, segments, volume
from opencorridor.freight.pairs import make_pairs, refuse_unreachable
from opencorridor.freight.routeflows import RouteFlows
from opencorridor.network.exchange.traffic import TrafficNetwork
from opencorridor.network.kernels.threads import threads_in_use
from opencorridor.routing.kernels import repair
from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = ["Work", "tiny_network"]

Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.bool_]

# Share of the gap that may be left before new routes are sought, and that single choices may hide.
_LEFT, _HIDDEN = 0.02, 0.02
# Links visited while shifting, for each link of each tree, and bounds of the rounds of shifts.
_WORK, _LEAST_ROUNDS, _MOST_ROUNDS = 10, 30, 300
# Rounds of shifts one by one before each one of all together; accuracy, most steps of conjugate
# gradients and most corrections of that.
_JOINT, _TOLERANCE, _GRADIENTS, _TURNS = 3, 1e-4, 300, 3
# Damping of it: raised where little of a step was of use, lowered where nearly all was.
_DAMP, _LITTLE, _NEARLY, _CHANGE = 1e-3, 0.5, 0.9, 4.0
# Flows are summed anew from the routes after so many steps.
_SUM_AGAIN = 10
# The gap has to fall by this factor within so many steps, or the solver says that it stalls.
_STALL_STEPS, _STALL_FACTOR = 60, 0.9
# Trees times links from which on several threads are worth their start.
_PARALLEL = 400_000


def tiny_network() -> TrafficNetwork:
    """Return two parallel links with demand, on which compiled kernels are made ready."""
    one, two = np.ones(2), np.zeros(2, np.int32)
    return TrafficNetwork(
        "", "", ("1", "2"), ("1", "2"), np.arange(2, dtype=np.int32), 0, ("1", "2"), two, two + 1,
        one, one, one, one, one, one, np.array([[0.0, 2.0], [0.0, 0.0]]),
    )  # fmt: skip


class Work:
    """The arrays that the kernels share, links sorted by tail."""

    def __init__(
        self,
        network: TrafficNetwork,
        classes: tuple[TrafficClass, ...],
        system_optimum: bool,
        closed: Bits | None,
        limit: Floats | None = None,
    ) -> None:
        self.network, self.classes, self.optimum = network, classes, system_optimum
        self.pairs = make_pairs(network, classes)
        order = self.pairs.order
        self.tail, self.head = network.tail[order], network.head[order]
        power = network.power[order]
        self.law: tuple[npt.NDArray[Any], ...] = (
            network.free_flow_time[order].copy(),
            (network.free_flow_time * network.b)[order] * (1.0 + power if system_optimum else 1.0),
            power.copy(),
            volume.whole_powers(power),
            network.capacity[order].copy(),
        )
        self.limit = np.full(network.n_link, np.inf) if limit is None else limit[order]
        self.has_queues = bool(np.isfinite(self.limit).any())
        if self.has_queues:
            self.law += (np.zeros(network.n_link), np.zeros(network.n_link), self.limit)
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
        self.damp = 0.0
        self.history: list[tuple[float, float]] = []
        self.best, self.best_gap, self.since = self.routes, np.inf, 0

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

    def without_times(self) -> Work:
        """Return work on the same flows whose links cost the share of flow above hard capacities.

        Its equilibrium has the least sum of (flow - capacity)^2 / capacity above the capacities.
        """
        other = copy(self)
        n, none = len(self.v), np.zeros(len(self.v))
        with np.errstate(divide="ignore"):
            push = np.where(np.isfinite(self.limit), 1.0 / self.limit, 0.0)
        other.law = (none, none, *self.law[2:5], none, push, self.limit)
        other.extra = np.where(np.isinf(self.extra), np.inf, 0.0)
        other.own = np.zeros_like(self.own)
        other.routes = self.routes.snapshot()
        other.routes.fixed[:] = 0.0
        other.v, other.cost, other.slope = self.v.copy(), np.zeros(n), np.zeros(n)
        other.mark, other.arc_in = self.mark.copy(), self.arc_in.copy()
        other.least, other.need = np.empty_like(self.least), np.empty_like(self.need)
        other.sign = np.empty_like(self.sign)
        other.history = []
        other.price()
        return other

    def sum_again(self) -> None:
        """Sum the flows of links from the routes; price the links."""
        routepool.load(self.routes.chain, self.routes.pool, self.v)
        self.price()

    def price(self) -> None:
        """Price the links at the flows at hand."""
        t0, k, power, whole, capacity, *queues = self.law
        volume.fill_costs(self.v, t0, k, power, whole, capacity, self.cost, self.slope)
        if self.has_queues:
            price, push, limit = queues
            volume.add_queues(self.v, price, push, limit, self.cost, self.slope)

    def queue(self) -> Floats:
        """Return the delay of the queue on every link."""
        if not self.has_queues:
            return np.zeros(len(self.v))
        price, push, limit = self.law[5:]
        over = np.where(np.isfinite(limit), self.v - limit, 0.0)
        return np.asarray(np.maximum(price + push * over, 0.0))

    def begin(self, start: Assignment | Start | None) -> None:
        """Load the routes taken over, or those that are cheapest without traffic."""
        self.price()
        if start is not None:
            self.pairs.take_over(self.routes, start, self.own, self.extra)
        self.columns()
        refuse_unreachable(self.network, self.classes, self.pairs, self.least)
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
        self.best_gap, self.since = np.inf, len(self.history)
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
        gaps = [gap for _, gap in self.history[self.since :]]
        if len(gaps) <= _STALL_STEPS:
            return False
        return min(gaps[-_STALL_STEPS:]) > _STALL_FACTOR * min(gaps[:-_STALL_STEPS])

    def join(self, choices: tuple[npt.NDArray[Any], ...]) -> None:
        """Shift flow in all choices at once, damped as far as it was of no use before."""
        routes = self.routes
        part = joint.joint_step(
            choices, routes.fixed, routes.flow, self.v, self.cost, self.slope, self.law,
            self.damp, _TOLERANCE, _GRADIENTS, _TURNS,
        )  # fmt: skip
        if part < _LITTLE:
            self.damp = max(self.damp * _CHANGE, _DAMP)
        elif part > _NEARLY:
            self.damp = self.damp / _CHANGE if self.damp > _DAMP else 0.0

    def group(self) -> tuple[npt.NDArray[Any], ...]:
        """Return the choices between segments of the routes at hand."""
        pool = self.routes.pool
        found: tuple[npt.NDArray[Any], ...] = segments.group(
            self.routes.chain, self.pairs.pair_class, pool, self.mark
        )
        return found

    def shift(self, excess: float, until: float) -> None:
        """Shift flow between segments until a small part of the excess cost is left."""
        routes = self.routes
        choices = self.group()
        n = max(len(choices[2]), 1)
        work = _WORK * self.pairs.n_tree * self.network.n_link // max(len(choices[0]), 1)
        for turn in range(min(max(work, _LEAST_ROUNDS), _MOST_ROUNDS)):
            if turn % _JOINT == _JOINT - 1:
                self.join(choices)
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
        v, (t0, k, power, _, capacity) = self.v, self.law[:5]
        integral = float((t0 * v + k * v * (v / capacity) ** power / (power + 1.0)).sum())
        queue = self.queue()
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
            total_cost=tstt + fixed + (0.0 if self.optimum else float(v @ queue)),
            iterations=len(self.history),
            seconds=seconds,
            converged=reason == "gap",
            reason=reason,
            history=np.array(self.history),
            pairs=self.pairs,
            routes=self.routes,
            queue=queue[back],
            limit=self.limit[back],
        )
