"""Lines of one mode that cross without a common node: listed, never joined."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from opencorridor.study.check.registry import at, check
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study
from opencorridor.study.table import Array

__all__ = ["crossing_pairs"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_MODES = ("rail", "road", "inland_water")
_CELL_DEGREES = 0.1
_LONGEST_DEGREES = 60.0
_MOST_STEPS = 2_000_000
_CHUNK = 4_000_000


def _coordinates(text: str) -> Floats:
    inside = text[text.find("(") + 1 : text.rfind(")")]
    try:
        return np.array(inside.replace(",", " ").split(), dtype=np.float64).reshape(-1, 2)
    except ValueError:
        return np.zeros((0, 2))


def _segments(study: Study, rows: Ints) -> tuple[Ints, Floats]:
    """Return link row and (x1, y1, x2, y2) of every straight piece of the links ``rows``."""
    link, node = study["link"], study["node"]
    points = zip(node["lon"].tolist(), node["lat"].tolist(), strict=True)
    where = dict(zip(node["node_id"].tolist(), points, strict=True))
    owners, pieces = [], []
    for i in rows.tolist():
        line = _coordinates(link["geometry_wkt"][i])
        if len(line) < 2:
            ends = where.get(link["from_node_id"][i]), where.get(link["to_node_id"][i])
            if ends[0] is None or ends[1] is None:
                continue
            line = np.array(ends)
        piece = np.hstack([line[:-1], line[1:]])
        # A step over the antimeridian is no line across the world.
        piece = piece[np.abs(piece[:, 0] - piece[:, 2]) < _LONGEST_DEGREES]
        owners.append(np.full(len(piece), i))
        pieces.append(piece)
    if not pieces:
        return np.zeros(0, np.int64), np.zeros((0, 4))
    return np.concatenate(owners), np.concatenate(pieces)


def _repeat_range(counts: Ints) -> Ints:
    """Return 0..c-1 for every count c, joined."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)


def _cells(pieces: Floats) -> tuple[Ints, Ints]:
    """Return (segment, cell), sorted by cell, for the cells of a grid a segment may touch.

    A segment is cut into steps no longer than a cell; each step touches at most four cells.
    """
    extent = np.abs(pieces[:, 2:] - pieces[:, :2]).max(axis=1)
    size = max(_CELL_DEGREES, float(extent.sum()) / _MOST_STEPS)
    count = np.maximum(np.ceil(extent / size), 1).astype(np.int64)
    segment = np.repeat(np.arange(len(pieces)), count)
    start, along = pieces[segment, :2], (pieces[:, 2:] - pieces[:, :2])[segment]
    share = (_repeat_range(count) / count[segment])[:, None]
    first = start + along * share
    last = start + along * (share + (1 / count[segment])[:, None])
    low = np.floor(np.minimum(first, last) / size).astype(np.int64)
    high = np.floor(np.maximum(first, last) / size).astype(np.int64)
    n = len(pieces)
    cells = []
    for x in (low[:, 0], high[:, 0]):
        # One number per (cell, segment); degrees are below 1000, so that columns do not overlap.
        cells += [(x * 20_000 + y) * n + segment for y in (low[:, 1], high[:, 1])]
    pairs = np.unique(np.concatenate(cells))
    return pairs % n, pairs // n


def _turn(pieces: Floats, points: Floats) -> Floats:
    """Return the side of a point of each segment's line: positive left, negative right."""
    along = pieces[:, 2:] - pieces[:, :2]
    to = points - pieces[:, :2]
    side: Floats = along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0]
    return side


def _cross(a: Floats, b: Floats) -> npt.NDArray[np.bool_]:
    """Say which segments cross in their insides (touching does not count)."""
    first = _turn(a, b[:, :2]) * _turn(a, b[:, 2:]) < 0
    return first & (_turn(b, a[:, :2]) * _turn(b, a[:, 2:]) < 0)


def crossing_pairs(owner: Ints, pieces: Floats, start: Array, end: Array) -> list[tuple[int, int]]:
    """Return pairs of links that cross and share no node.

    Parameters
    ----------
    owner
        Link of each segment.
    pieces
        Segments as (x1, y1, x2, y2) in degrees, shape (segments, 4).
    start, end
        Node of each end of every link, indexed by ``owner``.
    """
    segment, cell = _cells(pieces)
    # Pair every entry with the later ones of its cell.
    last = np.searchsorted(cell, cell, side="right")
    later = last - np.arange(len(cell)) - 1
    found: set[tuple[int, int]] = set()
    edges = np.searchsorted(np.cumsum(later), np.arange(0, int(later.sum()) + _CHUNK, _CHUNK))
    for begin, stop in zip(edges[:-1], edges[1:] + 1, strict=True):
        part = np.arange(begin, min(stop, len(later)))
        left = np.repeat(part, later[part])
        right = left + 1 + _repeat_range(later[part])
        a, b = segment[left], segment[right]
        keep = owner[a] != owner[b]
        a, b = a[keep], b[keep]
        hit = _cross(pieces[a], pieces[b])
        for i, j in zip(owner[a[hit]].tolist(), owner[b[hit]].tolist(), strict=True):
            if not {start[i], end[i]} & {start[j], end[j]}:
                found.add((min(i, j), max(i, j)))
    return sorted(found)


@check("lines_cross", "link")
def lines_cross(study: Study) -> Iterator[Problem]:
    """Check that lines of one mode that cross without a common node are not joined (notice)."""
    link = study["link"]
    inside = (link["border_crossing_id"] == "") & (link["length_km"] > 0)
    for mode in _MODES:
        rows = np.flatnonzero(inside & (link["mode"] == mode))
        owner, pieces = _segments(study, rows)
        if not len(owner):
            continue
        pairs = crossing_pairs(owner, pieces, link["from_node_id"], link["to_node_id"])
        if pairs:
            named = [f"{link['link_id'][i]} and {link['link_id'][j]}" for i, j in pairs[:5]]
            count = (
                f"{len(pairs)} pairs of {mode} links cross" if len(pairs) > 1 else "2 links cross"
            )
            message = f"{count} without a common node and are not joined: {'; '.join(named)}"
            yield at(
                study,
                "lines_cross",
                message,
                "link",
                pairs[0][0],
                "link_id",
                mend="where they do meet, split them at a node",
                severity="notice",
            )
