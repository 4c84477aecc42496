"""Skims: what it takes from every zone to every zone, with a reason where there is no way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import Graph
from opencorridor.routing.elimination import Elimination
from opencorridor.routing.manyskims import (
    Barred,
    barred_between,
    named_countries,
    own_countries,
    skim_classes,
)
from opencorridor.routing.priced import PricedGraph, check_costs
from opencorridor.routing.ruled import NO_RULES, Rules
from opencorridor.routing.search import pair_forest, pair_view
from opencorridor.routing.wanted import Wanted, presence

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "QUANTITIES",
    "REASONS",
    "SkimArrays",
    "bars_of",
    "reached",
    "reason_attrs",
    "reason_texts",
    "skim_arrays",
    "to_dataset",
    "tree_skim",
]

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Group = tuple[int, int, Bits, Array, Array]

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
    "not in this form: a way exists in the other form of cargo (container or bulk)",
    "several: a way exists only where more than one of these reasons is lifted",
)
"""Texts of the reason codes 0 (a way was found) to 9; 7 is for skims by country. Codes from 10 on
name what a skim met: a rule, a restriction or what is avoided."""

SAME_ZONE, NO_ORIGIN, NO_DESTINATION, CLOSED, NO_MODE, NO_WAY, NO_ZONE, NO_FORM, SEVERAL = range(
    1, 10
)


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
        uint8[Z, Z], index into ``reasons``.
    reasons
        ``REASONS``, and after them the rules and closures that this skim met.
    """

    zone_id: npt.NDArray[np.str_]
    time_h: Floats
    spread_h: Floats
    cost_usd_per_t: Floats
    gc_usd_per_t: Floats
    co2_kg_per_t: Floats
    distance_km: Floats
    reason: Bits
    reasons: tuple[str, ...] = REASONS

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


def _groups(priced: PricedGraph, present: Bits, barred: Barred) -> Iterator[Group]:
    """Yield pairs of groups of countries: both, what trips may use, positions of their zones.

    Trips between the same groups of countries share their prices and so their trees, see
    :func:`opencorridor.routing.manyskims.own_countries`.
    """
    country = priced.graph.node_country[priced.graph.zone_node]
    special = own_countries(priced, present).keys() | named_countries(barred)
    group = np.where(np.isin(country, list(special)), country, -1)
    for a, b in product(np.unique(group).tolist(), repeat=2):
        bits = present
        for i in barred_between(barred, a, b):
            bits = bits & ~barred[i][2]
        yield a, b, bits, np.flatnonzero(group == a), np.flatnonzero(group == b)


def tree_skim(priced: PricedGraph, present: Bits, barred: Barred = (), chunk: int = 32) -> Floats:
    """Add up the quantities of all pairs along plain trees, one search of one layer per origin.

    Parameters
    ----------
    barred
        As in :func:`opencorridor.routing.manyskims.skim_classes`.

    Returns
    -------
    float64[Z, Z, 6]
        Hours, squared spread, kg CO2e, km, money, generalised cost; NaN where there is no way.
    """
    from opencorridor.routing.kernels import paths as kernels

    _, _, tail, arc_country, _, _, node_country = priced.topology
    zones = priced.graph.zone_node.astype(np.int64)
    country = node_country[zones]
    sums = np.full((len(zones), len(zones), 6), np.nan)
    for a, b, bits, starts, ends in _groups(priced, present, barred):
        view = pair_view(priced, priced.gc, bits, a, b)
        goal = np.isin(np.arange(len(zones)), ends)
        for i in range(0, len(starts), chunk):
            part = starts[i : i + chunk]
            wanted = np.broadcast_to(goal, (len(part), len(zones)))
            dist, pred = pair_forest(priced, view, zones[part], np.ascontiguousarray(wanted))
            sums[np.ix_(part, ends)] = kernels.tree_sums(
                dist, pred, tail, arc_country, country[part], 2 * zones[ends] + 1, country[ends],
                priced.plain, priced.by_kind,
            )  # fmt: skip
    sums[np.eye(len(zones), dtype=bool)] = np.nan
    return sums


