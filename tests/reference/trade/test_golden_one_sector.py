"""One sector against published, recomputed and other programs' equilibria.

Folder: ``OPENCORRIDOR_REFERENCE``; its ``trade_extra/README.md`` says who computed what.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from opencorridor import trade
from tests.reference.trade import guide
from tests.reference.trade.test_golden_equilibria import column, ppml, read, square

pytestmark = pytest.mark.reference

Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def folder(reference_folder: Path) -> Path:
    return reference_folder / "trade_extra"


def abroad(flows: Floats) -> Floats:
    """Return exports by country."""
    return np.asarray(flows.sum(axis=1) - flows.diagonal())


@pytest.fixture(scope="module")
def agreement(folder: Path) -> dict[str, object]:
    """Return gegravity's example: observed flows, fitted access, the change, output, outlay."""
    rows = read(folder / "gegravity_sample_2006.csv")
    countries = sorted({row["exporter"] for row in rows})
    names = ("pta", "contiguity", "common_language", "lndist", "international")
    regressors = np.stack([square(rows, countries, name) for name in names], axis=-1)
    flows = square(rows, countries, "trade")
    beta, fitted = ppml(flows, regressors)
    a, b = countries.index("CAN"), countries.index("JPN")
    factor = float(np.exp(-beta[0] / 4.0))
    variables = {name: regressors[:, :, k] for k, name in enumerate(names)}
    return {
        "countries": countries,
        "flows": flows,
        "fitted": fitted,
        "access": trade.gravity_access(dict(zip(names, beta, strict=True)), variables),
        "change": {(a, b): factor, (b, a): factor},
        "output": square(rows, countries, "Y")[:, 0],
        "outlay": square(rows, countries, "E")[0],
    }


@pytest.mark.parametrize("baseline", ["fitted_gravity_baseline", "observed_trade_baseline"])
def test_agreement_of_canada_and_japan(
    folder: Path, agreement: dict[str, object], baseline: str
) -> None:
    # Generator: own, two solvers that agree to 4e-15 (trade_extra/README.md).
    flows = agreement["flows"]
    if baseline.startswith("fitted"):
        made = trade.gravity_baseline(
            agreement["access"], flows.sum(axis=1), flows.sum(axis=0), theta=4.0
        )
        np.testing.assert_allclose(made.flows, agreement["fitted"], rtol=1e-9)
        flows = made.flows
    found = trade.one_sector(flows, sigma=5.0).solve(agreement["change"])
    rows = read(folder / "golden_can_jpn_pta_exact_equilibrium.csv")
    rows = [row for row in rows if row["baseline"] == baseline]
    assert [row["country"] for row in rows] == agreement["countries"]
    for name, value in (
        ("welfare_real_expenditure_change_pct", found.welfare_hat),
        ("real_output_price_change_pct", found.real_output_hat),
        ("producer_price_change_pct", found.producer_price_hat),
        ("price_index_change_pct", found.price_hat),
        ("exports_change_pct", abroad(found.flows) / abroad(flows)),
    ):
        np.testing.assert_allclose(value, 1 + column(rows, name) / 100, rtol=1e-8, err_msg=name)


def test_agreement_of_canada_and_japan_conditional(
    folder: Path, agreement: dict[str, object]
) -> None:
    rows = read(folder / "golden_can_jpn_pta_conditional.csv")
    assert [row["country"] for row in rows] == agreement["countries"]
    flows = agreement["flows"]
    germany = agreement["countries"].index("DEU")
    made = trade.gravity_baseline(
        agreement["access"],
        flows.sum(axis=1),
        flows.sum(axis=0),
        theta=4.0,
        reference=germany,
    )
    world = trade.one_sector(made.flows, theta=4.0, reference=germany)
    found = world.solve(agreement["change"], conditional=True)
    before, after = (
        column(rows, f"inward_resistance_{name}_deu1") for name in ("baseline", "conditional")
    )
    # Levels hang on the coefficients, which the generator estimated to fewer digits.
    np.testing.assert_allclose(made.inward, before, rtol=2e-7)
    np.testing.assert_allclose(found.price_hat, after / before, rtol=1e-8)
    exports = 1 + column(rows, "exports_change_conditional_pct") / 100
    np.testing.assert_allclose(abroad(found.flows) / abroad(made.flows), exports, rtol=1e-8)


def test_the_same_as_gegravity_under_fixed_shares(
    folder: Path, agreement: dict[str, object]
) -> None:
    # Generator: gegravity 0.3 run on its own example (its solver stops at 1e-8).
    rows = read(folder / "peer_gegravity_0_3_can_jpn_pta.csv")
    resistances = read(folder / "peer_gegravity_0_3_multilateral_resistance.csv")
    output, outlay = agreement["output"], agreement["outlay"]
    germany = agreement["countries"].index("DEU")
    made = trade.gravity_baseline(
        agreement["access"],
        output,
        outlay * (output.sum() / outlay.sum()),
        theta=4.0,
        reference=germany,
    )
    np.testing.assert_allclose(made.inward, column(resistances, "baseline_imr"), rtol=1e-6)
    outward = column(resistances, "baseline_omr") / made.outward
    np.testing.assert_allclose(outward, outward[0], rtol=1e-6)  # its trade costs have another unit
    world = trade.one_sector(made.flows, theta=4.0, closure="fixed_shares", reference=germany)
    held = world.solve(agreement["change"], conditional=True)
    after = made.inward * held.price_hat
    np.testing.assert_allclose(after, column(resistances, "conditional_imr"), rtol=1e-6)
    found = world.solve(agreement["change"])
    for name, value in (
        ("factory_gate_price_change_pct", found.producer_price_hat),
        ("omr_change_pct", found.outward_hat),
        ("imr_change_pct", found.price_hat),
        ("gdp_change_pct", found.real_output_hat),
        ("output_change_pct", found.output_hat),
        ("foreign_exports_change_pct", abroad(found.flows) / abroad(made.flows)),
    ):
        np.testing.assert_allclose(value, 1 + column(rows, name) / 100, rtol=1e-6, err_msg=name)
    exact = trade.one_sector(made.flows, theta=4.0, reference=germany).solve(agreement["change"])
    assert exact.market_residual <= 1e-12 < 1e-6 < found.market_residual


