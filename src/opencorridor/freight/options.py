"""Options of the demand: which routes each row may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from opencorridor.costs import ArcParts
from opencorridor.freight.demand import CARGOES, Cells, Rows
from opencorridor.freight.kept import Kept
from opencorridor.freight.kernels.options import (
    option_places,
    part_sums,
    shut_routes,
    weighted_sums,
)
from opencorridor.freight.places import Places
from opencorridor.study import Study

__all__ = ["Options", "Part", "make_options"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Entries:
    """Places on options, one entry each: the place, the row and the route."""

    place: Ints
    row: Ints
    route: Ints


@dataclass(frozen=True)
class Part:
    """Some rows of the demand with their options: positions, and both CSR over the part alone.

    ``entries`` are the positions of ``place`` among those of all options.
    """

    rows: Ints
    options: Ints
    entries: Ints
    row_first: Ints
    place_first: Ints
    place: Ints


@dataclass(frozen=True)
class Options:
    """Options of R rows: CSR ``row_first`` (R + 1,) over O options, each on a route.

    ``klass`` (O,) is the class of each option; ``place_first`` (O + 1,) and ``place`` the CSR of
    the places with a capacity on it.
    """

    row_first: Ints
    route: Ints
    row: Ints
    klass: Ints
    place_first: Ints
    place: Ints

    @property
    def n(self) -> int:
        """Number of options."""
        return int(self.route.size)

    @cached_property
    def ways(self) -> tuple[Ints, Ints]:
        """Routes that any option takes, each once, and the place of every option's among them."""
        routes, back = np.unique(self.route, return_inverse=True)
        return routes, back.astype(np.int64)

    @cached_property
    def watched(self) -> Part:
        """Rows that may pass a place with a capacity."""
        return self._part(np.diff(self.place_first[self.row_first]) > 0)

    @cached_property
    def free(self) -> Part:
        """Rows that pass none: no wait changes what they choose."""
        return self._part(np.diff(self.place_first[self.row_first]) == 0)

    def _part(self, wanted: NDArray[np.bool_]) -> Part:
        rows = np.flatnonzero(wanted)
        counts = np.diff(self.row_first)
        options = np.flatnonzero(np.repeat(wanted, counts))
        places = np.diff(self.place_first)
        entries = np.flatnonzero(np.repeat(np.repeat(wanted, counts), places))
        return Part(
            rows,
            options,
            entries,
            _first(counts[rows]),
            _first(places[options]),
            self.place[entries],
        )

    def only(self, keep: NDArray[np.bool_]) -> tuple[Options, NDArray[np.bool_]]:
        """Return the marked options (O,), and which entries of ``place`` are theirs."""
        places = np.diff(self.place_first)
        entries = np.repeat(keep, places)
        ends = np.concatenate([[0], np.cumsum(keep)])
        part = Options(
            ends[self.row_first].astype(np.int64),
            self.route[keep],
            self.row[keep],
            self.klass[keep],
            _first(places[keep]),
            self.place[entries],
        )
        return part, entries

    def costs(
        self,
        routes: Kept,
        fare: NDArray[np.int32],
        parts: Mapping[str, ArcParts],
        weight: Floats,
        is_open: Mapping[int, NDArray[np.bool_]],
    ) -> Floats:
        """Generalised cost of every option (O,), US$/t; infinite over what is closed or unpriced.

        Parameters
        ----------
        routes, fare
            The routes and their ``arc_fares``.
        parts
            Parts of the arcs' costs by cargo (``costs.arc_parts``).
        weight
            (classes, parts) what a unit of each part costs (``costs.part_weights``).
        is_open
            Arcs (A,) that may be used: under -1 by the classes without a mask of their own.
        """
        wanted, back = self.ways
        group = routes.group[wanted]
        sums = np.empty((wanted.size, weight.shape[1]))
        for c, cargo in enumerate(CARGOES):
            at = np.flatnonzero(group == c)
            if at.size:
                p = parts[cargo]
                sums[at] = part_sums(
                    wanted[at], routes.first, fare, is_open[-1],
                    p.time_h, p.spread_h, p.co2_kg_per_t, p.fee_usd_per_t,
                    p.charge_usd_per_unit.ravel(), p.unit.ravel(), weight.shape[1],
                )  # fmt: skip
        cost: Floats = weighted_sums(sums, back, self.klass, weight)
        for klass, mask in is_open.items():
            if klass >= 0:
                mine = np.flatnonzero(self.klass == klass)
                shut = shut_routes(self.route[mine], routes.first, fare, mask)
                cost[mine[shut]] = np.inf
        return cost


def _first(counts: Ints) -> Ints:
    """Return the starts of a CSR with these counts."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _kept(first: Ints, place: Ints, keep: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """CSR without the entries that are not kept."""
    if keep.all():
        return first, place
    ends = np.concatenate([[0], np.cumsum(keep)])
    return ends[first].astype(np.int64), place[keep]


def _rides(
    study: Study, cells: Cells, rows: Rows, routes: Kept, places: Places, entries: Entries
) -> NDArray[np.bool_]:
    """Whether the goods of each entry do ride in the fleet that its place is; others always do."""
    keep = np.ones(entries.place.size, dtype=bool)
    table, classes = places.fleets, study["commodity"]
    country = study["zone"]["country_id"].astype(str)
    for f in range(places.n - table.n, places.n):
        at, fleet = np.flatnonzero(entries.place == f), f - (places.n - table.n)
        row = entries.row[at]
        mine = routes.passes(places.fleet_ways[fleet], entries.route[at])
        named = [i for i in table["class_ids"][fleet].split(";") if i]
        if named:
            mine &= classes.among("class_id", named)[cells.klass[rows.cell[row]]]
        trade, home = str(table["trade"][fleet]), table["at_countries"][fleet].split(";")
        if trade != "all":
            own = np.isin(country[rows.origin[row]], home)
            own |= np.isin(country[rows.destination[row]], home)
            mine &= own if trade == "own" else ~own
        keep[at] = mine
    return keep


def make_options(study: Study, cells: Cells, rows: Rows, routes: Kept, places: Places) -> Options:
    """Join rows with the routes of their cargo, origin and destination."""
    n_zone = study["zone"].n
    key = (rows.cargo * n_zone + rows.origin) * n_zone + rows.destination
    route_key = (routes.group * n_zone + routes.origin) * n_zone + routes.destination
    order = np.argsort(route_key, kind="stable")
    ordered = route_key[order]
    start = np.searchsorted(ordered, key, side="left")
    stop = np.searchsorted(ordered, key, side="right")
    counts = stop - start
    row_first = _first(counts)
    row = np.repeat(np.arange(rows.n), counts)
    within = np.arange(row.size) - np.repeat(row_first[:-1], counts)
    route = order[np.repeat(start, counts) + within].astype(np.int64)
    klass = cells.klass[rows.cell][row]
    cargo = rows.cargo[row]
    place_first, place = option_places(
        route,
        cargo,
        klass,
        routes.first,
        routes.arcs,
        places.arc_first,
        places.arc_place,
        places.cargo,
        places.klass,
    )
    if places.fleets.n:
        counts = np.diff(place_first)
        entries = Entries(place, np.repeat(row, counts), np.repeat(route, counts))
        rides = _rides(study, cells, rows, routes, places, entries)
        place_first, place = _kept(place_first, place, rides)
    return Options(row_first, route, row.astype(np.int64), klass, place_first, place)