def reached(priced: PricedGraph, present: Bits, barred: Barred, asked: Bools) -> Bools:
    """Return which of the pairs asked for (bool[Z, Z]) have a way at any price."""
    zones = priced.graph.zone_node.astype(np.int64)
    free = np.zeros((priced.graph.n_arcs, 3))
    found = np.zeros_like(asked)
    for a, b, bits, starts, ends in _groups(priced, present, barred):
        rows = starts[asked[np.ix_(starts, ends)].any(axis=1)]
        for i in range(0, len(rows), 32):
            part = rows[i : i + 32]
            dist, _ = pair_forest(priced, pair_view(priced, free, bits, a, b), zones[part])
            found[np.ix_(part, ends)] = np.isfinite(dist[:, 2 * zones[ends] + 1])
    return found & asked


def bars_of(graph: Graph, rules: Rules, present: Bits) -> Barred:
    """Return what rules bar to trips between countries, of the arcs that are there."""

    def number(country: str) -> int:
        return graph.country_index(country) if country else -1

    return [
        (number(one.exporter), number(one.importer), one.ban.bits)
        for one in rules.trade
        if (one.ban.bits & present).any()
    ]


def skim_arrays(
    priced: PricedGraph,
    cargo: str,
    modes: Sequence[str],
    *,
    rules: Rules = NO_RULES,
    no_transit: Sequence[str] = (),
    removed: Mapping[str, Bools] | None = None,
    reasons: bool = True,
    order: Elimination | None = None,
) -> SkimArrays:
    """Skim all zones of a priced graph (best the reduced one).

    Parameters
    ----------
    priced
        The graph; ``priced.graph.open`` holds for the date asked.
    cargo, modes
        ``container`` or ``bulk``; allowed modes.
    rules
        What is forbidden to the cargo and truck on the date, on this graph.
    no_transit
        Ids of countries that may not be passed through.
    removed
        Arcs (bool[A]) of everything that is avoided, by its name.
    reasons
        Search again for the reason of missing pairs; without it they read "no way".
    order
        Of this graph, where it is known: the skim is then customised on it, which is much faster.

    Returns
    -------
    SkimArrays
        Means and sums over them have to leave NaN out on purpose.
    """
    graph, gone = priced.graph, dict(removed or {})
    can = graph.carries(cargo) & priced.usable
    wanted = Wanted(cargo, tuple(modes), (), tuple(no_transit), rules.bans, rules.shut)
    present = presence(priced, can, wanted, gone.values())
    barred = bars_of(graph, rules, present)
    check_costs(priced, present)
    if order is None:
        sums = tree_skim(priced, present, barred)
    else:
        sums = skim_classes(order, [(priced, present)], [barred]).values[0]
    same = np.eye(len(sums), dtype=bool)
    missing = np.isnan(sums[:, :, 0]) & ~same
    reason = np.where(missing, NO_WAY, 0).astype(np.uint8)
    texts: tuple[str, ...] = REASONS
    if reasons and missing.any():
        from opencorridor.routing.unreached import explain

        reason, texts = explain(priced, wanted, rules, gone, missing)
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
        reasons=texts,
    )


def reason_attrs(reasons: Sequence[str]) -> dict[str, str]:
    """Return the attributes of a matrix of reason codes."""
    codes = "; ".join(f"{i} {text or 'found'}" for i, text in enumerate(reasons))
    return {"long_name": "reason code", "codes": codes}


def reason_texts(data: xr.Dataset) -> list[str]:
    """Return the texts of the reason codes of a labelled skim, blank for a way that was found."""
    texts = [part.partition(" ")[2] for part in str(data["reason"].attrs["codes"]).split("; ")]
    return ["", *texts[1:]]


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
    variables["reason"] = (dims, skim.reason, reason_attrs(skim.reasons))
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
