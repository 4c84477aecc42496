"""Problems in a user's data, gathered and reported once.

A ``Problem`` names the table, file, row, column and value that are wrong, what was expected and
how to mend it. ``OpenCorridorError`` carries all of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["NotConverged", "OpenCorridorError", "Problem", "near", "raise_if", "suggest"]

EXIT_BAD_INPUT = 2
EXIT_NOT_CONVERGED = 3
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or worth knowing, in a user's data.

    Parameters
    ----------
    code
        Stable identifier of the kind of problem, such as ``text_in_number``.
    message
        What is wrong, one clause without a full stop.
    table, file
        Table of the study, and the file it was read from.
    row
        Row as a spreadsheet counts it: the header is row 1, the first data row is row 2.
    column, value
        The cell.
    expected, mend
        What should stand there, and what to do about it.
    severity
        ``error`` stops the work; ``notice`` does not.
    """

    code: str
    message: str
    table: str = ""
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    expected: str = ""
    mend: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        place = self.file or self.table
        if self.row is not None:
            place += f", row {self.row}" if place else f"row {self.row}"
        if self.column:
            place += f", {self.column}" if place else self.column
        text = f"{place}: {self.message}" if place else self.message
        if self.value and self.value not in self.message:
            text += f" ({self.value!r})"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.mend:
            text += f"; {self.mend}"
        return f"{text} [{self.code}]"

    def as_dict(self) -> dict[str, object]:
        """Return the fields as plain values for JSON (RFC 9457 ``problems`` member)."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class OpenCorridorError(Exception):
    """Bad input: every problem found, reported at once.

    Parameters
    ----------
    problems
        At least one problem.
    exit_code
        Exit code of the command line: 2 bad input, 3 not converged.
    """

    def __init__(self, problems: Sequence[Problem], exit_code: int = EXIT_BAD_INPUT) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.exit_code = exit_code
        # One argument, that of a call: so a worker's error reaches the process that asked.
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:_SHOWN]]
        if len(self.problems) > _SHOWN:
            lines.append(f"... and {len(self.problems) - _SHOWN} more problems")
        return "\n".join(lines)


class NotConverged(OpenCorridorError):  # noqa: N818  (the name says what happened)
    """A solver stopped before its tolerance; exit code 3."""

    def __init__(self, problems: Sequence[Problem], exit_code: int = EXIT_NOT_CONVERGED) -> None:
        super().__init__(problems, exit_code)


def raise_if(problems: Iterable[Problem]) -> None:
    """Raise one ``OpenCorridorError`` with all errors among ``problems``; notices pass."""
    found = [problem for problem in problems if problem.severity == "error"]
    if found:
        raise OpenCorridorError(found)


def near(word: str, names: Iterable[str], count: int = 3) -> list[str]:
    """Return the names most like ``word`` (case aside), best first; possibly none."""
    by_fold: dict[str, str] = {}
    for name in names:
        by_fold.setdefault(name.casefold(), name)
    found = difflib.get_close_matches(word.casefold(), by_fold, n=count, cutoff=0.6)
    return [by_fold[key] for key in found]


def suggest(word: str, names: Iterable[str]) -> str:
    """Return ``"did you mean A or B?"`` for the names most like ``word``, or nothing."""
    found = near(word, names)
    return f"did you mean {' or '.join(found)}?" if found else ""
