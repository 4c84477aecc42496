"""What each crossing is worth, in a real browser: the list, one place, and a click on the map."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.conftest import Served
from tests.e2e.workbench.numbers import shown
from tests.e2e.workbench.test_loose_numbers import loose

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LIST = "/freight?view=closures&weeks=4"
SOLVE_MS = 120_000


@pytest.fixture
def api(finished: Served) -> Callable[..., Any]:
    def get(path: str, **query: Any) -> Any:
        answer = httpx.get(f"{finished.address}/api/v1{path}", params=query, timeout=120)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


def numbers(page: Page, test_id: str = "closure-numbers") -> dict[str, str]:
    """Return the numbers of a closure on the page by the column that they name."""
    texts: dict[str, str] = (
        page.get_by_test_id(test_id)
        .locator("button.num")
        .evaluate_all(
            "all => Object.fromEntries(all.map((one) => "
            "[JSON.parse(one.dataset.source).closure.column, one.innerText]))"
        )
    )
    return texts


def listed(visit: Callable[..., Page]) -> Page:
    """Return the list, computed by a click where it is not there yet."""
    page = visit(LIST)
    table = page.locator("#freight-view figure table").first
    button = page.get_by_test_id("compute-closures")
    expect(button.or_(table)).to_be_visible()
    if button.count():
        button.click()
    expect(table).to_be_visible(timeout=SOLVE_MS)
    return page


def test_the_list_is_computed_by_a_click_and_ranked(
    visit: Callable[..., Page], api: Callable[..., Any]
) -> None:
    page = listed(visit)
    rows = [r for r in api("/freight/closures", weeks=4)["rows"] if r["solved"]]
    expect(page.locator("tbody tr")).to_have_count(len(rows))
    names = page.locator("tbody tr td:first-child").all_inner_texts()
    assert [n.strip() for n in names] == [r["name"] for r in rows]
    for at, row in enumerate(rows):
        line = page.locator("tbody tr").nth(at)
        for column in ("damage_usd", "rerouted_t", "extra_usd", "lost_usd"):
            text = line.locator(f"[data-column={column}]").inner_text()
            assert shown(text).holds(row[column]), (row["place_id"], column, text)
    assert loose(page) == []


def test_a_row_opens_its_place_and_weeks_scale_it(
    visit: Callable[..., Page], api: Callable[..., Any]
) -> None:
    page = listed(visit)
    page.locator("tbody tr button").first.click()
    expect(page.get_by_test_id("closure-numbers")).to_be_visible(timeout=SOLVE_MS)
    assert "place=BC_ROAD" in page.url
    four = numbers(page)
    found = api("/freight/closures/BC_ROAD", weeks=4)
    assert shown(four["damage_usd"]).holds(found["damage_usd"])
    page.get_by_label("For", exact=True).fill("8")
    expect(page.locator("h2", has_text="closed for 8 weeks")).to_be_visible()
    assert "weeks=8" in page.url
    expect(page.get_by_test_id("closure").locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    eight = numbers(page)
    assert shown(eight["damage_usd"]).holds(2 * found["damage_usd"])
    assert eight["passed_t"] == four["passed_t"]
    assert eight["bottleneck_wait_h"] == four["bottleneck_wait_h"]


def test_half_and_fixed_trade_stand_in_the_address(
    visit: Callable[..., Page], api: Callable[..., Any]
) -> None:
    page = visit("/freight?view=closures&place=AB_RAIL")
    expect(page.get_by_test_id("closure-numbers")).to_be_visible(timeout=SOLVE_MS)
    page.get_by_label("half gets through").check()
    page.get_by_label("trade stays as it is").check()
    expect(page.locator("h2", has_text="half gets through for 52 weeks")).to_be_visible()
    assert "cut=half" in page.url
    assert "trade=fixed" in page.url
    expect(page.get_by_text("The study knows no capacity of this place")).to_be_visible()
    found = api("/freight/closures/AB_RAIL", halve=True, fixed_trade=True)
    assert shown(numbers(page)["extra_usd"]).holds(found["extra_usd"])
    assert numbers(page)["lost_usd"] == "$0"


def test_one_click_on_the_map_closes_tells_the_effect_and_is_undone(
    visit: Callable[..., Page], api: Callable[..., Any]
) -> None:
    page = visit("/map?sel=x:BC_ROAD")
    page.get_by_test_id("close-place").click()
    panel = page.get_by_test_id("closure-effect")
    expect(panel.get_by_test_id("closure-numbers")).to_be_visible(timeout=SOLVE_MS)
    found = api("/freight/closures/BC_ROAD")
    mine = numbers(page)
    for column in ("rerouted_t", "extra_t_h", "extra_usd", "stranded_t", "lost_usd"):
        assert shown(mine[column]).holds(found[column]), (column, mine[column])
    # The page has words of its own for goods and directions; the place is the same.
    expect(panel.get_by_text(found["bottleneck"].partition(",")[0])).to_be_visible()
    page.get_by_test_id("close-place").click()
    expect(page.get_by_test_id("close-place")).to_have_text("Close it")
    expect(page.get_by_test_id("effect")).to_have_count(0)
