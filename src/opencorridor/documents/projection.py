"""From longitude and latitude to the paper: projection, clipping, offsets (pure Python).

Lambert conformal conic after Snyder, *Map Projections: A Working Manual* (USGS PP 1395, 1987),
eqs 15-1 to 15-4 on the sphere, with standard parallels at 1/6 and 5/6 of the window. Near the
equator, across it, and for windows wider than 150° the equidistant cylindrical projection
(eqs 12-1, 12-2) serves instead.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Frame", "Line", "clip_line", "clip_ring", "frame", "offset", "simplify", "unwrap"]

Point = tuple[float, float]
Line = list[Point]
Box = tuple[float, float, float, float]
"""West, south, east, north (degrees), or left, top, right, bottom (pixels)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A window of the world on a paper of ``width`` × ``height`` pixels."""

    project: Callable[[float, float], Point]
    centre_lon: float
    window: Box
    reach: Box
    width: float
    height: float

    def point(self, lon: float, lat: float) -> Point:
        """Return the pixel of a place, east positive to the right, north up."""
        return self.project(_near(lon, self.centre_lon), lat)

    def inside(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Say whether a pixel lies on the paper, ``margin`` pixels from its edge."""
        across = margin <= x <= self.width - margin
        return across and margin <= y <= self.height - margin

    def lines(self, points: Sequence[Point], margin: float = 20.0) -> list[Line]:
        """Return what of a line lies on the paper, in pixels; it may be cut into pieces."""
        found: list[Line] = []
        lats = [lat for _, lat in points]
        if not lats or min(lats) > self.reach[3] or max(lats) < self.reach[1]:
            return found
        whole = unwrap(points, self.centre_lon)
        paper = (-margin, -margin, self.width + margin, self.height + margin)
        for shift in _shifts(whole, self.reach):
            moved = [(x + shift, y) for x, y in whole]
            for piece in clip_line(moved, self.reach):
                found += clip_line([self.project(x, y) for x, y in piece], paper)
        return found

    def rings(self, points: Sequence[Point], margin: float = 4.0) -> list[Line]:
        """Return what of a polygon's ring lies on the paper, in pixels."""
        found: list[Line] = []
        whole = unwrap(points, self.centre_lon)
        paper = (-margin, -margin, self.width + margin, self.height + margin)
        for shift in _shifts(whole, self.reach):
            near = clip_ring([(x + shift, y) for x, y in whole], self.reach)
            drawn = clip_ring([self.project(x, y) for x, y in near], paper)
            if len(drawn) >= 3:
                found.append(drawn)
        return found


def _near(lon: float, centre: float) -> float:
    return centre + (lon - centre + 180.0) % 360.0 - 180.0


def unwrap(points: Sequence[Point], centre_lon: float) -> Line:
    """Return a line without jumps of 360°: each vertex on the shorter way from the one before."""
    out: Line = []
    for lon, lat in points:
        out.append((_near(lon, out[-1][0] if out else centre_lon), lat))
    return out


def _shifts(points: Line, reach: Box) -> list[float]:
    if not points:
        return []
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    return [s for s in (-360.0, 0.0, 360.0) if east + s >= reach[0] and west + s <= reach[2]]


def clip_line(points: Sequence[Point], box: Box) -> list[Line]:
    """Return the pieces of a line inside a box (Liang and Barsky 1984, segment by segment)."""
    if len(points) < 2:
        return []
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if max(xs) < box[0] or min(xs) > box[2] or max(ys) < box[1] or min(ys) > box[3]:
        return []
    if min(xs) >= box[0] and max(xs) <= box[2] and min(ys) >= box[1] and max(ys) <= box[3]:
        return [list(points)]
    pieces: list[Line] = []
    open_end: Point | None = None
    for a, b in itertools.pairwise(points):
        cut = _clip_segment(a, b, box)
        if cut is None:
            open_end = None
            continue
        start, end = cut
        if open_end is not None and start == open_end:
            pieces[-1].append(end)
        else:
            pieces.append([start, end])
        open_end = end if end == b else None
    return pieces


def _clip_segment(a: Point, b: Point, box: Box) -> tuple[Point, Point] | None:
    dx, dy = b[0] - a[0], b[1] - a[1]
    enter, leave = 0.0, 1.0
    for p, q in ((-dx, a[0] - box[0]), (dx, box[2] - a[0]), (-dy, a[1] - box[1]),
                 (dy, box[3] - a[1])):  # fmt: skip
        if p == 0:
            if q < 0:
                return None
        elif p < 0:
            enter = max(enter, q / p)
        else:
            leave = min(leave, q / p)
    if enter > leave:
        return None
    start = a if enter == 0 else (a[0] + enter * dx, a[1] + enter * dy)
    end = b if leave == 1 else (a[0] + leave * dx, a[1] + leave * dy)
    return start, end


