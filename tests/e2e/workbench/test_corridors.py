"""Corridors side by side and how far from here, in a real browser on the teaching study."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.workbench.conftest import Served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

ASK = {"origin": "Alpha City", "destination": "Charlie City"}
CORRIDORS = "/map?from=Alpha+City&to=Charlie+City"
MAP = "document.querySelector('.maplibregl-map').map"


def answer(served: Served, path: str, body: dict[str, Any]) -> dict[str, Any]:
    address = f"{served.address}/api/v1/{path}"
    found: dict[str, Any] = httpx.post(address, json=body, timeout=60).json()
    return found


def saved(page: Page, figure: Locator, item: str) -> Path:
    figure.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        figure.get_by_role("button", name=item, exact=True).click()
    return download.value.path()


def test_corridors_stand_side_by_side(visit: Callable[..., Page], finished: Served) -> None:
    page = visit(CORRIDORS)
    page.get_by_role("tab", name="Corridors").click()
    page.get_by_test_id("corridors").locator("figure").nth(4).wait_for()
    assert "tab=corridors" in page.url
    found = answer(finished, "corridors", ASK)["corridors"]
    figures = page.get_by_test_id("corridors").locator("figure")
    assert figures.first.locator("tbody tr").count() == len(found) > 1
    # One line with dots per corridor in each chart.
    for chart in (2, 3):
        lines = figures.nth(chart).locator("svg path[stroke-width='2.5'][fill='none']")
        dots = figures.nth(chart).locator("div.chart svg circle")
        assert lines.count() == len(found)
        assert dots.count() == sum(len(one["points"]) for one in found)
    # The download of a chart holds its points.
    text = saved(page, figures.nth(2), "CSV").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sorted(float(row["hours"]) for row in rows) == sorted(
        p["hours"] for one in found for p in one["points"]
    )
    assert saved(page, figures.nth(1), "PNG").read_bytes().startswith(b"\x89PNG")
    assert saved(page, figures.first, "XLSX with charts").read_bytes().startswith(b"PK")


def test_an_indicator_opens_its_provenance_and_the_link_reopens(
    visit: Callable[..., Page], finished: Served
) -> None:
    page = visit(f"{CORRIDORS}&tab=corridors")
    table = page.get_by_test_id("corridors").locator("figure").nth(4).locator("table")
    table.wait_for()
    rail = next(
        one
        for one in answer(finished, "corridors", ASK)["corridors"]
        if one["mode_chain"] == ["rail"]
    )
    assert rail["indicators"][0]["value"] == 12.0
    table.get_by_role("button", name="TFI1: 12.0 (9.0\u201317.5)").first.click()
    panel = page.locator("aside.panel")
    panel.get_by_text("(6 + 18) ÷ 2 = 12").wait_for()


def test_a_border_that_is_changed_moves_the_corridors(visit: Callable[..., Page]) -> None:
    page = visit(f"{CORRIDORS}&tab=corridors&sel=x:AB_RAIL")
    page.get_by_test_id("corridors").get_by_text("12.0 (9.0").first.wait_for()
    page.get_by_role("button", name="Close it").click()
    # Without Alba Gate by rail the railway has another corridor, or none.
    page.get_by_test_id("corridors").get_by_text("12.0 (9.0").first.wait_for(state="detached")


def at_rest(page: Page) -> None:
    for _ in range(400):
        drawn = f"{MAP}.loaded() && {MAP}.queryRenderedFeatures({{ layers: ['reach'] }}).length"
        if page.evaluate(f"!!document.querySelector('.maplibregl-map')?.map && !!({drawn})"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the map has drawn no zone")


def circles(page: Page) -> dict[str, int]:
    at_rest(page)
    found = page.evaluate(
        f"{MAP}.querySourceFeatures('reach').map((f) => [f.properties.id, f.properties.of])"
    )
    return {str(zone): int(of) for zone, of in found}


def test_how_far_from_a_zone(visit: Callable[..., Page], finished: Served) -> None:
    page = visit("/map?sel=z:A1")
    page.locator("aside.panel").get_by_role("button", name="How far from here").click()
    figure = page.get_by_test_id("reach").locator("figure")
    figure.wait_for()
    found = answer(finished, "reach", {"origin": "zone:A1"})
    assert figure.locator("tbody tr").count() == len(found["zones"])
    drawn = circles(page)
    assert set(drawn) == {zone["zone_id"] for zone in found["zones"]}
    assert drawn["A1"] == -2
    assert min(of for zone, of in drawn.items() if zone != "A1") >= 0
    body = json.loads(saved(page, figure, "GeoJSON").read_text(encoding="utf-8"))
    assert {f["id"]: f["properties"]["time_h"] for f in body["features"]} == {
        zone["zone_id"]: zone["time_h"] for zone in found["zones"]
    }
    assert saved(page, figure, "PNG of the map").read_bytes().startswith(b"\x89PNG")
    legend = page.get_by_test_id("reach-legend")
    legend.get_by_label("US$ per tonne").check()
    legend.get_by_text("US$/t").first.wait_for()
    assert "rq=cost" in page.url
    page.reload()
    legend.get_by_text("US$/t").first.wait_for()
    legend.get_by_role("button", name="Close the reach map").click()
    legend.wait_for(state="detached")
    assert "reach=" not in page.url


def test_a_zone_that_is_not_reached_is_told_apart(visit: Callable[..., Page]) -> None:
    page = visit("/map?reach=zone:A1&avoid=BBB&without=sea")
    legend = page.get_by_test_id("reach-legend")
    legend.get_by_text("not reached").wait_for()
    assert circles(page)["C1"] == -1
    table = page.get_by_test_id("reach").locator("table")
    table.get_by_text("what is avoided or forbidden cuts it off").first.wait_for()
    assert table.get_by_text("it is the place itself").count() == 1


def test_by_keyboard_alone(visit: Callable[..., Page]) -> None:
    page = visit(CORRIDORS)
    tab = page.get_by_role("tab", name="Legs")
    tab.wait_for()
    tab.focus()
    for _ in range(8):
        if page.get_by_role("tab", name="Corridors").get_attribute("aria-selected") == "true":
            break
        page.keyboard.press("ArrowRight")
    page.get_by_test_id("corridors").locator("figure").first.wait_for()
