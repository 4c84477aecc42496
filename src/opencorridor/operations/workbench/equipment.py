"""Whose units the goods of a quotation ride in, where these go back empty, and for how much.

A box rides all the way; a wagon as far as the goods stay in it; a truck between two changes of
mode. An empty unit pays the parameter ``empty_price_share`` of what the loaded one paid on the
links, and a box the full price of every lift.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from opencorridor.costs import payloads
from opencorridor.freight.places import fleet_arcs
from opencorridor.network import Graph
from opencorridor.operations.workbench.places import names_of
from opencorridor.routing.asking import Cargo
from opencorridor.routing.legs import Leg
from opencorridor.study import Study

__all__ = ["EMPTY_PRICE", "Back", "back_of", "equipment", "told"]

Row = dict[str, Any]
EMPTY_PRICE = "empty_price_share"
"""Parameter: price of hauling an empty unit over that of the loaded one."""

_LINKS = ("rail", "road", "sea", "inland_water")
_STAYS = ("border", "access")


@dataclass(frozen=True)
class _Ride:
    """Legs (positions) on which goods stay in one unit: ``container``, ``wagon`` or ``truck``."""

    unit: str
    legs: tuple[int, ...]


def _unit_of(leg: Leg, riding: str) -> str:
    """Return the unit that a leg is ridden in, ``riding`` being that of the leg before."""
    if leg.mode == "rail" or leg.carries == "wagon":
        return "wagon"
    if leg.mode == "road" or leg.carries == "truck":
        return "truck"
    keeps_wheels = leg.mode == "gauge" and leg.method in ("bogie_change", "variable_gauge")
    return riding if leg.mode in _STAYS or keeps_wheels else ""


def _rides(legs: Sequence[Leg], boxed: bool) -> Iterator[_Ride]:
    if boxed:
        yield _Ride("container", tuple(range(len(legs))))
        return
    riding, mine = "", list[int]()
    for n, leg in enumerate(legs):
        unit = _unit_of(leg, riding)
        if unit != riding and riding:
            yield _Ride(riding, tuple(mine))
            mine = []
        riding = unit
        if unit:
            mine.append(n)
    if riding:
        yield _Ride(riding, tuple(mine))


@dataclass(frozen=True)
class Back:
    """Price of a unit's way back empty: US$ per tonne of its load, and tonnes.

    ``share`` of ``hauled``, what the loaded unit paid on links, and ``lifts`` of a box in full.
    """

    share: float
    hauled: float
    lifts: float
    payload_t: float
    status: str

    @property
    def usd_per_unit(self) -> float:
        """US$ for one unit."""
        return (self.share * self.hauled + self.lifts) * self.payload_t


def _unit_name(ride: _Ride, cargo: Cargo) -> str:
    if ride.unit != "container":
        return ride.unit
    return cargo.unit if cargo.unit in ("teu", "feu") else "teu"


def _back(study: Study, legs: Sequence[Leg], ride: _Ride, cargo: Cargo) -> Back | None:
    """Return the price of a ride's way back; None where the study has no price of empties."""
    table = study["parameter"]
    at = np.flatnonzero(table["parameter_id"] == EMPTY_PRICE)
    if at.size == 0:
        return None
    mine = [legs[n] for n in ride.legs]
    boxed = ride.unit == "container"
    lifted = [leg for leg in mine if boxed and leg.mode in ("transshipment", "gauge")]
    return Back(
        share=float(table["value"][at[0]]),
        hauled=sum(leg.cost_usd_per_t for leg in mine if leg.mode in _LINKS),
        lifts=sum(leg.cost_usd_per_t for leg in lifted),
        payload_t=payloads(study, cargo.class_id)[_unit_name(ride, cargo)],
        status=str(table["status"][at[0]]),
    )


def back_of(study: Study, legs: Sequence[Leg], cargo: Cargo, first: int) -> Back | None:
    """Return the price of the way back of the unit whose ride begins at a leg (from 0)."""
    rides = [r for r in _rides(legs, cargo.cargo == "container") if r.legs[0] == first]
    paid = rides and _owner(study, rides[0]) != "carrier"
    return _back(study, legs, rides[0], cargo) if paid else None


