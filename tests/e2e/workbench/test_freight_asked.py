"""Flows of chosen goods and of two scenarios, cuts, and how freight waits, fails and goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect

from opencorridor.study import open_study
from opencorridor.study.write import write_study
from tests.e2e.workbench.conftest import SIZES, Served, start, stop, watch
from tests.e2e.workbench.numbers import shown
from tests.e2e.workbench.test_loose_numbers import loose
from tests.e2e.workbench.test_provenance import spec
from tests.scenario.worlds import changed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

SHUT = {"closed": ["BC_ROAD"]}
VIEWS = {
    "flows": "freight/flows", "places": "freight/places",
    "closures": "freight/closures?*", "fleets": "freight/fleets",
}  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_tells_its_wait_and_its_error_alike(
    view: str, visit: Callable[..., Page], served: Served
) -> None:
    """A slow answer says what is worked out; a failed one says why, and is asked again."""
    page = visit("/promises")
    fail = json.dumps({"title": "Not now", "status": 503, "detail": "the model is away"})
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    path = f"**/api/v1/{VIEWS[view]}"
    page.route(path, hold)
    page.goto(f"{served.address}/freight?view={view}")
    expect(page.get_by_test_id("waiting")).to_be_visible()
    expect(page.get_by_test_id("waiting").get_by_role("status")).not_to_be_empty()
    held[0].fulfill(status=503, content_type="application/problem+json", body=fail)
    expect(page.get_by_role("alert").first).to_contain_text("The model is away")
    expect(page.get_by_test_id("waiting")).to_have_count(0)
    page.unroute(path)
    page.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#freight-view :is(figure, .ask, .card)").first).to_be_visible()
    # The browser itself reports the answer that failed.
    served.faults[:] = [fault for fault in served.faults if "503" not in fault]


def test_tonnes_of_two_states_stand_side_by_side(
    visit: Callable[..., Page], finished: Served
) -> None:
    def places(**more: Any) -> dict[str, float]:
        answer = httpx.post(
            f"{finished.address}/api/v1/freight/flows", json={"scenario": SHUT, **more}, timeout=120
        )
        rows = answer.json()["places"]
        return {f"{r['place_id']}>{r['place_kind']}": r["t_per_year"] for r in rows}

    before, after = places(before=True), places()
    page = visit(f"/freight?view=flows&a={spec([], SHUT['closed'])}")
    figure = page.locator("figure", has_text="The largest change").first
    expect(figure).to_be_visible(timeout=60_000)
    lines = figure.locator("tbody tr")
    changes = {
        key: after.get(key, 0.0) - before.get(key, 0.0)
        for key in {*before, *after}
        if abs(after.get(key, 0.0) - before.get(key, 0.0)) >= 100.0
    }
    assert changes["BC_ROAD>border_crossing"] == -before["BC_ROAD>border_crossing"] < 0
    wanted = sorted(changes.values(), key=abs, reverse=True)
    for line, change in zip(lines.all(), wanted, strict=False):
        text = line.locator("[data-column=difference]").inner_text()
        assert shown(text).holds(change), (text, change)
    assert loose(page) == []
    # What is taken off is named where the difference comes from; so is a place without goods.
    shut = lines.filter(has=page.locator("[data-column=b]", has_text="0 t")).first
    shut.locator("[data-column=difference] button.num").click()
    panel = page.locator("aside.panel [data-testid=provenance]")
    expect(panel).to_contain_text("With: BC_ROAD closed; less all goods. Before: BC_ROAD closed")
    shut.locator("[data-column=b] button.num").click()
    expect(panel).not_to_contain_text("less all goods")


def test_without_a_scenario_a_hint_stands_in_place_of_the_change(
    visit: Callable[..., Page],
) -> None:
    page = visit("/freight?view=flows")
    expect(page.get_by_text("Choose a scenario above")).to_be_visible(timeout=60_000)
    expect(page.locator("figure", has_text="The largest change")).to_have_count(0)


def test_chosen_goods_flow_on_the_map(visit: Callable[..., Page]) -> None:
    page = visit("/map")
    legend = page.locator("details.legend")
    expect(legend.get_by_text("Flows of the last run")).to_be_visible()
    widths = legend.get_by_role("list", name="Line widths in tonnes a year")
    all_goods = widths.inner_text()
    legend.get_by_text("Choose goods").click()
    with page.expect_request("**/freight/flows/map") as asked:
        legend.get_by_label("Goods", exact=True).select_option("a_to_b")
    assert json.loads(asked.value.post_data or "{}")["goods"] == "a_to_b"
    assert "goods=a_to_b" in page.url
    expect(legend.get_by_text("Flows, chosen goods")).to_be_visible()
    expect(legend.get_by_text("Flows of the baseline.")).to_be_visible()
    # The widest line stands for the largest of these goods, not of all.
    expect(widths).not_to_have_text(all_goods, use_inner_text=True)
    assert loose(page) == []
    with page.expect_request("**/freight/flows/map") as asked:
        legend.get_by_label("Mode on the way").select_option("rail")
    assert json.loads(asked.value.post_data or "{}")["mode"] == "rail"
    legend.get_by_role("button", name="all goods").click()
    assert "goods=" not in page.url
    expect(widths).to_have_text(all_goods, use_inner_text=True)


@pytest.mark.parametrize("path", ["/freight?view=flows", f"/scenario?a={spec([], ['BC_ROAD'])}"])
def test_a_map_that_no_page_commands_is_drawn_and_moves(
    path: str, visit: Callable[..., Page]
) -> None:
    page = visit(path)
    page.locator("canvas.maplibregl-canvas").wait_for(timeout=60_000)
    page.get_by_role("button", name="Zoom in").click()
    expect(page).to_have_url(re.compile(r"[?&]at="), timeout=20_000)
    with page.expect_download() as got:
        page.get_by_role("button", name="Download map as PNG").click()
    assert got.value.suggested_filename.endswith(".png")


def test_the_map_follows_the_scenario_once_it_is_solved(visit: Callable[..., Page]) -> None:
    page = visit("/map?sel=x:BC_ROAD")
    legend = page.locator("details.legend")
    expect(legend.get_by_text("Flows of the last run")).to_be_visible()
    page.get_by_test_id("close-place").click()
    expect(page.get_by_test_id("effect").locator("dl")).to_be_visible(timeout=60_000)
    expect(legend.get_by_text("Flows with the scenario.")).to_be_visible()


def test_a_list_that_is_being_computed_is_followed_after_a_reload(
    visit: Callable[..., Page],
) -> None:
    page = visit("/promises")
    job = {
        "job_id": "job1", "kind": "closures", "state": "running", "step": "closures",
        "params": {"kind": "closures", "halve": True, "fixed_trade": True,
                   "place_kind": "terminal"},
        "done": 3, "total": 9, "elapsed_s": 4.0, "remaining_s": 8.0, "queue_position": None,
        "created_at": "2026-01-01T00:00:00+00:00", "finished_at": None, "result_id": None,
        "problem": None,
    }  # fmt: skip
    page.route("**/api/v1/jobs", lambda route: route.fulfill(json={"jobs": [job]}))
    page.route("**/api/v1/jobs/job1", lambda route: route.fulfill(json=job))
    said = f"event: job\ndata: {json.dumps(job)}\n\n"
    events = {"content_type": "text/event-stream", "body": said}
    page.route("**/api/v1/jobs/job1/events", lambda route: route.fulfill(**events))
    visit("/freight?view=closures&cut=half&trade=fixed&of=terminal")
    expect(page.get_by_text("3 of 9")).to_be_visible()
    expect(page.get_by_text("about 0:08 more")).to_be_visible()
    expect(page.get_by_test_id("compute-closures")).to_have_count(0)
    # Another list is not the one that is being computed.
    page.get_by_label("trade stays as it is").uncheck()
    expect(page.get_by_test_id("compute-closures")).to_be_visible()
    expect(page.get_by_text("3 of 9")).to_have_count(0)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a server of a study whose land gates are too small for what cannot go by sea."""
    home: Path = tmp_path_factory.mktemp("narrow")
    study = open_study("teaching")
    for capacity, size in (("CAP01", 2e5), ("CAP03", 1e6)):
        study = changed(
            study, "capacity", [capacity], capacity_t_per_year=size, capacity_low_t_per_year=1e5
        )
    server = start(home, "--study", str(write_study(study, home / "study")))
    yield server
    stop(server)


