"""Shortest trees over two layers, one Dijkstra search per origin.

The rate of an arc depends on the kind of flow: domestic, import or export, transit. Which of
them holds in a country is known only when the destination is, so the search runs over states
(node, layer): in layer T (0) the trip may still leave the country it is in, in layer F (1) the
country of the destination is reached. State number = 2 * node + layer.

The moves between states hang on the country of the origin alone, so they are listed once for
all origins of a country. States of layer F from which no wanted destination can be reached are
left out: their labels are never used.

States wait in buckets of equal width by cost; the bucket at hand is kept in a heap, so that
states leave in order of cost, then of number. Ties are broken by state number in that order and
by arc number in the tree, so the same input gives the same tree whatever the number of threads
and whatever is wanted.

Source: Dijkstra (1959); circular buckets as in Dial (1969) and Denardo and Fox (1979); d-ary
heap as in Johnson (1975), d = 4, with late deletion.
"""

from __future__ import annotations

import numpy as np
from numba import get_num_threads, njit, prange

TRANSIT = 0
IMPORT_EXPORT = 1
DOMESTIC = 2

# Buckets of one tree: many enough that a bucket holds few states, few enough for the cache.
BUCKETS = 4096


def usual_blocks(n_origin: int) -> int:
    """Return a number of blocks that keeps all threads busy (no result depends on it)."""
    return max(1, min(n_origin, 2 * int(get_num_threads())))


@njit(cache=True)
def _push(key, item, size, cost, state):  # type: ignore[no-untyped-def]
    """Add an entry to the heap, ordered by cost, then state; return the new size."""
    i = size
    while i > 0:
        parent = (i - 1) >> 2
        if not (cost < key[parent] or (cost == key[parent] and state < item[parent])):
            break
        key[i] = key[parent]
        item[i] = item[parent]
        i = parent
    key[i] = cost
    item[i] = state
    return size + 1


@njit(cache=True)
def _pop(key, item, size):  # type: ignore[no-untyped-def]
    """Take the first entry out of the heap (the caller has read it); return the new size."""
    size -= 1
    cost = key[size]
    state = item[size]
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        best = child
        for j in range(child + 1, min(child + 4, size)):
            if key[j] < key[best] or (key[j] == key[best] and item[j] < item[best]):
                best = j
        if not (key[best] < cost or (key[best] == cost and item[best] < state)):
            break
        key[i] = key[best]
        item[i] = item[best]
        i = best
    key[i] = cost
    item[i] = state
    return size


@njit(cache=True)
def _moves(  # type: ignore[no-untyped-def]
    origin_country, first_out, head, cost, arc_country, leaves, to_final, present, node_country,
    n_inner, useful, first, end, price, code,
):  # fmt: skip
    """List the moves of trips out of one country as CSR over states.

    ``useful`` bool[N]: nodes that may be passed in layer F. Filled are ``first`` int64[2N + 1]
    and, for each move, the state reached ``end``, its ``price`` in US$ per tonne, and ``code``,
    2 * arc + layer of the arc's tail. Returns the highest price.
    """
    n_node = node_country.shape[0]
    m = 0
    for u in range(n_node):
        first[2 * u] = m
        for a in range(first_out[u], first_out[u + 1]):
            allowed = present[a]
            if allowed == 0:
                continue
            v = head[a]
            c = arc_country[a]
            kind = IMPORT_EXPORT if c < 0 or c == origin_country else TRANSIT
            if v < n_inner and allowed >> kind & 1:
                end[m] = 2 * v
                price[m] = cost[a, kind]
                code[m] = 2 * a
                m += 1
            if to_final[a] and useful[v]:
                if c >= 0 and c == node_country[v]:
                    kind = DOMESTIC if c == origin_country else IMPORT_EXPORT
                if allowed >> kind & 1:
                    end[m] = 2 * v + 1
                    price[m] = cost[a, kind]
                    code[m] = 2 * a
                    m += 1
        first[2 * u + 1] = m
        for a in range(first_out[u], first_out[u + 1]):
            v = head[a]
            if leaves[a] or not useful[v]:
                continue
            c = arc_country[a]
            kind = DOMESTIC if c >= 0 and c == origin_country else IMPORT_EXPORT
            if present[a] >> kind & 1:
                end[m] = 2 * v + 1
                price[m] = cost[a, kind]
                code[m] = 2 * a + 1
                m += 1
    first[2 * n_node] = m
    highest = 0.0
    for k in range(m):
        highest = max(highest, price[k])
    return highest


@njit(cache=True)
def _moves_room(first_out, head, leaves, to_final, present, n_node):  # type: ignore[no-untyped-def]
    """Allocate first, end, price, code for :func:`_moves`."""
    n = 0
    for a in range(head.shape[0]):
        if present[a]:
            n += 1 + to_final[a] + (not leaves[a])
    return (
        np.empty(2 * n_node + 1, np.int64),
        np.empty(n, np.int32),
        np.empty(n),
        np.empty(n, np.int32),
    )


