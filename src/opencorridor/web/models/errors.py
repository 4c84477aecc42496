"""Errors, in the shape of RFC 9457."""

from __future__ import annotations

from pydantic import Field

from opencorridor.web.models.base import Out


class ProblemItem(Out):
    """One problem, as ``opencorridor check`` tells it.

    ``row`` is that of its file (the header is row 1), ``index`` that of the whole table, from 0.
    """

    code: str
    message: str
    file: str = ""
    table: str = ""
    row: int | None = None
    index: int | None = None
    column: str = ""
    value: str = ""
    expected: str = ""
    mend: str = ""


class ProblemDetail(Out):
    """Error in the shape of RFC 9457 (``application/problem+json``)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str = ""
    error_id: str = ""
    problems: list[ProblemItem] = Field(default_factory=list)
