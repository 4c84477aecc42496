"""NAFTA's tariffs in Caliendo and Parro (2015): the paper's numbers and the exact ones.

Data: the replication files as repackaged in paulofelipe/cp2015; golden values: own numpy code,
which reproduces all published ones (``trade_extra/README.md``).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from opencorridor import trade
from tests.reference.trade import caliendo_parro
from tests.reference.trade.nafta import Nafta, load, read

pytestmark = pytest.mark.reference

CASES = {"zero_aggregate_deficit": "balanced", "observed_deficit": "fixed_amount"}


@pytest.fixture(scope="module")
def nafta(reference_folder: Path) -> Nafta:
    return load(reference_folder.parent / "trade")


@pytest.fixture(scope="module")
def results(nafta: Nafta) -> dict[str, trade.SectorEquilibrium]:
    found = {}
    for case, closure in CASES.items():
        world = trade.sector_world(**nafta.world, closure=closure, settle=True)
        found[case] = world.solve(tariff=nafta.new_tariff)
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_equilibrium_of_every_region(
    reference_folder: Path, nafta: Nafta, results: dict[str, trade.SectorEquilibrium], case: str
) -> None:
    rows = read(reference_folder / "trade_extra" / "golden_cp2015.csv")
    rows = [row for row in rows if row["case"] == case]
    assert [row["region"] for row in rows] == nafta.regions
    found = results[case]
    assert found.residual < 1e-11

    def golden(column: str) -> np.ndarray:
        return np.array([float(row[column]) for row in rows])

    for name, value in (
        ("terms_of_trade_pct", 100 * found.terms_of_trade),
        ("volume_of_trade_pct", 100 * found.volume_of_trade),
        ("welfare_first_order_pct", 100 * found.first_order),
        ("real_wage_pct", 100 * (found.real_wage_hat - 1)),
        ("welfare_exact_real_income_pct", 100 * (found.real_income_hat - 1)),
    ):
        np.testing.assert_allclose(value, golden(name), atol=1e-6, rtol=0, err_msg=name)
    np.testing.assert_allclose(found.wage_hat, golden("wage_hat"), rtol=1e-8)
    np.testing.assert_allclose(found.consumer_price_hat, golden("consumer_price_hat"), rtol=1e-8)
    np.testing.assert_allclose(found.income, golden("income_counterfactual_usd"), rtol=1e-8)


def test_what_the_paper_prints(
    reference_folder: Path, results: dict[str, trade.SectorEquilibrium]
) -> None:
    rows = read(reference_folder / "trade_extra" / "golden_cp2015.csv")
    printed = 0
    for row in rows:
        found = results[row["case"]]
        n = found.countries.index(row["region"])
        for name, value in (
            ("terms_of_trade", found.terms_of_trade[n]),
            ("volume_of_trade", found.volume_of_trade[n]),
            ("welfare", found.first_order[n]),
            ("real_wage", found.real_wage_hat[n] - 1),
        ):
            text = row[f"published_{name}_pct"]
            if text:
                printed += 1
                assert abs(100 * value - float(text)) <= 0.005 + 1e-9, (row["region"], name)
    assert printed == 24


def test_first_order_and_exact_welfare_disagree(
    results: dict[str, trade.SectorEquilibrium],
) -> None:
    # Mexico's 1.31 per cent is a first-order number; its exact change of real income is 0.007.
    found = results["zero_aggregate_deficit"]
    first = {c: 100 * v for c, v in zip(found.countries, found.first_order, strict=True)}
    exact = {c: 100 * (v - 1) for c, v in zip(found.countries, found.real_income_hat, strict=True)}
    places = ("Mexico", "Canada", "USA")
    assert [round(first[place], 2) for place in places] == [1.31, -0.06, 0.08]
    assert [round(exact[place], 3) for place in places] == [0.007, -0.110, 0.074]


def test_accounts_that_do_not_add_up_are_refused_until_settled(nafta: Nafta) -> None:
    with pytest.raises(Exception, match="settle=True"):
        trade.sector_world(**nafta.world)
    with pytest.raises(Exception, match="Other used by Basic metals in Canada"):
        trade.sector_world(**{**nafta.world, "negative_inputs": False}, settle=True)


def test_steps_of_a_large_change_lead_to_the_exact_one(nafta: Nafta) -> None:
    # First-order welfare summed over ever smaller steps of the tariffs tends to the exact change.
    world = trade.sector_world(**nafta.world, closure="balanced", settle=True)
    exact = world.solve(tariff=nafta.new_tariff).real_income_hat
    mexico = nafta.regions.index("Mexico")
    old = nafta.world["tariff"]
    sums = []
    for steps in (1, 4):
        here, total = world, 0.0
        for k in range(steps):
            rates = old + (nafta.new_tariff - old) * (k + 1) / steps
            moved = here.solve(tariff=rates)
            total += float(moved.first_order[mexico])
            here = here.after(tariff=rates)
        sums.append(total - float(np.log(exact[mexico])))
    assert 0 < sums[1] < 0.4 * sums[0]


def test_the_page_of_the_replication_is_the_one_computed(reference_folder: Path) -> None:
    written = caliendo_parro.PAGE.read_text(encoding="utf-8")
    assert written == caliendo_parro.page(reference_folder), "write the page again"
