"""Time–distance and cost–distance charts of corridors: all on one axis, as an SVG file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from opencorridor.documents import numbers
from opencorridor.documents.labels import spread, text_width
from opencorridor.documents.markup import Html, el, fixed
from opencorridor.documents.scales import Scale, nice_ticks
from opencorridor.documents.style import load_style

__all__ = ["Profile", "Strand", "looks_of", "profiles_svg"]

_WIDTH, _HEIGHT, _GAP = 920.0, 380.0, 26.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 76.0, 860.0, 62.0, 46.0
_FONT, _ROW = 13.0, 21.0
_GRID = "#E4E7EB"


@dataclass(frozen=True, slots=True)
class Strand:
    """One corridor of a chart: its name, and sums of kilometres and of an amount, leg by leg."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Profile:
    """One chart: what it finds, and its amount with the unit."""

    title: str
    amount: str
    strands: Sequence[Strand]


def looks_of(count: int) -> list[dict[str, str]]:
    """Return colour and dash of so many corridors; more than there are looks share them again."""
    return list(islice(cycle(load_style()["corridors"]), count))


def _text(x: float, y: float, value: str, **more: object) -> Html:
    return el("text", value, x=x, y=y, **more)


def _axes(chart: Profile, x: Scale, y: Scale, ticks: tuple[list[float], list[float]]) -> list[Html]:
    grey = load_style()["text"]["secondary"]
    marks = [_text(8.0, y.end - 14, chart.amount, fill=grey)]
    for tick in ticks[1]:
        at = y(tick)
        marks.append(el("line", x1=x.start, x2=x.end, y1=at, y2=at,
                        stroke=grey if tick == 0 else _GRID))  # fmt: skip
        marks.append(_text(x.start - 8, at + 4.5, numbers.number(tick), text_anchor="end",
                           fill=grey))  # fmt: skip
    for tick in ticks[0]:
        marks.append(_text(x(tick), y.start + 18, numbers.number(tick), text_anchor="middle",
                           fill=grey))  # fmt: skip
    marks.append(_text((x.start + x.end) / 2, y.start + 36, "km from the start",
                       text_anchor="middle", fill=grey))  # fmt: skip
    return marks


def _strand(strand: Strand, look: dict[str, str], x: Scale, y: Scale) -> list[Html]:
    at = [(x(km), y(value)) for km, value in strand.points]
    d = "M" + "L".join(f"{fixed(a)} {fixed(b)}" for a, b in at)
    line = el("path", d=d, fill="none", stroke=look["colour"], stroke_width=2.5,
              stroke_linejoin="round", stroke_dasharray=look["dash"] or None)  # fmt: skip
    return [line, *(el("circle", cx=a, cy=b, r=2.6, fill=look["colour"]) for a, b in at)]


def _ends(chart: Profile, x: Scale, y: Scale) -> list[Html]:
    """Return the number of every line, where it ends."""
    last = [strand.points[-1] for strand in chart.strands]
    rows = spread([y(value) for _, value in last], _FONT + 2, y.end, y.start)
    return [
        _text(x(km) + 7, row + 4.5, str(k), font_weight="700")
        for k, ((km, _), row) in enumerate(zip(last, rows, strict=True), 1)
    ]


def _chart(chart: Profile, looks: list[dict[str, str]], top: float) -> list[Html]:
    km = [k for strand in chart.strands for k, _ in strand.points]
    amount = [v for strand in chart.strands for _, v in strand.points]
    ticks = nice_ticks(0.0, max(km), 8), nice_ticks(0.0, max(amount), 5)
    x = Scale(0.0, ticks[0][-1], _LEFT, _RIGHT)
    y = Scale(0.0, ticks[1][-1], top + _HEIGHT - _BOTTOM, top + _TOP)
    marks = [_text(8.0, top + 22, chart.title, font_size=16, font_weight="600")]
    marks += _axes(chart, x, y, ticks)
    for strand, look in zip(chart.strands, looks, strict=True):
        marks += _strand(strand, look, x, y)
    return marks + _ends(chart, x, y)


def _legend(names: Sequence[str], looks: list[dict[str, str]], top: float) -> list[Html]:
    marks: list[Html] = []
    for k, (name, look) in enumerate(zip(names, looks, strict=True), 1):
        y = top + k * _ROW
        marks.append(el("line", x1=12.0, x2=54.0, y1=y, y2=y, stroke=look["colour"],
                        stroke_width=2.5, stroke_dasharray=look["dash"] or None))  # fmt: skip
        marks.append(_text(62.0, y + 4.5, f"{k}  {name}"))
    return marks


def _notes(lines: Sequence[str], top: float) -> list[Html]:
    grey = load_style()["text"]["secondary"]
    return [_text(12.0, top + k * 17.0, line, fill=grey, font_size=12)
            for k, line in enumerate(lines, 1)]  # fmt: skip


def profiles_svg(charts: Sequence[Profile], notes: Sequence[str]) -> str:
    """Return charts one below the other, with one legend and notes, as the text of an SVG file.

    Parameters
    ----------
    charts
        At least one; all have the same strands in the same order.
    notes
        Lines below: what is compared, prices, sources.
    """
    names = [strand.name for strand in charts[0].strands]
    looks = looks_of(len(names))
    body = [mark for k, chart in enumerate(charts)
            for mark in _chart(chart, looks, k * (_HEIGHT + _GAP))]  # fmt: skip
    top = len(charts) * (_HEIGHT + _GAP)
    body += _legend(names, looks, top)
    foot = top + (len(names) + 1) * _ROW
    body += _notes(notes, foot)
    height = foot + len(notes) * 17.0 + 14
    widest = max(text_width(text, 12.0) for text in (*notes, *names)) + 80
    width = max(_WIDTH, widest)
    return el(
        "svg",
        el("rect", width=width, height=height, fill=load_style()["base"]["paper"]),
        body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {fixed(width)} {fixed(height)}",
        width=width,
        height=height,
        font_family="Noto Sans, DejaVu Sans, sans-serif",
        font_size=_FONT,
        fill=load_style()["text"]["main"],
        role="img",
        aria_label="; ".join(chart.title for chart in charts),
    )
