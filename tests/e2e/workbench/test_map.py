"""The map in a real browser: its legend switches what is drawn, and the list holds just that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOTION = True
MAP = "document.querySelector('.maplibregl-map').map"
# Every layer whose things the list names, and the property that tells them apart.
LAYERS = {
    "crossings": "id",
    "ports": "id",
    "zones": "id",
    "network": "link_id",
    "network-dashed": "link_id",
    "flows": "link_id",
    "flows-dashed": "link_id",
}


def drawn(page: Page) -> set[tuple[str, str]]:
    """Return what the map has drawn in view: (mode, or layer for a place; id)."""
    found: list[list[Any]] = page.evaluate(
        f"""(layers) => Object.entries(layers).flatMap(([layer, key]) =>
          {MAP}.queryRenderedFeatures({{ layers: [layer] }})
            .map((f) => [f.properties.mode ?? layer, String(f.properties[key])]))""",
        LAYERS,
    )
    return {(str(kind), str(name)) for kind, name in found}


def at_rest(page: Page) -> None:
    """Wait until the map has drawn its data; the page's policy forbids Playwright's own way."""
    for _ in range(400):
        ready = f"{MAP}?.loaded() && {MAP}.queryRenderedFeatures({{ layers: ['network'] }}).length"
        if page.evaluate(f"!!document.querySelector('.maplibregl-map')?.map && !!({ready})"):
            page.wait_for_timeout(500)
            return
        page.wait_for_timeout(50)
    raise AssertionError("the map has drawn no network")


def rows(page: Page) -> int:
    more = page.get_by_role("button", name="Show all")
    if more.count():
        more.first.click()
    return page.locator("section.list tbody tr").count()


def test_the_list_has_a_row_for_each_thing_that_is_drawn(visit: Callable[..., Page]) -> None:
    page = visit("/map?list=1&off=none")
    at_rest(page)
    on_map = drawn(page)
    assert {kind for kind, _ in on_map} >= {"crossings", "ports", "rail", "road"}
    assert rows(page) == len(on_map)


def test_the_legend_switches_a_layer_and_the_list_follows(visit: Callable[..., Page]) -> None:
    page = visit("/map?list=1&off=none")
    at_rest(page)
    before, listed = drawn(page), rows(page)
    page.get_by_role("checkbox", name="Rail").uncheck()
    page.wait_for_timeout(1000)
    after = drawn(page)
    assert {kind for kind, _ in before - after} == {"rail"}
    assert not any(kind == "rail" for kind, _ in after)
    assert listed - rows(page) == len(before - after)
    page.get_by_role("checkbox", name="Crossings").uncheck()
    page.wait_for_timeout(1000)
    assert {kind for kind, _ in after - drawn(page)} == {"crossings"}
    assert rows(page) == len(drawn(page))
    # It stands in the address: a reload keeps it.
    page.reload()
    at_rest(page)
    assert not {"rail", "crossings"} & {kind for kind, _ in drawn(page)}


def test_a_row_of_a_link_opens_its_card(visit: Callable[..., Page]) -> None:
    page = visit("/map?list=1&off=crossings.ports.zones")
    at_rest(page)
    first = page.locator("section.list tbody tr").first
    name = first.get_by_role("button").inner_text()
    first.get_by_role("button").click()
    page.locator("aside.panel").get_by_text(name).first.wait_for()
    assert "sel=l" in page.url
