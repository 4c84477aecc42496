"""Reader of TNTP: a folder with ``*_net.tntp`` and ``*_trips.tntp``, taken as they are.

Power 0, free-flow time 0 and constant links keep their values. Every problem is told at once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from opencorridor.network.exchange.traffic import TrafficNetwork, cell_problem, link_checks
from opencorridor.study.errors import OpenCorridorError, Problem, raise_if

__all__ = ["read_tntp"]

Floats = npt.NDArray[np.float64]

_META = re.compile(r"\s*<([^>]*)>(.*)")
_COLUMNS = (
    "init_node", "term_node", "capacity", "length", "free_flow_time", "b", "power", "speed",
    "toll", "link_type",
)  # fmt: skip
# An origin and its zone; a destination and its trips.
_ORIGIN = re.compile(r"origin[\s:]+([^\s:;]*)", re.IGNORECASE)
_ITEM = re.compile(r"([^\s:;]+)\s*:\s*([^\s:;]*)")
_NEEDED = 7
_SLACK, _WRONG = 1e-6, 1e-2


@dataclass
class _File:
    """Lines of one file below its metadata, and what is wrong with it."""

    path: Path
    meta: dict[str, tuple[int, str]] = field(default_factory=dict)
    lines: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, text: str, row: int, column: str, value: object, expected: str = ""):  # type: ignore[no-untyped-def]
        """Add a problem of a cell."""
        self.problems.append(cell_problem(code, text, self.path.name, row, column, value, expected))

    def count(self, key: str, least: int, default: int | None = None) -> int:
        """Return a whole number of the metadata; -1 where it is not to be had."""
        row, text = self.meta.get(key, (1, ""))
        if key not in self.meta and default is not None:
            return default
        try:
            value = int(text)
        except ValueError:
            value = -1
        if value < least:
            said = f"<{key}> is {text!r}" if key in self.meta else f"there is no <{key}>"
            self.wrong("tntp_metadata", said, row, key, text, f"a whole number, {least} or more")
            return -1
        return value


def read_tntp(folder: str | Path) -> TrafficNetwork:
    """Return network and demand of a folder.

    Raises
    ------
    OpenCorridorError
        With every problem of both files: file, row, column, value and what was expected.
    """
    folder = Path(folder)
    net, trips = (_open(folder, kind) for kind in ("net", "trips"))
    n_zone, n_node = net.count("NUMBER OF ZONES", 1), net.count("NUMBER OF NODES", 1)
    first_through = net.count("FIRST THRU NODE", 1, default=1)
    if first_through > n_node + 1 > 0:
        row = net.meta["FIRST THRU NODE"][0]
        net.wrong("tntp_counts", f"no node is passed, there are {n_node}", row, "FIRST THRU NODE",
                  first_through, f"1 to {n_node + 1}")  # fmt: skip
    if net.lines and net.lines[0][1].lower().startswith("init"):
        # Some files name the columns without the mark of a comment.
        del net.lines[0]
    n_link = net.count("NUMBER OF LINKS", 0)
    if n_zone > n_node >= 0:
        row = net.meta["NUMBER OF ZONES"][0]
        net.wrong("tntp_counts", f"{n_zone} zones and {n_node} nodes", row, "NUMBER OF ZONES",
                  n_zone, "a zone is a node")  # fmt: skip
    table, rows = _links(net, n_node)
    if n_link >= 0 and len(net.lines) != n_link:
        row = net.meta["NUMBER OF LINKS"][0]
        net.wrong("tntp_counts", f"the file has {len(net.lines)} links", row, "NUMBER OF LINKS",
                  n_link, f"{len(net.lines)}")  # fmt: skip
    zones = trips.count("NUMBER OF ZONES", 1, default=n_zone)
    if zones not in (n_zone, -1) and n_zone > 0:
        row = trips.meta["NUMBER OF ZONES"][0]
        trips.wrong("tntp_counts", f"{zones} zones here, {n_zone} in {net.path.name}", row,
                    "NUMBER OF ZONES", zones, f"{n_zone}")  # fmt: skip
    demand, demand_row = _demand(trips, max(n_zone, 0))
    notices = list(_total(trips, demand))
    raise_if([*net.problems, *trips.problems, *notices])
    return TrafficNetwork(
        name=folder.name,
        file=net.path.name,
        node_id=tuple(str(i + 1) for i in range(n_node)),
        zone_id=tuple(str(i + 1) for i in range(n_zone)),
        zone_node=np.arange(n_zone, dtype=np.int32),
        first_through=first_through - 1,
        capacity=table["capacity"],
        length=table["length"],
        free_flow_time=table["free_flow_time"],
        b=table["b"],
        power=table["power"],
        toll=table["toll"],
        link_id=tuple(str(i + 1) for i in range(len(rows))),
        tail=table["init_node"].astype(np.int32) - 1,
        head=table["term_node"].astype(np.int32) - 1,
        demand=demand,
        link_row=tuple(rows),
        demand_file=trips.path.name,
        demand_row=demand_row,
        notices=tuple(notices),
    )


def _open(folder: Path, kind: str) -> _File:
    found = sorted(folder.glob(f"*_{kind}.tntp")) if folder.is_dir() else []
    if len(found) != 1:
        said = f"there is no folder {folder}" if not folder.is_dir() else (
            f"{len(found)} files *_{kind}.tntp in {folder}: {', '.join(p.name for p in found)}"
            if found else f"no file *_{kind}.tntp in {folder}"
        )  # fmt: skip
        raise OpenCorridorError(
            [Problem("tntp_files", said, value=str(folder), expected=f"one file *_{kind}.tntp")]
        )
    file = _File(found[0])
    text = found[0].read_text(encoding="utf-8-sig", errors="replace")
    for row, line in enumerate(text.splitlines(), 1):
        meta = _META.match(line)
        if meta:
            file.meta[meta[1].strip().upper()] = (row, meta[2].split("~")[0].strip(" \t;"))
            continue
        line = line.split("~")[0].strip()
        if line:
            file.lines.append((row, line))
    return file


def _number(file: _File, text: str, row: int, column: str) -> float:
    """Return a finite number; NaN with a problem where it is none."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        file.wrong("text_in_number", f"{column} is {text!r}", row, column, text, "a number")
        return float("nan")
    return value


