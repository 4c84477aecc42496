"""The Trade page of the shipped study in a real browser: figures, levers, books, links."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect

from opencorridor.study import open_study
from tests.e2e.workbench import test_pages as pages
from tests.e2e.workbench.conftest import SHIPPED, SIZES, Served, watch
from tests.e2e.workbench.numbers import shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

MOVED = "tariff_b:0"
# The first question of a server loads the model of the whole world.
FIRST_MS = 240_000


@pytest.fixture(scope="module")
def window(browser: Browser, shipped: Served) -> Iterator[Page]:
    """Return one page for all tests, once the server has its first answer."""
    httpx.get(f"{shipped.address}/api/v1/trade/potential", timeout=FIRST_MS / 1000)
    context = browser.new_context(viewport=SIZES["wide"], accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    watch(page, shipped)
    yield page
    context.close()


@pytest.fixture
def visit(window: Page, shipped: Served) -> Iterator[Callable[..., Page]]:
    """Open a path; the page must end without any fault."""
    shipped.faults.clear()

    def go(path: str) -> Page:
        window.set_viewport_size(SIZES["wide"])
        window.goto(shipped.address + path)
        window.get_by_test_id("books").locator("figure").wait_for()
        return window

    yield go
    assert shipped.faults == []


def answer(served: Served, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    address = f"{served.address}/api/v1/trade/{path}"
    got = (
        httpx.get(address, timeout=60)
        if body is None
        else httpx.post(address, json=body, timeout=60)
    )
    found: dict[str, Any] = got.json()
    return found


def saved(page: Page, figure: Locator, item: str) -> Path:
    figure.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        figure.get_by_role("button", name=item, exact=True).click()
    return download.value.path()


def figure_of(page: Page, subtitle: str) -> Locator:
    found = page.locator("#page figure").filter(has=page.locator(".subtitle", has_text=subtitle))
    found.wait_for()
    return found


def lever(page: Page, lever_id: str) -> Locator:
    return page.locator(f"[data-lever={lever_id}]")


def test_trade_stands_inside_its_potential(visit: Callable[..., Page], shipped: Served) -> None:
    page = visit("/trade")
    found = answer(shipped, "potential")
    own = [s for s in found["sectors"] if s["direction"] == "a_to_b"]
    figure = figure_of(page, "trade inside its potential")
    # Two bars a sector; as wide as the amounts are large.
    bars = figure.locator("svg rect")
    assert bars.count() == 2 * len(own) > 0
    own.sort(key=lambda s: -s["potential_usd_current"])
    widths = [float(bar.get_attribute("width") or 0) for bar in bars.all()]
    scale = widths[0] / own[0]["potential_usd_current"]
    for sector, outer, inner in zip(own, widths[::2], widths[1::2], strict=True):
        # Drawn to a tenth of a pixel, and at least one wide.
        for name, width in (("potential", outer), ("actual", inner)):
            assert width == pytest.approx(max(1, sector[f"{name}_usd_current"] * scale), abs=0.2)
    # The download holds what is drawn, to the last digit.
    text = saved(page, figure, "CSV").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    for name in ("actual_usd_current", "potential_usd_current", "low", "high", "gap_usd_current"):
        assert [float(row[name]) for row in rows] == [s[name] for s in own]
    assert saved(page, figure, "XLSX").read_bytes().startswith(b"PK")
    assert saved(page, figure, "PNG").read_bytes().startswith(b"\x89PNG")
    figure.get_by_role("button", name="Table").click()
    assert figure.locator("tbody tr").count() == len(own)


def test_reasons_lead_from_potential_to_trade(visit: Callable[..., Page], shipped: Served) -> None:
    page = visit("/trade")
    steps = answer(shipped, "potential")["waterfall"]
    assert sum(s["value_usd_current"] for s in steps[:-1]) == pytest.approx(
        steps[-1]["value_usd_current"], abs=1.0
    )
    figure = figure_of(page, "reason by reason")
    figure.get_by_role("button", name="Table").click()
    cells = figure.locator("tbody tr")
    assert cells.count() == len(steps)
    expect(cells.nth(4)).to_contain_text("Not explained: payments, sanctions, information")
    for row, step in zip(cells.all(), steps, strict=True):
        assert shown(row.locator("button.num").first.inner_text()).holds(step["value_usd_current"])


def test_levers_answer_while_the_old_answer_stays(
    visit: Callable[..., Page], shipped: Served
) -> None:
    page = visit(f"/trade?lv={MOVED}")
    sentence = page.get_by_test_id("lever-answer").locator("h2").first
    sentence.wait_for()
    body = {"levers": [{"lever_id": "tariff_b", "value": 0.0}]}
    first = answer(shipped, "levers", body)
    assert shown(sentence.locator("button").first.inner_text()).holds(first["trade_usd_current"])
    row = lever(page, "non_tariff")
    # The field and the slider are one number.
    field = row.get_by_role("textbox")
    field.fill("50")
    expect(page.get_by_test_id("lever-answer")).to_have_attribute("aria-busy", "true")
    assert sentence.is_visible()
    started = time.monotonic()
    expect(page.get_by_test_id("lever-answer")).to_have_attribute("aria-busy", "false")
    assert time.monotonic() - started < 5
    assert row.get_by_role("slider").input_value() == "50"
    assert re.search(r"lv=tariff_b:0,non_tariff:0\.5", page.url)
    body["levers"].append({"lever_id": "non_tariff", "value": 0.5})
    both = answer(shipped, "levers", body)
    assert both["trade_usd_current"] > first["trade_usd_current"]
    assert shown(sentence.locator("button").first.inner_text()).holds(both["trade_usd_current"])
    # Back by the button: the lever is gone from the address.
    row.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile(r"lv=tariff_b:0$"))
    page.get_by_role("button", name="Undo all levers").click()
    expect(page).not_to_have_url(re.compile("lv="))
    sentence.wait_for(state="detached")


def test_a_lever_out_of_its_range_is_told_at_the_field(visit: Callable[..., Page]) -> None:
    page = visit("/trade")
    row = lever(page, "tariff_b")
    row.get_by_role("textbox").fill("900")
    expect(row).to_contain_text("Enter a number of at most")
    assert "lv=" not in page.url


def test_levers_by_keyboard_alone(visit: Callable[..., Page]) -> None:
    page = visit("/trade")
    slider = lever(page, "tariff_b").get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    page.get_by_test_id("lever-answer").locator("figure").first.wait_for()
    assert "lv=tariff_b:0" in page.url


def test_books_stand_side_by_side(visit: Callable[..., Page], shipped: Served) -> None:
    page = visit("/trade")
    books = page.get_by_test_id("books")
    figure = books.locator("figure")
    found = answer(shipped, "bookkeeping")
    figure.get_by_role("button", name="Table").click()
    assert figure.locator("tbody tr").count() == len(found["accounts"]) > 1
    text = saved(page, figure, "CSV").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [float(row["value_usd_current"]) for row in rows] == [
        one["value_usd_current"] for one in found["accounts"]
    ]
    expect(books).to_contain_text("because the years start on other days")
    books.get_by_label("Year of the books").select_option("2015")
    expect(books).to_contain_text("no data for 2015; the nearest year is 2020")
    assert "year=2015" in page.url
    page.reload()
    expect(books).to_contain_text("no data for 2015")


def test_another_pair_stands_in_the_address(visit: Callable[..., Page], shipped: Served) -> None:
    page = visit(f"/trade?lv={MOVED}")
    page.get_by_label("Other side").select_option(label="China")
    expect(page).to_have_url(re.compile("pair=KAZ,CHN"))
    # Levers belong to a pair.
    assert "lv=" not in page.url
    found = answer(shipped, "potential?a=KAZ&b=CHN")
    number = page.locator("h1 button.num").first
    expect(number).not_to_have_text("$340 million")
    assert shown(number.inner_text()).holds(found["actual_usd_current"])
    page.get_by_role("button", name="Swap the sides").click()
    expect(page).to_have_url(re.compile("pair=CHN,KAZ"))
    assert shown(number.inner_text()).holds(found["actual_usd_current"])


def test_a_book_says_what_is_traded(visit: Callable[..., Page], shipped: Served) -> None:
    page = visit("/trade")
    found = answer(shipped, "potential")
    other = next(one for one in found["books"][1:] if one["usd_current"] != 340e6)
    page.get_by_label("What is traded, by the books of").select_option(other["book"])
    expect(page).to_have_url(re.compile(f"book={other['book']}"))
    number = page.locator("h1 button.num").first
    expect(number).not_to_have_text("$340 million")
    assert shown(number.inner_text()).holds(other["usd_current"])
    # Every part of what separates it stands below, with its words.
    parts = page.get_by_test_id("book-bar").locator("li")
    assert parts.count() == len(other["parts"]) > 0
    for row, part in zip(parts.all(), other["parts"], strict=True):
        assert shown(row.locator("button.num").inner_text()).holds(part["usd_current"])
    page.reload()
    expect(page.get_by_label("What is traded, by the books of")).to_have_value(other["book"])
    steps = answer(shipped, f"potential?book={other['book']}")["waterfall"]
    figure = figure_of(page, "reason by reason")
    figure.get_by_role("button", name="Table").click()
    last = figure.locator("tbody tr").last.locator("button.num").first
    assert shown(last.inner_text()).holds(steps[-1]["value_usd_current"])


def test_reasons_follow_the_sector(visit: Callable[..., Page], shipped: Served) -> None:
    page = visit("/trade?way=b_to_a")
    rows = [s for s in answer(shipped, "potential")["sectors"] if s["direction"] == "b_to_a"]
    chosen = max(rows, key=lambda s: s["actual_usd_current"])
    page.get_by_label("Reasons of").select_option(chosen["sector_id"])
    expect(page).to_have_url(re.compile(f"sector={chosen['sector_id']}"))
    figure = figure_of(page, f"{chosen['name']['en']}, Iran to Kazakhstan")
    figure.get_by_role("button", name="Table").click()
    cells = figure.locator("tbody tr")
    for row, step in zip(cells.all(), chosen["waterfall"], strict=True):
        assert shown(row.locator("button.num").first.inner_text()).holds(step["value_usd_current"])
    # Its numbers say where they come from, those of the sector.
    cells.nth(2).locator("button.num").first.click()
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("One reason after the other of this sector and direction")


def test_products_stand_beside_sectors(visit: Callable[..., Page], shipped: Served) -> None:
    page = visit("/trade")
    goods = answer(shipped, "potential")["goods"]
    page.get_by_label("By product").check()
    expect(page).to_have_url(re.compile("by=goods"))
    figure = figure_of(page, "Products by HS chapters")
    expect(figure).to_contain_text("The world's trade by product is not in the study")
    rows = list(
        csv.DictReader(io.StringIO(saved(page, figure, "CSV").read_text(encoding="utf-8-sig")))
    )
    for name in ("actual_usd_current", "potential_usd_current", "gap_usd_current"):
        assert [float(row[name]) for row in rows] == [one[name] for one in goods]
    assert {row["direction"] for row in rows} == {"a_to_b", "b_to_a"}
    assert all(row["sources"] and row["status"] for row in rows)
    assert saved(page, figure, "XLSX").read_bytes().startswith(b"PK")


def test_who_cannot_be_asked_is_said_at_the_field(
    visit: Callable[..., Page], shipped: Served
) -> None:
    info = httpx.get(f"{shipped.address}/api/v1/study", timeout=60).json()
    page = visit("/trade")
    asked = page.get_by_label("Other side").locator("option")
    assert asked.count() == sum(country["traded"] for country in info["countries"])
    without = next(c["country_id"] for c in info["countries"] if not c["traded"])
    page.goto(f"{shipped.address}/trade?pair=KAZ,{without}")
    field = page.get_by_label("Other side")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#trade-1-wrong")).to_contain_text("countries of table trade_flow")
    # The choice is there at once.
    field.select_option("CHN")
    expect(page).to_have_url(re.compile("pair=KAZ,CHN"))
    expect(field).to_have_attribute("aria-invalid", "false")
    # A browser notes a refused request by itself.
    shipped.faults[:] = [fault for fault in shipped.faults if "422" not in fault]


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("size", list(SIZES))
def test_the_page_is_accessible_whole_and_silent(
    size: str, language: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"/trade?lv={MOVED}&lang={language}")
    page.set_viewport_size(SIZES[size])
    page.get_by_test_id("lever-answer").locator("figure").nth(2).wait_for()
    assert page.evaluate(pages._SIDEWAYS) == []
    assert page.evaluate(pages._TARGETS) == []
    page.evaluate(pages.AXE.read_text(encoding="utf-8"))
    assert page.evaluate(pages._AXE, pages.RULES) == []
    if language == "en":
        pages.check_focus(page)
    if size == "wide":
        pages.check_print(page, open_study(SHIPPED).title)
    elif language == "en":
        pages.check_small(page)
