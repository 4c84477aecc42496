"""The workbench's server: HTTP over ``operations``, jobs, and the built front end.

Importing the room loads no server: the names load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencorridor.web.app import create_app
    from opencorridor.web.server import serve
    from opencorridor.web.settings import Settings

__all__ = ["Settings", "create_app", "serve"]

_HOMES = {"Settings": "settings", "create_app": "app", "serve": "server"}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
