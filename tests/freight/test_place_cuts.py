"""The cut is named: which places together stop the goods that no wait can carry."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.freight.options import Options
from opencorridor.freight.place_cuts import find_cuts


def options(*rows: tuple[tuple[int, ...], ...]) -> Options:
    """Options of rows, each given as the places that it passes."""
    ways = [way for row in rows for way in row]
    return Options(
        row_first=np.cumsum([0, *map(len, rows)]),
        route=np.arange(len(ways)),
        row=np.repeat(np.arange(len(rows)), [len(r) for r in rows]),
        klass=np.zeros(len(ways), dtype=np.int64),
        place_first=np.cumsum([0, *map(len, ways)]),
        place=np.array([f for way in ways for f in way], dtype=np.int64),
    )


def test_without_stranded_tonnes_there_is_no_cut() -> None:
    none = np.zeros(2)
    assert find_cuts(options(((0,), (1,))), np.array([0.5, 0.5]), np.ones(1), none > 0, none) == ()


def test_places_that_goods_choose_between_are_one_cut() -> None:
    """300 t by 0 or 1, both full; 50 t by 1 or a free way; 70 t by 2 alone, full for itself."""
    ways = options(((0,), (1,)), ((1,), ()), ((2,),), ((3,),))
    share = np.array([0.4, 0.6, 0.5, 0.5, 1.0, 1.0])
    tonnes = np.array([300.0, 50.0, 70.0, 10.0])
    full, left = np.array([True, True, True, False]), np.array([20.0, 0.0, 30.0, 0.0])
    wide, lone = find_cuts(ways, share, tonnes, full, left)[::-1]
    assert (wide.places, wide.bound_t, wide.stranded_t) == ((0, 1), 300.0, 20.0)
    assert (lone.places, lone.bound_t, lone.stranded_t) == ((2,), 70.0, 30.0)


def test_a_way_that_nobody_takes_binds_nothing() -> None:
    """The second way is closed: its place does not join the cut."""
    (cut,) = find_cuts(
        options(((0,), (1,))), np.array([1.0, 0.0]), np.array([9.0]), np.ones(2) > 0,
        np.array([4.0, 0.0]),
    )  # fmt: skip
    assert cut.places == (0,)
    assert cut.bound_t == pytest.approx(9.0)
