"""Stored runs and roadmaps."""

from __future__ import annotations

from typing import Any

from opencorridor.web.models.base import Out
from opencorridor.web.models.jobs import Job


class ResultInfo(Out):
    """A stored run; ``tables`` maps each table to its number of rows."""

    result_id: str
    created_at: str
    study_hash: str
    summary: dict[str, Any]
    tables: dict[str, int]


class Latest(Out):
    """The study's default run: its result, or the job that makes it."""

    result: ResultInfo | None
    job: Job | None


class RoadmapResult(Out):
    """The measures that reach a target, or that none does."""

    result_id: str
    reached: bool
    summary: dict[str, Any]
    path: list[dict[str, Any]]
    decomposition: list[dict[str, Any]]
    measures: list[dict[str, Any]]
