"""Fixed points of a vector function, accelerated (Anderson 1965; Walker and Ni 2011)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Point", "fixed_point"]

Floats = npt.NDArray[np.float64]

_MEMORY = 8
# Steps in which the change has to halve, else a spell of plain ones follows, longer each time.
_PATIENCE = 16


class Point(NamedTuple):
    """The last value and the largest change that one more application made to it."""

    value: Floats
    change: float
    iterations: int


def _mixed(changes: list[Floats], images: list[Floats]) -> Floats:
    """Return the image of the mixture of past points whose changes cancel best."""
    newest, image = changes[-1], images[-1]
    turns = np.stack([newest - old for old in changes[:-1]])
    scale = np.sqrt(np.einsum("kn,kn->k", turns, turns))
    turns /= np.where(scale > 0, scale, 1.0)[:, None]
    weight = np.linalg.lstsq(turns @ turns.T, turns @ newest, rcond=1e-14)[0]
    weight /= np.where(scale > 0, scale, 1.0)
    mixed = image * (1.0 - weight.sum())
    for share, old in zip(weight, images[:-1], strict=True):
        mixed += share * old
    return np.asarray(mixed)


def fixed_point(
    function: Callable[[Floats], Floats], start: Floats, tol: float, max_iter: int = 500
) -> Point:
    """Return x with ``function(x) == x``, for a function that draws points together.

    Where acceleration stalls, spells of plain steps from the best point follow, each twice as
    long as the one before: what converges by plain repetition converges here.

    Parameters
    ----------
    function
        Maps ``[n]`` to ``[n]``; plain repetition must converge.
    start
        Where to begin ``[n]``.
    tol
        Largest change of an entry by one more application.
    max_iter
        Cap on applications.
    """
    value = best = start
    changes: list[Floats] = []
    images: list[Floats] = []
    least = mark = size = np.inf
    since, plain, spell = 0, 0, _PATIENCE
    for iteration in range(1, max_iter + 1):
        image = function(value)
        change = image - value
        size = float(np.abs(change).max())
        if size <= tol or not np.isfinite(size):
            return Point(image, size, iteration)
        if size < least:
            least, best = size, image
        since += 1
        if size <= 0.5 * mark:
            mark, since = size, 0
        if plain > 0:
            plain, value = plain - 1, image
            continue
        if since > _PATIENCE:
            changes, images, value = [], [], best
            since, plain, spell = 0, spell, 2 * spell
            continue
        changes.append(change)
        images.append(image)
        if len(changes) > _MEMORY:
            del changes[0], images[0]
        value = _mixed(changes, images) if len(changes) > 1 else image
    return Point(value, size, max_iter)
