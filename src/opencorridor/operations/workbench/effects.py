"""The effect of measures between the ends of their edits' bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from opencorridor.study import Study
from opencorridor.study.edits import matching_rows

if TYPE_CHECKING:
    from opencorridor.operations.workbench.edits import Choice

__all__ = ["band_of", "share_of", "unpriced", "with_effects"]

_SHARES = {"low": -1.0, "mode": 0.0, "high": 1.0}


def share_of(effect: str | float) -> float:
    """Return an effect as a share: −1 at the weak end of the bands, 0 at the mode, 1 at the strong.

    Raises
    ------
    KeyError
        For a word that is not low, mode or high.
    """
    return _SHARES[effect] if isinstance(effect, str) else float(effect)


def _strength(study: Study, row: int, value: float) -> float:
    """Return how much an edit of a measure changes its table with a value."""
    table = study["measure_edit"]
    op = table["op"][row]
    if op != "set":
        return abs(value - 1.0) if op == "multiply" else abs(value)
    edited = study[str(table["table"][row])]
    mask = matching_rows(edited, str(table["key"][row]))
    now = edited[str(table["column"][row])][mask]
    # A row that another measure brings has no value yet: more is then taken as stronger.
    return float(np.abs(now - value).mean()) if now.size and np.isfinite(now).all() else value


def _ends(study: Study, row: int) -> tuple[float, float] | None:
    """Return the weak and strong end of an edit's band; None where it has none."""
    table = study["measure_edit"]
    ends = [float(table[f"value_{end}"][row]) for end in ("low", "high")]
    if not np.isfinite(ends).all():
        return None
    weak, strong = sorted(ends, key=lambda v: _strength(study, row, v))
    return weak, strong


def with_effects(study: Study, choices: Sequence[Choice]) -> Study:
    """Study whose chosen measures have the effect asked for; edits without a band keep theirs."""
    wanted = {c.measure_id: share_of(c.effect) for c in choices}
    table = study["measure_edit"]
    values = table["value"].copy()
    for row in range(table.n):
        share = wanted.get(str(table["measure_id"][row]), 0.0)
        ends = _ends(study, row) if share else None
        if ends is None:
            continue
        mode, end = float(values[row]), ends[0] if share < 0 else ends[1]
        # At the end of the band it is the end itself, to the last digit.
        values[row] = repr(end if abs(share) == 1.0 else mode + abs(share) * (end - mode))
    return study.replace(tables={"measure_edit": table.with_column("value", values)})


def band_of(study: Study, measure: str) -> dict[str, Any]:
    """Return how many banded edits a measure has and, where it is one, that band in its unit."""
    table = study["measure_edit"]
    rows = [
        int(r) for r in np.flatnonzero(table["measure_id"] == measure)
        if np.isfinite(table["value_low"][r]) and np.isfinite(table["value_high"][r])
    ]  # fmt: skip
    found: dict[str, Any] = {"bands": len(rows), "band": None}
    ends = _ends(study, rows[0]) if len(rows) == 1 else None
    if ends is None or table["value_low"][rows[0]] == table["value_high"][rows[0]]:
        return found
    row = rows[0]
    name, column, op = (str(table[c][row]) for c in ("table", "column", "op"))
    found["band"] = {
        "table": name,
        "column": column,
        "op": op,
        "unit": "" if op == "multiply" else study[name].schema.column(column).unit,
        "weak": ends[0],
        "mode": float(table["value"][row]),
        "strong": ends[1],
    }
    return found


def _cells(key: str) -> dict[str, str]:
    parts = (part.partition("=") for part in key.split(";"))
    return {name.strip(): value.strip() for name, _, value in parts}


def unpriced(study: Study, measure: str) -> list[str]:
    """Return places on which a measure lets only a share pass, but that have no capacity.

    Such a share is one of the capacity: without one the model cannot price it.
    """
    edits, limited = study["measure_edit"], set()
    for ids in study["capacity"]["place_ids"]:
        limited.update(str(ids).split(";"))
    found: set[str] = set()
    for row in np.flatnonzero((edits["measure_id"] == measure) & (edits["table"] == "restriction")):
        cells = _cells(str(edits["key"][row]))
        share = cells.get("allowed_share", "")
        partly = share not in ("", "0", "1")
        if edits["op"][row] == "insert" and cells.get("place_kind") != "flow" and partly:
            found.update(p for p in cells.get("place_ids", "").split(",") if p)
    return sorted(found - limited)
