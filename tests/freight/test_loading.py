"""The compiled choice and loading: against their plain twin, by hand, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.freight import logit_shares
from opencorridor.freight.kernels import loading, reference
from tests.freight.demand_rows import (
    choice,
    fixed,
    one_way,
    random_case,
    random_choice,
    random_demand,
    random_ways,
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_loading_equals_reference(seed: int) -> None:
    case = random_case(seed)
    demand = random_demand(seed, case[1].size)
    ways = random_ways(seed, np.diff(case[0]))
    choice = random_choice(seed, case[1].size)
    got = loading.choose_and_load(*case, *ways, *choice, *demand)
    want = reference.choose_and_load(*case, *ways, *choice, *demand)
    for a, b, scale in zip(got, want, (1.0, 100.0, 1e5, 1e6), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * scale)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_slope_is_the_derivative_of_the_load(seed: int) -> None:
    *head, waits = random_case(seed)
    rows = head[1].size
    rest = (*random_ways(seed, np.diff(head[0])), *random_choice(seed, rows))
    demand = random_demand(seed, rows)
    slope = loading.choose_and_load(*head, waits, *rest, *demand)[3]
    for f in range(waits.size):
        step = np.where(np.arange(waits.size) == f, 1e-4, 0.0)
        up, down = (
            loading.choose_and_load(*head, waits + way * step, *rest, *demand)[2]
            for way in (1.0, -1.0)
        )
        large = np.abs(slope).max(initial=0.0)
        np.testing.assert_allclose((up - down) / 2e-4, slope[:, f], rtol=1e-4, atol=1e-4 * large)


def choose(cost: np.ndarray, ways: tuple[np.ndarray, ...], choice: np.ndarray):
    """Shares and composite cost of one row without places."""
    n = cost.size
    share, composite, _, _ = loading.choose_and_load(
        np.array([0, n]), np.ones(1), np.zeros(1), cost, np.zeros(n + 1, np.int64),
        np.empty(0, np.int64), np.empty(0), np.zeros(1), *ways, *choice, *fixed(1),
    )  # fmt: skip
    return share, float(composite[0])


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 7))
def test_shares_add_to_one_and_no_route_makes_a_row_dearer(seed: int, n: int) -> None:
    """Also a closed route: no path size of the others makes its closing look like a gain."""
    rng = np.random.default_rng(seed)
    ways, parameters = random_ways(seed, np.array([n])), random_choice(seed, 1)
    cost = rng.uniform(80.0, 120.0, n)
    share, composite = choose(cost, ways, parameters)
    assert share.sum() == pytest.approx(1.0, abs=1e-12)
    assert composite <= cost.min() * (1 + 1e-12)
    for o in range(n):
        cheaper, dearer = cost.copy(), cost.copy()
        cheaper[o] *= 0.97
        dearer[o] = np.inf
        more, lower = choose(cheaper, ways, parameters)
        rest, higher = choose(dearer, ways, parameters)
        assert lower <= composite * (1 + 1e-12)
        assert higher >= composite * (1 - 1e-12)
        assert more[o] >= share[o] - 1e-12
        assert rest[o] == 0.0
        assert rest.sum() == pytest.approx(1.0, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 7), st.sampled_from([1.0, 0.6, 0.2]))
def test_without_overlap_it_is_the_nested_logit(seed: int, n: int, dissimilarity: float) -> None:
    rng = np.random.default_rng(seed)
    cost = rng.uniform(80.0, 120.0, n)
    ways = random_ways(seed, np.array([n]))
    share, composite = choose(cost, ways, choice(30.0, 1, dissimilarity))
    chain = np.unique(ways[2], return_inverse=True)[1]
    utility = -30.0 * np.log(cost)
    want = logit_shares(utility, np.zeros(n), chain, np.full(chain.max() + 1, dissimilarity))
    np.testing.assert_allclose(share, want, atol=1e-12)
    sums = [np.exp(utility[chain == c] / dissimilarity).sum() for c in range(chain.max() + 1)]
    log_sum = np.log((np.array(sums) ** dissimilarity).sum())
    assert -30.0 * np.log(composite) == pytest.approx(log_sum, rel=1e-12)


def test_one_chain_and_no_path_size_are_the_power_logit_to_the_last_bits() -> None:
    cost = np.array([100.0, 104.0, np.inf, 109.0])
    ways = random_ways(3, np.array([4]))
    share, composite = choose(cost, ways, choice(45.0, 1))
    weight = np.exp(-45.0 * np.log(np.array([1.0, 1.04, np.inf, 1.09])))
    # Exponentials of numpy and of the compiler differ in the last bit on some processors.
    want = 100.0 * np.exp(-np.log(weight[0] + weight[1] + weight[3]) / 45.0)
    np.testing.assert_array_max_ulp(share, weight / weight.sum(), maxulp=4)
    np.testing.assert_array_max_ulp(composite, want, maxulp=4)


def overlapping(alone: float) -> tuple[np.ndarray, ...]:
    """Three routes of one chain: the first two share all but ``alone`` of their hours."""
    return (
        np.zeros(1, np.int64), np.array([0, 3]), np.zeros(3, np.int64), np.array([alone, alone, 1]),
        np.array([0, 1]), np.array([0, 2]), np.array([0, 1]), np.log([1 - alone, 1 - alone]),
    )  # fmt: skip


def test_equal_routes_get_the_path_size_of_ben_akiva_and_bierlaire() -> None:
    """Z = sum a / N^b: with b near 1, 0.2 + 0.8 / 2 = 0.6 each of the first two, 1 of the third."""
    share, _ = choose(np.full(3, 50.0), overlapping(0.2), choice(45.0, 1, 1.0, 0.95))
    size = np.array([0.2 + 0.8 / 2**0.95] * 2 + [1.0])
    np.testing.assert_allclose(share, size / size.sum(), rtol=1e-12)


def test_a_route_named_twice_counts_once() -> None:
    share, composite = choose(np.full(3, 50.0), overlapping(0.0), choice(45.0, 1, 1.0, 0.95))
    np.testing.assert_allclose(share, [0.25, 0.25, 0.5], atol=0.01)
    single = choose(np.array([50.0, np.inf, 50.0]), overlapping(0.0), choice(45.0, 1, 1.0, 0.95))
    assert composite == pytest.approx(single[1], rel=1e-3)


def test_overlap_by_hand() -> None:
    """Costs 10, 20 and 20, k = 2, b = 0.5; the first two share half of their hours.

    y = 1/100, 1/400, 1/400. The shared piece: ((1/200)^2 + (1/800)^2)^0.5 = sqrt(17) / 800.
    S = 1/200 + 1/800 + sqrt(17)/800 + 1/400.
    """
    share, composite = choose(
        np.array([10.0, 20.0, 20.0]), overlapping(0.5), choice(2.0, 1, 1.0, 0.5)
    )
    total = 4 / 800 + 1 / 800 + 17**0.5 / 800 + 2 / 800
    assert composite == pytest.approx(total**-0.5, rel=1e-12)
    first = 4 / 800 + 17**0.5 / 800 * 16 / 17
    second = 1 / 800 + 17**0.5 / 800 / 17
    np.testing.assert_allclose(share, np.array([first, second, 2 / 800]) / total, rtol=1e-12)


def test_case_17_in_two_chains() -> None:
    """Nest {a -1500, b -1501} with 0.5, r -1500.5 alone: 0.561291, 0.075962, 0.362746."""
    cost = np.exp(np.array([1500.0, 1501.0, 1500.5]) / 1500.0)
    key, first, _, *rest = one_way(np.array([3]))
    ways = (key, first, np.array([0, 0, 1]), *rest)
    share, _ = choose(cost, ways, choice(1500.0, 1, 0.5))
    np.testing.assert_allclose(share, [0.561291, 0.075962, 0.362746], atol=5e-7)


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
        *one_way(np.ones(1, np.int64)),
        *choice(45.0, 1),
        np.zeros(1, np.int64),
        np.ones(1),
        np.array([12.0]),
        np.array([100.0]),
        np.array([2.0]),
    )
    assert share[0] == 1.0
    assert composite[0] == 12.0
    assert load.tolist() == [100.0, 25.0]
    # T = 100 (100 / (88 + C))^2 falls by 2 t an hour, of either wait.
    np.testing.assert_allclose(slope, [[-2.0, -2.0], [-0.5, -0.5]], rtol=1e-12)


def test_rows_of_a_cell_answer_its_price_together_by_hand() -> None:
    """Two rows of 100 t that weigh a half each; 2 h at 1 US$/t.h make the first one dearer.

    P goes from 100 to 101, so with e = 2 both rows move 100 (100 / 101)^2 t, and an hour more takes
    e / P / 2 of either.
    """
    _, composite, load, slope = loading.choose_and_load(
        np.array([0, 1, 2], dtype=np.int64),
        np.full(2, 100.0),
        np.ones(2),
        np.array([10.0, 20.0]),
        np.array([0, 1, 2], dtype=np.int64),
        np.array([0, 1], dtype=np.int64),
        np.ones(2),
        np.array([2.0, 0.0]),
        *one_way(np.ones(2, np.int64)),
        *choice(45.0, 2),
        np.zeros(2, np.int64),
        np.full(2, 0.5),
        np.array([10.0, 20.0]),
        np.full(2, 100.0),
        np.full(2, 2.0),
    )
    assert composite.tolist() == [12.0, 20.0]
    moved = 100.0 * (100.0 / 101.0) ** 2
    np.testing.assert_allclose(load, [moved, moved], rtol=1e-12)
    np.testing.assert_allclose(slope, np.full((2, 2), -moved / 101.0), rtol=1e-12)


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
        *one_way(np.array([2])),
        *choice(2000.0, 1),
        *fixed(1),
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
        *one_way(np.array([1])),
        *choice(45.0, 1),
        *fixed(1),
    )
    assert np.isnan(composite[0])
    assert share[0] == 0.0
    assert load[0] == 0.0


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
        *one_way(np.array([3])),
        *choice(exponent, 1),
        *fixed(1),
    )
    np.testing.assert_allclose(share, [0.731059, 0.268941, 0.0], atol=5e-7)
    assert share.sum() == pytest.approx(1.0, abs=1e-12)
    # The log-sum: -1500 + ln(1 + 1/e), as a cost.
    assert -exponent * np.log(composite[0]) == pytest.approx(-1500 + np.log1p(np.exp(-1)), abs=1e-6)
