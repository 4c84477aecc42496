"""Layers of the map as GeoJSON: base, network, crossings, zones, ports and flows.

A layer is made once, stored compressed in the cache under the study's hash, and known by a hash
of its content, so that a browser which has it asks for nothing more.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from opencorridor.documents.style import resource
from opencorridor.operations.results.maps import window_of
from opencorridor.operations.workbench.lines import DECIMALS, lines_of
from opencorridor.operations.workbench.places import names_of
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.cache import cache_dir
from opencorridor.study.errors import suggest

__all__ = ["LAYERS", "Layer", "layer"]

Window = tuple[float, float, float, float]
Feature = dict[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Layer:
    """Compressed GeoJSON and the hash of its content."""

    name: str
    gzipped: bytes
    etag: str

    @property
    def plain(self) -> bytes:
        """The GeoJSON as text."""
        return gzip.decompress(self.gzipped)


def _feature(kind: str, coordinates: Any, properties: Row) -> Feature:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": dict(properties),
    }


def _inside(points: Iterable[Sequence[float]], window: Window) -> bool:
    west, south, east, north = window
    return any(west <= x <= east and south <= y <= north for x, y in points)


def _point(lon: float, lat: float) -> list[float]:
    return [round(lon, DECIMALS), round(lat, DECIMALS)]


def _number(value: float) -> int | None:
    return None if np.isnan(value) else round(value)


def _link(study: Study, row: int) -> Row:
    table = study["link"]
    ferry = table["mode"][row] in ("sea", "inland_water") and any(
        word in table["carries"][row].split(";") for word in ("wagon", "truck")
    )
    return {
        "link_id": str(table["link_id"][row]),
        "mode": "ferry" if ferry else str(table["mode"][row]),
        "name": str(table["name"][row]),
        "country": str(table["country_id"][row]),
        "state": str(table["state"][row]),
        "gauge_mm": _number(float(table["gauge_mm"][row])),
        "length_km": round(float(table["length_km"][row]), 1),
    }


def _links(session: Session, rows: Iterable[int]) -> Iterator[tuple[int, Feature]]:
    """Yield links with a length that have a point in the window."""
    study = session.study
    lines, window = lines_of(study), window_of(study)
    length = study["link"]["length_km"]
    for row in rows:
        line = lines.of_link(row)
        if length[row] > 0.0 and len(line) > 1 and _inside(line, window):
            yield row, _feature("LineString", line, _link(study, row))


def _network(session: Session) -> list[Feature]:
    return [feature for _, feature in _links(session, range(session.study["link"].n))]


def _flows(session: Session) -> list[Feature]:
    """Links with a load in the last run, drawn from tail to head; none where there is no run."""
    run = session.last_run()
    loads = {str(r["link_id"]): r for r in run.tables.get("load", [])} if run else {}
    ids = session.study["link"]["link_id"]
    out = []
    for row, feature in _links(session, (r for r in range(len(ids)) if ids[r] in loads)):
        load = loads[str(ids[row])]
        feature["properties"] |= {
            name: round(float(load[name]), 1)
            for name in ("t_per_year", "t_forward", "t_backward", "plan_t_per_year")
        }
        out.append(feature)
    return out


def _by_crossing(session: Session) -> dict[str, list[int]]:
    """Return the rows of the links of each crossing."""
    found: dict[str, list[int]] = {}
    for row, crossing in enumerate(session.study["link"]["border_crossing_id"]):
        if crossing:
            found.setdefault(str(crossing), []).append(row)
    return found


def _dwell(study: Study) -> dict[str, tuple[float, float | None]]:
    """Return the longer mean stay of both directions, and its 95th percentile."""
    found: dict[str, tuple[float, float | None]] = {}
    table = study["border_dwell"]
    columns = (table[c].tolist() for c in ("border_crossing_id", "mean_h", "p95_h"))
    for crossing, mean, p95 in zip(*columns, strict=True):
        if crossing not in found or mean > found[crossing][0]:
            found[crossing] = (mean, None if np.isnan(p95) else p95)
    return found


def _waits(session: Session) -> dict[str, float]:
    """Return the longest wait of each place in the last run."""
    run = session.last_run()
    table = session.study["capacity"]
    ids_of = dict(zip(table["capacity_id"], table["place_ids"], strict=True))
    found: dict[str, float] = {}
    for row in run.tables.get("bottleneck", []) if run else []:
        for place in str(ids_of.get(row["capacity_id"], "")).split(";"):
            found[place] = max(found.get(place, 0.0), float(row["wait_h"]))
    return found


def _loads(session: Session) -> dict[int, float] | None:
    """Return the tonnes a year of each link at a border in the last run; None without a run.

    The second link of a crossing in series carries the same goods again: it counts nothing.
    """
    run, link = session.last_run(), session.study["link"]
    if run is None:
        return None
    load = {str(r["link_id"]): float(r["t_per_year"]) for r in run.tables.get("load", [])}
    at_border = (link["border_crossing_id"] != "") & (link["border_charge"] != "0")
    return {int(r): load.get(str(link["link_id"][r]), 0.0) for r in np.flatnonzero(at_border)}


def _crossing_points(
    session: Session, row: int, links: Sequence[int]
) -> list[tuple[list[float], Sequence[int]]]:
    """Return where a crossing lies, and its links there.

    As recorded; one without a place of its own stands in the middle of each of its links.
    """
    table = session.study["border_crossing"]
    lon, lat = float(table["lon"][row]), float(table["lat"][row])
    if np.isfinite(lon) and np.isfinite(lat):
        return [(_point(lon, lat), links)]
    lines = lines_of(session.study)
    middles: list[tuple[list[float], Sequence[int]]] = []
    for link in links:
        line = lines.of_link(link)
        (x0, y0), (x1, y1) = line[(len(line) - 1) // 2], line[len(line) // 2]
        middles.append((_point((x0 + x1) / 2, (y0 + y1) / 2), [link]))
    return middles


def _crossings(session: Session) -> list[Feature]:
    """Crossings in the window; one without a place of its own stands at each of its links."""
    study, window = session.study, window_of(session.study)
    table, by_crossing = study["border_crossing"], _by_crossing(session)
    dwell, waits, loads = _dwell(study), _waits(session), _loads(session)
    out = []
    for row in range(table.n):
        crossing = str(table["border_crossing_id"][row])
        if table["kind"][row] == "union":
            continue
        mean, p95 = dwell.get(crossing, (None, None))
        properties = {
            "id": crossing,
            "names": names_of(table, row),
            "country_a": str(table["country_a"][row]),
            "country_b": str(table["country_b"][row]),
            "modes": [str(table["mode"][row])],
            "kind": str(table["kind"][row]),
            "state": str(table["state"][row]),
            "mean_h": mean,
            "p95_h": p95,
            "wait_h": waits.get(crossing),
            "default": bool(table["kind"][row] == "default"),
        }
        for point, links in _crossing_points(session, row, by_crossing.get(crossing, [])):
            load = None if loads is None else sum(loads.get(link, 0.0) for link in links)
            if _inside([point], window):
                out.append(_feature("Point", point, {**properties, "t_per_year": load}))
    return out


def _places(session: Session, name: str, key: str) -> Iterator[tuple[int, Feature]]:
    study, window = session.study, window_of(session.study)
    table = study[name]
    for row in range(table.n):
        point = _point(float(table["lon"][row]), float(table["lat"][row]))
        if _inside([point], window):
            properties = {
                "id": str(table[key][row]),
                "names": names_of(table, row),
                "country": str(table["country_id"][row]),
            }
            yield row, _feature("Point", point, properties)


def _zones(session: Session) -> list[Feature]:
    return [feature for _, feature in _places(session, "zone", "zone_id")]


def _ports(session: Session) -> list[Feature]:
    """Ports; one is open where any of its ways between ship and land is, or where none is told."""
    study = session.study
    states: dict[str, set[str]] = {}
    over = study["transshipment"]
    for terminal, state in zip(over["terminal_id"], over["state"], strict=True):
        states.setdefault(str(terminal), set()).add(str(state))
    out = []
    for row, feature in _places(session, "terminal", "terminal_id"):
        if study["terminal"]["kind"][row] == "port":
            found = states.get(feature["properties"]["id"], {"open"})
            feature["properties"]["state"] = "open" if "open" in found else sorted(found)[-1]
            out.append(feature)
    return out


def _base(_: Session) -> list[Feature]:
    """Land, lakes and other areas of the base map that comes with the program."""
    shapes = json.loads(resource("base_map.json"))
    out = []
    for part in ("world", "region"):
        for kind, lines in shapes[part].items():
            for flat in lines:
                ring = [[flat[i], flat[i + 1]] for i in range(0, len(flat), 2)]
                ring = ring if ring[0] == ring[-1] else [*ring, ring[0]]
                out.append(_feature("Polygon", [ring], {"kind": kind, "part": part}))
    return out


_MAKERS: Mapping[str, Callable[[Session], list[Feature]]] = {
    "base": _base,
    "network": _network,
    "crossings": _crossings,
    "zones": _zones,
    "ports": _ports,
    "flows": _flows,
}
LAYERS = tuple(_MAKERS)
_OF_RUN = ("crossings", "flows")


def _write(path: Path, data: bytes) -> None:
    """Store a layer: a new file, then one rename; a cache that cannot be written is no error."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)


