"""User equilibrium and system optimum: by hand, on degenerate networks, and on random ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.freight import Assignment, TrafficClass, assign
from opencorridor.freight.kernels.assignment_plain import plain_equilibrium, plain_tree
from opencorridor.network.exchange import TrafficNetwork
from opencorridor.routing.kernels import repair
from opencorridor.study import errors
from tests.freight.equilibrium import balance, relative_gap

Row = tuple[int, int, float, float, float, float]


def make(
    rows: list[Row],
    zones: int,
    trips: dict[tuple[int, int], float],
    nodes: int = 0,
    through: int = 0,
) -> TrafficNetwork:
    """Return a network of rows tail, head, capacity, free-flow time, b, power (nodes from 0)."""
    table = np.array(rows, dtype=float).reshape(-1, 6)
    n = nodes or int(max(zones - 1, table[:, :2].max(initial=0))) + 1
    demand = np.zeros((zones, zones))
    for (i, j), trip in trips.items():
        demand[i, j] = trip
    ids = tuple(str(i) for i in range(n))
    return TrafficNetwork(
        "made", "made", ids, ids[:zones], np.arange(zones, dtype=np.int32), through,
        tuple(f"l{a}" for a in range(len(table))), table[:, 0].astype(np.int32),
        table[:, 1].astype(np.int32), table[:, 2], np.ones(len(table)), table[:, 3], table[:, 4],
        table[:, 5], np.zeros(len(table)), demand,
    )  # fmt: skip


BRAESS: list[Row] = [
    (0, 2, 1, 1e-9, 1e10, 1),
    (0, 3, 1, 50, 0.02, 1),
    (2, 1, 1, 50, 0.02, 1),
    (3, 1, 1, 1e-9, 1e10, 1),
    (2, 3, 1, 10, 0.1, 1),
]


def test_braess_paradox() -> None:
    network = make(BRAESS, 2, {(0, 1): 6.0})
    with_it = assign(network, gap=1e-13)
    closed = np.arange(5) == 4
    without = assign(network, gap=1e-13, closed=closed)
    assert with_it.flow == pytest.approx([4, 2, 2, 4, 2])
    assert with_it.tstt == pytest.approx(552)
    assert without.flow == pytest.approx([3, 3, 3, 3, 0])
    assert without.flow[4] == 0
    assert without.tstt == pytest.approx(498)
    optimum = assign(network, gap=1e-13, system_optimum=True)
    assert optimum.total_cost == pytest.approx(498)


def test_routes_of_a_pair_cost_the_same() -> None:
    result = assign(make(BRAESS, 2, {(0, 1): 6.0}), gap=1e-13)
    routes = sorted((links, flow) for flow, links in result.routes_of("0", "1"))
    assert [links for links, _ in routes] == [("l0", "l2"), ("l0", "l4", "l3"), ("l1", "l3")]
    assert [flow for _, flow in routes] == pytest.approx([2, 2, 2])
    assert result.routes_of("1", "0") == []


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.5, 4.0, 16.0])
def test_two_links_split_by_any_power(power: float) -> None:
    rows: list[Row] = [(0, 1, 2, 1, 1, power), (0, 1, 1, 1, 1, power)]
    result = assign(make(rows, 2, {(0, 1): 3.0}), gap=1e-12)
    assert result.converged
    assert result.flow.sum() == pytest.approx(3)
    if power > 0:  # equal costs mean equal use of capacity
        assert result.flow == pytest.approx([2, 1], rel=1e-6)
    assert result.time == pytest.approx([2, 2], rel=1e-6)


def test_degenerate_networks() -> None:
    empty = assign(make([], 1, {}), gap=1e-12)
    assert (empty.converged, empty.gap, empty.objective) == (True, 0.0, 0.0)
    idle = assign(make(BRAESS, 2, {}), gap=1e-12)
    assert idle.flow.tolist() == [0] * 5
    free: list[Row] = [(0, 1, 1, 0, 0.15, 4), (1, 0, 1, 0, 0.15, 4), (1, 2, 1, 0, 0, 0)]
    nothing = assign(make(free, 3, {(0, 2): 5.0, (1, 0): 2.0}), gap=1e-12)
    assert nothing.flow.tolist() == [5, 2, 5]
    assert nothing.gap == 0
    within = assign(make(BRAESS, 2, {(0, 0): 7.0}), gap=1e-12)
    assert within.flow.sum() == 0


def test_zones_are_not_passed() -> None:
    rows: list[Row] = [
        (0, 1, 9, 1, 0, 1),
        (1, 2, 9, 1, 0, 1),
        (0, 3, 9, 5, 0, 1),
        (3, 2, 9, 5, 0, 1),
    ]
    trips = {(0, 2): 4.0, (0, 1): 1.0}
    assert assign(make(rows, 3, trips), gap=1e-9).flow.tolist() == [5, 4, 0, 0]
    assert assign(make(rows, 3, trips, through=3), gap=1e-9).flow.tolist() == [1, 0, 4, 4]


def test_demand_without_a_way_is_refused_whole() -> None:
    network = make([(0, 1, 1, 1, 1, 1)], 3, {(0, 1): 1.0, (0, 2): 1.0, (2, 1): 3.0})
    with pytest.raises(errors.OpenCorridorError) as caught:
        assign(network)
    assert [p.code for p in caught.value.problems] == ["assign_unreachable"] * 2
    assert "zone 2 cannot be reached from zone 0" in str(caught.value)
    with pytest.raises(errors.OpenCorridorError, match="assign_unreachable"):
        assign(make(BRAESS, 2, {(0, 1): 6.0}), closed=np.ones(5, dtype=bool))
    with pytest.raises(errors.OpenCorridorError, match="assign_gap"):
        assign(make(BRAESS, 2, {(0, 1): 6.0}), gap=0.0)


def grid(side: int, seed: int) -> TrafficNetwork:
    """Return a square grid, both ways, of random capacities, times and demand."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for i in range(side):
        for j in range(side):
            for k in ([i + 1, j], [i, j + 1]):
                if max(k) < side:
                    a, b = side * i + j, side * k[0] + k[1]
                    for ends in ((a, b), (b, a)):
                        rows.append((*ends, rng.uniform(5, 15), rng.uniform(1, 3), 0.15, 4.0))
    zones = side * side
    pairs = rng.choice(zones * zones, 3 * zones, replace=False)
    trips = {(int(p) // zones, int(p) % zones): float(rng.uniform(1, 6)) for p in pairs}
    return make(rows, zones, trips)


@pytest.mark.parametrize("seed", [2, 3])
def test_high_powers_far_above_capacity(seed: int) -> None:
    # Slopes span ten orders of magnitude: choices one by one stalled at 1e-5.
    network = grid(8, seed)
    network = replace(network, power=np.full(network.n_link, 16.0))
    result = assign(network, gap=1e-10)
    assert (result.flow / network.capacity).max() > 2
    assert result.converged
    assert abs(relative_gap(result)) <= 1.1e-10


def test_stops_say_why() -> None:
    network = grid(6, 3)
    late = assign(network, gap=1e-12, time_limit_s=0.0)
    assert (late.converged, late.reason, late.iterations) == (False, "time", 1)
    assert relative_gap(late) == pytest.approx(late.gap, rel=1e-9)
    assert balance(late) < 1e-9
    few = assign(network, gap=1e-12, max_iterations=2)
    assert (few.reason, few.gap) == ("iterations", few.history[:, 1].min())
    stuck = assign(network, gap=1e-30)
    assert stuck.reason in ("stalled", "gap")
    assert stuck.gap < 1e-12


@pytest.mark.parametrize("seed", range(4))
def test_grids_reach_tiny_gaps(seed: int) -> None:
    network = grid(7, seed)
    result = assign(network, gap=1e-12)
    assert result.converged
    assert abs(relative_gap(result)) <= 1e-11
    again = assign(network, gap=1e-12)
    assert np.array_equal(result.flow, again.flow)


def test_plain_solver_agrees() -> None:
    network = grid(3, 5)
    there = np.argwhere(network.demand > 0)
    trips = {(i, j): float(network.demand[i, j]) for i, j in there.tolist() if i != j}
    law = (network.free_flow_time, network.b, network.power, network.capacity)
    plain = plain_equilibrium(network.tail, network.head, law, trips, 0, 9)
    assert assign(network, gap=1e-13).flow == pytest.approx(plain, abs=1e-4)


def test_repaired_trees_are_shortest() -> None:
    network = grid(6, 1)
    order = np.argsort(network.tail, kind="stable")
    tail, head, n = network.tail[order], network.head[order], 36
    first = np.searchsorted(tail, np.arange(n + 1)).astype(np.int64)
    arc_in, rng = np.full(n, -1, np.int32), np.random.default_rng(0)
    for _ in range(20):
        cost = rng.choice([0.0, 1.0, 2.5, np.inf], len(tail), p=[0.2, 0.4, 0.3, 0.1])
        room = repair.repair_room(n)
        arc_in[:] = -1 if rng.random() < 0.3 else arc_in
        repair.repair(first, tail, head, cost, 14, 5, arc_in, room)
        assert np.array_equal(room[0], plain_tree(tail, head, cost, 14, 5, n)[0])


def two_classes(network: TrafficNetwork) -> list[TrafficClass]:
    return [
        TrafficClass("free", 0.5 * network.demand),
        TrafficClass("dear", 0.7 * network.demand, distance_weight=0.8),
    ]


def check_used_routes(result: Assignment) -> None:
    """Every used route costs a pair what its cheapest costs."""
    times, ids = result.time, {name: a for a, name in enumerate(result.network.link_id)}
    for c, one in enumerate(result.classes):
        cost = times + one.distance_weight * result.network.length
        for i, j in np.argwhere(one.demand > 0).tolist():
            if i != j:
                found = result.routes_of(str(i), str(j), c)
                assert sum(flow for flow, _ in found) == pytest.approx(one.demand[i, j])
                costs = [sum(cost[ids[a]] for a in way) for _, way in found]
                assert max(costs) == pytest.approx(min(costs), rel=1e-6)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), side=st.integers(2, 5))
