"""Reader of GMNS: a folder with ``node.csv``, ``link.csv`` and ``demand.csv`` or ``demand.omx``.

Taken of GMNS: node_id, zone_id; link_id, from_node_id, to_node_id, directed, length, free_speed,
lanes, capacity (per lane), toll. The standard has no cost by flow, so the columns of the programs
around it are taken too: ``vdf_fftt`` or ``free_flow_time``, ``vdf_alpha`` or ``b``, ``vdf_beta`` or
``power``; where they are not there, 0.15 and 4 hold, and a notice says so. Nor has it a bound that
no flow passes: ``hard_capacity``, of all lanes together, is our own column (blank: none).

A zone that lies at several nodes gets a connector without cost to and from each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network.exchange.omx import read_omx
from opencorridor.network.exchange.traffic import TrafficNetwork, cell_problem, link_checks
from opencorridor.study.errors import OpenCorridorError, Problem, raise_if, suggest
from opencorridor.study.files import read_rows
from opencorridor.study.parse import parse_table
from opencorridor.study.schema import Column, TableSchema

__all__ = ["read_gmns"]

Floats = npt.NDArray[np.float64]

_MINUTES = 60.0
_USUAL_B, _USUAL_POWER = 0.15, 4.0
_NODE = {"node_id": "id", "zone_id": "id"}
_LINK = {
    "link_id": "id", "from_node_id": "id", "to_node_id": "id", "directed": "text",
    "length": "number", "free_speed": "number", "lanes": "number", "capacity": "number",
    "toll": "number", "vdf_fftt": "number", "free_flow_time": "number", "vdf_alpha": "number",
    "b": "number", "vdf_beta": "number", "power": "number",
    "hard_capacity": "number",
}  # fmt: skip
_DEMAND = {"o_zone_id": "id", "d_zone_id": "id", "volume": "number"}
_YES, _NO = ("true", "1", "yes", "t"), ("false", "0", "no", "f")


@dataclass
class _Sheet:
    """Columns of one file that are there, and what is wrong with it."""

    file: str
    columns: dict[str, npt.NDArray[Any]]
    problems: list[Problem]

    @property
    def n(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def first(self, *names: str) -> str:
        """Return the first of these columns that is there, or nothing."""
        return next((name for name in names if name in self.columns), "")

    def numbers(self, names: Sequence[str], default: float) -> Floats:
        """Return a column, blanks by the default."""
        name = self.first(*names)
        if not name:
            return np.full(self.n, default)
        values = np.asarray(self.columns[name], dtype=np.float64)
        return np.where(np.isnan(values), default, values)


def _sheet(path: Path, types: Mapping[str, str], needed: Sequence[str]) -> _Sheet:
    if not path.is_file():
        return _Sheet(path.name, {}, [Problem("no_file", f"there is no file {path}")])
    header, rows, problems = read_rows(path, "", path.name)
    missing = [name for name in needed if name not in header] if header else []
    problems += [
        Problem("missing_column", f"there is no column {name}", "", path.name, 1, name,
                mend=suggest(name, header) or f"the file has {', '.join(header[:12])}")
        for name in missing
    ]  # fmt: skip
    if problems:
        return _Sheet(path.name, {}, problems)
    taken = [name for name in header if name in types]
    schema = TableSchema(path.stem, tuple(Column(n, types[n], required=n in needed) for n in taken))
    cells = [[row[header.index(name)].strip() for name in taken] for row in rows]
    if not rows:
        empty = {n: np.empty(0, dtype=float if types[n] == "number" else object) for n in taken}
        return _Sheet(path.name, empty, [])
    table, problems = parse_table(schema, taken, [(path.name, cells)])
    wrong = any(p.severity == "error" for p in problems)
    return _Sheet(path.name, {} if wrong else {n: table[n] for n in taken}, problems)


def read_gmns(
    folder: str | Path, demand: str | Path | None = None, matrix: str | None = None
) -> TrafficNetwork:
    """Return network and demand of a folder.

    Parameters
    ----------
    folder
        Holds ``node.csv``, ``link.csv`` and, where ``demand`` is not given, ``demand.csv``
        (o_zone_id, d_zone_id, volume) or ``demand.omx``.
    demand
        Another file of demand, ``.csv`` or ``.omx``.
    matrix
        Matrix of an ``.omx`` file; may be left out where there is only one.

    Raises
    ------
    OpenCorridorError
        With every problem: file, row, column, value and what was expected.
    """
    folder = Path(folder)
    if demand is None:
        demand = folder / ("demand.csv" if (folder / "demand.csv").is_file() else "demand.omx")
    demand = Path(demand)
    nodes = _sheet(folder / "node.csv", _NODE, ["node_id"])
    links = _sheet(
        folder / "link.csv", _LINK, ["link_id", "from_node_id", "to_node_id", "capacity"]
    )
    raise_if([*nodes.problems, *links.problems])
    problems = [*nodes.problems, *links.problems]
    ids = [str(v) for v in nodes.columns["node_id"]]
    position: dict[str, int] = {}
    for i, name in enumerate(ids):
        position.setdefault(name, i)
        if position[name] != i:
            problems.append(cell_problem("duplicate_id", f"node {name} stands twice", nodes.file,
                                         i + 2, "node_id", name))  # fmt: skip
    zones = _zones(nodes)
    table = _link_table(links, position, problems)
    raise_if(problems)
    zone_id, shift, zone_node, extra = _centroids(zones)
    trips, where, said = _demand(demand, zone_id, matrix)
    raise_if(said)
    return _network(folder, links.file, ids, zone_id, shift, zone_node, extra, table, trips,
                    where, demand.name, (*problems, *said))  # fmt: skip


def _zones(nodes: _Sheet) -> dict[str, list[int]]:
    """Return the nodes of every zone; without a column of zones every node is one."""
    if "zone_id" not in nodes.columns:
        return {str(v): [i] for i, v in enumerate(nodes.columns["node_id"])}
    zones: dict[str, list[int]] = {}
    for i, zone in enumerate(nodes.columns["zone_id"]):
        if str(zone).strip():
            zones.setdefault(str(zone), []).append(i)
    key = (
        (lambda z: (0, int(z), "")) if all(z.isdecimal() for z in zones) else (lambda z: (1, 0, z))
    )
    return {zone: zones[zone] for zone in sorted(zones, key=key)}


def _ends(links: _Sheet, position: Mapping[str, int], problems: list[Problem]) -> list[list[int]]:
    ends: list[list[int]] = []
    for column in ("from_node_id", "to_node_id"):
        names = [str(v) for v in links.columns[column]]
        ends.append([position.get(name, 0) for name in names])
        problems += [
            cell_problem("unknown_id", f"there is no node {name}", links.file, i + 2, column, name)
            for i, name in enumerate(names) if name not in position
        ]  # fmt: skip
    return ends


def _link_table(
    links: _Sheet, position: Mapping[str, int], problems: list[Problem]
) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of links, those of both directions twice; problems are added."""
    tail, head = _ends(links, position, problems)
    length = links.numbers(["length"], 0.0)
    time_of = links.first("vdf_fftt", "free_flow_time")
    speed = links.numbers(["free_speed"], np.nan)
    free = links.numbers([time_of], np.nan) if time_of else np.full(links.n, np.nan)
    blank = np.isnan(free)
    free[blank] = _MINUTES * length[blank] / np.where(speed[blank] > 0, speed[blank], np.nan)
    for i in np.flatnonzero(np.isnan(free)).tolist():
        column = time_of or "free_speed"
        problems.append(cell_problem("assign_free_flow_time", "there is neither a speed nor a time",
                                     links.file, i + 2, column, "", "a speed above 0"))  # fmt: skip
    table = {
        "capacity": links.numbers(["capacity"], np.nan) * links.numbers(["lanes"], 1.0),
        "length": length,
        "free_flow_time": np.nan_to_num(free, nan=0.0),
        "b": links.numbers(["vdf_alpha", "b"], _USUAL_B),
        "power": links.numbers(["vdf_beta", "power"], _USUAL_POWER),
        "toll": links.numbers(["toll"], 0.0),
        "hard_capacity": links.numbers(["hard_capacity"], np.inf),
    }
    rows = list(range(2, links.n + 2))
    names = {"free_flow_time": time_of or "free_flow_time",
             "b": links.first("vdf_alpha", "b") or "b",
             "power": links.first("vdf_beta", "power") or "power"}  # fmt: skip
    problems += link_checks(table, rows, links.file, names)
    problems += [
        cell_problem("assign_hard_capacity", f"hard capacity is {table['hard_capacity'][i]:g}",
                     links.file, i + 2, "hard_capacity", f"{table['hard_capacity'][i]:g}",
                     "above 0, or nothing")
        for i in np.flatnonzero(~(table["hard_capacity"] > 0)).tolist()
    ]  # fmt: skip
    if not links.first("vdf_alpha", "b") or not links.first("vdf_beta", "power"):
        problems.append(Problem("gmns_cost", "no vdf_alpha and vdf_beta: time rises by "
                                f"{_USUAL_B} (flow / capacity)^{_USUAL_POWER:g}", "", links.file,
                                severity="notice"))  # fmt: skip
    both = _both_ways(links, problems)
    table |= {"tail": np.array(tail), "head": np.array(head), "row": np.array(rows),
              "id": np.array([str(v) for v in links.columns["link_id"]], dtype=object)}  # fmt: skip
    back = {name: values[both] for name, values in table.items()}
    back["tail"], back["head"] = back["head"], back["tail"]
    return {name: np.concatenate([table[name], back[name]]) for name in table}


