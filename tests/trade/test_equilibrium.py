"""The equilibrium: against a rival in levels, by hand, and what must hold in every world."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from opencorridor import trade
from opencorridor.trade.kernels import equilibrium as kernel
from tests.trade import levels_solver as levels
from tests.trade.worlds import random_shock, random_world, worlds

quick = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize(
    ("seed", "countries", "sectors", "low", "high"),
    [(1, 4, 2, 0.6, 1.2), (2, 5, 3, 0.8, 1.1), (3, 6, 2, 0.4, 1.0), (4, 6, 3, 0.95, 2.0)],
)
def test_counterfactual_equals_the_one_in_levels(
    seed: int, countries: int, sectors: int, low: float, high: float
) -> None:
    flows, theta = random_world(seed, countries, sectors)
    tau_hat = random_shock(seed, flows.shape, low, high)
    economy = levels.calibrate(flows, theta, seed)
    before = levels.equilibrium(economy)
    after = levels.equilibrium(levels.with_costs(economy, tau_hat))
    assert before.gap < 1e-11
    assert after.gap < 1e-11
    np.testing.assert_allclose(before.flows, flows, rtol=1e-10)
    found = trade.solve(flows, theta, tau_hat)
    np.testing.assert_allclose(found.flows, after.flows, rtol=1e-8)
    np.testing.assert_allclose(found.wage_hat, after.wage / before.wage, rtol=1e-8)
    np.testing.assert_allclose(found.price_hat, after.price / before.price, rtol=1e-8)
    real = (after.spending / after.price) / (before.spending / before.price)
    np.testing.assert_allclose(found.welfare_hat, real, rtol=1e-8)


def test_two_unequal_countries_by_hand() -> None:
    # Country 0 sells 90 at home and 30 abroad, country 1 sells 10 to it and 270 at home; the cost
    # of 0's exports falls by a fifth, that of 1's stays. One unknown: the relative wage.
    flows = np.array([[[90.0, 30.0], [10.0, 270.0]]])
    theta, tau = 3.0, 0.8
    output, deficit = (120.0, 280.0), (-20.0, 20.0)

    def sales_of_zero(wage0: float) -> tuple[float, float, float]:
        wage1 = (400.0 - 120.0 * wage0) / 280.0
        share00 = 0.9 * wage0**-theta / (0.9 * wage0**-theta + 0.1 * wage1**-theta)
        offer01 = 0.1 * (wage0 * tau) ** -theta
        share01 = offer01 / (offer01 + 0.9 * wage1**-theta)
        home = share00 * (wage0 * output[0] + deficit[0])
        abroad = share01 * (wage1 * output[1] + deficit[1])
        return home, abroad, home + abroad - wage0 * output[0]

    wage0 = brentq(lambda wage: sales_of_zero(wage)[2], 0.5, 2.0, xtol=1e-15)
    home, abroad, _ = sales_of_zero(wage0)
    tau_hat = np.ones((1, 2, 2))
    tau_hat[0, 0, 1] = tau
    found = trade.solve(flows, theta, tau_hat)
    np.testing.assert_allclose(found.wage_hat[0], wage0, rtol=1e-12)
    np.testing.assert_allclose(found.flows[0, 0], [home, abroad], rtol=1e-12)
    assert wage0 > 1.0  # the exporter whose costs fell gains; swapped indices turn this round


@given(worlds(), st.sampled_from(["fixed_share", "multiplicative"]))
@quick
def test_no_change_is_the_baseline(world: tuple[np.ndarray, np.ndarray, int], deficit: str) -> None:
    flows, theta, _ = world
    for tau_hat in (None, np.ones_like(flows), {}):
        found = trade.solve(flows, theta, tau_hat, deficit=deficit)
        np.testing.assert_allclose(found.flows, flows, rtol=1e-12)
        for hat in (found.wage_hat, found.price_hat, found.welfare_hat):
            np.testing.assert_allclose(hat, 1.0, rtol=1e-12)


@given(worlds(), st.sampled_from(kernel.CLOSURES))
@quick
def test_markets_clear_and_budgets_hold(
    world: tuple[np.ndarray, np.ndarray, int], deficit: str
) -> None:
    flows, theta, seed = world
    found = trade.solve(flows, theta, random_shock(seed, flows.shape, 0.7, 1.3), deficit=deficit)
    output, spent = flows.sum(axis=(0, 2)), flows.sum(axis=(0, 1))
    new_output, new_spent = found.flows.sum(axis=(0, 2)), found.flows.sum(axis=(0, 1))
    assert found.converged
    assert found.residual <= 1e-12
    np.testing.assert_allclose(new_output, found.wage_hat * output, rtol=1e-10)
    np.testing.assert_allclose(new_output.sum(), output.sum(), rtol=1e-12)  # the numeraire
    np.testing.assert_allclose(
        found.flows.sum(axis=1) / new_spent, flows.sum(axis=1) / spent, rtol=1e-10
    )
    if deficit == "fixed_share":
        np.testing.assert_allclose(new_spent - new_output, spent - output, atol=1e-9 * output.sum())
    elif deficit == "balanced":
        np.testing.assert_allclose(new_spent, new_output, rtol=1e-10)
    else:
        ratio = new_spent / new_output / (spent / output)
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-10)


@given(worlds(), st.sampled_from([1e6, 1e-6]))
@quick
def test_the_unit_of_flows_does_not_matter(
    world: tuple[np.ndarray, np.ndarray, int], scale: float
) -> None:
    flows, theta, seed = world
    tau_hat = random_shock(seed, flows.shape, 0.7, 1.3)
    one, other = trade.solve(flows, theta, tau_hat), trade.solve(flows * scale, theta, tau_hat)
    np.testing.assert_allclose(other.flows, one.flows * scale, rtol=1e-10)
    np.testing.assert_allclose(other.welfare_hat, one.welfare_hat, rtol=1e-10)


@given(worlds())
@quick
def test_the_order_of_countries_does_not_matter(
    world: tuple[np.ndarray, np.ndarray, int],
) -> None:
    flows, theta, seed = world
    tau_hat = random_shock(seed, flows.shape, 0.7, 1.3)
    order = np.random.default_rng(seed).permutation(flows.shape[1])

    def turned(values: np.ndarray) -> np.ndarray:
        return values[:, order][:, :, order]

    one = trade.solve(flows, theta, tau_hat)
    other = trade.solve(turned(flows), theta, turned(tau_hat))
    np.testing.assert_allclose(other.flows, turned(one.flows), rtol=1e-10)
    np.testing.assert_allclose(other.wage_hat, one.wage_hat[order], rtol=1e-10)


@given(worlds())
@quick
def test_costs_that_rise_alike_for_one_exporter_lower_its_wage_alone(
    world: tuple[np.ndarray, np.ndarray, int],
) -> None:
    # Dearer for every buyer, home included, is dearer labour: with one sector the wage falls by
    # exactly the factor (in real terms of others nothing moves). Swapped axes fail here.
    flows, theta, _ = world
    flows, theta = flows[:1], theta[:1]
    balanced = trade.solve(flows, theta, deficit="balanced").flows
    tau_hat = np.ones_like(balanced)
    tau_hat[0, 0, :] = 1.25
    found = trade.solve(balanced, theta, tau_hat)
    if balanced.shape[1] > 1:
        assert found.wage_hat[0] < found.wage_hat[1:].min()


def test_theta_is_the_elasticity_of_trade_to_costs() -> None:
    # A pair too small to move wages: its trade over the importer's purchases at home changes by
    # tau^-theta. With theta + 1 or theta - 1 (sigma mistaken) this is off by a fifth.
    flows = np.full((1, 3, 3), 50.0)
    flows[0, range(3), range(3)] = 1e6
    flows[0, 0, 1] = 1e-6
    for theta in (2.0, 5.0):
        for tau in (1.01, 0.99):
            found = trade.solve(flows, theta, {(0, 0, 1): tau})
            change = found.flows[0, 0, 1] / flows[0, 0, 1]
            assert np.log(change) / np.log(tau) == pytest.approx(-theta, rel=1e-8)


def test_each_sector_answers_with_its_own_elasticity() -> None:
    flows = np.full((2, 3, 3), 50.0)
    flows[:, range(3), range(3)] = 1e6
    flows[:, 0, 1] = 1e-6
    found = trade.solve(flows, [2.0, 6.0], {(0, 0, 1): 1.1, (1, 0, 1): 1.1})
    np.testing.assert_allclose(
        np.log(found.flows[:, 0, 1] / 1e-6) / np.log(1.1), [-2.0, -6.0], rtol=1e-8
    )


def test_welfare_of_cheaper_imports_is_the_domestic_share_formula() -> None:
    # One sector, balanced trade: real wage = (domestic share)^(-1/theta) (Arkolakis, Costinot and
    # Rodriguez-Clare 2012, eq. 1).
    flows, theta = random_world(8, 5, 1)
    flows = trade.solve(flows, theta, deficit="balanced").flows
    found = trade.solve(flows, theta, random_shock(8, flows.shape, 0.6, 1.1))
    home = np.arange(5)
    before = flows[0, home, home] / flows[0].sum(axis=0)
    after = found.flows[0, home, home] / found.flows[0].sum(axis=0)
    np.testing.assert_allclose(found.welfare_hat, (after / before) ** (-1 / theta[0]), rtol=1e-10)


def test_changed_cells_equal_the_full_table() -> None:
    flows, theta = random_world(5, 6, 3)
    tau_hat = np.ones_like(flows)
    changed = {(0, 1, 2): 0.7, (2, 4, 0): 1.3, (1, 5, 3): 0.9}
    for cell, factor in changed.items():
        tau_hat[cell] = factor
    sector, exporter, importer = np.array(list(changed)).T
    cells = trade.Cells(sector, exporter, importer, np.array(list(changed.values())))
    full = trade.solve(flows, theta, tau_hat)
    for sparse in (changed, cells):
        np.testing.assert_array_equal(trade.solve(flows, theta, sparse).flows, full.flows)


def test_start_and_borrowed_jacobian_do_not_change_the_answer() -> None:
    flows, theta = random_world(6, 6, 2)
    tau_hat = random_shock(6, flows.shape, 0.8, 1.1)
    world = trade.world(flows, theta)
    cold = world.solve(tau_hat)
    warm = world.solve(tau_hat, wage0=cold.wage_hat)
    far = world.solve(tau_hat, wage0=np.linspace(0.3, 3.0, 6))
    like = world.solve(tau_hat, like=trade.world(flows * 1.1, theta * 1.2))
    assert warm.iterations == 0
    for other in (warm, far, like):
        np.testing.assert_allclose(other.flows, cold.flows, rtol=1e-10)
    np.testing.assert_array_equal(world.flows, flows)  # solving changes nothing in the world


def test_a_flow_that_ends_is_gone_and_the_rest_clears() -> None:
    flows, theta = random_world(7, 4, 2)
    found = trade.solve(flows, theta, {(0, 0, 1): np.inf})
    assert found.flows[0, 0, 1] == 0.0
    assert found.residual <= 1e-12


def test_huge_changes_of_costs_are_solved() -> None:
    flows, theta = random_world(9, 6, 3)
    for low, high in ((0.1, 10.0), (0.05, 0.2)):
        found = trade.solve(flows, theta, random_shock(9, flows.shape, low, high))
        assert found.residual <= 1e-12
        assert np.isfinite(found.welfare_hat).all()


@pytest.mark.parametrize("closure", kernel.CLOSURES)
def test_jacobian_is_the_derivative_of_excess_demand(closure: str) -> None:
    # A wrong Jacobian would only be slow, so it is held against finite differences by itself.
    flows, theta = random_world(10, 5, 2)
    base = kernel.base(flows, theta, closure)
    log_wage = np.random.default_rng(0).normal(0.0, 0.1, 5)
    log_wage -= np.log((base.output * np.exp(log_wage)).sum())
    state = kernel.evaluate(base, base.share, log_wage)
    income = base.output * np.exp(log_wage)
    slope = kernel.jacobian(base, base.share, state)
    step = np.random.default_rng(1).normal(size=5)
    step -= income @ step / income.sum()  # along constant world output
    small = 1e-6
    ahead = kernel.evaluate(base, base.share, log_wage + small * step).excess
    behind = kernel.evaluate(base, base.share, log_wage - small * step).excess
    np.testing.assert_allclose(slope @ step, (ahead - behind) / (2 * small), atol=1e-7)
    assert np.linalg.cond(slope) < 1e6


def test_the_example_in_the_docstring_is_true() -> None:
    import doctest
    import sys

    assert doctest.testmod(sys.modules["opencorridor.trade.solve"]).failed == 0
    assert doctest.testmod(sys.modules["opencorridor.trade.solve"]).attempted > 0
