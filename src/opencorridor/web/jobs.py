"""The queue of jobs: one runs at a time, each in a process of its own, none is lost."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from opencorridor.operations.jobs import JobPlace, job_place
from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.web import child
from opencorridor.web.errors import Refused, body_of, items_of
from opencorridor.web.estimate import remaining_s
from opencorridor.web.models import Job, ProblemDetail
from opencorridor.web.records import FINISHED, JobRecord, Records
from opencorridor.web.settings import Settings
from opencorridor.web.single import Lock

__all__ = ["JobManager"]

_LOG = logging.getLogger("opencorridor.web")
_POLL_S = 0.1
_CANCEL_S = 5.0
_RETRY_S = "30"
_STOPPED = "the server was stopped; the job begins again with it"


def _problem(code: str, message: str, mend: str = "", error_id: str = "") -> dict[str, Any]:
    """Return a ``ProblemDetail`` of a job that failed."""
    item = {"code": code, "message": message, "mend": mend}
    detail = f"{message}; {mend}" if mend else message
    return body_of(500, [item], detail=detail, error_id=error_id)


class JobManager:
    """Jobs of the study of a server.

    A job is named by the content of what is asked: the same question on the same study and
    program is the same job, and one that is done is not done again. Records are files beside
    the study's cache, so that they outlive the server.

    Attributes
    ----------
    closing
        Set as soon as the server is told to end.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.place: JobPlace = job_place(settings.study)
        self._records = Records(self.place.folder)
        self._jobs: dict[str, JobRecord] = {}
        self._queue: list[str] = []
        self._changed = threading.Condition(threading.RLock())
        self.closing = False
        self._stopping = False
        self._cancelled: set[str] = set()
        self._streams: Counter[str] = Counter()
        self._thread: threading.Thread | None = None
        self._lock = Lock(self.place.folder / "lock")

    # --- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Read the stored jobs, queue again what a server that is gone left, begin to work."""
        # Another server of the same study works off its own jobs: they are not ours to resume.
        alone = self._lock.take()
        with self._changed:
            for record in self._records.load():
                if record.state in FINISHED and record.state != "interrupted":
                    self._jobs[record.job_id] = record
                elif alone:
                    self._jobs[record.job_id] = record
                    self._resume(record)
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def _resume(self, record: JobRecord) -> None:
        """Queue a job again that was not finished; once, for it may be what ended the server."""
        if record.state == "running" and record.resumed:
            message = "the server ended twice while the job ran"
            record.end("interrupted", _problem("interrupted", message, "start it again"))
        elif record.state == "interrupted" and (record.problem or {}).get("detail") != _STOPPED:
            return
        else:
            record.resumed += record.state == "running"
            record.state, record.finished_at, record.problem = "queued", None, None
            self._queue.append(record.job_id)
        self._records.save(record)

    def stop(self) -> None:
        """End the job that runs, note it as interrupted, and stop working."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(_CANCEL_S)
        self._lock.release()

    @property
    def stopping(self) -> bool:
        """Whether the server is ending: streams of events end then."""
        return self.closing or self._stopping

    @property
    def log_file(self) -> Path:
        """The server's log."""
        return self.place.folder / "server.log"

    # --- what routes ask ----------------------------------------------------------------------

    def submit(self, params: dict[str, Any]) -> Job:
        """Queue work, or return the job that does it or did it already.

        Raises
        ------
        Refused
            429 where the queue is full.
        """
        job_id = self.place.job_id(params)
        with self._changed:
            known = self._jobs.get(job_id)
            if known is not None and (known.state in ("queued", "running") or self._kept(known)):
                return self._view(known)
            if len(self._queue) >= self.settings.queued:
                raise Refused(
                    429,
                    "queue_full",
                    f"{len(self._queue)} jobs wait already",
                    f"wait, or cancel some: at most {self.settings.queued} may wait",
                    Retry_After=_RETRY_S,
                )
            record = JobRecord(job_id, params, revision=known.revision + 1 if known else 0)
            self._jobs[job_id] = record
            self._queue.append(job_id)
            self._records.save(record)
            self._changed.notify_all()
            return self._view(record)

    def _kept(self, record: JobRecord) -> bool:
        """Whether a job is done and its result still there."""
        if record.state != "done":
            return False
        if record.kind != "run":
            return self._records.result(record.job_id) is not None
        return (self.place.folder.parent / f"run-{record.result_id}" / "done").is_file()

    def get(self, job_id: str) -> Job:
        """Return a job.

        Raises
        ------
        Refused
            404 where there is none.
        """
        with self._changed:
            return self._view(self._find(job_id))

    def all(self) -> list[Job]:
        """Return every job, newest first."""
        with self._changed:
            ordered = sorted(self._jobs.values(), key=lambda r: r.created_at, reverse=True)
            return [self._view(record) for record in ordered]

    def revision(self, job_id: str) -> int:
        """Return a number that grows with every change of a job."""
        with self._changed:
            return self._find(job_id).revision

    def cancel(self, job_id: str) -> Job:
        """Cancel a job that waits or runs; one that has ended stays as it is."""
        with self._changed:
            record = self._find(job_id)
            if record.state == "queued":
                self._queue.remove(job_id)
                self._end(record, "cancelled")
            elif record.state == "running":
                self._cancelled.add(job_id)
                self._changed.wait_for(lambda: record.state != "running", _CANCEL_S)
            return self._view(record)

    def result(self, job_id: str) -> tuple[JobRecord, dict[str, Any] | None]:
        """Return a job that is done with its stored result, None for a run.

        Raises
        ------
        Refused
            404 where there is no such job or its result is gone; 409 where it is not done.
        """
        with self._changed:
            record = self._find(job_id)
            state, kept = record.state, self._kept(record)
        if state != "done":
            raise Refused(409, "job_not_done", f"the job is {state}: it has no result")
        if not kept:
            raise Refused(404, "unknown_result", "the result was deleted", "start the job again")
        return record, self._records.result(job_id)

    def found(self, result_id: str) -> dict[str, Any] | None:
        """Return what a job that is done has found, by its result; None where no job has."""
        with self._changed:
            ids = [r.job_id for r in self._jobs.values()
                   if r.state == "done" and r.result_id == result_id]  # fmt: skip
        return next((found for i in ids if (found := self._records.result(i)) is not None), None)

    @contextlib.contextmanager
    def stream(self, client: str) -> Iterator[None]:
        """Count a stream of events of a client while it is open.

        Raises
        ------
        Refused
            429 where the client holds too many.
        """
        with self._changed:
            if self._streams[client] >= self.settings.streams:
                raise Refused(
                    429,
                    "too_many_streams",
                    f"{self.settings.streams} streams of events are open already",
                    "close a page, or ask for the job itself now and then",
                    Retry_After=_RETRY_S,
                )
            self._streams[client] += 1
        try:
            yield
        finally:
            with self._changed:
                self._streams[client] -= 1

    def _find(self, job_id: str) -> JobRecord:
        record = self._jobs.get(job_id)
        if record is None:
            raise Refused(404, "unknown_job", "there is no such job")
        return record

    def _view(self, record: JobRecord) -> Job:
        waiting = record.job_id in self._queue
        newest = sorted(self._jobs.values(), key=lambda r: r.finished_at or "", reverse=True)
        return Job(
            job_id=record.job_id,
            kind=record.params["kind"],
            params=record.params,
            state=record.state,  # type: ignore[arg-type]
            step=record.step,
            done=record.done,
            total=record.total,
            elapsed_s=round(record.elapsed_s(), 3),
            remaining_s=remaining_s(record, newest),
            queue_position=self._queue.index(record.job_id) + 1 if waiting else None,
            created_at=record.created_at,
            finished_at=record.finished_at,
            result_id=record.result_id,
            problem=ProblemDetail(**record.problem) if record.problem else None,
        )

    # --- work ---------------------------------------------------------------------------------

    def _end(self, record: JobRecord, state: str, problem: dict[str, Any] | None = None) -> None:
        with self._changed:
            record.end(state, problem)
            self._records.save(record)
            self._changed.notify_all()

    def _work(self) -> None:
        """Do one job after the other until the server stops."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or bool(self._queue))
                if self._stopping:
                    return
                record = self._jobs[self._queue.pop(0)]
                record.begin()
                self._records.save(record)
                self._changed.notify_all()
            try:
                self._do(record)
            except Exception:
                _LOG.exception("job %s", record.job_id)
                self._end(record, "failed", _problem("our_fault", "the job could not be started"))

    def _do(self, record: JobRecord) -> None:
        """Do a job in a process of its own and follow it."""
        context = multiprocessing.get_context("spawn")
        pipe, far = context.Pipe(duplex=False)
        process = context.Process(
            target=child.work,
            args=(far, self.settings.study, self.place.study_hash, record.params),
            name=f"job-{record.job_id}",
        )
        process.start()
        far.close()
        try:
            ended = self._follow(record, pipe)
        finally:
            if process.pid is not None:
                child.kill_group(process.pid)
            process.kill()
            process.join()
            pipe.close()
            self._cancelled.discard(record.job_id)
        if not ended:
            message = f"the job's process ended without an answer (code {process.exitcode})"
            self._end(record, "failed", _problem("job_died", message, "start it again"))

    def _follow(self, record: JobRecord, pipe: Any) -> bool:
        """Take what the process tells; False where it fell silent."""
        while True:
            if self._stopping:
                problem = _problem(
                    "interrupted", "the server was stopped", "it begins again with the server"
                )
                self._end(record, "interrupted", problem)
                return True
            if record.job_id in self._cancelled:
                self._end(record, "cancelled")
                return True
            if record.elapsed_s() > self.settings.job_s:
                message = f"the job took longer than {self.settings.job_s:g} s"
                self._end(record, "failed", _problem("too_long", message))
                return True
            if not pipe.poll(_POLL_S):
                continue
            try:
                what, *rest = pipe.recv()
            except EOFError:
                return False
            if self._take(record, what, rest):
                return True

    def _take(self, record: JobRecord, what: str, rest: list[Any]) -> bool:
        """Take one message; True where it is the last one."""
        if what == "progress":
            with self._changed:
                record.tell(*rest)
            return False
        if what == "done":
            self._done(record, *rest)
        elif what == "failed":
            problems = [Problem(**item) for item in rest[0]]
            self._end(record, "failed", body_of(422, items_of(problems, self.settings.study)))
        else:
            error_id = f"{record.job_id}-{int(time.time())}"
            _LOG.error("%s job %s\n%s", error_id, record.params, rest[0])
            message = "a fault of OpenCorridor; its trace is in the server's log"
            self._end(record, "failed", _problem("our_fault", message, error_id=error_id))
        return True

    def _done(self, record: JobRecord, result_id: str, result: dict[str, Any] | None) -> None:
        """Store the result before the job is told done."""
        try:
            if result is not None:
                self._records.save_result(record.job_id, result)
        except OpenCorridorError as error:
            self._end(record, "failed", body_of(507, [p.as_dict() for p in error.problems]))
            return
        record.result_id = result_id
        self._end(record, "done")
