"""Pieces of an undirected graph of cells that can be contracted one beside the other."""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["blocks", "joined", "members", "nodes_of", "pieces"]


@njit(cache=True)
def _root(parent, e):  # type: ignore[no-untyped-def]
    """Return the first edge that edge e is known to hang together with."""
    while parent[e] != e:
        parent[e] = parent[parent[e]]
        e = parent[e]
    return e


@njit(cache=True)
def pieces(edge_u, edge_v, edge_cell, keep):  # type: ignore[no-untyped-def]
    """Return the piece of every edge, numbered from 0 in the order of their first edges.

    Edges are of one piece that meet at a node that may go, or in one cell at a node that stays:
    what happens in one piece then changes nothing in another.

    Parameters
    ----------
    edge_u, edge_v, edge_cell : int32[M]
    keep : bool[n]

    Returns
    -------
    piece, number of pieces : int64[M], int
    """
    m = len(edge_u)
    parent = np.arange(m)
    meeting = np.empty(2 * m, np.int64)
    n_cell = np.int64(edge_cell.max()) + 2 if m else np.int64(1)
    for h in range(2 * m):
        node = edge_v[h >> 1] if h & 1 else edge_u[h >> 1]
        meeting[h] = node * n_cell + (edge_cell[h >> 1] + 1 if keep[node] else 0)
    order = np.argsort(meeting)
    for i in range(1, 2 * m):
        if meeting[order[i]] == meeting[order[i - 1]]:
            a, b = _root(parent, order[i] >> 1), _root(parent, order[i - 1] >> 1)
            parent[max(a, b)] = min(a, b)
    piece, n = np.empty(m, np.int64), 0
    for e in range(m):
        first = _root(parent, e)
        if first == e:
            piece[e] = n
            n += 1
        else:
            piece[e] = piece[first]
    return piece, n


@njit(cache=True)
def blocks(size, n_block):  # type: ignore[no-untyped-def]
    """Return a block for every piece (int64[P]) so that blocks are about equally large."""
    block, total = np.empty(len(size), np.int64), np.zeros(n_block, np.int64)
    for piece in np.argsort(-size, kind="mergesort"):
        block[piece] = np.argmin(total)
        total[block[piece]] += size[piece]
    return block


@njit(cache=True)
def members(value, n):  # type: ignore[no-untyped-def]
    """Return the positions, ascending, of every value from 0 to n - 1 as CSR."""
    first = np.zeros(n + 1, np.int64)
    for x in value:
        first[x + 1] += 1
    first = np.cumsum(first)
    at, member = first[:-1].copy(), np.empty(len(value), np.int64)
    for i in range(len(value)):
        member[at[value[i]]] = i
        at[value[i]] += 1
    return first, member


@njit(cache=True)
def nodes_of(piece, n_piece, edge_u, edge_v):  # type: ignore[no-untyped-def]
    """Return the nodes, ascending, of every piece as CSR; a node that stays may be in several."""
    m = len(piece)
    n_node = np.int64(1)
    for e in range(m):
        n_node = max(n_node, edge_u[e] + 1, edge_v[e] + 1)
    both = np.empty(2 * m, np.int64)
    for e in range(m):
        both[2 * e] = piece[e] * n_node + edge_u[e]
        both[2 * e + 1] = piece[e] * n_node + edge_v[e]
    both = np.unique(both)
    first = np.searchsorted(both, np.arange(n_piece + 1) * n_node)
    return first, (both % n_node).astype(np.int32)


@njit(cache=True)
def joined(pool, start, count, edges, nodes):  # type: ignore[no-untyped-def]
    """Put the pools of all pieces together: all given edges first, then the shortcuts by piece.

    Parameters
    ----------
    pool
        ends, cell, km, via, child_a, child_b, alive as in ``contract``, numbered by piece.
    start, count : int64[P]
        Where the edges of each piece begin in the pool, and how many there are.
    edges, nodes
        CSR of the given edges and of the nodes of every piece, as numbered in the whole.
    """
    ends, cell, km, via, child_a, child_b, alive = pool
    (edge_first, edge), (node_first, node) = edges, nodes
    size = count.sum()
    out = (np.empty(2 * size, np.int32), np.empty(size, np.int32), np.empty(size),
           np.full(size, -1, np.int32), np.full(size, -1, np.int32), np.full(size, -1, np.int32),
           np.zeros(size, np.bool_))  # fmt: skip
    fresh = len(edge)
    for c in range(len(count)):
        lo = edge_first[c]
        given = edge_first[c + 1] - lo
        number = np.empty(count[c], np.int32)
        number[:given] = edge[lo : lo + given]
        number[given:] = np.arange(fresh, fresh + count[c] - given)
        fresh += count[c] - given
        for e in range(count[c]):
            at, p = number[e], start[c] + e
            out[0][2 * at] = node[node_first[c] + ends[2 * p]]
            out[0][2 * at + 1] = node[node_first[c] + ends[2 * p + 1]]
            out[1][at], out[2][at], out[6][at] = cell[p], km[p], alive[p]
            if e >= given:
                out[3][at] = node[node_first[c] + via[p]]
                out[4][at], out[5][at] = number[child_a[p]], number[child_b[p]]
    return out
