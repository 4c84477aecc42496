"""Units that goods ride in: boxes, wagons and trucks, from tonnes and payloads.

A box stays with its goods from origin to destination, whatever carries it. Goods that are not in
boxes ride in wagons on the rail layer and in trucks on the road layer and are reloaded in between;
on ships they have no unit. Liquids (``commodity.wagon_kind`` tank) ride in tanks, cooled goods in
reefers, open goods in open wagons. Payloads are the columns ``payload_t_per_*`` of ``commodity``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.kept import Kept
from opencorridor.freight.options import Options
from opencorridor.network import MODES, Graph
from opencorridor.study import Study

__all__ = ["BOXES", "UNITS", "Payloads", "payloads", "unit_loads", "units_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BOXES = ("container_20", "container_40", "reefer")
WAGONS = ("covered_wagon", "open_wagon", "tank_wagon")
TRUCKS = ("truck", "reefer_truck", "tank_truck")
UNITS = (*BOXES, *WAGONS, *TRUCKS)
_WAGON = {"covered": "covered_wagon", "open": "open_wagon", "tank": "tank_wagon"}
_COOLED = ("chilled", "frozen")
CONTAINER = 0


@dataclass(frozen=True)
class Payloads:
    """By class (K,): the box, wagon and truck that it rides in, into ``UNITS``, and payloads, t."""

    box: Ints
    wagon: Ints
    truck: Ints
    box_t: Floats
    wagon_t: Floats
    truck_t: Floats


def payloads(study: Study) -> Payloads:
    """Units and payloads of the classes of a study."""
    table = study["commodity"]
    at = {unit: n for n, unit in enumerate(UNITS)}
    cooled = [any(w in str(t) for w in _COOLED) for t in table["temperature"]]
    kinds = [str(k) for k in table["wagon_kind"]]
    box = ["reefer" if c else str(b) for c, b in zip(cooled, table["box"], strict=True)]
    truck = [
        "tank_truck" if k == "tank" else ("reefer_truck" if c else "truck")
        for k, c in zip(kinds, cooled, strict=True)
    ]
    small = np.array([b == "container_20" for b in box])
    return Payloads(
        box=np.array([at[b] for b in box], dtype=np.int64),
        wagon=np.array([at[_WAGON[k]] for k in kinds], dtype=np.int64),
        truck=np.array([at[t] for t in truck], dtype=np.int64),
        box_t=np.where(small, table["payload_t_per_teu"], table["payload_t_per_feu"]),
        wagon_t=table["payload_t_per_wagon"],
        truck_t=table["payload_t_per_truck"],
    )


def units_of(
    p: Payloads, unit: int, klass: Ints, boxed: NDArray[np.bool_], tonnes: Floats
) -> Floats:
    """Return the loaded units a year of one kind that tonnes take; 0 of goods in other units.

    Parameters
    ----------
    unit
        Index into ``UNITS``.
    klass, boxed, tonnes
        Class, whether in a box, and tonnes a year of each flow.
    """
    name = UNITS[unit]
    kind, payload = (
        (p.box, p.box_t)
        if name in BOXES
        else ((p.wagon, p.wagon_t) if name in WAGONS else (p.truck, p.truck_t))
    )
    mine = (kind[klass] == unit) & (boxed == (name in BOXES))
    units: Floats = np.where(mine, tonnes / payload[klass], 0.0)
    return units


def layers_of(unit: int) -> tuple[int, ...]:
    """Layers (into ``MODES``) on which a unit of one kind moves: a box on all."""
    name = UNITS[unit]
    if name in BOXES:
        return tuple(range(-1, len(MODES)))
    return (MODES.index("rail" if name in WAGONS else "road"),)


def unit_loads(
    study: Study, options: Options, boxed: NDArray[np.bool_], routes: Kept, tonnes: Floats,
    graph: Graph,
) -> Floats:  # fmt: skip
    """Return the loaded units (U, A) a year on the arcs of the graph of the routes.

    ``boxed`` and ``tonnes`` (O,) by option: whether it is in a box, and tonnes a year.
    """
    p, steps = payloads(study), np.diff(routes.first)
    out = np.zeros((len(UNITS), graph.n_arcs))
    for unit in range(len(UNITS)):
        each = units_of(p, unit, options.klass, boxed, tonnes)
        by_route = np.bincount(options.route, weights=each, minlength=routes.n)
        load = np.bincount(routes.arcs, weights=np.repeat(by_route, steps), minlength=graph.n_arcs)
        out[unit] = np.where(np.isin(graph.layer, layers_of(unit)), load, 0.0)
    return out
