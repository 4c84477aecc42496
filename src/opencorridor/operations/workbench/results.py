"""Stored runs: which there are, their numbers, tables and report."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from opencorridor.operations.workbench.pages import Ask, page
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.cache import cache_dir
from opencorridor.study.errors import suggest

__all__ = ["Stored", "columns_of", "find", "info", "last", "report", "rows", "table_named"]

Row = dict[str, Any]
_ID = re.compile(r"[0-9a-f]{32}")
_DONE, _SUMMARY, _TABLES, _REPORT = "done", "summary.json", "tables.json", "report.html"


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored run: its id, what it says, and when it was made."""

    result_id: str
    folder: Path
    created_at: str
    summary: Row
    tables: dict[str, list[Row]]

    @property
    def study_hash(self) -> str:
        """Hash of the study that was run."""
        return str(self.summary["study_hash"])


@lru_cache(maxsize=4)
def _load(folder: Path, done_ns: int) -> Stored | None:
    """Read a run; ``done_ns``, the time at which it was stored, tells a newer one apart."""
    try:
        summary = json.loads((folder / _SUMMARY).read_text(encoding="utf-8"))
        tables = json.loads((folder / _TABLES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    made = datetime.fromtimestamp(done_ns / 1e9, UTC).isoformat(timespec="seconds")
    return Stored(folder.name.removeprefix("run-"), folder, made, summary, tables)


def _done(folder: Path) -> int:
    """Return when a run was stored (ns); 0 where it was not finished."""
    try:
        return (folder / _DONE).stat().st_mtime_ns
    except OSError:
        return 0


def _unknown(result_id: str) -> OpenCorridorError:
    return OpenCorridorError(
        [
            Problem(
                "unknown_result",
                "there is no stored run of this id",
                value=result_id[:60],
                mend="run the study again: the cache may have been cleared",
            )
        ]
    )


def find(study: Study, result_id: str) -> Stored:
    """Return a stored run of the study, or of an earlier version of it.

    Raises
    ------
    OpenCorridorError
        ``unknown_result``.
    """
    if not _ID.fullmatch(result_id):
        raise _unknown(result_id)
    here = cache_dir(study.hash)
    elsewhere = sorted(here.parent.glob(f"*/run-{result_id}")) if here.parent.is_dir() else []
    for folder in [here / f"run-{result_id}", *elsewhere]:
        done = _done(folder)
        stored = _load(folder, done) if done else None
        if stored is not None and stored.summary.get("study_id") == study.id:
            return stored
    raise _unknown(result_id)


@lru_cache(maxsize=8)
def _default_name(study: Study) -> str:
    """Return the name of the folder in which the study's default run is stored, or will be."""
    # On first use: a run brings every engine with it.
    from opencorridor.operations import run

    return run.stored(run.RunRequest(study.id), study).folder.name


def last(study: Study) -> Stored | None:
    """Return the default run of the study as it is now, else the run that was stored last.

    None where no run is stored.
    """
    here = cache_dir(study.hash)
    if not here.is_dir():
        return None
    newest = sorted(((_done(f), f) for f in here.glob("run-*")), reverse=True)
    default = here / _default_name(study)
    for done, folder in [(_done(default), default), *newest]:
        stored = _load(folder, done) if done and _ID.fullmatch(folder.name[4:]) else None
        if stored is not None:
            return stored
    return None


def info(stored: Stored) -> dict[str, Any]:
    """Return what a run is and the number of rows of its tables."""
    return {
        "result_id": stored.result_id,
        "created_at": stored.created_at,
        "study_hash": stored.study_hash,
        "summary": stored.summary,
        "tables": {name: len(found) for name, found in stored.tables.items()},
    }


def table_named(stored: Stored, name: str) -> list[Row]:
    """Return the rows of a table of a run.

    Raises
    ------
    OpenCorridorError
        ``unknown_table``.
    """
    if name in stored.tables:
        return stored.tables[name]
    raise OpenCorridorError(
        [
            Problem(
                "unknown_table",
                "the run has no such table",
                value=name[:60],
                mend=suggest(name[:60], stored.tables),
            )
        ]
    )


def columns_of(found: Sequence[Row]) -> list[str]:
    """Return every column of the rows, in the order in which they first appear."""
    return list(dict.fromkeys(name for row in found for name in row))


def rows(stored: Stored, name: str, ask: Ask) -> dict[str, Any]:
    """Return part of a table of a run.

    Raises
    ------
    OpenCorridorError
        ``unknown_table`` or ``bad_sort``.
    """
    found = table_named(stored, name)
    cells = {column: [row.get(column) for row in found] for column in columns_of(found)}
    return page(name, cells, len(found), ask)


def report(stored: Stored) -> str:
    """Return the report of a run as HTML.

    Raises
    ------
    OpenCorridorError
        ``unknown_result`` where it was deleted in the meantime.
    """
    try:
        return (stored.folder / _REPORT).read_text(encoding="utf-8")
    except OSError as error:
        raise _unknown(stored.result_id) from error
