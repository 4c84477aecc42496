"""A click on a number names its table, row and column, and shows the value that stands there.

Of every page up to 20 numbers are drawn. Of each, the text on the page, the value of the panel and
the line of arithmetic that it prints must be the number that is read here from the tables of the
study, the run or the answer itself; and where a cell behind it was observed, its source is linked.
"""

from __future__ import annotations

import base64
import json
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from opencorridor.study import Study, open_study
from tests.e2e.workbench.conftest import SHIPPED, Served, watch
from tests.e2e.workbench.numbers import Cells, arithmetic, shown

pytestmark = pytest.mark.browser

MOST = 20


def spec(measures: list[str], closed: list[str]) -> str:
    """Return a scenario as the address of a page holds it."""
    text = json.dumps([[[m, None, "mode"] for m in measures], [], closed, None])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


TABS = "/map?from=zone:A1&to=zone:C1&tab="
CHANGED = spec(["DUTY_HALF"], ["BC_ROAD"])
OTHER = spec(["DUTY_FREE"], [])
# Page, and an element that stands there once its numbers do.
PAGES = {
    "overview": ("/", "a.picture svg"),
    "crossing": ("/map?sel=x:BC_ROAD", "aside.panel button.num"),
    "link": ("/map?sel=l:{link}", "aside.panel button.num"),
    "closed": (
        f"/map?sel=x:BC_ROAD&a={CHANGED}",
        "body:has([data-testid=effect] button.num) [data-testid=closure-effect] button.num",
    ),
    "routes": ("/map?from=zone:A1&to=zone:C1", "#tab-panel button.num"),
    "hours": ("/map?from=zone:A1&to=zone:C1&tab=time", "#tab-panel figure"),
    "dollars": ("/map?from=zone:A1&to=zone:C1&tab=cost", "#tab-panel figure"),
    "front": ("/map?from=zone:A1&to=zone:C1&tab=front", "[data-testid=front] figure"),
    "corridors": ("/map?from=zone:A1&to=zone:C1&tab=corridors", "#tab-panel button.num"),
    "quotation": ("/map?from=zone:A1&to=zone:C1&tab=quote", "[data-testid=quotation] button.num"),
    "trade": ("/trade", "[data-testid=books] figure"),
    "flows": ("/freight?view=flows", ".flows figure"),
    "whose": (f"/freight?view=flows&place=BC_RAIL&a={CHANGED}&goods=pair", ".flows figure"),
    "places": ("/freight?view=places", "[data-testid=places] figure"),
    "fleets": ("/freight?view=fleets", "[data-testid=fleets] figure"),
    "closure": ("/freight?view=closures&weeks=4&place=BC_ROAD", "[data-testid=closure] figure"),
    "halved": (
        "/freight?view=closures&cut=half&trade=fixed&place=PORT_A",
        "[data-testid=closure] figure",
    ),
    "measures": ("/scenario", "[data-measure] button.num"),
    "baseline": (f"/scenario?a={CHANGED}", ".compare button.num"),
    "two": (f"/scenario?a={CHANGED}&b={OTHER}", ".compare button.num"),
    "roadmap": ("/roadmap", "#page button.num"),
    "plan": ("/roadmap?job={job}", "#page button.num"),
    "promises": ("/promises", "#page button.num"),
    "data": ("/data?table=border_dwell", "#page button.num"),
    "results": ("/data?show=results&table=measures", "#page button.num"),
}
OF_SHIPPED = {
    "overview": PAGES["overview"],
    "routes": ("/map?from=Almaty&to=Bandar Abbas", "#tab-panel button.num"),
    "trade": PAGES["trade"],
    "levers": ("/trade?lv=border_hours:10", "[data-testid=lever-answer] figure"),
    "measures": PAGES["measures"],
    "roadmap": PAGES["roadmap"],
    "promises": PAGES["promises"],
    "data": PAGES["data"],
    "results": ("/data?show=results&table=bottleneck", "#page button.num"),
}


def named_row(found: dict[str, Any], row: dict[str, Any]) -> bool:
    """Say whether what a panel calls its row are cells of that row."""
    cells = {str(int(c)) if isinstance(c, float) and c.is_integer() else str(c)
             for c in row.values()}  # fmt: skip
    label = re.sub(r" and \d+ more$", "", found["row_label"])
    parts = [part for part in label.replace(" – ", ", ").split(", ") if part]
    whole = any(label.lower() == cell.lower() for cell in cells)
    return whole or all(any(part in cell for cell in cells) for part in parts)


@dataclass(frozen=True)
class Told:
    """What an open panel says."""

    value: str
    shown: str
    formula: str
    cell: str
    links: list[str]
    assumptions: str
    unpublished: bool


