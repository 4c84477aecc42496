"""Choices between routes: list, chart, P95, departure, schedule, and a quotation to take along."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.workbench.conftest import Served
from tests.e2e.workbench.numbers import shown

pytestmark = pytest.mark.browser

ROUTE = "/map?from=Alpha+City&to=Charlie+City"
ASK = {"origin": "Alpha City", "destination": "Charlie City"}
DEPARTS = "2025-03-20T08:00+05:00"


def asked(served: Served, path: str = "/routes", **more: object) -> dict[str, object]:
    body = {**ASK, **more} if path == "/routes" else more
    found = httpx.post(f"{served.address}/api/v1{path}", json=body, timeout=60)
    found.raise_for_status()
    answer: dict[str, object] = found.json()
    return answer


def cards(page: Page) -> Locator:
    return page.locator("article[data-route]")


def chosen(page: Page) -> str:
    name = page.locator("article.chosen").get_attribute("data-route")
    assert name
    return name


def test_a_point_of_the_chart_chooses_its_route(
    visit: Callable[..., Page], finished: Served
) -> None:
    found = asked(finished)
    page = visit(ROUTE)
    expect(page.get_by_text("3 of 3 routes that no other beats", exact=True)).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    assert page.locator("#tab-front").evaluate("(e) => document.activeElement === e")
    circles = page.locator("[data-testid=front] svg circle")
    expect(circles).to_have_count(3)
    points: list[dict[str, str]] = found["front"]["points"]  # type: ignore[index]
    for i, point in enumerate(points):
        circles.nth(i).click()
        expect(page.locator("article.chosen")).to_have_attribute("data-route", point["route_id"])


def test_the_table_of_choices_is_the_way_by_keyboard(visit: Callable[..., Page]) -> None:
    page = visit(f"{ROUTE}&tab=front")
    figure = page.locator("[data-testid=front]")
    figure.get_by_role("button", name="Table", exact=True).press("Enter")
    rows = figure.locator("tbody tr")
    expect(rows).to_have_count(3)
    rows.nth(2).get_by_role("button").first.press("Enter")
    expect(figure.locator("tbody tr.chosen")).to_contain_text("Route 3")
    expect(cards(page).nth(2)).to_have_class(re.compile("chosen"))
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(cards(page).nth(2)).to_have_class(re.compile("chosen"))


def test_a_card_says_half_and_nineteen_of_twenty(
    visit: Callable[..., Page], finished: Served
) -> None:
    by_id = {r["route_id"]: r for r in asked(finished)["routes"]}  # type: ignore[attr-defined]
    page = visit(ROUTE)
    expect(cards(page)).to_have_count(3)
    for i in range(3):
        card = cards(page).nth(i)
        route = by_id[card.get_attribute("data-route")]
        text = card.inner_text()
        if route["p95_h"] is None:
            assert "not yet estimated" in text
            continue
        for words, column in (("half within", "p50_h"), ("19 of 20 within", "p95_h")):
            assert shown(text.split(words)[1]).holds(route[column]), (text, route[column])


def test_a_departure_in_persian_digits_times_every_leg(
    visit: Callable[..., Page], finished: Served
) -> None:
    page = visit(ROUTE)
    field = page.get_by_role("textbox", name="Departure")
    field.fill("tomorrow at eight")
    expect(page.get_by_text("“tomorrow at eight” is no time")).to_be_visible()
    expect(field).to_have_value("tomorrow at eight")
    page.get_by_role("combobox", name="Offset of the departure").select_option("+05:00")
    field.fill("۲۰۲۵-۰۳-۲۰ ۰۸:۰۰")
    first = min(
        asked(finished, depart=DEPARTS)["routes"],  # type: ignore[type-var, call-overload]
        key=lambda r: r["schedule"]["hours"],
    )
    best = page.locator(f"article[data-route='{first['route_id']}']")
    expect(best).to_contain_text("arrives first")
    day, time = first["schedule"]["arrives"].split("T")
    expect(best).to_contain_text(f"{int(day[-2:])} Mar {time[:5]}")
    best.locator("button.head").click()
    page.get_by_role("tab", name="Legs").click()
    schedule = page.get_by_role("figure").filter(has_text="By the clock")
    expect(schedule.locator("tbody tr")).to_have_count(len(first["legs"]))
    expect(schedule).to_contain_text("UTC+05:00")
    page.reload()
    expect(page.get_by_role("textbox", name="Departure")).to_have_value("2025-03-20 08:00")
    expect(schedule.locator("tbody tr")).to_have_count(len(first["legs"]))


def test_a_closed_crossing_leaves_the_choices(visit: Callable[..., Page]) -> None:
    page = visit(f"{ROUTE}&tab=front&list=1")
    expect(page.locator("[data-testid=front] svg circle")).to_have_count(3)
    page.get_by_role("button", name="Beacon Gate (road)", exact=True).click()
    page.get_by_role("button", name="Close it").click()
    expect(page.locator("[data-testid=front] svg circle")).to_have_count(2)
    expect(page.get_by_text("2 of 2 routes that no other beats", exact=True)).to_be_visible()


def test_needs_of_the_cargo_are_asked_and_stay(visit: Callable[..., Page]) -> None:
    page = visit(ROUTE)
    page.get_by_text("More: needs of the cargo, truck").click()
    page.get_by_role("textbox", name="Dangerous goods, class").fill("۴٫۱")
    page.get_by_role("textbox", name="Weight of a unit").fill("22,5")
    page.get_by_role("checkbox", name="Needs a temperature").check()
    expect(page).to_have_url(re.compile(r"dg=4\.1.*temp=1.*uw=22\.5"))
    page.get_by_role("textbox", name="Dangerous goods, class").fill("12")
    expect(page.get_by_text("Enter a number of at most 9.9.").first).to_be_visible()
    expect(cards(page)).to_have_count(3)


def test_the_quotation_that_is_downloaded_is_the_one_on_the_page(
    visit: Callable[..., Page], finished: Served, tmp_path: Path
) -> None:
    page = visit(f"{ROUTE}&dep=2025-03-20T08:00%2B05:00&tab=quote")
    cards(page).nth(1).locator("button.head").click()
    section = page.locator("[data-testid=quotation]:not(.stale)")
    expect(section.locator("h3")).to_contain_text("Route 2")
    section.get_by_role("button", name=re.compile("Download")).click()
    with page.expect_download() as caught:
        section.get_by_role("button", name="CSV", exact=True).click()
    path = tmp_path / "quotation.csv"
    caught.value.save_as(path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    lines = section.locator("tbody tr")
    expect(lines).to_have_count(len(rows))
    columns = ("distance_km", "moving_h", "dwell_h", "cost_usd_per_t", "cost_usd_per_unit",
               "cost_usd", "co2_kg")  # fmt: skip
    for i, row in enumerate(rows):
        for name in columns:
            text = lines.nth(i).locator(f"[data-column={name}]").inner_text()
            assert shown(text).holds(float(row[name])), (name, text, row)
    query = {**ASK, "depart": DEPARTS}
    quoted = asked(finished, "/routes/quotation", ask=query, route_id=chosen(page))
    lined: Any = quoted["lines"]
    # A change of gauge says which.
    modes = [f"gauge_{one['method']}" if one["method"] else one["mode"] for one in lined]
    assert [r["mode"] for r in rows] == [*modes, "total"]
    assert float(rows[-1]["cost_usd"]) == quoted["total"]["cost_usd"]  # type: ignore[index]
    expect(section).to_contain_text("Arrives by the clock")
    expect(section).to_contain_text("What the numbers rest on")
    section.get_by_role("button", name=re.compile("Download")).click()
    with page.expect_download() as caught:
        section.get_by_role("button", name="XLSX", exact=True).click()
    assert caught.value.suggested_filename.endswith(".xlsx")


def test_on_paper_the_quotation_stands_alone(visit: Callable[..., Page]) -> None:
    page = visit(f"{ROUTE}&tab=quote")
    page.evaluate("() => { window.print = () => {}; }")
    page.get_by_role("button", name="Print the quotation").click()
    page.emulate_media(media="print")
    seen = "(e) => e.checkVisibility({ visibilityProperty: true })"
    assert page.locator("[data-testid=quotation] dl").evaluate(seen)
    for other in (".map", "article[data-route]", "nav"):
        assert not page.locator(other).first.evaluate(seen), other
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("article[data-route]").first.evaluate(seen)
