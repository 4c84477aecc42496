"""A workbook of corridors or of a reach map: About, tables, and charts that a spreadsheet draws."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import cycle
from typing import Any

from opencorridor.documents.profiles import Profile, looks_of
from opencorridor.documents.xlsx import write_about, write_table

__all__ = ["Sheet", "book_bytes"]

_CHARTS, _POINTS = "Charts", "Points"
_CHART_ROWS = 24
_DASHES = ("solid", "dash", "round_dot", "dash_dot", "long_dash", "square_dot")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, title and unit of every column, and rows in that order."""

    name: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Any]] = field(default_factory=tuple)


def _points(book: Any, charts: Sequence[Profile]) -> None:
    """Write two columns a strand and chart, which the charts are drawn from."""
    sheet = book.add_worksheet(_POINTS)
    bold = book.add_format({"bold": True, "bottom": 1})
    column = 0
    for chart in charts:
        for strand in chart.strands:
            sheet.write_string(0, column, f"km, {strand.name}", bold)
            sheet.write_string(0, column + 1, f"{chart.amount}, {strand.name}", bold)
            for row, (km, value) in enumerate(strand.points, 1):
                sheet.write_number(row, column, km)
                sheet.write_number(row, column + 1, value)
            column += 2


def _draw(book: Any, charts: Sequence[Profile]) -> None:
    sheet = book.add_worksheet(_CHARTS)
    column = 0
    for place, chart in enumerate(charts):
        made = book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
        looks = looks_of(len(chart.strands))
        for strand, look, dash in zip(chart.strands, looks, cycle(_DASHES), strict=False):
            last = len(strand.points)
            line = {"color": look["colour"], "width": 2, "dash_type": dash}
            made.add_series({
                "name": strand.name,
                "categories": [_POINTS, 1, column, last, column],
                "values": [_POINTS, 1, column + 1, last, column + 1],
                "line": line,
                "marker": {"type": "circle", "size": 4, "fill": {"color": look["colour"]},
                           "border": {"color": look["colour"]}},
            })  # fmt: skip
            column += 2
        made.set_title({"name": chart.title, "overlay": False, "name_font": {"size": 12}})
        made.set_x_axis({"name": "km from the start", "min": 0})
        made.set_y_axis({"name": chart.amount, "min": 0})
        made.set_legend({"position": "bottom"})
        made.set_size({"width": 900, "height": 440})
        sheet.insert_chart(place * _CHART_ROWS, 0, made)


def book_bytes(
    about: Sequence[tuple[str, Any]],
    sheets: Sequence[Sheet],
    charts: Sequence[Profile],
    *,
    created: date,
) -> bytes:
    """Return a workbook with the sheet *About*, tables, and charts with the points behind them.

    Numbers are numbers, what is absent is an empty cell. The same input gives the same bytes.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    moment = datetime(created.year, created.month, created.day)
    book.set_properties({"title": sheets[0].name, "comments": "OpenCorridor", "created": moment})
    write_about(book, about)
    if charts:
        _draw(book, charts)
    for sheet in sheets:
        write_table(book, sheet.name, sheet.columns, sheet.rows)
    if charts:
        _points(book, charts)
    book.close()
    return out.getvalue()
