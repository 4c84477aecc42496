"""The registry of checks. Each room registers those that need it; ``run_checks`` runs them all."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from opencorridor.study.errors import Problem, suggest
from opencorridor.study.study import Study

__all__ = ["Check", "Suggester", "at", "check", "registered", "run_checks"]

CheckFunction = Callable[[Study], Iterable[Problem]]
_LISTED = 20
_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One registered check: its code, the table it is about, what it asks for, its function."""

    code: str
    table: str
    title: str
    function: CheckFunction


_CHECKS: dict[str, Check] = {}


def _place(function: CheckFunction) -> tuple[str, str]:
    return function.__module__, function.__qualname__


def check(code: str, table: str = "", title: str = "") -> Callable[[CheckFunction], CheckFunction]:
    """Register a function of a study that yields problems under a stable code.

    Parameters
    ----------
    code
        Code of its problems: words joined by underscores.
    table
        Table that it is about; blank for several.
    title
        What it asks for, in one line; by default the first line of the docstring.
    """

    def register(function: CheckFunction) -> CheckFunction:
        known = _CHECKS.get(code)
        if known and _place(known.function) != _place(function):
            raise ValueError(f"two checks have the code {code}")
        line = title or (inspect.getdoc(function) or code).splitlines()[0]
        line = line.removeprefix("Check that ").rstrip(".")
        _CHECKS[code] = Check(code, table, line[:1].upper() + line[1:], function)
        return function

    return register


def registered() -> list[Check]:
    """Return every check registered so far, by code."""
    return [_CHECKS[code] for code in sorted(_CHECKS)]


def run_checks(study: Study, codes: Iterable[str] | None = None) -> list[Problem]:
    """Run the checks and return all problems: errors first, then notices.

    Of one code at most twenty problems are listed; the rest is counted in one more.

    Parameters
    ----------
    study
        The study.
    codes
        Run only these; by default all that are registered, with what loading noticed before.
    """
    wanted = set(_CHECKS) if codes is None else set(codes)
    found = list(study.notices) if codes is None else []
    for entry in registered():
        if entry.code in wanted:
            problems = list(entry.function(study))
            found += problems[:_LISTED]
            if len(problems) > _LISTED:
                more = f"{len(problems) - _LISTED} more of this kind ({entry.title})"
                severity = problems[_LISTED].severity
                found.append(Problem(entry.code, more, entry.table, severity=severity))
    return sorted(found, key=lambda problem: problem.severity != "error")


class Suggester:
    """Suggests near names for the first problems of a check: looking for them is slow."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)
        self.left = _SUGGESTED

    def __call__(self, word: str) -> str:
        """Return ``"did you mean A?"``, or nothing once five were asked for."""
        self.left -= 1
        return suggest(word, self.names) if self.left >= 0 else ""


def at(
    study: Study,
    code: str,
    message: str,
    table: str,
    i: int,
    column: str = "",
    expected: str = "",
    mend: str = "",
    severity: str = "error",
) -> Problem:
    """Return a problem of row ``i`` (from 0) of a table, with its file, row and value."""
    rows = study[table]
    file, row = rows.locate(i)
    value = ""
    if column:
        cell = rows[column][i]
        value = cell if isinstance(cell, str) else "" if cell != cell else f"{cell:g}"
    row = i + 2 if row is None else row
    return Problem(code, message, table, file, row, column, value, expected, mend, severity)
