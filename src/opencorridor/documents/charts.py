"""The chart of the trade path: observed dots, model lines, the band, dashed targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opencorridor.documents import numbers
from opencorridor.documents.answer import Row
from opencorridor.documents.labels import spread, text_width
from opencorridor.documents.markup import Html, el, fixed
from opencorridor.documents.scales import Money, Scale, Size, money_axis
from opencorridor.documents.style import load_style
from opencorridor.documents.texts import text

__all__ = ["Target", "trade_path"]

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Target:
    """A dashed line: its label, its dollars, and a shorter label for a narrow chart."""

    label: str
    usd: float
    short: str = ""


@dataclass(frozen=True, slots=True)
class _Area:
    """Where the chart draws: scales, size, and the pixels of its frame."""

    x: Scale
    y: Scale
    size: Size
    height: float


def _series(rows: Sequence[Row], column: str) -> list[Point]:
    found = []
    for row in rows:
        year, value = numbers.as_float(row.get("year")), numbers.as_float(row.get(column))
        if year is not None and value is not None:
            found.append((year, value))
    return sorted(found)


def trade_path(
    rows: Sequence[Row], targets: Sequence[Target], size: Size, summary: str
) -> Html | None:
    """Return the chart of the table ``trade_path`` in current dollars, ``None`` without points."""
    plan = _series(rows, "plan_usd_current")
    no_new = _series(rows, "no_new_usd_current")
    observed = _series(rows, "observed_usd_current")
    low, high = _series(rows, "plan_low_usd_current"), _series(rows, "plan_high_usd_current")
    drawn = plan + no_new + observed + low + high
    if len({year for year, _ in drawn}) < 2:
        return None
    axis = money_axis([v for _, v in drawn] + [t.usd for t in targets])
    area = _area(drawn, axis, size)
    chart = load_style()["chart"]
    ends = [(text("path.plan"), plan, chart["plan"]), (text("path.no_new"), no_new,
            chart["no_new"])]  # fmt: skip
    return el(
        "svg",
        _axes(area, axis, sorted({int(year) for year, _ in drawn})),
        _band(area, low, high),
        _line(area, no_new, chart["no_new"], "2", "6 3"),
        _line(area, plan, chart["plan"], "3", None),
        _targets(area, targets),
        [_dot(area, point) for point in observed],
        _end_labels(area, [(name, points, colour) for name, points, colour in ends if points]),
        viewBox=f"0 0 {fixed(size.width)} {fixed(area.height)}",
        role="img",
        aria_label=summary,
        class_=f"chart {size.name}",
    )


def _area(points: Sequence[Point], axis: Money, size: Size) -> _Area:
    height = 300.0 if size.narrow else 400.0
    left = max(text_width(axis.text(tick), size.font) for tick in axis.ticks) + 10
    right = 14.0 if size.narrow else 210.0
    years = [year for year, _ in points]
    x = Scale(min(years), max(years), left + 8, size.width - right)
    y = Scale(axis.ticks[0], axis.ticks[-1], height - 34, 40)
    return _Area(x, y, size, height)


def _axes(area: _Area, axis: Money, years: Sequence[int]) -> list[Html]:
    left, right, font = area.x.start - 8, area.x.end, area.size.font
    marks = [el("text", axis.unit, x="0", y="14", class_="axis-title")]
    for tick in axis.ticks:
        y = area.y(tick)
        marks.append(el("line", x1=left, x2=right, y1=y, y2=y,
                        class_="axis" if tick == 0 else "grid"))  # fmt: skip
        marks.append(el("text", axis.text(tick), x=left - 6, y=y + 0.35 * font,
                        text_anchor="end", class_="tick"))  # fmt: skip
    room = (right - left) / max(text_width("2030", font) * 1.6, 1)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if len(years) / s <= room or s == 100)
    for year in years:
        if (years[-1] - year) % step == 0:
            marks.append(el("text", str(year), x=area.x(year), y=area.height - 12,
                            text_anchor="middle", class_="tick"))  # fmt: skip
    return marks


def _path(area: _Area, points: Sequence[Point]) -> str:
    return " ".join(f"{fixed(area.x(x), 1)} {fixed(area.y(y), 1)}" for x, y in points)


def _band(area: _Area, low: Sequence[Point], high: Sequence[Point]) -> Html | None:
    if len(low) < 2 or len(high) < 2:
        return None
    return el("path", d=f"M{_path(area, low)} {_path(area, high[::-1])}Z", class_="band")


def _line(
    area: _Area, points: Sequence[Point], colour: str, width: str, dash: str | None
) -> Html | None:
    if not points:
        return None
    return el("path", d=f"M{_path(area, points)}", fill="none", stroke=colour, stroke_width=width,
              stroke_dasharray=dash, stroke_linejoin="round")  # fmt: skip


def _dot(area: _Area, point: Point) -> Html:
    title = el("title", f"{point[0]:.0f}: {numbers.usd(point[1])} observed")
    return el("circle", title, cx=area.x(point[0]), cy=area.y(point[1]), r="4.5",
              class_="observed")  # fmt: skip


def _targets(area: _Area, targets: Sequence[Target]) -> list[Html]:
    size = area.size.font
    ordered = sorted(targets, key=lambda t: t.usd)
    spots = spread([area.y(t.usd) - 5 for t in ordered], size + 3, size, area.height)
    marks: list[Html] = []
    for target, spot in zip(ordered, spots, strict=True):
        y = area.y(target.usd)
        marks.append(el("line", x1=area.x.start - 8, x2=area.x.end, y1=y, y2=y, class_="target"))
        label = (area.size.narrow and target.short) or target.label
        marks.append(el("text", label, x=area.x.start - 4, y=spot,
                        class_="target-name halo"))  # fmt: skip
    return marks


def _end_labels(area: _Area, ends: Sequence[tuple[str, Sequence[Point], str]]) -> list[Html]:
    """Return the names and last values beside the lines; narrow charts have a legend instead."""
    if area.size.narrow:
        return []
    font = area.size.font
    spots = spread([area.y(points[-1][1]) for _, points, _ in ends], 2.7 * font, font,
                   area.height - 44)  # fmt: skip
    marks = []
    for (name, points, colour), y in zip(ends, spots, strict=True):
        x = area.x.end + 12
        marks.append(el("text", el("tspan", name, x=x, fill=colour, font_weight="600"),
                        el("tspan", numbers.usd(points[-1][1]), x=x, dy="1.25em"),
                        y=y))  # fmt: skip
    return marks
