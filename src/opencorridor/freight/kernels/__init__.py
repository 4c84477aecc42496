"""Compiled kernels of the freight room, each beside a plain reference."""

from __future__ import annotations

__all__ = [
    "assignment_plain",
    "choosing",
    "kept",
    "loading",
    "options",
    "reference",
    "routepool",
    "rows",
    "segments",
    "volume",
    "wait",
    "ways",
]
