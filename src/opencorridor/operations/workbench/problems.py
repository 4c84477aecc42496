"""What the checks find in the study that is served: kept in memory and on disk by its hash."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opencorridor.operations import check
from opencorridor.operations.workbench.keep import read_note, write_note
from opencorridor.study import OpenCorridorError
from opencorridor.study.cache import cache_dir

if TYPE_CHECKING:
    from opencorridor.operations.workbench.session import Session
    from opencorridor.study import Problem, Study

__all__ = ["index_of", "study_problems"]

_MOST_KEPT = 2
_KEYS = frozenset({"checks", "tables", "rows", "errors", "notices", "problems"})


def index_of(study: Study, problem: Problem) -> int | None:
    """Return the row of a problem as the whole table counts it, from 0.

    A problem counts rows in its file, as a spreadsheet does; a table may be read from several.
    None for a problem without a row, and for one in a file that no table was read from.
    """
    table = study.tables.get(problem.table)
    if problem.row is None or table is None:
        return None
    place = problem.row - 2
    start = 0
    for file, count in table.parts:
        if file == problem.file:
            return start + place if 0 <= place < count else None
        start += count
    return place if not problem.file and 0 <= place < table.n else None


def _checked(study: Study) -> dict[str, Any]:
    found = check.run(check.CheckRequest(study, fit=False))
    return {
        "checks": found.checks,
        "tables": found.tables,
        "rows": found.rows,
        "errors": len(found.errors),
        "notices": len(found.notices),
        "problems": [{**p.as_dict(), "index": index_of(study, p)} for p in found.problems],
    }


def _place(study_hash: str, code: str) -> Path:
    return cache_dir(study_hash) / f"problems-{code}.json"


def _stored_or_checked(session: Session) -> dict[str, Any]:
    """Return what an earlier server of the same program found, else check now and store it."""
    study = session.study
    place = _place(study.hash, session.code)
    note = read_note(place)
    if isinstance(note, dict) and note.keys() == _KEYS:
        return note
    found = _checked(study)
    # A disk that is full or read-only only costs the next server the time to check again.
    with contextlib.suppress(OpenCorridorError):
        write_note(place, found)
    return found


def study_problems(session: Session) -> dict[str, Any]:
    """Return every problem of every table, and how much was checked.

    The first call of a study takes seconds; two that ask at once wait for one check.

    Parameters
    ----------
    session
        Study that is served.
    """
    kept = session.kept("problems", _MOST_KEPT)
    found: dict[str, Any] = kept.get(session.study.hash, lambda: _stored_or_checked(session))
    return {"study_hash": session.study.hash, **found}
