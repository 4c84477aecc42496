"""Progress of a promise: the words of the table ``commitment``, as reports and pages tell them."""

from __future__ import annotations

__all__ = ["PROGRESS"]

PROGRESS = {
    "done": "done",
    "done_late": "done",
    "in_progress": "on_track",
    "announced": "not_started",
    "not_started": "not_started",
    "overdue": "overdue",
    "unknown": "no_data",
}
