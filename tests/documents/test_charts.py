"""Charts: what is drawn stands where its number says."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.documents.bars import Bar, Span, bars, waterfall
from opencorridor.documents.charts import Target, trade_path
from opencorridor.documents.labels import spread, text_width, wrap
from opencorridor.documents.scales import NARROW, WIDE, Size, money_axis, nice_ticks
from tests.documents.fake import answer

TARGETS = [Target("Target of B: $3.0 billion", 3.0e9, "B: $3.0 billion"), Target("A", 1.0e9)]


def svg_of(size: Size) -> ET.Element:
    svg = trade_path(answer().rows("trade_path"), TARGETS, size, "Says it.")
    assert svg is not None
    return ET.fromstring(svg)


def numbers_in(path: str) -> list[float]:
    return [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", path)]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=lambda s: s.name)
def test_path_starts_at_zero_and_puts_points_to_scale(size: Size) -> None:
    svg = svg_of(size)
    targets = [float(e.get("y1", "nan")) for e in svg.iter("line") if e.get("class") == "target"]
    axis = next(float(e.get("y1", "nan")) for e in svg.iter("line") if e.get("class") == "axis")
    per_usd = (axis - min(targets)) / 3.0e9
    assert axis - max(targets) == pytest.approx(1.0e9 * per_usd, abs=0.05)
    rows = [r for r in answer().rows("trade_path") if r["observed_usd_current"]]
    dots = [float(e.get("cy", "nan")) for e in svg.iter("circle")]
    for row, y in zip(rows, dots, strict=True):
        assert axis - y == pytest.approx(row["observed_usd_current"] * per_usd, abs=0.05)
    lines = [p for p in svg.iter("path") if p.get("stroke-width") == "3"]
    plan_end = numbers_in(lines[0].get("d", ""))[-1]
    assert axis - plan_end == pytest.approx(9.13e8 * per_usd, abs=0.1)


def test_band_encloses_the_plan() -> None:
    svg = svg_of(WIDE)
    band = next(p for p in svg.iter("path") if p.get("class") == "band")
    points = numbers_in(band.get("d", ""))
    ys = points[1::2]
    half = len(ys) // 2
    low, high = ys[:half], ys[half:][::-1]
    plan = numbers_in(
        next(p for p in svg.iter("path") if p.get("stroke-width") == "3").get("d", "")
    )
    for lo, y, hi in zip(low, plan[1::2], high, strict=True):
        assert hi - 0.1 <= y <= lo + 0.1


def test_all_texts_stay_on_the_paper() -> None:
    for size in (WIDE, NARROW):
        svg = svg_of(size)
        for text in svg.iter("text"):
            x = float(text.get("x") or text[0].get("x", "0"))
            words = text.text or max((t.text or "" for t in text), key=len)
            width = text_width(words, size.font)
            anchor = text.get("text-anchor", "start")
            right = x + {"start": width, "middle": width / 2, "end": 0}[anchor]
            assert right <= size.width + 18, words


def test_a_path_without_points_is_not_drawn() -> None:
    assert trade_path([], [], WIDE, "") is None
    assert trade_path([{"year": 2024, "plan_usd_current": 1.0}], [], WIDE, "") is None
    assert trade_path([{"year": 2024}, {"year": 2025}], TARGETS, WIDE, "") is None


def test_waterfall_steps_follow_one_another() -> None:
    parts = [("a", 340.0, "", True), ("b", 120.0, "", False), ("c", -60.0, "", False),
             ("t", 400.0, "", True)]  # fmt: skip
    assert waterfall(parts) == [(0.0, 340.0), (340.0, 460.0), (460.0, 400.0), (0.0, 400.0)]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=lambda s: s.name)
def test_bars_and_whiskers_are_to_scale(size: Size) -> None:
    rows = [Bar("A long label", (Span(0, 100e6, "#0B5CAD"),), "+$100 million", (5e7, 2e8)),
            Bar("Other", (Span(0, -50e6, "#0B5CAD", hatched=True),), "x")]  # fmt: skip
    svg = ET.fromstring(bars(rows, size, "s", "constant", "k") or "")
    drawn = [r for r in svg.iter("rect") if r.get("height") == "18"]
    widths = [float(r.get("width", "nan")) for r in drawn]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.05)
    zero = float(drawn[0].get("x", "nan"))
    assert float(drawn[1].get("x", "nan")) + widths[1] == pytest.approx(zero, abs=0.05)
    whisker = next(p for p in svg.iter("path") if p.get("class") == "whisker")
    low = float(re.match(r"M([\d.]+)", whisker.get("d", "")).group(1))  # type: ignore[union-attr]
    assert low - zero == pytest.approx(widths[0] / 2, abs=0.05)
    fill = drawn[1].get("fill", "")
    ids = {p.get("id") for p in svg.iter("pattern")}
    assert fill.removeprefix("url(#").removesuffix(")") in ids


def test_no_bars_no_chart() -> None:
    assert bars([], WIDE, "", "", "k") is None


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 3e9, [0, 1e9, 2e9, 3e9]), (-0.4, 9.1, [-2, 0, 2, 4, 6, 8, 10]), (0, 0, None)],
)
def test_ticks_are_round(low: float, high: float, expected: list[float] | None) -> None:
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    if expected and low == 0:
        assert set(expected) <= set(ticks)
    elif expected:
        assert ticks == expected


@settings(max_examples=60)
@given(st.floats(-1e12, 1e12), st.floats(1e-3, 1e12))
def test_ticks_cover_and_are_few(low: float, width: float) -> None:
    ticks = nice_ticks(low, low + width)
    assert len(ticks) <= 9
    slack = 1e-6 * (ticks[-1] - ticks[0])
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + width - slack


def test_money_axis_holds_zero_and_writes_what_it_marks() -> None:
    axis = money_axis([2.4e9])
    assert axis.ticks[0] == 0
    assert (axis.unit, axis.text(axis.ticks[1])) == ("$bn", "0.5")
    assert money_axis([3.0e7]).unit == "$m"


@settings(max_examples=60)
@given(st.lists(st.floats(0, 300), min_size=1, max_size=8))
def test_spread_keeps_order_and_distance(wanted: list[float]) -> None:
    placed = spread(wanted, 20.0, 0.0, 400.0)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    for a, b in itertools.pairwise(order):
        assert placed[b] - placed[a] >= 20.0 - 1e-9


def test_wrap_loses_no_word() -> None:
    text = "Railway of the western shore, 164 km with two long tunnels"
    lines = wrap(text, 150.0, 13.0)
    assert " ".join(lines) == text
    assert len(lines) > 1
    assert all(text_width(line, 13.0) <= 150.0 for line in lines)