@njit(cache=True)
def _queue_room(n):  # type: ignore[no-untyped-def]
    """Allocate the queue of :func:`_grow` for ``n`` moves and sources.

    Keys and states of the heap; first entry of each bucket; states and next entries of the
    buckets.
    """
    return (
        np.empty(n),
        np.empty(n, np.int32),
        np.empty(BUCKETS, np.int32),
        np.empty(n, np.int32),
        np.empty(n, np.int32),
    )


@njit(cache=True)
def _grow(  # type: ignore[no-untyped-def]
    source_state, source_cost, moves, highest, n_inner, goal, n_goal, queue, dist, pred,
):  # fmt: skip
    """Grow one tree over listed moves; fill ``dist`` and ``pred`` in place.

    ``highest`` is the highest price of a move or cost of a source; ``goal`` bool[2N] marks
    ``n_goal`` states at which the search may stop.
    """
    first, end, price, code = moves
    key, item, bucket, entry, following = queue
    dist[:] = np.inf
    pred[:] = -1
    bucket[:] = -1
    done = np.zeros(dist.shape[0], np.bool_)
    # Offers lie at most ``highest`` ahead, so no two turns of the buckets are ever mixed.
    scale = (BUCKETS - 2) / highest if highest > 0.0 else 0.0
    size, now, n_entry, n_later, left = 0, -1, 0, 0, n_goal
    for k in range(source_state.shape[0]):
        s = source_state[k]
        if source_cost[k] < dist[s]:
            dist[s] = source_cost[k]
            turn = np.int64(source_cost[k] * scale)
            entry[n_entry] = s
            following[n_entry] = bucket[turn]
            bucket[turn] = n_entry
            n_entry += 1
            n_later += 1
    while size > 0 or n_later > 0:
        if size == 0:
            now += 1
            e = bucket[now % BUCKETS]
            bucket[now % BUCKETS] = -1
            while e >= 0:
                n_later -= 1
                if not done[entry[e]]:
                    size = _push(key, item, size, dist[entry[e]], entry[e])
                e = following[e]
            continue
        s = np.int64(item[0])
        size = _pop(key, item, size)
        if done[s]:
            continue
        done[s] = True
        if n_goal > 0 and goal[s]:
            left -= 1
            if left == 0:
                break
        if s >= 2 * n_inner and pred[s] >= 0:
            continue
        here = dist[s]
        for m in range(first[s], first[s + 1]):
            t = end[m]
            offer = here + price[m]
            if offer < dist[t]:
                dist[t] = offer
                pred[t] = code[m]
                turn = np.int64(offer * scale)
                if turn <= now:
                    size = _push(key, item, size, offer, t)
                    continue
                entry[n_entry] = t
                following[n_entry] = bucket[turn % BUCKETS]
                bucket[turn % BUCKETS] = n_entry
                n_entry += 1
                n_later += 1
            elif offer == dist[t] and code[m] < pred[t] and not done[t]:
                pred[t] = code[m]


@njit(cache=True)
def tree(  # type: ignore[no-untyped-def]
    source_state, source_cost, origin_country, first_out, head, cost, arc_country, leaves,
    to_final, present, node_country, n_inner, target_state,
):  # fmt: skip
    """Grow one tree from weighted sources.

    Parameters
    ----------
    source_state, source_cost : int64[S], float64[S]
        Start states (2 * node + layer) and their starting costs.
    origin_country : int
        Country of the origin; decides between transit, import/export and domestic.
    first_out, head : int64[N + 1], int32[A]
        Arcs in CSR order of their tails.
    cost : float64[A, 3]
        Generalised cost per tonne as transit, import/export, domestic; 0 or more.
    arc_country, node_country : int16[A], int16[N]
        Country numbers, -1 at sea.
    leaves, to_final : bool[A]
        Flags; ``to_final`` marks arcs that may end the transit part (entering a country, or
        leaving the sea for a zone).
    present : uint8[A]
        Bit k set: the arc exists for flow kind k (0 transit, 1 import/export, 2 domestic); 7 for
        all, 0 for none. Presence is never told by a cost.
    n_inner : int
        Nodes from this number on are zones: a path ends there and never passes.
    target_state : int64[K]
        Stop when all are settled; empty: settle everything.

    Returns
    -------
    dist, pred : float64[2N], int64[2N]
        Cost, and 2 * arc + layer of the arc's tail (-1 none).
    """
    n_state = 2 * node_country.shape[0]
    useful = np.ones(node_country.shape[0], np.bool_)
    moves = _moves_room(first_out, head, leaves, to_final, present, node_country.shape[0])
    highest = _moves(
        origin_country, first_out, head, cost, arc_country, leaves, to_final, present,
        node_country, n_inner, useful, *moves,
    )  # fmt: skip
    goal = np.zeros(n_state, np.bool_)
    n_goal = 0
    for s in target_state:
        n_goal += not goal[s]
        goal[s] = True
    queue = _queue_room(moves[1].shape[0] + source_state.shape[0])
    dist, pred = np.empty(n_state), np.empty(n_state, np.int64)
    for start in source_cost:
        highest = max(highest, start)
    _grow(source_state, source_cost, moves, highest, n_inner, goal, n_goal, queue, dist, pred)
    return dist, pred


