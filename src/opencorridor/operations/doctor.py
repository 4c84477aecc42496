"""What this installation is made of: versions, settings, cache, limits; nothing secret."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from opencorridor.study.cache import cache_root
from opencorridor.study.load import shipped_studies

__all__ = ["DoctorResult", "examine"]

_PACKAGES = (
    "numpy", "numba", "scipy", "pandas", "xarray", "h5py", "h5netcdf", "xlsxwriter", "typer",
    "rich", "pyarrow",
)  # fmt: skip
_OPTIONAL = ("pyarrow",)
_SECRET = ("TOKEN", "SECRET", "PASSWORD", "KEY")


@dataclass(frozen=True)
class DoctorResult:
    """Facts about the installation.

    Attributes
    ----------
    versions
        Package to version; None where an optional one is not installed.
    missing
        Needed packages that are not installed.
    settings
        Environment variables ``OPENCORRIDOR_*``; secrets are hidden.
    """

    opencorridor: str
    python: str
    system: str
    cores: int
    threads: int
    memory_gib: float | None
    cache_folder: str
    cache_writable: bool
    cache_mib: float
    studies: tuple[str, ...]
    versions: dict[str, str | None]
    missing: tuple[str, ...]
    settings: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _memory_gib() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):  # not on Windows
        return None


def _cache_state() -> tuple[bool, float]:
    root = cache_root()
    size = sum(p.stat().st_size for p in root.rglob("*") if p.is_file()) if root.is_dir() else 0
    place = root
    while not place.exists() and place != place.parent:
        place = place.parent
    return os.access(place, os.W_OK), round(size / 2**20, 1)


def examine() -> DoctorResult:
    """Gather the facts."""
    versions = {name: _version(name) for name in _PACKAGES}
    writable, size = _cache_state()
    settings = {
        name: "(hidden)" if any(word in name for word in _SECRET) else value
        for name, value in sorted(os.environ.items())
        if name.startswith("OPENCORRIDOR_")
    }
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return DoctorResult(
        opencorridor=_version("opencorridor") or "not installed",
        python=sys.version.split()[0],
        system=platform.platform(),
        cores=cores or 1,
        threads=int(os.environ.get("NUMBA_NUM_THREADS", cores or 1)),
        memory_gib=_memory_gib(),
        cache_folder=str(cache_root()),
        cache_writable=writable,
        cache_mib=size,
        studies=tuple(shipped_studies()),
        versions=versions,
        missing=tuple(n for n, v in versions.items() if v is None and n not in _OPTIONAL),
        settings=settings,
    )
