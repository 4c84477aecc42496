"""What the pages of measured speeds share: on what they were measured, and how they are written."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numba
import numpy as np

import opencorridor

__all__ = ["finish", "machine", "versions"]


def machine() -> str:
    """Return cores, processor and system in words."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    return f"{os.cpu_count()} cores, {model}; {platform.system()}"


def versions() -> str:
    """Return what was measured, and what it runs on."""
    return (
        f"opencorridor {opencorridor.__version__}, Python {platform.python_version()}, "
        f"numpy {np.__version__}, numba {numba.__version__}"
    )


def finish(page: str, out: Path | None, good: bool) -> int:
    """Print a page, write it where a file is named, and return the exit code."""
    print(page)
    if out is not None:
        out.write_text(page, encoding="utf-8", newline="\n")
    return 0 if good else 1
