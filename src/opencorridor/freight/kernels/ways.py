"""What the routes of a pair of zones are: their chains of modes, and the pieces they share."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["chain_codes", "shared_pieces"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Modes of one chain that its number has room for.
MOST_LEGS = 24


@njit(cache=True)
def chain_codes(
    first: Ints, arcs: Ints, arc_mode: Ints, arc_km: Floats, access_mode: int, access_km: float
) -> Ints:
    """Return the number of the chain of main modes of every route.

    Legs of ``access_mode`` of at most ``access_km`` are left out, unless there is nothing else;
    legs of one mode that are then next to each other are one.

    Parameters
    ----------
    first, arcs
        Arcs of the routes as CSR.
    arc_mode, arc_km
        Mode of every arc, -1 where it belongs to none, and its kilometres.

    Returns
    -------
    (W,) digits to the base 5, the mode plus one of each leg; the first leg counts most.
    """
    out = np.zeros(first.size - 1, dtype=np.int64)
    for w in range(first.size - 1):
        legs, last, mode, km = 0, -1, -1, 0.0
        for p in range(first[w], first[w + 1] + 1):
            over = p == first[w + 1]
            here = -1 if over else arc_mode[arcs[p]]
            if not over and (here < 0 or here == mode):
                km += 0.0 if here < 0 else arc_km[arcs[p]]
                continue
            counts = mode >= 0 and (mode != access_mode or km > access_km)
            if counts and mode != last and legs < MOST_LEGS:
                out[w] = 5 * out[w] + mode + 1
                last = mode
                legs += 1
            if not over:
                mode, km = here, arc_km[arcs[p]]
        if legs == 0 and mode >= 0:
            out[w] = mode + 1
    return out


@njit(cache=True)
def _entries(ways, hours, routes, parts):  # type: ignore[no-untyped-def]
    """Parts of the ways of one key in order of part and way: (part, way, hours)."""
    (first, arcs), (arc_first, part, part_share) = routes, parts
    room = 0
    for r in ways:
        for p in range(first[r], first[r + 1]):
            room += arc_first[arcs[p] + 1] - arc_first[arcs[p]]
    atom, way, h = np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room)
    n = 0
    for w in range(ways.size):
        for p in range(first[ways[w]], first[ways[w] + 1]):
            a = arcs[p]
            for q in range(arc_first[a], arc_first[a + 1]):
                atom[n], way[n], h[n] = part[q], w, hours[a] * part_share[q]
                n += 1
    rank = np.argsort(atom * ways.size + way)
    return atom[rank], way[rank], h[rank]


@njit(cache=True)
def _find(member, member_first, start, stop, group):  # type: ignore[no-untyped-def]
    """Piece among ``start:stop`` with exactly the members of a group, or ``stop``."""
    for s in range(start, stop):
        lo, hi = member_first[s], member_first[s + 1]
        if hi - lo == group.size and np.all(member[lo:hi] == group):
            return s
    return stop


@njit(cache=True)
def _longer(array, room):  # type: ignore[no-untyped-def]
    if room <= array.size:
        return array
    out = np.zeros(2 * room, array.dtype)
    out[: array.size] = array
    return out


@njit(cache=True)
def _of_chain(way, chain, wanted, group):  # type: ignore[no-untyped-def]
    """Fill ``group`` with the ways of a part that belong to a chain; return how many."""
    n = 0
    for w in way:
        if chain[w] == wanted and (n == 0 or group[n - 1] != w):
            group[n] = w
            n += 1
    return n


@njit(cache=True)
def _key(entries, chain, alone, hours, lists, start):  # type: ignore[no-untyped-def]
    """Add the pieces of one key to ``lists`` from ``start`` on; fill hours alone and in all."""
    atom, way, h = entries
    member_first, member, share = lists
    pieces, at = start, 0
    group = np.zeros(chain.size, np.int64)
    n_chain = chain.max() + 1 if chain.size else 0
    for e in range(atom.size):
        hours[way[e]] += h[e]
        if e + 1 < atom.size and atom[e + 1] == atom[at]:
            continue
        for c in range(n_chain if h[at] > 0.0 else 0):
            n = _of_chain(way[at : e + 1], chain, c, group)
            if n == 1:
                alone[group[0]] += h[at]
            if n < 2:
                continue
            s = _find(member, member_first, start, pieces, group[:n])
            if s == pieces:
                pieces += 1
                stop = member_first[s] + n
                member_first = _longer(member_first, pieces + 1)
                member, share = _longer(member, stop), _longer(share, stop)
                member_first[pieces] = stop
                member[stop - n : stop] = group[:n]
            share[member_first[s] : member_first[s + 1]] += h[at]
        at = e + 1
    return (member_first, member, share), pieces


@njit(cache=True, nogil=True)
def shared_pieces(  # type: ignore[no-untyped-def]
    way_first, order, cargo, chain, first, arcs, arc_first, part, part_share, hours
):
    """Pieces of way that several routes of one chain share.

    Parameters
    ----------
    way_first, order
        (K + 1,) ways of every key among ``order``, which names their routes.
    cargo
        (K,) row of ``hours`` that holds for each key.
    chain
        (W,) chain of each way, from 0 in every key.
    first, arcs
        Arcs of the routes as CSR.
    arc_first, part, part_share
        CSR of the arcs' parts: what two arcs have in common has one number in both; share of the
        arc's hours in each part.
    hours
        (cargoes, A) hours of every arc.

    Returns
    -------
    (alone (W,), piece_first (K + 1,), member_first (P + 1,), member (M,), share (M,)): share of
    each way's hours that no other of its chain spends with it; pieces by key; ways of each piece,
    by place in their key, and the share of their hours on it.
    """
    alone, piece_first = np.zeros(order.size), np.zeros(way_first.size, np.int64)
    lists = (np.zeros(64, np.int64), np.zeros(64, np.int64), np.zeros(64))
    for key in range(way_first.size - 1):
        lo, hi = way_first[key], way_first[key + 1]
        entries = _entries(
            order[lo:hi], hours[cargo[key]], (first, arcs), (arc_first, part, part_share)
        )
        start, total = piece_first[key], np.zeros(hi - lo)
        lists, stop = _key(entries, chain[lo:hi], alone[lo:hi], total, lists, start)
        piece_first[key + 1] = stop
        for w in range(hi - lo):
            alone[lo + w] = alone[lo + w] / total[w] if total[w] > 0.0 else 1.0
        for q in range(lists[0][start], lists[0][stop]):
            lists[2][q] /= total[lists[1][q]]
    n = lists[0][piece_first[-1]]
    member_first = lists[0][: piece_first[-1] + 1].copy()
    return alone, piece_first, member_first, lists[1][:n].copy(), lists[2][:n].copy()