@njit(cache=True)
def _parts(first_out, head, leaves, n_inner):  # type: ignore[no-untyped-def]
    """Label the parts (int32[n_inner]) that layer F holds together: joined by arcs that stay."""
    part = np.arange(n_inner).astype(np.int32)
    for u in range(n_inner):
        for a in range(first_out[u], first_out[u + 1]):
            if head[a] >= n_inner or leaves[a]:
                continue
            x, y = np.int32(u), head[a]
            while part[x] != x:
                part[x] = part[part[x]]
                x = part[x]
            while part[y] != y:
                part[y] = part[part[y]]
                y = part[y]
            if x < y:
                part[y] = x
            else:
                part[x] = y
    for u in range(n_inner):
        part[u] = part[part[u]]
    return part


@njit(cache=True)
def _useful(part, first_out, head, n_inner, n_node, wanted_zone):  # type: ignore[no-untyped-def]
    """Mark the nodes (bool[N]) from which layer F may lead to a wanted zone."""
    marked = np.zeros(n_inner, np.bool_)
    for u in range(n_inner):
        for a in range(first_out[u], first_out[u + 1]):
            if head[a] >= n_inner and wanted_zone[head[a] - n_inner]:
                marked[part[u]] = True
    useful = np.empty(n_node, np.bool_)
    for u in range(n_inner):
        useful[u] = marked[part[u]]
    useful[n_inner:] = wanted_zone
    return useful


@njit(cache=True)
def _block(  # type: ignore[no-untyped-def]
    lo, hi, origin, first_out, head, cost, arc_country, leaves, to_final, present, node_country,
    n_inner, wanted, part, dist, pred,
):  # fmt: skip
    """Grow the trees of origins ``lo:hi``; moves are listed anew where the country changes."""
    n_node = node_country.shape[0]
    n_state = 2 * n_node
    all_wanted = wanted.shape[0] == 0
    useful = np.ones(n_node, np.bool_)
    goal = np.zeros(n_state, np.bool_)
    source = np.empty(2, np.int64)
    moves = _moves_room(first_out, head, leaves, to_final, present, n_node)
    queue = _queue_room(moves[1].shape[0] + 2)
    i = lo
    while i < hi:
        country = node_country[origin[i]]
        stop = i + 1
        while stop < hi and node_country[origin[stop]] == country:
            stop += 1
        if not all_wanted:
            any_of = np.zeros(n_node - n_inner, np.bool_)
            for j in range(i, stop):
                any_of |= wanted[j]
            useful = _useful(part, first_out, head, n_inner, n_node, any_of)
        highest = _moves(
            country, first_out, head, cost, arc_country, leaves, to_final, present, node_country,
            n_inner, useful, *moves,
        )  # fmt: skip
        for j in range(i, stop):
            n_goal = 0
            if not all_wanted:
                for z in range(n_node - n_inner):
                    goal[2 * (n_inner + z) + 1] = wanted[j, z]
                    n_goal += wanted[j, z]
                if n_goal == 0:
                    dist[j] = np.inf
                    pred[j] = -1
                    continue
            source[0] = 2 * origin[j]
            source[1] = 2 * origin[j] + 1
            _grow(
                source, np.zeros(2), moves, highest, n_inner, goal, n_goal, queue, dist[j],
                pred[j],
            )  # fmt: skip
        i = stop


@njit(cache=True, parallel=True)
def trees(  # type: ignore[no-untyped-def]
    origin, first_out, head, cost, arc_country, leaves, to_final, present, node_country, n_inner,
    wanted, n_block, dist, pred,
):  # fmt: skip
    """Grow the trees of several origin nodes, in parallel by origin.

    Parameters
    ----------
    origin : int64[O]
        Origin nodes; each starts in both layers at cost 0. Fastest with the origins of one
        country side by side.
    first_out, head, cost, arc_country, leaves, to_final, present, node_country, n_inner
        As for :func:`tree`.
    wanted : bool[O, N - n_inner]
        Zones to which each origin needs the way; only their states of layer F and the states on
        the ways there hold final labels. Shape (0, 0): everything is settled.
    n_block : int
        Number of blocks that the origins are cut into; each has its own scratch. It changes
        memory and speed, never a result.
    dist, pred : float64[O, 2N], int32[O, 2N]
        Filled: cost, and 2 * arc + layer of the arc's tail (-1 none).
    """
    n_origin = origin.shape[0]
    part = _parts(first_out, head, leaves, n_inner)
    for b in prange(n_block):
        _block(
            b * n_origin // n_block, (b + 1) * n_origin // n_block, origin, first_out, head, cost,
            arc_country, leaves, to_final, present, node_country, n_inner, wanted, part, dist,
            pred,
        )  # fmt: skip