def _links(net: _File, n_node: int) -> tuple[dict[str, Floats], list[int]]:
    """Return the columns of links and their rows; problems are added to the file's."""
    values, rows = [], []
    for row, line in net.lines:
        cells = line.rstrip(";").split()
        if len(cells) < _NEEDED:
            net.wrong("tntp_columns", f"{len(cells)} columns", row, _COLUMNS[len(cells)], line[:60],
                      f"{_NEEDED} or more: {', '.join(_COLUMNS)}")  # fmt: skip
            continue
        cells = (cells + ["0"] * len(_COLUMNS))[: len(_COLUMNS) - 1]
        numbers = [_number(net, c, row, n) for c, n in zip(cells, _COLUMNS, strict=False)]
        values.append(numbers)
        rows.append(row)
    table = np.array(values, dtype=np.float64).reshape(len(rows), len(_COLUMNS) - 1)
    columns = {name: table[:, i].copy() for i, name in enumerate(_COLUMNS[:-1])}
    for name in ("init_node", "term_node"):
        ids = columns[name]
        for i in np.flatnonzero(~((ids >= 1) & (ids <= n_node) & (ids == np.floor(ids)))).tolist():
            if np.isfinite(ids[i]):
                net.wrong("tntp_node", f"there is no node {ids[i]:g}", rows[i], name, f"{ids[i]:g}",
                          f"1 to {n_node}")  # fmt: skip
    told = {(p.row, p.column) for p in net.problems if p.code == "text_in_number"}
    found = link_checks(columns, rows, net.path.name)
    net.problems += [p for p in found if (p.row, p.column) not in told]
    return columns, rows


