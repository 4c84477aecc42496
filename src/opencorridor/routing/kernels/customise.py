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
from llvmlite import ir
from numba import njit, prange, types
from numba.extending import intrinsic

LANES = 8
_NUMBERS = ir.VectorType(ir.DoubleType(), LANES)
_TAGS = ir.VectorType(ir.IntType(32), LANES)
N_PLAIN = 4
N_KIND = 2
N_SUMS = N_PLAIN + N_KIND


def _at(context, builder, kind, array, index, vector):  # type: ignore[no-untyped-def]
    """Return the pointer to LANES elements of an array from a flat index on."""
    data = context.make_array(kind)(context, builder, value=array).data
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())


def _spread(builder, value, vector):  # type: ignore[no-untyped-def]
    """Return a vector with one value in all places."""
    one = builder.insert_element(
        ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
    )
    none = ir.Constant(ir.VectorType(ir.IntType(32), LANES), None)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), none)


def _loaded(builder, pointer, align):  # type: ignore[no-untyped-def]
    found = builder.load(pointer)
    found.align = align
    return found


def _keep_less(context, builder, types_, args, offer):  # type: ignore[no-untyped-def]
    """Write ``offer`` and its tag where it is less: (to, index, tags, index, tag)."""
    to = _at(context, builder, types_[0], args[0], args[1], _NUMBERS)
    tags = _at(context, builder, types_[2], args[2], args[3], _TAGS)
    old = _loaded(builder, to, 8)
    better = builder.fcmp_ordered("<", offer, old)
    tag = _spread(builder, builder.trunc(args[4], ir.IntType(32)), _TAGS)
    builder.store(builder.select(better, offer, old), to, 8)
    builder.store(builder.select(better, tag, _loaded(builder, tags, 4)), tags, 4)


@intrinsic
def _relax(typing, a, i, b, j, to, t, tags, m, tag):  # type: ignore[no-untyped-def]
    """Let to[t:] be the less of itself and a[i:] + b[j:], over LANES elements of flat arrays.

    Where it falls, tags[m:] becomes ``tag``. Compilers see arrays that may overlap here and
    would go element by element; the same in numpy is ``np.where(offer < to, offer, to)``.
    """
    count = types.int64

    def code(context, builder, signature, args):  # type: ignore[no-untyped-def]
        kinds = signature.args
        one = _loaded(builder, _at(context, builder, kinds[0], args[0], args[1], _NUMBERS), 8)
        two = _loaded(builder, _at(context, builder, kinds[2], args[2], args[3], _NUMBERS), 8)
        _keep_less(context, builder, kinds[4:], args[4:], builder.fadd(one, two))
        return context.get_dummy_value()

    return types.void(a, count, b, count, to, count, tags, count, count), code


@intrinsic
def _relax_from(typing, start, b, j, to, t, tags, m, tag):  # type: ignore[no-untyped-def]
    """Do as :func:`_relax` with one number ``start`` for all of a[i:]."""
    count = types.int64

    def code(context, builder, signature, args):  # type: ignore[no-untyped-def]
        kinds = signature.args
        two = _loaded(builder, _at(context, builder, kinds[1], args[1], args[2], _NUMBERS), 8)
        offer = builder.fadd(_spread(builder, args[0], _NUMBERS), two)
        _keep_less(context, builder, kinds[3:], args[3:], offer)
        return context.get_dummy_value()

    return types.void(types.float64, b, count, to, count, tags, count, count), code


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
                _relax(weight, (2 * i + 1) * LANES, weight, 2 * j * LANES,
                       weight, up, middle, up, v)  # fmt: skip
                _relax(weight, (2 * j + 1) * LANES, weight, 2 * i * LANES,
                       weight, down, middle, down, v)  # fmt: skip


@njit(cache=True)
def _labels(  # type: ignore[no-untyped-def]
    zone, way, first, upper, weight, cost, door_first, door_arc, door_node, above_first, above,
    far, came, label, parent,
):  # fmt: skip
    """Label the nodes above a zone: cost in every lane, and the edge or arc (-2 - arc) used.

    ``far`` and ``came`` are room by node; ``far`` is inf before and after.
    """
    for i in range(above_first[zone], above_first[zone + 1]):
        for k in range(LANES):
            came[above[i], k] = -1
    for i in range(door_first[zone], door_first[zone + 1]):
        a, v = door_arc[i], door_node[i]
        for k in range(LANES):
            if cost[a, k] < far[v, k]:
                far[v, k] = cost[a, k]
                came[v, k] = -2 - a
    for i in range(above_first[zone], above_first[zone + 1]):
        v = np.int64(above[i])
        for e in range(first[v], first[v + 1]):
            u = np.int64(upper[e]) * LANES
            _relax(far, v * LANES, weight, (2 * e + way) * LANES, far, u, came, u, e)
        for k in range(LANES):
            label[i, k] = far[v, k]
            parent[i, k] = came[v, k]
            far[v, k] = np.inf


