"""Compiled trees, paths and sums against the plain reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.routing.kernels import paths as kp
from opencorridor.routing.kernels import plain, reference
from opencorridor.routing.kernels import trees as kt


def random_graph(seed: int, whole: bool, n: int = 14, zones: int = 4, countries: int = 3):
    """Arcs between ``n`` inner nodes of a few countries and the sea, zones hung on them."""
    rng = np.random.default_rng(seed)
    country = rng.integers(-1, countries, n).astype(np.int16)
    zone_country = rng.integers(0, countries, zones).astype(np.int16)
    node_country = np.concatenate([country, zone_country]).astype(np.int16)
    tail, head = [], []
    for _ in range(4 * n):
        u, v = rng.integers(0, n, 2)
        tail.append(u)
        head.append(v)
    for z in range(n, n + zones):
        for u in rng.integers(0, n, 3):
            tail += [z, u]
            head += [u, z]
    order = np.argsort(np.array(tail), kind="stable")
    tail = np.array(tail, dtype=np.int32)[order]
    head = np.array(head, dtype=np.int32)[order]
    first_out = np.searchsorted(tail, np.arange(n + zones + 1)).astype(np.int64)
    a, b = node_country[tail], node_country[head]
    leaves = (a != b) & (a >= 0)
    enters = (a != b) & (b >= 0)
    free = rng.random(len(tail)) < 0.1  # pass-through arcs change country for nothing
    leaves &= ~free
    enters &= ~free
    arc_country = np.where(a == b, a, np.where(rng.random(len(tail)) < 0.5, a, b)).astype(np.int16)
    cost = rng.integers(0, 4, (len(tail), 3)).astype(float) if whole else rng.random((len(tail), 3))
    to_final = enters | ((head >= n) & (a < 0))
    bits = np.where(rng.random(len(tail)) < 0.8, 7, rng.integers(0, 8, len(tail)))
    present = bits.astype(np.uint8)
    return dict(  # noqa: C408
        tail=tail, head=head, first_out=first_out, node_country=node_country, leaves=leaves,
        enters=enters, arc_country=arc_country, cost=cost, to_final=to_final, present=present,
        n_inner=n, n=n + zones,
    )  # fmt: skip


def kernel_trees(g, origin, wanted=None, n_block=2):
    dist = np.empty((len(origin), 2 * g["n"]))
    pred = np.empty(dist.shape, np.int32)
    kt.trees(
        np.asarray(origin, np.int64), g["first_out"], g["head"], g["cost"], g["arc_country"],
        g["leaves"], g["to_final"], g["present"], g["node_country"], g["n_inner"],
        np.empty((0, 0), bool) if wanted is None else wanted, n_block, dist, pred,
    )  # fmt: skip
    return dist, pred


def plain_tree(g, u):
    return reference.tree(
        [(2 * u, 0.0), (2 * u + 1, 0.0)], int(g["node_country"][u]), g["first_out"], g["head"],
        g["cost"], g["arc_country"], g["leaves"], g["to_final"], g["present"],
        g["node_country"], g["n_inner"],
    )  # fmt: skip


def uncompiled_tree(g, u):
    return plain.tree(
        np.array([2 * u, 2 * u + 1]), np.zeros(2), int(g["node_country"][u]), g["first_out"],
        g["head"], g["cost"], g["arc_country"], g["leaves"], g["to_final"], g["present"],
        g["node_country"], g["n_inner"], np.empty(0, np.int64),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_trees_equal_the_reference_ties_and_all(seed: int, whole: bool) -> None:
    g = random_graph(seed, whole)
    origins = np.arange(g["n"])
    dist, pred = kernel_trees(g, origins)
    again, other = kernel_trees(g, origins, n_block=1)
    np.testing.assert_array_equal(again, dist)
    np.testing.assert_array_equal(other, pred)
    for u in origins:
        d, p = plain_tree(g, u)
        np.testing.assert_array_equal(dist[u], d)
        np.testing.assert_array_equal(pred[u], p)
        d, p = uncompiled_tree(g, u)
        np.testing.assert_array_equal(dist[u], d)
        np.testing.assert_array_equal(pred[u], p)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_ways_to_wanted_zones_are_those_of_the_whole_trees(seed: int, whole: bool) -> None:
    g = random_graph(seed, whole)
    zones = np.arange(g["n_inner"], g["n"])
    wanted = np.random.default_rng(seed).random((len(zones), len(zones))) < 0.4
    dist, pred = kernel_trees(g, zones, wanted)
    full, parent = kernel_trees(g, zones)
    for o, d in np.argwhere(wanted):
        state = 2 * zones[d] + 1
        assert dist[o, state] == full[o, state]
        if np.isfinite(full[o, state]):
            got = kp.path_arcs(pred[o], g["tail"], state)
            assert got.tolist() == kp.path_arcs(parent[o], g["tail"], state).tolist()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_a_tree_from_several_weighted_states_stops_at_its_targets(seed: int, whole: bool) -> None:
    g = random_graph(seed, whole)
    rng = np.random.default_rng(seed)
    sources = {int(s): float(rng.integers(0, 9)) for s in rng.integers(0, 2 * g["n_inner"], 4)}
    args = (
        1, g["first_out"], g["head"], g["cost"], g["arc_country"], g["leaves"], g["to_final"],
        g["present"], g["node_country"], g["n_inner"],
    )  # fmt: skip
    d, p = reference.tree(list(sources.items()), *args)
    states, start = np.array(list(sources)), np.array(list(sources.values()))
    for tree in (kt.tree, plain.tree):
        dist, pred = tree(states, start, *args, np.empty(0, np.int64))
        np.testing.assert_array_equal(dist, d)
        np.testing.assert_array_equal(pred, p)
        goal = rng.integers(0, 2 * g["n"], 3)
        dist, _ = tree(states, start, *args, goal)
        np.testing.assert_array_equal(dist[goal], d[goal])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_paths_and_sums_equal_the_reference(seed: int) -> None:
    g = random_graph(seed, False)
    zones = np.arange(g["n_inner"], g["n"])
    dist, pred = kernel_trees(g, zones)
    state = 2 * zones + 1
    row_tree = np.repeat(np.arange(len(zones)), len(zones))
    first, arcs = kp.paths(dist, pred, g["tail"], row_tree, np.tile(state, len(zones)))
    plain = np.random.default_rng(seed).random((len(g["tail"]), 2))
    sums = kp.tree_sums(
        dist, pred, g["tail"], g["arc_country"], g["node_country"][zones], state,
        g["node_country"][zones], plain, g["cost"][:, None, :],
    )  # fmt: skip
    kept = kp.route_sums(
        first, arcs, np.repeat(g["node_country"][zones], len(zones)),
        np.tile(g["node_country"][zones], len(zones)), g["arc_country"], plain,
        g["cost"][:, None, :],
    )  # fmt: skip
    for o, u in enumerate(zones):
        for d, v in enumerate(zones):
            row = o * len(zones) + d
            got = arcs[first[row] : first[row + 1]].tolist()
            if not np.isfinite(dist[o, state[d]]):
                assert got == []
                assert np.isnan(sums[o, d]).all()
                continue
            want = reference.path(pred[o], g["tail"], int(state[d]))
            assert got == want
            kinds = [
                reference.flow_kind(
                    int(g["arc_country"][a]), int(g["node_country"][u]), int(g["node_country"][v])
                )
                for a in want
            ]
            money = sum(g["cost"][a, k] for a, k in zip(want, kinds, strict=True))
            np.testing.assert_allclose(sums[o, d, :2], plain[want].sum(axis=0), rtol=1e-12)
            np.testing.assert_allclose(sums[o, d, 2], money, rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(kept[row], sums[o, d], rtol=1e-12, atol=1e-12)


def brute_force(g, origin: int, dest: int, limit: int = 9) -> float:
    """Cheapest walk of at most ``limit`` arcs, by the rules told in words, not by layers.

    The last entry into a country splits the trip: before it, arcs are transit (import/export in
    the origin's country and at sea); after it the country may not be left.
    """
    best = np.inf
    home = int(g["node_country"][origin])

    def grow(u: int, cost_t: float | None, cost_f: float | None, left: int) -> None:
        nonlocal best
        if u == dest and u != origin and cost_f is not None:
            best = min(best, cost_f)
        if left == 0 or (u >= g["n_inner"] and u != origin):
            return
        for a in range(g["first_out"][u], g["first_out"][u + 1]):
            bits = int(g["present"][a])
            v, c = int(g["head"][a]), int(g["arc_country"][a])
            if v == origin:
                continue
            if cost_t is not None:
                kind = 1 if c < 0 or c == home else 0
                if v < g["n_inner"] and bits >> kind & 1:
                    grow(v, cost_t + g["cost"][a, kind], None, left - 1)
                if g["to_final"][a]:
                    if c >= 0 and c == g["node_country"][v]:
                        kind = 2 if c == home else 1
                    if bits >> kind & 1:
                        grow(v, None, cost_t + g["cost"][a, kind], left - 1)
            kind = 2 if 0 <= c == home else 1
            if cost_f is not None and not g["leaves"][a] and bits >> kind & 1:
                grow(v, None, cost_f + g["cost"][a, kind], left - 1)

    grow(origin, 0.0, None, limit)
    grow(origin, None, 0.0, limit)
    return best


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_trees_equal_brute_force(seed: int) -> None:
    g = random_graph(seed, False, n=5, zones=2, countries=2)
    zones = np.arange(g["n_inner"], g["n"])
    dist, _ = kernel_trees(g, zones)
    for o, u in enumerate(zones):
        for v in zones:
            if u != v:
                want = brute_force(g, int(u), int(v), limit=7)
                got = dist[o, 2 * v + 1]
                assert got == pytest.approx(want, rel=1e-12)


def line_graph(cost: list[tuple[int, int, float]], n: int, present: list[bool] | None = None):
    cost = sorted(cost)
    tail = np.array([c[0] for c in cost], np.int32)
    head = np.array([c[1] for c in cost], np.int32)
    k = len(cost)
    return dict(  # noqa: C408
        tail=tail, head=head, first_out=np.searchsorted(tail, np.arange(n + 1)).astype(np.int64),
        node_country=np.zeros(n, np.int16), leaves=np.zeros(k, bool), enters=np.zeros(k, bool),
        arc_country=np.zeros(k, np.int16), to_final=np.zeros(k, bool),
        cost=np.repeat(np.array([[c[2]] for c in cost]), 3, axis=1), n_inner=n, n=n,
        present=np.full(k, 7, np.uint8) if present is None else np.array(present, np.uint8) * 7,
    )  # fmt: skip


def test_case_15_a_free_link_stays() -> None:
    g = line_graph([(0, 1, 0.0), (1, 2, 1.0), (0, 2, 3.0)], 3)
    dist, pred = kernel_trees(g, [0])
    assert dist[0, 2 * 2 + 1] == 1.0
    assert kp.path_arcs(pred[0], g["tail"], 5).tolist() == [0, 2]


def test_case_15_a_closed_link_is_not_free_and_scale_changes_nothing() -> None:
    g = line_graph([(0, 1, 0.0), (1, 2, 1.0), (0, 2, 3.0)], 3, present=[False, True, True])
    dist, _ = kernel_trees(g, [0])
    assert dist[0, 5] == 3.0
    assert np.isinf(dist[0, 3])
    g = line_graph([(0, 1, 0.0), (1, 2, 1e-9), (0, 2, 3e-9)], 3)
    dist, pred = kernel_trees(g, [0])
    assert dist[0, 5] == 1e-9
    assert kp.path_arcs(pred[0], g["tail"], 5).tolist() == [0, 2]


def test_incidence_counts_a_place_once_a_route() -> None:
    first_arc = np.array([0, 3, 5], np.int64)
    arcs = np.array([0, 1, 2, 2, 3], np.int32)
    first_facility = np.array([0, 1, 1, 3, 3], np.int64)  # arc 0: f0, arc 2: f0 and f1
    first, facility = kp.incidence(
        first_arc, arcs, first_facility, np.array([0, 0, 1], np.int32), 2
    )
    assert first.tolist() == [0, 2, 4]
    assert facility.tolist() == [0, 1, 0, 1]
