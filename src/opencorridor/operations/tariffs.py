"""What dated tariffs say about a route: documents by leg, notes, and the premium beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.operations.pack import Pack
from opencorridor.routing.asking import Cargo
from opencorridor.routing.routes import Route, trip_kinds
from opencorridor.routing.tariffs import RowTariff, row_tariff, tariff_notes, tariffs_of

if TYPE_CHECKING:
    from opencorridor.routing.priced import PricedGraph

__all__ = ["insurance", "leg_tariffs", "notes"]

Ints = npt.NDArray[np.int64]


def insurance(pack: Pack, cargo: Cargo) -> float:
    """Return the premium, US$ per tonne: it hangs on the goods, not on the way."""
    row = next(r for r in pack.goods.rows if r["class_id"] == cargo.class_id)
    return pack.insurance_share * float(str(row["value_density_usd_per_t"]))


def _kinds(priced: PricedGraph, route: Route) -> tuple[Ints, Ints]:
    """Return the arcs of a route and the flow kind of each."""
    return np.array(route.arcs, np.int64), trip_kinds(priced, route)


def leg_tariffs(pack: Pack, priced: PricedGraph, route: Route) -> tuple[tuple[RowTariff, ...], ...]:
    """Return the dated tariffs that price each leg."""
    kind = dict(zip(*(values.tolist() for values in _kinds(priced, route)), strict=True))
    table = pack.tables["tariff_rail"]
    found = []
    for leg in route.legs:
        kinds = np.array([kind[arc] for arc in leg.arcs], np.int64)
        rows = tariffs_of(priced, np.array(leg.arcs, np.int64), kinds)
        found.append(tuple(row_tariff(table, i, pack.rate_status) for i in rows))
    return tuple(found)


def notes(
    pack: Pack, priced: PricedGraph, route: Route, cargo: Cargo, date: str
) -> tuple[str, ...]:
    """Return what tariffs that do not price the route say about it."""
    arcs, kinds = _kinds(priced, route)
    table = pack.tables["tariff_rail"]
    return tuple(
        tariff_notes(priced, table, arcs, kinds, cargo.class_id, cargo.cargo, date, pack.wagons)
    )
