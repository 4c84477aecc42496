"""One visit: route, compare, close, undo, measures, run, cancel, run, compare, plan, CSV, link.

The steps follow each other on one page, as a person takes them; each is a function, so that a
failure names the step.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

GATE = "Beacon Gate (road)"


def find_route(page: Page) -> None:
    """Type both ends and take what is offered: three routes are announced."""
    for field, name in (("From", "Alpha City"), ("To", "Charlie City")):
        box = page.get_by_role("combobox", name=field, exact=True)
        box.fill(name)
        page.get_by_role("option", name=name).first.click()
    page.get_by_text("3 routes found").wait_for(state="attached")
    cards = page.get_by_role("article")
    expect(cards).to_have_count(3)
    expect(cards.first).to_contain_text("h)")


def compare_routes(page: Page) -> None:
    """Set a second route beside the first: its title stands below the map."""
    page.get_by_role("checkbox", name="Compare").first.check()
    expect(page.get_by_role("heading", name=re.compile("Route 1 takes"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Route 2 takes"))).to_be_visible()


def close_and_undo(page: Page) -> None:
    """Close the crossing that the first route passes, see routes and trade change, and undo it."""
    first = page.get_by_role("article").first.inner_text()
    page.get_by_role("button", name="List view").click()
    page.get_by_role("button", name=GATE, exact=True).click()
    page.get_by_role("heading", name=GATE, exact=True).wait_for()
    page.get_by_role("button", name="Close it").click()
    effect = page.get_by_test_id("effect")
    for word in ("What this scenario does", "Re-routed", "Extra time", "Extra cost"):
        expect(effect).to_contain_text(word)
    expect(page.get_by_role("article").first).not_to_contain_text(GATE)
    page.get_by_role("button", name="Open it again").click()
    expect(page.get_by_role("article").first).to_contain_text(GATE)
    assert page.get_by_role("article").first.inner_text() == first


def go(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()


def switch(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("checkbox", name=re.compile(name)).check()


def run_cancel_run(page: Page) -> None:
    """Run two measures, cancel, and run them again."""
    run = page.get_by_role("button", name="Run scenario")
    expect(run).to_be_disabled()
    switch(page, "DUTY_FREE", "BEACON_YARD")
    run.click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The run was cancelled").first).to_be_attached()
    run.click()
    expect(page.get_by_text(re.compile("Scenario run")).first).to_be_attached(timeout=60_000)


def compare_scenarios(page: Page) -> None:
    """Read the difference to the baseline: more trade, in the finding as in the table."""
    compare = page.get_by_test_id("compare")
    expect(compare.get_by_text("Run with new ways searched").first).to_be_visible()
    size = compare.locator("h2 button.num").inner_text()
    row = compare.get_by_role("row", name=re.compile("Trade of the pair"))
    expect(row).to_contain_text(f"+{size}")
    compare.get_by_role("radio", name="A", exact=True).check()
    compare.get_by_role("radio", name="Difference").check()


def find_plan(page: Page) -> None:
    """Look for a plan for another target, written in Persian digits."""
    target = page.get_by_label("Target", exact=True)
    target.fill("۱٫۹")
    page.get_by_role("button", name="Find plan").click()
    expect(page.get_by_text("Plan for your goal.")).to_be_visible(timeout=60_000)


def drawn_line(figure: Locator) -> list[tuple[float, float]]:
    """Return the corners of the widest line of a chart, in pixels."""
    paths = figure.locator(".chart svg path[stroke-width='3']")
    expect(paths).to_have_count(1)
    numbers = re.findall(r"[-\d.]+", paths.get_attribute("d") or "")
    return [(float(x), float(y)) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


def check_csv(page: Page, folder: Path) -> None:
    """The file of the path of trade holds what the chart draws, and what its table shows."""
    figure = page.locator("figure").filter(
        has=page.get_by_role("button", name="Table", exact=True), has_text="Trade of both sides"
    )
    figure.locator(".chart svg path").first.wait_for(state="attached")
    line = drawn_line(figure)
    figure.get_by_role("button", name=re.compile("Download")).click()
    with page.expect_download() as caught:
        page.get_by_role("button", name="CSV", exact=True).click()
    path = folder / "figure.csv"
    caught.value.save_as(path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    column = next(name for name in rows[0] if name.startswith("plan_usd_current"))
    amounts = np.array([float(row[column]) for row in rows])
    assert len(line) == len(rows) > 1
    # Pixels are a straight line of dollars: two numbers fit all of them.
    pixels = np.array([y for _, y in line])
    slope, start = np.polyfit(amounts, pixels, 1)
    assert slope < 0
    np.testing.assert_allclose(slope * amounts + start, pixels, atol=0.6)
    figure.get_by_role("button", name="Table", exact=True).click()
    expect(figure.locator("tbody tr")).to_have_count(len(rows))


def reload_link(page: Page) -> None:
    """Leave, and open the address again: measures, and the result of their run, are there."""
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    for name in ("DUTY_FREE", "BEACON_YARD"):
        expect(page.get_by_role("checkbox", name=re.compile(name))).to_be_checked()
    expect(page.get_by_test_id("compare").locator("h2 button.num")).to_be_visible()


def check_persian(page: Page) -> None:
    """The same page from right to left, with Persian words and digits."""
    page.get_by_label("Language").select_option("fa")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "fa")
    expect(page.get_by_role("navigation").first).to_contain_text(re.compile("[ء-ی]"))
    expect(page.get_by_test_id("compare").locator("h2")).to_contain_text(re.compile("[۰-۹]"))
    expect(page.get_by_role("checkbox", name=re.compile("DUTY_FREE"))).to_be_checked()


def test_a_visit_from_the_first_route_to_the_persian_page(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = visit("/")
    go(page, "Map and routes")
    find_route(page)
    compare_routes(page)
    close_and_undo(page)
    go(page, "Scenario")
    run_cancel_run(page)
    compare_scenarios(page)
    scenario = page.url
    go(page, "Roadmap")
    find_plan(page)
    go(page, "Overview")
    check_csv(page, tmp_path)
    page.goto(scenario)
    reload_link(page)
    check_persian(page)


def test_a_crossing_of_the_persian_page_says_why_there_is_no_way(
    visit: Callable[..., Page],
) -> None:
    page = visit("/map?from=Alpha+City&to=Charlie+City&without=rail,road&lang=fa")
    told = page.get_by_test_id("no-route")
    told.wait_for()
    assert not re.search(r"[A-Za-z]{3,}", told.locator("p").first.inner_text())
    expect(told).to_contain_text(re.compile("[۰-۹]"))
