"""Stochastic user equilibrium: by hand, at both ends of its scale, and recomputed by other code."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from opencorridor.freight import Assignment, RouteSet, TrafficClass, assign, assign_stochastic
from opencorridor.freight.kernels import logitroutes
from opencorridor.freight.kernels.logit_plain import plain_answer, plain_path_sizes, plain_shares
from opencorridor.study.errors import OpenCorridorError
from tests.freight.equilibrium import balance, link_cost
from tests.freight.test_assignment import BRAESS, Row, grid, make, two_classes

Floats = npt.NDArray[np.float64]


def flat(low: float, high: float) -> list[Row]:
    return [(0, 1, 2, low, 0, 1), (0, 1, 1, high, 0, 1)]


def as_matrix(result: Assignment) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Return pair and flow of every offered route, and its links float64[R, A] as in the file."""
    begin, first, links, _ = logitroutes.flatten(result.routes.chain, result.routes.pool)
    pair = np.repeat(np.arange(result.pairs.n), np.diff(begin))
    on = np.zeros((len(first) - 1, result.network.n_link))
    np.add.at(on, (np.repeat(np.arange(len(on)), np.diff(first)), result.pairs.order[links]), 1.0)
    flow = np.concatenate([held(result, w) for w in range(result.pairs.n)] or [np.zeros(0)])
    return pair, flow, on


def held(result: Assignment, w: int) -> Floats:
    flows, following = result.routes.flow, result.routes.pool[6]
    found, r = [], int(result.routes.chain[w])
    while r >= 0:
        found.append(float(flows[r]))
        r = int(np.asarray(following[r]))
    return np.array(found)


def off(result: Assignment) -> float:
    """Return what flows of routes differ from their logit shares at these costs, by the demand."""
    pair, flow, on = as_matrix(result)
    cost = np.array([on[r] @ link_cost(result, int(result.pairs.pair_class[w]))
                     for r, w in enumerate(pair.tolist())])  # fmt: skip
    size = plain_path_sizes(pair, on, result.network.free_flow_time)
    utility = result.path_size * np.log(size) - result.theta * cost
    wanted = plain_shares(pair, result.pairs.demand, utility)
    assert on.T @ flow == pytest.approx(result.flow)
    return float(np.abs(flow - wanted).sum() / result.pairs.demand.sum())


@pytest.mark.parametrize("theta", [1e-6, 0.3, 1.0, 5.0, 1500.0])
def test_two_constant_routes_by_hand(theta: float) -> None:
    result = assign_stochastic(make(flat(10, 11), 2, {(0, 1): 3.0}), theta=theta)
    assert result.converged
    assert result.flow[0] == pytest.approx(3 / (1 + np.exp(-theta)), rel=1e-12)
    assert (result.model, result.n_route, result.theta) == ("sue", 2, theta)


def test_two_rising_routes_by_hand() -> None:
    network = make([(0, 1, 2, 1, 1, 4), (0, 1, 1, 2, 3, 1)], 2, {(0, 1): 3.0})
    result = assign_stochastic(network, theta=0.7, gap=1e-12)

    def less(v: float) -> float:
        """Return the flow of the first route less its share."""
        difference = (1 + (v / 2) ** 4) - 2 * (1 + 3 * (3 - v))
        return v - 3 / (1 + float(np.exp(0.7 * difference)))

    assert result.flow[0] == pytest.approx(brentq(less, 0, 3, xtol=1e-14), rel=1e-10)
    assert result.gap <= 1e-12


def test_utilities_of_minus_1500_lose_nothing() -> None:
    result = assign_stochastic(make(flat(1500, 1501), 2, {(0, 1): 1.0}), theta=1.0)
    assert result.flow == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))], rel=1e-12)


def test_small_scale_shares_alike_and_large_scale_is_the_equilibrium() -> None:
    network = make(BRAESS, 2, {(0, 1): 6.0})
    wide = RouteSet(ratio=20.0)
    alike = assign_stochastic(network, theta=1e-9, route_set=wide)
    assert [flow for flow, _ in alike.routes_of("0", "1")] == pytest.approx([2, 2, 2], rel=1e-6)
    grids = grid(4, 2)
    user = assign(grids, gap=1e-12)
    far, near, nearest = (
        float(np.abs(assign_stochastic(grids, theta=theta, gap=1e-9).flow - user.flow).max())
        for theta in (1.0, 30.0, 1000.0)
    )
    assert far > near > nearest
    assert nearest < 0.1 * near


