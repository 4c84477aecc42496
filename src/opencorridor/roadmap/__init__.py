"""Roadmap: measures alone and together, the best set under a budget, with its rules.

Names load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencorridor.roadmap.plan import Alone, Planner, candidates, cost_of, decision_date
    from opencorridor.roadmap.portfolio import Choice, Option, Problem, enumerate_best, search

_HOMES = {
    "plan": (
        "Alone",
        "Planner",
        "candidates",
        "cost_of",
        "decision_date",
    ),
    "portfolio": (
        "Choice",
        "Option",
        "Problem",
        "enumerate_best",
        "search",
    ),
}

__all__ = [
    "Alone",
    "Choice",
    "Option",
    "Planner",
    "Problem",
    "candidates",
    "cost_of",
    "decision_date",
    "enumerate_best",
    "search",
]


def __getattr__(name: str) -> object:
    for module, names in _HOMES.items():
        if name in names:
            value: object = getattr(import_module(f"{__name__}.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
