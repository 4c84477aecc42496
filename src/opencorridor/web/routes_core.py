"""The server itself, and the study's default run."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from opencorridor import __version__
from opencorridor.operations import run as running
from opencorridor.operations.jobs import run_request
from opencorridor.operations.workbench.results import find, info
from opencorridor.operations.workbench.session import session_of
from opencorridor.web.context import Manager, StudyName
from opencorridor.web.jobs import JobManager
from opencorridor.web.models import Health, Latest, ResultInfo, RunParams

__all__ = ["latest_of", "result_info", "router"]

router = APIRouter(tags=["server"])


@router.get("/health")
def health(jobs: Manager) -> Health:
    """Tell that the server is up, and what it serves."""
    place = jobs.place
    return Health(
        status="ok", version=__version__, study=place.study_id, study_hash=place.study_hash
    )


@router.get("/results/latest", tags=["results"])
def latest(study: StudyName, jobs: Manager) -> Latest:
    """Return the study's default run, or the job that makes it."""
    return latest_of(study, jobs)


def latest_of(study: str, jobs: JobManager) -> Latest:
    """Return the default run; where it is not stored its job, which starts if there is none.

    A job that failed or was cancelled is told as it is: asking again does not start it again.
    """
    params = RunParams(kind="run").model_dump(mode="json")
    stored = running.stored(run_request(study, params), session_of(study).study)
    if stored.done:
        return Latest(result=result_info(study, stored.result_id), job=None)
    job_id = jobs.place.job_id(params)
    known = next((job for job in jobs.all() if job.job_id == job_id), None)
    ended = known is not None and known.state in ("failed", "cancelled", "interrupted")
    job = known if known is not None and ended else jobs.submit(params)
    if job.state == "done":  # stored by a program that was changed since
        return Latest(result=result_info(study, str(job.result_id)), job=None)
    return Latest(result=None, job=job)


def result_info(study: str, result_id: str) -> ResultInfo:
    """Return what a stored run is.

    Raises
    ------
    OpenCorridorError
        ``unknown_result``.
    """
    found: dict[str, Any] = info(find(session_of(study).study, result_id))
    return ResultInfo(**found)
