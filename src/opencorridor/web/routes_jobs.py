"""Jobs: start, look, follow, cancel, and take the result."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from opencorridor.web.context import Manager, StudyName, settings_of
from opencorridor.web.jobs import JobManager
from opencorridor.web.models import (
    Job,
    JobAsk,
    Jobs,
    ResultInfo,
    RoadmapResult,
    ScenarioResult,
)
from opencorridor.web.models.closures import Closures
from opencorridor.web.records import FINISHED
from opencorridor.web.routes_core import result_info

__all__ = ["router"]

router = APIRouter(tags=["jobs"])

JobId = Annotated[str, Path(max_length=64, description="Id of a job.")]
_LOOK_S = 0.1
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `job`, each with a `Job` as JSON, until the job has ended.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.post("/jobs", status_code=202)
def start_job(ask: JobAsk, jobs: Manager) -> Job:
    """Queue work, or return the job that does it or did it already."""
    return jobs.submit(ask.params.model_dump(mode="json"))


@router.get("/jobs")
def list_jobs(jobs: Manager) -> Jobs:
    """Return every job, newest first."""
    return Jobs(jobs=jobs.all())


@router.get("/jobs/{job_id}")
def get_job(job_id: JobId, jobs: Manager) -> Job:
    """Return a job."""
    return jobs.get(job_id)


@router.delete("/jobs/{job_id}")
def cancel_job(job_id: JobId, jobs: Manager) -> Job:
    """Cancel a job that waits or runs."""
    return jobs.cancel(job_id)


@router.get("/jobs/{job_id}/result")
def get_job_result(
    job_id: JobId, study: StudyName, jobs: Manager
) -> ScenarioResult | RoadmapResult | Closures | ResultInfo:
    """Return what a job that is done has found."""
    record, found = jobs.result(job_id)
    if record.kind == "scenario":
        return ScenarioResult.model_validate(found)
    if record.kind == "roadmap":
        return RoadmapResult.model_validate(found)
    if record.kind == "closures":
        return Closures.model_validate(found)
    return result_info(study, str(record.result_id))


@router.get("/jobs/{job_id}/events", response_class=StreamingResponse, responses=_EVENTS)
async def follow_job(job_id: JobId, request: Request, jobs: Manager) -> StreamingResponse:
    """Follow a job: its state now, at every change, and when it has ended."""
    jobs.get(job_id)
    client = request.client.host if request.client else ""
    held = ExitStack()
    held.enter_context(jobs.stream(client))
    return _Held(_events(jobs, job_id, settings_of(request).heartbeat_s), held)


class _Held(StreamingResponse):
    """A stream that lets go what it holds, however it ends."""

    def __init__(self, events: AsyncIterator[str], held: ExitStack) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        with self._held:
            await super().__call__(scope, receive, send)


async def _events(jobs: JobManager, job_id: str, heartbeat_s: float) -> AsyncIterator[str]:
    """Text of the events of a job."""
    seen, told = -1, time.monotonic()
    yield "retry: 2000\n\n"
    while not jobs.stopping:
        revision = jobs.revision(job_id)
        if revision != seen:
            job = jobs.get(job_id)
            seen, told = revision, time.monotonic()
            yield f"event: job\ndata: {job.model_dump_json()}\n\n"
            if job.state in FINISHED:
                return
        elif time.monotonic() - told > heartbeat_s:
            told = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(_LOOK_S)
