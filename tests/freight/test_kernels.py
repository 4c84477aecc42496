"""The compiled loading against its plain twin, and the wait curve against itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.costs import ArcParts
from opencorridor.freight.kept import Kept, merge
from opencorridor.freight.kernels import kept, loading, reference, rows, wait
from opencorridor.freight.kernels.options import arc_fares, weighted_sums
from opencorridor.freight.options import Options


def random_demand(seed: int, rows: int) -> tuple[np.ndarray, ...]:
    """Anchor cost, value density and elasticity of rows, some of them with fixed tonnes."""
    rng = np.random.default_rng(seed)
    elasticity = rng.uniform(0.5, 8.0, rows) * (rng.random(rows) < 0.7)
    return rng.uniform(5.0, 300.0, rows), rng.uniform(50.0, 5e3, rows), elasticity


def random_case(seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    rows, places = int(rng.integers(1, 40)), int(rng.integers(1, 6))
    counts = rng.integers(1, 5, rows)
    row_first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    options = int(row_first[-1])
    cost = rng.uniform(5.0, 300.0, options)
    cost[rng.random(options) < 0.1] = np.inf
    cost[rng.random(options) < 0.05] = np.nan
    sets = [np.flatnonzero(rng.random(places) < 0.4) for _ in range(options)]
    first = np.concatenate([[0], np.cumsum([s.size for s in sets])]).astype(np.int64)
    place = np.concatenate([*sets, np.empty(0)]).astype(np.int64)
    return (
        row_first,
        rng.uniform(0.0, 1e5, rows),
        rng.uniform(0.0, 3.0, rows),
        cost,
        first,
        place,
        rng.uniform(0.0, 3.0, place.size) * (rng.random(place.size) < 0.9),
        rng.uniform(0.0, 100.0, places),
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([15.0, 45.0, 400.0]))
def test_loading_equals_reference(seed: int, exponent: float) -> None:
    case = random_case(seed)
    demand = random_demand(seed, case[1].size)
    got = loading.choose_and_load(*case, exponent, *demand)
    want = reference.choose_and_load(*case, exponent, *demand)
    for a, b, scale in zip(got, want, (1.0, 100.0, 1e5, 1e6), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * scale)


def test_slope_is_the_derivative_of_the_load() -> None:
    *head, waits = random_case(7)
    demand = random_demand(7, head[1].size)
    _, _, base, slope = loading.choose_and_load(*head, waits, 20.0, *demand)
    for f in range(waits.size):
        moved = waits.copy()
        moved[f] += 1e-5
        _, _, load, _ = loading.choose_and_load(*head, moved, 20.0, *demand)
        np.testing.assert_allclose((load - base) / 1e-5, slope[:, f], rtol=1e-3, atol=5.0)


def test_a_place_counts_what_a_tonne_takes_of_it_and_its_wait_is_paid_once() -> None:
    """100 t by one way of cost 10: 100 t of berth and 0.25 wagon-days a tonne; 1 US$/t.h, 2 h."""
    share, composite, load, slope = loading.choose_and_load(
        np.array([0, 1], dtype=np.int64),
        np.array([100.0]),
        np.array([1.0]),
        np.array([10.0]),
        np.array([0, 2], dtype=np.int64),
        np.array([0, 1], dtype=np.int64),
        np.array([1.0, 0.25]),
        np.array([0.0, 2.0]),
        45.0,
        np.array([12.0]),
        np.array([88.0]),
        np.array([2.0]),
    )
    assert share[0] == 1.0
    assert composite[0] == 12.0
    assert load.tolist() == [100.0, 25.0]
    # T = 100 (100 / (88 + C))^2 falls by 2 t an hour, of either wait.
    np.testing.assert_allclose(slope, [[-2.0, -2.0], [-0.5, -0.5]], rtol=1e-12)


def test_shares_of_large_utilities_stay_finite() -> None:
    one = np.array([0, 2], dtype=np.int64)
    none = np.zeros(3, dtype=np.int64)
    share, composite, _, _ = loading.choose_and_load(
        one,
        np.ones(1),
        np.zeros(1),
        np.array([1e5, 1.01e5]),
        none,
        np.empty(0, dtype=np.int64),
        np.empty(0),
        np.zeros(1),
        2000.0,
        *np.zeros((3, 1)),
    )
    assert share.sum() == pytest.approx(1.0, abs=1e-12)
    assert share[0] == pytest.approx(1.0 / (1.0 + 1.01**-2000.0), abs=1e-12)
    assert composite[0] <= 1e5


def test_a_row_without_an_open_route_moves_nothing() -> None:
    share, composite, load, _ = loading.choose_and_load(
        np.array([0, 1], dtype=np.int64),
        np.array([10.0]),
        np.array([1.0]),
        np.array([np.inf]),
        np.array([0, 1], dtype=np.int64),
        np.array([0], dtype=np.int64),
        np.ones(1),
        np.zeros(1),
        45.0,
        *np.zeros((3, 1)),
    )
    assert np.isnan(composite[0])
    assert share[0] == 0.0
    assert load[0] == 0.0


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


def test_case_17_shares_of_very_large_utilities_are_those_of_their_difference() -> None:
    """Utilities -1500 and -1501: exp() of either is 0. A cost c stands for utility -k ln c."""
    exponent = 1500.0
    cost = np.exp(np.array([1500.0, 1501.0, np.inf]) / exponent)
    share, composite, _, _ = loading.choose_and_load(
        np.array([0, 3], dtype=np.int64),
        np.ones(1),
        np.zeros(1),
        cost,
        np.zeros(4, dtype=np.int64),
        np.empty(0, dtype=np.int64),
        np.empty(0),
        np.zeros(1),
        exponent,
        *np.zeros((3, 1)),
    )
    np.testing.assert_allclose(share, [0.731059, 0.268941, 0.0], atol=5e-7)
    assert share.sum() == pytest.approx(1.0, abs=1e-12)
    # The log-sum: -1500 + ln(1 + 1/e), as a cost.
    assert -exponent * np.log(composite[0]) == pytest.approx(-1500 + np.log1p(np.exp(-1)), abs=1e-6)
