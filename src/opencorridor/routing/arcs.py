"""Networks of plain arcs: one cost each, and what is summed along a way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import Problem, raise_if

__all__ = ["Network", "check"]

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes and arcs.

    Attributes
    ----------
    n_node
        Number of nodes N; they are numbered from 0 on.
    tail, head
        Shape A, node numbers. Loops and parallel arcs may be there.
    cost
        Shape A, what ways are chosen by: finite, 0 or more.
    quantities
        By name (units in the name), shape A each: what is summed along the ways chosen.
    """

    n_node: int
    tail: Array
    head: Array
    cost: Floats
    quantities: Mapping[str, Floats] = field(default_factory=dict)


def _lengths(network: Network) -> list[Problem]:
    arrays = {"tail": network.tail, "head": network.head, "cost": network.cost}
    lengths = {name: len(x) for name, x in {**arrays, **network.quantities}.items()}
    if len(set(lengths.values())) == 1:
        return []
    return [
        Problem(
            code="shape_mismatch",
            message="the arrays of arcs differ in length",
            value=", ".join(f"{name} {n}" for name, n in lengths.items()),
            expected="one entry an arc in each",
            mend="give each arc a tail, a head, a cost and every quantity",
        )
    ]


def _values(network: Network) -> list[Problem]:
    found = []
    if "cost" in network.quantities:
        found.append(
            Problem(
                code="bad_name",
                message="a quantity has the name of what ways are chosen by",
                value="cost",
                mend="give it another name; the cost is always summed",
            )
        )
    for name, values in (("cost", network.cost), *network.quantities.items()):
        least = 0.0 if values is network.cost else -np.inf
        bad = np.flatnonzero(~(np.isfinite(values) & (np.asarray(values) >= least)))
        if len(bad):
            found.append(
                Problem(
                    code="bad_cost" if values is network.cost else "bad_quantity",
                    message=f"{len(bad)} arcs have values that cannot be summed",
                    column=name,
                    value=f"{values[bad[0]]} of arc {bad[0]}",
                    expected="finite" + (", 0 or more" if values is network.cost else ""),
                    mend="leave out arcs that may not be used",
                )
            )
    return found


def _nodes(network: Network, ends: Array) -> list[Problem]:
    found = []
    for name, nodes in (("tail", network.tail), ("head", network.head), ("ends", ends)):
        bad = np.flatnonzero((nodes < 0) | (nodes >= network.n_node))
        if len(bad):
            found.append(
                Problem(
                    code="unknown_node",
                    message=f"{len(bad)} nodes are named that are not there",
                    column=name,
                    value=str(nodes[bad[0]]),
                    expected=f"0 to {network.n_node - 1}",
                    mend="number the nodes from 0 on",
                )
            )
    return found


def check(network: Network, ends: Array) -> None:
    """Raise all that is wrong with a network and the ends of its trips.

    Raises
    ------
    OpenCorridorError
        Codes ``shape_mismatch``, ``bad_name``, ``bad_cost``, ``bad_quantity``, ``unknown_node``.
    """
    raise_if([*_lengths(network), *_values(network), *_nodes(network, ends)])
