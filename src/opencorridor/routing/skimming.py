"""Skims: what it takes from every zone to every zone, with a reason where there is no way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.routing.elimination import Elimination
from opencorridor.routing.manyskims import own_countries, skim_classes
from opencorridor.routing.masks import mode_mask, present_bits
from opencorridor.routing.priced import ALL_KINDS, PricedGraph, check_costs
from opencorridor.routing.search import pair_forest, pair_view

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["QUANTITIES", "REASONS", "SkimArrays", "skim_arrays", "to_dataset"]

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint8]

QUANTITIES: dict[str, tuple[str, str]] = {
    "time_h": ("h", "time from door to door"),
    "spread_h": ("h", "standard deviation of the time"),
    "cost_usd_per_t": ("USD/t", "money"),
    "gc_usd_per_t": ("USD/t", "generalised cost"),
    "co2_kg_per_t": ("kg/t", "CO2e, well to wheel"),
    "distance_km": ("km", "distance"),
}
"""Name: (unit, long name) of the matrices of a skim."""

REASONS = (
    "",
    "same zone",
    "the origin has no open access to these modes",
    "the destination has no open access to these modes",
    "closed: a way exists over links or crossings that are not open",
    "no mode: a way exists with modes that were not asked for",
    "no way in the network",
    "no zone of the study stands for one of the countries",
)
"""Texts of the reason codes 0 (a way was found) to 7; the last is for skims by country."""

SAME_ZONE, NO_ORIGIN, NO_DESTINATION, CLOSED, NO_MODE, NO_WAY, NO_ZONE = range(1, 8)


@dataclass(frozen=True, eq=False)
class SkimArrays:
    """Matrices over Z zones; NaN where there is no way, never a large number.

    Attributes
    ----------
    zone_id
        Shape Z.
    time_h, spread_h, cost_usd_per_t, gc_usd_per_t, co2_kg_per_t, distance_km
        float64[Z, Z], origin by destination. The diagonal is NaN: trips within a zone are not
        modelled.
    reason
        uint8[Z, Z], index into ``REASONS``.
    """

    zone_id: npt.NDArray[np.str_]
    time_h: Floats
    spread_h: Floats
    cost_usd_per_t: Floats
    gc_usd_per_t: Floats
    co2_kg_per_t: Floats
    distance_km: Floats
    reason: Bits

    @property
    def n_missing(self) -> int:
        """Number of pairs of different zones without a way."""
        return int((self.reason > SAME_ZONE).sum())

    @property
    def disconnected(self) -> list[str]:
        """Zones that reach no other zone, or that no other zone reaches."""
        if len(self.zone_id) < 2:
            return []
        found = self.reason == 0
        lone = ~found.any(axis=1) | ~found.any(axis=0)
        return [str(z) for z in self.zone_id[lone]]


def _access(priced: PricedGraph, present: Bits, zones: Array) -> tuple[Array, Array]:
    """Return for every zone whether it has an arc out, and an arc in, that is present."""
    graph = priced.graph
    on = present > 0
    out = np.zeros(graph.n_nodes, bool)
    into = np.zeros(graph.n_nodes, bool)
    out[graph.tail[on]] = True
    into[graph.head[on]] = True
    return out[zones], into[zones]


def _reached(priced: PricedGraph, present: Bits, origins: Array, state: Array) -> Array:
    """Return bool[O, D]: whether a way exists for any kind of flow."""
    bits = np.where(present > 0, ALL_KINDS, 0).astype(np.uint8)
    free = np.zeros((priced.graph.n_arcs, 3))
    dist, _ = pair_forest(priced, pair_view(priced, free, bits, -1, -1), origins)
    return np.asarray(np.isfinite(dist[:, state]))


def tree_skim(priced: PricedGraph, present: Bits, chunk: int = 32) -> Floats:
    """Add up the quantities of all pairs along plain trees, one search of one layer per origin.

    Trips between the same groups of countries, see
    :func:`opencorridor.routing.manyskims.own_countries`, share their prices and so their trees.

    Returns
    -------
    float64[Z, Z, 6]
        Hours, squared spread, kg CO2e, km, money, generalised cost; NaN where there is no way.
    """
    from opencorridor.routing.kernels import paths as kernels

    _, _, tail, arc_country, _, _, node_country = priced.topology
    zones = priced.graph.zone_node.astype(np.int64)
    country = node_country[zones]
    group = np.where(np.isin(country, list(own_countries(priced, present))), country, -1)
    sums = np.full((len(zones), len(zones), 6), np.nan)
    for a, b in product(np.unique(group).tolist(), repeat=2):
        view = pair_view(priced, priced.gc, present, a, b)
        ends = np.flatnonzero(group == b)
        starts = np.flatnonzero(group == a)
        for i in range(0, len(starts), chunk):
            part = starts[i : i + chunk]
            wanted = np.broadcast_to(group == b, (len(part), len(zones)))
            dist, pred = pair_forest(priced, view, zones[part], np.ascontiguousarray(wanted))
            sums[np.ix_(part, ends)] = kernels.tree_sums(
                dist, pred, tail, arc_country, country[part], 2 * zones[ends] + 1, country[ends],
                priced.plain, priced.by_kind,
            )  # fmt: skip
    sums[np.eye(len(zones), dtype=bool)] = np.nan
    return sums


def _explain(
    priced: PricedGraph, cargo: str, modes: Sequence[str], present: Bits, missing: Array
) -> Bits:
    """Return reason codes of the missing pairs (uint8[Z, Z], 0 elsewhere)."""
    graph = priced.graph
    zones = graph.zone_node.astype(np.int64)
    reason = np.where(missing, NO_WAY, 0).astype(np.uint8)
    rows = np.flatnonzero(missing.any(axis=1))
    can = graph.carries(cargo) & priced.usable
    state = 2 * zones + 1
    for code, mask in (
        (NO_MODE, can & graph.open),
        (CLOSED, can & mode_mask(graph, modes)),
    ):
        bits = present_bits(mask, graph.kinds)
        for i in range(0, len(rows), 32):
            part = rows[i : i + 32]
            way = _reached(priced, bits, zones[part], state) & missing[part]
            reason[part] = np.where(way, code, reason[part])
    out, into = _access(priced, present, zones)
    reason[missing & ~into[None, :]] = NO_DESTINATION
    reason[missing & ~out[:, None]] = NO_ORIGIN
    return reason


def skim_arrays(
    priced: PricedGraph,
    cargo: str,
    modes: Sequence[str],
    *,
    present: Bits | None = None,
    reasons: bool = True,
    chunk: int = 32,
    order: Elimination | None = None,
) -> SkimArrays:
    """Skim all zones of a priced graph (best the reduced one).

    Parameters
    ----------
    priced
        The graph; ``priced.graph.open`` holds for the date asked.
    cargo, modes
        ``container`` or ``bulk``; allowed modes.
    present
        uint8[A]; by default from ``open``, cargo and modes.
    reasons
        Search again for the reason of missing pairs; without it they read "no way".
    chunk
        Origins at a time; memory only.
    order
        Of this graph, where it is known: the skim is then customised on it, which is much faster.

    Returns
    -------
    SkimArrays
        Means and sums over them have to leave NaN out on purpose.
    """
    graph = priced.graph
    if present is None:
        mask = graph.open & graph.carries(cargo) & priced.usable & mode_mask(graph, modes)
        present = present_bits(mask, graph.kinds)
    check_costs(priced, present)
    if order is None:
        sums = tree_skim(priced, present, chunk)
    else:
        sums = skim_classes(order, [(priced, present)]).values[0]
    same = np.eye(len(sums), dtype=bool)
    missing = np.isnan(sums[:, :, 0]) & ~same
    reason = np.where(missing, NO_WAY, 0).astype(np.uint8)
    if reasons and missing.any():
        reason = _explain(priced, cargo, modes, present, missing)
    reason[same] = SAME_ZONE
    return SkimArrays(
        zone_id=graph.zone_id,
        time_h=sums[:, :, 0],
        spread_h=np.sqrt(sums[:, :, 1]),
        cost_usd_per_t=sums[:, :, 4],
        gc_usd_per_t=sums[:, :, 5],
        co2_kg_per_t=sums[:, :, 2],
        distance_km=sums[:, :, 3],
        reason=reason,
    )


def to_dataset(skim: SkimArrays, zone_name: Sequence[str], attrs: dict[str, Any]) -> xr.Dataset:
    """Label a skim: dims origin, destination; units in attributes.

    Parameters
    ----------
    skim
        The matrices.
    zone_name
        Names of ``skim.zone_id``.
    attrs
        Attributes of the data set: study hash, class, cargo, date, price year, modes.
    """
    import xarray as xr

    ids = np.array([str(z) for z in skim.zone_id], dtype=object)
    names = np.array(list(zone_name), dtype=object)
    dims = ("origin", "destination")
    variables: dict[str, Any] = {
        name: (dims, getattr(skim, name), {"units": unit, "long_name": text})
        for name, (unit, text) in QUANTITIES.items()
    }
    meaning = "; ".join(f"{i} {text or 'found'}" for i, text in enumerate(REASONS))
    variables["reason"] = (dims, skim.reason, {"long_name": "reason code", "codes": meaning})
    note = {"pairs_without_a_way": skim.n_missing, "disconnected": "; ".join(skim.disconnected)}
    return xr.Dataset(
        variables,
        coords={
            "origin": ids,
            "destination": ids,
            "origin_name": ("origin", names),
            "destination_name": ("destination", names),
        },
        attrs={**attrs, **note},
    )