def test_eu_enlargement(folder: Path) -> None:
    rows = read(folder / "wiod44_trade_2000_2014.csv.gz")
    countries = sorted({row["exporter"] for row in rows})
    early, late = ([row for row in rows if row["year"] == year] for year in ("2000", "2014"))
    joined = square(late, countries, "eu_enlargement") - square(early, countries, "eu_enlargement")
    tau_hat = np.exp(-0.224249006157 * joined / 4.0)
    found = trade.one_sector(square(early, countries, "trade_musd"), theta=4.0).solve(tau_hat)
    golden = read(folder / "golden_wiod44_eu_enlargement_ge.csv")
    golden = [row for row in golden if row["deficits"] == "additive"]
    assert [row["country"] for row in golden] == countries
    np.testing.assert_allclose(found.welfare_hat, column(golden, "welfare_hat"), rtol=1e-9)
    published = column(golden, "welfare_hat_stata_published")
    np.testing.assert_allclose(found.welfare_hat, published, rtol=1e-6)
    np.testing.assert_allclose(found.wage_hat, column(golden, "wage_hat"), rtol=1e-9)
    np.testing.assert_allclose(found.price_hat, column(golden, "price_index_hat"), rtol=1e-9)
    cells = read(folder / "golden_wiod44_counterfactual_flows_additive.csv.gz")
    flows = square(cells, countries, "trade_counterfactual_musd")
    np.testing.assert_allclose(found.flows, flows, rtol=1e-8)


@pytest.fixture(scope="module", params=["borders", "nafta"])
def application(
    request: pytest.FixtureRequest, reference_folder: Path
) -> tuple[str, guide.Application]:
    return request.param, getattr(guide, request.param)(reference_folder.parent / "trade")


def test_the_guide_of_trade_policy_analysis(application: tuple[str, guide.Application]) -> None:
    # Application 1 asks what the world without borders would be, application 2 what NAFTA did:
    # there the Guide's changes run from the world without it to the one with it.
    name, case = application
    sign = 1.0 if name == "borders" else -1.0
    world = guide.world(case, "multiplicative")
    tau_hat = (case.after / case.before) ** (-1 / guide.THETA)
    before = abroad(world.world.flows[0])

    def guides(column: str) -> Floats:
        return (1 + case.golden[column] / 100) ** sign

    conditional = world.solve(tau_hat, conditional=True)
    exports = abroad(conditional.flows) / before
    np.testing.assert_allclose(exports, guides("change_Xi_CDL"), rtol=1e-6)
    full = world.solve(tau_hat)
    assert full.residual <= 1e-12
    # The Guide's own iteration stops at changes of 0.01, and its world does not add up.
    limit = 0.04 if name == "borders" else 0.01
    for column_name, value in (
        ("change_Xi_FULL", abroad(full.flows) / before),
        ("change_rGDP_FULL", full.real_output_hat),
    ):
        np.testing.assert_allclose(value, guides(column_name), rtol=limit, err_msg=column_name)


@pytest.mark.parametrize("deficits", ["additive", "multiplicative"])
def test_borders_exact(reference_folder: Path, deficits: str) -> None:
    golden = read(reference_folder / "trade_extra" / "golden_agtpa_app1_exact.csv")
    golden = [row for row in golden if row["deficits"] == deficits]
    case = guide.borders(reference_folder.parent / "trade")
    assert [row["country"] for row in golden] == case.countries
    closure = {"additive": "fixed_share", "multiplicative": "multiplicative"}[deficits]
    world = guide.world(case, closure)
    tau_hat = (case.after / case.before) ** (-1 / guide.THETA)
    found = world.solve(tau_hat)
    before = abroad(world.world.flows[0])
    for name, value in (
        ("producer_price_change_pct", found.producer_price_hat),
        ("price_index_change_pct", found.price_hat),
        ("real_output_change_full_pct", found.real_output_hat),
    ):
        np.testing.assert_allclose(value, 1 + column(golden, name) / 100, rtol=1e-7, err_msg=name)
    held = abroad(world.solve(tau_hat, conditional=True).flows) / before
    exports = 1 + column(golden, "exports_change_conditional_pct") / 100
    np.testing.assert_allclose(held, exports, rtol=1e-7)
    if deficits == "additive":
        exports = 1 + column(golden, "exports_change_full_pct") / 100
        np.testing.assert_allclose(abroad(found.flows) / before, exports, rtol=1e-7)
