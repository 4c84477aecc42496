"""Every page in both sizes and both directions: accessible, whole, silent and on this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import ViewportSize, expect

from opencorridor.study import Study
from tests.e2e.workbench.conftest import ROOT, SIZES, Served, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The scenario with one measure, as an address holds it.
DUTY_FREE = "W1tbIkRVVFlfRlJFRSIsbnVsbCwibW9kZSJdXSxbXSxbXSxudWxsXQ"
# What a page shows once it has all its content.
PAGES = {
    "overview": ("/", "a.picture svg"),
    "map": ("/map?from=Alpha+City&to=Charlie+City", "article[data-route]"),
    "choices": ("/map?from=Alpha+City&to=Charlie+City&tab=front", "[data-testid=front] svg"),
    "schedule": (
        "/map?from=Alpha+City&to=Charlie+City&dep=2025-03-20T08:00%2B05:00&dg=3&truck=CCC",
        "#tab-panel tbody tr",
    ),
    "quotation": ("/map?from=Alpha+City&to=Charlie+City&tab=quote", "[data-testid=quotation] dl"),
    "corridors": (
        "/map?from=Alpha+City&to=Charlie+City&tab=corridors",
        "[data-testid=corridors] figure",
    ),
    "reach": ("/map?reach=zone:A1&rq=cost", "[data-testid=reach] tbody tr"),
    "trade": ("/trade", "[data-testid=books] figure"),
    "flows": ("/freight?view=flows", ".flows figure"),
    "places": ("/freight?view=places", "[data-testid=places] .rows li"),
    "fleets": ("/freight?view=fleets", "[data-testid=fleets] figure"),
    "closures": (
        "/freight?view=closures&weeks=4&place=BC_ROAD",
        "[data-testid=closure] tbody tr",
    ),
    "scenario": (f"/scenario?a={DUTY_FREE}", "input[type=checkbox]:checked"),
    "roadmap": ("/roadmap", "figure"),
    "promises": ("/promises", "tbody tr"),
    "data": ("/data?table=border_dwell", "tbody tr"),
    "problems": ("/data?show=problems", ".empty"),
    "sources": ("/data?show=sources", "tbody tr"),
}
SMALL: ViewportSize = {"width": 320, "height": 640}
# A4 less its margins, at 96 pixels an inch.
PAPER: ViewportSize = {"width": 673, "height": 1000}
# Enough for the bars, the page's head and what lies under the fold.
MOST_TABS = 60

# Size of the target of each control: its own box or that of the label around it. Links within a
# sentence and controls that are only heard are exempt, as WCAG 2.5.8 says.
_TARGETS = """() => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.only-heard');
  const sentence = (e) => e.matches('a') && getComputedStyle(e).display === 'inline' &&
    e.parentElement.textContent.trim() !== e.textContent.trim();
  return [...document.querySelectorAll('button, a[href], input, select, textarea, summary')]
    .filter((e) => seen(e) && !sentence(e) && !e.closest('.maplibregl-ctrl-attrib'))
    .map((e) => {
      const boxes = [e, e.closest('label')].filter(Boolean).map((b) => b.getBoundingClientRect());
      const name = `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`;
      const side = (of) => Math.max(...boxes.map((b) => b[of]));
      return { name, width: side('width'), height: side('height') };
    })
    .filter((t) => t.width > 0 && (t.width < 23.9 || t.height < 23.9));
}"""
_SIDEWAYS = """() => ['html', '#page', '#page > *'].flatMap((name) => {
  const e = document.querySelector(name);
  return e && e.scrollWidth > e.clientWidth + 1 ? [`${name}: ${e.scrollWidth}`] : [];
})"""
# What reaches over the edge of the paper, and what a frame hides that cannot be scrolled there.
_CUT = """() => [...document.querySelectorAll('.print-head, .print-head *, #page, #page *')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.only-heard'))
  .filter((e) => {
    const box = e.getBoundingClientRect();
    const look = getComputedStyle(e);
    const hides = look.overflow !== 'visible' && !e.matches('svg, img, input, select, option');
    const over = box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
    return (over && !e.closest('svg')) || (hides &&
      (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1));
  })
  .slice(0, 5)
  .map((e) => `${e.tagName} ${e.getAttribute('class')} ${e.textContent.trim().slice(0, 40)}`)"""
# Colours of a picture, so that an empty one is told from a map.
_COLOURS = """(picture) => picture.decode().then(() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 200, height: 120 });
  const pen = canvas.getContext('2d');
  pen.drawImage(picture, 0, 0, 200, 120);
  return new Set(new Uint32Array(pen.getImageData(0, 0, 200, 120).data.buffer)).size;
})"""
# The element with the focus, where something else lies over the middle of what shows of it. Above
# it may stand only what it holds, what holds it (a label), or nothing, as in a field within a map.
_COVERED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return 'end';
  if (e.closest('.only-heard') || e.matches('.only-heard, iframe, canvas')) return '';
  const box = e.getBoundingClientRect();
  const [first, last] = [Math.max(box.y, 0), Math.min(box.bottom, innerHeight)];
  const x = box.x + box.width / 2;
  const y = box.y < 0 ? (first + last) / 2 : box.y + Math.min(box.height / 2, 24);
  const top = document.elementFromPoint(x, y);
  const fine = top && (e.contains(top) || top.contains(e) || e.closest('label')?.contains(top));
  const name = `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`;
  return fine ? '' : `${name} at ${x},${y} lies under ${top?.tagName} ${top?.className}`;
}"""
_AXE = """(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } }).then((found) =>
  found.violations.map((v) => [v.id, v.nodes.slice(0, 4).map((n) => n.html.slice(0, 160) +
    ' ' + n.any.map((a) => a.message).join('; ').slice(0, 160))]))"""


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the text of the checker, from the front end's own packages."""
    assert AXE.exists(), "axe-core is not installed: npm ci in frontend"
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def window(browser: Browser, finished: Served) -> Iterator[Page]:
    """Return one page for all addresses and sizes: the second visit needs no download."""
    context = browser.new_context(viewport=SIZES["wide"], reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    watch(page, finished)
    yield page
    context.close()


def arrive(page: Page, served: Served, name: str, language: str = "en") -> None:
    """Open a page and wait until its content stands there."""
    path, shown = PAGES[name]
    page.goto(f"{served.address}{path}{'&' if '?' in path else '?'}lang={language}")
    page.locator(f"html[lang={language}]").wait_for()
    page.locator(f"#page {shown}").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => !document.querySelector('#page .skeleton')")


def check_small(page: Page) -> None:
    """A page flows into 320 pixels."""
    page.set_viewport_size(SMALL)
    assert page.evaluate(_SIDEWAYS) == []
    assert page.evaluate(_TARGETS) == []


def check_focus(page: Page) -> None:
    """The focus is never covered."""
    covered = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(_COVERED)
        if found == "end":
            break
        if found:
            covered.append(found)
    assert covered == []


def check_print(page: Page, title: str) -> None:
    """On paper nothing is cut off, and the head names study and run."""
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    # What a browser tells a page before it prints it: the map becomes a picture.
    page.evaluate("() => { dispatchEvent(new Event('beforeprint')); }")
    try:
        assert page.evaluate(_CUT) == []
        head = page.locator(".print-head")
        expect(head).to_be_visible()
        expect(head).to_contain_text(title)
        expect(head).to_contain_text(re.compile("[0-9a-f]{8}"))
        for name in (".rail", "#language", ".tools", "canvas"):
            assert page.locator(f"{name}:visible").count() == 0, name
        for picture in page.locator("img.printed").all():
            assert picture.evaluate(_COLOURS) > 10
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    finally:
        page.evaluate("() => { dispatchEvent(new Event('afterprint')); }")
        page.emulate_media(media="screen")


def check_size(page: Page, size: ViewportSize, keyboard: bool) -> None:
    """In this size nothing is cut off, too small to hit, wrong to a screen reader or covered."""
    page.set_viewport_size(size)
    assert page.evaluate(_SIDEWAYS) == []
    assert page.evaluate(_TARGETS) == []
    violations: list[Any] = page.evaluate(_AXE, RULES)
    assert violations == []
    if keyboard:
        check_focus(page)


# One visit for all that is looked at: to open a page takes longer than to look. Each size is the
# first one of one language, so that a page is also opened in both.
@pytest.mark.parametrize(("language", "first"), [("en", "narrow"), ("fa", "wide")])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_whole_and_silent(
    window: Page,
    finished: Served,
    axe: str,
    teaching: Study,
    name: str,
    language: str,
    first: str,
) -> None:
    finished.faults.clear()
    window.set_viewport_size(SIZES[first])
    arrive(window, finished, name, language)
    window.evaluate(axe)
    for size in sorted(SIZES, key=lambda one: one != first):
        check_size(window, SIZES[size], keyboard=language == "en")
    check_print(window, teaching.title)
    if language == "en":
        check_small(window)
    assert finished.faults == []


def test_a_link_that_holds_no_scenario_says_so(window: Page, finished: Served) -> None:
    window.set_viewport_size(SIZES["wide"])
    window.goto(f"{finished.address}/scenario?a=m:DUTY_FREE&lang=en")
    alert = window.get_by_role("alert").filter(has_text="cannot be read")
    expect(alert).to_contain_text("The page shows the baseline")
    expect(window.get_by_role("checkbox", name="DUTY_FREE")).not_to_be_checked()
    alert.get_by_role("button").click()
    expect(alert).to_have_count(0)
