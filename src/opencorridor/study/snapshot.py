"""Tables of a large study as read before: kept in the cache, so that text is parsed once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from opencorridor.study import cache
from opencorridor.study.errors import Problem
from opencorridor.study.schema import load_schema
from opencorridor.study.settings import Settings
from opencorridor.study.study import Study
from opencorridor.study.table import Array, Table

__all__ = ["restore", "store"]

_KEY = "tables"
_SMALL_ROWS = 20_000


def _constant(values: Array) -> Any:
    """Return the one value of a column (None for NaN), or the column itself."""
    first = values[0]
    if values.dtype == np.float64:
        if np.isnan(first):
            return None if np.isnan(values).all() else values
        return float(first) if (values == first).all() else values
    if values[-1] != first or values[values.size // 2] != first:
        return values
    cells = values.tolist()
    return first if cells.count(first) == len(cells) else values


def store(study: Study) -> bool:
    """Keep the tables of a study that was just read; small studies are not worth it."""
    rows = sum(table.n for table in study.tables.values())
    if not study.fingerprint or rows < _SMALL_ROWS:
        return False
    arrays: dict[str, Array] = {}
    meta: dict[str, Any] = {
        "tables": {},
        "notices": [problem.as_dict() for problem in study.notices],
    }
    for name, table in study.tables.items():
        if not table.n:
            continue
        constants: dict[str, Any] = {}
        for column in table.columns:
            value = _constant(table[column])
            if isinstance(value, np.ndarray):
                arrays[f"{name}.{column}"] = value
            else:
                constants[column] = value
        meta["tables"][name] = {"n": table.n, "parts": table.parts, "constants": constants}
    return cache.save_arrays(study.hash, _KEY, arrays, meta) and cache.remember_hash(study)


def _table(name: str, note: dict[str, Any], found: dict[str, Any]) -> Table:
    data: dict[str, Array] = {}
    schema = load_schema()[name]
    for column in schema.columns:
        if column.name in note["constants"]:
            value = note["constants"][column.name]
            dtype = np.float64 if column.numeric else object
            data[column.name] = np.full(note["n"], np.nan if value is None else value, dtype=dtype)
        else:
            data[column.name] = found[f"{name}.{column.name}"]
        data[column.name].flags.writeable = False
    return Table(name, data, schema, [(file, int(n)) for file, n in note["parts"]])


def restore(folder: Path, mark: str, settings: Settings) -> Study | None:
    """Return a study whose files have not changed since it was stored, or None.

    Parameters
    ----------
    folder
        Folder of the study.
    mark
        Fingerprint of its files.
    settings
        Its settings, just read.
    """
    study_hash = cache.hash_of(mark)
    found = cache.load_arrays(study_hash, _KEY) if study_hash else None
    if not study_hash or found is None:
        return None
    meta = found["meta"]
    tables = {name: _table(name, note, found) for name, note in meta["tables"].items()}
    notices = tuple(Problem(**values) for values in meta["notices"])
    study = Study(settings, tables, folder, notices, mark)
    # The hash was computed from these very values: fill the cached property.
    study.__dict__["hash"] = study_hash
    return study
