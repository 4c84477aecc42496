"""Checks of the study that need the graph."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opencorridor.network.build import build
from opencorridor.network.geo import haversine_km, parse_linestring
from opencorridor.network.graph import ACCESS, EGRESS, Graph
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.check import at, check

_SLACK_SHARE = 0.99
_SLACK_KM = 1.0


def graph_or_none(study: Study) -> Graph | None:
    """Return the graph, or None where a reference is broken (another check reports that)."""
    try:
        return build(study)
    except OpenCorridorError:
        return None


def disconnected_zones(graph: Graph) -> list[int]:
    """Return the zones (positions) that no open way joins, both ways, to most other zones.

    No way leads through a zone. Zones without any access are left to another check.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    inner = graph.open & (graph.kind != ACCESS) & (graph.kind != EGRESS)
    n = graph.n_nodes
    arcs = coo_array(
        (np.ones(int(inner.sum()), np.int8), (graph.tail[inner], graph.head[inner])), shape=(n, n)
    )
    _, label = connected_components(arcs, directed=True, connection="strong")
    at_zone = {int(node): i for i, node in enumerate(graph.zone_node)}
    parts: dict[int, set[int]] = {}
    for arc in np.flatnonzero(graph.kind == ACCESS):
        reached = parts.setdefault(at_zone[int(graph.tail[arc])], set())
        if graph.open[arc]:
            reached.add(int(label[graph.head[arc]]))
    votes: dict[int, int] = {}
    for found in parts.values():
        for part in found:
            votes[part] = votes.get(part, 0) + 1
    main = max(votes, key=lambda part: (votes[part], -part), default=-1)
    return sorted(zone for zone, found in parts.items() if main not in found)


@check("zone_disconnected", "zone")
def zone_disconnected(study: Study) -> Iterator[Problem]:
    """Check that open ways join every zone to the others, there and back."""
    graph = graph_or_none(study)
    if graph is None:
        return
    for zone in disconnected_zones(graph):
        name = study["zone"]["name_en"][zone]
        yield at(
            study,
            "zone_disconnected",
            f"no open way joins zone {graph.zone_id[zone]} ({name}) to the main network, "
            "there and back",
            "zone",
            zone,
            "zone_id",
            "an access to a node of the main network",
            "add an access, link or transshipment row",
        )


@check("geometry", "link")
def geometry(study: Study) -> Iterator[Problem]:
    """Check that every line of a link can be drawn."""
    for i, text in enumerate(study["link"]["geometry_wkt"]):
        if not text:
            continue
        try:
            parse_linestring(text)
        except OpenCorridorError as error:
            expected = error.problems[0].expected
            message = "the line cannot be drawn"
            yield at(study, "geometry", message, "link", i, "geometry_wkt", expected)


@check("sea_link_short", "link")
def sea_link_short(study: Study) -> Iterator[Problem]:
    """Check that no link on water is shorter than the great circle between its nodes."""
    link, nodes = study["link"], study["node"]
    index = {name: i for i, name in enumerate(nodes["node_id"])}
    water = np.isin(link["mode"], ("sea", "inland_water"))
    for i in np.flatnonzero(water):
        a = index.get(link["from_node_id"][i], -1)
        b = index.get(link["to_node_id"][i], -1)
        if a < 0 or b < 0:
            continue
        lon, lat = nodes["lon"], nodes["lat"]
        shortest = float(haversine_km(lon[a], lat[a], lon[b], lat[b]))
        if link["length_km"][i] < _SLACK_SHARE * shortest - _SLACK_KM:
            yield at(
                study,
                "sea_link_short",
                f"the great circle between its nodes is {shortest:.1f} km",
                "link",
                int(i),
                "length_km",
                f"at least {shortest:.1f}",
            )


@check("sea_areas_meet", "link")
def sea_areas_meet(study: Study) -> Iterator[Problem]:
    """Check that lanes of two sea areas meet only at a passage or an inland waterway."""
    link = study["link"]
    ferry = np.fromiter(("wagon" in c or "truck" in c for c in link["carries"]), bool, link.n)
    lanes = (link["mode"] == "sea") & (link["passage"] == "") & ~ferry
    area_of: dict[str, str] = {}
    for i in np.flatnonzero(lanes):
        for column in ("from_node_id", "to_node_id"):
            node = link[column][i]
            known = area_of.setdefault(node, link["area"][i])
            if known != link["area"][i]:
                yield at(
                    study,
                    "sea_areas_meet",
                    f"a lane of {link['area'][i] or 'the open sea'} meets one of "
                    f"{known or 'the open sea'} at node {node}",
                    "link",
                    int(i),
                    "area",
                    known or "blank",
                    "name the passage, or make the link an inland_water one",
                )


@check("crossing_uncharged", "link")
def crossing_uncharged(study: Study) -> Iterator[Problem]:
    """Check that every crossing on a link is charged on at least one link."""
    link = study["link"]
    used = link["border_crossing_id"] != ""
    charged = set(link["border_crossing_id"][used & (link["border_charge"] != "0")])
    seen: set[str] = set()
    for i in np.flatnonzero(used):
        crossing = link["border_crossing_id"][i]
        if crossing in charged or crossing in seen:
            continue
        seen.add(crossing)
        yield at(
            study,
            "crossing_uncharged",
            f"crossing {crossing} is passed by links that all say border_charge 0",
            "link",
            int(i),
            "border_charge",
            "1 on one of them",
        )
