"""Lengths and drawn lines at the antimeridian (CASES 3 and 5)."""

from __future__ import annotations

from typing import Any

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


def cut_length_km(line: Any) -> float:
    """Return the length of a line with a vertex wherever it passes 180°, linear in longitude."""
    lon, lat = np.degrees(np.unwrap(np.radians(line[:, 0]))), line[:, 1]
    turn = np.floor((lon + 180.0) / 360.0)
    total = 0.0
    for i in range(len(line) - 1):
        at = 360.0 * max(turn[i], turn[i + 1]) - 180.0
        on = slice(i, i + 2)
        if turn[i] == turn[i + 1]:
            total += float(haversine_km(lon[i], lat[i], lon[i + 1], lat[i + 1]))
            continue
        order = np.argsort(lon[on])
        y = float(np.interp(at, lon[on][order], lat[on][order]))
        total += float(haversine_km(lon[on], lat[on], at, y).sum())
    return total


@given(
    st.floats(-180, 180), st.floats(-89, 89), st.floats(-180, 180), st.floats(-89, 89)
)  # fmt: skip
def test_pieces_are_as_long_as_the_line_with_its_cuts(
    x0: float, y0: float, x1: float, y1: float
) -> None:
    line = great_circle(x0, y0, x1, y1, step_km=200.0)
    whole = float(haversine_km(x0, y0, x1, y1))
    assert line_length_km(line) == pytest.approx(whole, rel=2e-3, abs=0.1)
    pieces = split_antimeridian(line)
    assert all(np.abs(piece[:, 0]).max() <= 180.0 for piece in pieces)
    assert all(np.abs(np.diff(piece[:, 0])).max(initial=0) <= 180.0 for piece in pieces)
    length = sum(line_length_km(piece) for piece in pieces)
    assert length == pytest.approx(cut_length_km(line), rel=1e-9, abs=1e-5)


@given(
    st.floats(-180, 180), st.floats(-60, 60), st.floats(-60, 60), st.floats(-60, 60)
)  # fmt: skip
def test_away_from_the_poles_a_cut_lies_on_the_arc(
    x0: float, y0: float, dx: float, y1: float
) -> None:
    pieces = split_antimeridian(great_circle(x0, y0, float(wrap_lon(x0 + dx)), y1, step_km=200.0))
    whole = float(haversine_km(x0, y0, x0 + dx, y1))
    assert sum(line_length_km(piece) for piece in pieces) == pytest.approx(whole, rel=2e-3, abs=0.1)


def test_wrapping_keeps_the_place() -> None:
    assert wrap_lon([180.0343, -180.1, 0.0, 359.0]).tolist() == pytest.approx(
        [-179.9657, 179.9, 0.0, -1.0]
    )