def _make(session: Session, name: str, path: Path) -> Layer:
    try:
        packed = path.read_bytes()
        gzip.decompress(packed)
    except (OSError, EOFError, ValueError):
        collection = {"type": "FeatureCollection", "features": _MAKERS[name](session)}
        text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        # A fixed time in the header: equal layers are equal bytes.
        packed = gzip.compress(text.encode(), compresslevel=6, mtime=0)
        _write(path, packed)
    return Layer(name, packed, hashlib.sha256(packed).hexdigest()[:32])


def layer(session: Session, name: str) -> Layer:
    """Return a layer of the map.

    Raises
    ------
    OpenCorridorError
        Code ``unknown_layer``.
    """
    if name not in _MAKERS:
        raise OpenCorridorError(
            [
                Problem(
                    "unknown_layer",
                    f"there is no layer {name!r}",
                    value=name,
                    expected=", ".join(LAYERS),
                    mend=suggest(name, LAYERS),
                )
            ]
        )
    run = session.last_run() if name in _OF_RUN else None
    mark = f"layer-{name}-{session.code}" + (f"-{run.result_id}" if run else "")
    path = cache_dir(session.study.hash) / f"{mark}.json.gz"
    found: Layer = session.kept("layer", 12).get(mark, lambda: _make(session, name, path))
    return found
