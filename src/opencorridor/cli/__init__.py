"""The command line: arguments and printing; the work is done in ``operations``."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = ["main"]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
