"""The map in a real browser: its legend switches what is drawn, and the list holds just that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

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


def until(page: Page, holds: Callable[[], bool], otherwise: str) -> None:
    """Wait until something holds; the page's policy forbids Playwright's own way."""
    for _ in range(400):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(otherwise)


def at_rest(page: Page) -> None:
    """Wait until the map has drawn its data, and draws nothing more."""
    ready = f"{MAP}?.loaded() && {MAP}.queryRenderedFeatures({{ layers: ['network'] }}).length"
    seen: list[set[tuple[str, str]]] = []

    def still() -> bool:
        if not page.evaluate(f"!!document.querySelector('.maplibregl-map')?.map && !!({ready})"):
            return False
        seen.append(drawn(page))
        return len(seen) > 4 and all(one == seen[-1] for one in seen[-5:])

    until(page, still, "the map has drawn no network")


def lost(page: Page, before: set[tuple[str, str]], kind: str) -> set[tuple[str, str]]:
    """Wait until a kind, and nothing else, is no longer drawn; return what is."""
    until(
        page, lambda: {k for k, _ in before - drawn(page)} == {kind}, f"the map still draws {kind}"
    )
    return drawn(page)


def expect_rows(page: Page, count: int) -> None:
    """Open the whole list and wait until it has so many rows."""
    more = page.get_by_role("button", name="Show all")
    if more.count():
        more.first.click()
    expect(page.locator("section.list tbody tr")).to_have_count(count)


def test_the_list_has_a_row_for_each_thing_that_is_drawn(visit: Callable[..., Page]) -> None:
    page = visit("/map?list=1&off=none")
    at_rest(page)
    on_map = drawn(page)
    assert {kind for kind, _ in on_map} >= {"crossings", "ports", "rail", "road"}
    expect_rows(page, len(on_map))


def test_the_legend_switches_a_layer_and_the_list_follows(visit: Callable[..., Page]) -> None:
    page = visit("/map?list=1&off=none")
    at_rest(page)
    before = drawn(page)
    expect_rows(page, len(before))
    page.get_by_role("checkbox", name="Rail").uncheck()
    after = lost(page, before, "rail")
    assert not any(kind == "rail" for kind, _ in after)
    expect_rows(page, len(after))
    page.get_by_role("checkbox", name="Crossings").uncheck()
    expect_rows(page, len(lost(page, after, "crossings")))
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


def test_a_map_that_still_loads_says_so_on_paper(visit: Callable[..., Page]) -> None:
    page = visit("/map")
    at_rest(page)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("img.printed").is_visible()
    assert not page.get_by_text("still loading when this page was printed").count()
    page.emulate_media(media="screen")
    # The same page without its network, which the server is slow to give.
    page.route("**/api/v1/map/network", lambda _: None)
    page.reload()
    page.locator(".maplibregl-canvas").wait_for()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.get_by_text("still loading when this page was printed").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.get_by_text("still loading when this page was printed").count()
    page.unroute_all(behavior="ignoreErrors")
