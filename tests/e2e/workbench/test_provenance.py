"""A click on a number names its table, row and column, and shows the value that stands there."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page

from tests.e2e.workbench.conftest import Served

pytestmark = pytest.mark.browser

MOST = 20
NUMBERS = "#page button.num, aside.panel button.num"
# Page, and an element that stands there once its numbers do.
PAGES = {
    "overview": ("/", "#page .thumbnail .picture"),
    "map": ("/map?sel=x:BC_ROAD", "aside.panel button.num"),
    "roadmap": ("/roadmap", "#page button.num"),
    "promises": ("/promises", "#page button.num"),
    "data": ("/data?table=border_dwell", "#page button.num"),
    "results": ("/data?show=results&table=measures", "#page button.num"),
}


def get(address: str, **query: Any) -> Any:
    answer = httpx.get(address, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def cell(served: Served, source: dict[str, Any]) -> Any:
    """Read the number itself from the table or summary that its button names."""
    api = f"{served.address}/api/v1"
    if "summary" in source:
        found = get(f"{api}/results/{source['result_id']}")["summary"]
        for part in source["summary"].split("."):
            found = found[int(part)] if isinstance(found, list) else found[part]
        return found
    place = f"/results/{source['result_id']}" if source.get("result_id") else ""
    rows = get(f"{api}{place}/tables/{source['table']}", offset=source["row"], limit=1)
    assert rows["row"] == [source["row"]]
    return rows["rows"][0][rows["columns"].index(source["column"])]


def read_panel(page: Page, served: Served, source: dict[str, Any]) -> None:
    """Compare the open panel with the cell, and its printed formula with its value."""
    shown = page.locator("aside.panel [data-testid=provenance]")
    shown.wait_for()
    value = shown.get_by_test_id("provenance-value").get_attribute("data-value")
    assert float(value or "nan") == pytest.approx(float(cell(served, source)), rel=1e-9), source
    named = shown.get_by_test_id("provenance-cell").inner_text()
    if "summary" in source:
        assert source["summary"].split(".")[-1] in named
    else:
        assert named.startswith(source["table"])
        assert named.endswith(source["column"])
        assert named.count(",") >= 2
    told = get(f"{served.address}/api/v1/provenance", **source)
    printed = re.search(r" = (-?[\d.,e+-]+)$", told["formula"])
    if printed:
        result = float(printed[1].replace(",", ""))
        assert math.isclose(result, told["value"], rel_tol=1e-3, abs_tol=0.5)
    for item in [told["source"], *told["sources"]]:
        if item and item["url"].startswith("http"):
            link = shown.locator(f'a[href="{item["url"]}"]')
            assert told["source"] not in (None, item) or link.count() > 0


def leave_panel(page: Page, kept: bool) -> None:
    """Return to what the panel showed before, or close it."""
    if kept:
        page.locator("aside.panel header button").first.click()
    else:
        page.keyboard.press("Escape")


def chosen(buttons: Locator, seed: str) -> list[int]:
    count = buttons.count()
    return sorted(random.Random(seed).sample(range(count), min(MOST, count)))


@pytest.mark.parametrize("name", PAGES)
def test_numbers_open_the_cell_they_come_from(
    name: str, visit: Callable[..., Page], finished: Served
) -> None:
    path, shown = PAGES[name]
    page = visit(path)
    page.locator(shown).first.wait_for()
    page.wait_for_load_state("networkidle")
    kept = page.locator("aside.panel").count() > 0
    buttons = page.locator("aside.panel button.num" if kept else NUMBERS)
    places = chosen(buttons, name)
    assert places
    for place in places:
        button = buttons.nth(place)
        source = json.loads(button.get_attribute("data-source") or "null")
        button.click()
        read_panel(page, finished, source)
        leave_panel(page, kept)
