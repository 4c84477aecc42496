"""A results folder, written beside its place under another name and then renamed.

A folder that an earlier run wrote is known by its ``run.json``, which lists the files of the
run. It is replaced without asking. Anything else needs ``force``, and even then no file is lost
that the run does not write itself: strangers are carried over.
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opencorridor.documents.answer import Answer
from opencorridor.documents.csvfiles import write_csv
from opencorridor.documents.report import render
from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = ["MARKER", "check_folder", "results_folder", "write_results"]

MARKER = "run.json"
_WRITTEN_BY = "opencorridor"


def write_results(
    answer: Answer, folder: Path | str, run: Mapping[str, Any], force: bool = False
) -> Path:
    """Write ``summary.json``, one CSV per table, ``report.html`` and ``run.json``.

    Parameters
    ----------
    answer
        What the run found.
    folder
        Where to write; parents are made.
    run
        What ``run --again`` needs: settings, study hash, versions, seed, seconds.
    force
        Write also into a folder that no run wrote.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    OpenCorridorError
        Code ``folder_exists``; nothing is written then.
    """
    with results_folder(folder, run, force) as new:
        (new / "summary.json").write_text(json_text(answer.summary), encoding="utf-8", newline="")
        for name, rows in answer.tables.items():
            write_csv(new / f"{name}.csv", rows)
        (new / "report.html").write_text(render(answer), encoding="utf-8", newline="")
    return Path(folder)


@contextmanager
def results_folder(
    folder: Path | str, run: Mapping[str, Any], force: bool = False
) -> Iterator[Path]:
    """Give a new empty folder to write into; on success it takes the place of ``folder``.

    ``run.json`` is written last, with the list of files. After an exception nothing has changed.
    """
    place = Path(folder).expanduser().resolve()
    check_folder(place, force)
    place.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{place.name}-", suffix=".new", dir=place.parent))
    try:
        yield new
        files = sorted(p.relative_to(new).as_posix() for p in new.rglob("*") if p.is_file())
        marker = {"written_by": _WRITTEN_BY, **run, "files": [*files, MARKER]}
        (new / MARKER).write_text(json_text(marker), encoding="utf-8", newline="")
        new.chmod(0o755)
        _swap(new, place)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def check_folder(folder: Path | str, force: bool = False) -> None:
    """Raise where ``folder`` may not be written: it is a file, or holds what no run wrote."""
    place = Path(folder).expanduser().resolve()
    if place.exists() and not place.is_dir():
        raise _refused(place, "is a file, not a folder", "name a folder")
    if force or not place.exists():
        return
    names = sorted(p.relative_to(place).as_posix() for p in place.rglob("*") if not p.is_dir())
    if not names:
        return
    own = _own_files(place)
    if own is None:
        raise _refused(place, "is not empty and no run wrote it", _MEND)
    strange = [name for name in names if name not in own]
    if strange:
        shown = ", ".join(strange[:3]) + (", ..." if len(strange) > 3 else "")
        raise _refused(place, f"holds files that no run wrote: {shown}", _MEND)


_MEND = "name another folder, or add --force to keep them beside the results"


def _refused(place: Path, message: str, mend: str) -> OpenCorridorError:
    expected = "a new folder, an empty one, or one that run wrote"
    return OpenCorridorError(
        [Problem("folder_exists", message, file=str(place), expected=expected, mend=mend)]
    )


def _own_files(place: Path) -> set[str] | None:
    try:
        found = json.loads((place / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(found, dict) or found.get("written_by") != _WRITTEN_BY:
        return None
    return {str(name) for name in found.get("files", ())}


def _swap(new: Path, place: Path) -> None:
    """Put ``new`` in the place of the old folder; the old one comes back if that fails."""
    if not place.exists():
        new.rename(place)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{place.name}-", suffix=".old", dir=place.parent))
    own = _own_files(place) or set()
    kept = old / "folder"
    place.rename(kept)
    try:
        for stranger in sorted(p for p in kept.rglob("*") if not p.is_dir()):
            name = stranger.relative_to(kept)
            target = new / name
            if name.as_posix() not in own and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(stranger, target, follow_symlinks=False)
        new.rename(place)
    except BaseException:
        kept.rename(place)
        old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)


def json_text(value: Any, indent: int | None = 2) -> str:
    """Return JSON that every reader accepts: NaN and infinity are null, keys keep their order.

    ``indent=None`` is for what programs alone read: Python's fast encoder cannot indent.
    """
    return json.dumps(_plain(value), ensure_ascii=False, indent=indent, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is float:  # most values are numbers or texts: told first, by their type alone
        return value if math.isfinite(value) else None
    if value is None or kind in (str, int, bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (str, int)):
        return value
    if hasattr(value, "item"):  # a number of numpy
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)
