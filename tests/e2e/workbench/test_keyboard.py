"""Without a mouse: find a route, switch a measure on, run it and hear the result."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

MOST_STEPS = 150
# The name of the element that has the focus, as its label, its own attribute or its text gives it.
_FOCUS = """() => {
  const e = document.activeElement;
  const label = [...(e.labels ?? [])].map((l) => l.textContent).join(' ');
  const name = e.getAttribute('aria-label') || label || e.textContent;
  return `${e.tagName.toLowerCase()} ${name}`.replace(/\\s+/g, ' ').trim();
}"""


def tab_to(page: Page, wanted: str, key: str = "Tab") -> str:
    """Press Tab until an element whose name fits has the focus, and see that it shows it."""
    for _ in range(MOST_STEPS):
        page.keyboard.press(key)
        name = str(page.evaluate(_FOCUS))
        if re.search(wanted, name):
            assert page.evaluate("() => document.activeElement.matches(':focus-visible')")
            return name
    raise AssertionError(f"{key} does not reach {wanted}")


def test_a_route_is_found_with_the_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/map")
    for field, name in (("^input From", "Alpha City"), ("^input To", "Charlie City")):
        tab_to(page, field)
        page.keyboard.type(name)
        page.get_by_role("option", name=name).first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    expect(page.get_by_test_id("live")).to_have_text(re.compile("3 routes found"))
    tab_to(page, "^button 2 ")
    page.keyboard.press("Enter")
    # The numbers of a card are buttons too: only the one that chooses the route can be pressed in.
    chosen = page.get_by_role("article").nth(1).get_by_role("button", pressed=True)
    expect(chosen).to_have_count(1)


def test_a_measure_is_switched_and_run_with_the_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/")
    tab_to(page, "^a Scenario")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name=re.compile("DUTY_FREE")).wait_for()
    tab_to(page, "^input .*DUTY_FREE")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name=re.compile("DUTY_FREE"))).to_be_checked()
    tab_to(page, "^button Run scenario", "Shift+Tab")
    page.keyboard.press("Enter")
    heard = page.get_by_test_id("live")
    expect(heard).to_have_text(re.compile("Scenario run"), timeout=60_000)
    # The result is read the same way: its numbers are reached, and say where they come from.
    tab_to(page, r"^button \$[\d.]+ million$")
    assert page.evaluate("() => document.activeElement.closest('.compare h2') !== null")
    page.keyboard.press("Enter")
    told = page.get_by_test_id("provenance")
    expect(told).to_contain_text("Trade of the pair")
    page.keyboard.press("Escape")
    expect(told).to_have_count(0)
