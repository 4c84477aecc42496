"""The corridor map: links with their loads, crossings and ports, and the printed routes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from opencorridor.documents import MapData, MapLabel, MapLink, MapPlace, MapRoute
from opencorridor.network.geo import parse_linestring
from opencorridor.study import Study

__all__ = ["map_of", "route_lines", "window_of"]

Row = dict[str, Any]
Point = tuple[float, float]
# Links outside the window, or with less than this, are not drawn as loads.
LEAST_DRAWN_T = 20_000.0


def _points(study: Study, row: int, nodes: dict[str, Point]) -> list[Point]:
    """Vertices of a link from its tail to its head."""
    link = study["link"]
    start, end = nodes[link["from_node_id"][row]], nodes[link["to_node_id"][row]]
    if not link["geometry_wkt"][row]:
        return [start, end]
    line = [(float(x), float(y)) for x, y in parse_linestring(link["geometry_wkt"][row])]
    return line if len(line) > 1 else [start, end]


def _nodes(study: Study) -> dict[str, Point]:
    table = study["node"]
    return dict(
        zip(
            table["node_id"],
            zip(table["lon"].tolist(), table["lat"].tolist(), strict=True),
            strict=True,
        )
    )


def window_of(study: Study) -> tuple[float, float, float, float]:
    """Window that holds the zones of the pair's countries, with a margin of degrees."""
    zone = study["zone"]
    own = np.isin(zone["country_id"].astype(str), list(study.settings.pair))
    lon, lat = zone["lon"][own], zone["lat"][own]
    return float(lon.min() - 4), float(lat.min() - 3), float(lon.max() + 4), float(lat.max() + 3)


def _inside(points: Sequence[Point], window: tuple[float, float, float, float]) -> bool:
    west, south, east, north = window
    return any(west <= x <= east and south <= y <= north for x, y in points)


def _links(study: Study, rows: Sequence[Row], window: tuple[float, ...]) -> list[MapLink]:
    nodes = _nodes(study)
    loads = {str(row["link_id"]): row for row in rows}
    link = study["link"]
    out: list[MapLink] = []
    for r in range(link.n):
        load = loads.get(link["link_id"][r])
        drawn = (
            load is not None and max(load["t_per_year"], load["plan_t_per_year"]) >= LEAST_DRAWN_T
        )
        if not drawn and link["mode"][r] != "rail":
            continue
        if link["length_km"][r] <= 0.0:
            continue
        points = _points(study, r, nodes)
        if not _inside(points, window):  # type: ignore[arg-type]
            continue
        mode = (
            "ferry"
            if link["mode"][r] == "sea" and link["carries"][r] in ("wagon", "truck")
            else link["mode"][r]
        )
        out.append(
            MapLink(
                link_id=str(link["link_id"][r]),
                mode=str(mode),
                points=points,
                t_per_year=load["t_per_year"] if drawn and load else None,
                t_forward=load["t_forward"] if drawn and load else None,
                t_backward=load["t_backward"] if drawn and load else None,
                plan_t_per_year=load["plan_t_per_year"] if drawn and load else None,
                name=str(link["name"][r]),
                country=str(link["country_id"][r]),
            )
        )  # fmt: skip
    return out


def _places(
    study: Study,
    window: tuple[float, ...],
    bottlenecks: Sequence[Row],
    loads: dict[str, tuple[float, float]],
) -> list[MapPlace]:
    """Return listed crossings and ports in the window that carry something or have a capacity."""
    limits: dict[str, Row] = {}
    capacity = study["capacity"]
    ids_of = dict(zip(capacity["capacity_id"], capacity["place_ids"], strict=True))
    for row in bottlenecks:
        for place in str(ids_of.get(row["capacity_id"], "")).split(";"):
            if place not in limits or row["wait_h"] > limits[place]["wait_h"]:
                limits[place] = row
    dwell: dict[str, float] = {}
    table = study["border_dwell"]
    for place, hours in zip(table["border_crossing_id"], table["mean_h"].tolist(), strict=True):
        dwell[place] = max(dwell.get(place, 0.0), hours)
    out: list[MapPlace] = []
    for name, key, kind_of in (
        ("border_crossing", "border_crossing_id", "crossing"), ("terminal", "terminal_id", "port"),
    ):  # fmt: skip
        rows = study[name]
        for r in range(rows.n):
            place = str(rows[key][r])
            listed = rows["kind"][r] in ("listed", "port")
            busy = sum(loads.get(place, (0.0, 0.0)))
            point = (float(rows["lon"][r]), float(rows["lat"][r]))
            if not listed or not (place in limits or busy >= 10 * LEAST_DRAWN_T):
                continue
            if not np.isfinite(point).all() or not _inside([point], window):  # type: ignore[arg-type]
                continue
            limit = limits.get(place, {})
            out.append(
                MapPlace(
                    place_id=place,
                    name=str(rows["name_en"][r]),
                    kind=kind_of,
                    lon=point[0],
                    lat=point[1],
                    dwell_h=dwell.get(place),
                    wait_h=limit.get("wait_h"),
                    plan_wait_h=limit.get("plan_wait_h"),
                    capacity_t_per_year=limit.get("capacity_t_per_year"),
                    load_t_per_year=busy,
                    plan_load_t_per_year=limit.get("plan_load_t_per_year"),
                    source=str(rows["source"][r]),
                    status=str(rows["status"][r]),
                )
            )
    return out


def _labels(study: Study, window: tuple[float, ...]) -> list[MapLabel]:
    """Country names at the mean of their zones, and the pair's largest zones."""
    zone, country = study["zone"], study["country"]
    name = dict(zip(country["country_id"], country["name_en"], strict=True))
    out: list[MapLabel] = []
    for c in dict.fromkeys(zone["country_id"].tolist()):
        own = zone["country_id"] == c
        point = (float(zone["lon"][own].mean()), float(zone["lat"][own].mean()))
        if _inside([point], window):  # type: ignore[arg-type]
            out.append(MapLabel(str(name.get(c, c)), *point))
    return out


def route_lines(study: Study, link_ids: Sequence[str]) -> list[list[Point]]:
    """Lines of the links of a route."""
    row_of = {i: r for r, i in enumerate(study["link"]["link_id"])}
    nodes = _nodes(study)
    return [_points(study, row_of[i], nodes) for i in link_ids if i in row_of]


def map_of(
    study: Study,
    links: Sequence[Row],
    bottlenecks: Sequence[Row],
    loads: dict[str, tuple[float, float]],
    routes: Sequence[tuple[str, list[list[Point]]]],
) -> MapData:
    """Everything that the map of the report draws."""
    window = window_of(study)
    drawn = _links(study, links, window)
    own = [x.t_per_year for x in drawn if x.t_per_year and x.country in study.settings.pair]
    widest = sorted(own, reverse=True)
    return MapData(
        links=drawn,
        places=_places(study, window, bottlenecks, loads),
        routes=[MapRoute(title, lines) for title, lines in routes],
        labels=_labels(study, window),
        window=window,
        full_width_t_per_year=widest[len(widest) // 10] if widest else None,
    )
