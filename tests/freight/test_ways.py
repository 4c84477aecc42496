"""Chains of main modes, and the pieces of way that routes share: by hand, and on a study."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.freight.kept import ByArc, Kept
from opencorridor.freight.kernels.loading import choose_and_load
from opencorridor.freight.kernels.ways import chain_codes, shared_pieces
from opencorridor.freight.ways import Ways, chain_names
from tests.freight.demand_rows import fixed
from tests.scenario.worlds import World, teaching_world

RAIL, ROAD, SEA = 0, 1, 2


def chain_of(*legs: tuple[int, float]) -> tuple[str, ...]:
    """Chain of one route of arcs (mode, km); mode -1 is a terminal."""
    mode, km = np.array([leg[0] for leg in legs]), np.array([leg[1] for leg in legs])
    first = np.array([0, len(legs)])
    return chain_names(int(chain_codes(first, np.arange(len(legs)), mode, km, ROAD, 150.0)[0]))


@pytest.mark.parametrize(
    ("legs", "want"),
    [
        ([(ROAD, 80.0), (-1, 0.0), (RAIL, 900.0), (-1, 0.0), (ROAD, 60.0)], ("rail",)),
        ([(ROAD, 100.0), (ROAD, 60.0), (RAIL, 900.0)], ("road", "rail")),
        ([(RAIL, 400.0), (ROAD, 30.0), (RAIL, 500.0)], ("rail",)),
        ([(RAIL, 400.0), (SEA, 300.0), (RAIL, 500.0)], ("rail", "sea", "rail")),
        ([(SEA, 20.0), (ROAD, 700.0)], ("sea", "road")),
        ([(ROAD, 90.0)], ("road",)),
    ],
)
def test_short_road_legs_make_no_chain_of_their_own(
    legs: list[tuple[int, float]], want: tuple[str, ...]
) -> None:
    assert chain_of(*legs) == want


def pieces_by_hand(chain: list[int]):
    """Three routes of one pair: a b, a c and b c; hours a 2, b 6, c 2; all parts of their own."""
    one = np.arange(3)
    return shared_pieces(
        np.array([0, 3]), one, np.zeros(1, np.int64), np.array(chain), np.array([0, 2, 4, 6]),
        np.array([0, 1, 0, 2, 1, 2]), np.arange(4), one, np.ones(3), np.array([[2.0, 6.0, 2.0]]),
    )  # fmt: skip


def test_pieces_of_three_routes_by_hand() -> None:
    alone, piece_first, member_first, member, share = pieces_by_hand([0, 0, 0])
    assert alone.tolist() == [0.0, 0.0, 0.0]
    assert piece_first.tolist() == [0, 3]
    groups = [tuple(member[a:b]) for a, b in itertools.pairwise(member_first)]
    assert groups == [(0, 1), (0, 2), (1, 2)]
    np.testing.assert_allclose(share, [0.25, 0.5, 0.75, 0.75, 0.5, 0.25])


def test_routes_of_two_chains_share_nothing() -> None:
    alone, piece_first, _, member, share = pieces_by_hand([0, 1, 0])
    assert alone.tolist() == [0.25, 1.0, 0.25]
    assert piece_first.tolist() == [0, 1]
    assert member.tolist() == [0, 2]
    np.testing.assert_allclose(share, [0.75, 0.75])


KEYS, WAYS, ARCS = 4, 6, 10


def random_keys(seed: int) -> tuple[np.ndarray, list[np.ndarray], np.ndarray, np.ndarray]:
    """Number of ways of some pairs of zones, the arcs of each way, its chain, hours of the arcs."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, WAYS + 1, KEYS)
    arcs = [np.flatnonzero(rng.random(ARCS) < 0.5) for _ in range(counts.sum())]
    arcs = [one if one.size else np.arange(ARCS) for one in arcs]
    return counts, arcs, rng.integers(0, 3, len(arcs)), rng.uniform(0.5, 9.0, ARCS)


