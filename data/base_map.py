"""Write the coast and the lakes of the report's map (`documents/base_map.json`).

Natural Earth, public domain: land at 1:110 million for the world, land and lakes at 1:50 million
for a window. No borders of states: the coast only. Input: the TopoJSON files of a folder.

    python base_map.py --source FOLDER --out src/opencorridor/documents/base_map.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

Ring = list[tuple[float, float]]


def arcs_of(topology: dict[str, Any]) -> list[Ring]:
    """Return the arcs of a TopoJSON topology in degrees."""
    (kx, ky), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * kx + tx, y * ky + ty))
        arcs.append(points)
    return arcs


def rings_of(topology: dict[str, Any], name: str) -> list[tuple[Ring, dict[str, Any]]]:
    """Return every ring of an object (outer and inner alike) with its properties."""
    arcs = arcs_of(topology)
    found: list[tuple[Ring, dict[str, Any]]] = []

    def ring(indices: list[int]) -> Ring:
        points: Ring = []
        for index in indices:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += arc[1:] if points else arc
        return points

    def walk(geometry: dict[str, Any]) -> None:
        kind = geometry["type"]
        properties = geometry.get("properties") or {}
        if kind == "GeometryCollection":
            for part in geometry["geometries"]:
                walk(part)
        elif kind == "Polygon":
            found.extend((ring(r), properties) for r in geometry["arcs"])
        elif kind == "MultiPolygon":
            found.extend((ring(r), properties) for polygon in geometry["arcs"] for r in polygon)

    walk(topology["objects"][name])
    return found


def simplify(points: Ring, tolerance: float) -> Ring:
    """Return the line thinned by Douglas and Peucker's rule, tolerance in degrees."""
    if len(points) < 3:
        return points
    (x0, y0), (x1, y1) = points[0], points[-1]
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    best, far = 0, -1.0
    for i, (x, y) in enumerate(points[1:-1], 1):
        if length:
            d = abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length
        else:
            d = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
        if d > far:
            best, far = i, d
    if far <= tolerance:
        return [points[0], points[-1]]
    return simplify(points[: best + 1], tolerance)[:-1] + simplify(points[best:], tolerance)


def area(points: Ring) -> float:
    """Return the area of a ring in square degrees."""
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def written(
    rings: list[tuple[Ring, dict[str, Any]]], tolerance: float, smallest: float, digits: int
) -> list[list[float]]:
    """Return rings as flat lists lon, lat, lon, lat, ...; specks are left out."""
    out = []
    for points, _ in rings:
        if area(points) < smallest:
            continue
        thin = simplify(points, tolerance)
        if len(thin) >= 4:
            out.append([round(v, digits) for point in thin for v in point])
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    region = json.loads((options.source / "region_50m.topo.json").read_text(encoding="utf-8"))
    world = json.loads((options.source / "world_110m.topo.json").read_text(encoding="utf-8"))
    west, south, east, north = (10.0, 2.0, 130.0, 66.0)
    lakes = [(r, p) for r, p in rings_of(region, "lakes") if area(r) > 0.15]
    result = {
        "origin": "Natural Earth, public domain",
        "window": [west, south, east, north],
        "region": {
            "land": written(rings_of(region, "land"), 0.03, 0.03, 2),
            "lakes": written(lakes, 0.03, 0.15, 2),
        },
        "world": {"land": written(rings_of(world, "land"), 0.1, 0.5, 1), "lakes": []},
    }
    text = json.dumps(result, separators=(",", ":"))
    options.out.write_text(text + "\n", encoding="utf-8")
    print(len(text), {k: len(v["land"]) for k, v in result.items() if isinstance(v, dict)})


if __name__ == "__main__":
    main()
