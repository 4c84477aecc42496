"""Skims of many sets of prices on one graph, by an order of elimination that knows no price.

The order of elimination and the edges that it fills in depend on the topology alone and are found
once. A set of prices is a lane; ``LANES`` of them are customised side by side, so that one pass
over the triangles serves all. Edge e joins a node to a later one: way 0 leads up, way 1 down.
Zones stay out of the order, as no path passes them: each has labels to the nodes above the ends
of its accesses, and a trip is the best meeting of two labels. The other quantities are added up
afterwards along the one route that won, and only for what some pair uses.

Equal costs: arcs win over ways round, lower arcs and earlier nodes over later ones, so the same
prices give the same routes whatever else is skimmed with them and on however many threads.

Source: Dibbelt, Strasser and Wagner (2016), customizable contraction hierarchies; labels as in
Abraham et al. (2011), hub labelling; the order by least fill and depth.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import get_num_threads, njit, prange

from opencorridor.routing.kernels.lane_sums import (
    N_PLAIN,
    N_SUMS,
    add_edges,
    add_labels,
    list_edges,
    list_labels,
    needed,
    write,
)
from opencorridor.routing.kernels.vectors import LANES, ZONES, relax, relax_from

Array = npt.NDArray[Any]


def threads() -> int:
    """Return how many threads the compiled code runs on."""
    return int(get_num_threads())


@njit(cache=True, nogil=True)
def pack(time, spread, co2, km, money, gc, present, country, to, differ):  # type: ignore[no-untyped-def]
    """Write the prices of a class as :func:`skim` takes them; note where flow kinds differ.

    Parameters
    ----------
    time, spread, co2, km : float64[A]
    money, gc : float64[A, 3]
    present, country : uint8[A], int16[A]
    to : float64[A, 10]
        Filled.
    differ : bool[countries, 3]
        Filled: whether arcs in use differ as transit and import/export, as transit and domestic,
        as import/export and domestic.
    """
    differ[:] = False
    for a in range(time.shape[0]):
        to[a, 0], to[a, 1] = time[a], spread[a] * spread[a]
        to[a, 2], to[a, 3] = co2[a], km[a]
        for k in range(3):
            to[a, N_PLAIN + k], to[a, N_PLAIN + 3 + k] = money[a, k], gc[a, k]
        bits, c = present[a], country[a]
        if bits == 0 or c < 0:
            continue
        for n in range(3):
            i, j = (0 if n < 2 else 1), (1 if n == 0 else 2)
            if gc[a, i] != gc[a, j] or money[a, i] != money[a, j] or (bits >> i ^ bits >> j) & 1:
                differ[c, n] = True


@njit(cache=True)
def _load(  # type: ignore[no-untyped-def]
    lane, lanes, lane_class, lane_bits, lane_kind, arc_country, present, price, cost
):
    """Fill ``cost`` float64[A, LANES] with the generalised cost of each lane, inf where shut."""
    n_class_kind = N_PLAIN + 3
    for a in range(arc_country.shape[0]):
        for k in range(LANES):
            cost[a, k] = np.inf
        for k in range(lanes):
            c = lane_class[lane + k]
            kind = lane_kind[lane + k, arc_country[a] + 1]
            if present[lane_bits[lane + k], a] >> kind & 1:
                cost[a, k] = price[c, a, n_class_kind + kind]


@njit(cache=True)
def _customise(first, triangle, arc_edge, arc_way, cost, weight, middle):  # type: ignore[no-untyped-def]
    """Fill the cost of every edge, way and lane, and the node or arc (-2 - arc) that gives it.

    ``middle`` holds anything where the cost is inf.
    """
    weight[:] = np.inf
    for a in range(arc_edge.shape[0]):
        e = arc_edge[a]
        if e < 0:
            continue
        w = arc_way[a]
        for k in range(LANES):
            if cost[a, k] < weight[e, w, k]:
                weight[e, w, k] = cost[a, k]
                middle[e, w, k] = -2 - a
    t = 0
    for v in range(first.shape[0] - 1):
        for i in range(first[v], first[v + 1]):
            for j in range(i + 1, first[v + 1]):
                e = triangle[t]
                t += 1
                up = 2 * np.int64(e) * LANES
                down = up + LANES
                relax(weight, (2 * i + 1) * LANES, weight, 2 * j * LANES,
                       weight, up, middle, up, v)  # fmt: skip
                relax(weight, (2 * j + 1) * LANES, weight, 2 * i * LANES,
                       weight, down, middle, down, v)  # fmt: skip


@njit(cache=True)
def _labels(  # type: ignore[no-untyped-def]
    k, way, active, nodes, first, upper, weight, cost, group, spans, door, far, came,
):  # fmt: skip
    """Label the nodes above the zones of active groups in lane k.

    Zones lie side by side in a node's span, so that one pass over the edges serves all of them.
    ``far`` is filled with costs, ``came`` with the edge or arc (-2 - arc) used.
    """
    base, lo, hi = spans
    door_first, door_arc, door_node = door
    n_group = active.shape[0]
    far[:] = np.inf
    for z in range(group.shape[0]):
        if active[group[z]]:
            for i in range(door_first[z], door_first[z + 1]):
                p = base[np.int64(door_node[i]) * n_group + group[z]] + z
                if cost[door_arc[i], k] < far[p]:
                    far[p] = cost[door_arc[i], k]
                    came[p] = -2 - door_arc[i]
    for v in nodes:
        for g in range(n_group):
            h = v * n_group + g
            wide = hi[h] - lo[h]
            if wide <= 0 or not active[g]:
                continue
            start = base[h] + lo[h]
            for e in range(first[v], first[v + 1]):
                step = weight[e, way, k]
                if not step < np.inf:
                    continue
                to = base[np.int64(upper[e]) * n_group + g] + lo[h]
                for j in range(0, wide, ZONES):
                    relax_from(step, far, start + j, far, to + j, came, to + j, e)


@njit(cache=True)
def _meet(  # type: ignore[no-untyped-def]
    serves, group, group_first, above_first, above, label, spans, out, into, best, hub
):
    """Find the best meeting node of every pair that a lane serves.

    ``best`` float64[Z, Z + ZONES] and ``hub`` int32[Z, Z + ZONES] are filled for these pairs, the
    latter with the label of the origin that holds the node. Spans are rounded up to ZONES, with
    inf that changes nothing.
    """
    base, lo, hi = spans
    n_group = serves.shape[0]
    for o in range(group.shape[0]):
        for g in range(n_group):
            if not serves[group[o], g]:
                continue
            best[o, group_first[g] : group_first[g + 1]] = np.inf
            hub[o, group_first[g] : group_first[g + 1]] = -1
            row = o * best.shape[1]
            for i in range(above_first[o], above_first[o + 1]):
                start = out[label[i]]
                if not start < np.inf:
                    continue
                h = np.int64(above[i]) * n_group + g
                for j in range(lo[h], hi[h], ZONES):
                    relax_from(start, into, base[h] + j, best, row + j, hub, row + j, i)


@njit(cache=True)
def _one_lane(  # type: ignore[no-untyped-def]
    k, serves, c, kinds, arc_country, price, order, weight, middle, cost, room, result
):
    """Find the best routes of the pairs of a lane and write their six quantities."""
    first, upper, lower, _, _, _, above_first, above, label, base, lo, hi, nodes, \
        group, group_first, zone, out_first, out_arc, out_node, in_first, in_arc, \
        in_node = order  # fmt: skip
    far, came, need, listed, place, sums, use, parts, edge_place, edge_sums, best, hub = room
    n_group = serves.shape[0]
    starts, ends = np.zeros(n_group, np.bool_), np.zeros(n_group, np.bool_)
    for a in range(n_group):
        for b in range(n_group):
            starts[a] |= serves[a, b]
            ends[b] |= serves[a, b]
    spans = (base, lo, hi)
    _labels(k, 0, starts, nodes, first, upper, weight, cost, group, spans,
            (out_first, out_arc, out_node), far[0], came[0])  # fmt: skip
    _labels(k, 1, ends, nodes, first, upper, weight, cost, group, spans,
            (in_first, in_arc, in_node), far[1], came[1])  # fmt: skip
    _meet(serves, group, group_first, above_first, above, label, spans, far[0], far[1], best, hub)
    needed(serves, group, group_first, above, label, base, hub, need[0], need[1])
    use[:] = 0
    n_out = list_labels(0, starts, nodes, spans, lower, came[0], need[0], use, listed[0],
                         place[0])  # fmt: skip
    n_in = list_labels(1, ends, nodes, spans, lower, came[1], need[1], use, listed[1],
                        place[1])  # fmt: skip
    n = list_edges(k, first, upper, lower, middle, use, parts, edge_place)
    add_edges(n, parts, edge_place, c, kinds, arc_country, price, edge_sums)
    add_labels(n_out, 0, came[0], listed[0], place[0], c, kinds, arc_country, price, edge_sums,
                edge_place, sums[0])  # fmt: skip
    add_labels(n_in, 1, came[1], listed[1], place[1], c, kinds, arc_country, price, edge_sums,
                edge_place, sums[1])  # fmt: skip
    write(c, serves, group, group_first, above, label, base, zone, hub, place[0], sums[0],
           place[1], sums[1], result)  # fmt: skip


@njit(cache=True)
def _some_blocks(  # type: ignore[no-untyped-def]
    start, step, block, order, pairs, lane_class, lane_bits, lane_kind, arc_country, present, price,
    cost, weight, middle, room, result,
):  # fmt: skip
    """Skim every ``step``-th block from ``start`` on, all in the same room."""
    for b in range(start, block.shape[0] - 1, step):
        lane, lanes = block[b], block[b + 1] - block[b]
        _load(lane, lanes, lane_class, lane_bits, lane_kind, arc_country, present, price, cost)
        _customise(order[0], order[3], order[4], order[5], cost, weight, middle)
        for k in range(lanes):
            _one_lane(
                k, pairs[lane + k], lane_class[lane + k], lane_kind[lane + k], arc_country, price,
                order, weight, middle, cost, room, result,
            )  # fmt: skip


def room(threads: int, n_label: int, n_arc: int, n_edge: int, n_zone: int) -> tuple[Array, ...]:
    """Return what :func:`skim` works in; the first axis is the thread.

    Allocated by numpy, which asks for large pages: a first touch of small ones costs as much as
    the work on them.
    """
    labels, wide = n_label + ZONES, (threads, n_zone, n_zone + ZONES)
    return (
        np.empty((threads, n_arc, LANES)),
        np.empty((threads, n_edge, 2, LANES)), np.empty((threads, n_edge, 2, LANES), np.int32),
        np.empty((threads, 2, labels)), np.empty((threads, 2, labels), np.int32),
        np.empty((threads, 2, labels), np.uint8), np.empty((threads, 2, labels, 2), np.int32),
        np.empty((threads, 2, labels), np.int32), np.empty((threads, 2, labels, N_SUMS)),
        np.empty((threads, n_edge, 2), np.uint8), np.empty((threads, 2 * n_edge, 2), np.int32),
        np.empty((threads, n_edge, 2), np.int32), np.empty((threads, 2 * n_edge, N_SUMS)),
        np.empty(wide), np.empty(wide, np.int32),
    )  # fmt: skip


@njit(cache=True, parallel=True)
def skim(  # type: ignore[no-untyped-def]
    threads, block, order, pairs, lane_class, lane_bits, lane_kind, arc_country, present, price,
    room, result,
):  # fmt: skip
    """Skim all lanes, in parallel by block.

    Parameters
    ----------
    threads : int
        Parts that the blocks are dealt to; no result depends on it.
    block : int64[B + 1]
        First lane of each block, then the number of lanes; at most LANES in each.
    order : tuple
        Arrays of :class:`opencorridor.routing.elimination.Elimination` and of the request, see
        :func:`opencorridor.routing.manyskims.skim_classes`.
    pairs : bool[L, G, G]
        Groups of origin and destination that each lane serves.
    lane_class : int64[L]
        Class whose prices a lane takes.
    lane_bits : int64[L]
        Row of ``present`` of each lane.
    lane_kind : int8[L, countries + 1]
        Flow kind that holds in each country; the first column is the water.
    arc_country : int16[A]
    present : uint8[P, A]
        Presence bits by flow kind: of each class, and less what is barred between some countries.
    price : float64[C, A, 10]
        Hours, squared spread, kg CO2e, km; money as transit, import/export, domestic; generalised
        cost likewise.
    room : tuple
        From :func:`room`; what it held before does not matter.
    result : float64[C, Z, Z, 6]
        Filled for the pairs that lanes serve: hours, squared spread, kg, km, money, generalised
        cost; NaN where there is no way and within a zone.
    """
    cost, weight, middle, far, came, need, listed, place, sums, use, parts, edge_place, edge_sums, \
        best, hub = room  # fmt: skip
    for t in prange(threads):
        own = (far[t], came[t], need[t], listed[t], place[t], sums[t], use[t], parts[t],
               edge_place[t], edge_sums[t], best[t], hub[t])  # fmt: skip
        _some_blocks(t, threads, block, order, pairs, lane_class, lane_bits, lane_kind, arc_country,
                     present, price, cost[t], weight[t], middle[t], own, result)  # fmt: skip
