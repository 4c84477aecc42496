"""The check that needs the base map: sea lanes against its land."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import numpy as np

from opencorridor.documents.style import resource
from opencorridor.network.geo import Floats, parse_linestring
from opencorridor.network.land import Coast, longest_on_land_km
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.check import at, check

__all__ = ["ACCESS_KM", "coast"]

ACCESS_KM = 50.0
"""Land that a port's own way to the sea may cross on the map: rivers and bays too small for it."""


@cache
def coast() -> Coast:
    """Return the land of the base map inside its finer window; beyond it is too coarse to judge."""
    shapes = json.loads(resource("base_map.json"))
    fine = shapes["region"]
    return Coast(fine["land"], fine["lakes"], shapes["window"])


def _line(study: Study, row: int, where: dict[str, tuple[float, float]]) -> Floats | None:
    """Return the vertices of a link, straight where it has no line; None where it has no ends."""
    link = study["link"]
    text = link["geometry_wkt"][row]
    if text:
        try:
            return parse_linestring(text)
        except OpenCorridorError:
            return None
    ends = [where.get(link[name][row]) for name in ("from_node_id", "to_node_id")]
    return None if None in ends else np.array(ends)


@check("sea_link_on_land", "link")
def sea_link_on_land(study: Study) -> Iterator[Problem]:
    """Check that no sea lane runs over land, unless it names the canal or river that it takes."""
    link, node = study["link"], study["node"]
    points = zip(node["lon"].tolist(), node["lat"].tolist(), strict=True)
    where = dict(zip(node["node_id"].tolist(), points, strict=True))
    rows, lines = [], []
    for row in np.flatnonzero((link["mode"] == "sea") & (link["passage"] == "")).tolist():
        line = _line(study, row, where)
        if line is not None:
            rows.append(row)
            lines.append(line)
    longest = longest_on_land_km(coast(), lines)
    for k in np.flatnonzero(longest > ACCESS_KM).tolist():
        drawn = "geometry_wkt" if link["geometry_wkt"][rows[k]] else "to_node_id"
        yield at(
            study,
            "sea_link_on_land",
            f"{longest[k]:.0f} km of the lane run over land without a break",
            "link",
            rows[k],
            drawn,
            f"at most {ACCESS_KM:.0f} km, or the name of a canal or river in passage",
            "draw the lane through water in geometry_wkt, or name its passage",
        )
