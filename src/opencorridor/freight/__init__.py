"""Freight: tonnes by class and zone, choice among kept routes, loads, waits that clear.

Names load on first use, so that reading a study does not wait for the kernels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencorridor.study.lazy import lazy

if TYPE_CHECKING:
    from opencorridor.freight.assignment import Assignment, TrafficClass, assign
    from opencorridor.freight.choice import choice_of_classes, logit_shares
    from opencorridor.freight.clearing import Clearing, WaitCurve, clear_places
    from opencorridor.freight.demand import CARGOES, Cells, Rows, plan_cells, plan_rows
    from opencorridor.freight.indicators import (
        LinkLoad,
        arc_loads,
        crossing_loads,
        link_loads,
        option_tonnes,
        units_per_day,
    )
    from opencorridor.freight.kept import Kept, empty_kept, from_sets, merge
    from opencorridor.freight.options import Options, make_options
    from opencorridor.freight.places import Places, capacities, find_places
    from opencorridor.freight.stochastic import RouteSet, assign_stochastic

_HOMES = {
    "assignment": (
        "Assignment",
        "TrafficClass",
        "assign",
    ),
    "choice": ("choice_of_classes", "logit_shares"),
    "clearing": (
        "Clearing",
        "WaitCurve",
        "clear_places",
    ),
    "demand": (
        "CARGOES",
        "Cells",
        "Rows",
        "plan_cells",
        "plan_rows",
    ),
    "indicators": (
        "LinkLoad",
        "arc_loads",
        "crossing_loads",
        "link_loads",
        "option_tonnes",
        "units_per_day",
    ),
    "kept": (
        "Kept",
        "empty_kept",
        "from_sets",
        "merge",
    ),
    "options": (
        "Options",
        "make_options",
    ),
    "places": (
        "Places",
        "capacities",
        "find_places",
    ),
    "stochastic": (
        "RouteSet",
        "assign_stochastic",
    ),
}

__all__ = [
    "CARGOES",
    "Assignment",
    "Cells",
    "Clearing",
    "Kept",
    "LinkLoad",
    "Options",
    "Places",
    "RouteSet",
    "Rows",
    "TrafficClass",
    "WaitCurve",
    "arc_loads",
    "assign",
    "assign_stochastic",
    "capacities",
    "choice_of_classes",
    "clear_places",
    "crossing_loads",
    "empty_kept",
    "find_places",
    "from_sets",
    "link_loads",
    "logit_shares",
    "make_options",
    "merge",
    "option_tonnes",
    "plan_cells",
    "plan_rows",
    "units_per_day",
]


__getattr__ = lazy(__name__, globals(), _HOMES)
