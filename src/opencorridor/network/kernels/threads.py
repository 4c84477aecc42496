"""How many threads the compiled kernels of this process may use."""

from __future__ import annotations

import numba

__all__ = ["threads_in_use", "use_threads"]


def use_threads(count: int) -> None:
    """Let the parallel kernels use at most ``count`` threads; results do not hang on it."""
    numba.set_num_threads(count)


def threads_in_use() -> int:
    """Return how many threads the parallel kernels use."""
    return int(numba.get_num_threads())
