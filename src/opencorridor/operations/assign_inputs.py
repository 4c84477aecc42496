"""What an assignment is told beside the network: hard capacities, and who travels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from opencorridor.freight.assigned import TrafficClass
from opencorridor.network.exchange import TrafficNetwork, read_omx
from opencorridor.study.errors import Problem, raise_if, suggest
from opencorridor.study.files import read_rows
from opencorridor.study.parse import parse_table
from opencorridor.study.schema import Column, TableSchema

__all__ = ["own_capacities", "read_capacities", "read_classes", "read_table"]

Floats = npt.NDArray[np.float64]

_CAPACITIES = {"link_id": "id", "capacity": "number"}
_CLASSES = {
    "class": "text", "file": "text", "matrix": "text", "share": "number", "toll_weight": "number",
    "distance_weight": "number",
}  # fmt: skip


def read_table(path: Path, types: dict[str, str], needed: tuple[str, ...]) -> dict[str, list[Any]]:
    """Return the columns of a file of text and numbers, one entry a row; None where blank."""
    if not path.is_file():
        raise_if([Problem("no_file", f"there is no file {path}")])
    header, rows, problems = read_rows(path, "", path.name)
    problems += [
        Problem("missing_column", f"there is no column {name}", "", path.name, 1, name,
                mend=suggest(name, header) or f"the file has {', '.join(header[:12])}")
        for name in needed if header and name not in header
    ]  # fmt: skip
    raise_if(problems)
    taken = [name for name in header if name in types]
    schema = TableSchema(path.stem, tuple(Column(n, types[n], required=n in needed) for n in taken))
    cells = [[row[header.index(name)].strip() for name in taken] for row in rows]
    if not cells:
        return {name: [] for name in types}
    table, problems = parse_table(schema, taken, [(path.name, cells)])
    raise_if(problems)
    found: dict[str, list[Any]] = {name: [None] * len(cells) for name in types}
    for name in taken:
        blank = pd.isna(table[name])
        found[name] = [None if b or v == "" else v for v, b in zip(table[name], blank, strict=True)]
    return found


def own_capacities(network: TrafficNetwork) -> Floats:
    """Return the hard capacities of the file, else its capacities as hard ones, float64[A].

    Connectors have none.
    """
    if network.hard_capacity is not None:
        return network.hard_capacity.copy()
    if network.shown is None:
        return network.capacity.copy()
    return np.where(network.shown, network.capacity, np.inf)


def read_capacities(path: Path, network: TrafficNetwork) -> Floats:
    """Return hard capacities by link, float64[A]; infinite for links that the file does not name.

    Raises
    ------
    OpenCorridorError
        ``unknown_id``, ``duplicate_id``, ``assign_hard_capacity``, each with its row.
    """
    table = read_table(path, _CAPACITIES, ("link_id", "capacity"))
    places: dict[str, list[int]] = {}
    for a, name in enumerate(network.link_id):
        places.setdefault(name, []).append(a)
    limit, problems = np.full(network.n_link, np.inf), []
    seen: set[str] = set()
    for row, (name, value) in enumerate(zip(table["link_id"], table["capacity"], strict=True), 2):
        if name not in places or not name:
            problems.append(Problem("unknown_id", f"there is no link {name}", "", path.name, row,
                                    "link_id", str(name)))  # fmt: skip
        elif name in seen:
            problems.append(Problem("duplicate_id", f"link {name} stands twice", "", path.name, row,
                                    "link_id", str(name)))  # fmt: skip
        if not 0 < value < np.inf:
            problems.append(Problem("assign_hard_capacity", f"capacity is {value:g}", "", path.name,
                                    row, "capacity", f"{value:g}", "above 0",
                                    "close the link instead"))  # fmt: skip
        seen.add(name)
        limit[places.get(name, [])] = value
    raise_if(problems)
    return limit


def read_classes(path: Path, network: TrafficNetwork, demand: Floats) -> list[TrafficClass]:
    """Return who travels, by a file with one class a row.

    Parameters
    ----------
    path
        Columns ``class``; ``file`` and ``matrix`` of an Open Matrix file beside it, or nothing for
        the network's demand; ``share`` of it (1); ``toll_weight``, ``distance_weight`` (0).
    network, demand
        Zones, and the demand float64[Z, Z] that is shared where a class names no file.

    Raises
    ------
    OpenCorridorError
        ``duplicate_id``, ``assign_weight``, ``assign_share``, and those of the matrices.
    """
    table = read_table(path, _CLASSES, ("class",))
    names = table["class"]
    problems = [
        Problem("duplicate_id", f"class {name} stands twice", "", path.name, row, "class", name)
        for row, name in enumerate(names, 2) if name in names[: row - 2]
    ]  # fmt: skip
    for column, code in (("share", "assign_share"), ("toll_weight", "assign_weight"),
                         ("distance_weight", "assign_weight")):  # fmt: skip
        problems += [
            Problem(code, f"{column.replace('_', ' ')} is {value:g}", "", path.name, row, column,
                    f"{value:g}", "0 or more")
            for row, value in enumerate(table[column], 2)
            if value is not None and not 0 <= value < np.inf
        ]  # fmt: skip
    if not names:
        problems.append(Problem("assign_classes", "the file has no class", "", path.name, 1))
    raise_if(problems)
    classes = []
    for k, name in enumerate(names):
        own, file = demand, ""
        if table["file"][k] is not None:
            own = read_omx(path.parent / table["file"][k], network.zone_id, table["matrix"][k])
            file = table["file"][k]
        share, toll, distance = (
            default if table[column][k] is None else float(table[column][k])
            for column, default in (("share", 1.0), ("toll_weight", 0.0), ("distance_weight", 0.0))
        )
        classes.append(TrafficClass(name, share * own, toll, distance, file))
    return classes
