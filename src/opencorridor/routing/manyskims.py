"""Skims of all zones for many classes at once, customised on an order of elimination.

Between two countries every arc has one flow kind, so that a search of one layer is exact. Which
countries the trip joins matters only where prices differ by flow kind: those countries are groups
of their own, all others are one. A lane is one set of prices: a class, and a flow kind in each of
the former. Rules that name the country of origin or destination make groups of these, too, and
lanes with fewer arcs.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network import Graph
from opencorridor.routing.elimination import Elimination
from opencorridor.routing.priced import PricedGraph, check_costs, plain_array

__all__ = [
    "Barred",
    "Lanes",
    "Sums",
    "barred_between",
    "lanes_of",
    "named_countries",
    "own_countries",
    "skim_classes",
]

Array = npt.NDArray[Any]
Bits = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Priced = tuple[PricedGraph, Bits]
Own = dict[int, tuple[int, int, int]]
Barred = Sequence[tuple[int, int, Bits]]
"""Countries of origin and destination (-1: any), and presence bits taken from their trips."""

# Lanes of a block, and zones of a vector: as in ``kernels.vectors``, which needs a compiler.
LANES = 8
ZONES = 4


def own_countries(priced: PricedGraph, present: Bits) -> Own:
    """Return the countries where prices or presence of arcs in use differ by flow kind.

    Returns
    -------
    dict
        Country to three flow kinds: for each kind the first one with the same prices.
    """
    country = priced.graph.country
    on = (present > 0) & (country >= 0)
    columns = [np.stack([present >> k & 1 for k in range(3)], axis=1)]
    columns += [priced.gc_usd_per_t, priced.money_usd_per_t]
    differ = np.zeros((len(priced.graph.countries), 3), bool)
    for n, (a, b) in enumerate(((0, 1), (0, 2), (1, 2))):
        differ[country[on & np.any([x[:, a] != x[:, b] for x in columns], axis=0)], n] = True
    return _kinds(differ)


def _kinds(differ: npt.NDArray[np.bool_]) -> Own:
    """Return the first like flow kinds by country, from which of three pairs of kinds differ."""
    found: Own = {}
    for c in np.flatnonzero(differ.any(axis=1)).tolist():
        second = int(differ[c, 0])
        third = 2 if differ[c, 2] else second
        found[c] = (0, second, third if differ[c, 1] else 0)
    return found


def named_countries(barred: Barred) -> set[int]:
    """Return the countries that rules for trips between countries name."""
    return {c for one in barred for c in one[:2] if c >= 0}


def barred_between(barred: Barred, origin: int, destination: int) -> tuple[int, ...]:
    """Return the positions of what is barred to trips between two countries."""
    ends = origin, destination
    return tuple(
        i
        for i, one in enumerate(barred)
        if all(named in (-1, mine) for named, mine in zip(one[:2], ends, strict=True))
    )


def kind_by_country(n_countries: int, origin: int, destination: int) -> npt.NDArray[np.int8]:
    """Return the flow kind of a trip between two countries by country; the first is the water."""
    kind = np.zeros(n_countries + 1, np.int8)
    kind[0] = 1
    for c in (origin, destination):
        if c >= 0:
            kind[c + 1] += 1
    return kind


@dataclass(frozen=True, eq=False)
class Lanes:
    """Sets of prices, and which pairs each serves.

    Attributes
    ----------
    lane_class
        int64[L]: class of each lane.
    lane_kind
        int8[L, countries + 1].
    lane_bits
        int64[L]: row of ``bits`` of each lane.
    bits
        For every row of presence bits its class, and what is barred in it.
    pairs
        bool[L, G, G]: groups of origin and destination that the lane serves.
    group
        int64[Z]: group of every zone; the last is all other countries.
    """

    lane_class: npt.NDArray[np.int64]
    lane_kind: npt.NDArray[np.int8]
    lane_bits: npt.NDArray[np.int64]
    bits: tuple[tuple[int, tuple[int, ...]], ...]
    pairs: npt.NDArray[np.bool_]
    group: npt.NDArray[np.int64]


def lanes_of(graph: Graph, own: Sequence[Own], barred: Sequence[Barred]) -> Lanes:
    """Return the lanes of classes with these own countries and bars; like pairs come together."""
    special = sorted(set().union(*own, *(named_countries(one) for one in barred)))
    numbers = range(len(graph.countries))
    country = graph.node_country[graph.zone_node].astype(np.int64)
    places = [c for c in special if (country == c).any()]
    number = {c: i for i, c in enumerate(places)}
    group = np.array([number.get(int(c), len(places)) for c in country], np.int64)
    found: dict[tuple[bytes, int, tuple[int, ...]], list[tuple[int, int]]] = {}
    kinds: dict[tuple[bytes, int], npt.NDArray[np.int8]] = {}
    for c, mine in enumerate(own):
        for i, a in enumerate([*places, -1]):
            for j, b in enumerate([*places, -1]):
                kind = kind_by_country(len(graph.countries), a, b)
                kind[1:] = [mine[x][kind[x + 1]] if x in mine else 0 for x in numbers]
                kinds[kind.tobytes(), c] = kind
                key = kind.tobytes(), c, barred_between(barred[c], a, b)
                found.setdefault(key, []).append((i, j))
    keys = sorted(found, key=lambda key: (-len(found[key]), key))
    bits = sorted({key[1:] for key in keys})
    pairs = np.zeros((len(keys), len(places) + 1, len(places) + 1), bool)
    for k, key in enumerate(keys):
        for i, j in found[key]:
            pairs[k, i, j] = True
    return Lanes(
        np.array([key[1] for key in keys], np.int64), np.stack([kinds[key[:2]] for key in keys]),
        np.array([bits.index(key[1:]) for key in keys], np.int64), tuple(bits), pairs, group,
    )  # fmt: skip


def _spans(order: Elimination, zones: Array, group: Array, n_group: int) -> tuple[Array, ...]:
    """Return for every node and group the span of zones that have the node in their label.

    Returns
    -------
    base, lo, hi : int64[N * G]
        Label of zone ``d`` of a span is at ``base + d``, spans in whole vectors; its zones are
        those from ``lo`` to before ``hi``, by place in ``zones``.
    n_label : int
    """
    n = len(order.first) - 1
    lo = np.full(n * n_group, len(zones), np.int64)
    hi = np.zeros(n * n_group, np.int64)
    for d, z in enumerate(zones):
        at = order.above[order.above_first[z] : order.above_first[z + 1]].astype(np.int64)
        at = at * n_group + group[d]
        lo[at] = np.minimum(lo[at], d)
        hi[at] = d + 1
    hi = np.maximum(hi, lo)
    slot = np.concatenate(([0], np.cumsum(-(-(hi - lo) // ZONES) * ZONES)))
    return slot[:-1] - lo, lo, hi, slot[-1]


def _rows(first: Array, zones: Array, *columns: Array) -> tuple[Array, ...]:
    """Return CSR columns with their rows in another order."""
    count = np.diff(first)[zones]
    start = np.concatenate(([0], np.cumsum(count))).astype(np.int64)
    take = np.repeat(first[zones] - start[:-1], count) + np.arange(start[-1])
    return start, *(np.ascontiguousarray(column[take]) for column in columns)


def _prepare(order: Elimination, lanes: Lanes) -> tuple[tuple[Array, ...], int]:
    """Return what the kernel takes as ``order``, and the room of labels.

    Zones stand by group, then by branch.
    """
    inside = np.argsort(lanes.group[order.zone_order], kind="stable")
    zones = order.zone_order[inside].astype(np.int64)
    group = lanes.group[zones]
    n_group = lanes.pairs.shape[1]
    above = _rows(order.above_first, zones, order.above)
    base, lo, hi, n_label = _spans(order, zones, group, n_group)
    owner = np.repeat(np.arange(len(zones)), np.diff(above[0]))
    kernel = (
        *order.filled,
        *above,
        base[above[1].astype(np.int64) * n_group + group[owner]] + owner,
        *(base, lo, hi),
        np.unique(above[1]).astype(np.int64),
        group,
        np.searchsorted(group, np.arange(n_group + 1)).astype(np.int64),
        zones,
        *_rows(order.out_first, zones, order.out_arc, order.out_node),
        *_rows(order.in_first, zones, order.in_arc, order.in_node),
    )
    return kernel, int(n_label)


@dataclass(frozen=True, eq=False)
class Sums:
    """Six quantities of every class and pair of zones.

    Attributes
    ----------
    values
        float64[C, Z, Z, 6]: hours, squared spread, kg CO2e, km, money, generalised cost; NaN
        where there is no way and within a zone.
    class_of
        Row of ``values`` for each class asked: classes with all prices equal share one.
    n_lanes
        Sets of prices customised.
    n_trees
        Distinct trees: origins times the sets of prices that trips from them need.
    """

    values: Floats
    class_of: tuple[int, ...]
    n_lanes: int
    n_trees: int


def _ready(item: Priced, out: Floats) -> Own:
    """Check a class, write its prices as the kernel takes them; return its own countries."""
    from opencorridor.routing.kernels import customise

    priced, present = item
    check_costs(priced, present)
    graph = priced.graph
    differ = np.empty((len(graph.countries), 3), bool)
    arrays: tuple[Any, ...] = (
        priced.time_h, priced.spread_h, priced.co2_kg_per_t, graph.length_km,
        priced.money_usd_per_t, priced.gc_usd_per_t, present, graph.country,
    )  # fmt: skip
    time, spread, co2, km, money, gc, bits, country = map(_plain, arrays)
    customise.pack(time, spread, co2, km, money, gc, bits, country, out, differ)
    return _kinds(differ)


def _plain(values: Array) -> Array:
    """Return an array as kernels take it; a copy only where it is read-only or in other order."""
    if values.flags.writeable and values.flags.c_contiguous:
        return values
    return np.array(values, order="C", copy=True)


def _same_bars(one: Barred, other: Barred) -> bool:
    return len(one) == len(other) and all(
        a[:2] == b[:2] and np.array_equal(a[2], b[2]) for a, b in zip(one, other, strict=True)
    )


def _alike(items: Sequence[Priced], barred: Sequence[Barred], price: Floats) -> list[int]:
    """Return for every class the first one that has all its prices and bars."""
    seen: dict[bytes, list[int]] = {}
    first = []
    for c, (_, present) in enumerate(items):
        # A few prices tell most classes apart; only those left are compared in full.
        near = seen.setdefault(price[c, ::97].tobytes(), [])
        twin = next(
            (
                b
                for b in near
                if np.array_equal(present, items[b][1])
                and _same_bars(barred[b], barred[c])
                and np.array_equal(price[b], price[c], equal_nan=True)
            ),
            c,
        )
        first.append(twin)
        if twin == c:
            near.append(c)
    return first


def _dealt(lanes: Lanes, threads: int) -> tuple[Lanes, npt.NDArray[np.int64]]:
    """Deal lanes to blocks of at most LANES, as many for each thread.

    Lanes stand by how many pairs they serve: dealt in turn, all blocks have as much to do.

    Returns
    -------
    lanes, block
        Lanes in order of blocks, and the first of each block, then their number.
    """
    n = len(lanes.lane_class)
    count = -(-n // LANES)
    count = min(-(-count // threads) * threads, n)
    block = np.arange(n) % count
    turn = np.argsort(block, kind="stable")
    dealt = replace(
        lanes, lane_class=lanes.lane_class[turn], lane_kind=lanes.lane_kind[turn],
        lane_bits=lanes.lane_bits[turn], pairs=lanes.pairs[turn],
    )  # fmt: skip
    return dealt, np.searchsorted(block[turn], np.arange(count + 1)).astype(np.int64)


def _bits(items: Sequence[Priced], barred: Sequence[Barred], lanes: Lanes) -> Bits:
    """Return uint8[P, A]: the rows of presence bits that lanes ask for."""
    rows = []
    for c, names in lanes.bits:
        row = items[c][1]
        for i in names:
            row = row & ~barred[c][i][2]
        rows.append(row)
    return np.stack(rows)


def skim_classes(
    order: Elimination, items: Sequence[Priced], barred: Sequence[Barred] | None = None
) -> Sums:
    """Skim all zones for several classes on one graph.

    Parameters
    ----------
    order
        Of the graph that all classes are priced on.
    items
        Prices and presence bits of each class.
    barred
        What of it is barred to trips between some countries, for each class; None: nothing.

    Raises
    ------
    OpenCorridorError
        Code ``negative_cost``.
    """
    from opencorridor.routing.kernels import customise, lane_sums

    graph = items[0][0].graph
    n_zones = len(graph.zone_id)
    bars: Sequence[Barred] = [()] * len(items) if barred is None else barred
    price = np.empty((len(items), graph.n_arcs, 10))
    threads = customise.threads()
    with ThreadPoolExecutor(threads) as pool:
        own = list(pool.map(_ready, items, price))
    first = _alike(items, bars, price)
    keep = sorted(set(first))
    price = price if len(keep) == len(items) else np.ascontiguousarray(price[keep])
    items, bars = [items[c] for c in keep], [bars[c] for c in keep]
    lanes, block = _dealt(lanes_of(graph, [own[c] for c in keep], bars), threads)
    kernel, n_label = _prepare(order, lanes)
    result = np.empty((len(keep), n_zones, n_zones, lane_sums.N_SUMS))
    customise.skim(
        threads,
        block,
        kernel,
        lanes.pairs,
        lanes.lane_class,
        lanes.lane_bits,
        lanes.lane_kind,
        plain_array(graph.country, np.int16),
        _bits(items, bars, lanes),
        price,
        customise.room(threads, n_label, graph.n_arcs, len(order.upper), n_zones),
        result,
    )
    size = np.bincount(lanes.group, minlength=lanes.pairs.shape[1])
    trees = int((lanes.pairs.any(axis=2) @ size).sum())
    return Sums(result, tuple(keep.index(c) for c in first), len(lanes.lane_class), trees)
