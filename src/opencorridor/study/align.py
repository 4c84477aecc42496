"""Alignment of labels: exact, in one place. Nothing is matched by position or by guess."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.study.table import Array

__all__ = ["codes", "positions", "require_same"]

Labels = Sequence[str] | Array


def _list(labels: Labels) -> list[str]:
    return labels.tolist() if isinstance(labels, np.ndarray) else list(labels)


def _index(labels: list[str], what: str) -> dict[str, int]:
    index = {label: k for k, label in enumerate(labels)}
    if len(index) != len(labels):
        seen: set[str] = set()
        twice = [v for v in labels if v in seen or seen.add(v)]  # type: ignore[func-returns-value]
        raise OpenCorridorError(
            [Problem("duplicate_label", f"{what} has {twice[0]!r} twice", value=twice[0])]
        )
    return index


def codes(values: Labels, labels: Labels, what: str = "label") -> npt.NDArray[np.int32]:
    """Return the position of every value in ``labels``; -1 for a blank value.

    Raises
    ------
    OpenCorridorError
        ``unknown_label`` for values that are not among the labels.
    """
    wanted = _list(values)
    index = _index(_list(labels), what)
    index.setdefault("", -1)
    try:
        return np.array([index[v] for v in wanted], dtype=np.int32)
    except KeyError:
        missing = sorted({v for v in wanted if v not in index})
    shown = ", ".join(missing[:10])
    raise OpenCorridorError(
        [Problem("unknown_label", f"unknown {what}: {shown}", value=missing[0])]
    ) from None


def positions(wanted: Labels, labels: Labels, what: str = "label") -> npt.NDArray[np.int32]:
    """Return the position of every wanted label; every one must be there, blanks too.

    Raises
    ------
    OpenCorridorError
        ``unknown_label`` for labels that are not there.
    """
    found = codes(wanted, labels, what)
    if (found < 0).any():
        raise OpenCorridorError([Problem("unknown_label", f"a blank {what}")])
    return found


def require_same(a: Labels, b: Labels, what: str = "labels") -> None:
    """Require two label sequences to be equal, in the same order.

    Raises
    ------
    OpenCorridorError
        ``labels_differ`` naming what is missing on either side, or the first place of difference.
    """
    left, right = _list(a), _list(b)
    if left == right:
        return
    only = sorted(set(left) ^ set(right))
    if only:
        message = f"{what} differ: {', '.join(only[:10])} stand on one side only"
    elif len(left) != len(right):
        message = f"{what} differ: {len(left)} on one side, {len(right)} on the other"
    else:
        k = next(i for i, (x, y) in enumerate(zip(left, right, strict=True)) if x != y)
        message = f"{what} differ in order: {left[k]!r} against {right[k]!r} at position {k}"
    raise OpenCorridorError([Problem("labels_differ", message)])
