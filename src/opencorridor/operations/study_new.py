"""A new study: request to result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from opencorridor.study import new_study

__all__ = ["NewStudyRequest", "NewStudyResult", "make"]


@dataclass(frozen=True)
class NewStudyRequest:
    """A name, and optionally a study to copy and a folder to put it in."""

    name: str
    from_study: str | None = None
    folder: Path | None = None


@dataclass(frozen=True)
class NewStudyResult:
    """Where the new study lies."""

    folder: Path


def make(request: NewStudyRequest) -> NewStudyResult:
    """Make the folder of a new study.

    Raises
    ------
    OpenCorridorError
        A folder of that name is there, or the study to copy is not.
    """
    return NewStudyResult(new_study(request.name, request.from_study, request.folder))
