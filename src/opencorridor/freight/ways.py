"""How the routes of a pair of zones are alike: chains of main modes, and pieces of way in common.

A chain is the order of the main modes of a route: rail, rail-sea-rail, road. Road legs of up to
150 km do not make another chain: they are what the law of the European Union on combined transport
(Directive 92/106/EEC, article 1) takes for the way to and from a terminal.

What two routes share is measured in hours of free flow, borders and terminals included, because
what shippers do not know of a way lies there and not in its kilometres.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.demand import Rows
from opencorridor.freight.kept import Kept
from opencorridor.freight.kernels.ways import chain_codes, shared_pieces
from opencorridor.network import BORDER, MODES, Graph, Reduced
from opencorridor.network.kernels.threads import threads_in_use

__all__ = ["ACCESS_KM", "Ways", "chain_names", "chains", "make_ways", "parts_of_arcs"]

ACCESS_KM = 150.0
"""Longest road leg that does not count as a main mode."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Parts of every arc as CSR: number of each part, and its share of the arc.
Parts = tuple[Ints, Ints, Floats]


@dataclass(frozen=True)
class Ways:
    """How the routes of K pairs of zones and forms of cargo overlap; the kernels read the fields.

    Attributes
    ----------
    key
        (R,) pair and form of cargo of every row of the demand.
    way_first
        (K + 1,) routes of each of them, in the order of the options of a row.
    way_chain, way_alone
        (W,) chain of each route, from 0 in every key; share of its hours that no other route of
        its chain spends with it.
    piece_first, member_first, member, log_part
        (K + 1,) shared pieces by key, (P + 1,) their routes, by place in the key, and the
        logarithm of the share of each one's hours.
    """

    key: Ints
    way_first: Ints
    way_chain: Ints
    way_alone: Floats
    piece_first: Ints
    member_first: Ints
    member: Ints
    log_part: Floats

    def of(self, rows: Ints, choice: Floats) -> tuple[Any, ...]:
        """Return the fields in their order for some rows, then the rows of the choice (3, R)."""
        mine = (getattr(self, f.name) for f in fields(self)[1:])
        return (self.key[rows], *mine, *np.ascontiguousarray(choice[:, rows]))

    def only(self, keep: NDArray[np.bool_]) -> Ways:
        """Return the overlaps of the marked ways (W,) as if there were no others.

        The share of a way's hours on a piece is the piece's hours over its own, whoever else is
        there. So a piece keeps the ways that are left of it, and with one left it is that way's
        own.
        """
        count = np.diff(self.way_first)
        of_key = np.repeat(np.arange(count.size), count)
        ends = np.concatenate([[0], np.cumsum(keep)])
        way_first = ends[self.way_first]
        members = np.diff(self.member_first)
        first_way = np.repeat(self.way_first[:-1], np.diff(self.piece_first))
        piece = np.repeat(np.arange(members.size), members)
        way = self.member + np.repeat(first_way, members)
        stay = keep[way]
        left = np.bincount(piece[stay], minlength=members.size)
        single, joint = stay & (left[piece] == 1), stay & (left[piece] > 1)
        alone = self.way_alone + np.bincount(
            way[single], weights=np.exp(self.log_part[single]), minlength=keep.size
        )
        chain = _within(of_key[keep], self.way_chain[keep])
        member = (ends[:-1] - way_first[:-1][of_key])[way[joint]]
        pieces = np.concatenate([[0], np.cumsum(left > 1)])
        return Ways(
            self.key, way_first, chain, alone[keep], pieces[self.piece_first],
            _first(left[left > 1]), member, self.log_part[joint],
        )  # fmt: skip


def chains(graph: Graph, routes: Kept, access_km: float = ACCESS_KM) -> Ints:
    """Return the number (W,) of the chain of main modes of every route (``chain_names``)."""
    on_link = graph.kind <= BORDER
    mode = np.where(on_link, graph.mode, -1).astype(np.int64)
    arcs = routes.arcs.astype(np.int64)
    km = graph.length_km.astype(np.float64)
    found: Ints = chain_codes(routes.first, arcs, mode, km, MODES.index("road"), access_km)
    return found


def chain_names(code: int) -> tuple[str, ...]:
    """Return the modes of a chain in order of travel."""
    out: list[str] = []
    while code > 0:
        code, digit = divmod(code, 5)
        out.append(MODES[digit - 1])
    return tuple(reversed(out))


