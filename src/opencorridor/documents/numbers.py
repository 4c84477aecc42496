"""Numbers as people read them: US$, tonnes, hours, shares and bands, and "no data".

Non-breaking spaces join a number to its unit; the minus sign is U+2212. Absence is never 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

__all__ = [
    "MINUS",
    "NO_DATA",
    "as_float",
    "co2",
    "count",
    "decimals_for_band",
    "distance",
    "hours",
    "number",
    "plain",
    "share",
    "share_change",
    "significant",
    "tonnes",
    "usd",
    "usd_band",
    "usd_change",
    "usd_per",
    "usd_range",
]

MINUS = "\u2212"
NBSP = "\u00a0"
NO_DATA = "no data"
EN_DASH = "\u2013"

_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def as_float(value: Any) -> float | None:
    """Return a finite float, or ``None`` for nothing, text, NaN and infinity."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def number(value: float, decimals: int = 0) -> str:
    """Return a number with thousands separators, rounded half away from zero as printed tables."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    text = f"{rounded:,.{max(decimals, 0)}f}"
    return text.replace("-", MINUS)


def significant(value: float, digits: int = 3) -> str:
    """Return a number with ``digits`` significant digits: 12437 is ``12,400``."""
    if value == 0:
        return "0"
    return number(value, digits - 1 - _order(_rounded(value, digits)))


def _order(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}") if value else 0.0


def _missing(write: Callable[[float], str], value: Any) -> str:
    found = as_float(value)
    return NO_DATA if found is None else write(found)


def plain(value: Any, decimals: int = 0) -> str:
    """Return a number without a unit, or "no data"."""
    return _missing(lambda x: number(x, decimals), value)


def count(value: Any) -> str:
    """Return a whole number, or "no data"; a positive amount below one half is ``< 1``."""
    return _missing(lambda x: f"<{NBSP}1" if 0 < x < 0.5 else number(x), value)


# --- money -------------------------------------------------------------------------------------


def _money_scale(largest: float) -> tuple[float, str]:
    for size, word in _SCALES:
        # 999.96 million is written "1.0 billion", not "1,000 million".
        if _rounded(abs(largest), 4) >= size:
            return size, word
    return 1.0, ""


def _money_decimals(scaled: float, word: str) -> int:
    if not word:
        return 0
    if word == "million":
        return 1 if abs(scaled) < 9.95 else 0
    return 1 if abs(scaled) < 99.95 else 0


def usd(value: Any) -> str:
    """Return dollars: ``$340 million``, ``$3.0 billion``, ``$12,400``; "no data" where missing."""

    def write(x: float) -> str:
        size, word = _money_scale(x)
        if not word:
            text = significant(abs(x), 3) if abs(x) >= 1000 else number(abs(x))
        else:
            text = number(abs(x) / size, _money_decimals(x / size, word))
        sign = MINUS if x < 0 and text != "0" else ""
        return f"{sign}${text}{NBSP}{word}" if word else f"{sign}${text}"

    return _missing(write, value)


def usd_change(value: Any) -> str:
    """Return a change in dollars with its sign: ``+$12 million``, ``−$3.4 million``."""
    found = as_float(value)
    if found is None:
        return NO_DATA
    text = usd(found)
    return text if found <= 0 else f"+{text}"


def decimals_for_band(mid: float, low: float, high: float, most: int = 3) -> int:
    """Return how many decimals a value and its band deserve (all three show the same).

    A quarter of the width of the band sets the last digit; the value keeps at least two
    significant digits and at most three.
    """
    width = abs(high - low)
    largest = max(abs(mid), abs(low), abs(high))
    reference = abs(mid) or largest
    if reference == 0:
        return 0
    by_band = -_order(width / 4) if width > 0 else most
    at_least = 1 - _order(_rounded(reference, 2))
    at_most = 2 - _order(_rounded(reference, 3))
    return max(min(max(by_band, at_least), at_most), 0)


def usd_band(mid: Any, low: Any, high: Any) -> str:
    """Return a value with its band in one unit: ``$1.9 billion (1.4–2.6)``."""
    m, lo, hi = as_float(mid), as_float(low), as_float(high)
    if m is None or lo is None or hi is None:
        return usd(mid)
    size, word = _money_scale(m if m else max(abs(lo), abs(hi)))
    places = decimals_for_band(m / size, lo / size, hi / size)
    inside = EN_DASH.join(number(x / size, places) for x in (lo, hi))
    if lo < 0 or hi < 0:
        inside = f"{number(lo / size, places)} to {number(hi / size, places)}"
    sign = MINUS if m < 0 else ""
    unit = f"{NBSP}{word}" if word else ""
    return f"{sign}${number(abs(m) / size, places)}{unit} ({inside})"


def usd_range(low: Any, high: Any) -> str:
    """Return a range of dollars in one unit: ``$50–155 million``, ``−$3.0 to +$1.2 million``."""
    lo, hi = as_float(low), as_float(high)
    if lo is None or hi is None:
        return NO_DATA
    size, word = _money_scale(max(abs(lo), abs(hi)))
    places = max(_money_decimals(x / size, word) for x in (lo, hi) if x) if lo or hi else 0
    unit = f"{NBSP}{word}" if word else ""
    if lo >= 0 and hi >= 0:
        return f"${number(lo / size, places)}{EN_DASH}{number(hi / size, places)}{unit}"
    signed = [
        f"{MINUS if x < 0 else '+'}${number(abs(x) / size, places)}" if x else "$0"
        for x in (lo, hi)
    ]
    return f"{signed[0]} to {signed[1]}{unit}"


def usd_per(value: Any, unit: str = "") -> str:
    """Return a price per unit: ``$1,850 per FEU``; no decimals from 100, one from 10, else two."""

    def write(x: float) -> str:
        size = abs(x)
        places = 0 if size >= 99.95 else 1 if size >= 9.995 else 2
        sign = MINUS if x < 0 else ""
        text = f"{sign}${number(size, places)}"
        return f"{text} per {unit}" if unit else text

    return _missing(write, value)


# --- time, weight, distance, shares --------------------------------------------------------------


def hours(value: Any) -> str:
    """Return a time: ``1 h 30 min`` under 3 h, ``42 h`` to 72 h, then ``11.5 days (276 h)``."""

    def write(x: float) -> str:
        size = abs(x)
        sign = MINUS if x < 0 else ""
        if 0 < size < 3:
            minutes = round(size * 60)
            if minutes == 0:
                return f"<{NBSP}1{NBSP}min"
            parts = [f"{n}{NBSP}{u}" for n, u in ((minutes // 60, "h"), (minutes % 60, "min")) if n]
            return sign + " ".join(parts)
        if size < 72.5:
            return f"{sign}{number(size)}{NBSP}h"
        return f"{sign}{number(size / 24, 1)}{NBSP}days ({number(size)}{NBSP}h)"

    return _missing(write, value)


def tonnes(value: Any) -> str:
    """Return a weight: ``12,400 t`` below a million tonnes, ``1.27 Mt`` above."""

    def write(x: float) -> str:
        size = abs(x)
        sign = MINUS if x < 0 else ""
        if _rounded(size, 3) >= 1e6:
            millions = size / 1e6
            places = 2 if millions < 9.995 else 1 if millions < 99.95 else 0
            return f"{sign}{number(millions, places)}{NBSP}Mt"
        if 0 < size < 0.5:
            return f"{sign}<{NBSP}1{NBSP}t"
        return f"{sign}{significant(size) if size >= 1000 else number(size)}{NBSP}t"

    return _missing(write, value)


def distance(value: Any) -> str:
    """Return a distance: ``1,240 km``; one decimal below 10 km."""
    return _missing(lambda x: f"{number(x, 1 if 0 < abs(x) < 10 else 0)}{NBSP}km", value)


def co2(value_kg: Any) -> str:
    """Return emissions given in kg: ``24 kg CO2e``, from a tonne ``1.8 t CO2e``."""

    def write(x: float) -> str:
        if abs(x) >= 1000:
            return f"{number(x / 1000, 1)}{NBSP}t{NBSP}CO2e"
        return f"{number(x, 1 if abs(x) < 10 else 0)}{NBSP}kg{NBSP}CO2e"

    return _missing(write, value_kg)


def share(value: Any) -> str:
    """Return a share given as a fraction: 0.124 is ``12.4 %``; from 100 % without decimals."""

    def write(x: float) -> str:
        percent = 100.0 * x
        if 0 < abs(percent) < 0.05:
            return f"<{NBSP}0.1{NBSP}%"
        return f"{number(percent, 0 if abs(percent) >= 99.95 else 1)}{NBSP}%"

    return _missing(write, value)


def share_change(value: Any) -> str:
    """Return a relative change with its sign: 0.052 is ``+5.2 %``, -0.03 is ``−3.0 %``."""

    def write(x: float) -> str:
        percent = 100.0 * x
        size = abs(percent)
        places = 0 if size >= 99.95 else 1 if size >= 0.95 else 2 if size >= 0.095 else 3
        text = number(percent, places)
        return f"{'+' if percent > 0 and text.strip('0.') else ''}{text}{NBSP}%"

    return _missing(write, value)
