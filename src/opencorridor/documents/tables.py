"""Tables as HTML: units in the heading, status badges, low–high columns, links to sources.

A column that no row fills is left out; so is a table without rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opencorridor.documents import numbers
from opencorridor.documents.answer import Row
from opencorridor.documents.markup import Html, Node, el
from opencorridor.documents.style import load_style
from opencorridor.documents.texts import column_title, text, word

__all__ = ["Column", "badge", "columns", "html_table", "progress_badge", "source_anchor"]

NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: where its value stands, how it is written, and the columns of its band.

    ``kind`` is one of the keys of ``_WRITERS`` or ``band``, ``status``, ``progress``, ``source``,
    ``use``, ``flag``, ``word``, ``text``, ``long`` (text that needs room).
    """

    name: str
    kind: str = "text"
    low: str = ""
    high: str = ""
    title: str = ""

    @property
    def numeric(self) -> bool:
        """Say whether cells are right-aligned."""
        return self.kind in _WRITERS or self.kind in ("band", "use", "usd_band", "usd_status")

    @property
    def heading(self) -> str:
        """Return the heading."""
        return self.title or column_title(self.name)

    @property
    def css(self) -> str | None:
        """Return the class of its cells."""
        if self.numeric:
            return "n band" if self.kind in ("band", "usd_band") else "n"
        return {"long": "long", "date": "nobr"}.get(self.kind)

    def filled(self, row: Row) -> bool:
        """Say whether a row has something in this column."""
        names = (self.low, self.high) if self.kind in ("band", "usd_band") else (self.name,)
        return any(_present(row.get(name)) for name in names)


def columns(*specs: str) -> tuple[Column, ...]:
    """Return columns from ``"name"``, ``"name:kind"`` or ``"name:kind:low:high"``."""
    found = []
    for spec in specs:
        name, kind, low, high, *_ = (*spec.split(":"), "", "", "")
        found.append(Column(name, kind or "text", low, high))
    return tuple(found)


def _present(value: Any) -> bool:
    if value is None or value == "":
        return False
    return not isinstance(value, float) or numbers.as_float(value) is not None


def _t(value: Any) -> str:
    return numbers.plain(value) if abs(numbers.as_float(value) or 0.0) < 1000 else _round(value)


def _round(value: Any) -> str:
    found = numbers.as_float(value)
    return numbers.NO_DATA if found is None else numbers.significant(found)


def _h(value: Any) -> str:
    found = numbers.as_float(value)
    return numbers.plain(found, 1 if found is not None and 0 < abs(found) < 9.95 else 0)


def _dollars(value: Any) -> str:
    written = numbers.plain(value, 2)
    return written if written == numbers.NO_DATA else f"${written}"


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "usd": numbers.usd,
    "usd_change": numbers.usd_change,
    "usd_per": numbers.usd_per,
    "t": _t,
    "h": _h,
    "km": lambda v: numbers.plain(v, 0 if abs(numbers.as_float(v) or 0.0) >= 10 else 1),
    "usd2": _dollars,
    "number": lambda v: numbers.plain(v, 1),
    "ratio": lambda v: numbers.plain(v, 2),
    "count": numbers.count,
    "year": lambda v: numbers.NO_DATA if numbers.as_float(v) is None else f"{float(v):.0f}",
    "share": numbers.share,
    "share_change": numbers.share_change,
}


def badge(status: Any) -> Html:
    """Return sign and word of a provenance status."""
    sign = load_style()["provenance"].get(str(status), "")
    return el("span", f"{sign}{NBSP}{word(status)}".strip(), class_="badge")


def _sign(status: Any) -> Html | None:
    """Return the sign of a provenance status alone; its word is read out and shown on hover."""
    sign = load_style()["provenance"].get(str(status))
    if sign is None:
        return None
    told = word(status)
    return el("span", sign, title=told, role="img", aria_label=told)


def progress_badge(progress: Any) -> Html:
    """Return sign and word of the progress of a promise."""
    style = load_style()["status"].get(str(progress))
    if style is None:
        return el("span", word(progress), class_="badge")
    sign = el("span", style["sign"], class_="sign", style=f"color:{style['colour']}",
              aria_hidden="true")  # fmt: skip
    return el("span", sign, f"{NBSP}{word(progress)}", class_="badge")


def source_anchor(source_id: str) -> str:
    """Return the id on the page of a source."""
    return "source-" + re.sub(r"[^A-Za-z0-9_-]", "-", source_id)