def test_equilibrium_of_classes(seed: int, side: int) -> None:
    network = grid(side, seed)
    result = assign(network, two_classes(network), gap=1e-11)
    assert result.converged
    assert abs(relative_gap(result)) <= 1e-10
    assert balance(result) <= 1e-9
    assert result.class_flow.sum(axis=0) == pytest.approx(result.flow)
    assert (result.class_flow >= 0).all()
    check_used_routes(result)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), system_optimum=st.booleans())
def test_every_origin_is_conserved_at_every_node(seed: int, system_optimum: bool) -> None:
    network = grid(4, seed)
    result = assign(network, gap=1e-9, system_optimum=system_optimum)
    ids = {name: a for a, name in enumerate(network.link_id)}
    whole = np.zeros(network.n_link)
    for i in range(network.n_zone):
        flow, wanted = np.zeros(network.n_link), np.zeros(len(network.node_id))
        for j in np.flatnonzero(network.demand[i]).tolist():
            for part, way in result.routes_of(str(i), str(j)):
                np.add.at(flow, [ids[name] for name in way], part)
            if i != j:
                wanted[i] += network.demand[i, j]
                wanted[j] -= network.demand[i, j]
        net = np.bincount(network.tail, flow, 16) - np.bincount(network.head, flow, 16)
        assert net == pytest.approx(wanted, abs=1e-9)
        whole += flow
    assert whole == pytest.approx(result.flow)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), link=st.integers(0, 10_000), factor=st.floats(1.0, 5.0))
def test_capacity_never_hurts_the_optimum(seed: int, link: int, factor: float) -> None:
    network = grid(4, seed)
    before = assign(network, gap=1e-11, system_optimum=True)
    network.capacity[link % network.n_link] *= factor
    after = assign(network, gap=1e-11, system_optimum=True, start=before)
    assert after.converged
    assert after.total_cost <= before.total_cost * (1 + 1e-9)
    user = assign(network, gap=1e-11, start=after)
    assert user.total_cost >= after.total_cost * (1 - 1e-9)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), link=st.integers(0, 10_000))
def test_nothing_on_closed_links(seed: int, link: int) -> None:
    network = grid(4, seed)
    closed = np.zeros(network.n_link, dtype=bool)
    closed[link % network.n_link] = True
    start = assign(network, gap=1e-11)
    warm = assign(network, gap=1e-11, closed=closed, start=start)
    assert warm.flow[closed].tolist() == [0.0]
    assert abs(relative_gap(warm, closed)) <= 1e-10
    assert warm.objective == pytest.approx(assign(network, gap=1e-11, closed=closed).objective)
