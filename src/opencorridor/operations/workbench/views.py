"""States of pages that are too long for an address, kept under the hash of their content."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opencorridor.operations.workbench.keep import canonical, data_folder, read_note, write_note
from opencorridor.study import OpenCorridorError, Problem

__all__ = ["DEEPEST", "LARGEST_BYTES", "MOST", "one_view", "store_view"]

LARGEST_BYTES = 64_000
DEEPEST = 32
MOST = 2_000
_ID = re.compile(r"[0-9a-f]{16}")


def _folder(study_id: str) -> Path:
    return data_folder(study_id) / "views"


def _depth(value: Any) -> int:
    """Return how deeply lists and objects are nested, without recursion."""
    deepest, todo = 0, [(value, 1)]
    while todo:
        item, level = todo.pop()
        if not isinstance(item, Mapping | list):
            continue
        deepest = max(deepest, level)
        inner = item.values() if isinstance(item, Mapping) else item
        todo += [(part, level + 1) for part in inner]
    return deepest


def _checked(state: Mapping[str, Any]) -> str:
    """Return the state as text, or raise where it is too large or too deep."""
    problems = []
    if _depth(state) > DEEPEST:
        expected = f"at most {DEEPEST} levels"
        problems.append(Problem("view_too_deep", "the state is nested too deeply", column="state",
                                expected=expected))  # fmt: skip
        raise OpenCorridorError(problems)
    text = canonical(state)
    size = len(text.encode())
    if size > LARGEST_BYTES:
        problems.append(
            Problem(
                "view_too_large",
                f"the state of the page has {size:,} bytes",
                column="state",
                expected=f"at most {LARGEST_BYTES:,} bytes",
                mend="save the scenario under a name and link to that",
            )
        )
        raise OpenCorridorError(problems)
    return text


def _prune(folder: Path) -> None:
    """Delete the views that were used longest ago, over the limit."""
    paths = [p for p in folder.glob("*.json") if _ID.fullmatch(p.stem)]
    if len(paths) <= MOST:
        return
    aged = []
    for path in paths:
        with contextlib.suppress(OSError):
            aged.append((path.stat().st_mtime_ns, path))
    for _, path in sorted(aged)[: len(paths) - MOST]:
        path.unlink(missing_ok=True)


def store_view(study_id: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """Store the state of a page and return it with its id; the same state has the same id.

    Raises
    ------
    OpenCorridorError
        ``view_too_large``, ``view_too_deep``, ``bad_json`` or ``cannot_save``.
    """
    key = hashlib.sha256(_checked(state).encode()).hexdigest()[:16]
    path = _folder(study_id) / f"{key}.json"
    write_note(path, state)
    _prune(path.parent)
    return {"view_id": key, "state": dict(state)}


def one_view(study_id: str, view_id: str) -> dict[str, Any]:
    """Return the state of a page by its id.

    Raises
    ------
    OpenCorridorError
        ``unknown_view``.
    """
    path = _folder(study_id) / f"{view_id}.json"
    state = read_note(path) if _ID.fullmatch(view_id) else None
    if not isinstance(state, dict):
        raise OpenCorridorError(
            [
                Problem(
                    "unknown_view",
                    "this link's state is not stored here",
                    value=view_id[:60],
                    mend="ask for the link again, or open the page without it",
                )
            ]
        )
    with contextlib.suppress(OSError):
        os.utime(path)
    return {"view_id": view_id, "state": state}
