"""Changes of one's own: effect and year, tariff and rate, link, terminal, a new link, settings."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

NEW_FROM, NEW_TO = "42,-40", "38,-40"


def add(page: Page, kind: str) -> None:
    page.get_by_test_id("add-change").select_option(kind)


def test_effect_is_a_slider_and_a_number(visit: Callable[..., Page]) -> None:
    page = visit("/scenario")
    page.get_by_role("checkbox", name=re.compile("BEACON_YARD")).check()
    number = page.locator("#effect-BEACON_YARD")
    slider = page.get_by_role("slider", name="Effect BEACON_YARD")
    expect(number).to_have_value("1.8")
    slider.focus()
    page.keyboard.press("End")
    expect(number).to_have_value("2")
    page.get_by_role("button", name="Undo: measure").first.click()
    expect(number).to_have_value("1.8")
    number.fill("۱٫۷")
    expect(slider).to_have_value("-10")
    number.fill("9")
    expect(page.locator("#effect-BEACON_YARD-note")).to_have_class(re.compile("problem"))
    expect(slider).to_have_value("-10")


def test_a_year_says_whose_economy_it_is(visit: Callable[..., Page]) -> None:
    page = visit("/scenario")
    expect(page.get_by_text("measures act at once")).to_be_visible()
    page.get_by_label("Economy").select_option(index=3)
    expect(page.get_by_text(re.compile(r"economy of \d{4}: growth"))).to_be_visible()
    page.get_by_role("button", name="Undo: year").first.click()
    expect(page.get_by_text("measures act at once")).to_be_visible()


def test_tariffs_and_rates_become_changes(visit: Callable[..., Page]) -> None:
    page = visit("/scenario")
    add(page, "tariff")
    page.get_by_label("Sector").select_option("AGR")
    duty = page.get_by_role("textbox", name="Customs duty")
    expect(duty).to_have_value("15")
    duty.fill("2,5")
    expect(page.get_by_text("The study has 15 %.")).to_be_visible()
    said = re.compile("Customs duty, Alphaland to Charlieland, .*: 2.5 %")
    expect(page.get_by_text(said).first).to_be_visible()
    add(page, "rate")
    page.get_by_role("textbox", name="containers").first.fill("0.9")
    expect(page.get_by_text("Scenario A: 2 changes").first).to_be_visible()
    for button in page.get_by_role("button", name=re.compile("^Reset")).all()[:1]:
        button.click()
    expect(page.get_by_text("Scenario A: 1 change").first).to_be_visible()


def test_link_and_terminal_can_be_changed(visit: Callable[..., Page]) -> None:
    page = visit("/map?sel=l:L09")
    page.get_by_text("Change it").click()
    speed = page.get_by_role("textbox", name="Speed")
    before = speed.input_value()
    speed.fill("90")
    expect(page.get_by_text(f"The study has {before} km/h.")).to_be_visible()
    slider = page.get_by_role("slider", name="Speed")
    slider.fill(before)
    expect(page.get_by_text(f"The study has {before} km/h.")).to_be_hidden()
    page.goto(page.url.split("/map")[0] + "/map?sel=t:GAUGE_BEACON")
    page.get_by_text("Change it").click()
    expect(page.get_by_role("textbox", name=re.compile("^Hours, ")).first).to_be_visible()
    expect(page.get_by_role("textbox", name=re.compile("^Fee, ")).first).to_be_visible()


def test_a_new_link_is_added_run_and_taken_out(visit: Callable[..., Page]) -> None:
    page = visit("/scenario")
    add(page, "link")
    button = page.get_by_role("button", name="Add link")
    expect(button).to_be_disabled()
    for end, place in (("from", NEW_FROM), ("to", NEW_TO)):
        page.get_by_role("combobox", name=f"New link {end}").fill(place)
        page.keyboard.press("Tab")
    expect(page.get_by_text("On the network: Alpha City").first).to_be_visible()
    expect(page.get_by_text("Assumed: great circle × 1.25")).to_be_visible()
    page.get_by_role("textbox", name="Length").fill("150")
    page.get_by_role("textbox", name="Speed").fill("90")
    button.click()
    expect(page.get_by_text("New link (rail): Alpha City – Alba Gate, 150 km")).to_be_visible()
    expect(page.get_by_text("A new link needs a run").first).to_be_visible()
    page.get_by_role("button", name="Run scenario").click()
    expect(page.get_by_text("Run with new ways searched.")).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="Take the link out").click()
    expect(page.get_by_text("New link (rail)")).to_be_hidden()


def test_what_the_study_refuses_stands_at_the_field(visit: Callable[..., Page]) -> None:
    page = visit("/scenario")
    add(page, "link")
    for end in ("from", "to"):
        page.get_by_role("combobox", name=f"New link {end}").fill(NEW_FROM)
        page.keyboard.press("Tab")
    page.get_by_role("textbox", name="Length").fill("10")
    page.get_by_role("button", name="Add link").click()
    expect(page.locator("#link-to-note")).to_contain_text("both ends are the same node")


def test_single_keys_can_be_switched_off(visit: Callable[..., Page]) -> None:
    page = visit("/scenario")
    page.get_by_role("button", name="Settings").click()
    box = page.get_by_role("checkbox", name="Single-key shortcuts")
    expect(box).to_be_checked()
    box.uncheck()
    page.keyboard.press("Escape")
    page.reload()
    measure = page.get_by_role("checkbox", name=re.compile("BEACON_YARD"))
    measure.check()
    expect(page.get_by_role("button", name="Run scenario")).to_be_enabled()
    measure.press("r")
    expect(page.get_by_role("button", name="Run scenario")).to_be_enabled()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("checkbox", name="Single-key shortcuts")).not_to_be_checked()
