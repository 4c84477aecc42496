"""The views of places and fleets beyond their first sight: tables below figures, a fleet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from opencorridor.study.write import write_study
from tests.e2e.workbench.conftest import SIZES, Served, start, stop, watch
from tests.e2e.workbench.numbers import Cells
from tests.e2e.workbench.test_loose_numbers import loose
from tests.e2e.workbench.test_provenance import check_page
from tests.scenario.test_fleets import with_fleet

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def test_every_quantity_of_the_tables_of_places_opens_its_source(
    visit: Callable[..., Page],
) -> None:
    page = visit("/freight?view=places")
    page.locator("[data-testid=places] .rows li").first.wait_for()
    for button in page.locator("figure .tools button[aria-pressed]").all():
        button.click()
    page.locator("td[data-column=open_days] button.num").first.wait_for()
    assert loose(page) == []


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a server of a study whose fleet is too small for its goods."""
    home = tmp_path_factory.mktemp("fleet")
    server = start(home, "--study", str(write_study(with_fleet(count=20.0), home / "study")))
    yield server
    stop(server)


@pytest.mark.parametrize("query", ["", "&add=WAGONS:20"])
def test_numbers_of_a_fleet_open_their_source(fleet: Served, browser: Browser, query: str) -> None:
    fleet.faults.clear()
    page = browser.new_page(viewport=SIZES["wide"], reduced_motion="reduce")
    page.set_default_timeout(60_000)
    watch(page, fleet)
    page.goto(f"{fleet.address}/freight?view=fleets{query}")
    ready = "[data-testid=fleets] figure td button.num"
    page.locator(ready).first.wait_for()
    if query:
        expect(page.get_by_test_id("fleets-effect")).to_contain_text("Goods in fleets")
    assert loose(page) == []
    with httpx.Client(timeout=60) as client:
        study = with_fleet(count=20.0)
        check_page(page, f"fleets{query}", ready, Cells(f"{fleet.address}/api/v1", study, client))
    page.close()
    assert fleet.faults == []
