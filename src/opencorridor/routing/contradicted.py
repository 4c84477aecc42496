"""Observations that contradict others of the same trip: told by the data alone, not by a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["CONTRADICTION_RATIO", "contradictions"]

CONTRADICTION_RATIO = 1.5
"""Values of one trip that differ by more than this factor cannot both be explained."""


def _trip(row: dict[str, Any]) -> tuple[str, ...]:
    names = ("quantity", "origin_id", "destination_id", "modes", "via_ids", "cargo", "class_id")
    scope = str(row["time_scope"]) if row["quantity"] == "time" else ""
    return (*(str(row[name]) for name in names), scope)


def contradictions(rows: Sequence[dict[str, Any]]) -> dict[int, str]:
    """Return which rows contradict others of the same trip, and in what words.

    The same trip: quantity, ends, modes, places on the way, cargo, class, scope. Where the
    largest value is more than 1.5 times the smallest, the rows farthest from the trip's median
    (in logarithms) are taken out one after the other until the rest agree; where only two are
    left that do not, neither can be believed and both go.

    Parameters
    ----------
    rows
        Rows of ``observation_match`` in use; ``value`` in dollars of one year.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for i, row in enumerate(rows):
        groups.setdefault(_trip(row), []).append(i)
    out: dict[int, str] = {}
    for members in groups.values():
        left = list(members)
        while len(left) > 1:
            values = np.log([float(rows[i]["value"]) for i in left])
            if values.max() - values.min() <= np.log(CONTRADICTION_RATIO):
                break
            others = ", ".join(f"{rows[i]['obs_id']} {float(rows[i]['value']):g}" for i in members)
            text = f"of one trip: {others}"
            if len(left) == 2:
                out |= dict.fromkeys(left, text)
                break
            far = int(np.argmax(np.abs(values - np.median(values))))
            out[left.pop(far)] = text
    return out
