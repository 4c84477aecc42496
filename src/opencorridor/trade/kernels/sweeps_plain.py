"""The passes of :mod:`opencorridor.trade.kernels.sweeps` in numpy: for proof, and for few rows.

Nothing has to be compiled or loaded for them. Same functions, same arrays.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["left_sums", "remove", "sums"]

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int32]


def _by_row(values: Floats, of_others: Floats, others: Levels) -> Floats:
    return values if len(values) else of_others[others].sum(axis=1)


def _add(values: Floats, levels: Levels, out: Floats) -> None:
    for k, column in enumerate(values.T):
        out[:, k] += np.bincount(levels, column, len(out))


def sums(
    values: Floats, of_others: Floats, others: Levels, weight: Floats, a: Levels, b: Levels,
    in_a: Floats, in_b: Floats,
) -> None:  # fmt: skip
    """Add up weighted values by level of ``a`` and ``b`` into ``in_a`` and ``in_b``."""
    weighted = _by_row(values, of_others, others) * weight[:, None]
    _add(weighted, a, in_a)
    _add(weighted, b, in_b)


def left_sums(
    values: Floats, of_others: Floats, others: Levels, weight: Floats, a: Levels, b: Levels,
    of_a: Floats, of_b: Floats, out: Floats,
) -> None:  # fmt: skip
    """Add up what the effects of ``a`` and ``b`` leave by level of the others into ``out``."""
    left = (_by_row(values, of_others, others) - of_a[a] - of_b[b]) * weight[:, None]
    for levels in others.T:
        _add(left, levels, out)


def remove(
    values: Floats, of_others: Floats, others: Levels, a: Levels, b: Levels,
    of_a: Floats, of_b: Floats,
) -> Floats:  # fmt: skip
    """Return ``values[n, q]`` less all effects."""
    return np.asarray(values - of_a[a] - of_b[b] - of_others[others].sum(axis=1))
