"""Guards a cost plan against a study whose rows mean something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study import OpenCorridorError, Problem, Study

__all__ = ["Guard", "guard", "guarded"]

Guard = Mapping[tuple[str, str], npt.NDArray[Any]]

# The columns by which rows are chosen. Numbers in other columns may change from draw to draw.
_RATE = ("mode", "country_id", "area", "on_mode", "carries", "cargo", "flow_kind")
_COLUMNS = {
    "mode_rate": (*_RATE, "unit", "valid_from", "valid_to"),
    "speed": _RATE,
    "emission_factor": _RATE,
    "grid_intensity": ("country_id",),
    "border_dwell": ("border_crossing_id", "from_country", "to_country", "cargo"),
    "transshipment": ("transshipment_id", "charge_unit"),
    "timetable": ("link_ids", "valid_from", "valid_to", "season_from", "season_to"),
    "opening_hours": (
        "place_kind", "place_ids", "from_country", "to_country", "weekdays", "open_time",
        "close_time", "time_zone", "in_stay", "valid_from", "valid_to",
    ),
    "tariff_rail": (
        "tariff_rail_id", "country_id", "enters_by", "leaves_by", "except_enters_by",
        "except_leaves_by", "link_ids", "flow_kind", "cargo", "applies", "loaded", "several",
    ),
    "link": ("link_id", "area", "carries", "electrified"),
}  # fmt: skip
_OWN_SPEED = ("link", "speed_km_per_h")


def guard(study: Study) -> Guard:
    """Return the columns that the choice of rows depends on, and which links have a speed."""
    found = {
        (table, column): study[table][column]
        for table, columns in _COLUMNS.items()
        for column in columns
        if column in study[table].columns
    }
    return {**found, _OWN_SPEED: np.isfinite(study["link"]["speed_km_per_h"])}


def guarded(plan: Guard, study: Study) -> None:
    """Raise unless rows would be chosen as they were when the plan was made.

    Raises
    ------
    OpenCorridorError
        Code ``cost_plan_void``.
    """
    for key, values in plan.items():
        table, column = key
        now = study[table][column]
        if key == _OWN_SPEED:
            now = np.isfinite(now)
        # A draw shares the columns that it does not change: one look is enough.
        if values is now or np.array_equal(values, now):
            continue
        raise OpenCorridorError(
            [
                Problem(
                    code="cost_plan_void",
                    message=f"{column} of {table} differs from what the cost plan was made for",
                    table=table,
                    column=column,
                    mend="make the cost plan anew for this study (and the graph, for new links)",
                )
            ]
        )
