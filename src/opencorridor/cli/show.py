"""Printing: results to stdout, notes to stderr, numbers as people read them."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = [
    "bold",
    "hours",
    "money",
    "note",
    "number",
    "percent",
    "print_error",
    "print_json",
    "print_plain",
    "problem_lines",
    "shorten",
    "table",
]

COLOUR = {"on": True}
_LISTED = 30


def note(text: str, quiet: bool = False) -> None:
    """Print a line to stderr."""
    if not quiet:
        print(text, file=sys.stderr, flush=True)


def bold(text: str) -> str:
    """Return bold text where stdout is a terminal that shows it."""
    plain = (
        not COLOUR["on"]
        or not sys.stdout.isatty()
        or os.environ.get("NO_COLOR")
        or os.environ.get("TERM") == "dumb"
    )
    return text if plain else f"\x1b[1m{text}\x1b[0m"


def _clean(value: Any) -> Any:
    """Return JSON values: NaN and infinity become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def print_json(values: dict[str, Any]) -> None:
    """Print one JSON document."""
    print(json.dumps(_clean(values), ensure_ascii=False, indent=2, allow_nan=False))


def print_plain(rows: Sequence[Sequence[object]]) -> None:
    """Print tab-separated lines."""
    for row in rows:
        print("\t".join("" if cell is None else str(cell) for cell in row))


def number(value: float | None, digits: int = 0) -> str:
    """Return a number with thousands separators; nothing for none."""
    if value is None or not math.isfinite(value):
        return "no data"
    return f"{value:,.{digits}f}"


def money(value: float | None) -> str:
    """Return dollars: no decimals from 100, one from 10, else two."""
    if value is None or not math.isfinite(value):
        return "no data"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"${value:,.{digits}f}"


def hours(value: float | None) -> str:
    """Return hours up to 72, days with hours in brackets above; minutes under 3 hours."""
    if value is None or not math.isfinite(value):
        return "no data"
    if value < 3:
        return f"{value * 60:.0f} min"
    if value <= 72:
        return f"{value:.0f} h"
    return f"{value / 24:.1f} days ({value:,.0f} h)"


def percent(share: float | None, sign: bool = False) -> str:
    """Return a share in percent, with its sign (a true minus) for changes."""
    if share is None or not math.isfinite(share):
        return "no data"
    text = f"{share * 100:+.1f} %" if sign else f"{share * 100:.1f} %"
    return text.replace("-", "\u2212")


def shorten(text: str, width: int) -> str:
    """Return text cut to a width, with an ellipsis."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Return an aligned table; columns in ``right`` are set flush right."""
    cells = [list(head), *[list(row) for row in rows]]
    width = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = []
    for k, row in enumerate(cells):
        line = "  ".join(
            cell.rjust(width[i]) if i in right else cell.ljust(width[i])
            for i, cell in enumerate(row)
        ).rstrip()
        lines.append(bold(line) if k == 0 else line)
    return "\n".join(lines)


def problem_lines(problems: Sequence[Problem], limit: int = _LISTED) -> list[str]:
    """Return problems as blocks: file, row, column and value; what was expected; the mend."""
    lines = []
    for problem in problems[:limit]:
        where = problem.file or problem.table
        if problem.row is not None:
            where += f"{', ' if where else ''}row {problem.row}"
        if problem.column:
            where += f"{', ' if where else ''}{problem.column}"
        value = problem.value if problem.value and problem.value not in problem.message else ""
        text = f"{where}: {problem.message}" if where else problem.message
        lines.append(text + (f" ({value!r})" if value else "") + f"  [{problem.code}]")
        if problem.expected:
            lines.append(f"    expected: {problem.expected}")
        if problem.mend:
            lines.append(f"    mend: {problem.mend}")
    if len(problems) > limit:
        lines.append(f"... and {len(problems) - limit} more problems")
    return lines


def print_error(error: OpenCorridorError, as_json: bool = False) -> None:
    """Report all problems once: to stderr, or as one JSON document to stdout."""
    problems = list(error.problems)
    if as_json:
        print_json({"error": True, "problems": [problem.as_dict() for problem in problems]})
        return
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    note(f"Stopped: {count}")
    for line in problem_lines(problems):
        note(line)
