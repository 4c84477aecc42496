"""One sector: what must hold in every world, and one solver under three names."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root

from opencorridor import trade
from opencorridor.study.errors import NotConverged, OpenCorridorError
from opencorridor.trade.kernels import universal as kernel

quick = settings(max_examples=25, deadline=None)
CLEARING = ("fixed_share", "fixed_amount", "balanced", "multiplicative")

Floats = np.ndarray


def random_flows(seed: int, n: int) -> Floats:
    """Return flows with sales at home that outweigh the rest, as they do."""
    rng = np.random.default_rng(seed)
    traded = rng.random((n, n)) < 0.8
    around = (np.arange(n) + 1) % n
    traded[np.arange(n), around] = traded[around, np.arange(n)] = True
    flows = rng.lognormal(0.0, 1.5, (n, n)) * traded
    flows[np.diag_indices(n)] = 0.0
    abroad = np.maximum(flows.sum(axis=0), flows.sum(axis=1))
    flows[np.diag_indices(n)] = abroad * rng.uniform(2.0, 4.0, n) + 0.1
    return flows


def random_costs(seed: int, n: int, low: float = 0.7, high: float = 1.3) -> Floats:
    rng = np.random.default_rng(seed + 1000)
    factors = rng.uniform(low, high, (n, n))
    factors[rng.random((n, n)) < 0.5] = 1.0
    return factors


@st.composite
def cases(draw: st.DrawFn) -> tuple[Floats, Floats, float, float]:
    seed, n = draw(st.integers(0, 10_000)), draw(st.integers(2, 8))
    theta = draw(st.floats(0.5, 12.0))
    psi = draw(st.sampled_from([0.0, 0.3, 1.0, 4.0]))
    return random_flows(seed, n), random_costs(seed, n), theta, psi


def made(flows: Floats, theta: float, psi: float, closure: str) -> trade.OneSector:
    return trade.one_sector(flows, theta=theta, psi=psi, closure=closure, reference=0)


def test_three_names_are_one_solver() -> None:
    flows, costs = random_flows(3, 6), random_costs(3, 6)
    results = [
        trade.one_sector(flows, sigma=5.0).solve(costs),  # Armington, Anderson-van Wincoop
        trade.one_sector(flows, theta=4.0).solve(costs),  # Eaton-Kortum
    ]
    many = trade.solve(flows[None], 4.0, costs[None])  # the solver of many sectors, given one
    for found in results:
        np.testing.assert_allclose(found.flows, many.flows[0], rtol=1e-11)
        np.testing.assert_allclose(found.welfare_hat, many.welfare_hat, rtol=1e-11)
        np.testing.assert_allclose(found.wage_hat, many.wage_hat, rtol=1e-11)


def eaton_kortum(flows: Floats, costs: Floats, theta: float, beta: float) -> tuple[Floats, Floats]:
    """Return wages and price indices (hats) of Eaton-Kortum with inputs, each equation as printed.

    Cost of a bundle :math:`w^\\beta P^{1-\\beta}`, balanced trade: Eaton and Kortum (2002),
    eq. 12-20.
    """
    share, output = flows / flows.sum(axis=0), flows.sum(axis=1)

    def gaps(x: Floats) -> Floats:
        wage, price = np.exp(x.reshape(2, -1))
        cost = (wage**beta * price ** (1 - beta))[:, None] * costs
        index = (share * cost**-theta).sum(axis=0) ** (-1 / theta)
        new = share * (cost / index) ** -theta
        sales = (new * (wage * output)).sum(axis=1)
        market = np.log(sales / (wage * output))
        market[-1] = np.log((wage * output).sum() / output.sum())
        return np.concatenate([market, np.log(index / price)])

    found = root(gaps, np.zeros(2 * len(output)), method="hybr", options={"xtol": 1e-14})
    wage, price = np.exp(found.x.reshape(2, -1))
    return wage, price


@pytest.mark.parametrize("beta", [1.0, 0.5, 0.3])
def test_supply_elasticity_is_eaton_kortum_with_inputs(beta: float) -> None:
    flows, costs = random_flows(5, 5), random_costs(5, 5)
    flows = trade.one_sector(flows, theta=4.0, closure="balanced").solve().flows
    wage, price = eaton_kortum(flows, costs, 4.0, beta)
    found = trade.one_sector(flows, theta=4.0, psi=(1 - beta) / beta).solve(costs)
    np.testing.assert_allclose(found.wage_hat, wage, rtol=1e-9)
    np.testing.assert_allclose(found.price_hat, price, rtol=1e-9)
    np.testing.assert_allclose(found.welfare_hat, wage / price, rtol=1e-9)
    # Welfare from the share bought at home (Arkolakis, Costinot and Rodriguez-Clare 2012, p. 115).
    home = found.flows.diagonal() / found.flows.sum(axis=0)
    before = flows.diagonal() / flows.sum(axis=0)
    domestic = costs.diagonal()
    np.testing.assert_allclose(
        found.welfare_hat, ((home / before) ** (-1 / 4.0) / domestic) ** (1 / beta), rtol=1e-9
    )


@given(cases(), st.sampled_from([*CLEARING, "fixed_shares"]), st.booleans())
@quick
def test_no_change_is_the_baseline(
    case: tuple[Floats, Floats, float, float], closure: str, conditional: bool
) -> None:
    flows, _, theta, psi = case
    if closure == "balanced" and not conditional:
        return  # closing deficits is a change
    world = made(flows, theta, 0.0 if closure == "fixed_shares" else psi, closure)
    for tau_hat in (None, np.ones_like(flows), {}):
        found = world.solve(tau_hat, conditional=conditional)
        assert found.iterations == 0
        np.testing.assert_allclose(found.flows, flows, rtol=1e-13)
        for name in ("producer_price", "price", "outward", "output", "outlay", "welfare"):
            np.testing.assert_allclose(getattr(found, f"{name}_hat"), 1.0, rtol=1e-13)


@given(cases(), st.sampled_from(CLEARING))
@quick
def test_markets_clear_and_all_adds_up(
    case: tuple[Floats, Floats, float, float], closure: str
) -> None:
    flows, costs, theta, psi = case
    found = made(flows, theta, psi, closure).solve(costs)
    output, outlay = flows.sum(axis=1), flows.sum(axis=0)
    new_output, new_outlay = found.flows.sum(axis=1), found.flows.sum(axis=0)
    assert found.converged
    assert found.residual <= 1e-12
    np.testing.assert_allclose(new_output, output * found.output_hat, rtol=1e-11)
    if closure != "balanced":
        np.testing.assert_allclose(new_outlay, outlay * found.outlay_hat, rtol=1e-11)
    assert found.price_hat[0] == pytest.approx(1.0, abs=1e-14)  # the reference country
    deficit = outlay - output
    if closure == "fixed_share":
        share = (new_outlay - new_output) / new_output.sum()
        np.testing.assert_allclose(share, deficit / output.sum(), atol=1e-11)
    elif closure == "fixed_amount":
        np.testing.assert_allclose(new_outlay - new_output, deficit, atol=1e-10 * output.sum())
    elif closure == "balanced":
        np.testing.assert_allclose(new_outlay, new_output, rtol=1e-10)
    else:
        ratio = new_outlay / new_output / (outlay / output)
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-10)
    # Output follows its price in terms of the bundle, and gravity holds with both resistances.
    supply = found.producer_price_hat * (found.producer_price_hat / found.price_hat) ** psi
    np.testing.assert_allclose(found.output_hat, supply, rtol=1e-10)
    world = new_output.sum() / output.sum()
    size = found.output_hat[:, None] * (new_outlay / outlay) / world
    friction = (costs / (found.outward_hat[:, None] * found.price_hat)) ** -theta
    np.testing.assert_allclose(found.flows, flows * size * friction, rtol=1e-9)


@given(cases())
@quick
def test_conditional_keeps_output_and_expenditure(
    case: tuple[Floats, Floats, float, float],
) -> None:
    flows, costs, theta, psi = case
    found = made(flows, theta, psi, "fixed_share").solve(costs, conditional=True)
    np.testing.assert_allclose(found.flows.sum(axis=1), flows.sum(axis=1), rtol=1e-11)
    np.testing.assert_allclose(found.flows.sum(axis=0), flows.sum(axis=0), rtol=1e-11)
    friction = (costs / (found.outward_hat[:, None] * found.price_hat)) ** -theta
    np.testing.assert_allclose(found.flows, flows * friction, rtol=1e-9)
    assert np.all(found.output_hat == 1.0)


@given(cases(), st.sampled_from([1e6, 1e-6]), st.sampled_from(CLEARING))
@quick
def test_the_unit_of_flows_does_not_matter(
    case: tuple[Floats, Floats, float, float], scale: float, closure: str
) -> None:
    flows, costs, theta, psi = case
    one = made(flows, theta, psi, closure).solve(costs)
    other = made(flows * scale, theta, psi, closure).solve(costs)
    np.testing.assert_allclose(other.flows, one.flows * scale, rtol=1e-10)
    np.testing.assert_allclose(other.welfare_hat, one.welfare_hat, rtol=1e-10)


@given(cases(), st.floats(0.3, 3.0), st.sampled_from(["fixed_share", "balanced", "multiplicative"]))
@quick
def test_costs_that_change_alike_everywhere_change_real_income_alone(
    case: tuple[Floats, Floats, float, float], factor: float, closure: str
) -> None:
    # Homogeneity: price indices rise, no flow moves. (Amounts fixed at a price index are not so.)
    flows, _, theta, psi = case
    if closure == "balanced":
        flows = trade.one_sector(flows, theta=theta, closure="balanced").solve().flows
    found = made(flows, theta, psi, closure).solve(np.full_like(flows, factor))
    np.testing.assert_allclose(found.flows / found.flows.sum(), flows / flows.sum(), rtol=1e-9)
    np.testing.assert_allclose(found.real_output_hat, factor ** -(1 + psi), rtol=1e-9)


@given(cases(), st.sampled_from([*CLEARING, "fixed_shares"]))
@quick
def test_the_order_of_countries_does_not_matter(
    case: tuple[Floats, Floats, float, float], closure: str
) -> None:
    flows, costs, theta, _ = case
    order = np.random.default_rng(0).permutation(len(flows))
    turned = np.ix_(order, order)
    names = [f"c{i}" for i in range(len(flows))]

    def solved(table: Floats, change: Floats, labels: list[str]) -> trade.OneSectorResult:
        return trade.one_sector(
            table, theta=theta, closure=closure, reference="c1", countries=labels
        ).solve(change)

    one = solved(flows, costs, names)
    other = solved(flows[turned], costs[turned], [names[i] for i in order])
    np.testing.assert_allclose(other.flows, one.flows[turned], rtol=1e-10)
    np.testing.assert_allclose(other.welfare_hat, one.welfare_hat[order], rtol=1e-10)


def test_alike_countries_fare_alike() -> None:
    flows = np.array([[60.0, 20.0, 10.0], [20.0, 60.0, 10.0], [10.0, 10.0, 90.0]])
    found = trade.one_sector(flows, theta=5.0, psi=0.5).solve({(0, 1): 0.8, (1, 0): 0.8})
    assert found.welfare_hat[0] == pytest.approx(found.welfare_hat[1], rel=1e-12)
    np.testing.assert_allclose(found.flows[:2, :2], found.flows[:2, :2].T, rtol=1e-12)
    assert found.welfare_hat[0] > 1.0 > found.welfare_hat[2]


@pytest.mark.parametrize("closure", kernel.CLOSURES[:-1])
@pytest.mark.parametrize("psi", [0.0, 0.7])
@pytest.mark.parametrize("conditional", [False, True])
def test_jacobian_is_the_derivative(closure: str, psi: float, conditional: bool) -> None:
    flows, costs = random_flows(9, 5), random_costs(9, 5)
    flows = flows / flows.sum()
    outlay = flows.sum(axis=0)
    economy = kernel.Economy(
        flows / outlay, flows.sum(axis=1), outlay, 3.0, psi, closure, 2, conditional
    )
    priced = economy.share * costs**-3.0
    at = np.random.default_rng(1).normal(0.0, 0.05, 5)
    markets = kernel.evaluate(economy, priced, at)
    steps = 1e-6 * np.eye(5)
    numeric = np.stack(
        [
            kernel.evaluate(economy, priced, at + step).excess
            - kernel.evaluate(economy, priced, at - step).excess
            for step in steps
        ],
        axis=1,
    ) / (2e-6)
    weight = economy.output if conditional else markets.income
    analytic = kernel.jacobian(economy, priced, markets) + weight
    np.testing.assert_allclose(analytic, numeric, atol=1e-8)


@pytest.mark.parametrize("closure", CLEARING)
def test_newton_and_mixing_agree(closure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    flows, costs = random_flows(11, 7), random_costs(11, 7, 0.4, 2.5)
    world = made(flows, 6.0, 0.5, closure)
    mixed = world.solve(costs)
    monkeypatch.setattr(kernel, "_PATIENCE", 0)  # no mixing: Newton from the start
    stepped = world.solve(costs)
    assert stepped.iterations < mixed.iterations
    np.testing.assert_allclose(stepped.welfare_hat, mixed.welfare_hat, rtol=1e-10)


@pytest.mark.parametrize("theta", [0.2, 1.0, 8.0, 20.0])
@pytest.mark.parametrize("factor", [0.2, 5.0])
def test_large_changes_and_strange_elasticities(theta: float, factor: float) -> None:
    flows = random_flows(21, 12)
    costs = np.where(np.eye(12) > 0, 1.0, factor)
    found = trade.one_sector(flows, theta=theta, psi=0.2, closure="multiplicative").solve(costs)
    assert found.residual <= 1e-12
    assert np.isfinite(found.flows).all()
    assert np.isfinite(found.welfare_hat).all()


def test_trade_that_all_but_ends_is_solved_or_named_never_nan() -> None:
    # Deficits and next to no trade to carry them: prices have to part by orders of magnitude.
    flows = random_flows(21, 12)
    costs = np.where(np.eye(12) > 0, 1.0, 1e3)
    for theta in (0.2, 4.0, 8.0, 20.0):
        world = trade.one_sector(flows, theta=theta, closure="multiplicative")
        try:
            found = world.solve(costs)
        except NotConverged as error:
            assert "does not clear" in error.problems[0].message  # noqa: PT017
        else:
            assert found.market_residual <= 1e-10
            assert np.isfinite(found.welfare_hat).all()


def test_a_surplus_above_income_is_named_not_nan() -> None:
    flows = np.array([[5.0, 95.0, 10.0], [5.0, 60.0, 10.0], [5.0, 30.0, 90.0]])
    world = trade.one_sector(flows, theta=6.0, countries=["Ore", "Mill", "Rest"])
    with pytest.raises(NotConverged) as caught:
        world.solve({("Ore", "Mill"): 4.0, ("Ore", "Rest"): 4.0})
    problem = caught.value.problems[0]
    assert problem.value == "Ore"
    assert "market of Ore does not clear" in problem.message


def test_labels_come_back() -> None:
    names = ["KAZ", "IRN", "UZB"]
    flows = xr.DataArray(
        random_flows(1, 3),
        dims=("exporter", "importer"),
        coords={"exporter": names, "importer": names},
    )
    found = trade.one_sector(flows, theta=4.0, reference="IRN").solve({("KAZ", "IRN"): 0.9})
    assert list(found.welfare_hat["country"].values) == names
    assert float(found.price_hat.sel(country="IRN")) == pytest.approx(1.0)
    plain = trade.one_sector(flows.values, theta=4.0).solve({(0, 1): 0.9})
    np.testing.assert_allclose(found.welfare_hat.values, plain.welfare_hat, rtol=1e-12)
    factors = xr.ones_like(flows)
    factors.loc[{"exporter": "KAZ", "importer": "IRN"}] = 0.9
    turned = factors.isel(importer=[2, 0, 1])
    again = trade.one_sector(flows, theta=4.0, reference="IRN").solve(turned)
    np.testing.assert_allclose(again.flows.values, found.flows.values, rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({}, ["trade_elasticity"]),
        ({"theta": 4.0, "sigma": 5.0}, ["trade_elasticity"]),
        ({"theta": -4.0}, ["theta_not_positive"]),
        ({"sigma": 0.8}, ["sigma_not_above_one"]),
        ({"theta": 4.0, "psi": -0.1}, ["psi_negative"]),
        ({"theta": 4.0, "psi": float("nan"), "closure": "fix"}, ["psi_negative", "trade_deficit"]),
        ({"theta": 4.0, "closure": "fixed_amount"}, ["trade_reference"]),
        (
            {"theta": 4.0, "closure": "fixed_shares", "reference": 0, "psi": 1.0},
            ["trade_fixed_shares"],
        ),
        ({"theta": 4.0, "reference": "Atlantis"}, ["trade_labels"]),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused(options: dict[str, object], codes: list[str]) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        trade.one_sector(random_flows(1, 3), **options)
    assert [problem.code for problem in caught.value.problems] == codes


@pytest.mark.parametrize(
    ("tau_hat", "code"),
    [
        ({(0, 1): -1.0}, "trade_cost_factor"),
        ({(0, 1): float("nan")}, "trade_cost_factor"),
        ({(0, 1): 1e-200}, "trade_cost_factor"),
        ({(0, 0): np.inf, (0, 1): np.inf, (0, 2): np.inf}, "trade_market_without_buyer"),
        ({(0, 1): np.inf, (1, 1): np.inf, (2, 1): np.inf}, "trade_market_without_supplier"),
        ({("X", 1): 1.0}, "trade_labels"),
    ],
)
def test_wrong_changes_are_refused(tau_hat: dict[tuple[object, object], float], code: str) -> None:
    world = trade.one_sector(np.full((3, 3), 10.0), theta=4.0)
    with pytest.raises(OpenCorridorError) as caught:
        world.solve(tau_hat)
    assert caught.value.problems[0].code == code


def test_a_world_that_cannot_be_solved_is_refused_before() -> None:
    # One country sells nothing at home or abroad; two groups that never trade with each other.
    with pytest.raises(OpenCorridorError, match="sells nothing at home or abroad"):
        trade.one_sector(np.array([[0.0, 0.0], [5.0, 10.0]]), theta=4.0)
    islands = np.kron(np.eye(2), np.full((2, 2), 5.0))
    with pytest.raises(OpenCorridorError, match="wages cannot be compared"):
        trade.one_sector(islands, theta=4.0)


def test_trade_in_one_direction_cannot_balance() -> None:
    flows = np.array([[50.0, 10.0, 3.0], [5.0, 40.0, 2.0], [0.0, 0.0, 20.0]])
    with pytest.raises(OpenCorridorError, match="its trade cannot balance") as caught:
        trade.one_sector(flows, theta=4.0, closure="balanced", countries=["A", "B", "C"])
    assert [problem.value for problem in caught.value.problems] == ["C"]


def test_fixed_shares_is_the_conditional_system_with_prices_against_resistance() -> None:
    flows, costs = random_flows(2, 6), random_costs(2, 6)
    fixed = trade.one_sector(flows, theta=4.0, closure="fixed_shares", reference=0)
    held = fixed.solve(costs, conditional=True)
    found = fixed.solve(costs)
    np.testing.assert_allclose(found.price_hat, held.price_hat, rtol=1e-12)
    np.testing.assert_allclose(found.producer_price_hat, 1 / held.outward_hat, rtol=1e-12)
    assert found.residual <= 1e-12
    assert found.market_residual > 1e-3  # its markets do not clear


class TestGravityBaseline:
    def world(self) -> tuple[Floats, Floats, Floats]:
        rng = np.random.default_rng(8)
        distance = rng.uniform(0.2, 2.0, (9, 9))
        reach = trade.gravity_access(
            {"ln_dist": -1.1, "abroad": -2.0},
            {"ln_dist": np.log(distance), "abroad": 1 - np.eye(9)},
        )
        output = rng.lognormal(0.0, 2.0, 9) * 1e5
        outlay = output * rng.uniform(0.8, 1.2, 9)
        return reach, output, outlay * (output.sum() / outlay.sum())

    def test_rows_columns_and_resistances(self) -> None:
        reach, output, outlay = self.world()
        found = trade.gravity_baseline(reach, output, outlay, theta=5.0, reference=3)
        np.testing.assert_allclose(found.flows.sum(axis=1), output, rtol=1e-11)
        np.testing.assert_allclose(found.flows.sum(axis=0), outlay, rtol=1e-11)
        assert found.inward[3] == pytest.approx(1.0)
        outward, inward = found.outward**-5.0, found.inward**-5.0
        weight = output / output.sum()
        np.testing.assert_allclose(inward, (reach / outward[:, None] * weight[:, None]).sum(axis=0))
        share = outlay / outlay.sum()
        np.testing.assert_allclose(outward, (reach / inward * share).sum(axis=1), rtol=1e-9)

    def test_new_costs_in_levels_are_hats_on_the_baseline(self) -> None:
        reach, output, outlay = self.world()
        costs = random_costs(8, 9)
        before = trade.gravity_baseline(reach, output, outlay, theta=5.0, reference=3)
        after = trade.gravity_baseline(reach * costs**-5.0, output, outlay, theta=5.0, reference=3)
        world = trade.one_sector(before.flows, theta=5.0, reference=3)
        found = world.solve(costs, conditional=True)
        np.testing.assert_allclose(found.flows, after.flows, rtol=1e-10)
        np.testing.assert_allclose(found.price_hat, after.inward / before.inward, rtol=1e-10)
        np.testing.assert_allclose(found.outward_hat, after.outward / before.outward, rtol=1e-10)

    def test_bad_totals_and_pairs_are_refused(self) -> None:
        reach, output, outlay = self.world()
        with pytest.raises(OpenCorridorError, match="the world spends"):
            trade.gravity_baseline(reach, output, outlay * 1.1, theta=5.0)
        output[2] = -1.0
        with pytest.raises(OpenCorridorError, match="the output of country 2 is -1"):
            trade.gravity_baseline(reach, output, outlay, theta=5.0)
        with pytest.raises(OpenCorridorError, match="no variable for the coefficient rta"):
            trade.gravity_access({"rta": 0.5}, {"ln_dist": np.ones((2, 2))})
