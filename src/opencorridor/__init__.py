"""OpenCorridor: plan, price and track an international transport-and-trade corridor.

Importing the package loads nothing else. The names below, and the rooms
(``opencorridor.trade``, ``opencorridor.routing``, …), load on first use, so that the
command line answers at once and each engine serves alone.

Examples
--------
>>> import opencorridor as oc
>>> study = oc.open_study("teaching")  # doctest: +SKIP
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencorridor.operations.route import routes
    from opencorridor.routing import route, skims
    from opencorridor.study import OpenCorridorError, Study, open_study

__version__ = "0.1.0"

# Threads that wait for work must not spin: beside another program they would take its core.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__all__ = [
    "OpenCorridorError",
    "Study",
    "__version__",
    "open_study",
    "route",
    "routes",
    "skims",
]

_HOMES = {
    "OpenCorridorError": "opencorridor.study",
    "Study": "opencorridor.study",
    "open_study": "opencorridor.study",
    "route": "opencorridor.routing",
    "routes": "opencorridor.operations.route",
    "skims": "opencorridor.routing",
}

_ROOMS = (
    "cli",
    "costs",
    "documents",
    "freight",
    "network",
    "operations",
    "roadmap",
    "routing",
    "scenario",
    "study",
    "trade",
    "web",
)


def __getattr__(name: str) -> object:
    # Strings, not import statements: the root must stay below every room for import-linter.
    if name in _HOMES:
        value: object = getattr(import_module(_HOMES[name]), name)
    elif name in _ROOMS:
        value = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *_ROOMS})
