"""The product must meet the dated tariffs that are computed by hand, to the cent."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from opencorridor.operations.check import load_checks
from opencorridor.operations.route import RouteRequest, RouteResult, find
from opencorridor.study import Study, Table
from opencorridor.study.check import run_checks

sys.path.insert(0, str(Path(__file__).parent))

import dated_tariffs as hand


@pytest.fixture(scope="module")
def dated(teaching: Study) -> Study:
    """Return the teaching study with the tariffs of the page."""
    rows = list(csv.DictReader(hand.ROWS))
    return teaching.replace({"tariff_rail": Table.from_rows("tariff_rail", rows)})


def ask(study: Study, klass: str, date: str) -> RouteResult:
    unit = {"G": "wagon", "M": "feu"}[klass]
    return find(RouteRequest("Alpha City", "Charlie City", study, commodity=klass, unit=unit,
                             at=date, modes=("rail",)))  # fmt: skip


def test_page_is_current() -> None:
    assert hand.PAGE.read_text(encoding="utf-8") == hand.page(), (
        "run python tests/by_hand/dated_tariffs.py --write"
    )


def test_the_copy_is_a_good_study(dated: Study) -> None:
    load_checks()
    assert [str(p) for p in run_checks(dated) if p.severity == "error"] == []


@pytest.mark.parametrize("day", hand.DAYS, ids=lambda day: f"{day.klass}-{day.date}")
def test_every_date_to_the_cent(dated: Study, day: hand.Day) -> None:
    result = ask(dated, day.klass, day.date)
    assert result.route.totals is not None
    legs = [leg for leg in result.route.legs if leg.mode == "rail" and leg.country == "BBB"]
    assert sum(leg.cost_usd_per_t for leg in legs) == pytest.approx(day.transit_usd, abs=1e-6)
    assert result.route.totals.cost_usd_per_t == pytest.approx(day.route.usd, abs=1e-5)
    named = [tariff.document_no for tariffs in result.leg_tariffs for tariff in tariffs]
    assert named == ([day.document] if day.document else [])


def test_the_leg_says_the_document_and_its_dates(dated: Study) -> None:
    values = ask(dated, "G", "2025-02-01").as_dict()
    (tariff,) = [one for leg in values["legs"] for one in leg["tariffs"]]
    assert tariff["text"] == (
        "coefficient 0.50, T-5/2025, valid 2025-01-01 to 2025-06-30; coefficient observed, "
        "base the rate in force"
    )
    assert values["notes"] == []


def test_insurance_is_a_share_of_the_value_beside_the_total(dated: Study) -> None:
    """0.3 % of 250 US$ a tonne of grain."""
    row = {**dated["parameter"].row(0), "parameter_id": "insurance_share", "value": 0.003,
           "low": "", "high": ""}  # fmt: skip
    insured = dated.replace({"parameter": dated["parameter"].concat([row])})
    found = ask(insured, "G", "2025-02-01")
    assert found.insurance_usd_per_t == pytest.approx(0.75)
    assert found.route.totals == ask(dated, "G", "2025-02-01").route.totals
    assert ask(dated, "G", "2025-02-01").as_dict()["insurance_usd_per_t"] is None


def test_a_date_without_a_tariff_says_what_ended(dated: Study) -> None:
    result = ask(dated, "G", "2026-02-01")
    assert result.notes == (
        "coefficient 0.80 of S-2/2025 ended on 2025-12-31; the usual rate is used",
    )
