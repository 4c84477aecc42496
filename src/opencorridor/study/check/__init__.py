"""Checks of a study. Importing this package registers those of the study room."""

from __future__ import annotations

from opencorridor.study.check import (
    bands,
    borders,
    choice,
    economy,
    fleets,
    gauges,
    ids,
    levers,
    lines,
    links,
    measures,
    settings,
    tariffs,
    times,
)
from opencorridor.study.check.registry import Check, at, check, registered, run_checks

__all__ = [
    "Check",
    "at",
    "bands",
    "borders",
    "check",
    "choice",
    "economy",
    "fleets",
    "gauges",
    "ids",
    "levers",
    "lines",
    "links",
    "measures",
    "registered",
    "run_checks",
    "settings",
    "tariffs",
    "times",
]
