"""Options of the demand: which routes each row may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.demand import CARGOES, Cells, Rows
from opencorridor.freight.kept import Kept
from opencorridor.freight.kernels.options import option_places
from opencorridor.freight.places import Places
from opencorridor.study import Study

__all__ = ["Options", "make_options"]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Options:
    """Options of R rows: CSR ``row_first`` (R + 1,) over O options, each on a route.

    ``batches`` lists, for every class and cargo, the options of it: the unit of pricing.
    """

    row_first: Ints
    route: Ints
    row: Ints
    place_first: Ints
    place: Ints
    batches: Mapping[tuple[int, int], Ints]

    @property
    def n(self) -> int:
        """Number of options."""
        return int(self.route.size)


def make_options(
    study: Study, cells: Cells, rows: Rows, routes: Kept, places: Places
) -> Options:
    """Join rows with the routes of their cargo, origin and destination."""
    n_zone = study["zone"].n
    key = (rows.cargo * n_zone + rows.origin) * n_zone + rows.destination
    route_key = (routes.group * n_zone + routes.origin) * n_zone + routes.destination
    order = np.argsort(route_key, kind="stable")
    ordered = route_key[order]
    start = np.searchsorted(ordered, key, side="left")
    stop = np.searchsorted(ordered, key, side="right")
    counts = stop - start
    row_first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
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
    batch = klass * len(CARGOES) + cargo
    batches = {
        (int(b) // len(CARGOES), int(b) % len(CARGOES)): np.flatnonzero(batch == b)
        for b in np.unique(batch)
    }
    return Options(row_first, route, row.astype(np.int64), place_first, place, batches)
