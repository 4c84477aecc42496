"""The data page: problems lead to their cell, an own CSV is checked, the study is handed out."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from opencorridor.study import open_study
from tests.e2e.workbench.conftest import Served, start, stop, watch

pytestmark = pytest.mark.browser


def text_file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Served]:
    """Serve a copy of the teaching study in which one mean lies above its band."""
    folder = open_study("teaching").folder
    assert folder is not None
    copy = tmp_path / "broken"
    shutil.copytree(folder, copy)
    path = next(copy.rglob("border_dwell.csv"))
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    rows[2][header.index("mean_h")] = "9999"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    server = start(tmp_path, "--study", str(copy))
    yield server
    stop(server)


def test_a_clean_study_says_what_was_checked(visit: Callable[..., Page]) -> None:
    page = visit("/data")
    page.get_by_role("button", name="Problems", exact=True).click()
    study = open_study("teaching")
    rows = sum(table.n for table in study.tables.values())
    expect(page.locator(".empty")).to_contain_text("No problems found")
    expect(page.locator(".empty")).to_contain_text(f"over {rows} rows")


def test_a_problem_leads_to_its_cell(broken: Served, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    watch(page, broken)
    page.goto(f"{broken.address}/data?show=problems")
    row = page.get_by_role("row").filter(has_text="9999").first
    # The first check of a study that no server has seen takes some seconds.
    expect(row).to_contain_text("error", timeout=60_000)
    row.get_by_role("button", name="border_dwell · row 4").click()
    cell = page.locator("td.pointed")
    expect(cell).to_have_text("9,999")
    expect(cell).to_be_in_viewport()
    assert "row=2" in page.url
    # The frame around the page has not moved with it.
    assert page.evaluate("() => document.scrollingElement.scrollTop") == 0
    assert broken.faults == []
    page.close()


def test_a_csv_of_ones_own_is_checked_and_drawn(visit: Callable[..., Page]) -> None:
    page = visit("/data")
    field = page.locator(".overlay input[type=file]")
    field.set_input_files(text_file("own.csv", "name,lat,lon\nOne,abc,50\nTwo,95,50\n"))
    told = page.get_by_role("alert").filter(has_text="own.csv")
    expect(told).to_contain_text("Line 2, lat: “abc” is no number.")
    expect(told).to_contain_text("Line 3, lat: 95 lies outside the globe.")
    field.set_input_files(text_file("own.csv", "name,lat,lon\nOne,40,50\nTwo,42,52\n"))
    expect(told).to_have_count(0)
    expect(page.locator(".overlay")).to_contain_text("2 items on the map")
    page.get_by_role("link", name="Open the map").click()
    expect(page.locator(".overlay")).to_contain_text("own.csv: 2 items on the map")


def test_the_study_is_handed_out_whole(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit("/data")
    with page.expect_download() as caught:
        page.get_by_role("link", name="Download study").click()
    path = tmp_path / "study.zip"
    caught.value.save_as(path)
    shutil.unpack_archive(path, tmp_path / "study")
    settings = next((tmp_path / "study").rglob("study.toml"))
    assert open_study(settings.parent).hash == open_study("teaching").hash


def test_the_head_of_a_table_can_stand_on_each_printed_page(visit: Callable[..., Page]) -> None:
    """A browser draws it overleaf only where no box around it is a grid, and it holds no button."""
    page = visit("/data?table=border_dwell")
    page.locator("#page table tbody tr").first.wait_for()
    page.emulate_media(media="print")
    boxes = page.locator("#page table").evaluate(
        """(table) => {
          const show = (e) => getComputedStyle(e).display;
          const around = [];
          let box = table.parentElement;
          for (; box.id !== "page"; box = box.parentElement) around.push(show(box));
          const heads = [...table.querySelectorAll("th button")].map(show);
          return { around, head: show(table.tHead), heads };
        }"""
    )
    page.emulate_media(media="screen")
    assert set(boxes["around"]) == {"block"}
    assert boxes["head"] == "table-header-group"
    assert boxes["heads"]
    assert set(boxes["heads"]) == {"contents"}