def test_path_size_halves_what_two_routes_share() -> None:
    # Two ways of 10 share all but a hundredth of their length; a third of 10 stands alone.
    rows: list[Row] = [
        (0, 2, 9, 9.9, 0, 1), (2, 1, 9, 0.1, 0, 1), (2, 1, 9, 0.1, 0, 1), (0, 1, 9, 10, 0, 1),
    ]  # fmt: skip
    network = make(rows, 2, {(0, 1): 1.0})
    plain = assign_stochastic(network, theta=1.0)
    assert plain.flow[3] == pytest.approx(1 / 3)
    sized = assign_stochastic(network, theta=1.0, path_size=1.0)
    size = 0.99 / 2 + 0.01
    assert sized.flow[3] == pytest.approx(1 / (1 + 2 * size))
    assert off(sized) <= 1e-10


def test_way_dearer_than_the_ratio_is_not_offered() -> None:
    network = make(flat(10, 25), 2, {(0, 1): 1.0})
    assert assign_stochastic(network, theta=0.01).flow.tolist() == [1, 0]
    wide = assign_stochastic(network, theta=0.01, route_set=RouteSet(ratio=3.0))
    assert wide.flow[0] == pytest.approx(1 / (1 + np.exp(-0.15)))


def test_queue_of_a_hard_capacity_by_hand() -> None:
    # Two of three on the first way: 10 + queue - 11 = -ln 2.
    network = make(flat(10, 11), 2, {(0, 1): 3.0})
    result = assign_stochastic(network, theta=1.0, hard_capacity=np.array([2.0, np.inf]))
    assert result.flow == pytest.approx([2, 1], rel=1e-7)
    assert result.queue == pytest.approx([1 - np.log(2), 0], rel=1e-6)


def test_bad_questions_are_refused_at_once() -> None:
    network = make(BRAESS, 2, {(0, 1): 6.0})
    with pytest.raises(OpenCorridorError) as caught:
        assign_stochastic(network, theta=0.0, path_size=-1, route_set=RouteSet(0.5, 0), gap=0)
    assert sorted(p.code for p in caught.value.problems) == [
        "assign_gap", "assign_path_size", "assign_routes", "assign_routes", "assign_theta",
    ]  # fmt: skip
    idle = assign_stochastic(make(BRAESS, 2, {}), theta=1.0)
    assert (idle.converged, idle.flow.sum()) == (True, 0)


def test_stops_say_why() -> None:
    late = assign_stochastic(grid(4, 1), theta=1.0, time_limit_s=0.0)
    assert (late.converged, late.reason) == (False, "time")
    assert off(late) == pytest.approx(late.gap, rel=1e-6)


@settings(max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    theta=st.floats(0.01, 20.0),
    path_size=st.sampled_from([0.0, 1.0]),
)
def test_shares_on_every_offered_route(seed: int, theta: float, path_size: float) -> None:
    network = grid(4, seed)
    classes: list[TrafficClass] = two_classes(network)
    result = assign_stochastic(network, classes, theta=theta, path_size=path_size)
    assert result.converged
    assert off(result) <= 1e-9
    assert balance(result) <= 1e-8
    assert result.class_flow.sum(axis=0) == pytest.approx(result.flow)


@pytest.mark.parametrize("seed", range(3))
def test_large_scales_are_reached(seed: int) -> None:
    # Shares at exact costs of links miss their own sums by theta times the costs' rounding.
    network = grid(5, seed)
    result = assign_stochastic(network, theta=2e3, gap=1e-10)
    assert 2e3 * result.total_cost / network.demand.sum() > 1e4
    assert result.converged
    assert off(result) <= 1e-10


def test_kernels_agree_with_matrices() -> None:
    result = assign_stochastic(grid(3, 4), theta=2.0)
    pair, flow, on = as_matrix(result)
    begin, first, links, _ = logitroutes.flatten(result.routes.chain, result.routes.pool)
    x, out = np.random.default_rng(0).normal(size=on.shape[1]), np.zeros(on.shape[1])
    order, demand = result.pairs.order, result.pairs.demand
    logitroutes.answer(begin, first, links, demand, 2.0, flow, x[order], out)
    assert out == pytest.approx(plain_answer(pair, demand, flow, on, 2.0, x)[order])
    # Flows that follow a rise of costs fall on links by as much.
    near, summed = np.empty(len(flow)), np.empty(on.shape[1])
    small = np.full(on.shape[1], 1e-3) * x
    logitroutes.follow(begin, first, links, demand, 2.0, flow, small[order], near, summed)
    assert (on.T @ near)[order] == pytest.approx(summed)
    fell = plain_answer(pair, demand, flow, on, 2.0, small)
    assert on.T @ near == pytest.approx(on.T @ flow - fell)
    assert np.bincount(pair, near) == pytest.approx(demand)
    weight = np.random.default_rng(1).uniform(size=on.shape[1])
    sizes = logitroutes.path_sizes(begin, first, links, weight[order])
    assert sizes == pytest.approx(plain_path_sizes(pair, on, weight))
