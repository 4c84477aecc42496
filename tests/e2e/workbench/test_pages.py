"""Every page in both sizes and both directions: accessible, whole, silent and on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.workbench.conftest import ROOT, SIZES, Served, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What a page shows once it has all its content.
PAGES = {
    "overview": ("/", ".thumbnail svg[viewBox]"),
    "map": ("/map?from=Alpha+City&to=Charlie+City", "article[data-route]"),
    "scenario": ("/scenario?a=m:DUTY_FREE", "canvas"),
    "roadmap": ("/roadmap", "figure"),
    "promises": ("/promises", "tbody tr"),
    "data": ("/data?table=border_dwell", "tbody tr"),
}
SMALL = {"width": 320, "height": 640}

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
_AXE = """(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } }).then((found) =>
  found.violations.map((v) => [v.id, v.nodes.slice(0, 4).map((n) => n.html.slice(0, 160) +
    ' ' + n.any.map((a) => a.message).join('; ').slice(0, 160))]))"""


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the text of the checker, from the front end's own packages."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in frontend")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["wide", "narrow"])
def sized(request: pytest.FixtureRequest, browser: Browser, finished: Served) -> Iterator[Page]:
    """Return one page of a size for all addresses: the second visit needs no download."""
    context = browser.new_context(viewport=SIZES[request.param])
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


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_whole_and_silent(
    sized: Page, finished: Served, axe: str, name: str, language: str
) -> None:
    finished.faults.clear()
    arrive(sized, finished, name, language)
    assert sized.evaluate(_SIDEWAYS) == []
    assert sized.evaluate(_TARGETS) == []
    sized.evaluate(axe)
    violations: list[Any] = sized.evaluate(_AXE, RULES)
    assert violations == []
    assert finished.faults == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_flows_into_320_pixels(sized: Page, finished: Served, name: str) -> None:
    if sized.viewport_size == SIZES["wide"]:
        pytest.skip("the small window is that of the narrow page")
    sized.set_viewport_size(SMALL)  # type: ignore[arg-type]
    try:
        arrive(sized, finished, name)
        assert sized.evaluate(_SIDEWAYS) == []
        assert sized.evaluate(_TARGETS) == []
    finally:
        sized.set_viewport_size(SIZES["narrow"])  # type: ignore[arg-type]
