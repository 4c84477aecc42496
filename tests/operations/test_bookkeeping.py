"""Several books of one year side by side: sums, calendars, reasons that add up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from opencorridor.operations.bookkeeping import MODEL, compare
from opencorridor.study import OpenCorridorError, Study, open_study
from opencorridor.trade.periods import over_period


def test_a_period_takes_its_days_of_every_total() -> None:
    starts, ends = np.array([0.0, 10.0]), np.array([9.0, 29.0])
    values = np.array([100.0, 400.0])
    # 5 of the 10 days of the first, 10 of the 20 days of the second.
    assert over_period(starts, ends, values, 5, 19) == 250.0
    assert over_period(starts, ends, values, 0, 29) == 500.0
    assert math.isnan(over_period(starts, ends, values, 25, 35))
    # A day that two totals hold would count twice.
    assert math.isnan(over_period(np.array([0.0, 9.0]), ends, values, 5, 19))


def test_books_of_the_teaching_study_by_hand(teaching: Study) -> None:
    found = compare(teaching)
    assert found["year"] == 2024
    accounts = {one["bookkeeping"]: one for one in found["accounts"]}
    assert list(accounts) == ["AAA", "CCC", "ORG", MODEL]
    totals = {book: one["value_usd_current"] for book, one in accounts.items()}
    assert totals == {"AAA": 1e9, "CCC": 1.04e9, "ORG": 975e6, MODEL: 1e9}
    assert accounts["CCC"]["tonnes"] == 1.6e6
    # The calendar year 2024 in the books that start on 1 April.
    moved = 900e6 * 91 / 366 + 1040e6 * 275 / 365
    parts = {(p["to_account"].split("/")[0], p["reason"]): p for p in found["difference"]}
    assert parts["CCC", "calendar"]["usd_current"] == pytest.approx(1040e6 - moved, rel=1e-12)
    assert parts["CCC", "coverage"]["usd_current"] == pytest.approx(moved - 1000e6, rel=1e-9)
    assert parts["ORG", "goods"]["usd_current"] == -25e6
    assert parts["ORG", "goods"]["notes"] == ["oil is left out"]
    assert parts[MODEL, "model_set"]["usd_current"] == 0.0


def test_parts_add_up_and_reports_stand_as_they_are(teaching: Study) -> None:
    found = compare(teaching, "CCC", "AAA", 2023)
    first, other = found["accounts"]
    # The order of the pair is that of the question.
    assert (first["bookkeeping"], other["bookkeeping"]) == ("CCC", "AAA")
    assert (other["a_to_b_usd_current"], other["b_to_a_usd_current"]) == (380e6, 570e6)
    parts = [p["usd_current"] for p in found["difference"] if p["usd_current"] is not None]
    assert sum(parts) == pytest.approx(other["value_usd_current"] - first["value_usd_current"])
    assert {m["bookkeeping"]: m["nearest_year"] for m in found["missing"]} == {
        "ORG": 2024, MODEL: 2024,
    }  # fmt: skip
    table = teaching["trade_series"]
    for row in found["rows"]:
        assert float(table["value_usd_current"][row["row"]]) == row["value_usd_current"]


def test_a_pair_without_reports_has_the_model_alone(teaching: Study) -> None:
    found = compare(teaching, "AAA", "BBB")
    assert [one["bookkeeping"] for one in found["accounts"]] == [MODEL]
    assert found["accounts"][0]["value_usd_current"] == 800e6
    assert found["difference"] == []
    empty = compare(teaching, "AAA", "BBB", 1990)
    assert empty["accounts"] == []
    assert empty["missing"] == [{"bookkeeping": MODEL, "nearest_year": 2024}]


def test_all_that_is_wrong_is_told_at_once(teaching: Study) -> None:
    with pytest.raises(OpenCorridorError) as told:
        compare(teaching, "XXX", "YYY")
    assert [p.column for p in told.value.problems] == ["a", "b"]
    with pytest.raises(OpenCorridorError) as told:
        compare(teaching, "AAA", "AAA")
    assert told.value.problems[0].code == "trade_pair"


def test_books_of_the_shipped_study() -> None:
    found = compare(open_study("iran_kazakhstan"), year=2022)
    accounts = found["accounts"]
    assert [one["value_usd_current"] for one in accounts] == [528e6, 320.14e6]
    assert accounts[1]["tonnes"] == 750_955
    # 80 days of the year before at 265.2 million, 285 days of this one at 320.14 million, to within
    # what the leap years add.
    calendar, rest = (part["usd_current"] for part in found["difference"])
    assert calendar == pytest.approx(
        320.14e6 - (265.2e6 * 79 / 365 + 320.14e6 * 286 / 365), rel=1e-9
    )
    assert calendar + rest == pytest.approx(320.14e6 - 528e6)
    assert found["difference"][1]["reason"] == "goods"
    united = compare(open_study("iran_kazakhstan"), year=2015)["accounts"][-1]
    assert (united["bookkeeping"], round(united["value_usd_current"], -5)) == ("UNCTAD", 523.3e6)
