"""Hard capacities: queues by hand, what a queue is, and cuts that are too narrow, by other code."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from opencorridor.freight import Assignment, TrafficClass, assign
from opencorridor.freight.kernels import cuts
from opencorridor.freight.shifts import Work
from opencorridor.network.exchange import TrafficNetwork
from opencorridor.study.errors import OpenCorridorError
from tests.freight.equilibrium import balance, relative_gap
from tests.freight.test_assignment import Row, grid, make

Floats = npt.NDArray[np.float64]
NONE = np.inf
TWO: list[Row] = [(0, 1, 2, 1, 1, 1), (0, 1, 1, 1, 1, 1)]


def refused(network: TrafficNetwork, limit: list[float] | Floats) -> str:
    with pytest.raises(OpenCorridorError) as caught:
        assign(network, hard_capacity=np.asarray(limit))
    (problem,) = caught.value.problems
    assert problem.code == "assign_cut"
    return problem.message


def check_queues(result: Assignment) -> None:
    """Capacities are kept, and queues stand only where they bind."""
    hard = np.isfinite(result.limit)
    assert (result.flow[hard] <= result.limit[hard] * (1 + 1e-8)).all()
    assert (result.queue >= 0).all()
    assert not result.queue[~hard].any()
    queued = result.queue > 0
    assert result.flow[queued] == pytest.approx(result.limit[queued], rel=1e-8)


def test_two_links_by_hand() -> None:
    # Without a bound flows are 2 and 1. With 1.5 on the first, times are 1.75 and 2.5: 0.75 waits.
    result = assign(make(TWO, 2, {(0, 1): 3.0}), gap=1e-12, hard_capacity=np.array([1.5, NONE]))
    assert result.converged
    assert result.flow == pytest.approx([1.5, 1.5], rel=1e-8)
    assert result.time == pytest.approx([1.75, 2.5])
    assert result.queue == pytest.approx([0.75, 0], abs=1e-6)
    assert result.tstt == pytest.approx(1.5 * 1.75 + 1.5 * 2.5)
    assert result.total_cost == pytest.approx(3 * 2.5)


def test_bound_that_does_not_bind_changes_nothing() -> None:
    network = make(TWO, 2, {(0, 1): 3.0})
    result = assign(network, gap=1e-12, hard_capacity=np.array([2.5, 7.0]))
    assert result.flow == pytest.approx([2, 1])
    assert not result.queue.any()
    assert result.over_capacity == 0


def test_queue_before_constant_links() -> None:
    # One hour or five, two may take the short way: the queue there is the four hours between.
    rows: list[Row] = [(0, 1, 2, 1, 0, 1), (0, 1, 9, 5, 0, 1)]
    result = assign(make(rows, 2, {(0, 1): 3.0}), hard_capacity=np.array([2.0, NONE]))
    assert result.flow == pytest.approx([2, 1])
    assert result.queue == pytest.approx([4, 0])


def test_price_of_a_capacity_in_the_optimum() -> None:
    # Marginal times are 1 + v and 1 + 2v: 2.5 and 4 at 1.5 each, so one more unit is worth 1.5.
    network = make(TWO, 2, {(0, 1): 3.0})
    result = assign(network, gap=1e-12, system_optimum=True, hard_capacity=np.array([1.5, NONE]))
    assert result.queue == pytest.approx([1.5, 0], abs=1e-6)
    more = assign(network, gap=1e-12, system_optimum=True, hard_capacity=np.array([1.501, NONE]))
    assert (result.total_cost - more.total_cost) / 0.001 == pytest.approx(1.5, rel=2e-3)


def test_cut_is_named() -> None:
    two = make(TWO, 2, {(0, 1): 3.0})
    said = refused(two, [1.5, 1.2])
    assert "3 have to pass links l0, l1, which let 2.7 pass; 0.3 are left" in said
    # Exactly enough is enough.
    full = assign(two, gap=1e-10, hard_capacity=np.array([1.5, 1.5]))
    assert full.flow == pytest.approx([1.5, 1.5], rel=1e-8)
    # Of three bounds one after the other, the narrowest is the cut.
    row: list[Row] = [(0, 2, 9, 1, 0, 1), (2, 3, 9, 1, 0, 1), (3, 1, 9, 1, 0, 1)]
    chain = make(row, 2, {(0, 1): 10.0})
    assert "10 have to pass link l1, which let 4 pass; 6 are left" in refused(chain, [8, 4, 6])


def test_cut_inside_a_network_of_zones_that_are_not_passed() -> None:
    # Two origins, two destinations, one bridge: only both together are too much for it.
    rows: list[Row] = [
        (0, 4, 9, 1, 0, 1), (1, 4, 9, 1, 0, 1), (4, 5, 9, 1, 0, 1), (5, 2, 9, 1, 0, 1),
        (5, 3, 9, 1, 0, 1), (4, 0, 9, 1, 0, 1), (0, 5, 9, 1, 0, 1),
    ]  # fmt: skip
    network = make(rows, 4, {(0, 2): 3.0, (1, 3): 4.0}, nodes=6, through=4)
    limit = [NONE, NONE, 5.0, NONE, NONE, NONE, 1.0]
    assert "7 have to pass links l2, l6, which let 6 pass; 1 are left" in refused(network, limit)
    # Zone 0 may send one unit beside the bridge; zone 1 has only the bridge.
    narrow = [NONE, NONE, 3.0, NONE, NONE, NONE, 9.0]
    assert "4 have to pass link l2, which let 3 pass; 1 are left" in refused(network, narrow)


def test_demand_that_no_single_cut_stops() -> None:
    # Okamura and Seymour's K(2,3): every cut has room for the pairs across, yet they do not fit.
    ends = [(a, b) for a in (0, 1) for b in (2, 3, 4)]
    rows: list[Row] = [(*e, 1, 1, 0, 1) for a, b in ends for e in ((a, b), (b, a))]
    pairs = [(2, 3), (3, 4), (2, 4), (0, 1)]
    network = make(rows, 5, dict.fromkeys(pairs, 1.0))
    both = np.full(len(rows), 0.5)
    said = refused(network, both)
    assert "not all can move" in said


def test_bounds_that_are_none_are_refused() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        assign(make(TWO, 2, {(0, 1): 3.0}), hard_capacity=np.array([0.0, np.nan]))
    assert [p.code for p in caught.value.problems] == ["assign_hard_capacity"] * 2


def fits(network: TrafficNetwork, limit: Floats) -> bool:
    """Return whether the demand fits, by a linear programme on flows by origin."""
    n, m = len(network.node_id), network.n_link
    origins = np.flatnonzero(network.demand.sum(axis=1) > 0)
    around = np.zeros((n, m))
    np.add.at(around, (network.tail, np.arange(m)), 1.0)
    np.add.at(around, (network.head, np.arange(m)), -1.0)
    wants = []
    for i in origins.tolist():
        net = np.zeros(n)
        net[network.zone_node] -= network.demand[i]
        net[network.zone_node[i]] += network.demand[i].sum()
        wants.append(net)
    found = linprog(
        np.zeros(m * len(origins)),
        A_ub=np.tile(np.eye(m), len(origins))[np.isfinite(limit)],
        b_ub=limit[np.isfinite(limit)],
        A_eq=np.kron(np.eye(len(origins)), around),
        b_eq=np.concatenate(wants),
    )
    return bool(found.status == 0)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), share=st.floats(0.7, 1.1), part=st.floats(0.1, 0.6))
def test_queues_keep_capacities_or_a_linear_programme_agrees(
    seed: int, share: float, part: float
) -> None:
    network = grid(3, seed)
    free = assign(network, gap=1e-10)
    rng = np.random.default_rng(seed)
    limit = np.where(rng.random(network.n_link) < part, np.maximum(share * free.flow, 0.1), NONE)
    try:
        result = assign(network, gap=1e-10, hard_capacity=limit, max_iterations=5000)
    except OpenCorridorError:
        assert "not all can move" in refused(network, limit)
        assert not fits(network, limit * (1 - 1e-9))
        return
    assert fits(network, limit * (1 + 1e-7))
    assert result.converged
    check_queues(result)
    assert balance(result) <= 1e-9
    assert abs(relative_gap(result)) <= 1e-9


def narrow(network: TrafficNetwork, seed: int, room: float) -> Floats:
    """Return bounds that another equilibrium keeps with little to spare, on half of the links."""
    free = assign(network, gap=1e-8)
    times = np.exp(0.3 * np.random.default_rng(seed).standard_normal(network.n_link))
    other = assign(replace(network, free_flow_time=network.free_flow_time * times), gap=1e-8)
    less = (other.flow < free.flow) & (other.flow > 0.02 * other.flow.max())
    return np.where(less, other.flow * (1 + room), NONE)


@pytest.mark.parametrize("seed", range(4))
def test_many_bounds_with_little_to_spare(seed: int) -> None:
    # Shifts one after the other undo each other here: without joint steps the solver stalled.
    network = grid(8, seed)
    limit = narrow(network, seed, 1e-3)
    result = assign(network, gap=1e-10, hard_capacity=limit, max_iterations=5000)
    assert result.converged
    assert np.count_nonzero(result.queue) > 20
    check_queues(result)
    assert balance(result) <= 1e-9
    assert abs(relative_gap(result)) <= 1e-9


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), damp=st.sampled_from([0.0, 0.1]))
def test_joint_step_moves_flow_and_loses_none(seed: int, damp: float) -> None:
    network = grid(4, seed)
    limit = narrow(network, seed, 0.01)
    work = Work(network, (TrafficClass("all", network.demand),), False, None, limit)
    work.law[6][np.isfinite(work.limit)] = 1.0
    work.begin(None)
    for _ in range(3):
        work.solve(1e-12, 0.0, 0.0, 1)
        before, routes = objective(work), work.routes
        work.damp = damp
        work.join(work.group())
        # Integrals never rise, up to rounding; routes, pairs and links stay in accord.
        assert objective(work) <= before * (1 + 1e-12)
        assert (routes.flow >= 0).all()
        carried = [sum(flow for flow, _ in routes.of(w)) for w in range(work.pairs.n)]
        assert carried == pytest.approx(work.pairs.demand.tolist(), rel=1e-12)
        v = work.v.copy()
        work.sum_again()
        assert v == pytest.approx(work.v, abs=1e-9)


def objective(work: Work) -> float:
    """Return the sum of integrals of times and queues at the flows at hand."""
    t0, k, power, _, capacity, price, push, limit = work.law
    v, hard = work.v, np.isfinite(limit)
    delay = np.where(hard, np.maximum(price + push * np.where(hard, v - limit, 0.0), 0.0), 0.0)
    queues = np.divide(delay**2, 2 * push, out=np.zeros(len(v)), where=push > 0)
    return float((t0 * v + k * v * (v / capacity) ** power / (power + 1) + queues).sum())


def plain_cut(
    graph: TrafficNetwork, room: Floats, near: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    """Return capacity and demand of the cut around nodes, by sums over matrices."""
    n, through = len(graph.node_id), graph.first_through
    wants = np.zeros((n, n))
    wants[np.ix_(graph.zone_node, graph.zone_node)] = graph.demand
    links = np.zeros((n, n))
    np.add.at(links, (graph.tail, graph.head), room)
    leaves, enters, zone = near.copy(), near.copy(), slice(0, through)
    for _ in range(2):
        leaves[zone] = (wants @ ~enters > links @ ~enters)[zone]
        enters[zone] = (leaves @ wants <= leaves @ links)[zone]
    return float(leaves @ links @ ~enters), float(leaves @ wants @ ~enters)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_cut_kernel_equals_matrices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = replace(grid(4, seed), first_through=int(rng.integers(0, 17)))
    np.fill_diagonal(network.demand, 0.0)
    near, room = rng.random(16) < 0.5, rng.integers(1, 9, network.n_link).astype(float)
    i, j = np.nonzero(network.demand)
    sides = np.empty(16, bool), np.empty(16, bool)
    found = cuts.cut_around(
        near, network.tail, network.head, room, i.astype(np.int32), j.astype(np.int32),
        network.demand[i, j], network.first_through, *sides,
    )  # fmt: skip
    assert found == pytest.approx(plain_cut(network, room, near), rel=1e-12)


def test_next_to_no_flow_does_not_stop_the_others() -> None:
    # The first pair's dear way carries the least number there is; the second has to move.
    rows: list[Row] = [
        (0, 1, 2, 1, 1, 1),
        (0, 1, 1, 9, 1, 1),
        (2, 3, 2, 1, 1, 1),
        (2, 3, 1, 1, 1, 1),
    ]
    network = make(rows, 4, {(0, 1): 3.0, (2, 3): 3.0})
    work = Work(network, (TrafficClass("all", network.demand),), False, None)
    work.begin(None)
    # Costs at which the second way is cheapest, too, to have it among the routes.
    work.cost[:] = [9, 1, 9, 1]
    work.columns()
    for pair, small in ((0, 5e-324), (1, 0.0)):
        second = int(work.routes.chain[pair])
        first = int(np.asarray(work.routes.pool[6][second]))
        work.routes.flow[[first, second]] = 3.0 - small, small
    work.sum_again()
    work.join(work.group())
    # Costs differ by 1.5; slopes of 0.5 and 1 are raised by 1.5 over the flow of 3: 1.5 / 2 moves.
    assert work.v[2:] == pytest.approx([2.25, 0.75])
    assert work.v[:2] == pytest.approx([3, 0])
