"""Roadmap: measures alone and together, the best set under a budget, with its rules.

Names load on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencorridor.study.lazy import lazy

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


__getattr__ = lazy(__name__, globals(), _HOMES)