def _demand(trips: _File, n_zone: int) -> tuple[Floats, dict[tuple[int, int], int]]:
    """Return the matrix, and the row of each pair; problems are added to the file's."""
    demand = np.zeros((n_zone, n_zone))
    where: dict[tuple[int, int], int] = {}
    for head_row, name, row_of, text in _origins(trips):
        origin = _zone(trips, name, head_row, "origin", n_zone)
        end = 0
        for item in _ITEM.finditer(text):
            _rubbish(trips, text[end : item.start()], row_of(end))
            end, row = item.end(), row_of(item.start())
            to = _zone(trips, item[1], row, "destination", n_zone)
            value = _number(trips, item[2], row, "trips")
            if value < 0:
                trips.wrong("assign_demand", f"trips are {value:g}", row, "trips", value,
                            "0 or more")  # fmt: skip
            if origin >= 0 and to >= 0:
                if (origin, to) in where:
                    trips.wrong("tntp_pair_twice", f"zones {origin + 1} to {to + 1} stand in row "
                                f"{where[origin, to]} too", row, "destination", to + 1)  # fmt: skip
                where[origin, to] = row
                demand[origin, to] = value
        _rubbish(trips, text[end:], row_of(end))
    return demand, where


def _origins(trips: _File) -> Iterator[tuple[int, str, Callable[[int], int], str]]:
    """Yield row and zone of each origin, what tells the row of a place in its text, and the text.

    An item may go on in the next line, and lines may end without a semicolon.
    """
    heads = [k for k, (_, line) in enumerate(trips.lines) if _ORIGIN.match(line)]
    if trips.lines and (not heads or heads[0] > 0):
        row, line = trips.lines[0]
        trips.wrong("tntp_trips", "trips stand before the first origin", row, "origin", line[:60],
                    "Origin and its zone")  # fmt: skip
    for begin, end in pairwise([*heads, len(trips.lines)]):
        head_row, line = trips.lines[begin]
        head = _ORIGIN.match(line)
        assert head is not None
        lines = [(head_row, line[head.end() :]), *trips.lines[begin + 1 : end]]
        places = np.cumsum([0, *(len(line) + 1 for _, line in lines)]).tolist()
        rows = [row for row, _ in lines]

        def row_of(place: int, places: list[int] = places, rows: list[int] = rows) -> int:
            return rows[min(bisect_right(places, place), len(rows)) - 1]

        yield head_row, head[1], row_of, "\n".join(line for _, line in lines)


def _rubbish(trips: _File, text: str, row: int) -> None:
    """Add a problem where something stands between items."""
    if text.strip(" \t\n;"):
        said = " ".join(text.split())[:60]
        trips.wrong("tntp_trips", f"{said!r} is no destination : trips", row, "destination", said,
                    "destination : trips;")  # fmt: skip


def _zone(trips: _File, text: str, row: int, column: str, n_zone: int) -> int:
    zone = int(text) if text.isdecimal() else 0
    if not 1 <= zone <= n_zone:
        trips.wrong("tntp_zone", f"there is no zone {text}", row, column, text, f"1 to {n_zone}")
        return -1
    return zone - 1


def _total(trips: _File, demand: Floats) -> Iterator[Problem]:
    """Yield what is to be said of the total that the file states."""
    key = "TOTAL OD FLOW"
    if key not in trips.meta or trips.problems:
        return
    row, text = trips.meta[key]
    stated = _number(trips, text, row, key)
    total = float(demand.sum())
    off = abs(stated - total) / max(abs(total), abs(stated), 1e-300)
    if off > _SLACK:
        yield Problem(
            "tntp_total",
            f"the trips add up to {total:.10g}",
            "",
            trips.path.name,
            row,
            key,
            text,
            f"{total:.10g}",
            severity="error" if off > _WRONG else "notice",
        )
