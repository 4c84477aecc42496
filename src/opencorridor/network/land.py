"""Where lines lie on land: rings of a coast, points and stretches (no imports of ours but geo)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.network.geo import EARTH_RADIUS_KM, haversine_km

__all__ = ["Coast", "Rings", "longest_on_land_km"]

ROW_DEGREES = 0.02
"""Height of a row in which a coast is kept: 2.2 km, finer than the coasts that ship."""

STEP_KM = 5.0
"""Distance of the points at which a line is looked at."""

Floats = npt.NDArray[np.float64]


class Rings:
    """Rings asked by the rule of even and odd crossings.

    For every row of latitude the longitudes where a ring crosses the middle of the row are kept in
    order; a point is inside where an odd number of them lies to its west. A ring inside a ring
    is thereby a hole, whichever way round it is listed.
    """

    def __init__(self, rings: Iterable[Sequence[float]]) -> None:
        """Take rings as flat lists lon, lat, lon, lat, … in degrees, first point given twice."""
        rows, lons = [np.empty(0, np.int64)], [np.empty(0)]
        for ring in rings:
            points = np.asarray(ring, dtype=np.float64).reshape(-1, 2)
            row, lon = _crossings(points)
            rows.append(row)
            lons.append(lon)
        row, lon = np.concatenate(rows), np.concatenate(lons)
        order = np.lexsort((lon, row))
        self._key = row[order] * _SPAN + lon[order]

    def around(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Return which points (degrees, any equal shape) lie inside."""
        row = np.floor(np.asarray(lat, dtype=np.float64) / ROW_DEGREES)
        start = np.searchsorted(self._key, row * _SPAN - _SPAN / 2)
        west = np.searchsorted(self._key, row * _SPAN + np.asarray(lon, dtype=np.float64))
        return np.asarray((west - start) % 2 == 1)


class Coast:
    """Land without its lakes, known inside a window only: outside it nothing counts as land."""

    def __init__(
        self,
        land: Iterable[Sequence[float]],
        lakes: Iterable[Sequence[float]] = (),
        window: Sequence[float] = (-180.0, -90.0, 180.0, 90.0),
    ) -> None:
        """Take rings as :class:`Rings` does, and the window west, south, east, north."""
        self._land, self._lakes = Rings(land), Rings(lakes)
        self._window = tuple(window)

    def near(self, start: Floats, end: Floats) -> npt.NDArray[np.bool_]:
        """Return which straight pieces (n, 2) may come into the window; never too few."""
        west, _south, east, _north = self._window
        low, high = np.minimum(start, end), np.maximum(start, end)
        apart = (low[:, 0] > east) | (high[:, 0] < west)
        # A piece that goes over 180 degrees runs outside its two longitudes.
        apart &= high[:, 0] - low[:, 0] <= 180.0
        return np.asarray(~apart)

    def on_land(self, lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
        """Return which points (degrees, equal shapes) are on land."""
        west, south, east, north = self._window
        known = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        return np.asarray(known & self._land.around(lon, lat) & ~self._lakes.around(lon, lat))


_SPAN = 1000.0


def _crossings(points: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return rows whose middle the edges of a ring cross, and the longitudes where they do."""
    (x0, y0), (x1, y1) = points[:-1].T, points[1:].T
    low, high = np.minimum(y0, y1), np.maximum(y0, y1)
    # The middle of row r is (r + ½) · ROW_DEGREES; an edge crosses it where low ≤ middle < high.
    first = np.ceil(low / ROW_DEGREES - 0.5).astype(np.int64)
    count = np.maximum(np.ceil(high / ROW_DEGREES - 0.5).astype(np.int64) - first, 0)
    edge = np.repeat(np.arange(len(count)), count)
    row = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    share = ((row + 0.5) * ROW_DEGREES - y0[edge]) / (y1 - y0)[edge]
    return row, x0[edge] + share * (x1 - x0)[edge]


def longest_on_land_km(coast: Coast, lines: Sequence[Any]) -> Floats:
    """Return for each line of (lon, lat) vertices its longest stretch on land, km, shape (n,).

    Lines are looked at every ``STEP_KM`` along great circles, so a stretch is known to that length.
    """
    longest = np.zeros(len(lines))
    if not len(lines):
        return longest
    vertex = np.concatenate([np.asarray(line, dtype=np.float64) for line in lines])
    of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    a = np.flatnonzero(of[:-1] == of[1:])
    a = a[coast.near(vertex[a], vertex[a + 1])]
    if not len(a):
        return longest
    lon, lat, owner = _looked_at(vertex[a], vertex[a + 1], of[a])
    land = coast.on_land(lon, lat)
    # A stretch is a run of steps whose two ends are both on land and of one line.
    step = haversine_km(lon[:-1], lat[:-1], lon[1:], lat[1:])
    both = land[:-1] & land[1:] & (owner[:-1] == owner[1:])
    total = np.concatenate(([0.0], np.cumsum(np.where(both, step, 0.0))))
    since = np.maximum.accumulate(np.where(both, 0, np.arange(1, len(both) + 1)))
    np.maximum.at(longest, owner[1:], np.where(both, total[1:] - total[since], 0.0))
    return longest


def _looked_at(
    start: Floats, end: Floats, owner: npt.NDArray[np.int64]
) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Return points (lon, lat, owner) along great circles from ``start`` to ``end``, shape (n, 2).

    Between two ends u and v at angle w the point at share t is (sin((1-t)w) u + sin(tw) v) / sin w.
    """
    angle = haversine_km(start[:, 0], start[:, 1], end[:, 0], end[:, 1]) / EARTH_RADIUS_KM
    steps = np.maximum(np.ceil(angle * EARTH_RADIUS_KM / STEP_KM).astype(np.int64), 1)
    segment = np.repeat(np.arange(len(steps)), steps + 1)
    nth = np.arange(len(segment)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    share = (nth / steps[segment])[:, None]
    w = angle[segment][:, None]
    # Ends that coincide, or lie opposite, have no great circle: their mean is good enough.
    plain = np.sin(w) < 1e-9
    sine = np.where(plain, 1.0, np.sin(w))
    first = np.where(plain, 1.0 - share, np.sin((1.0 - share) * w) / sine)
    last = np.where(plain, share, np.sin(share * w) / sine)
    point = first * _unit(start)[segment] + last * _unit(end)[segment]
    lon = np.degrees(np.arctan2(point[:, 1], point[:, 0]))
    lat = np.degrees(np.arctan2(point[:, 2], np.hypot(point[:, 0], point[:, 1])))
    return lon, lat, owner[segment]


def _unit(points: Floats) -> Floats:
    lon, lat = np.radians(points).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
