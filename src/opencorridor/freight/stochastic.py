"""Stochastic user equilibrium: routes are chosen by logit, at costs that rise with their flows.

The set of routes is generated: the ways used in user equilibrium, ways found at its costs with the
links of earlier ones made dearer again and again (up to a stated ratio of the cheapest), and every
way that is cheapest at the costs of the result. On this set the fixed point is found by Newton's
method on the flows of links, its linear systems by conjugate gradients: the loads answer costs by a
symmetric matrix. A large scale is reached by steps.

Source: Fisk (1980, "Some developments in equilibrium traffic assignment").
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import LinearOperator, cg

from opencorridor.freight.assigned import Assignment, Start, TrafficClass
from opencorridor.freight.kernels import logitroutes
from opencorridor.freight.queues import checked_limit, clear_queues
from opencorridor.freight.shifts import Work, tiny_network
from opencorridor.network.exchange.traffic import TrafficNetwork
from opencorridor.study.errors import Problem, raise_if

__all__ = ["RouteSet", "assign_stochastic"]

Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.bool_]

# Gap of the user equilibrium that begins; factor by which links are made dearer.
_BEGIN, _STEP = 1e-5, 1.15
# The scale begins where a usual trip has this utility, and grows by this factor.
_MILD, _GROWTH = 5.0, 4.0
# Routes are sought at flows that are off by so much first, and at the goal last.
_NEAR = 1e-3
# Flows are made to follow Newton's step where they are off by less.
_CLOSE = 1e-4
_NEWTON, _HALVINGS, _ROUNDS = 60, 25, 60


@dataclass(frozen=True)
class RouteSet:
    """Which routes are offered to a choice.

    Attributes
    ----------
    ratio
        Ways that cost more than so many times the cheapest, at the costs of the user equilibrium,
        are not sought; 1 or more.
    most
        Routes of a pair that are sought at most; ways that are cheapest come on top.
    """

    ratio: float = 2.0
    most: int = 10


def assign_stochastic(
    network: TrafficNetwork,
    classes: Sequence[TrafficClass] | None = None,
    *,
    theta: float,
    path_size: float = 0.0,
    route_set: RouteSet = RouteSet(),
    gap: float = 1e-10,
    closed: Bits | None = None,
    hard_capacity: Floats | None = None,
    start: Assignment | Start | None = None,
    time_limit_s: float = np.inf,
    max_iterations: int = 1000,
) -> Assignment:
    """Return the stochastic equilibrium, or the best flows found with the reason why it is none.

    Parameters
    ----------
    network, classes, closed, hard_capacity, start, time_limit_s, max_iterations
        As in :func:`~opencorridor.freight.assignment.assign`.
    theta
        Utility lost by one unit of cost, above 0.
    path_size
        Weight of the logarithm of the path size (by free-flow time), 0 or more.
    route_set
        Which routes are offered.
    gap
        Sum of differences between flows of routes and their logit shares, by the demand, to reach.

    Raises
    ------
    OpenCorridorError
        ``assign_theta``, ``assign_path_size``, ``assign_routes``, and those of ``assign``.
    """
    raise_if(_faults(theta, path_size, route_set, gap))
    bound = checked_limit(network, hard_capacity)
    _make_ready(bound is not None)
    clock = time.perf_counter()
    who = tuple(classes) if classes is not None else (TrafficClass("all", network.demand),)
    work = Work(network, who, False, closed, bound)
    work.begin(start)
    choice, reason = _solve(
        work, (theta, path_size, route_set), gap, clock + time_limit_s, clock, max_iterations
    )
    result = work.result(reason, time.perf_counter() - clock)
    return replace(
        result,
        gap=choice.gap,
        objective=result.objective + choice.entropy / theta,
        theta=theta,
        path_size=path_size,
    )


def _solve(
    work: Work,
    model: tuple[float, float, RouteSet],
    gap: float,
    until: float,
    clock: float,
    most: int,
) -> tuple[_Choice, str]:
    """Find routes and the fixed point; return the choice and what ended the work."""
    theta, path_size, route_set = model
    work.solve(max(gap, _BEGIN), until, clock, most)
    more_ways(work, route_set)
    choice = _Choice(work, path_size, theta)
    solve = partial(clear_queues, work, choice.solve) if work.has_queues else choice.solve
    return choice, solve(gap, until, clock, most)


@cache
def _make_ready(queues: bool) -> None:
    """Load the compiled kernels on two parallel links, so that no solve is charged for it."""
    tiny = tiny_network()
    work = Work(
        tiny, (TrafficClass("all", tiny.demand),), False, None, np.full(2, 9.0) if queues else None
    )
    work.begin(None)
    work.routes.enlarge()
    work.columns(several=True)
    work.join(work.group())
    _solve(work, (1.0, 1.0, RouteSet()), 1e-9, np.inf, 0.0, 9)


def _faults(theta: float, path_size: float, route_set: RouteSet, gap: float) -> list[Problem]:
    told = [
        ("assign_gap", "gap", gap, 0 < gap < np.inf, "above 0"),
        ("assign_theta", "theta", theta, 0 < theta < np.inf, "above 0"),
        ("assign_path_size", "path_size", path_size, 0 <= path_size < np.inf, "0 or more"),
        ("assign_routes", "route_ratio", route_set.ratio, 1 <= route_set.ratio < np.inf,
         "1 or more"),
        ("assign_routes", "most_routes", route_set.most, route_set.most >= 1, "1 or more"),
    ]  # fmt: skip
    return [
        Problem(code, f"{name.replace('_', ' ')} is {value:g}", column=name, value=f"{value:g}",
                expected=expected)
        for code, name, value, good, expected in told if not good
    ]  # fmt: skip


def more_ways(work: Work, route_set: RouteSet) -> None:
    """Add ways to the routes of every pair, at the costs at hand."""
    p, routes = work.pairs, work.routes
    turns = int(np.ceil(np.log(route_set.ratio) / np.log(_STEP))) + 2
    done = 0
    while True:
        done = logitroutes.add_more_ways(
            done, turns, _STEP, route_set.ratio, route_set.most, p.first, work.tail, work.head,
            work.network.first_through, work.cost, work.extra, work.own, p.tree_class, p.source,
            p.tree_first, p.target, work.arc_in, work.least, routes.chain, routes.pool,
            routes.count,
        )  # fmt: skip
        if done == p.n_tree:
            return
        routes.enlarge()


class _Choice:
    """The routes laid flat, and the fixed point of their shares and costs."""

    def __init__(self, work: Work, path_size: float, theta: float) -> None:
        self.work, self.weight, self.theta = work, path_size, theta
        spent = float(work.pairs.demand @ work.least)
        mild = _MILD * float(work.pairs.demand.sum()) / spent if spent > 0 else theta
        self.scale = min(theta, mild)
        n = len(work.v)
        self.loaded, self.out = np.zeros(n), np.zeros(n)
        self.gap, self.entropy = np.inf, 0.0
        self.lay_out()

    def lay_out(self) -> None:
        """Take the routes of the pool."""
        routes = self.work.routes
        self.flat = logitroutes.flatten(routes.chain, routes.pool)
        begin, first, links, fixed = self.flat
        self.flow = np.zeros(len(fixed))
        self.bonus = np.zeros(len(fixed))
        if self.weight > 0:
            sizes = logitroutes.path_sizes(begin, first, links, self.work.law[0])
            self.bonus = self.weight * np.log(sizes)

    def load(self, v: Floats, theta: float) -> Floats:
        """Price the links at flows; choose; return flows of links less those flows."""
        work = self.work
        work.v[:] = v
        work.price()
        begin, first, links, fixed = self.flat
        self.entropy = logitroutes.choose(
            begin, first, links, fixed, work.pairs.demand, self.bonus, theta, work.cost, self.flow,
            self.loaded,
        )  # fmt: skip
        return np.asarray(self.loaded - v)

    def _slope(self) -> Floats:
        """Return the slopes of links, 0 where they are infinite."""
        return np.where(np.isfinite(self.work.slope), self.work.slope, 0.0)

    def step(self, v: Floats, off: Floats, theta: float) -> Floats:
        """Return Newton's step at flows whose loads are off by this."""
        begin, first, links, _ = self.flat
        root = np.sqrt(self._slope())
        demand = self.work.pairs.demand

        def fall(x: Floats) -> Floats:
            logitroutes.answer(begin, first, links, demand, theta, self.flow, x, self.out)
            return self.out

        def product(x: Floats) -> Floats:
            return np.asarray(x + root * fall(root * x))

        n = len(v)
        system = LinearOperator((n, n), matvec=product, dtype=np.float64)
        found, _ = cg(system, root * off, rtol=1e-8, atol=0.0, maxiter=500)
        return np.asarray(off - fall(root * found))

    def improve(self, v: Floats, off: Floats, theta: float) -> tuple[Floats, Floats]:
        """Return flows that are less off: a part of Newton's step, or a small part of the load."""
        size, loaded = float(np.linalg.norm(off)), off.copy()
        step, part = self.step(v, off, theta), 1.0
        for _ in range(_HALVINGS):
            near = np.maximum(v + part * step, 0.0)
            off = self.load(near, theta)
            if float(np.linalg.norm(off)) < (1 - 1e-4 * part) * size:
                return near, off
            part *= 0.5
        near = v + 0.1 * loaded
        return near, self.load(near, theta)

    def miss(self, v: Floats, off: Floats, theta: float, goal: float) -> float:
        """Return how far flows are from their shares once costs follow them, by the demand.

        At large scales the shares at the costs of ``v`` do not add up to ``v``, however exact it
        is: the scale multiplies its rounding. Flows that follow what is left of Newton's step do.
        """
        was = self.flow.copy()
        far = self._off(was, self.loaded.copy(), theta)
        if not goal < far < _CLOSE:
            return far
        self.flow = was.copy()
        self.load(v, theta)
        rise = self._slope() * self.step(v, off, theta)
        begin, first, links, _ = self.flat
        near, summed = np.empty(len(was)), np.empty(len(v))
        logitroutes.follow(begin, first, links, self.work.pairs.demand, theta, was, rise, near,
                           summed)  # fmt: skip
        nearer = self._off(near, summed, theta)
        if nearer < far:
            return nearer
        self.flow = was
        return far

    def _off(self, flow: Floats, v: Floats, theta: float) -> float:
        """Return how far flows of routes, ``v`` on links, are from shares; they are kept."""
        total = float(self.work.pairs.demand.sum())
        self.flow = np.empty_like(flow)
        self.load(v, theta)
        far = float(np.abs(flow - self.flow).sum()) / total if total > 0 else 0.0
        self.flow = flow
        return far

    def fixed_point(self, theta: float, goal: float, until: float, clock: float) -> str:
        """Find the fixed point on the routes there are; return what ended the work."""
        v = self.work.v.copy()
        off = self.load(v, theta)
        least, since = np.inf, 0
        for _ in range(_NEWTON):
            entropy = self.entropy
            miss = self.miss(v, off, theta, goal)
            self.work.history.append((time.perf_counter() - clock, miss))
            self.gap, self.entropy = miss, entropy
            if miss <= goal:
                return "gap"
            if time.perf_counter() >= until:
                return "time"
            since = 0 if miss < 0.9 * least else since + 1
            least = min(least, miss)
            if since > 15:
                return "stalled"
            off = self.load(v, theta)
            v, off = self.improve(v, off, theta)
        return "stalled"

    def solve(self, goal: float, until: float, clock: float, most: int) -> str:
        """Reach the scale by steps; add ways that are cheapest until there are none."""
        work, theta, reason = self.work, self.theta, "gap"
        while self.scale < theta and reason == "gap":
            reason = self.fixed_point(self.scale, max(goal, 1e-4), until, clock)
            self.scale = min(theta, self.scale * _GROWTH)
        near = max(goal, _NEAR)
        for _ in range(_ROUNDS):
            reason = self.fixed_point(theta, near, until, clock)
            self.put()
            work.best_gap = self.gap
            if reason != "gap":
                break
            before = work.routes.count.copy()
            work.columns()
            if not np.array_equal(before, work.routes.count):
                self.lay_out()
            elif near <= goal:
                break
            else:
                near = goal
            most -= 1
            if most <= 0:
                return "iterations"
        else:
            return "iterations"
        return reason

    def put(self) -> None:
        """Give the pool's routes their flows, and the links their sums and costs."""
        work = self.work
        logitroutes.put_flows(work.routes.chain, work.routes.pool, self.flow)
        work.sum_again()
        work.best = work.routes
