"""How many threads the compiled kernels of this process may use."""

from __future__ import annotations

import numba

__all__ = ["use_threads"]


def use_threads(count: int) -> None:
    """Let the parallel kernels use at most ``count`` threads; results do not hang on it."""
    numba.set_num_threads(count)