def _owner(study: Study, ride: _Ride) -> str:
    """Return whose unit it is: boxes can be either's, the rate of a truck is for its round."""
    if ride.unit == "container":
        return "either"
    private = ride.unit == "wagon" and study.settings.tariffs.wagons == "private"
    return "shipper" if private else "carrier"


def _fleets(
    study: Study, graph: Graph, legs: Sequence[Leg], cargo: Cargo, ends: tuple[str, str]
) -> list[Row]:
    """Return the fleets of the study in which such goods ride on some of the legs."""
    table, found = study["fleet"], []
    for row in range(table.n):
        at = [c for c in table["at_countries"][row].split(";") if c]
        inside = any(end in at for end in ends)
        trade = table["trade"][row]
        if (trade == "own" and not inside) or (trade == "transit" and inside):
            continue
        if table["cargo"][row] not in ("all", cargo.cargo):
            continue
        classes = [c for c in table["class_ids"][row].split(";") if c]
        if classes and cargo.class_id not in classes:
            continue
        arcs = set(fleet_arcs(study, graph, row).tolist())
        on = [n for n, leg in enumerate(legs, start=1) if arcs & set(leg.arcs)]
        if on:
            found.append({
                "fleet_id": str(table["fleet_id"][row]),
                "names": names_of(table, row),
                "unit": str(table["unit"][row]),
                "owner": str(table["owner"][row]),
                "count": float(table["count"][row]),
                "legs": on,
            })  # fmt: skip
    return found


def _row(study: Study, legs: Sequence[Leg], ride: _Ride, cargo: Cargo) -> Row:
    mine, owner = [legs[n] for n in ride.legs], _owner(study, ride)
    back = None if owner == "carrier" else _back(study, legs, ride, cargo)
    return {
        "unit": _unit_name(ride, cargo),
        "owner": owner,
        "legs": [n + 1 for n in ride.legs],
        "return_from": mine[-1].destination,
        "return_to": mine[0].origin,
        "return_usd_per_unit": back.usd_per_unit if back else None,
        "included": owner == "carrier",
        "status": back.status if back else None,
    }


def equipment(
    study: Study, graph: Graph, legs: Sequence[Leg], cargo: Cargo, ends: tuple[str, str]
) -> Row:
    """Return the units that a shipment rides in, and the fleets of the study that these belong to.

    Parameters
    ----------
    study, graph
        Study of the question, and the graph that the legs' arcs are counted in.
    legs
        Legs of the route.
    cargo
        What is sent.
    ends
        Countries of both ends.

    Returns
    -------
    dict
        ``rides``: unit, ``owner`` (``carrier``, ``shipper``, or ``either`` of a box), legs from 1,
        where the empty unit goes back from and to, US$ per unit (none where the rate has it in,
        ``included``, or the study has no price of empties); ``fleets``: those in whose units such
        goods ride, with owner and count.
    """
    boxed = cargo.cargo == "container"
    rides = [_row(study, legs, ride, cargo) for ride in _rides(legs, boxed)]
    return {"rides": rides, "fleets": _fleets(study, graph, legs, cargo, ends)}


_WHOSE = {"either": "shipper's own", "shipper": "private", "carrier": "the carrier's"}


def told(made: Row) -> list[str]:
    """Return the answer of :func:`equipment` as sentences."""
    lines = []
    for ride in made["rides"]:
        boxed = ride["owner"] == "either"
        unit = ride["unit"].upper() if boxed else ride["unit"].capitalize()
        way = f"empty from {ride['return_from']} back to {ride['return_to']}"
        usd = ride["return_usd_per_unit"]
        price = "price not known"
        if usd is not None:
            price = f"US$ {usd:,.2f} a unit ({ride['status']}), not in the sum"
        if ride["included"]:
            price = "in the rate"
        line = f"{unit}, {_WHOSE[ride['owner']]}: {way}: {price}"
        other = "; a carrier's goes back at the carrier's cost"
        lines.append(line + (other if boxed else ""))
    for fleet in made["fleets"]:
        at = ", ".join(str(n) for n in fleet["legs"])
        name = fleet["names"]["en"]
        units = f"{fleet['count']:,.0f} units ({fleet['unit'].replace('_', ' ')})"
        lines.append(f"Fleet on legs {at}: {name}, {units}, {fleet['owner']}")
    return lines
