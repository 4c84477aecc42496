"""Published and recomputed equilibria of other people's data.

Folder: ``OPENCORRIDOR_REFERENCE``, which holds ``trade_extra`` (its README says who computed what,
from whose data) and, beside or above it, the data of the Advanced Guide to Trade Policy Analysis.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from opencorridor import trade

pytestmark = pytest.mark.reference

Floats = npt.NDArray[np.float64]
Rows = list[dict[str, str]]


def read(path: Path) -> Rows:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return list(csv.DictReader(text.splitlines()))


def square(rows: Rows, countries: list[str], column: str) -> Floats:
    place = {name: i for i, name in enumerate(countries)}
    table = np.full((len(countries), len(countries)), np.nan)
    for row in rows:
        table[place[row["exporter"]], place[row["importer"]]] = float(row[column])
    assert np.isfinite(table).all()
    return table


def column(rows: Rows, name: str) -> Floats:
    return np.array([float(row[name]) for row in rows])


def balance(seed: Floats, output: Floats, outlay: Floats) -> Floats:
    """Return the structural gravity table of given totals: X_ij = r_i t_ij c_j."""
    table = seed.copy()
    for _ in range(5000):
        table *= (output / table.sum(axis=1))[:, None]
        table *= outlay / table.sum(axis=0)
        if np.abs(table.sum(axis=1) / output - 1).max() < 1e-14:
            break
    return table


def ppml(flows: Floats, regressors: Floats) -> tuple[Floats, Floats]:
    """Return Poisson coefficients with exporter and importer effects, and the fitted flows."""
    n, k = len(flows), regressors.shape[-1]
    exporter, importer = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    design = np.zeros((n * n, 2 * n - 1 + k))
    design[np.arange(n * n), exporter] = 1.0
    others = np.flatnonzero(importer)
    design[others, n - 1 + importer[others]] = 1.0
    design[:, 2 * n - 1 :] = regressors.reshape(n * n, k)
    y = flows.ravel() / flows.mean()
    fitted = (y + 1.0) / 2
    for _ in range(60):
        weight = np.sqrt(fitted)
        target = np.log(fitted) + (y - fitted) / fitted
        found = np.linalg.lstsq(design * weight[:, None], target * weight, rcond=None)[0]
        last, fitted = fitted, np.exp(design @ found)
        if np.abs(fitted / last - 1).max() < 1e-13:
            break
    return found[-k:], fitted.reshape(n, n) * flows.mean()


@pytest.fixture(scope="module")
def folder(reference_folder: Path) -> Path:
    return reference_folder / "trade_extra"


@pytest.fixture(scope="module")
def wiod(folder: Path) -> tuple[list[str], Floats, Floats]:
    """Return 44 countries, their flows of 2000 and the cost factors of the EU's enlargement."""
    rows = read(folder / "wiod44_trade_2000_2014.csv.gz")
    countries = sorted({row["exporter"] for row in rows})
    year = {y: [row for row in rows if row["year"] == y] for y in ("2000", "2014")}
    joined = square(year["2014"], countries, "eu_enlargement") - square(
        year["2000"], countries, "eu_enlargement"
    )
    flows = square(year["2000"], countries, "trade_musd")
    return countries, flows[None], np.exp(-0.224249006157 * joined / 4.0)[None]


def test_eu_enlargement_with_deficits_held(
    folder: Path, wiod: tuple[list[str], Floats, Floats]
) -> None:
    # Generator: Stata ge_gravity by way of GEGravity (published), and own numpy code.
    countries, flows, tau_hat = wiod
    rows = read(folder / "golden_wiod44_eu_enlargement_ge.csv")
    rows = [row for row in rows if row["deficits"] == "additive"]
    assert [row["country"] for row in rows] == countries
    found = trade.solve(flows, 4.0, tau_hat)
    for name, value in (
        ("welfare_hat", found.welfare_hat),
        ("wage_hat", found.wage_hat),
        ("price_index_hat", found.price_hat),
        ("real_wage_hat", found.wage_hat / found.price_hat),
    ):
        np.testing.assert_allclose(value, column(rows, name), rtol=1e-9, err_msg=name)
    published = column(rows, "welfare_hat_stata_published")
    np.testing.assert_allclose(found.welfare_hat, published, rtol=1e-6)
    cells = read(folder / "golden_wiod44_counterfactual_flows_additive.csv.gz")
    golden = square(cells, countries, "trade_counterfactual_musd")
    np.testing.assert_allclose(found.flows[0], golden, rtol=1e-8)


