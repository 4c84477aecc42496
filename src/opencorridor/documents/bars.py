"""Horizontal bars of dollars: the waterfall of the path, ranked measures, the tornado.

One engine draws all three in both sizes: labels beside the bars on a wide page, above them on a
narrow one. A bar that is hatched differs from a filled one without colour.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from opencorridor.documents.labels import text_width, wrap
from opencorridor.documents.markup import Html, Node, el, fixed
from opencorridor.documents.scales import Money, Scale, Size, money_axis, nice_ticks

__all__ = ["Bar", "Span", "bars", "waterfall"]

_BAR_PX = 18.0


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a bar from ``start`` to ``end`` dollars, drawn in a colour, hatched or filled."""

    start: float
    end: float
    colour: str
    hatched: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its label, pieces, whisker (low, high) and the value written at its end."""

    label: str
    spans: tuple[Span, ...]
    value: str = ""
    whisker: tuple[float, float] | None = None
    strong: bool = False


def waterfall(parts: Sequence[tuple[str, float, str, bool]]) -> list[tuple[float, float]]:
    """Return start and end of each step of a waterfall.

    Parameters
    ----------
    parts
        Label, dollars, value text, and whether it is a total (a bar from zero).
    """
    spans, at = [], 0.0
    for _, usd, _, total in parts:
        start = 0.0 if total else at
        at = usd if total else at + usd
        spans.append((start, at))
    return spans


def bars(
    rows: Sequence[Bar],
    size: Size,
    summary: str,
    axis_title: str,
    key: str,
    centre: float | None = None,
    connect: bool = False,
) -> Html | None:
    """Return a chart of horizontal bars, ``None`` without rows.

    ``key`` names the chart on the page (ids of patterns); ``centre`` draws a line at a value;
    ``connect`` joins the end of each bar to the next one (waterfall).
    """
    if not rows:
        return None
    ends = [v for row in rows for span in row.spans for v in (span.start, span.end)]
    ends += [v for row in rows for v in row.whisker or ()]
    zero = [] if centre is not None else [0.0]
    axis = _axis(ends + zero, centre, 3 if size.narrow else 6)
    labels, plot, value_room = _columns(rows, size)
    x = Scale(axis.ticks[0], axis.ticks[-1], plot[0], plot[1])
    drawn: list[Node] = []
    y = 30.0
    joints: list[tuple[float, float, float]] = []
    for row, lines in zip(rows, labels, strict=True):
        height, bar_y = _row_height(lines, size)
        drawn.append(_row(row, lines, x, y, bar_y, size, key, value_room))
        if row.spans:
            joints.append((x(row.spans[-1].end), y + bar_y, y + bar_y + _BAR_PX))
        y += height
    grid = _grid(axis, x, 22.0, y, axis_title, size)
    if centre is not None:
        grid.append(el("line", x1=x(centre), x2=x(centre), y1="22", y2=y, class_="axis"))
    return el("svg", _patterns(rows, key, size), grid, _connectors(joints) if connect else None,
              drawn, viewBox=f"0 0 {fixed(size.width)} {fixed(y + 30)}", role="img",
              aria_label=summary, class_=f"chart {size.name}")  # fmt: skip


def _axis(values: Sequence[float], centre: float | None, about: int) -> Money:
    """Return the axis; around a centre it need not hold zero, as no length stands for an amount."""
    if centre is None:
        return money_axis(values, about)
    low, high = min(*values, centre), max(*values, centre)
    whole = money_axis(values, about)
    if low <= 0 or low < 0.5 * high:
        return whole
    ticks = nice_ticks(low, high, about)
    step = (ticks[1] - ticks[0]) / whole.size
    decimals = next(d for d in range(10) if abs(round(step, d) - step) < 1e-9 * step or d == 9)
    return Money(tuple(ticks), whole.size, whole.unit, decimals)


def _columns(rows: Sequence[Bar], size: Size) -> tuple[list[list[str]], tuple[float, float], float]:
    """Return wrapped labels, left and right of the plot, and the room of the value column."""
    font = size.font
    room = max(text_width(row.value, font) for row in rows) + 8
    if size.narrow:
        plot = (24.0, size.width - 20.0)
        return [wrap(row.label, size.width - room - 6, font) for row in rows], plot, room
    longest = max(text_width(row.label, font) for row in rows)
    left = min(longest, 0.36 * size.width) + 14
    plot = (left, size.width - room - 14)
    return [wrap(row.label, left - 14, font) for row in rows], plot, room


def _row_height(lines: list[str], size: Size) -> tuple[float, float]:
    """Return the height of a row and where its bar starts within it."""
    text_px = 1.25 * size.font * len(lines)
    if size.narrow:
        return text_px + _BAR_PX + 16, text_px + 4
    height = max(text_px, _BAR_PX) + 12
    return height, (height - _BAR_PX) / 2


def _row(
    row: Bar,
    lines: list[str],
    x: Scale,
    y: float,
    bar_y: float,
    size: Size,
    key: str,
    value_room: float,
) -> Html:
    font, line_px = size.font, 1.25 * size.font
    height, _ = _row_height(lines, size)
    top = y + font if size.narrow else y + (height - line_px * len(lines)) / 2 + 0.95 * font
    label_x, anchor = (0.0, "start") if size.narrow else (x.start - 14, "end")
    weight = "600" if row.strong else None
    parts: list[Node] = [
        el(
            "text",
            line,
            x=label_x,
            y=top + i * line_px,
            text_anchor=anchor,
            font_weight=weight,
            class_="halo",
        )
        for i, line in enumerate(lines)
    ]
    value_y = y + font if size.narrow else y + height / 2 + 0.35 * font
    parts.append(el("text", row.value, x=size.width, y=value_y, text_anchor="end",
                    font_weight=weight, class_="value halo"))  # fmt: skip
    parts += [_span(span, x, y + bar_y, key, size) for span in row.spans]
    if row.whisker:
        parts.append(_whisker(row.whisker, x, y + bar_y + _BAR_PX / 2))
    return el("g", parts, class_="row")


def _span(span: Span, x: Scale, top: float, key: str, size: Size) -> Html:
    first, last = sorted((x(span.start), x(span.end)))
    fill = f"url(#{_pattern_id(key, span.colour, size)})" if span.hatched else span.colour
    return el("rect", el("title", span.title) if span.title else None, x=first, y=top,
              width=max(last - first, 1.0), height=_BAR_PX, fill=fill, stroke=span.colour,
              stroke_width="1.2")  # fmt: skip


def _whisker(ends: tuple[float, float], x: Scale, y: float) -> Html:
    low, high = x(ends[0]), x(ends[1])
    d = f"M{fixed(low)} {fixed(y - 5)}v10M{fixed(low)} {fixed(y)}H{fixed(high)}"
    return el("path", d=f"{d}M{fixed(high)} {fixed(y - 5)}v10", class_="whisker")


def _grid(axis: Money, x: Scale, top: float, bottom: float, title: str, size: Size) -> list[Node]:
    marks: list[Node] = []
    for tick in axis.ticks:
        at = x(tick)
        marks.append(el("line", x1=at, x2=at, y1=top, y2=bottom,
                        class_="axis" if tick == 0 else "grid"))  # fmt: skip
        marks.append(el("text", axis.text(tick), x=at, y=bottom + size.font + 4,
                        text_anchor="middle", class_="tick"))  # fmt: skip
    marks.append(el("text", f"{axis.unit}, {title}" if title else axis.unit, x=size.width if
                    size.narrow else x.end, y="13", text_anchor="end",
                    class_="axis-title"))  # fmt: skip
    return marks


def _connectors(joints: Sequence[tuple[float, float, float]]) -> list[Html]:
    return [
        el("line", x1=at, x2=at, y1=bottom, y2=below[1], class_="connector")
        for (at, _, bottom), below in itertools.pairwise(joints)
    ]


def _pattern_id(key: str, colour: str, size: Size) -> str:
    return f"hatch-{key}-{size.name}-{colour.lstrip('#').lower()}"


def _patterns(rows: Sequence[Bar], key: str, size: Size) -> Html | None:
    colours = sorted({span.colour for row in rows for span in row.spans if span.hatched})
    if not colours:
        return None
    return el("defs", [
        el("pattern", el("rect", width="6", height="6", fill="#FFFFFF"),
           el("path", d="M0 0V6", stroke=colour, stroke_width="3.2"),
           id=_pattern_id(key, colour, size), width="6", height="6",
           patternUnits="userSpaceOnUse", patternTransform="rotate(45)")
        for colour in colours
    ])  # fmt: skip
