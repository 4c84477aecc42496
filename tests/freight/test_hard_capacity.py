"""Hard capacities: queues by hand, what a queue is, and cuts that are too narrow, by other code."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from opencorridor.freight import Assignment, assign
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
