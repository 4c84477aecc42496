"""Records of jobs: one JSON file each, written whole or not at all."""

from __future__ import annotations

import contextlib
import time
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opencorridor.operations.workbench.keep import read_note, write_note
from opencorridor.study.errors import OpenCorridorError

__all__ = ["FINISHED", "JobRecord", "Records", "now_text"]

FINISHED = frozenset({"done", "failed", "cancelled", "interrupted"})
_KEPT = 200


def now_text() -> str:
    """Return the time as ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass
class JobRecord:
    """A job as it is stored.

    ``resumed`` counts how often it began again after the server had gone; ``steps`` maps each
    step to the seconds it took; ``revision`` grows with every change.
    """

    job_id: str
    params: dict[str, Any]
    state: str = "queued"
    step: str = ""
    done: int = 0
    total: int = 0
    created_at: str = field(default_factory=now_text)
    finished_at: str | None = None
    seconds: float = 0.0
    result_id: str | None = None
    problem: dict[str, Any] | None = None
    resumed: int = 0
    steps: dict[str, float] = field(default_factory=dict)
    revision: int = 0
    started: float = 0.0
    step_started: float = 0.0

    @property
    def kind(self) -> str:
        """Kind of work."""
        return str(self.params["kind"])

    def elapsed_s(self) -> float:
        """Return the seconds it has run, or ran."""
        return time.monotonic() - self.started if self.state == "running" else self.seconds

    def begin(self) -> None:
        """Take note that it starts."""
        self.state, self.started = "running", time.monotonic()
        self.step, self.done, self.total, self.problem = "", 0, 0, None
        self.step_started, self.steps = self.started, {}
        self.revision += 1

    def tell(self, step: str, done: int, total: int) -> None:
        """Take note of progress."""
        now = time.monotonic()
        if step != self.step:
            if self.step:
                self.steps[self.step] = now - self.step_started
            self.step_started = now
        self.step, self.done, self.total = step, done, total
        self.revision += 1

    def end(self, state: str, problem: dict[str, Any] | None = None) -> None:
        """Take note that it has ended, and why."""
        if self.state == "running" and self.started:
            self.seconds = time.monotonic() - self.started
            self.steps[self.step] = time.monotonic() - self.step_started
        self.state, self.problem, self.finished_at = state, problem, now_text()
        self.revision += 1


_PASSING = {"started", "step_started", "revision"}
_FIELDS = {item.name for item in fields(JobRecord)} - _PASSING


class Records:
    """The folder of a study's jobs: ``<id>.json`` and ``<id>.result.json``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, job_id: str) -> Path:
        return self.folder / f"{job_id}.json"

    def _result(self, job_id: str) -> Path:
        return self.folder / f"{job_id}.result.json"

    def save(self, record: JobRecord) -> bool:
        """Store a record; False where the folder cannot be written (it lives in memory then)."""
        values = {key: value for key, value in asdict(record).items() if key in _FIELDS}
        try:
            write_note(self._path(record.job_id), values)
        except OpenCorridorError:
            return False
        return True

    def save_result(self, job_id: str, result: dict[str, Any]) -> None:
        """Store what a job found.

        Raises
        ------
        OpenCorridorError
            Where the folder cannot be written.
        """
        write_note(self._result(job_id), result)

    def result(self, job_id: str) -> dict[str, Any] | None:
        """Return what a job found; None where nothing is stored."""
        found = read_note(self._result(job_id))
        return found if isinstance(found, dict) else None

    def load(self) -> list[JobRecord]:
        """Return the stored records, oldest first; the oldest beyond the limit are deleted."""
        found = []
        for path in self.folder.glob("*.json") if self.folder.is_dir() else []:
            if path.name.endswith(".result.json"):
                continue
            values = read_note(path) or {}
            with contextlib.suppress(TypeError, KeyError, AttributeError):
                record = JobRecord(**{k: v for k, v in values.items() if k in _FIELDS})
                if record.job_id == path.stem and record.kind:
                    found.append(record)
        found.sort(key=lambda record: record.created_at)
        old = [record for record in found if record.state in FINISHED][:-_KEPT]
        for record in old:
            self.delete(record.job_id)
        gone = {record.job_id for record in old}
        return [record for record in found if record.job_id not in gone]

    def delete(self, job_id: str) -> None:
        """Delete a record and its result."""
        for path in (self._path(job_id), self._result(job_id)):
            with contextlib.suppress(OSError):
                path.unlink()