def test_eu_enlargement_with_deficits_in_proportion(
    folder: Path, wiod: tuple[list[str], Floats, Floats]
) -> None:
    _, flows, tau_hat = wiod
    rows = read(folder / "golden_wiod44_eu_enlargement_ge.csv")
    rows = [row for row in rows if row["deficits"] == "multiplicative"]
    found = trade.solve(flows, 4.0, tau_hat, deficit="multiplicative")
    np.testing.assert_allclose(found.wage_hat, column(rows, "wage_hat"), rtol=1e-9)
    np.testing.assert_allclose(found.price_hat, column(rows, "price_index_hat"), rtol=1e-9)
    # The original leaves the world's budget open by one common factor of 1.6e-6; ours closes it.
    ratio = found.welfare_hat / column(rows, "welfare_hat")
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)
    assert 1e-6 < abs(ratio[0] - 1) < 2e-6


@pytest.mark.parametrize("baseline", ["fitted_gravity_baseline", "observed_trade_baseline"])
def test_an_agreement_of_canada_and_japan(folder: Path, baseline: str) -> None:
    # Generator: own, two solvers; data and specification of gegravity's example.
    rows = read(folder / "gegravity_sample_2006.csv")
    countries = sorted({row["exporter"] for row in rows})
    names = ("pta", "contiguity", "common_language", "lndist", "international")
    regressors = np.stack([square(rows, countries, name) for name in names], axis=-1)
    flows = square(rows, countries, "trade")
    coefficients, fitted = ppml(flows, regressors)
    a, b = countries.index("CAN"), countries.index("JPN")
    tau_hat = float(np.exp(-coefficients[0] / 4.0))
    base = fitted if baseline.startswith("fitted") else flows
    found = trade.solve(base[None], 4.0, {(0, a, b): tau_hat, (0, b, a): tau_hat})
    golden = read(folder / "golden_can_jpn_pta_exact_equilibrium.csv")
    golden = [row for row in golden if row["baseline"] == baseline]
    assert [row["country"] for row in golden] == countries
    abroad = 1.0 - np.eye(len(countries))
    before, after = base * abroad, found.flows[0] * abroad
    for name, value in (
        ("welfare_real_expenditure_change_pct", found.welfare_hat),
        ("real_output_price_change_pct", found.wage_hat / found.price_hat),
        ("producer_price_change_pct", found.wage_hat),
        ("price_index_change_pct", found.price_hat),
        ("exports_change_pct", after.sum(axis=1) / before.sum(axis=1)),
        ("imports_change_pct", after.sum(axis=0) / before.sum(axis=0)),
    ):
        np.testing.assert_allclose(value, 1 + column(golden, name) / 100, rtol=1e-8, err_msg=name)


@pytest.mark.parametrize("deficit", ["additive", "multiplicative"])
def test_a_world_without_borders(reference_folder: Path, deficit: str) -> None:
    # Generator: own, from the gravity of the Advanced Guide to Trade Policy Analysis, ch. 2,
    # application 1 (Yotov, Piermartini, Monteiro and Larch 2016); Germany's price index is 1.
    golden = read(reference_folder / "trade_extra" / "golden_agtpa_app1_exact.csv")
    golden = [row for row in golden if row["deficits"] == deficit]
    rows = read(reference_folder.parent / "trade" / "agtpa_applications.csv.gz")
    rows = [row for row in rows if float(row["year"]) == 2006]
    countries = [row["country"] for row in golden]
    abroad = 1.0 - np.eye(len(countries))
    flows = square(rows, countries, "trade")
    distance = np.log(square(rows, countries, "dist"))
    cost = -0.79128791 * distance + 0.67364557 * square(rows, countries, "cntg")
    base = balance(np.exp(cost - 2.47445046 * abroad), flows.sum(axis=1), flows.sum(axis=0))
    closure = {"additive": "fixed_share", "multiplicative": "multiplicative"}[deficit]
    found = trade.solve(base[None], 6.0, np.exp(-2.47445046 * abroad / 6.0)[None], deficit=closure)
    money = found.price_hat[countries.index("DEU")]
    real = found.wage_hat / found.price_hat
    exports = (found.flows[0] * abroad).sum(axis=1) / (base * abroad).sum(axis=1) / money
    for name, value in (
        ("producer_price_change_pct", found.wage_hat / money),
        ("price_index_change_pct", found.price_hat / money),
        ("real_output_change_full_pct", real),
    ):
        np.testing.assert_allclose(value, 1 + column(golden, name) / 100, rtol=1e-7, err_msg=name)
    ratio = exports / (1 + column(golden, "exports_change_full_pct") / 100)
    # In proportion, the golden values leave the world's budget open by a common factor.
    np.testing.assert_allclose(ratio, ratio[0] if deficit == "multiplicative" else 1.0, rtol=1e-7)
    guide = 1 + column(golden, "guide_stata_change_rgdp_full_pct") / 100
    np.testing.assert_allclose(real, guide, rtol=0.04)
