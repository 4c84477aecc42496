"""The map says what the table ``load`` says: tonnes exactly, widths in proportion."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from opencorridor.documents import MapData, MapLabel, MapLink, MapPlace
from opencorridor.documents.labels import text_width
from opencorridor.documents.map import Drawing, chains, draw_map, window_of
from opencorridor.documents.style import load_style
from tests.documents.fake import answer, corridor_map

LIMITS = load_style()["map"]


def drawn(data: MapData) -> tuple[Drawing, ET.Element]:
    drawing = draw_map(data, "A map.")
    assert drawing is not None
    return drawing, ET.fromstring(drawing.svg)


def loads(svg: ET.Element) -> list[ET.Element]:
    return [g for g in svg.iter("g") if g.get("data-link-id")]


def test_every_number_on_the_map_is_a_row_of_load() -> None:
    rows = {row["link_id"]: row for row in answer().rows("load")}
    _, svg = drawn(corridor_map())
    found = loads(svg)
    assert {g.get("data-link-id") for g in found} == set(rows)
    for g in found:
        row = rows[g.get("data-link-id", "")]
        assert float(g.get("data-t", "nan")) == row["t_per_year"]
        assert float(g.get("data-t-forward", "nan")) == row["t_forward"]
        assert float(g.get("data-t-backward", "nan")) == row["t_backward"]
        lanes = {p.get("data-direction"): float(p.get("data-t", "nan")) for p in g.iter("path")}
        assert lanes == {"forward": row["t_forward"], "backward": row["t_backward"]}


def test_widths_are_proportional_to_tonnes() -> None:
    drawing, svg = drawn(corridor_map())
    largest = max(link.t_per_year or 0.0 for link in corridor_map().links)
    assert drawing.full_t == largest
    checked = 0
    for g in loads(svg):
        for lane in g.iter("path"):
            t = float(lane.get("data-t", "nan"))
            wanted = max(LIMITS["width_largest_px"] * t / largest, LIMITS["width_smallest_px"])
            assert float(lane.get("stroke-width", "nan")) == pytest.approx(wanted, abs=0.006)
            checked += t / largest * LIMITS["width_largest_px"] > LIMITS["width_smallest_px"]
    assert checked > 15


def test_the_heaviest_link_is_named_and_drawn_last() -> None:
    drawing, svg = drawn(corridor_map())
    assert loads(svg)[-1].get("data-link-id") == drawing.links[0].link_id == "L12"


def test_forward_and_backward_lie_on_their_own_right() -> None:
    """Catches lanes swapped: heading east, the forward lane is the southern one."""
    link = MapLink("E", "road", [(50.0, 40.0), (60.0, 40.0)], 8.0, 5.0, 3.0)
    _, svg = drawn(MapData(links=[link], window=(45.0, 35.0, 65.0, 45.0)))
    y = {}
    for lane in loads(svg)[0].iter("path"):
        y[lane.get("data-direction")] = float(lane.get("d", "").lstrip("M").split()[1])
    assert y["forward"] > y["backward"]


def test_a_load_above_the_full_width_is_capped_and_the_drawing_says_so() -> None:
    data = replace(corridor_map(), full_width_t_per_year=2.0e6)
    drawing, svg = drawn(data)
    assert drawing.capped
    for g in loads(svg):
        width = sum(float(p.get("stroke-width", "nan")) for p in g.iter("path"))
        assert width <= LIMITS["width_largest_px"] + LIMITS["width_smallest_px"] + 0.02


def test_links_without_a_load_are_ground_and_never_numbers() -> None:
    drawing, svg = drawn(corridor_map())
    assert not any((g.get("data-link-id") or "").startswith("X") for g in loads(svg))
    assert set(drawing.base_modes) == {"rail", "road"}
    zero = MapLink("Z", "rail", [(50.0, 40.0), (60.0, 40.0)], 0.0, 0.0, 0.0)
    assert loads(drawn(MapData(links=[zero], window=(45, 35, 65, 45)))[1]) == []


def test_a_link_outside_the_window_is_not_drawn() -> None:
    away = MapLink("A", "rail", [(-100.0, 40.0), (-90.0, 40.0)], 9.0, 5.0, 4.0)
    near = MapLink("N", "rail", [(50.0, 40.0), (60.0, 40.0)], 3.0, 2.0, 1.0)
    drawing, svg = drawn(MapData(links=[away, near], window=(45, 35, 65, 45)))
    assert [g.get("data-link-id") for g in loads(svg)] == ["N"]
    assert drawing.full_t == 3.0


def test_circles_grow_with_hours_and_names_do_not_overlap() -> None:
    _, svg = drawn(corridor_map())
    radius = {c.get("data-place-id"): float(c.get("r", "nan")) for c in svg.iter("circle")}
    assert radius["incara"] > radius["vesk"] > radius["sollum"] > radius["shore"]
    assert radius["incara"] == LIMITS["radius_largest_px"]
    boxes = []
    for text in svg.iter("text"):
        size, said = float(text.get("font-size", "0")), text.text or ""
        width = text_width(said, size)
        x, y = float(text.get("x", "nan")), float(text.get("y", "nan"))
        left = x - {"start": 0, "middle": width / 2, "end": width}[text.get("text-anchor", "start")]
        boxes.append((left, y - 0.8 * size, left + width, y + 0.2 * size, said))
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (a[4], b[4])
    assert any(said.startswith("Incara Gate 117") for *_, said in boxes)


def test_crowded_names_are_left_out_and_told() -> None:
    places = [
        MapPlace(f"p{i}", f"A rather long name {i}", "crossing", 50 + i / 50, 40.0, 10.0)
        for i in range(30)
    ]
    drawing, svg = drawn(MapData(places=places, window=(45, 35, 65, 45)))
    assert len(list(svg.iter("circle"))) == 30
    assert len(drawing.unlabelled) + len(list(svg.iter("text"))) == 30
    assert len(drawing.unlabelled) > 0


def test_window_goes_round_the_antimeridian_the_short_way() -> None:
    places = [MapPlace("a", "A", "port", 178.0, 40.0), MapPlace("b", "B", "port", -178.0, 42.0)]
    west, _, east, _ = window_of(MapData(places=places)) or (0, 0, 0, 0)
    assert east - west < 10
    assert draw_map(MapData(places=places), "x") is not None


def test_nothing_to_draw_is_none() -> None:
    assert draw_map(MapData(), "x") is None


def test_hostile_names_stay_text() -> None:
    evil = "<script>alert(1)</script>\"'&\x00"
    data = MapData(
        links=[MapLink(evil, evil, [(50, 40), (60, 41)], 5.0, 3.0, 2.0, name=evil)],
        places=[MapPlace(evil, evil, "crossing", 55, 40, 4.0)],
        labels=[MapLabel(evil, 52, 37, evil)],
        window=(45, 35, 65, 45),
    )
    _, svg = drawn(data)  # parses as XML: nothing broke out of its place
    assert [e for e in svg.iter() if e.tag == "script"] == []


def test_chains_join_lines_so_that_dashes_run_on() -> None:
    lines = [[(0.0, 0.0), (1.0, 0.0)], [(2.0, 3.0), (1.0, 0.0)], [(2.0, 3.0), (4.0, 0.0)]]
    (chain,) = chains(lines)
    assert {chain[0], chain[-1]} == {(0.0, 0.0), (4.0, 0.0)}
    assert len(chain) == 4
    star = [[(0.0, 0.0), (1.0, 0.0)], [(0.0, 0.0), (0.0, 5.0)], [(0.0, 0.0), (-3.0, 0.0)]]
    assert len(chains(star)) == 3
    loop = [[(0.0, 0.0), (5.0, 0.0)], [(5.0, 0.0), (5.0, 5.0)], [(5.0, 5.0), (0.0, 0.0)]]
    assert len(chains(loop)) == 1


def test_crowded_circles_shrink_and_idle_crossings_are_left_out() -> None:
    busy = [
        MapPlace(f"p{i}", f"N{i}", "crossing", 46 + i / 8, 40.0, 10.0, load_t_per_year=1e5 * i)
        for i in range(1, 121)
    ]
    drawing, svg = drawn(MapData(places=busy, window=(45, 35, 65, 45)))
    assert drawing.circles == 120
    radii = {float(c.get("r", "nan")) for c in svg.iter("circle")}
    assert radii == {LIMITS["radius_largest_px"] / 2}
    idle = MapPlace("idle", "Idle", "crossing", 55.0, 42.0, 10.0, load_t_per_year=0.0)
    drawing, svg = drawn(MapData(places=[*busy[:1], idle], window=(45, 35, 65, 45)))
    assert {c.get("data-place-id") for c in svg.iter("circle")} == {"p1"}


def test_the_busiest_place_is_named_first() -> None:
    places = [
        MapPlace(n, n * 8, "crossing", 55.0 + i / 100, 40.0, 10.0, load_t_per_year=t)
        for i, (n, t) in enumerate([("a", 1.0), ("b", 9.0), ("c", 2.0)])
    ]
    _, svg = drawn(MapData(places=places, window=(45, 35, 65, 45)))
    assert (next(svg.iter("text")).text or "").startswith("bbbbbbbb")
