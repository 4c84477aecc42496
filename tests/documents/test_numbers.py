"""Numbers on the page, case by case; NBSP stands as ``~`` in the expected texts."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.documents import numbers


def said(text: str) -> str:
    return text.replace("\u00a0", "~")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3.4e8, "$340~million"),
        (3.0e9, "$3.0~billion"),
        (1.25e10, "$12.5~billion"),
        (2.5e12, "$2.5~trillion"),
        (9.9996e8, "$1.0~billion"),
        (9.9949e8, "$999~million"),
        (4.2e6, "$4.2~million"),
        (4.25e7, "$43~million"),
        (12437.0, "$12,400"),
        (999.6, "$1,000"),
        (0.0, "$0"),
        (-2.1e9, "\u2212$2.1~billion"),
        (None, "no data"),
        (math.nan, "no data"),
        (math.inf, "no data"),
        ("", "no data"),
    ],
)
def test_large_dollars(value: Any, expected: str) -> None:
    assert said(numbers.usd(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.2e7, "+$12~million"), (-3.4e6, "\u2212$3.4~million"), (0.0, "$0"), (None, "no data")],
)
def test_changes_carry_a_sign(value: Any, expected: str) -> None:
    assert said(numbers.usd_change(value)) == expected


@pytest.mark.parametrize(
    ("mid", "low", "high", "expected"),
    [
        (1.9e9, 1.4e9, 2.6e9, "$1.9~billion (1.4\u20132.6)"),
        (9.13e8, 6.2e8, 1.42e9, "$913~million (620\u20131,420)"),
        (3.4e8, 4.0e7, 2.0e9, "$340~million (40\u20132,000)"),
        (1.234e9, 1.231e9, 1.237e9, "$1.23~billion (1.23\u20131.24)"),
        (5.0e6, -1.0e6, 9.0e6, "$5.0~million (\u22121.0 to 9.0)"),
        (1.9e9, None, 2.6e9, "$1.9~billion"),
        (None, 1.0, 2.0, "no data"),
    ],
)
def test_a_band_has_one_unit_and_no_more_digits_than_it_supports(
    mid: Any, low: Any, high: Any, expected: str
) -> None:
    assert said(numbers.usd_band(mid, low, high)) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (5.0e7, 1.55e8, "$50\u2013155~million"),
        (-3.0e6, 1.2e6, "\u2212$3.0 to +$1.2~million"),
        (0.0, 0.0, "$0\u20130"),
        (None, 1.0, "no data"),
    ],
)
def test_ranges(low: Any, high: Any, expected: str) -> None:
    assert said(numbers.usd_range(low, high)) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1850.0, "FEU", "$1,850 per FEU"),
        (42.0, "t", "$42.0 per t"),
        (9.996, "t", "$10.0 per t"),
        (99.96, "t", "$100 per t"),
        (3.456, "", "$3.46"),
        (-3.456, "t", "\u2212$3.46 per t"),
    ],
)
def test_dollars_per_unit(value: float, unit: str, expected: str) -> None:
    assert numbers.usd_per(value, unit) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (42.0, "42~h"),
        (72.0, "72~h"),
        (276.0, "11.5~days (276~h)"),
        (1.5, "1~h 30~min"),
        (0.75, "45~min"),
        (2.0, "2~h"),
        (0.0, "0~h"),
        (0.004, "<~1~min"),
        (None, "no data"),
    ],
)
def test_hours(value: Any, expected: str) -> None:
    assert said(numbers.hours(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12437.0, "12,400~t"),
        (1.27e6, "1.27~Mt"),
        (999_600.0, "1.00~Mt"),
        (999_400.0, "999,000~t"),
        (4.2e7, "42.0~Mt"),
        (0.2, "<~1~t"),
        (0.0, "0~t"),
        (-5.0e5, "\u2212500,000~t"),
        (math.nan, "no data"),
    ],
)
def test_tonnes(value: Any, expected: str) -> None:
    assert said(numbers.tonnes(value)) == expected


@pytest.mark.parametrize(
    ("write", "value", "expected"),
    [
        (numbers.share, 0.124, "12.4~%"),
        (numbers.share, 2.6, "260~%"),
        (numbers.share, 0.0001, "<~0.1~%"),
        (numbers.share, 0.0, "0.0~%"),
        (numbers.share_change, 0.052, "+5.2~%"),
        (numbers.share_change, -0.03, "\u22123.0~%"),
        (numbers.share_change, -0.00004, "\u22120.004~%"),
        (numbers.share_change, 0.0, "0.000~%"),
        (numbers.distance, 1240.4, "1,240~km"),
        (numbers.distance, 3.25, "3.3~km"),
        (numbers.co2, 1800.0, "1.8~t~CO2e"),
        (numbers.co2, 46.0, "46~kg~CO2e"),
        (numbers.count, 0.2, "<~1"),
        (numbers.count, 236.5, "237"),
        (numbers.count, None, "no data"),
    ],
)
def test_other_units(write: Any, value: Any, expected: str) -> None:
    assert said(write(value)) == expected


def test_zero_has_no_sign_and_halves_round_up() -> None:
    assert numbers.number(-0.2) == "0"
    assert numbers.number(2.5) == "3"
    assert numbers.number(-1234.5, 1) == "\u22121,234.5"
    assert numbers.number(0.125, 2) == "0.13"


@settings(max_examples=60)
@given(st.floats(min_value=1.0, max_value=1e13))
def test_written_dollars_read_back_within_their_digits(value: float) -> None:
    """Catches a wrong scale word: the text must be worth what was given, to 2 digits."""
    text = numbers.usd(value).lstrip("$").replace(",", "")
    figure, _, word = text.partition("\u00a0")
    scale = {"": 1.0, "million": 1e6, "billion": 1e9, "trillion": 1e12}[word]
    assert float(figure) * scale == pytest.approx(value, rel=0.05, abs=0.5)
