"""The cache: arrays by content hash, written atomically, memory-mapped, deletable at any time.

Layout: ``<root>/<format>/<study hash>/<key>/*.npy``. The root is ``OPENCORRIDOR_CACHE``, else
``$XDG_CACHE_HOME/opencorridor``, else the platform's usual place. A cache that cannot be written
is not an error: the work is done again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from opencorridor.study.files import fingerprint
from opencorridor.study.schema import FORMAT_VERSION
from opencorridor.study.study import Study
from opencorridor.study.table import Array

__all__ = [
    "cache_dir",
    "cache_root",
    "clear",
    "code_version",
    "fingerprint",
    "hash_of",
    "known_hash",
    "load_arrays",
    "remember_hash",
    "save_arrays",
]

# Raise when the meaning of anything cached changes.
CACHE_FORMAT = f"{FORMAT_VERSION}-1"
_META = "meta.json"
_SEPARATOR = "\x1f"


def cache_root() -> Path:
    """Return the folder of the cache (it need not exist)."""
    own = os.environ.get("OPENCORRIDOR_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    if not base and sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    if not base:
        home = Path.home()
        base = str(home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache")
    return Path(base) / "opencorridor"


def cache_dir(study_hash: str) -> Path:
    """Return the folder for what belongs to one study (it need not exist)."""
    return cache_root() / CACHE_FORMAT / study_hash[:32]


def code_version() -> str:
    """Return a short text that changes with the program: its files' names, sizes and times.

    What is computed goes into the cache under it, so that a changed program computes anew.
    """
    package = Path(__file__).resolve().parents[1]
    seen = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        stat = path.stat()
        seen.update(f"{path.relative_to(package)} {stat.st_size} {stat.st_mtime_ns}".encode())
    return seen.hexdigest()[:12]


def _safe(key: str) -> str:
    """Return a folder name for a key; long or odd keys are hashed."""
    if re.fullmatch(r"[A-Za-z0-9_.-]{1,80}", key) and not key.startswith("."):
        return key
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def save_arrays(
    study_hash: str, key: str, arrays: Mapping[str, Array], meta: Mapping[str, Any] | None = None
) -> bool:
    """Store arrays under a key: a new folder, then one rename.

    Arrays of ``object`` must hold text. ``meta`` is JSON stored beside them, returned by
    ``load_arrays`` under ``"meta"``.

    Returns
    -------
    bool
        False where the cache cannot be written.
    """
    target = cache_dir(study_hash) / _safe(key)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    except OSError:
        return False
    try:
        text = [name for name, values in arrays.items() if values.dtype == object]
        for name, values in arrays.items():
            if name in text:
                joined = _SEPARATOR.join(values.tolist()).encode()
                values = np.frombuffer(joined, dtype=np.uint8)
            np.save(temporary / f"{name}.npy", values, allow_pickle=False)
        sizes = {name: len(arrays[name]) for name in text}
        note = {"key": key, "arrays": list(arrays), "text": sizes, "meta": dict(meta or {})}
        (temporary / _META).write_text(json.dumps(note), encoding="utf-8")
        _put(temporary, target)
    except OSError:
        return False
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return True


def _put(temporary: Path, target: Path) -> None:
    """Rename a finished folder into place; one that stands there already is moved out first."""
    try:
        temporary.rename(target)
    except OSError:
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent))
        with contextlib.suppress(OSError):
            target.rename(old / "was")
        try:
            temporary.rename(target)
        finally:
            shutil.rmtree(old, ignore_errors=True)


def load_arrays(study_hash: str, key: str, mmap: bool = True) -> dict[str, Any] | None:
    """Return the arrays stored under a key, memory-mapped and read-only, or None.

    Text comes back as arrays of ``object``; the dict has ``"meta"`` beside the arrays.
    """
    folder = cache_dir(study_hash) / _safe(key)
    try:
        note = json.loads((folder / _META).read_text(encoding="utf-8"))
        if note["key"] != key:
            return None
        found: dict[str, Any] = {"meta": note["meta"]}
        for name in note["arrays"]:
            size = note["text"].get(name)
            path = folder / f"{name}.npy"
            mapped = mmap and size is None
            values = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
            # A plain array over the mapped file: what is computed from it is plain too.
            found[name] = values.view(np.ndarray) if size is None else _decode(values, size)
            found[name].flags.writeable = False
    except (OSError, ValueError, KeyError, EOFError):
        return None
    return found


def _decode(values: Array, size: int) -> Array:
    out = np.empty(size, dtype=object)
    if size:
        out[:] = values.tobytes().decode().split(_SEPARATOR)
    return out


def _note(mark: str) -> Path:
    return cache_root() / CACHE_FORMAT / "studies" / f"{mark[:40]}.txt"


def hash_of(mark: str) -> str | None:
    """Return the hash remembered for a fingerprint, or None."""
    if not mark:
        return None
    try:
        return _note(mark).read_text(encoding="ascii").strip() or None
    except OSError:
        return None


def known_hash(folder: str | Path) -> str | None:
    """Return the hash of an unchanged study that was read before, or None."""
    return hash_of(fingerprint(folder))


def remember_hash(study: Study) -> bool:
    """Store the hash of a study that was read from its folder, under the files' fingerprint.

    Returns
    -------
    bool
        False for a study that was not read from files, or where the cache cannot be written.
    """
    if not study.fingerprint:
        return False
    path = _note(study.fingerprint)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(study.hash, encoding="ascii")
        temporary.replace(path)
    except OSError:
        return False
    return True


def clear() -> tuple[int, int]:
    """Delete the cache. Returns the number of files and of bytes that it held."""
    root = cache_root()
    files = bytes_ = 0
    # Only the folders that this module makes: the root may be a folder with other things in it.
    for folder in root.glob(f"{FORMAT_VERSION}-*") if root.is_dir() else []:
        if not folder.is_dir():
            continue
        for path in folder.rglob("*"):
            if path.is_file():
                files += 1
                bytes_ += path.stat().st_size
        shutil.rmtree(folder, ignore_errors=True)
    return files, bytes_
