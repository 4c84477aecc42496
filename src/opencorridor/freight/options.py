"""Options of the demand: which routes each row may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.demand import CARGOES, Cells, Rows
from opencorridor.freight.kept import Kept
from opencorridor.freight.kernels.options import fare_sums, option_places
from opencorridor.freight.places import Places
from opencorridor.study import Study

__all__ = ["Options", "make_options"]

Floats = NDArray[np.float64]
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

    @cached_property
    def ways(self) -> dict[tuple[int, int], tuple[Ints, Ints]]:
        """Routes of each batch, each once, and the place of every option's route among them."""
        found = {}
        for key, batch in self.batches.items():
            routes, back = np.unique(self.route[batch], return_inverse=True)
            found[key] = routes, back
        return found

    def batch_costs(
        self,
        key: tuple[int, int],
        routes: Kept,
        fare: NDArray[np.int32],
        by_kind: tuple[Floats, Floats, Floats],
        is_open: NDArray[np.bool_],
    ) -> Floats:
        """Cost of every option of a batch, infinite over an arc that is closed or has no price.

        Parameters
        ----------
        key
            Class and cargo of the batch.
        routes, fare
            The routes and their ``arc_fares``.
        by_kind
            Generalised cost of the arcs (A,) as transit, import/export, domestic, US$/t.
        is_open
            (A,) arcs that may be used.
        """
        price = np.stack(by_kind, axis=1)
        price[~(is_open[:, None] & (price < np.inf))] = np.inf
        which, back = self.ways[key]
        costs: Floats = fare_sums(which, routes.first, fare, price.ravel())
        return costs[back]


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
