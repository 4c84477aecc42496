"""A network with demand, as the standard formats carry it: links with a cost by flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import Problem

__all__ = [
    "FLOW_COLUMNS",
    "TrafficNetwork",
    "cell_problem",
    "flow_rows",
    "flow_tntp",
    "link_checks",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

FLOW_COLUMNS = ("link_id", "from_node_id", "to_node_id", "flow", "time", "cost")


@dataclass(frozen=True)
class TrafficNetwork:
    """Links, zones and demand; time of a link is t0 (1 + b (v / c)^p).

    Units are those of the file: flows and capacities share one, times another.

    Attributes
    ----------
    name, file
        Folder, and file of the links, for messages.
    node_id, zone_id
        Ids of nodes and of zones.
    zone_node
        Node of every zone, int32[Z].
    first_through
        Nodes before this position are passed by no route, but for its ends.
    link_id
        Ids of links.
    tail, head
        Positions of the ends of every link, int32[A].
    capacity, length, free_flow_time, b, power, toll
        float64[A].
    demand
        Trips from zone to zone, float64[Z, Z]; those within a zone are not assigned.
    link_row
        Row of every link in its file.
    demand_file, demand_row
        File of the demand, and the row of each pair that has one.
    shown
        Links of the file; others are connectors from a zone to its nodes.
    hard_capacity
        Flow that no link passes, float64[A], infinite where there is no such bound; None where the
        file does not say.
    notices
        What is worth knowing.
    """

    name: str
    file: str
    node_id: tuple[str, ...]
    zone_id: tuple[str, ...]
    zone_node: Ints
    first_through: int
    link_id: tuple[str, ...]
    tail: Ints
    head: Ints
    capacity: Floats
    length: Floats
    free_flow_time: Floats
    b: Floats
    power: Floats
    toll: Floats
    demand: Floats
    link_row: tuple[int, ...] = ()
    demand_file: str = ""
    demand_row: dict[tuple[int, int], int] = field(default_factory=dict)
    shown: npt.NDArray[np.bool_] | None = None
    hard_capacity: Floats | None = None
    notices: tuple[Problem, ...] = ()

    @property
    def n_link(self) -> int:
        """Number of links."""
        return len(self.tail)

    @property
    def n_zone(self) -> int:
        """Number of zones."""
        return len(self.zone_id)


_Checks = tuple[tuple[str, str, Callable[[Floats], Any], str], ...]

_LINK_CHECKS: _Checks = (
    ("capacity", "assign_capacity", lambda x: ~(x > 0), "more than 0"),
    ("length", "assign_length", lambda x: ~(x >= 0), "0 or more"),
    ("free_flow_time", "assign_free_flow_time", lambda x: ~(x >= 0), "0 or more"),
    ("b", "assign_b", lambda x: ~(x >= 0), "0 or more"),
    ("power", "assign_power", lambda x: ~(x >= 0), "0 or more"),
    ("toll", "assign_toll", lambda x: ~(x >= 0), "0 or more"),
)


def cell_problem(
    code: str, message: str, file: str, row: int, column: str, value: object, expected: str = ""
) -> Problem:
    """Return a problem of one cell of a file."""
    return Problem(code, message, "", file, row, column, str(value), expected)


def link_checks(
    columns: dict[str, Floats], rows: list[int], file: str, names: dict[str, str] | None = None
) -> Iterator[Problem]:
    """Yield what is wrong with the numbers of links: one problem a cell.

    Parameters
    ----------
    columns
        Numbers by what they mean, float64[A] each.
    rows, file, names
        Where they stand; ``names`` gives the file's own words for columns.
    """
    for column, code, wrong, expected in _LINK_CHECKS:
        values = columns[column]
        for i in np.flatnonzero(wrong(values) | np.isinf(values)).tolist():
            shown = (names or {}).get(column, column)
            text = f"{shown.replace('_', ' ')} is {values[i]:g}"
            yield cell_problem(code, text, file, rows[i], shown, f"{values[i]:g}", expected)


def flow_rows(
    network: TrafficNetwork, flow: Floats, time: Floats, cost: Floats
) -> list[dict[str, Any]]:
    """Return one row a link of the file, by the columns of ``FLOW_COLUMNS``."""
    shown = range(network.n_link) if network.shown is None else np.flatnonzero(network.shown)
    return [
        {
            "link_id": network.link_id[a],
            "from_node_id": network.node_id[network.tail[a]],
            "to_node_id": network.node_id[network.head[a]],
            "flow": float(flow[a]),
            "time": float(time[a]),
            "cost": float(cost[a]),
        }
        for a in shown
    ]


def flow_tntp(network: TrafficNetwork, flow: Floats, cost: Floats) -> str:
    """Return link flows as TNTP writes them: From, To, Volume, Cost."""
    rows = flow_rows(network, flow, cost, cost)
    lines = ["From \tTo \tVolume \tCost "]
    lines += [
        f"{r['from_node_id']} \t{r['to_node_id']} \t{r['flow']!r} \t{r['cost']!r} " for r in rows
    ]
    return "\n".join(lines) + "\n"
