"""The user's own small files of a study: saved scenarios and views, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from opencorridor.study import OpenCorridorError, Problem

__all__ = ["canonical", "data_folder", "read_note", "write_note"]


def data_folder(study_id: str) -> Path:
    """Return the folder for what users keep of a study (it need not exist).

    ``$XDG_DATA_HOME/opencorridor/<study>``, else the platform's usual place. Unlike the cache it
    is never deleted by the program.
    """
    base = os.environ.get("XDG_DATA_HOME")
    if not base and sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    if not base:
        mac = sys.platform == "darwin"
        base = str(Path.home() / ("Library/Application Support" if mac else ".local/share"))
    name = re.sub(r"[^A-Za-z0-9_-]", "_", study_id) or "study"
    return Path(base) / "opencorridor" / name


def canonical(value: Any) -> str:
    """Return JSON of one form for equal values: keys sorted, no blanks.

    Raises
    ------
    OpenCorridorError
        Where the value is no JSON: NaN, broken Unicode, or nested too deeply.
    """
    try:
        text = json.dumps(
            value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        text.encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise OpenCorridorError(
            [
                Problem(
                    "bad_json",
                    "cannot be stored as JSON",
                    expected="numbers without NaN, valid Unicode, few levels",
                )
            ]
        ) from error
    return text


def write_note(path: Path, value: Any) -> None:
    """Write a value as JSON: a new file, then one rename.

    Raises
    ------
    OpenCorridorError
        Where the folder cannot be written.
    """
    text = canonical(value)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise OpenCorridorError(
            [
                Problem(
                    "cannot_save",
                    f"cannot be saved: {error.strerror or 'the disk refused it'}",
                    mend="free some room, or set XDG_DATA_HOME to a folder that can be written",
                )
            ]
        ) from error


def read_note(path: Path) -> Any | None:
    """Return a stored value; None where there is none, or where it is broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
