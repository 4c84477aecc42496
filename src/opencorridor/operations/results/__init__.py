"""Results of a run: what is solved, and the tables of the answer made from it."""

from __future__ import annotations

from opencorridor.operations.results.answer import make_answer
from opencorridor.operations.results.solve import Solved, add_band, solve

__all__ = ["Solved", "add_band", "make_answer", "solve"]
