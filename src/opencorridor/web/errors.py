"""Errors as the API tells them: RFC 9457, with every problem and never a trace."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from opencorridor.operations.workbench.session import session_of
from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = [
    "PROBLEM_JSON",
    "Refused",
    "add_handlers",
    "body_of",
    "detail_of",
    "items_of",
    "problem_response",
]

PROBLEM_JSON = "application/problem+json"
_SHOWN_VALUE = 200
_CONFLICTS = frozenset({"study_changed", "job_not_done", "too_many_saved"})
_VERBS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
_READS = frozenset({"GET", "HEAD", "DELETE"})
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "json_invalid": "is no JSON",
    "string_unicode": "is no valid Unicode",
}
_STATUS_WORDS = {
    404: "There is nothing at this address",
    405: "This address does not take that verb",
    400: "The request cannot be read",
}


class Refused(OpenCorridorError):  # noqa: N818  (the name says what happened)
    """A request that is refused, with its status and headers."""

    def __init__(
        self, status: int, code: str, message: str, mend: str = "", **headers: str
    ) -> None:
        super().__init__([Problem(code, message, mend=mend)])
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def status_of(problems: Sequence[Problem], method: str) -> int:
    """Return the status for problems: what a path or query names is missing, or a body is bad."""
    codes = {problem.code for problem in problems}
    if codes & _CONFLICTS:
        return 409
    if method in _READS and any(code.startswith("unknown_") for code in codes):
        return 404
    if codes == {"cannot_save"}:
        return 507
    return 422


def detail_of(problems: Sequence[Mapping[str, Any]]) -> str:
    """Return one line for all problems."""
    if not problems:
        return ""
    first = problems[0]
    place = first.get("column") or first.get("table") or ""
    text = f"{place} {first['message']}".strip()
    more = len(problems) - 1
    return text if not more else f"{text}, and {more} more problem{'s' if more > 1 else ''}"


def body_of(
    status: int,
    problems: Sequence[Mapping[str, Any]],
    instance: str = "",
    detail: str = "",
    error_id: str = "",
) -> dict[str, Any]:
    """Return a ``ProblemDetail`` as plain values."""
    # A field of a body has no row of a table, so no index either.
    plain = [{k: v for k, v in item.items() if k != "severity"} for item in problems]
    shown = [{"index": None, **item} for item in plain]
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or detail_of(problems),
        "instance": instance,
        "error_id": error_id,
        "problems": shown,
    }


def problem_response(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer of type ``application/problem+json``."""
    # A text that is no valid Unicode must not break the answer that says so.
    content = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    return Response(content, int(body["status"]), dict(headers or {}), PROBLEM_JSON)


def items_of(problems: Sequence[Problem], study: str) -> list[dict[str, Any]]:
    """Return problems as plain values; ``index`` is the row as a page of the table counts it.

    ``study`` is the name of the study that is served, in whose tables the rows stand.
    """

    def index(problem: Problem) -> int | None:
        if problem.row is None or not problem.table:
            return None
        # Of a study that cannot be read no row can be shown.
        with contextlib.suppress(OpenCorridorError):
            # On first use: checks bring the engines with them.
            from opencorridor.operations.workbench.problems import index_of

            return index_of(session_of(study).study, problem)
        return None

    return [{**problem.as_dict(), "index": index(problem)} for problem in problems]


def _bad_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, OpenCorridorError)
    problems = items_of(error.problems, request.app.state.settings.study)
    status, headers = status_of(error.problems, request.method), {}
    if isinstance(error, Refused):
        status, headers = error.status, error.headers
    return problem_response(body_of(status, problems, request.url.path), headers)


def _field(location: Sequence[Any]) -> str:
    """Return the dotted name of a field, without where it was sent and of which kind it is."""
    parts = [str(part) for part in location[1:]]
    if len(parts) > 1 and parts[0] == "params":
        del parts[1]
    return ".".join(parts)


def _bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = []
    for item in error.errors():
        message = _WORDS.get(item["type"]) or str(item["msg"])
        value = item.get("input")
        shown = "" if isinstance(value, dict | list) or value is None else str(value)
        problem = Problem(
            str(item["type"]), message, column=_field(item["loc"]), value=shown[:_SHOWN_VALUE]
        )
        problems.append(problem.as_dict())
    return problem_response(body_of(422, problems, request.url.path))


def _verbs(request: Request) -> str:
    """Return the verbs that an address takes; a route that refuses one knows only its own."""
    taken = [
        verb
        for verb in _VERBS
        if any(
            route.matches({**request.scope, "method": verb})[0] is Match.FULL
            for route in request.app.router.routes
        )
    ]
    return ", ".join(taken)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = _STATUS_WORDS.get(error.status_code, str(error.detail))
    body = body_of(error.status_code, (), request.url.path, detail)
    headers = dict(error.headers or {})
    if error.status_code == 405 and (verbs := _verbs(request)):
        headers["Allow"] = verbs
    return problem_response(body, headers)


def add_handlers(app: FastAPI) -> None:
    """Make an application tell its errors in this shape."""
    app.add_exception_handler(OpenCorridorError, _bad_input)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(HTTPException, _http)