def _both_ways(links: _Sheet, problems: list[Problem]) -> npt.NDArray[np.bool_]:
    if "directed" not in links.columns:
        return np.zeros(links.n, dtype=bool)
    words = [str(v).strip().lower() for v in links.columns["directed"]]
    problems += [
        cell_problem("gmns_directed", f"directed is {word!r}", links.file, i + 2, "directed", word,
                     "true or false")
        for i, word in enumerate(words) if word not in (*_YES, *_NO, "")
    ]  # fmt: skip
    return np.array([word in _NO for word in words], dtype=bool)


def _centroids(
    zones: Mapping[str, Sequence[int]],
) -> tuple[tuple[str, ...], int, list[int], list[tuple[int, int]]]:
    """Return zones, how many nodes are put before those of the file, zone nodes, connectors.

    A connector is (zone node, node of the file), both as positions in the new order.
    """
    several = [zone for zone, at in zones.items() if len(at) > 1]
    shift = len(several)
    place = {zone: i for i, zone in enumerate(several)}
    nodes = [place.get(zone, shift + at[0]) for zone, at in zones.items()]
    extra = [(place[zone], shift + i) for zone in several for i in zones[zone]]
    return tuple(zones), shift, nodes, extra


def _demand(
    path: Path, zone_id: tuple[str, ...], name: str | None
) -> tuple[Floats, dict[tuple[int, int], int], list[Problem]]:
    """Return the matrix, the row of each pair and what is wrong."""
    if path.suffix.lower() == ".omx":
        if not path.is_file():
            said = f"there is no file of demand in {path.parent}"
            raise OpenCorridorError([Problem("no_file", said, expected="demand.csv or demand.omx")])
        return read_omx(path, zone_id, name), {}, []
    sheet = _sheet(path, _DEMAND, list(_DEMAND))
    matrix, where, problems = np.zeros((len(zone_id),) * 2), {}, list(sheet.problems)
    place = {zone: i for i, zone in enumerate(zone_id)}
    for k in range(sheet.n):
        pair = []
        for column in ("o_zone_id", "d_zone_id"):
            zone = str(sheet.columns[column][k])
            if zone not in place:
                problems.append(cell_problem("unknown_id", f"there is no zone {zone}", path.name,
                                             k + 2, column, zone))  # fmt: skip
            pair.append(place.get(zone, -1))
        volume = float(sheet.columns["volume"][k])
        if not volume >= 0:
            problems.append(cell_problem("assign_demand", f"volume is {volume:g}", path.name, k + 2,
                                         "volume", f"{volume:g}", "0 or more"))  # fmt: skip
        if min(pair) >= 0:
            if (pair[0], pair[1]) in where:
                problems.append(cell_problem("duplicate_pair", "the pair stands twice", path.name,
                                             k + 2, "d_zone_id", zone_id[pair[1]]))  # fmt: skip
            where[pair[0], pair[1]] = k + 2
            matrix[pair[0], pair[1]] = volume
    return matrix, where, problems


