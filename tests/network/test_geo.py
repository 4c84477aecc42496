"""Lengths and drawn lines at the antimeridian (CASES 3 and 5)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.network.geo import (
    great_circle,
    haversine_km,
    line_length_km,
    parse_linestring,
    split_antimeridian,
    wrap_lon,
)
from opencorridor.study import OpenCorridorError


def test_case_5_one_degree_over_the_antimeridian_is_111_km() -> None:
    line = parse_linestring("LINESTRING(179.5 0, -179.5 0)")
    assert line_length_km(line) == pytest.approx(111.195, abs=5e-4)


def test_case_5_a_line_over_the_antimeridian_is_drawn_as_two_pieces_that_meet() -> None:
    pieces = split_antimeridian([(179.5, 0.0), (-179.5, 10.0)])
    assert [piece.tolist() for piece in pieces] == [
        [[179.5, 0.0], [180.0, 5.0]],
        [[-180.0, 5.0], [-179.5, 10.0]],
    ]


def test_vertex_on_the_antimeridian_is_not_doubled() -> None:
    pieces = split_antimeridian([(179.0, 0.0), (180.0, 1.0), (-179.0, 2.0)])
    assert [piece.tolist() for piece in pieces] == [
        [[179.0, 0.0], [180.0, 1.0]],
        [[-180.0, 1.0], [-179.0, 2.0]],
    ]


def test_case_5_a_longitude_a_little_too_far_is_wrapped() -> None:
    line = parse_linestring("LINESTRING(179.9 0, 180.0343 0)")
    assert line_length_km(line) == pytest.approx(0.1343 * 111.19508, rel=1e-4)
    assert split_antimeridian(line)[1][-1, 0] == pytest.approx(-179.9657)


@pytest.mark.parametrize(
    "text",
    ["LINESTRING(181 0, 182 0)", "LINESTRING(0 0)", "POINT(0 0)", "LINESTRING(a b, 1 2)",
     "LINESTRING(0 91, 0 0)", "LINESTRING(0 0 0, 1 1 1)", "LINESTRING(nan 0, 1 1)"],
)  # fmt: skip
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        parse_linestring(text)
    assert caught.value.problems[0].code == "geometry"
    assert caught.value.problems[0].column == "geometry_wkt"


def test_published_great_circles() -> None:
    # CASE 3 (two points of one enclosed sea) and CASE 5 (across the Pacific).
    assert haversine_km(51.22, 43.60, 53.37, 36.85) == pytest.approx(772.36, abs=0.005)
    assert haversine_km(129.04, 35.10, -118.25, 33.74) == pytest.approx(9645, abs=25)


@given(
    st.floats(-180, 180), st.floats(-89, 89), st.floats(-180, 180), st.floats(-89, 89)
)  # fmt: skip
def test_pieces_are_as_long_as_the_line(x0: float, y0: float, x1: float, y1: float) -> None:
    pieces = split_antimeridian(great_circle(x0, y0, x1, y1, step_km=200.0))
    assert all(np.abs(piece[:, 0]).max() <= 180.0 for piece in pieces)
    assert all(np.abs(np.diff(piece[:, 0])).max(initial=0) <= 180.0 for piece in pieces)
    whole = float(haversine_km(x0, y0, x1, y1))
    # A cut lies on the straight line between two longitudes, near a pole some way off the arc.
    slack_km = 0.1 if len(pieces) == 1 else 50.0
    length = sum(line_length_km(piece) for piece in pieces)
    assert length == pytest.approx(whole, rel=2e-3, abs=slack_km)


def test_wrapping_keeps_the_place() -> None:
    assert wrap_lon([180.0343, -180.1, 0.0, 359.0]).tolist() == pytest.approx(
        [-179.9657, 179.9, 0.0, -1.0]
    )
