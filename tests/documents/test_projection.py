"""Projection, clipping and offsets: published figures and simple geometry."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.documents.projection import (
    _projection,
    clip_line,
    clip_ring,
    frame,
    offset,
    simplify,
    unwrap,
)


def test_lambert_conformal_conic_meets_the_published_example() -> None:
    """Snyder 1987, p. 295: parallels 33 and 45, origin 23 N 96 W, point 35 N 75 W, R = 1."""
    project = _projection(-96.0, 30.0, 48.0, 40.0)
    x, y = project(-75.0, 35.0)
    x0, y0 = project(-96.0, 23.0)
    assert x - x0 == pytest.approx(0.2966785, abs=5e-7)
    assert y - y0 == pytest.approx(0.2462112, abs=5e-7)


@pytest.mark.parametrize("window", [(40, 22, 90, 56), (-20, -10, 20, 10), (170, -50, -150, -20)])
def test_north_is_up_east_is_right_and_the_window_is_on_the_paper(
    window: tuple[float, float, float, float],
) -> None:
    paper = frame(window, 900.0)
    west, south, east, north = paper.window
    middle = (west + east) / 2, (south + north) / 2
    x, y = paper.point(*middle)
    assert paper.point(middle[0] + 1, middle[1])[0] > x
    assert paper.point(middle[0], middle[1] + 1)[1] < y
    for lon in (west, east):
        for lat in (south, north):
            px, py = paper.point(lon, lat)
            assert -1e-6 <= px <= 900.0 + 1e-6
            assert -1e-6 <= py <= paper.height + 1e-6


def test_a_line_over_the_antimeridian_stays_short() -> None:
    paper = frame((160.0, 30.0, -160.0, 60.0), 800.0)
    (line,) = paper.lines([(175.0, 45.0), (-175.0, 45.0)])
    assert 0 < line[-1][0] - line[0][0] < 0.5 * 800
    assert unwrap([(175.0, 0.0), (-175.0, 0.0)], 0.0) == [(175.0, 0.0), (185.0, 0.0)]


def test_what_is_far_away_is_not_drawn() -> None:
    paper = frame((40.0, 22.0, 90.0, 56.0), 900.0)
    assert paper.lines([(-100.0, 40.0), (-80.0, 40.0)]) == []
    assert paper.rings([(-100.0, 40.0), (-80.0, 40.0), (-90.0, 50.0)]) == []


def test_clip_line_cuts_and_parts() -> None:
    box = (0.0, 0.0, 10.0, 10.0)
    assert clip_line([(-5, 5), (15, 5)], box) == [[(0.0, 5.0), (10.0, 5.0)]]
    zigzag = [(1, 1), (5, 20), (9, 1)]
    pieces = clip_line(zigzag, box)
    assert len(pieces) == 2
    assert pieces[0][0] == (1, 1)
    assert pieces[1][-1] == (9, 1)
    assert clip_line([(20, 20), (30, 20)], box) == []
    assert clip_line([(1, 1), (2, 2), (3, 1)], box) == [[(1, 1), (2, 2), (3, 1)]]


def test_clip_ring_keeps_the_area_inside() -> None:
    ring = clip_ring([(-10, -10), (20, -10), (20, 20), (-10, 20)], (0.0, 0.0, 10.0, 5.0))
    closed = [*ring, ring[0]]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(closed)) / 2
    assert abs(area) == pytest.approx(50.0)


def test_offset_lies_to_the_right_of_travel() -> None:
    """y grows downward: eastbound, the right is south, so y must grow."""
    assert offset([(0.0, 0.0), (10.0, 0.0)], 2.0) == [(0.0, 2.0), (10.0, 2.0)]
    corner = offset([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], 1.0)
    assert corner[1] == pytest.approx((9.0, 1.0))


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=2, max_size=25),
    st.floats(0.1, 5.0),
)
def test_simplify_keeps_ends_and_stays_near(points: list[tuple[float, float]], far: float) -> None:
    thin = simplify(points, far)
    assert (thin[0], thin[-1]) == (points[0], points[-1])
    for p in points:
        assert min(_gap(p, a, b) for a, b in itertools.pairwise(thin)) <= far + 1e-9


def _gap(p: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    size = dx * dx + dy * dy
    t = 0.0 if size == 0 else min(max(((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / size, 0), 1)
    return math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy)
