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
Abraham et al. (2011), hub labelling; the order by least degree and depth.
"""

from __future__ import annotations

import numpy as np
from numba import get_num_threads, njit, prange

from opencorridor.routing.kernels.vectors import LANES, relax, relax_from

N_PLAIN = 4
N_KIND = 2
N_SUMS = N_PLAIN + N_KIND


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
def _load(lane, lanes, lane_class, lane_kind, arc_country, present, price, cost):  # type: ignore[no-untyped-def]
    """Fill ``cost`` float64[A, LANES] with the generalised cost of each lane, inf where shut."""
    n_class_kind = N_PLAIN + 3
    for a in range(arc_country.shape[0]):
        for k in range(LANES):
            cost[a, k] = np.inf
        for k in range(lanes):
            c = lane_class[lane + k]
            kind = lane_kind[lane + k, arc_country[a] + 1]
            if present[c, a] >> kind & 1:
                cost[a, k] = price[c, a, n_class_kind + kind]


@njit(cache=True)
def _customise(first, triangle, arc_edge, arc_way, cost, weight, middle):  # type: ignore[no-untyped-def]
    """Fill the cost of every edge, way and lane, and the node or arc (-2 - arc) that gives it."""
    weight[:] = np.inf
    middle[:] = -1
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
    slot, lo, hi = spans
    door_first, door_arc, door_node = door
    n_group = active.shape[0]
    far[:] = np.inf
    for z in range(group.shape[0]):
        if active[group[z]]:
            for i in range(door_first[z], door_first[z + 1]):
                h = np.int64(door_node[i]) * n_group + group[z]
                p = slot[h] + z - lo[h]
                if cost[door_arc[i], k] < far[p]:
                    far[p] = cost[door_arc[i], k]
                    came[p] = -2 - door_arc[i]
    for v in nodes:
        for g in range(n_group):
            h = v * n_group + g
            wide = hi[h] - lo[h]
            if wide <= 0 or not active[g]:
                continue
            for e in range(first[v], first[v + 1]):
                step = weight[e, way, k]
                if not step < np.inf:
                    continue
                u = np.int64(upper[e]) * n_group + g
                to = slot[u] + lo[h] - lo[u]
                for j in range(0, wide, LANES):
                    relax_from(step, far, slot[h] + j, far, to + j, came, to + j, e)


@njit(cache=True)
def _meet(  # type: ignore[no-untyped-def]
    serves, group, group_first, above_first, above, spans, out, into, best, hub
):
    """Find the best meeting node of every pair that a lane serves.

    ``best`` float64[Z, Z + LANES] and ``hub`` int32[Z, Z + LANES] are filled for these pairs.
    Spans are rounded up to LANES, with inf that changes nothing.
    """
    slot, lo, hi = spans
    n_group = serves.shape[0]
    for o in range(group.shape[0]):
        for g in range(n_group):
            if not serves[group[o], g]:
                continue
            best[o, group_first[g] : group_first[g + 1]] = np.inf
            hub[o, group_first[g] : group_first[g + 1]] = -1
            for i in range(above_first[o], above_first[o + 1]):
                v = np.int64(above[i])
                h = v * n_group + group[o]
                start = out[slot[h] + o - lo[h]]
                if not start < np.inf:
                    continue
                h = v * n_group + g
                to = o * best.shape[1] + lo[h]
                for j in range(0, hi[h] - lo[h], LANES):
                    relax_from(start, into, slot[h] + j, best, to + j, hub, to + j, v)


@njit(cache=True)
def _find(first, upper, low, high):  # type: ignore[no-untyped-def]
    """Return the edge from ``low`` up to ``high``."""
    a, b = first[low], first[low + 1]
    while b - a > 1:
        m = (a + b) >> 1
        if upper[m] <= high:
            a = m
        else:
            b = m
    return a


@njit(cache=True)
def _add_arc(a, c, kind, price, to):  # type: ignore[no-untyped-def]
    """Add the quantities of an arc to a row."""
    for q in range(N_PLAIN):
        to[q] += price[c, a, q]
    to[N_PLAIN] += price[c, a, N_PLAIN + kind]
    to[N_PLAIN + 1] += price[c, a, N_PLAIN + 3 + kind]


@njit(cache=True)
def _mark(zone, way, g, n_group, above_first, above, lower, spans, came, need, use):  # type: ignore[no-untyped-def]
    """Mark the labels and edges below the needed labels of a zone."""
    slot, lo, _ = spans
    for i in range(above_first[zone + 1] - 1, above_first[zone] - 1, -1):
        h = np.int64(above[i]) * n_group + g
        p = slot[h] + zone - lo[h]
        if need[p] and came[p] >= 0:
            h = np.int64(lower[came[p]]) * n_group + g
            need[slot[h] + zone - lo[h]] = 1
            use[came[p], way] = 1


@njit(cache=True)
def _edge_sums(  # type: ignore[no-untyped-def]
    k, first, upper, lower, middle, use, c, kinds, arc_country, price, sums
):
    """Add up the quantities of the used edges of a lane: marks go down, sums come up."""
    for e in range(use.shape[0] - 1, -1, -1):
        for w in range(2):
            if use[e, w] and middle[e, w, k] >= 0:
                v = middle[e, w, k]
                start, end = (lower[e], upper[e]) if w == 0 else (upper[e], lower[e])
                use[_find(first, upper, v, start), 1] = 1
                use[_find(first, upper, v, end), 0] = 1
    for e in range(use.shape[0]):
        for w in range(2):
            if not use[e, w]:
                continue
            to, m = sums[e, w], middle[e, w, k]
            to[:] = 0.0
            if m < 0:
                _add_arc(-2 - m, c, kinds[arc_country[-2 - m] + 1], price, to)
                continue
            start, end = (lower[e], upper[e]) if w == 0 else (upper[e], lower[e])
            to += sums[_find(first, upper, m, start), 1]
            to += sums[_find(first, upper, m, end), 0]


@njit(cache=True)
def _label_sums(  # type: ignore[no-untyped-def]
    zone, way, g, n_group, above_first, above, lower, spans, came, need, c, kinds, arc_country,
    price, edge_sums, sums,
):  # fmt: skip
    """Add up the quantities of the needed labels of a zone."""
    slot, lo, _ = spans
    for i in range(above_first[zone], above_first[zone + 1]):
        h = np.int64(above[i]) * n_group + g
        p = slot[h] + zone - lo[h]
        if not need[p]:
            continue
        to, e = sums[p], came[p]
        to[:] = 0.0
        if e < 0:
            _add_arc(-2 - e, c, kinds[arc_country[-2 - e] + 1], price, to)
            continue
        h = np.int64(lower[e]) * n_group + g
        to += sums[slot[h] + zone - lo[h]]
        to += edge_sums[e, way]


@njit(cache=True)
def _needed(serves, group, spans, hub, need_out, need_in):  # type: ignore[no-untyped-def]
    """Mark the labels at which the pairs of a lane meet."""
    slot, lo, _ = spans
    n_group, n_zone = serves.shape[0], group.shape[0]
    need_out[:] = 0
    need_in[:] = 0
    for o in range(n_zone):
        for d in range(n_zone):
            if o != d and serves[group[o], group[d]] and hub[o, d] >= 0:
                h = np.int64(hub[o, d]) * n_group + group[o]
                need_out[slot[h] + o - lo[h]] = 1
                h = np.int64(hub[o, d]) * n_group + group[d]
                need_in[slot[h] + d - lo[h]] = 1


@njit(cache=True)
def _write(c, serves, group, zone, spans, hub, out_sums, in_sums, result):  # type: ignore[no-untyped-def]
    """Write the quantities of the pairs of a lane, NaN where there is no way."""
    slot, lo, _ = spans
    n_group, n_zone = serves.shape[0], group.shape[0]
    for o in range(n_zone):
        for d in range(n_zone):
            if not serves[group[o], group[d]]:
                continue
            to = result[c, zone[o], zone[d]]
            if o == d or hub[o, d] < 0:
                to[:] = np.nan
                continue
            h = np.int64(hub[o, d]) * n_group + group[o]
            one = out_sums[slot[h] + o - lo[h]]
            h = np.int64(hub[o, d]) * n_group + group[d]
            two = in_sums[slot[h] + d - lo[h]]
            for q in range(N_SUMS):
                to[q] = one[q] + two[q]


@njit(cache=True)
def _one_lane(  # type: ignore[no-untyped-def]
    k, serves, c, kinds, arc_country, price, order, weight, middle, cost, room, result
):
    """Find the best routes of the pairs of a lane and write their six quantities."""
    first, upper, lower, _, _, _, above_first, above, slot, lo, hi, nodes, group, group_first, \
        zone, out_first, out_arc, out_node, in_first, in_arc, in_node = order  # fmt: skip
    out, from_out, need_out, out_sums, into, from_in, need_in, in_sums, use, edge_sums, best, \
        hub = room  # fmt: skip
    n_group, n_zone = serves.shape[0], group.shape[0]
    starts, ends = np.zeros(n_group, np.bool_), np.zeros(n_group, np.bool_)
    for a in range(n_group):
        for b in range(n_group):
            starts[a] |= serves[a, b]
            ends[b] |= serves[a, b]
    spans = (slot, lo, hi)
    _labels(k, 0, starts, nodes, first, upper, weight, cost, group, spans,
            (out_first, out_arc, out_node), out, from_out)  # fmt: skip
    _labels(k, 1, ends, nodes, first, upper, weight, cost, group, spans,
            (in_first, in_arc, in_node), into, from_in)  # fmt: skip
    _meet(serves, group, group_first, above_first, above, spans, out, into, best, hub)
    _needed(serves, group, spans, hub, need_out, need_in)
    use[:] = 0
    for z in range(n_zone):
        if starts[group[z]]:
            _mark(z, 0, group[z], n_group, above_first, above, lower, spans, from_out, need_out,
                  use)  # fmt: skip
        if ends[group[z]]:
            _mark(z, 1, group[z], n_group, above_first, above, lower, spans, from_in, need_in,
                  use)  # fmt: skip
    _edge_sums(k, first, upper, lower, middle, use, c, kinds, arc_country, price, edge_sums)
    for z in range(n_zone):
        if starts[group[z]]:
            _label_sums(z, 0, group[z], n_group, above_first, above, lower, spans, from_out,
                        need_out, c, kinds, arc_country, price, edge_sums, out_sums)  # fmt: skip
        if ends[group[z]]:
            _label_sums(z, 1, group[z], n_group, above_first, above, lower, spans, from_in,
                        need_in, c, kinds, arc_country, price, edge_sums, in_sums)  # fmt: skip
    _write(c, serves, group, zone, spans, hub, out_sums, in_sums, result)


@njit(cache=True)
def _room(n_slot, n_edge, n_zone):  # type: ignore[no-untyped-def]
    """Allocate what :func:`_one_lane` works in."""
    shape = (n_zone, n_zone + LANES)
    return (
        np.empty(n_slot + LANES), np.empty(n_slot + LANES, np.int32), np.empty(n_slot, np.uint8),
        np.empty((n_slot, N_SUMS)),
        np.empty(n_slot + LANES), np.empty(n_slot + LANES, np.int32), np.empty(n_slot, np.uint8),
        np.empty((n_slot, N_SUMS)),
        np.empty((n_edge, 2), np.uint8), np.empty((n_edge, 2, N_SUMS)),
        np.empty(shape), np.empty(shape, np.int32),
    )  # fmt: skip


@njit(cache=True)
def _some_blocks(  # type: ignore[no-untyped-def]
    start, step, block, order, pairs, lane_class, lane_kind, arc_country, present, price, result
):
    """Skim every ``step``-th block from ``start`` on, all in the same room."""
    first, upper, slot, n_zone = order[0], order[1], order[8], order[12].shape[0]
    n_edge = upper.shape[0]
    cost = np.empty((arc_country.shape[0], LANES))
    weight = np.empty((n_edge, 2, LANES))
    middle = np.empty((n_edge, 2, LANES), np.int32)
    room = _room(slot[-1], n_edge, n_zone)
    for b in range(start, block.shape[0] - 1, step):
        lane, lanes = block[b], block[b + 1] - block[b]
        _load(lane, lanes, lane_class, lane_kind, arc_country, present, price, cost)
        _customise(first, order[3], order[4], order[5], cost, weight, middle)
        for k in range(lanes):
            _one_lane(
                k, pairs[lane + k], lane_class[lane + k], lane_kind[lane + k], arc_country, price,
                order, weight, middle, cost, room, result,
            )  # fmt: skip


@njit(cache=True, parallel=True)
def skim(  # type: ignore[no-untyped-def]
    threads, block, order, pairs, lane_class, lane_kind, arc_country, present, price, result
):
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
    lane_kind : int8[L, countries + 1]
        Flow kind that holds in each country; the first column is the water.
    arc_country : int16[A]
    present : uint8[C, A]
        Presence bits by flow kind, of each class.
    price : float64[C, A, 10]
        Hours, squared spread, kg CO2e, km; money as transit, import/export, domestic; generalised
        cost likewise.
    result : float64[C, Z, Z, 6]
        Filled for the pairs that lanes serve: hours, squared spread, kg, km, money, generalised
        cost; NaN where there is no way and within a zone.
    """
    for t in prange(threads):
        _some_blocks(t, threads, block, order, pairs, lane_class, lane_kind, arc_country, present,
                     price, result)  # fmt: skip
