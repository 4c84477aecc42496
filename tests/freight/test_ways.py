"""Chains of main modes, and the pieces of way that routes share: by hand, and on a study."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from opencorridor.freight.kernels.ways import chain_codes, shared_pieces
from opencorridor.freight.ways import chain_names
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