def _sources(value: Any, known: frozenset[str]) -> Node:
    ids = [part.strip() for part in re.split(r"[;,]", str(value)) if part.strip()]
    out: list[Node] = []
    for i, source_id in enumerate(ids):
        out.append(", " if i else None)
        if source_id in known:
            out.append(el("a", source_id, href=f"#{source_anchor(source_id)}"))
        else:
            out.append(source_id)
    return out


def _use(value: Any) -> Node:
    share = numbers.as_float(value)
    if share is None:
        return numbers.NO_DATA
    bar = el("span", el("span", style=f"inline-size:{min(max(share, 0), 1) * 100:.0f}%"),
             class_="use-bar full" if share >= 0.95 else "use-bar", aria_hidden="true")  # fmt: skip
    return [bar, numbers.share(share)]


def _band(row: Row, column: Column) -> str:
    low, high = numbers.as_float(row.get(column.low)), numbers.as_float(row.get(column.high))
    if low is None or high is None:
        return numbers.NO_DATA
    if column.kind == "usd_band":
        return numbers.usd_range(low, high)
    return f"{_t(low)}{numbers.EN_DASH}{_t(high)}"


def _flag(value: Any) -> str:
    return word("yes" if str(value).lower() in ("1", "1.0", "true", "yes") else "no")


def _cell(row: Row, column: Column, known: frozenset[str]) -> Node:
    value = row.get(column.name)
    if column.kind in ("band", "usd_band"):
        return _band(row, column)
    if column.kind == "flag":
        return _flag(value) if _present(value) else numbers.NO_DATA
    if column.kind in _WRITERS:
        return _WRITERS[column.kind](value)
    if column.kind == "usd_status":
        sign = _sign(row.get(column.low)) if _present(value) else None
        return [numbers.usd(value), " " if sign else None, sign]
    if not _present(value):
        return ""
    if column.kind == "status":
        return badge(value)
    if column.kind == "progress":
        return progress_badge(value)
    if column.kind == "source":
        return _sources(value, known)
    if column.kind == "use":
        return _use(value)
    if isinstance(value, (list, tuple)):
        value = "; ".join(map(str, value))
    return word(value) if column.kind == "word" else str(value)


def html_table(
    rows: Sequence[Row],
    wanted: Sequence[Column],
    caption: str,
    *,
    known_sources: frozenset[str] = frozenset(),
    most: int | None = None,
    file: str = "",
    foot: Row | None = None,
) -> Html | None:
    """Return a table that scrolls in its own box, ``None`` without rows.

    Parameters
    ----------
    rows, wanted
        The rows and the columns to show; a column that is empty everywhere is left out.
    caption
        Heading of the table, read out with it.
    known_sources
        Ids that stand in the list of sources, to link to.
    most, file
        Show at most that many rows, and name the file that has them all.
    foot
        A last row set apart, such as a total.
    """
    if not rows:
        return None
    shown = list(rows if most is None else rows[:most])
    kept = [c for c in wanted if any(c.filled(row) for row in shown)]
    if not kept:
        return None
    head = el("tr", [el("th", c.heading, scope="col", class_=c.css)
                     for c in kept])  # fmt: skip
    body = [_html_row(row, kept, known_sources) for row in shown]
    table = el(
        "table",
        el("caption", caption),
        el("thead", head),
        el("tbody", body),
        el("tfoot", _foot_row(foot, kept, known_sources)) if foot else None,
    )
    box = el(
        "div",
        table,
        class_="table-box short" if len(shown) <= 8 else "table-box",
        role="region",
        tabindex="0",
        aria_label=caption,
    )
    note = None
    if len(shown) < len(rows):
        where = text("full_table", n=len(rows), file=file) if file else ""
        note = el("p", text("rows_shown", shown=len(shown), n=len(rows)), " ", where,
                  "." if where else None, class_="note")  # fmt: skip
    return Html(box + (note or ""))


def _html_row(row: Row, kept: Sequence[Column], known: frozenset[str]) -> Html:
    cells = []
    for i, column in enumerate(kept):
        class_ = column.css
        if i == 0:
            cells.append(el("th", _cell(row, column, known), scope="row", class_=class_))
        else:
            cells.append(el("td", _cell(row, column, known), class_=class_))
    return el("tr", cells)


def _foot_row(row: Row, kept: Sequence[Column], known: frozenset[str]) -> Html:
    cells = [el("td", _cell(row, c, known) if c.name in row else "", class_=c.css) for c in kept]
    return el("tr", cells)