def _network(
    folder: Path,
    file: str,
    ids: list[str],
    zone_id: tuple[str, ...],
    shift: int,
    zone_node: list[int],
    extra: list[tuple[int, int]],
    table: Mapping[str, npt.NDArray[Any]],
    demand: Floats,
    where: dict[tuple[int, int], int],
    demand_file: str,
    notices: tuple[Problem, ...],
) -> TrafficNetwork:
    n, m = len(table["tail"]), 2 * len(extra)
    ends = np.array([pair for a, b in extra for pair in ((a, b), (b, a))], dtype=np.int32)
    ends = ends.reshape(m, 2)
    free = {name: np.append(table[name], np.zeros(m)) for name in
            ("length", "free_flow_time", "b", "power", "toll")}  # fmt: skip
    several = [zone_id[i] for i, node in enumerate(zone_node) if node < shift]
    nodes = (*(f"zone {zone}" for zone in several), *ids)
    between = (pair for a, b in extra for pair in ((a, b), (b, a)))
    return TrafficNetwork(
        name=folder.name,
        file=file,
        node_id=nodes,
        zone_id=zone_id,
        zone_node=np.array(zone_node, dtype=np.int32),
        first_through=shift,
        link_id=(*table["id"].tolist(), *(f"{nodes[a]} > {nodes[b]}" for a, b in between)),
        tail=np.append(table["tail"] + shift, ends[:, 0]).astype(np.int32),
        head=np.append(table["head"] + shift, ends[:, 1]).astype(np.int32),
        capacity=np.append(table["capacity"], np.ones(m)),
        hard_capacity=(
            np.append(table["hard_capacity"], np.full(m, np.inf))
            if np.isfinite(table["hard_capacity"]).any()
            else None
        ),
        demand=demand,
        link_row=(*table["row"].tolist(), *[0] * m),
        demand_file=demand_file,
        demand_row=where,
        shown=np.arange(n + m) < n,
        notices=notices,
        **free,
    )