def clip_ring(points: Sequence[Point], box: Box) -> Line:
    """Return a polygon's ring cut to a box (Sutherland and Hodgman 1974); possibly empty."""
    ring = list(points)
    for axis, limit, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        if not ring:
            break
        out: Line = []
        for a, b in zip([ring[-1], *ring[:-1]], ring, strict=True):
            a_in, b_in = (a[axis] - limit) * sign >= 0, (b[axis] - limit) * sign >= 0
            if a_in != b_in:
                t = (limit - a[axis]) / (b[axis] - a[axis])
                out.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
            if b_in:
                out.append(b)
        ring = out
    return ring


def frame(window: Box, width: float = 920.0, most: float = 0.9, least: float = 0.45) -> Frame:
    """Return the frame that shows a window (degrees) on a paper of ``width`` pixels.

    The height follows from the window, between ``least`` and ``most`` of the width; the window is
    widened where it would be flatter or taller than that.
    """
    west, south, east, north = _tidy(window)
    centre = (west + east) / 2
    raw = _projection(centre, south, north, east - west)
    steps = [i / 12 for i in range(13)]
    rim = [raw(west + t * (east - west), lat) for t in steps for lat in (south, north)]
    rim += [raw(lon, south + t * (north - south)) for t in steps for lon in (west, east)]
    x0, x1 = min(x for x, _ in rim), max(x for x, _ in rim)
    y0, y1 = min(y for _, y in rim), max(y for _, y in rim)
    height = width * min(max((y1 - y0) / (x1 - x0), least), most)
    scale = min(width / (x1 - x0), height / (y1 - y0))
    mid_x, mid_y = (x0 + x1) / 2, (y0 + y1) / 2

    def project(lon: float, lat: float) -> Point:
        x, y = raw(lon, lat)
        return width / 2 + (x - mid_x) * scale, height / 2 - (y - mid_y) * scale

    spare_lon, spare_lat = 0.6 * (east - west) + 5, 0.6 * (north - south) + 5
    half = min((east - west) / 2 + spare_lon, 179.9)
    reach = (centre - half, max(south - spare_lat, -88.0), centre + half,
             min(north + spare_lat, 88.0))  # fmt: skip
    return Frame(project, centre, (west, south, east, north), reach, width, height)


def _tidy(window: Box) -> Box:
    west, south, east, north = window
    if east < west:  # the window crosses the antimeridian
        east += 360.0
    if east - west < 0.5:
        west, east = west - 0.25, east + 0.25
    if north - south < 0.5:
        south, north = south - 0.25, north + 0.25
    return west, max(south, -85.0), min(east, west + 360.0), min(north, 85.0)


def _projection(
    centre: float, south: float, north: float, span: float
) -> Callable[[float, float], Point]:
    first, second = (math.radians(south + f * (north - south)) for f in (1 / 6, 5 / 6))

    def half_angle(phi: float) -> float:
        return math.tan(math.pi / 4 + phi / 2)

    flat = south * north < 0 or min(abs(first), abs(second)) < 0.05 or span > 150.0
    if flat:
        squeeze = math.cos(math.radians((south + north) / 2))
        return lambda lon, lat: (math.radians(lon - centre) * squeeze, math.radians(lat))
    if abs(first - second) < 1e-6:
        n = math.sin(first)
    else:
        n = math.log(math.cos(first) / math.cos(second))
        n /= math.log(half_angle(second) / half_angle(first))
    big_f = math.cos(first) * half_angle(first) ** n / n
    rho_0 = big_f / half_angle(math.radians((south + north) / 2)) ** n

    def conic(lon: float, lat: float) -> Point:
        rho = big_f / half_angle(math.radians(lat)) ** n
        theta = n * math.radians(lon - centre)
        return rho * math.sin(theta), rho_0 - rho * math.cos(theta)

    return conic


def simplify(points: Line, tolerance: float) -> Line:
    """Return a line without the vertices nearer than ``tolerance`` to it (Douglas, Peucker)."""
    keep = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        best, far = -1, tolerance
        for i in range(first + 1, last):
            d = _distance(points[i], points[first], points[last])
            if d > far:
                best, far = i, d
        if best > 0:
            keep.add(best)
            stack += [(first, best), (best, last)]
    return [points[i] for i in sorted(keep)]


def _distance(p: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    t = 0.0 if square == 0 else ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / square
    t = min(max(t, 0.0), 1.0)
    return math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy)


def offset(points: Line, by: float) -> Line:
    """Return a line moved ``by`` pixels to the right of its direction (y grows downward)."""
    if by == 0 or len(points) < 2:
        return list(points)
    normals = []
    for a, b in itertools.pairwise(points):
        dx, dy = b[0] - a[0], b[1] - a[1]
        size = math.hypot(dx, dy)
        normals.append((-dy / size, dx / size) if size else (0.0, 0.0))
    out: Line = []
    for i, (x, y) in enumerate(points):
        before, after = normals[max(i - 1, 0)], normals[min(i, len(normals) - 1)]
        nx, ny = before[0] + after[0], before[1] + after[1]
        size = nx * nx + ny * ny
        # The mitre of two segments, at most twice the offset long.
        k = min(2.0 / size, 2.0) if size > 1e-9 else 0.0
        out.append((x + by * k * nx, y + by * k * ny))
    return out
