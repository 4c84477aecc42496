"""Layers of the map: what is drawn, of which size, and known by its content."""

from __future__ import annotations

import json
from typing import Any

import pytest

from opencorridor.operations.results.maps import window_of
from opencorridor.operations.workbench.layers import LAYERS, layer
from opencorridor.operations.workbench.lines import lines_of
from opencorridor.operations.workbench.results import Stored
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, Study


@pytest.fixture
def session(teaching: Study, stored: Stored) -> Session:
    """Return a session of the teaching study that has been run."""
    return Session(teaching)


def features(session: Session, name: str) -> list[dict[str, Any]]:
    collection = json.loads(layer(session, name).plain)
    assert collection["type"] == "FeatureCollection"
    found: list[dict[str, Any]] = collection["features"]
    return found


def properties(session: Session, name: str, key: str) -> dict[str, dict[str, Any]]:
    return {f["properties"][key]: f["properties"] for f in features(session, name)}


def test_the_network_is_every_link_with_a_length(session: Session, teaching: Study) -> None:
    drawn = properties(session, "network", "link_id")
    link = teaching["link"]
    assert set(drawn) == set(link["link_id"][link["length_km"] > 0])
    assert drawn["L01"] == {
        "link_id": "L01", "mode": "rail", "name": "Alpha City - Alba Gate", "country": "AAA",
        "state": "open", "gauge_mm": 1520, "length_km": 480.0,
    }  # fmt: skip
    assert {p["mode"] for p in drawn.values()} >= {"rail", "road", "sea", "ferry"}


def test_lines_run_from_tail_to_head(session: Session, teaching: Study) -> None:
    node, link = teaching["node"], teaching["link"]
    at = {n: (node["lon"][i], node["lat"][i]) for i, n in enumerate(node["node_id"])}
    ends = dict(zip(link["link_id"], zip(link["from_node_id"], link["to_node_id"], strict=True),
                    strict=True))  # fmt: skip
    for feature in features(session, "flows"):
        line = feature["geometry"]["coordinates"]
        start, end = ends[feature["properties"]["link_id"]]
        assert tuple(line[0]) == pytest.approx(at[start])
        assert tuple(line[-1]) == pytest.approx(at[end])


def test_flows_are_those_of_the_last_run(session: Session, stored: Stored) -> None:
    drawn = properties(session, "flows", "link_id")
    length = dict(zip(session.study["link"]["link_id"], session.study["link"]["length_km"],
                      strict=True))  # fmt: skip
    loads = {row["link_id"]: row for row in stored.tables["load"] if length[row["link_id"]] > 0}
    assert set(drawn) == set(loads)
    for link_id, row in loads.items():
        for name in ("t_per_year", "t_forward", "t_backward", "plan_t_per_year"):
            assert drawn[link_id][name] == pytest.approx(row[name], abs=0.06)


def test_crossings_have_the_longer_stay_the_load_and_the_wait(
    session: Session, stored: Stored
) -> None:
    gate = properties(session, "crossings", "id")["BC_RAIL"]
    assert (gate["country_a"], gate["country_b"], gate["modes"]) == ("BBB", "CCC", ["rail"])
    assert gate["mean_h"] == 30
    assert gate["p95_h"] == 60
    assert gate["default"] is False
    load = {row["link_id"]: row["t_per_year"] for row in stored.tables["load"]}
    assert gate["t_per_year"] == pytest.approx(load["L06"])
    waits = [r["wait_h"] for r in stored.tables["bottleneck"] if r["capacity_id"] in
             ("CAP01", "CAP02")]  # fmt: skip
    assert gate["wait_h"] == max(waits)
    assert properties(session, "crossings", "id")["AAA-BBB-RO01"]["default"] is True


def test_a_crossing_without_a_place_stands_in_the_middle_of_its_link(
    session: Session, teaching: Study
) -> None:
    ferry = next(f for f in features(session, "crossings") if f["properties"]["id"] == "AC_FERRY")
    link = teaching["link"]
    row = int((link["border_crossing_id"] == "AC_FERRY").nonzero()[0][0])
    lons, lats = zip(*lines_of(teaching).of_link(row), strict=True)
    lon, lat = ferry["geometry"]["coordinates"]
    assert min(lons) <= lon <= max(lons)
    assert min(lats) <= lat <= max(lats)


def test_zones_and_ports(session: Session, teaching: Study) -> None:
    assert set(properties(session, "zones", "id")) == set(teaching["zone"]["zone_id"])
    ports = properties(session, "ports", "id")
    assert set(ports) == {"PORT_A", "PORT_C"}
    assert ports["PORT_A"]["state"] == "open"
    assert ports["PORT_A"]["names"]["en"] == "Alpha Port"


def test_the_base_is_closed_rings_of_land_and_lakes(session: Session) -> None:
    drawn = features(session, "base")
    assert {f["properties"]["kind"] for f in drawn} >= {"land", "lakes"}
    for feature in drawn:
        (ring,) = feature["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert len(ring) >= 4


def test_coordinates_have_four_decimals(session: Session) -> None:
    for feature in features(session, "network"):
        for pair in feature["geometry"]["coordinates"]:
            assert pair == [round(v, 4) for v in pair]


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_known_by_its_content_and_kept(teaching: Study, name: str) -> None:
    once, again = layer(Session(teaching), name), layer(Session(teaching), name)
    assert once == again
    assert len(once.etag) == 32


def test_an_unknown_layer_is_said(session: Session) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        layer(session, "netwrok")
    assert caught.value.problems[0].code == "unknown_layer"
    assert "network" in caught.value.problems[0].mend


def test_the_window_holds_the_zones_of_the_pair(session: Session, teaching: Study) -> None:
    west, south, east, north = window_of(teaching)
    for feature in features(session, "zones"):
        if feature["properties"]["country"] in teaching.settings.pair:
            lon, lat = feature["geometry"]["coordinates"]
            assert west <= lon <= east
            assert south <= lat <= north
