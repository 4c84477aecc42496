"""Trade of one period from totals of other periods: years of calendars that start on other days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["over_period"]

Floats = NDArray[np.float64]


def over_period(starts: Floats, ends: Floats, values: Floats, start: float, end: float) -> float:
    """Return what fell into a period, where every total is spread evenly over its own period.

    Parameters
    ----------
    starts, ends
        First and last day of each total, as day numbers, both within it; shape (n,).
    values
        Totals in any unit, shape (n,).
    start, end
        First and last day of the period that is asked for.

    Returns
    -------
    float
        In the unit of ``values``; NaN where the totals leave a day of the period out, or count
        one twice.
    """
    shared = np.minimum(ends, end) - np.maximum(starts, start) + 1.0
    shared = np.maximum(shared, 0.0)
    if float(shared.sum()) != end - start + 1.0:
        return float("nan")
    return float(values @ (shared / (ends - starts + 1.0)))