def test_a_quick_result_names_the_cut_where_not_all_goods_can_move(
    narrow: Served, browser: Browser
) -> None:
    page = browser.new_page(viewport=SIZES["wide"], reduced_motion="reduce")
    page.set_default_timeout(60_000)
    watch(page, narrow)
    page.goto(f"{narrow.address}/scenario?a={spec([], ['PORT_C'])}")
    cuts = page.get_by_test_id("cuts")
    expect(cuts).to_be_visible(timeout=120_000)
    body = {"closed": ["PORT_C"]}
    found = httpx.post(f"{narrow.address}/api/v1/scenarios/solve", json=body, timeout=120).json()
    stranded = sum(p["stranded_t"] for p in found["places"])
    assert stranded > 0
    assert sum(cut["stranded_t"] for cut in found["cuts"]) == pytest.approx(stranded)
    lines = cuts.locator("li")
    expect(lines).to_have_count(len(found["cuts"]))
    for line, cut in zip(lines.all(), found["cuts"], strict=True):
        told = line.locator("button.num")
        texts = told.all_inner_texts()
        assert shown(texts[0]).holds(cut["bound_t"])
        assert shown(texts[1]).holds(cut["stranded_t"])
        assert cut["bound_t"] > cut["stranded_t"]
        told.nth(1).click()
        panel = page.locator("aside.panel [data-testid=provenance]")
        expect(panel).to_contain_text("Tonnes that no wait at the places lets through")
        expect(panel).to_contain_text("PORT_C closed")
    page.close()
    assert narrow.faults == []
