"""Checks of bands: low, value and high in order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opencorridor.study.bands import numbers_of
from opencorridor.study.check.registry import at, check
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study


@check("band_order")
def band_order(study: Study) -> Iterator[Problem]:
    """Check that in every band low <= value <= high."""
    for name, table in study.tables.items():
        for column, low_name, high_name in table.schema.bands if table.n else ():
            low, high = table[low_name], table[high_name]
            mode = numbers_of(table[column])
            # A comparison with a blank end is false, so blanks pass.
            bad = (low > high) | (low > mode) | (mode > high)
            for i in np.flatnonzero(bad).tolist():
                message = f"low {low[i]:g}, value {mode[i]:g}, high {high[i]:g} are not in order"
                yield at(study, "band_order", message, name, i, column, "low <= value <= high")


@check("band_half")
def band_half(study: Study) -> Iterator[Problem]:
    """Check that a band has both its ends; with one it is not drawn (notice)."""
    for name, table in study.tables.items():
        for column, low_name, high_name in table.schema.bands if table.n else ():
            half = np.isnan(table[low_name]) != np.isnan(table[high_name])
            rows = np.flatnonzero(half).tolist()
            if rows:
                message = f"{len(rows)} rows have one end of a band only and are not drawn"
                yield at(
                    study,
                    "band_half",
                    message,
                    name,
                    rows[0],
                    column,
                    f"{low_name} and {high_name}",
                    severity="notice",
                )
