"""Passes over the rows of a panel: sums by level, and levels taken off; compiled.

Arrays: ``n`` rows, ``q`` variables beside each other, weights ``[n]``. A row has a level in the
effects ``a`` and ``b``, which are solved for together, and in any number of others, whose levels
stand in one list after another (``others[n, m]``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["left_sums", "remove", "sums"]

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int32]


@njit(cache=True)
def sums(
    values: Floats, of_others: Floats, others: Levels, weight: Floats, a: Levels, b: Levels,
    in_a: Floats, in_b: Floats,
) -> None:  # fmt: skip
    """Add up weighted values by level of ``a`` and ``b`` into ``in_a`` and ``in_b``.

    ``values[n, q]``, or the effects ``of_others`` by row where ``values`` has no rows.
    """
    given = values.shape[0] > 0
    for r in range(len(weight)):
        for k in range(in_a.shape[1]):
            value = values[r, k] if given else 0.0
            if not given:
                for m in range(others.shape[1]):
                    value += of_others[others[r, m], k]
            value *= weight[r]
            in_a[a[r], k] += value
            in_b[b[r], k] += value


@njit(cache=True)
def left_sums(
    values: Floats, of_others: Floats, others: Levels, weight: Floats, a: Levels, b: Levels,
    of_a: Floats, of_b: Floats, out: Floats,
) -> None:  # fmt: skip
    """Add up what the effects of ``a`` and ``b`` leave by level of the others into ``out``.

    Values as for :func:`sums`.
    """
    given = values.shape[0] > 0
    for r in range(len(weight)):
        for k in range(out.shape[1]):
            value = values[r, k] if given else 0.0
            if not given:
                for m in range(others.shape[1]):
                    value += of_others[others[r, m], k]
            value = weight[r] * (value - of_a[a[r], k] - of_b[b[r], k])
            for m in range(others.shape[1]):
                out[others[r, m], k] += value


@njit(cache=True)
def remove(
    values: Floats, of_others: Floats, others: Levels, a: Levels, b: Levels,
    of_a: Floats, of_b: Floats,
) -> Floats:  # fmt: skip
    """Return ``values[n, q]`` less all effects."""
    left = np.empty_like(values)
    for r in range(values.shape[0]):
        for k in range(values.shape[1]):
            value = values[r, k] - of_a[a[r], k] - of_b[b[r], k]
            for m in range(others.shape[1]):
                value -= of_others[others[r, m], k]
            left[r, k] = value
    return left
