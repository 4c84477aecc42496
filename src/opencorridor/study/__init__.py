"""The study room: the format of a study, reading, checking, writing and hashing it.

It sees no other room. Nothing here imports pandas, numba or xarray at module level.
"""

from __future__ import annotations

from opencorridor.study.errors import NotConverged, OpenCorridorError, Problem
from opencorridor.study.load import find_study, open_study, shipped_studies
from opencorridor.study.new import new_study
from opencorridor.study.places import Place, place_index, resolve, resolve_all
from opencorridor.study.schema import FORMAT_VERSION, Column, TableSchema, load_schema
from opencorridor.study.settings import Defaults, PrintedRoute, Run, Settings, Side, Target
from opencorridor.study.study import Study
from opencorridor.study.table import Table
from opencorridor.study.write import write_study

__all__ = [
    "FORMAT_VERSION",
    "Column",
    "Defaults",
    "NotConverged",
    "OpenCorridorError",
    "Place",
    "PrintedRoute",
    "Problem",
    "Run",
    "Settings",
    "Side",
    "Study",
    "Table",
    "TableSchema",
    "Target",
    "find_study",
    "load_schema",
    "new_study",
    "open_study",
    "place_index",
    "resolve",
    "resolve_all",
    "shipped_studies",
    "write_study",
]
