"""A study at the two ends of its ranges: all that hours and money rest on, good or bad at once."""

from __future__ import annotations

import numpy as np

from opencorridor.study import Study, Table

__all__ = ["at_bounds"]

# Tables whose numbers make the hours and the money of an arc.
_TABLES = ("speed", "link", "border_dwell", "transshipment", "timetable", "mode_rate",
           "tariff_rail")  # fmt: skip
# More of these is less time; of all other columns less is less.
_MORE_IS_LESS = ("speed_km_per_h", "moving_h_per_day", "sails_share")


def at_bounds(study: Study, adverse: bool) -> Study:
    """Return the study with every number of hours and money at one end of its low–high range.

    A number without a range stays, as does one that lies beyond that end of its range. Both ends
    together bound what the study's ranges allow; they are no interval of probability, for all
    numbers are at their end at once.

    Parameters
    ----------
    adverse
        The slow and dear end; otherwise the fast and cheap one.
    """
    tables: dict[str, Table] = {}
    for name in _TABLES:
        table = changed = study[name]
        for column in table.schema.columns:
            if not column.low or not column.high or column.name not in table.columns:
                continue
            down = adverse == (column.name in _MORE_IS_LESS)
            value = table[column.name]
            end = table[column.low if down else column.high]
            moved = (np.fmin if down else np.fmax)(value, end)
            moved = np.where(np.isfinite(value), moved, value)
            if not np.array_equal(moved, value, equal_nan=True):
                changed = changed.with_column(column.name, moved)
        if changed is not table:
            tables[name] = changed
    return study.replace(tables=tables) if tables else study