@njit(cache=True)
def _meet(  # type: ignore[no-untyped-def]
    k, lane, pairs, group, group_first, above_first, above, hull_first, hull_lo, hull_hi, out,
    into, row, best, hub,
):  # fmt: skip
    """Find the best meeting node of every pair of one lane.

    ``row`` is room for the labels of destinations, by node and then by destination; ``best``
    float64[Z, Z + LANES] and ``hub`` int32[Z, Z + LANES] are filled for the pairs of the lane.
    Spans in ``row`` are rounded up to LANES, with inf that changes nothing.
    """
    n_zone, n_group = group.shape[0], pairs.shape[1]
    row[:] = np.inf
    for d in range(n_zone):
        g = group[d]
        for i in range(above_first[d], above_first[d + 1]):
            h = above[i] * n_group + g
            row[hull_first[h] + d - hull_lo[h]] = into[i, k]
    for o in range(n_zone):
        for g in range(n_group):
            if not pairs[lane, group[o], g]:
                continue
            for d in range(group_first[g], group_first[g + 1]):
                best[o, d] = np.inf
                hub[o, d] = -1
            for i in range(above_first[o], above_first[o + 1]):
                start = out[i, k]
                if not start < np.inf:
                    continue
                h = above[i] * n_group + g
                lo, at = hull_lo[h], hull_first[h]
                to = o * best.shape[1] + lo
                for j in range(0, hull_hi[h] - lo, LANES):
                    _relax_from(start, row, at + j, best, to + j, hub, to + j, above[i])


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
def _mark(zone, way, k, above_first, above, lower, parent, need, use, place):  # type: ignore[no-untyped-def]
    """Mark the labels and edges below the labels of a zone that are needed in a lane."""
    for i in range(above_first[zone], above_first[zone + 1]):
        place[above[i]] = i
    for i in range(above_first[zone + 1] - 1, above_first[zone] - 1, -1):
        if need[i] and parent[i, k] >= 0:
            e = parent[i, k]
            need[place[lower[e]]] = 1
            use[e, way] = 1


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
    zone, way, k, above_first, above, lower, parent, need, place, c, kinds, arc_country, price,
    edge_sums, sums,
):  # fmt: skip
    """Add up the quantities of the needed labels of a zone in a lane."""
    for i in range(above_first[zone], above_first[zone + 1]):
        place[above[i]] = i
        if not need[i]:
            continue
        to, p = sums[i], parent[i, k]
        to[:] = 0.0
        if p < 0:
            _add_arc(-2 - p, c, kinds[arc_country[-2 - p] + 1], price, to)
            continue
        to += sums[place[lower[p]]]
        to += edge_sums[p, way]


@njit(cache=True)
def _one_lane(  # type: ignore[no-untyped-def]
    k, lane, c, kinds, arc_country, price, order, marks, middle, tops, roots, best, hub, result,
):  # fmt: skip
    """Find the best routes of the pairs of a lane and write their six quantities."""
    first, upper, lower, _, _, _, above_first, above, hull_first, hull_lo, hull_hi, pairs, group, \
        group_first, _, _, _, _, _, _ = order  # fmt: skip
    row, need_out, need_in, use, place, edge_sums, out_sums, in_sums = marks
    out, into = tops
    from_out, from_in = roots
    n_zone = group.shape[0]
    _meet(k, lane, pairs, group, group_first, above_first, above, hull_first, hull_lo, hull_hi,
          out, into, row, best, hub)  # fmt: skip
    need_out[:] = 0
    need_in[:] = 0
    use[:] = 0
    # Places of the meeting nodes in the labels of the origin, then in those of the destination.
    for z in range(n_zone):
        for i in range(above_first[z], above_first[z + 1]):
            place[above[i]] = i
        for y in range(n_zone):
            if y != z and pairs[lane, group[z], group[y]] and hub[z, y] >= 0:
                need_out[place[hub[z, y]]] = 1
            if y != z and pairs[lane, group[y], group[z]] and hub[y, z] >= 0:
                need_in[place[hub[y, z]]] = 1
    for z in range(n_zone):
        _mark(z, 0, k, above_first, above, lower, from_out, need_out, use, place)
        _mark(z, 1, k, above_first, above, lower, from_in, need_in, use, place)
    _edge_sums(k, first, upper, lower, middle, use, c, kinds, arc_country, price, edge_sums)
    for z in range(n_zone):
        _label_sums(z, 0, k, above_first, above, lower, from_out, need_out, place, c, kinds,
                    arc_country, price, edge_sums, out_sums)  # fmt: skip
        for y in range(n_zone):
            if y != z and pairs[lane, group[z], group[y]]:
                result[c, z, y, :] = np.nan
                if hub[z, y] >= 0:
                    result[c, z, y] = out_sums[place[hub[z, y]]]
    for z in range(n_zone):
        _label_sums(z, 1, k, above_first, above, lower, from_in, need_in, place, c, kinds,
                    arc_country, price, edge_sums, in_sums)  # fmt: skip
        for y in range(n_zone):
            if y != z and pairs[lane, group[y], group[z]] and hub[y, z] >= 0:
                result[c, y, z] += in_sums[place[hub[y, z]]]


