"""The page in Chromium: no request, no sideways scroll, no text over text, A4 in print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opencorridor.documents import render
from tests.documents.fake import answer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(answer()), encoding="utf-8")
    return path


def opened(browser: Browser, report: Path, width: int, requests: list[str]) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: requests.append(f"console: {message.text}"))
    page.goto(report.as_uri())
    return page


@pytest.mark.parametrize("width", [1440, 768, 390, 320])
def test_no_request_and_no_sideways_scroll(browser: Browser, report: Path, width: int) -> None:
    seen: list[str] = []
    page = opened(browser, report, width, seen)
    wide = page.evaluate("document.documentElement.scrollWidth")
    shown = page.evaluate(
        "[...document.querySelectorAll('svg.chart')].filter(e => e.getClientRects().length)"
        ".map(e => e.classList.contains('narrow'))"
    )
    page.close()
    assert seen == [report.as_uri()]
    assert wide <= width
    assert shown
    assert set(shown) == {width <= 640}


OVERLAPS = """
() => [...document.querySelectorAll('svg.chart, svg.map')]
  .filter(svg => svg.getClientRects().length)
  .flatMap(svg => {
    const paper = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent,
      t.getBoundingClientRect()]);
    const bad = boxes.filter(([, b]) => b.left < paper.left - 3 || b.right > paper.right + 20)
      .map(([t]) => 'outside: ' + t);
    boxes.forEach(([t, a], i) => boxes.slice(i + 1).forEach(([u, b]) => {
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (x > 2 && y > 4) bad.push(t + ' / ' + u);
    }));
    return bad;
  })
"""


@pytest.mark.parametrize("width", [1440, 390])
def test_no_text_of_a_picture_covers_another(browser: Browser, report: Path, width: int) -> None:
    page = opened(browser, report, width, [])
    found = page.evaluate(OVERLAPS)
    page.close()
    assert found == []


def test_targets_are_large_enough_to_touch(browser: Browser, report: Path) -> None:
    page = opened(browser, report, 390, [])
    small = page.evaluate(
        "[...document.querySelectorAll('summary, nav a')].filter(e => "
        "e.getBoundingClientRect().height < 24).map(e => e.textContent)"
    )
    page.close()
    assert small == []


def test_prints_on_a4(browser: Browser, report: Path) -> None:
    page = opened(browser, report, 1440, [])
    pdf = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})
    cut = page.evaluate(
        "[...document.querySelectorAll('.table-box, .map-box')]"
        ".filter(e => e.getClientRects().length && e.scrollWidth > e.clientWidth + 1)"
        ".map(e => e.getAttribute('aria-label'))"
    )
    page.close()
    assert pdf.count(b"/MediaBox [0 0 595") + pdf.count(b"/MediaBox [0 0 594") >= 3
    assert cut == []
