"""What routes share: the study that is served, and its jobs.

A route asks for them by type: ``def route(study: StudyName, jobs: Manager) -> ...``.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from opencorridor.study.errors import OpenCorridorError, Problem, suggest
from opencorridor.web.jobs import JobManager
from opencorridor.web.openapi import query_names
from opencorridor.web.settings import Settings

__all__ = ["Manager", "StudyName", "known_query", "settings_of"]


def settings_of(request: Request) -> Settings:
    """Return the settings of the server that answers."""
    found: Settings = request.app.state.settings
    return found


def _study(request: Request) -> str:
    return settings_of(request).study


def _jobs(request: Request) -> JobManager:
    found: JobManager = request.app.state.jobs
    return found


def known_query(request: Request) -> None:
    """Refuse words of a query that the address does not know: a slip would go unnoticed.

    Raises
    ------
    OpenCorridorError
        With every such word.
    """
    names = query_names(request.app)[request.scope["route"].name]
    unknown = sorted(set(request.query_params) - names)
    if unknown:
        problems = [
            Problem("extra_forbidden", "is not known here", column=name[:60],
                    mend=suggest(name[:60], names))
            for name in unknown
        ]  # fmt: skip
        raise OpenCorridorError(problems)


StudyName = Annotated[str, Depends(_study)]
"""Name or folder of the study that is served, as ``open_study`` takes it."""

Manager = Annotated[JobManager, Depends(_jobs)]
"""The server's jobs."""