@njit(cache=True)
def _block(block, order, lane_class, lane_kind, arc_country, present, price, result):  # type: ignore[no-untyped-def]
    """Skim the lanes ``block[0]:block[1]``, at most LANES of them."""
    first, upper, _lower, triangle, arc_edge, arc_way, above_first, above, hull_first, _hull_lo, \
        _hull_hi, pairs, group, _group_first, out_first, out_arc, out_node, in_first, in_arc, in_node \
        = order  # fmt: skip
    n_node, n_edge, n_above = first.shape[0] - 1, upper.shape[0], above.shape[0]
    n_zone = group.shape[0]
    cost = np.empty((arc_country.shape[0], LANES))
    weight = np.empty((n_edge, 2, LANES))
    middle = np.empty((n_edge, 2, LANES), np.int32)
    lane, lanes = block[0], block[1] - block[0]
    _load(lane, lanes, lane_class, lane_kind, arc_country, present, price, cost)
    _customise(first, triangle, arc_edge, arc_way, cost, weight, middle)
    far = np.full((n_node, LANES), np.inf)
    came = np.empty((n_node, LANES), np.int32)
    out, into = np.empty((n_above, LANES)), np.empty((n_above, LANES))
    from_out = np.empty((n_above, LANES), np.int32)
    from_in = np.empty((n_above, LANES), np.int32)
    for z in range(n_zone):
        starts = ends = False
        for k in range(lanes):
            starts |= pairs[lane + k, group[z], :].any()
            ends |= pairs[lane + k, :, group[z]].any()
        if starts:
            _labels(z, 0, first, upper, weight, cost, out_first, out_arc, out_node,
                    above_first, above, far, came, out, from_out)  # fmt: skip
        else:
            out[above_first[z] : above_first[z + 1]] = np.inf
        if ends:
            _labels(z, 1, first, upper, weight, cost, in_first, in_arc, in_node,
                    above_first, above, far, came, into, from_in)  # fmt: skip
        else:
            into[above_first[z] : above_first[z + 1]] = np.inf
    marks = (
        np.empty(hull_first[-1]), np.empty(n_above, np.uint8), np.empty(n_above, np.uint8),
        np.empty((n_edge, 2), np.uint8), np.empty(n_node, np.int64),
        np.empty((n_edge, 2, N_SUMS)), np.empty((n_above, N_SUMS)), np.empty((n_above, N_SUMS)),
    )  # fmt: skip
    best = np.empty((n_zone, n_zone + LANES))
    hub = np.full(best.shape, -1, np.int32)
    for k in range(lanes):
        _one_lane(
            k, lane + k, lane_class[lane + k], lane_kind[lane + k], arc_country, price, order,
            marks, middle, (out, into), (from_out, from_in), best, hub, result,
        )  # fmt: skip


@njit(cache=True, parallel=True)
def skim(block, order, lane_class, lane_kind, arc_country, present, price, result):  # type: ignore[no-untyped-def]
    """Skim all lanes, in parallel by block.

    Parameters
    ----------
    block : int64[B, 2]
        First lane of each block and the one after its last; at most LANES each.
    order : tuple
        Arrays of :class:`opencorridor.routing.elimination.Elimination` and of the request, see
        :func:`opencorridor.routing.manyskims.skim_classes`.
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
        Filled: hours, squared spread, kg, km, money, generalised cost; NaN where there is no way.
    """
    for b in prange(block.shape[0]):
        _block(block[b], order, lane_class, lane_kind, arc_country, present, price, result)
