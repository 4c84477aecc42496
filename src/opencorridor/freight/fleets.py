"""Fleets as capacities: the days of their units, and what a tonne takes of them.

A fleet has count x working days x (1 - reserve) x (1 - elsewhere) unit-days a year. A loaded trip
of an option keeps a unit for

    days on its links x (1 + empty return) + days at terminals,

and moves ``payload_t`` tonnes. The wait at places with a capacity is not in it: that would make
the use hang on the solution. Days are told in tonnes a year at the fleet's ``turnaround_days``, so
that a fleet stands beside capacities in tonnes: the measure scales capacity and use alike and
changes no result.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import ArcParts
from opencorridor.freight.demand import CARGOES
from opencorridor.freight.kept import Kept
from opencorridor.freight.kernels.fleets import fleet_days
from opencorridor.freight.options import Options
from opencorridor.freight.places import Places
from opencorridor.freight.turnaround import days_to_t, trip_days, use_per_tonne
from opencorridor.network import Graph
from opencorridor.study import Study, Table

__all__ = ["Ways", "entry_days", "fleet_use", "place_use"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Ways(Protocol):
    """Graph of the arcs that kept routes run on, and the price of each step (``Model.used``)."""

    @property
    def graph(self) -> Graph:
        """Graph cut down to those arcs."""

    @property
    def arcs(self) -> Ints:
        """Those arcs in the whole graph."""

    @property
    def fare(self) -> NDArray[np.int32]:
        """3 * arc + flow kind, by step of the routes."""


def _hours(table: Table, used: Ways, places: Places, parts: Mapping[str, ArcParts]) -> Floats:
    """(fleets, cargoes, A) hours of a fleet's units on every arc, by row of table ``fleet``.

    Where a fleet goes is a matter of the model: a variant of the study changes numbers.
    """
    out = np.zeros((table.n, len(CARGOES), used.graph.n_arcs))
    way_of = dict(zip(places.fleets["fleet_id"], places.fleet_ways, strict=True))
    for row, fleet in enumerate(table["fleet_id"]):
        if fleet not in way_of:
            continue
        way, speed = way_of[fleet][used.arcs], table["speed_km_per_h"][row]
        for c, cargo in enumerate(CARGOES):
            hours = parts[cargo].time_h if np.isnan(speed) else used.graph.length_km / speed
            out[row, c] = np.where(way & np.isfinite(hours), hours, 0.0)
    return out


def entry_days(
    study: Study,
    used: Ways,
    options: Options,
    routes: Kept,
    places: Places,
    parts: Mapping[str, ArcParts],
) -> tuple[Ints, Ints, Floats]:
    """Find the entries of ``options.place`` that are fleets: positions, fleet rows and days.

    ``parts`` are the parts of the arcs' costs by cargo; the days are those under way, loaded.
    """
    row_of = {f: n for n, f in enumerate(study["fleet"]["fleet_id"])}
    row = np.array([row_of.get(f, -1) for f in places.fleet_id], dtype=np.int64)
    entry = np.flatnonzero(row[options.place] >= 0)
    if entry.size == 0:
        return entry, entry, np.zeros(0)
    route = np.repeat(options.route, np.diff(options.place_first))
    hours = _hours(study["fleet"], used, places, parts)
    fleet = row[options.place]
    days = fleet_days(entry, route, routes.group[route], fleet, routes.first, used.fare, hours)
    return entry, fleet[entry], days


def fleet_use(table: Table, n: int, entry: Ints, fleet: Ints, days: Floats) -> Floats:
    """Return what a tonne takes of each place (Q,): 1, or of a fleet in tonnes at its turnaround.

    Parameters
    ----------
    table
        Table ``fleet``.
    n
        Number of entries Q of all options.
    entry, fleet, days
        As :func:`entry_days` returns them.
    """
    use = np.ones(n)
    whole = trip_days(days, table["empty_return_share"][fleet], table["terminal_days"][fleet])
    per_tonne = use_per_tonne(whole, table["payload_t"][fleet], table["carried_share"][fleet])
    use[entry] = per_tonne * days_to_t(table)[fleet]
    return use


def place_use(
    study: Study,
    used: Ways,
    options: Options,
    routes: Kept,
    places: Places,
    parts: Mapping[str, ArcParts],
) -> Floats:
    """Return what a tonne takes of each place (Q,) on each option: 1, but for fleets."""
    found = entry_days(study, used, options, routes, places, parts)
    return fleet_use(study["fleet"], options.place.size, *found)
