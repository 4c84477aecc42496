"""Stretches of lines on land: rings, lakes, windows, great circles (CASE 3)."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.network.geo import haversine_km
from opencorridor.network.land import STEP_KM, Coast, Rings, longest_on_land_km

SQUARE = [0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0, 0.0, 0.0]
POND = [4.0, 4.0, 6.0, 4.0, 6.0, 6.0, 4.0, 6.0, 4.0, 4.0]
KM = float(haversine_km(0, 5, 10, 5))


def test_rings_in_rings_are_holes_and_lakes_are_water_even_where_both_are_listed() -> None:
    inside = Rings([SQUARE, POND]).around([1.0, 5.0, 11.0], [5.0, 5.0, 5.0])
    assert inside.tolist() == [True, False, False]
    # Where the land has a hole for a lake that is listed too, the lake stays water.
    both = Coast([SQUARE, POND], [POND])
    assert both.on_land(np.array([1.0, 5.0]), np.array([5.0, 5.0])).tolist() == [True, False]


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=3, max_size=9))
def test_the_rows_agree_with_a_plain_even_odd_rule(corners: list[tuple[float, float]]) -> None:
    ring = [*corners, corners[0]]
    rings = Rings([[value for point in ring for value in point]])
    lon = np.linspace(-60, 60, 37) + 0.123
    # Points in the middle of a row: there the rows are exact.
    lat = np.array([-30.01, 0.01, 12.35])
    for y in lat:
        plain = np.zeros(len(lon), int)
        for (x0, y0), (x1, y1) in itertools.pairwise(ring):
            if min(y0, y1) <= y < max(y0, y1):
                plain += x0 + (y - y0) / (y1 - y0) * (x1 - x0) < lon
        assert (rings.around(lon, np.full(len(lon), y)) == (plain % 2 == 1)).all()


@pytest.mark.parametrize(
    ("line", "km"),
    [
        ([(-5, 5), (15, 5)], KM),
        ([(-5, 20), (15, 20)], 0.0),
        ([(-5, 5), (5, 5), (5, 5), (15, 5)], KM),  # a vertex given twice is no break
        ([(179.0, 5), (-179.0, 5)], 0.0),  # over 180 degrees, not round the world
        ([(3, 3), (3, 3)], 0.0),
    ],
)
def test_the_longest_stretch(line: list[tuple[float, float]], km: float) -> None:
    (found,) = longest_on_land_km(Coast([SQUARE]), [line])
    assert found == pytest.approx(km, abs=3 * STEP_KM)


def test_a_lake_breaks_a_stretch_and_lines_do_not_run_on_into_each_other() -> None:
    parted = longest_on_land_km(Coast([SQUARE], [POND]), [[(-5, 5), (15, 5)]])
    assert parted[0] == pytest.approx(0.4 * KM, abs=3 * STEP_KM)
    two = longest_on_land_km(Coast([SQUARE]), [[(8, 5), (9, 5)], [(9, 5), (10, 5)]])
    assert two == pytest.approx([KM / 10, KM / 10], abs=3 * STEP_KM)


def test_outside_the_window_nothing_is_known() -> None:
    coast = Coast([SQUARE], window=(20.0, -90.0, 30.0, 90.0))
    assert longest_on_land_km(coast, [[(-5, 5), (15, 5)]]).tolist() == [0.0]


def test_a_great_circle_is_followed_not_the_parallel() -> None:
    # Along 60 N the great circle between 0 and 90 E runs up to 67.8 N: through this strip.
    strip = [20.0, 66.0, 70.0, 66.0, 70.0, 70.0, 20.0, 70.0, 20.0, 66.0]
    (found,) = longest_on_land_km(Coast([strip]), [[(0, 60), (90, 60)]])
    assert found > 1000
