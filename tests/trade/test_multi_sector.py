"""Many sectors with inputs and tariffs: against simpler models, plain equations and identities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root

from opencorridor import trade
from opencorridor.trade.kernels import inputs as kernel
from opencorridor.trade.kernels.fixed_point import fixed_point
from tests.trade.input_worlds import accounts, input_worlds
from tests.trade.worlds import random_shock, random_world, worlds

quick = settings(max_examples=20, deadline=None)


def new_rates(world: dict[str, Any], seed: int) -> np.ndarray:
    rate = np.array(world["tariff"])
    return rate * np.random.default_rng(seed + 9).uniform(0.0, 1.5, rate.shape)


@given(worlds(), st.sampled_from(["fixed_share", "balanced"]))
@quick
def test_without_inputs_and_tariffs_it_is_the_first_equilibrium(
    world: tuple[np.ndarray, np.ndarray, int], closure: str
) -> None:
    flows, theta, seed = world
    tau_hat = random_shock(seed, flows.shape, 0.7, 1.3)
    plain = trade.solve(flows, theta, tau_hat, deficit=closure)
    for name in ("fixed_share", "fixed_amount") if closure == "fixed_share" else (closure,):
        found = trade.sector_world(flows, theta, closure=name).solve(tau_hat)
        np.testing.assert_allclose(found.wage_hat, plain.wage_hat, rtol=1e-10)
        np.testing.assert_allclose(found.consumer_price_hat, plain.price_hat, rtol=1e-10)
        np.testing.assert_allclose(found.flows, plain.flows, rtol=1e-9)
        np.testing.assert_allclose(found.real_income_hat, plain.welfare_hat, rtol=1e-10)


@given(st.integers(0, 10_000), st.floats(0.2, 0.9))
@quick
def test_one_sector_of_its_own_inputs_answers_as_one_with_cheaper_labour(
    seed: int, share: float
) -> None:
    # With inputs of the same good, cost is w^b P^(1-b). Balanced and alike in b, welfare is
    # the domestic share to the power -1 / (theta b) (Arkolakis, Costinot, Rodriguez-Clare 2012).
    flows, theta = random_world(seed, 4, 1)
    flows[0] = (flows[0] + flows[0].T) / 2
    inputs = (1 - share) * flows.sum(axis=2)[:, None, :]
    world = trade.sector_world(flows, theta, inputs=inputs)
    found = world.solve(random_shock(seed, flows.shape, 0.7, 1.2))
    own, spent = np.einsum("sii->i", found.flows), found.spending[0]
    home = own / spent / (np.einsum("sii->i", flows) / flows.sum(axis=(0, 1)))
    np.testing.assert_allclose(found.real_wage_hat, home ** (-1 / (theta[0] * share)), rtol=1e-9)
    np.testing.assert_allclose(found.real_income_hat, found.real_wage_hat, rtol=1e-9)


def test_a_tariff_of_two_countries_solved_in_levels() -> None:
    # Armington in levels by MINPACK: two countries, one good each, a tariff of one of them whose
    # revenue is spent. Nothing is a ratio here.
    theta, labour, rate = 4.0, np.array([10.0, 30.0]), 0.3
    liking = np.array([[1.0, 0.4], [0.7, 1.0]])

    def world(duty: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        wedge = np.array([[1.0, 1.0], [1.0 + duty, 1.0]])  # 0 taxes what it buys of 1

        def parts(log_wage: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
            wage = np.array([np.exp(log_wage), 1.0])
            offer = liking * (wage[:, None] * wedge) ** -theta
            price = offer.sum(axis=0) ** (-1 / theta)
            share = offer / offer.sum(axis=0)
            income = wage * labour / (1 - (share * (1 - 1 / wedge)).sum(axis=0))
            return wage, price, share * income / wedge, income

        def gap(x: np.ndarray) -> float:
            wage, _, flows, _ = parts(float(x[0]))
            return float(flows[0].sum() / (wage[0] * labour[0]) - 1)

        return parts(float(root(gap, [0.0], options={"xtol": 1e-14}).x[0]))

    wage0, price0, flows, income0 = world(0.0)
    wage1, price1, flows1, income1 = world(rate)
    found = trade.sector_world(flows[None], theta).solve(tariff={(0, 1, 0): rate})
    np.testing.assert_allclose(
        found.real_income_hat, income1 / price1 / (income0 / price0), rtol=1e-10
    )
    np.testing.assert_allclose(
        found.flows[0] / found.flows[0].sum(), flows1 / flows1.sum(), rtol=1e-10
    )
    np.testing.assert_allclose(
        found.revenue / found.income, [flows1[1, 0] * rate / income1[0], 0.0], atol=1e-12
    )
    ratio = found.wage_hat[0] / found.wage_hat[1]
    np.testing.assert_allclose(ratio, wage1[0] / wage0[0], rtol=1e-10)
    assert ratio > 1.0  # the country that taxes the other's goods gains on it


@given(input_worlds(), st.sampled_from(kernel.CLOSURES))
@quick
def test_every_equation_holds_and_money_adds_up(
    drawn: tuple[dict[str, Any], int], closure: str
) -> None:
    given_world, seed = drawn
    world = trade.sector_world(**given_world, closure=closure)
    tau_hat = random_shock(seed, given_world["flows"].shape, 0.8, 1.2)
    rates = new_rates(given_world, seed)
    found = world.solve(tau_hat, tariff=rates)
    assert found.converged
    assert found.residual <= 1e-12
    np.testing.assert_allclose(
        (found.flows * (1 + rates)).sum(axis=1), found.spending, rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose((found.flows * rates).sum(axis=(0, 1)), found.revenue, atol=1e-7)
    sales = found.flows.sum(axis=2)
    earned = (world.base.value_added * sales).sum(axis=0)
    np.testing.assert_allclose(earned, found.wage_hat * world.base.income * world.unit, rtol=1e-10)
    np.testing.assert_allclose(earned.sum(), world.unit, rtol=1e-11)  # the numeraire
    deficit = found.flows.sum(axis=(0, 1)) - sales.sum(axis=0)
    before = given_world["flows"].sum(axis=(0, 1)) - given_world["flows"].sum(axis=(0, 2))
    ratio = sales.sum() / given_world["flows"].sum()
    wanted = {"fixed_amount": before, "fixed_share": before * ratio, "balanced": 0 * before}
    np.testing.assert_allclose(deficit, wanted[closure], atol=1e-8 * world.unit)
    consumed = found.spending - np.einsum("nsk,kn->sn", world.base.use, sales)
    np.testing.assert_allclose(consumed, world.base.taste * found.income, atol=1e-8 * world.unit)


@given(input_worlds(), st.sampled_from(["fixed_amount", "fixed_share"]))
@quick
def test_no_change_is_the_baseline(drawn: tuple[dict[str, Any], int], closure: str) -> None:
    given_world, _ = drawn
    found = trade.sector_world(**given_world, closure=closure).solve(tariff=given_world["tariff"])
    np.testing.assert_allclose(found.flows, given_world["flows"], rtol=1e-10)
    for hat in (found.wage_hat, found.consumer_price_hat, found.real_income_hat):
        np.testing.assert_allclose(hat, 1.0, rtol=1e-11)
    np.testing.assert_allclose(found.first_order, 0.0, atol=1e-11)


@given(input_worlds(), st.sampled_from([1e6, 1e-6]))
@quick
def test_units_and_the_order_of_countries_do_not_matter(
    drawn: tuple[dict[str, Any], int], scale: float
) -> None:
    given_world, seed = drawn
    flows = given_world["flows"]
    tau_hat = random_shock(seed, flows.shape, 0.8, 1.2)
    one = trade.sector_world(**given_world).solve(tau_hat)
    turned = {
        "flows": flows[:, ::-1, ::-1] * scale,
        "theta": given_world["theta"],
        "inputs": given_world["inputs"][:, :, ::-1] * scale,
        "tariff": given_world["tariff"][:, ::-1, ::-1],
    }
    other = trade.sector_world(**turned).solve(tau_hat[:, ::-1, ::-1])
    np.testing.assert_allclose(other.flows[:, ::-1, ::-1], one.flows * scale, rtol=1e-9)
    np.testing.assert_allclose(other.real_income_hat[::-1], one.real_income_hat, rtol=1e-10)
    np.testing.assert_allclose(other.first_order[::-1], one.first_order, atol=1e-10)


@given(input_worlds())
@quick
def test_the_sweeps_are_the_plain_equations(drawn: tuple[dict[str, Any], int]) -> None:
    given_world, seed = drawn
    base = trade.sector_world(**given_world).base
    shock = random_shock(seed, base.share.shape, 0.8, 1.2)
    priced = base.share * shock ** -base.theta[:, None, None]
    case = kernel.Case(priced, priced / (1 + given_world["tariff"]))
    rng = np.random.default_rng(seed)
    state = kernel.evaluate(base, case, rng.normal(0, 0.1, len(base.income)), None, 1e-3)
    plain, fast = kernel.residual(base, case, state), kernel.misses(base, case, state)
    assert (
        np.abs(plain[0]).max() > 1e-6
    )  # an arbitrary wage clears nothing: there is something to see
    for one, other in zip(plain, fast, strict=True):
        np.testing.assert_allclose(other, one, atol=1e-12)


@given(input_worlds())
@quick
def test_small_changes_are_first_order(drawn: tuple[dict[str, Any], int]) -> None:
    # Halving a small change quarters the difference of exact and first-order welfare.
    given_world, seed = drawn
    world = trade.sector_world(**given_world, closure="balanced", settle=True)
    rates = new_rates(given_world, seed) - given_world["tariff"]
    tau = random_shock(seed, given_world["flows"].shape, -1.0, 1.0) - 1.0
    misses = []
    for size in (2e-3, 1e-3):
        found = world.solve(
            1 + size * tau, tariff=np.maximum(given_world["tariff"] + size * rates, 0)
        )
        misses.append(np.abs(found.real_income_hat - 1 - found.first_order).max())
    assert misses[0] < 1e-3
    assert misses[1] < 0.35 * misses[0] + 1e-9


def numeric_jacobian(base: kernel.Base, case: kernel.Case, at: np.ndarray) -> np.ndarray:
    step = 1e-6

    def excess(wages: np.ndarray) -> np.ndarray:
        return kernel.evaluate(base, case, wages, None, 1e-14).excess

    moves = np.eye(len(at)) * step
    columns = [(excess(at + move) - excess(at - move)) / (2 * step) for move in moves]
    return np.stack(columns, axis=1) - (base.income * np.exp(at))[None, :]


@pytest.mark.parametrize("closure", kernel.CLOSURES)
@pytest.mark.parametrize(("sectors", "close"), [(1, 2e-5), (4, 0.25)])
def test_jacobian_is_exact_for_one_sector_and_near_for_more(
    closure: str, sectors: int, close: float
) -> None:
    base = trade.sector_world(**accounts(3, 5, sectors), closure=closure).base
    case, at = kernel.unchanged(base), np.random.default_rng(1).normal(0, 0.05, 5)
    made = kernel.jacobian(base, case, kernel.evaluate(base, case, at, None, 1e-14))
    true = numeric_jacobian(base, case, at)
    assert np.abs(made - true).max() <= close * np.abs(true).max()


def test_a_start_elsewhere_and_a_borrowed_jacobian_change_nothing() -> None:
    one, other = accounts(5, 5, 3), accounts(5, 5, 3)
    other["theta"] = one["theta"] * 1.3
    world, like = trade.sector_world(**one), trade.sector_world(**other)
    tau_hat = random_shock(5, one["flows"].shape, 0.7, 1.0)
    plain = world.solve(tau_hat)
    warm = world.solve(tau_hat, wage0=np.exp(np.linspace(-0.3, 0.3, 5)), like=like)
    np.testing.assert_allclose(warm.flows, plain.flows, rtol=1e-9)


def test_a_settled_world_is_a_baseline() -> None:
    world = accounts(8, 5, 3)
    settled = trade.sector_world(**world, closure="balanced", settle=True)
    flows = settled.flows
    np.testing.assert_allclose(flows.sum(axis=(0, 1)), flows.sum(axis=(0, 2)), rtol=1e-10)
    still = settled.solve()
    assert still.iterations == 0
    np.testing.assert_allclose(still.real_income_hat, 1.0, rtol=1e-12)


def test_labels_travel_with_the_numbers() -> None:
    import xarray as xr

    world = accounts(2, 3, 2)
    names, goods = ["Aland", "Borduria", "Cagliostro"], ["food", "steel"]
    coords = {"sector": goods, "exporter": names, "importer": names}
    dims = ("sector", "exporter", "importer")
    plain = trade.sector_world(**world).solve({(1, 0, 2): 0.8})
    world["flows"] = xr.DataArray(world["flows"], dims=dims, coords=coords)
    world["tariff"] = xr.DataArray(world["tariff"], dims=dims, coords=coords).isel(
        importer=[2, 0, 1]
    )
    found = trade.sector_world(**world).solve({("steel", "Aland", "Cagliostro"): 0.8})
    assert found.real_income_hat.dims == ("country",)
    np.testing.assert_allclose(
        found.price_hat.sel(country="Borduria", sector="food"), plain.price_hat[0, 1], rtol=1e-12
    )


def test_a_fixed_point_survives_a_map_that_acceleration_may_spoil() -> None:
    def kinked(x: np.ndarray) -> np.ndarray:
        return np.where(x > 0, 0.9 * x, -0.8 * x) + np.array([0.0, 0.1, -0.1])

    found = fixed_point(kinked, np.array([5.0, -3.0, 2.0]), 1e-13, 2000)
    assert found.change <= 1e-13
    np.testing.assert_allclose(kinked(found.value), found.value, atol=1e-12)