_TELL = """(panel) => {
  const part = (name) => panel.querySelector(`[data-testid=provenance-${name}]`);
  const text = (name) => part(name)?.innerText ?? "";
  return {
    value: part("value").dataset.value, shown: text("value"), formula: text("formula"),
    cell: text("cell"), assumptions: text("assumptions").trim(),
    unpublished: part("unpublished") !== null,
    links: [...panel.querySelectorAll("a[target=_blank]")].map((a) => a.getAttribute("href")),
  };
}"""


def check_place(told: Told, found: dict[str, Any], row: dict[str, Any]) -> None:
    """The panel names table, row and column, and they are those of the number."""
    assert told.cell.startswith(found["table"])
    assert told.cell.endswith(found["column"])
    if found["row"] is not None:
        assert found["row_label"]
        assert found["row_label"] in told.cell
        assert named_row(found, row), (found["row_label"], row)


def check_inputs(told: Told, found: dict[str, Any], study: Study) -> None:
    """Inputs are cells of the study; one that was observed is linked to its source."""
    source = study["source"]
    urls = dict(zip(source["source_id"].tolist(), source["url"].tolist(), strict=True))
    seen = set()
    for item in found["inputs"]:
        if item["table"] != "study.toml":
            table = study[item["table"]]
            assert float(table[item["column"]][item["row"]]) == item["value"], item
            if "status" in table.columns and table["status"][item["row"]] == "observed":
                ids = str(table["source"][item["row"]]).split(";")
                seen |= {urls.get(i.strip(), "").split(" ; ")[0] for i in ids}
    wanted = {url for url in seen if url.startswith("http")}
    assert not wanted or wanted & set(told.links), (wanted, told)
    # Where nothing can be opened, the panel says so; what is assumed, it says on what ground.
    assert told.unpublished == (not told.links)
    if any(item["status"] == "assumed" for item in found["inputs"]):
        assert told.assumptions


def kept_to_four(source: dict[str, Any]) -> bool:
    """Say whether a number is kept to four places: those of routes and corridors are."""
    return not {"route", "front", "corridor", "fact", "zones"}.isdisjoint(source)


def check_number(page: Page, text: str, source: dict[str, Any], cells: Cells) -> None:
    """Compare page, panel and printed line with the number itself."""
    told = Told(**page.locator("aside.panel [data-testid=provenance]").evaluate(_TELL))
    value, row = cells.read(source)
    # Small estimates are shown with two digits that count, units a year with three.
    small = ("trade" in source and "illion" not in text) or "fleet" in source
    rounded = small or str(source.get("summary", "")).startswith("backward.")
    on_page = shown(text, rounded)
    # What congestion takes or adds stands in the words beside the number.
    told_size = source.get("scenario", {}).get("key") == "taken_back"
    size = abs if told_size else float
    assert on_page.holds(size(value)), (text, value, source)
    assert float(told.value) == pytest.approx(value, rel=1e-12)
    assert shown(told.shown).holds(value), (told, value)
    line = arithmetic(told.formula)
    if line:
        # Ten digits of each number are printed; numbers of a route are kept to four places.
        kept = 3e-9 * line.largest + (1e-4 if kept_to_four(source) else 1e-9)
        assert abs(line.gives - value) <= kept, (told, value)
        assert abs(line.says - value) <= kept, (told, value)
        assert on_page.holds(size(line.gives), kept)
    found = answer(cells, source)
    check_place(told, found, row)
    check_inputs(told, found, cells.study)


def answer(cells: Cells, source: dict[str, Any]) -> Any:
    """Return what the server says of a number, as the panel was told."""
    if "front" in source:
        source = cells.route_of_point(source["front"])
    for name in ("scenario", "route", "corridor", "trade"):
        if name in source:
            return cells.get(f"/provenance/{name}", source[name])
    for name, path in (
        ("fact", "route-fact"),
        *((n, n) for n in ("rows", "layer", "links", "zones", "flows", "closure")),
        *((n, n) for n in ("places", "fleet")),
    ):
        if name in source:
            return cells.get(f"/provenance/{path}", source[name])
    if "commitments" in source:
        return cells.get(f"/provenance/commitments?{httpx.QueryParams(source['commitments'])}")
    return cells.get(f"/provenance?{httpx.QueryParams(source)}")


def leave_panel(page: Page, kept: bool) -> None:
    """Return to what the panel showed before, or close it."""
    if kept:
        page.locator("aside.panel header button").first.click()
    else:
        page.keyboard.press("Escape")
    page.locator("aside.panel [data-testid=provenance]").wait_for(state="detached")


