"""Compiled kernels against their plain twins, and the wait curve against itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.costs import ArcParts
from opencorridor.freight.kept import Kept, merge
from opencorridor.freight.kernels import kept, reference, rows, wait
from opencorridor.freight.kernels.options import arc_fares, weighted_sums
from opencorridor.freight.options import Options


@given(st.floats(0.0, 500.0), st.floats(0.05, 0.95), st.floats(1.0, 100.0))
def test_wait_curve_is_its_own_inverse(hours: float, free: float, scale: float) -> None:
    cap = np.array([1e6])
    load = wait.allowed_load(np.array([hours]), cap, free, scale)
    assert free * 1e6 <= load[0] * (1 + 1e-12)
    assert load[0] < 1e6
    back = wait.wait_of_load(load, cap, free, scale)
    assert back[0] == pytest.approx(hours, rel=1e-6, abs=1e-6)


def test_no_wait_below_the_free_share_and_no_passage_above_capacity() -> None:
    w = wait.wait_of_load(np.array([0.5, 0.8, 0.9, 1.0, 1.2]), np.ones(5), 0.8, 12.0)
    assert w[:2].tolist() == [0.0, 0.0]
    assert w[2] == pytest.approx(12.0)
    assert np.isinf(w[3:]).all()


def random_routes(seed: int, n_arc: int = 4) -> tuple[Kept, np.random.Generator]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    counts = rng.integers(1, 4, n)
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    arcs = rng.integers(0, n_arc, first[-1]).astype(np.int32)
    group, origin, destination = rng.integers(0, 2, (3, n))
    return Kept(group, origin, destination, first, arcs), rng


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_merged_routes_are_there_once_in_order_of_finding(seed: int) -> None:
    one, _ = random_routes(seed)
    other, _ = random_routes(seed + 1)

    def listed(routes: Kept) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        ends = np.stack([routes.group, routes.origin, routes.destination], axis=1).tolist()
        parts = np.split(routes.arcs, routes.first[1:-1])
        return [(tuple(e), tuple(a.tolist())) for e, a in zip(ends, parts, strict=True)]

    found = listed(merge([one, other]))
    want = list(dict.fromkeys(listed(one) + listed(other)))
    assert found == sorted(want, key=lambda route: route[0])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_first_of_equals_equals_reference(seed: int) -> None:
    routes, _ = random_routes(seed, n_arc=2)
    key = 2 * routes.origin + routes.destination
    order = np.argsort(key, kind="stable")
    case = order, key, routes.first, routes.arcs
    np.testing.assert_array_equal(kept.first_of_equals(*case), reference.first_of_equals(*case))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_rows_of_cells_equal_reference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lists, cells, zones = 4, int(rng.integers(1, 12)), 5
    list_first = np.concatenate([[0], np.cumsum(rng.integers(0, 4, lists))]).astype(np.int64)
    n = int(list_first[-1])
    share = rng.random(n) * (rng.random(n) < 0.8)
    case = (
        *rng.integers(0, lists, (2, cells)), list_first, rng.integers(0, zones, n), share,
        rng.choice([0.0, 0.3, 1.0], cells), rng.random(cells) * 100.0, rng.random(cells) * 20.0,
        rng.random((zones, zones)) < 0.6,
    )  # fmt: skip
    got, covered = rows.cell_rows(*case)
    want, share_of = reference.cell_rows(*case)
    np.testing.assert_array_equal(got, want)
    np.testing.assert_allclose(covered, share_of, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_costs_of_options_equal_reference(seed: int) -> None:
    n_arc, n_class = 6, 3
    routes, rng = random_routes(seed, n_arc)
    arc_country = rng.integers(-1, 3, n_arc).astype(np.int16)
    zone_country = rng.integers(0, 3, 2)
    parts = {
        cargo: ArcParts(
            cargo, *rng.random((4, n_arc)), rng.random((n_arc, 3)) * 100.0,
            rng.integers(0, 5, (n_arc, 3)).astype(np.int8),
        )
        for cargo in ("container", "bulk")
    }  # fmt: skip
    parts["bulk"].charge_usd_per_unit[rng.random((n_arc, 3)) < 0.1] = np.nan
    weight = rng.random((n_class, 8))
    is_open = {-1: rng.random(n_arc) < 0.9, 1: rng.random(n_arc) < 0.9}
    route, klass = rng.integers(0, routes.n, 30), rng.integers(0, n_class, 30)
    none = np.zeros(1, dtype=np.int64)
    options = Options(none, route, none, klass, none, none)
    start, end = zone_country[routes.origin], zone_country[routes.destination]
    fare = arc_fares(routes.first, routes.arcs, start, end, arc_country)
    got = options.costs(routes, fare, parts, weight, is_open)
    for cost, r, k in zip(got, route, klass, strict=True):
        p = parts[("container", "bulk")[routes.group[r]]]
        hours, spread, co2, *charge = weight[k]
        common = hours * p.time_h + spread * p.spread_h + co2 * p.co2_kg_per_t
        common = common + charge[0] * p.fee_usd_per_t
        by_kind = (common[:, None] + p.charge_usd_per_unit * np.array(charge)[p.unit]).T
        arcs = routes.arcs[routes.first[r] : routes.first[r + 1]]
        mask = is_open[-1] & is_open.get(int(k), is_open[-1])
        want = reference.route_cost(
            arcs, int(start[r]), int(end[r]), arc_country, tuple(by_kind), mask
        )
        assert cost == pytest.approx(want, rel=1e-12)


def test_a_unit_that_no_arc_of_the_route_uses_need_have_no_payload() -> None:
    cost = weighted_sums(
        np.array([[2.0, 0.0]]), np.array([0]), np.array([0]), np.array([[3.0, np.nan]])
    )
    assert cost.tolist() == [6.0]
