"""What goods do on their way: every arc that they pass, and sums over arcs, modes and countries.

A *step* is one arc of one option (goods of one row on one route). Amounts of steps add up to the
same total whatever they are grouped by; tonnes do not, since a tonne that passes ten links is
still one: :func:`touching` counts it once in every group that it meets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.options import Options
from opencorridor.network import BORDER, MODES, TRANSSHIPMENT, Graph, Reduced

__all__ = [
    "AMOUNTS",
    "GROUPS",
    "Goods",
    "Steps",
    "amounts_of",
    "containing",
    "expand",
    "mode_of",
    "sums",
    "to_whole",
    "touching",
    "transit",
    "wait_of",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

AMOUNTS = (
    "tkm_per_year",
    "carriage_usd_per_year",
    "fee_usd_per_year",
    "t_h_per_year",
    "wait_t_h_per_year",
    "co2_t_per_year",
)
"""Amounts of a step: tonne-kilometres, charges for carriage, fees and charges at borders and
terminals, tonne-hours without queues, tonne-hours in queues for capacity, tonnes of CO2e."""

GROUPS = (*MODES, "terminal", "access")
"""Where a step is: a mode, a terminal, or the way between a zone and the network."""


@dataclass(frozen=True)
class Goods:
    """What moves on every option (O,): a year's tonnes and containers, whose, and of which class.

    ``exporter`` and ``importer`` are countries of the graph, -1 where it has none; ``cargo`` is
    0 container, 1 bulk.
    """

    tonnes: Floats
    teu: Floats
    exporter: Ints
    importer: Ints
    klass: Ints
    cargo: Ints


@dataclass(frozen=True)
class Steps:
    """Steps (S,): option, arc, kind of flow for the price, and amounts (S, AMOUNTS)."""

    option: Ints
    arc: Ints
    kind: Ints
    amount: Floats

    def take(self, which: NDArray[np.generic]) -> Steps:
        """Return the steps of the given positions, or of a mask."""
        return Steps(self.option[which], self.arc[which], self.kind[which], self.amount[which])


def expand(
    first: Ints, fare: NDArray[np.int32], route: Ints, wanted: Bools
) -> tuple[Ints, Ints, Ints]:
    """Option, arc and kind of flow of every step of the wanted options (O,).

    ``first`` and ``fare`` are those of the routes (``kernels.options.arc_fares``).
    """
    on = np.flatnonzero(wanted)
    start = first[route[on]]
    count = first[route[on] + 1] - start
    option = np.repeat(on, count)
    ends = np.cumsum(count)
    at = np.arange(option.size) - np.repeat(ends - count, count) + np.repeat(start, count)
    step = fare[at].astype(np.int64)
    return option, step // 3, step % 3


def wait_of(
    option: Ints, arc: Ints, options: Options, arc_first: Ints, arc_place: Ints, wait_h: Floats
) -> Floats:
    """Hours in queues at every step (S,): those of a place at the first of its arcs on a route.

    ``arc_first``, ``arc_place`` are the places of the arcs (``freight.places.Places``), in the
    numbers of ``arc``.
    """
    count = arc_first[arc + 1] - arc_first[arc]
    step = np.repeat(np.arange(arc.size), count)
    ends = np.cumsum(count)
    inside = np.arange(step.size) - np.repeat(ends - count, count)
    place = arc_place[arc_first[arc[step]] + inside]
    n = max(wait_h.size, 1)
    key, at = np.unique(option[step] * n + place, return_index=True)
    row = np.repeat(np.arange(options.n), np.diff(options.place_first))
    # A place counts only the cargo and class that its capacity is for.
    at = at[np.isin(key, row * n + options.place)]
    hours = np.bincount(step[at], weights=wait_h[place[at]], minlength=arc.size)
    return hours.astype(np.float64)


def amounts_of(
    goods: Goods,
    option: Ints,
    per_tonne: Mapping[tuple[int, int], Floats],
    arc: Ints,
    kind: Ints,
    wait_h: Floats,
) -> Floats:
    """Amounts (S, AMOUNTS) of steps.

    ``per_tonne`` has, by cargo and class, what a tonne takes on every arc (5, A, 3): km, US$ of
    carriage, US$ of fees, hours, kg CO2e, by kind of flow; ``wait_h`` (S,) hours in queues.
    """
    out = np.zeros((option.size, len(AMOUNTS)))
    cargo, klass = goods.cargo[option], goods.klass[option]
    for (c, k), value in per_tonne.items():
        mine = np.flatnonzero((cargo == c) & (klass == k))
        km, carriage, fee, hours, kg = value[:, arc[mine], kind[mine]]
        tonnes = goods.tonnes[option[mine]]
        parts = (km, carriage, fee, hours, wait_h[mine], kg / 1000.0)
        out[mine] = np.stack(parts, axis=1) * tonnes[:, None]
    return out


def sums(key: Ints, n: int, amount: Floats) -> Floats:
    """Return the sums of amounts (S, Q) by group (n, Q); a key below 0 belongs to none."""
    own = key >= 0
    return np.stack(
        [np.bincount(key[own], weights=one[own], minlength=n) for one in amount.T], axis=1
    ).astype(np.float64)


def touching(option: Ints, key: Ints, n: int, quantity: Floats) -> Floats:
    """Return sums of quantities of options (O, Q) by group (n, Q), each once a group it meets.

    ``option`` and ``key`` are those of the steps (S,); a key below 0 is no group.
    """
    # Neighbours on a way are mostly of one group: only where it changes is it looked at.
    new = np.ones(option.size, dtype=bool)
    new[1:] = (option[1:] != option[:-1]) | (key[1:] != key[:-1])
    at = np.flatnonzero(new & (key >= 0))
    met = np.unique(option[at] * n + key[at])
    return sums(met % n, n, quantity[met // n])


def mode_of(graph: Graph) -> Ints:
    """Return the position in ``GROUPS`` of every arc (A,)."""
    group = np.where(graph.kind <= BORDER, graph.mode, len(MODES) + 1)
    group[graph.kind == TRANSSHIPMENT] = len(MODES)
    return group.astype(np.int64)


def transit(goods: Goods, option: Ints, country: Ints, kind: Ints) -> Bools:
    """Whether every step (S,) is in a country where the goods neither start nor end.

    ``country`` (S,) is that of the arc, -1 on water; ``kind`` 0 where neither zone of the goods
    lies in it. The exporter and the importer count too, whose goods may start or end at a port of
    a neighbour.
    """
    return np.asarray(
        (country >= 0)
        & (kind == 0)
        & (country != goods.exporter[option])
        & (country != goods.importer[option])
    )


def to_whole(reduced: Reduced, whole: Graph, value: Floats) -> Floats:
    """Amounts of arcs of the reduced graph on those of the whole one, by km along a shortcut."""
    out = np.zeros(reduced.n_whole)
    plain = reduced.arc >= 0
    np.add.at(out, reduced.arc[plain], value[plain])
    per_km = np.zeros_like(value)
    np.divide(value, reduced.graph.length_km, out=per_km, where=~plain)
    result: Floats = out + reduced.spread(per_km) * whole.length_km
    return result


def containing(reduced: Reduced, arcs: Bools) -> Bools:
    """Arcs of the reduced graph (A',) that run over any of the arcs of the whole one, or back."""
    both = arcs.copy()
    paired = np.flatnonzero(arcs & (reduced.reverse_whole >= 0))
    both[reduced.reverse_whole[paired]] = True
    given = reduced.arc_of_edge
    hit = ((given >= 0) & both[given]).tolist()
    a, b = (child.tolist() for child in (reduced.child_a, reduced.child_b))
    # Parts stand before what is made of them.
    for e in np.flatnonzero(reduced.child_a >= 0).tolist():
        hit[e] = hit[a[e]] or hit[b[e]]
    out = (reduced.arc >= 0) & both[reduced.arc]
    cut = np.flatnonzero(reduced.arc < 0)
    out[cut] = np.array(hit, dtype=bool)[reduced.edge[cut] >> 1]
    return np.asarray(out)
