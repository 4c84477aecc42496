"""A visit: route, compare, close, undo, switch, run, cancel, run, plan, download, link, Persian."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

ROUTE = "/map?from=Alpha+City&to=Charlie+City"


def open_route(visit: Callable[..., Page]) -> Page:
    page = visit("/map")
    for field, name in (("From", "Alpha City"), ("To", "Charlie City")):
        box = page.get_by_role("combobox", name=field, exact=True)
        box.fill(name)
        page.get_by_role("option", name=name).first.click()
    page.get_by_text("3 routes found").wait_for(state="attached")
    return page


def gate(page: Page) -> None:
    """Open the card of the crossing that the first route passes, from the list beside the map."""
    page.get_by_role("button", name="List view").click()
    page.get_by_role("button", name="Beacon Gate (road)", exact=True).click()
    page.get_by_role("heading", name="Beacon Gate (road)", exact=True).wait_for()


def test_two_routes_are_found_and_compared(visit: Callable[..., Page]) -> None:
    page = open_route(visit)
    cards = page.get_by_role("article")
    expect(cards).to_have_count(3)
    expect(cards.nth(0)).to_contain_text("h)")
    page.get_by_role("checkbox", name="Compare").first.check()
    expect(page.get_by_role("heading", name=re.compile("Route 2 takes"))).to_be_visible()


def test_a_crossing_is_closed_and_opened_again(visit: Callable[..., Page]) -> None:
    page = open_route(visit)
    first = page.get_by_role("article").first.inner_text()
    gate(page)
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("What this scenario does")).to_be_visible()
    expect(page.get_by_text("Re-routed")).to_be_visible()
    expect(page.get_by_role("article").first).not_to_contain_text("Beacon Gate (road)")
    page.get_by_role("button", name="Open it again").click()
    expect(page.get_by_role("article").first).to_contain_text("Beacon Gate (road)")
    assert page.get_by_role("article").first.inner_text() == first


def switch(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("checkbox", name=re.compile(name)).check()


def test_measures_are_switched_run_cancelled_and_run(visit: Callable[..., Page]) -> None:
    page = visit("/scenario")
    run = page.get_by_role("button", name="Run scenario")
    expect(run).to_be_disabled()
    switch(page, "DUTY_FREE", "BEACON_YARD")
    run.click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The run was cancelled").first).to_be_attached()
    run.click()
    expect(page.get_by_text(re.compile("Scenario run")).first).to_be_attached(timeout=60_000)
    row = page.get_by_role("row", name=re.compile("Trade")).first
    expect(row).to_contain_text("+")


def test_a_plan_is_found_for_another_target(visit: Callable[..., Page]) -> None:
    page = visit("/roadmap")
    target = page.get_by_label("Target", exact=True)
    target.fill("۱٫۹")
    page.get_by_role("button", name="Find plan").click()
    expect(page.get_by_text("Plan for your goal.")).to_be_visible(timeout=60_000)


def test_the_download_equals_the_table_behind_the_chart(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = visit("/")
    # By its words: cards come as their data come, and the first one may be another a moment later.
    figure = page.locator("figure").filter(
        has=page.get_by_role("button", name="Table", exact=True), has_text="Trade of both sides"
    )
    figure.get_by_role("button", name=re.compile("Download")).click()
    with page.expect_download() as caught:
        page.get_by_role("button", name="CSV", exact=True).click()
    path = tmp_path / "figure.csv"
    caught.value.save_as(path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    figure.get_by_role("button", name="Table", exact=True).click()
    expect(figure.locator("tbody tr")).to_have_count(len(rows))


def test_a_link_opens_the_same_view(visit: Callable[..., Page]) -> None:
    page = visit("/scenario")
    switch(page, "DUTY_FREE")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_role("checkbox", name=re.compile("DUTY_FREE"))).to_be_checked()


def test_the_persian_page_runs_from_right_to_left(visit: Callable[..., Page]) -> None:
    page = visit("/?lang=fa")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "fa")
    expect(page.get_by_role("navigation")).to_contain_text(re.compile("[ء-ی]"))
