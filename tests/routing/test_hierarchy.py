"""Hierarchies against plain trees, and their sums against one path."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.routing import hierarchy
from opencorridor.routing.hierarchy import Network
from opencorridor.routing.kernels import chains, contraction, mesh, sweeps, sweeps_plain
from opencorridor.study.errors import OpenCorridorError


def network(seed: int, whole: bool, two_way: bool) -> tuple[Network, np.ndarray]:
    """Arcs at random with chains, loops, parallels, dead ends and parts that do not meet.

    Whole costs: 0 to 3, with many ties and arcs that cost nothing.
    """
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 60))
    m = int(rng.integers(0, 4 * n))
    tail, head = rng.integers(0, n, m), rng.integers(0, n, m)
    chain = rng.permutation(n)[: n // 2]
    tail = np.concatenate((tail, chain[:-1]))
    head = np.concatenate((head, chain[1:]))
    cost = rng.integers(0, 4, len(tail)).astype(float) if whole else rng.random(len(tail))
    other = rng.random(len(tail))
    if two_way:
        tail, head = np.concatenate((tail, head)), np.concatenate((head, tail))
        cost, other = np.concatenate((cost, cost)), np.concatenate((other, other))
    quantities = {"same": cost, "other": other, "arcs": np.ones(len(tail))}
    ends = rng.permutation(n)[: int(rng.integers(1, n + 1))]
    return Network(n, tail, head, cost, quantities), ends


def plain(net: Network, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    table = np.stack(list(net.quantities.values()), axis=1)
    return sweeps_plain.skim(net.n_node, net.tail, net.head, net.cost, table, ends, ends)


def check(net: Network, ends: np.ndarray, core: int, unique: bool) -> None:
    got = hierarchy.skim(hierarchy.build(net, ends, core), ends, ends)
    cost, sums = plain(net, ends)
    cost[np.isinf(cost)] = np.nan
    np.testing.assert_allclose(got["cost"], cost, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(got["same"], cost, rtol=1e-12, atol=1e-12)
    if unique:
        np.testing.assert_allclose(got["other"], sums[1], rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(got["arcs"], sums[2])
    for values in got.values():
        assert (np.isnan(values) == np.isnan(cost)).all()


seeds, cores = st.integers(0, 10**9), st.sampled_from([0, 1, 5, 20, 1000])


@settings(max_examples=100, deadline=None)
@given(seeds, st.booleans(), cores)
def test_costs_equal_plain_trees_with_ties_and_free_arcs(seed, two_way, core):
    check(*network(seed, True, two_way), core, unique=False)


@settings(max_examples=100, deadline=None)
@given(seeds, st.booleans(), cores)
def test_all_quantities_are_those_of_the_one_cheapest_way(seed, two_way, core):
    check(*network(seed, False, two_way), core, unique=True)


@settings(max_examples=60, deadline=None)
@given(seeds, st.booleans())
def test_quantities_belong_to_one_way_where_ways_tie(seed, two_way):
    """Whole quantities as binary digits of the arcs: the sum tells the arcs, a walk is checked."""
    rng = np.random.default_rng(seed)
    n, m = 8, 20
    tail, head = rng.integers(0, n, m), rng.integers(0, n, m)
    cost = rng.integers(1, 3, m).astype(float)
    digit = 2.0 ** np.arange(m)
    if two_way:
        tail, head = np.concatenate((tail, head)), np.concatenate((head, tail))
        cost, digit = np.tile(cost, 2), np.tile(digit, 2)
    net = Network(n, tail, head, cost, {"digits": digit})
    ends = np.arange(n)
    got = hierarchy.skim(hierarchy.build(net, ends, 0), ends, ends)
    for s, t in zip(*np.nonzero(np.isfinite(got["cost"].values)), strict=True):
        value = int(got["digits"][s, t])
        arcs = [a for a in range(m) if value >> a & 1]
        assert sum(cost[a] for a in arcs) == got["cost"][s, t]
        at = {int(s)}
        for _ in arcs:
            at |= {int(head[a]) for a in arcs if int(tail[a]) in at}
            if two_way:
                at |= {int(tail[a]) for a in arcs if int(head[a]) in at}
        assert int(t) in at


def test_a_large_grid_equals_scipy():
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    rng = np.random.default_rng(7)
    side = 40
    node = np.arange(side * side).reshape(side, side)
    a = np.concatenate((node[:, :-1].ravel(), node[:-1].ravel()))
    b = np.concatenate((node[:, 1:].ravel(), node[1:].ravel()))
    tail, head = np.concatenate((a, b)), np.concatenate((b, a))
    ends = rng.permutation(side * side)[:50]
    for cost in (rng.random(len(tail)), np.tile(rng.random(len(a)), 2)):
        net = Network(side * side, tail, head, cost, {"km": cost})
        got = hierarchy.skim(hierarchy.build(net, ends, 30), ends, ends)
        want = dijkstra(csr_matrix((cost, (tail, head)), (side**2, side**2)), indices=ends)
        np.testing.assert_allclose(got["cost"], want[:, ends], rtol=1e-12)


def test_chains_become_one_arc_with_its_sums():
    tail, head = np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4])
    cost = np.array([1.0, 2.0, 3.0, 4.0])
    net = Network(5, tail, head, cost, {"ten": 10.0 * cost})
    small, node = hierarchy.straight(net, np.array([0, 4]))
    one = int(np.flatnonzero(node == 0)[0])
    assert sorted(node.tolist()) == [0, 4]
    assert (small.tail.tolist(), small.head.tolist()) == ([one], [1 - one])
    assert small.cost.tolist() == [10.0]
    assert small.quantities["ten"].tolist() == [100.0]


@settings(max_examples=60, deadline=None)
@given(seeds, st.booleans(), st.booleans())
def test_straight_networks_answer_as_before(seed, whole, two_way):
    net, ends = network(seed, whole, two_way)
    small, node = hierarchy.straight(net, ends)
    at = np.array([int(np.flatnonzero(node == e)[0]) for e in ends])
    np.testing.assert_allclose(plain(small, at)[0], plain(net, ends)[0], rtol=1e-12, atol=1e-12)


def test_parts_do_not_change_an_answer():
    net, ends = network(11, False, False)
    table = np.stack(list(net.quantities.values()), axis=1)
    made = []
    for n_block in (1, 3):
        tail, head = net.tail.astype(np.int32), net.head.astype(np.int32)
        grid = mesh.mesh(net.n_node, tail, head, net.cost, False)
        _, rank, child = contraction.contract(grid, False, len(tail), 2, 40, n_block)
        made.append((rank, child))
    np.testing.assert_array_equal(made[0][0], made[1][0])
    np.testing.assert_array_equal(made[0][1], made[1][1])
    h = hierarchy.build(net, ends, 3)
    lists = (h.first, h.to, h.out_cost, h.out_row, h.in_cost, h.in_row)
    one, many = (
        sweeps.skim(lists, h.quantity, h.n_core, h.place, h.place, n_block) for n_block in (1, 5)
    )
    np.testing.assert_array_equal(one[0], many[0])
    np.testing.assert_array_equal(one[1], many[1])
    assert table.shape[1] == len(h.names)


def test_a_mesh_that_is_full_grows():
    net, _ = network(5, False, False)
    tail, head = net.tail.astype(np.int32), net.head.astype(np.int32)
    grid = mesh.mesh(net.n_node, tail, head, net.cost, False)
    had = len(grid[3])
    # Searches that settle one node find no other ways: shortcuts abound.
    after, rank, child = contraction.contract(grid, False, len(tail), 0, 1, 1)
    assert (rank >= 0).all()
    assert len(after[3]) > had
    # A shortcut costs what its parts do.
    cost = np.concatenate(
        (net.cost, chains.sums(child, net.cost[:, None].copy(), len(child))[:, 0])
    )
    after = mesh.packed(after, np.arange(net.n_node, dtype=np.int32), False, 1)
    held = np.concatenate((after[5], after[7])), np.concatenate((after[4], after[6]))
    there = held[0] >= 0
    np.testing.assert_allclose(cost[held[0][there]], held[1][there], rtol=1e-12)


def test_kept_networks_answer_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path))
    net, ends = network(3, True, True)
    first = hierarchy.prepared(net, ends)
    monkeypatch.setattr(hierarchy, "build", None)
    again = hierarchy.prepared(net, ends)
    assert again.names == first.names
    a, b = hierarchy.skim(first, ends, ends), hierarchy.skim(again, ends, ends)
    assert a.identical(b)


def test_changed_networks_are_prepared_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path))
    tail, head, ends = np.array([0, 1]), np.array([1, 2]), np.array([0, 2])
    for cost in (1.0, 2.0):
        net = Network(3, tail, head, np.full(2, cost))
        got = hierarchy.skim(hierarchy.prepared(net, ends), ends, ends)
        assert got["cost"].values[0, 1] == 2 * cost
        assert np.isnan(got["cost"].values[1, 0])


def test_all_problems_at_once():
    net = Network(
        2,
        np.array([0, 1]),
        np.array([1, 7]),
        np.array([-1.0, np.nan]),
        {"cost": np.zeros(1), "km": np.array([0.0, np.inf])},
    )
    with pytest.raises(OpenCorridorError) as error:
        hierarchy.build(net, np.array([0, -1]))
    codes = [p.code for p in error.value.problems]
    assert codes == [
        "shape_mismatch", "bad_name", "bad_cost", "bad_quantity", "unknown_node", "unknown_node",
    ]  # fmt: skip


def test_places_that_were_left_out_are_refused():
    net = Network(3, np.array([0, 1]), np.array([1, 2]), np.ones(2))
    made = hierarchy.build(net, np.array([0, 2]))
    with pytest.raises(OpenCorridorError) as error:
        hierarchy.skim(made, np.array([0, 1]), np.array([1, 9]))
    assert [(p.code, p.column) for p in error.value.problems] == [
        ("unknown_node", "origins"), ("unknown_node", "destinations"),
    ]  # fmt: skip


def test_the_example_of_the_docs_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path))
    page = Path(__file__).parents[2] / "docs" / "how-to" / "skim-a-large-network.md"
    code = page.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    exec(code, {})
    assert capsys.readouterr().out.split() == [code.rpartition("# ")[2].strip()]


def test_networks_without_arcs_or_ends():
    nothing = Network(3, np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    ends = np.array([0, 2])
    got = hierarchy.skim(hierarchy.build(nothing, ends), ends, ends)
    np.testing.assert_array_equal(got["cost"], [[0.0, np.nan], [np.nan, 0.0]])
    none = np.zeros(0, int)
    assert hierarchy.skim(hierarchy.build(nothing, none), none, none)["cost"].shape == (0, 0)