def check_page(page: Page, name: str, ready: str, cells: Cells) -> None:
    """Draw numbers of a page and check each."""
    # What is folded shows once it is opened.
    page.locator(ready).first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    if ready.endswith(" figure") and page.locator("#tab-panel").count():
        # Below a chart its numbers stand in its table.
        page.locator("#tab-panel figure .tools button[aria-pressed]").click()
        ready = "#tab-panel button.num"
        page.locator(ready).first.wait_for()
    page.locator("#page details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    kept = page.locator("aside.panel").count() > 0
    # Beside the long list of measures, the few numbers of a comparison would hardly be drawn.
    part = re.match(r"\.compare|#tab-panel", ready)
    within = "aside.panel" if kept else part[0] if part else "#page"
    buttons = page.locator(f"{within} button.num:visible")
    # Looked for once: the panel itself holds further numbers.
    count = buttons.count()
    assert count, "the page has no number that can be asked about"
    drawn = sorted(random.Random(name).sample(range(count), min(MOST, count)))
    for asked, place in enumerate(drawn):
        # A card that comes back asks again for what takes its time.
        expect(buttons).to_have_count(count)
        button = buttons.nth(place)
        source = json.loads(button.get_attribute("data-source") or "null")
        text = button.inner_text()
        # The first is clicked as a hand does it; the others without waiting for the map's frames.
        button.dispatch_event("click") if asked else button.click()
        check_number(page, text, source, cells)
        leave_panel(page, kept)


# --- the teaching study -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cells(finished: Served) -> Iterator[Cells]:
    with httpx.Client(timeout=60) as client:
        yield Cells(f"{finished.address}/api/v1", open_study("teaching"), client)


@pytest.fixture(scope="module")
def names(cells: Cells) -> dict[str, str]:
    """Return ids that the addresses of pages name: a link with goods, and a search for a plan."""
    latest = httpx.get(f"{cells.api}/results/latest").json()["result"]["result_id"]
    load = cells.get(f"/results/{latest}/tables/load?limit=1")
    link = dict(zip(load["columns"], load["rows"][0], strict=True))["link_id"]
    params = {"kind": "roadmap", "target_usd": 1.4e9, "year": None, "budget_usd": None}
    job = httpx.post(f"{cells.api}/jobs", json={"params": params}).json()
    end = time.monotonic() + 60
    while job["state"] != "done":
        assert job["state"] in ("queued", "running"), job
        assert time.monotonic() < end, job
        time.sleep(0.1)
        job = httpx.get(f"{cells.api}/jobs/{job['job_id']}").json()
    return {"link": link, "job": job["job_id"]}


@pytest.mark.parametrize("name", PAGES)
def test_numbers_open_the_cell_they_come_from(
    name: str, visit: Callable[..., Page], cells: Cells, names: dict[str, str]
) -> None:
    path, ready = PAGES[name]
    check_page(visit(path.format(**names)), name, ready, cells)


# Digits of headings and of the sentences below them that no button holds: a letter before or after
# makes them part of a name, a month a date.
_LOOSE = """(places) => places.flatMap((place) => {
  const walk = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) {
    const inside = walk.currentNode.parentElement;
    if (inside.closest("button.num, .only-heard, [data-name]")) continue;
    const text = walk.currentNode.textContent
      .replace(/\\b[A-Z][a-z]{2} \\d{4}\\b|\\b(Route|Corridor)\\s\\d+/g, "");
    found.push(...(text.match(/(?<![\\p{L}\\d])\\d+(?![\\p{L}\\d])/gu) ?? []));
  }
  return found.map((digits) => `${digits} in ${place.innerText.slice(0, 80)}`);
})"""


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("/", ".answer h1, .answer .verdict, figure h2"),
        ("/roadmap", ".verdict h2, .verdict p:not(.note), .verdict h3, figure h2"),
        ("/promises?status=done", "figure h2"),
        (f"{TABS}legs", "#tab-panel [data-testid=legs] h3"),
        (f"{TABS}time", "#tab-panel h3"),
        (f"{TABS}cost", "#tab-panel h3"),
        (f"{TABS}corridors", "#tab-panel h3"),
    ],
)
def test_no_number_of_a_heading_is_without_a_source(
    path: str, places: str, visit: Callable[..., Page]
) -> None:
    page = visit(path)
    page.locator("figure :is(h2, h3) button.num").first.wait_for()
    page.wait_for_load_state("networkidle")
    said = page.locator(places)
    assert said.count() > 0
    assert said.evaluate_all(_LOOSE) == []


# --- the shipped study --------------------------------------------------------------------------


@pytest.mark.parametrize("name", OF_SHIPPED)
def test_numbers_of_the_shipped_study(name: str, shipped: Served, browser: Any) -> None:
    path, ready = OF_SHIPPED[name]
    shipped.faults.clear()
    page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    # The first question of a server loads the engines of the whole world.
    page.set_default_timeout(90_000)
    watch(page, shipped)
    page.goto(shipped.address + path)
    with httpx.Client(timeout=60) as client:
        check_page(
            page, name, ready, Cells(f"{shipped.address}/api/v1", open_study(SHIPPED), client)
        )
    page.close()
    assert shipped.faults == []
