"""Tables of the study, where their numbers come from, and stored views."""

from __future__ import annotations

from typing import Any, Literal

from opencorridor.web.models.base import In, Out, Status
from opencorridor.web.models.errors import ProblemItem
from opencorridor.web.models.places import Sourced


class Column(Out):
    """A column of a table; ``low`` and ``high`` name the columns of its band."""

    name: str
    type: str
    unit: str
    description: str
    low: str = ""
    high: str = ""


class TableInfo(Out):
    """A table of the study; shares of observed, derived and assumed rows add to 1."""

    name: str
    rows: int
    columns: list[Column]
    status_shares: dict[str, float]
    licences: list[str]


class Tables(Out):
    """Tables of the study."""

    tables: list[TableInfo]


class Rows(Out):
    """Part of a table: ``row`` numbers count from 0 in the whole table."""

    table: str
    total: int
    offset: int
    columns: list[str]
    row: list[int]
    rows: list[list[Any]]


class StudyProblem(ProblemItem):
    """One problem of the study."""

    severity: Literal["error", "notice"]


class StudyProblems(Out):
    """What the checks found, errors first, and how much they went through."""

    study_hash: str
    checks: int
    tables: int
    rows: int
    errors: int
    notices: int
    problems: list[StudyProblem]


class SourceItem(Out):
    """A source, and how many rows rest on it."""

    source_id: str
    title: str
    publisher: str
    url: str
    year: str
    licence: str
    retrieved: str
    attribution: str
    rows: int


class Assumption(Out):
    """On what ground a column of a table stands that the study assumes."""

    table: str
    column: str
    note: str
    title: str


class Provenance(Out):
    """Where a number comes from. A cell of a study table, or of a result table by formula."""

    label: str
    value: float | str | None
    unit: str
    low: float | None
    high: float | None
    status: Status | None
    formula: str
    inputs: list[Sourced]
    assumptions: list[Assumption]
    table: str
    row: int | None
    row_label: str
    column: str
    description: str
    source: SourceItem | None
    sources: list[SourceItem]
    study_hash: str
    result_id: str | None
    version: str


class View(In):
    """State of a page that is too long for an address."""

    state: dict[str, Any]


class StoredView(Out):
    """A stored state, under the hash of its content."""

    view_id: str
    state: dict[str, Any]
