"""What every part of the page shares: the answer, its names and sources, and the figure frame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from opencorridor.documents import numbers
from opencorridor.documents.answer import Answer, Row
from opencorridor.documents.markup import Html, Node, el
from opencorridor.documents.tables import Column, html_table, source_anchor
from opencorridor.documents.texts import text

__all__ = ["Context", "figure", "section"]

_MOST_SOURCES = 8


@dataclass(frozen=True)
class Context:
    """The answer with short ways to what the parts of the page ask for."""

    answer: Answer

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table, possibly none."""
        return self.answer.rows(table)

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value of the summary, ``default`` where it is missing or None."""
        found = self.answer.summary.get(key)
        return default if found is None else found

    def usd_of(self, key: str) -> float | None:
        """Return a number of the summary, ``None`` where there is none."""
        return numbers.as_float(self.answer.summary.get(key))

    @cached_property
    def pair(self) -> tuple[str, str]:
        """Return the names of the two sides."""
        names = self.get("pair_names") or self.get("pair") or ()
        if isinstance(names, dict):
            names = list(names.values())
        first, second, *_ = (*map(str, names), "A", "B")
        return (first, second) if len(names) >= 2 else ("A", "B")

    @cached_property
    def known_sources(self) -> frozenset[str]:
        """Return the ids in the list of sources."""
        return frozenset(str(row.get("source_id")) for row in self.rows("sources"))

    @property
    def plan_text(self) -> str:
        """Return the plan's trade in the target year with its band, current dollars."""
        return numbers.usd_band(
            self.get("plan_usd_current"), self.get("plan_low"), self.get("plan_high")
        )

    @property
    def reached(self) -> bool:
        """Say whether the plan reaches the target."""
        if "reached" in self.answer.summary:
            return bool(self.answer.summary["reached"])
        gap = self.gap
        return gap is not None and gap <= 0

    @property
    def gap(self) -> float | None:
        """Return target minus plan in current dollars, negative above the target."""
        plan, target = self.usd_of("plan_usd_current"), self.usd_of("target_usd")
        given = self.usd_of("gap_usd_current")
        if given is not None:
            return given
        return None if plan is None or target is None else target - plan

    def source_line(self, *tables: str) -> Html:
        """Return the line under a figure: the model run, and the sources its rows name."""
        model = text(
            "source_line.model",
            study_id=self.get("study_id", ""),
            study_hash=str(self.get("study_hash", ""))[:8],
        )
        ids = _source_ids(row for table in tables for row in self.rows(table))
        parts: list[Node] = []
        for source_id in ids[:_MOST_SOURCES]:
            parts.append("; ")
            known = source_id in self.known_sources
            parts.append(
                el("a", source_id, href=f"#{source_anchor(source_id)}") if known else source_id
            )
        if len(ids) > _MOST_SOURCES:
            parts.append(f"; +{len(ids) - _MOST_SOURCES}")
        before, after = text("source_line", source="\0").split("\0")
        return el("p", before, model, parts, after, class_="source-line")

    def table(
        self,
        name: str,
        wanted: Iterable[Column],
        caption: str,
        *,
        most: int | None = None,
        rows: Sequence[Row] | None = None,
        foot: Row | None = None,
    ) -> Html | None:
        """Return a table of the answer as HTML, with links to its sources."""
        return html_table(
            self.rows(name) if rows is None else rows,
            tuple(wanted),
            caption,
            known_sources=self.known_sources,
            most=most,
            file=f"{name}.csv",
            foot=foot,
        )


def _source_ids(rows: Iterable[Row]) -> list[str]:
    found: dict[str, None] = {}
    for row in rows:
        for part in re.split(r"[;,]", str(row.get("source") or "")):
            if part.strip():
                found.setdefault(part.strip())
    return list(found)


def figure(
    title: str,
    subtitle: str,
    *body: Node,
    source: Node = None,
    twin: Node = None,
    note: Node = None,
    class_: str | None = None,
) -> Html:
    """Return a figure: finding, subtitle, picture or table, notes, source line, table twin."""
    return el(
        "figure",
        el("figcaption", el("h3", title), el("p", subtitle, class_="subtitle")),
        body,
        el("div", note, class_="note") if note else None,
        source,
        el("details", el("summary", text("table_twin")), twin) if twin else None,
        class_=class_,
    )


def section(key: str, *body: Node) -> Html | None:
    """Return a part of the page with its heading, ``None`` where the body is empty."""
    kept = [part for part in body if part]
    if not kept:
        return None
    heading = el("h2", text(f"{key}.heading"), id=f"{key}-heading")
    return el("section", heading, kept, id=key, aria_labelledby=f"{key}-heading")