def parts_of_arcs(reduced: Reduced, arcs: Ints, km: Floats) -> Parts:
    """Return what arcs of a reduced graph have in common.

    Parameters
    ----------
    reduced
        The graph of the routes, and the way back to the whole one.
    arcs
        (A,) arcs of it that are used.
    km
        Length of the arcs of the whole graph.
    """
    owner, whole = reduced.unpack_all(arcs)
    _, base = np.unique(whole, return_inverse=True)
    # Links that the same arcs stand for are one part: told apart by a sum of random numbers.
    mark = np.random.default_rng(0).integers(0, 2**63, arcs.size, np.uint64)
    marks = np.zeros(int(base.max(initial=-1)) + 1, np.uint64)
    np.add.at(marks, base, mark[owner])
    _, part = np.unique(marks[base], return_inverse=True)
    both, at = np.unique(owner * (part.max(initial=0) + 1) + part, return_inverse=True)
    long = np.bincount(at, weights=np.maximum(km[whole], 1e-9), minlength=both.size)
    mine, part = np.divmod(both, part.max(initial=0) + 1)
    share = long / np.bincount(mine, weights=long, minlength=arcs.size)[mine]
    return _first(np.bincount(mine, minlength=arcs.size)), part.astype(np.int64), share


def make_ways(
    n_zone: int,
    rows: Rows,
    routes: Kept,
    chain: Ints,
    arcs: NDArray[np.int32],
    parts: Parts,
    hours: Floats,
) -> Ways:
    """Find how routes overlap.

    Parameters
    ----------
    rows, routes
        The demand and its routes, joined as :func:`~opencorridor.freight.options.make_options`
        joins them.
    chain
        (W,) number of the chain of every route.
    arcs
        Arcs of the routes, as positions in ``parts`` and ``hours``.
    parts
        What arcs have in common (:func:`parts_of_arcs`).
    hours
        (cargoes, A) hours at free flow.
    """
    route_key = (routes.group * n_zone + routes.origin) * n_zone + routes.destination
    order = np.argsort(route_key, kind="stable")
    keys, first = np.unique(route_key[order], return_index=True)
    keys = keys if keys.size else np.zeros(1, np.int64)
    way_first = np.append(first if order.size else 0, order.size).astype(np.int64)
    key = (rows.cargo * n_zone + rows.origin) * n_zone + rows.destination
    of_row = np.minimum(np.searchsorted(keys, key), keys.size - 1)
    of_key = np.repeat(np.arange(keys.size), np.diff(way_first))
    chain_of = _within(of_key, chain[order])
    alone, piece_first, member_first, member, share = _pieces(
        way_first, order, keys // n_zone**2, chain_of, routes.first, arcs.astype(np.int64), *parts,
        np.nan_to_num(hours, nan=0.0, posinf=0.0),
    )  # fmt: skip
    return Ways(
        of_row.astype(np.int64), way_first, chain_of, alone, piece_first, member_first, member,
        np.log(share),
    )  # fmt: skip


def _pieces(way_first: Ints, order: Ints, cargo: Ints, chain: Ints, *rest: Any) -> tuple[Any, ...]:
    """Return what ``shared_pieces`` does, a part of the keys on each processor."""
    n_part = threads_in_use()
    ends = way_first[-1] * np.arange(1, n_part) // n_part
    cut = np.concatenate([[0], np.searchsorted(way_first, ends), [cargo.size]])

    def part(a: int, b: int) -> tuple[Any, ...]:
        lo, hi = way_first[a], way_first[b]
        found: tuple[Any, ...] = shared_pieces(
            way_first[a : b + 1] - lo, order[lo:hi], cargo[a:b], chain[lo:hi], *rest
        )
        return found

    with ThreadPoolExecutor(n_part) as threads:
        parts = list(threads.map(part, cut[:-1].tolist(), cut[1:].tolist()))
    alone, piece, member_first, member, share = zip(*parts, strict=True)
    return (
        np.concatenate(alone),
        _first(np.concatenate([np.diff(first) for first in piece])),
        _first(np.concatenate([np.diff(first) for first in member_first])),
        np.concatenate(member),
        np.concatenate(share),
    )


def _within(group: Ints, value: Ints) -> Ints:
    """Return numbers of different values from 0 on in every group; groups are ascending."""
    _, code = np.unique(value, return_inverse=True)
    size = int(code.max(initial=0)) + 1
    both, number = np.unique(group * size + code, return_inverse=True)
    within: Ints = (number - np.searchsorted(both, group * size)).astype(np.int64)
    return within


def _first(counts: Ints) -> Ints:
    """Return the starts of a CSR with these counts."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
