"""The cache: how large it is, and clearing it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from opencorridor.study import cache as store

__all__ = ["CacheResult", "clear"]


@dataclass(frozen=True)
class CacheResult:
    """What was deleted, and where."""

    folder: Path
    files: int
    bytes: int


def clear() -> CacheResult:
    """Delete the cache; it is made again when needed."""
    files, size = store.clear()
    return CacheResult(store.cache_root(), files, size)
