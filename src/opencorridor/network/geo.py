"""Great circles and drawn lines that are safe at the antimeridian (no imports of ours but errors).

Longitudes are degrees east. Values a little beyond ±180 (up to 180.1, as some sea tables have)
are wrapped; anything further out is refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = [
    "EARTH_RADIUS_KM",
    "great_circle",
    "haversine_km",
    "line_length_km",
    "parse_linestring",
    "split_antimeridian",
    "wrap_lon",
]

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG), km."""

MAX_LON = 180.1

Floats = npt.NDArray[np.float64]


def wrap_lon(lon: npt.ArrayLike) -> Floats:
    """Return longitudes moved into [-180, 180); the input may be any number of degrees."""
    return np.asarray((np.asarray(lon, dtype=np.float64) + 180.0) % 360.0 - 180.0)


def haversine_km(
    lon1: npt.ArrayLike, lat1: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike
) -> Floats:
    """Return great-circle distances in km (haversine formula, R = 6371.0088 km).

    The difference of longitude enters through sin², which has a period of 360°: a pair on both
    sides of 180° needs no special case.
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    d_lambda = np.radians(np.asarray(lon2, dtype=np.float64) - np.asarray(lon1, dtype=np.float64))
    a = np.sin((phi2 - phi1) / 2.0) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(d_lambda / 2) ** 2
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(a, 0.0, 1.0))))


def _refuse(text: str, expected: str) -> OpenCorridorError:
    shown = text if len(text) <= 60 else text[:57] + "..."
    return OpenCorridorError(
        [
            Problem(
                code="geometry",
                message="not a line that can be drawn",
                column="geometry_wkt",
                value=shown,
                expected=expected,
            )
        ]
    )


def parse_linestring(text: str) -> Floats:
    """Return the vertices of a WKT LINESTRING, shape (n, 2) as lon, lat, n ≥ 2.

    Raises
    ------
    OpenCorridorError
        Code ``geometry``: not a LINESTRING, not numbers, fewer than two vertices, or a
        coordinate outside ±180.1 / ±90.
    """
    head, _, body = text.strip().partition("(")
    if head.strip().upper() != "LINESTRING" or not body.endswith(")"):
        raise _refuse(text, "LINESTRING(lon lat, lon lat, ...)")
    try:
        points = np.array([[float(x) for x in p.split()] for p in body[:-1].split(",")])
    except ValueError:
        raise _refuse(text, "two numbers per vertex: lon lat") from None
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
        raise _refuse(text, "at least two vertices of two numbers: lon lat")
    if not np.isfinite(points).all() or (np.abs(points[:, 0]) > MAX_LON).any():
        raise _refuse(text, f"longitudes within ±{MAX_LON}")
    if (np.abs(points[:, 1]) > 90.0).any():
        raise _refuse(text, "latitudes within ±90")
    return points


def line_length_km(points: Any) -> float:
    """Return the length of a line of (lon, lat) vertices, shape (n, 2), along great circles."""
    p = np.asarray(points, dtype=np.float64)
    return float(haversine_km(p[:-1, 0], p[:-1, 1], p[1:, 0], p[1:, 1]).sum())


def split_antimeridian(points: Any) -> list[Floats]:
    """Cut a line of (lon, lat) vertices into pieces that can be drawn on a map of ±180°.

    Between two vertices the shorter way round is meant. Pieces meet at +180 and -180 at one
    latitude (linear in longitude). A line that does not cross comes back whole, wrapped.

    Returns
    -------
    list of arrays
        Each of shape (k, 2), k ≥ 2, |lon| ≤ 180.
    """
    p = np.asarray(points, dtype=np.float64)
    lon = np.where(np.abs(p[:, 0]) > 180.0, wrap_lon(p[:, 0]), p[:, 0])
    pieces: list[list[tuple[float, float]]] = [[(float(lon[0]), float(p[0, 1]))]]
    for i in range(1, len(p)):
        x0, x1 = float(lon[i - 1]), float(lon[i])
        y0, y1 = float(p[i - 1, 1]), float(p[i, 1])
        if abs(x1 - x0) > 180.0:
            side = 180.0 if x0 > 0 else -180.0
            x1_unwrapped = x1 + 2.0 * side
            gap = x1_unwrapped - x0
            y = y0 if gap == 0 else y0 + (y1 - y0) * (side - x0) / gap
            if x0 != side:
                pieces[-1].append((side, y))
            pieces.append([(-side, y)])
            if gap and x1 == -side:
                continue
        pieces[-1].append((x1, y1))
    return [np.array(piece) for piece in pieces if len(piece) > 1]


def great_circle(lon1: float, lat1: float, lon2: float, lat2: float, step_km: float) -> Floats:
    """Return points along the great circle at most ``step_km`` apart, shape (n, 2), ends included.

    For drawing long straight links; longitudes come wrapped, so split the result before drawing.
    """
    a, b = np.radians([lon1, lat1]), np.radians([lon2, lat2])
    u = np.array([np.cos(a[1]) * np.cos(a[0]), np.cos(a[1]) * np.sin(a[0]), np.sin(a[1])])
    v = np.array([np.cos(b[1]) * np.cos(b[0]), np.cos(b[1]) * np.sin(b[0]), np.sin(b[1])])
    angle = float(haversine_km(lon1, lat1, lon2, lat2)) / EARTH_RADIUS_KM
    n = max(2, int(np.ceil(angle * EARTH_RADIUS_KM / step_km)) + 1)
    if np.sin(angle) < 1e-12:
        return np.array([[lon1, lat1], [lon2, lat2]])
    t = np.linspace(0.0, 1.0, n)[:, None]
    w = (np.sin((1 - t) * angle) * u + np.sin(t * angle) * v) / np.sin(angle)
    points = np.column_stack(
        [np.degrees(np.arctan2(w[:, 1], w[:, 0])), np.degrees(np.arcsin(np.clip(w[:, 2], -1, 1)))]
    )
    points[0], points[-1] = (lon1, lat1), (lon2, lat2)
    return points
