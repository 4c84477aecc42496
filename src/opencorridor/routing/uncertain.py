"""Parameters of hours and prices that observations may tell: what one source said of one column.

Rows of a table whose numbers come from one source were assumed together, so they are one
parameter: a factor on all of them, 1 at the numbers of the tables, within the narrowest of the
rows' own low–high ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from opencorridor.study import Study, Table
from opencorridor.study.edits import with_tail

__all__ = ["Parameter", "as_sourced", "parameters_of", "scaled"]

Floats = npt.NDArray[np.float64]

# (quantity, table, column, the number stands below a fraction line)
_COLUMNS = (
    ("time", "speed", "speed_km_per_h", True),
    ("time", "speed", "moving_h_per_day", True),
    ("time", "speed", "fixed_h", False),
    ("time", "border_dwell", "mean_h", False),
    ("time", "transshipment", "time_h", False),
    ("time", "timetable", "headway_h", False),
    ("time", "timetable", "berth_h", False),
    ("cost", "mode_rate", "rate_usd_per_unit_km", False),
    ("cost", "mode_rate", "fixed_usd_per_unit", False),
    ("cost", "border_dwell", "cost_usd_per_t", False),
    ("cost", "transshipment", "cost_usd_per_t", False),
    ("cost", "transshipment", "charge_usd_per_unit", False),
)
# A range that begins at 0 has no logarithm.
_LEAST = 0.2


@dataclass(frozen=True, eq=False)
class Parameter:
    """A factor on some rows of a column.

    Attributes
    ----------
    quantity
        ``time`` or ``cost``.
    table, column, source_id
        Where its rows are: all of the table from that source that have a number above 0.
    rows
        Row numbers.
    inverse
        Hours and money grow where the number falls (a speed): the factor is that of the hours.
    low, high
        Range of the factor, around 1.
    """

    quantity: str
    table: str
    column: str
    source_id: str
    rows: npt.NDArray[np.int64]
    inverse: bool
    low: float
    high: float

    @property
    def name(self) -> str:
        """``table.column:source``."""
        return f"{self.table}.{self.column}:{self.source_id}"

    def applied(self, table: Table, factor: float) -> Table:
        """Return the table with the factor on the parameter's rows."""
        values = table[self.column].copy()
        values[self.rows] *= 1.0 / factor if self.inverse else factor
        return with_tail(table, self.column, values)


def _range(table: Table, column: str, rows: npt.NDArray[np.int64]) -> tuple[float, float] | None:
    """Return the narrowest low and high over value of some rows, or None without a range."""
    schema = table.schema.column(column)
    if not schema.low or not schema.high:
        return None
    value = table[column][rows]
    low, high = table[schema.low][rows] / value, table[schema.high][rows] / value
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        return None
    a, b = float(low.max()), float(high.min())
    return (a, b) if a < b and a <= 1.0 <= b else None


def _all(study: Study) -> list[Parameter]:
    """Return every parameter that could be told, without its range."""
    found: list[Parameter] = []
    for quantity, name, column, inverse in _COLUMNS:
        table = study[name]
        of_source: dict[str, list[int]] = {}
        able = (table[column] > 0) & (table["status"] != "observed")
        for row in np.flatnonzero(able).tolist():
            of_source.setdefault(str(table["source"][row]), []).append(row)
        for source, members in of_source.items():
            rows = np.array(members, np.int64)
            found.append(Parameter(quantity, name, column, source, rows, inverse, 0.0, np.inf))
    return found


def parameters_of(study: Study) -> tuple[Parameter, ...]:
    """Return the uncertain parameters of a study; what was observed, or has no range, is none."""
    found: list[Parameter] = []
    for p in _all(study):
        ends = _range(study[p.table], p.column, p.rows)
        if ends is not None:
            low, high = (1.0 / ends[1], 1.0 / max(ends[0], _LEAST)) if p.inverse else ends
            found.append(replace(p, low=max(low, _LEAST), high=high))
    return tuple(found)


def scaled(study: Study, parameters: Sequence[Parameter], factors: npt.ArrayLike) -> Study:
    """Return the study with every parameter's factor on its rows."""
    tables: dict[str, Table] = {}
    for parameter, factor in zip(parameters, np.asarray(factors, float).tolist(), strict=True):
        if factor != 1.0:
            table = tables.get(parameter.table, study[parameter.table])
            tables[parameter.table] = parameter.applied(table, factor)
    return study.replace(tables=tables) if tables else study


def as_sourced(study: Study) -> Study:
    """Return the study with the numbers of its sources: factors of ``calibration`` taken off."""
    table = study["calibration"]
    factor = dict(zip(table["parameter_id"], table["factor"].tolist(), strict=True))
    parameters = [p for p in _all(study) if p.name in factor]
    return scaled(study, parameters, [1.0 / factor[p.name] for p in parameters])
