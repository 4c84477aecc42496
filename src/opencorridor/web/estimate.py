"""How long a job still takes: from its own pace, and from what such a job took before."""

from __future__ import annotations

import time
from collections.abc import Iterable

from opencorridor.web.records import JobRecord

__all__ = ["remaining_s"]

_LEAST_SHARE = 0.2
_LAST_COUNTED = ("draws", "closures")


def _alike(record: JobRecord, other: JobRecord) -> bool:
    """Whether another job did the same steps the same number of times."""
    same = (record.kind, record.params.get("draws")) == (other.kind, other.params.get("draws"))
    return same and other.state == "done" and bool(other.steps)


def remaining_s(record: JobRecord, others: Iterable[JobRecord]) -> float | None:
    """Return the seconds left, None while too little is known.

    A counted step goes on at its pace once a fifth of it is done; the steps after it take what
    they took in the latest job of the kind. With no such job only the last counted step tells.
    """
    if record.state != "running":
        return None
    in_step = time.monotonic() - record.step_started
    own = None
    if record.total > 0 and record.done >= _LEAST_SHARE * record.total:
        own = in_step * (record.total - record.done) / record.done
    before = next((other for other in others if _alike(record, other)), None)
    if before is None:
        return own if record.step in _LAST_COUNTED else None
    if record.elapsed_s() < _LEAST_SHARE * sum(before.steps.values()):
        return None
    if own is None:
        own = max(0.0, before.steps.get(record.step, 0.0) - in_step)
    seen = {*record.steps, record.step}
    return own + sum(seconds for step, seconds in before.steps.items() if step not in seen)