def overlaps(
    counts: np.ndarray, arcs: list[np.ndarray], chain: np.ndarray, hours: np.ndarray
) -> Ways:
    """Overlaps of ways that stand key after key; chains are numbered from 0 in every key."""
    first, own = np.concatenate([[0], np.cumsum(counts)]), chain.copy()
    for lo, hi in itertools.pairwise(first):
        own[lo:hi] = np.unique(own[lo:hi], return_inverse=True)[1]
    starts = np.concatenate([[0], np.cumsum([one.size for one in arcs])])
    alone, pieces, members, member, share = shared_pieces(
        first, np.arange(len(arcs)), np.zeros(counts.size, np.int64), own, starts,
        np.concatenate([*arcs, np.empty(0)]).astype(np.int64), np.arange(ARCS + 1),
        np.arange(ARCS), np.ones(ARCS), hours[None, :],
    )  # fmt: skip
    return Ways(np.arange(counts.size), first, own, alone, pieces, members, member, np.log(share))


def loaded(ways: Ways, cost: np.ndarray, over: np.ndarray) -> tuple[np.ndarray, ...]:
    """Shares, costs, load and slope of one row a key; the marked ways pass a place with a wait."""
    rows, none = np.arange(ways.key.size), np.zeros(ways.key.size)
    choice = np.repeat([[30.0], [0.6], [0.8]], rows.size, axis=1)
    entries = np.concatenate([[0], np.cumsum(over)]).astype(np.int64)
    return choose_and_load(
        ways.way_first, none + 100.0, none + 1.0, cost, entries,
        np.zeros(entries[-1], np.int64), np.ones(entries[-1]), np.array([4.0]),
        *ways.of(rows, choice), *fixed(rows.size),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_overlaps_of_some_ways_are_those_found_without_the_others(seed: int) -> None:
    """As counted anew, and as with the other ways shut; a key may lose all its ways."""
    counts, arcs, chain, hours = random_keys(seed)
    rng = np.random.default_rng(seed + 1)
    keep = rng.random(chain.size) < 0.6
    cost, over = rng.uniform(90.0, 130.0, chain.size), rng.random(chain.size) < 0.5
    whole = overlaps(counts, arcs, chain, hours)
    left = np.add.reduceat(keep, whole.way_first[:-1], dtype=np.int64)
    some = [one for one, stays in zip(arcs, keep, strict=True) if stays]
    anew = overlaps(left, some, chain[keep], hours)
    got = loaded(whole.only(keep), cost[keep], over[keep])
    want = loaded(anew, cost[keep], over[keep])
    shut = loaded(whole, np.where(keep, cost, np.inf), over)
    for a, b, c in zip(got, want, (shut[0][keep], *shut[1:]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(a, c, rtol=1e-9, atol=1e-12)
    assert whole.only(keep).way_chain.tolist() == anew.way_chain.tolist()
    np.testing.assert_allclose(whole.only(keep).way_alone, anew.way_alone, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_routes_by_arc_are_those_of_a_look_at_every_arc(seed: int) -> None:
    counts, arcs, *_ = random_keys(seed)
    first = np.concatenate([[0], np.cumsum([one.size for one in arcs])])
    zone = np.repeat(np.arange(counts.size), counts)
    kept = Kept(zone * 0, zone, zone, first, np.concatenate(arcs).astype(np.int32))
    rng = np.random.default_rng(seed)
    for share in (0.0, 0.1, 0.4, 1.0):
        marked = rng.random(ARCS) < share
        want = [bool(marked[one].any()) for one in arcs]
        assert ByArc(kept).passes(marked).tolist() == kept.passes(marked).tolist() == want


@pytest.fixture(scope="module")
def world() -> World:
    return teaching_world()


def test_the_hours_of_every_route_are_told_once(world: World) -> None:
    ways, options = world.model.ways, world.model.options
    total = ways.way_alone.copy()
    piece = np.repeat(np.arange(ways.piece_first.size - 1), np.diff(ways.piece_first))
    key = np.repeat(piece, np.diff(ways.member_first))
    np.add.at(total, ways.way_first[key] + ways.member, np.exp(ways.log_part))
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)
    # A row's routes are those of its key, in the same order.
    counts = np.diff(options.row_first)
    with_way = counts > 0
    assert (np.diff(ways.way_first)[ways.key[with_way]] == counts[with_way]).all()


def test_links_that_a_shortcut_stands_for_are_those_of_the_walk(world: World) -> None:
    reduced = world.model.reduced
    arcs = np.arange(reduced.graph.n_arcs)
    owner, whole = reduced.unpack_all(arcs)
    for arc in arcs.tolist():
        assert sorted(whole[owner == arc].tolist()) == sorted(reduced.unpack(arc))
