"""Use cases: one verb a module, a typed request in, a typed result out.

Only here are the rooms put together; the command line and the workbench pass on. Modules load on
first use.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

__all__ = sorted(module.name for module in iter_modules(__path__))  # noqa: PLE0605


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
