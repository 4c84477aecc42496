"""Every quantity on a page opens its source; digits that are none are listed with why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.workbench.test_provenance import PAGES, cells, names

pytestmark = pytest.mark.browser

__all__ = ["cells", "names"]  # fixtures

ALL = {
    **PAGES,
    "schedule": (
        "/map?from=zone:A1&to=zone:C1&dep=2025-03-20T08:00%2B05:00",
        "#tab-panel td button.num",
    ),
    "nothing": ("/map?from=zone:A1&to=zone:C1&without=rail%2Croad", "[data-testid=no-route]"),
    "reach": ("/map?reach=zone:A1", "[data-testid=reach] button.num"),
    "problems": ("/data?show=problems", "#page h2"),
    "sources": ("/data?show=sources", "#page td button.num"),
}
# Places of a page whose digits are no quantity of the study or the model.
PLACES = {
    "button.num": "opens its source",
    "input, select, option, textarea, .slots": "what the person entered",
    "[data-asked]": "the question, repeated",
    "svg, canvas": "axes and marks: the figure's table holds the numbers",
    ".only-heard, .skeleton": "heard with the number itself",
    ".progress, .waiting": "how far a job is, how long an answer takes",
    "footer.line": "the run, the study and the years of prices",
    "code, time, .id, [data-name]": "identifiers, days and names",
    "td:not(.number), th, dt": "words of the study, and headings",
    "td[data-column=leg], td[data-column=year]": "the place in a list, and a year",
    ".maplibregl-ctrl": "the scale of the map",
    "article .place, .badge": "the place of a route in the list, the number of filled fields",
    ":is(.legend, .reach) li > bdi, ul[aria-label] > li": "limits of classes: chosen, not found",
    ".facts a, .facts bdi, .facts dd:has(> bdi)": "links to promises, ids and words of the study",
    "label.head bdi, .line bdi, span.title": "titles of measures, and what the study says of them",
    "[data-testid=quotation] :is(dd, li) > bdi": "the question, documents and grounds in words",
    "[data-testid=quote-units] li bdi": "units and places in words",
    "[data-testid=corridors] :is(li > bdi, details dd)": "names of corridors, and definitions",
    ".bar, nav.pages, .key-line, .empty": "own changes, the place in a table, what a band means",
    "p[lang=en]": "notes of the study",
    ".note, .subtitle, figcaption, .remark, .more, .unit": "units, definitions and what is shown",
    "bdi[data-word]": "words of the study",
}
# Words with digits that are no quantity.
WORDS = {
    r"\b(?:1[89]|2[01])\d\d(?:[-–](?:\d\d){1,2})*(?!\d)": "years",
    r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]*\b": "days",
    r"\b\d\d:\d\d\b": "times of departure and arrival",
    r"\bUTC[+−-]\d\d:\d\d": "offsets from UTC",
    r"\b19 of 20\b": "the name of the 95th percentile",
    r"\bCO2e?\b|\bTFI\d\b": "names",
    r"\b1,?\d{3}(?: / 1,?\d{3})* mm\b": "gauges: the names of tracks",
    r"\bwithin [\d.]+ %": "a bound: the route is listed for another role, too",
    r"\b\d+ (?:errors?|notices?)\b": "findings of the checks, listed below",
    r"\b(?:Route|Corridor)\s\d+": "names of routes by their place",
    r"\b[A-Za-z_]+[-_:]?\d[\w:-]*": "identifiers",
}
_LOOSE = """([places, words]) => {
  const word = new RegExp(words.join('|'), 'gu');
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) {
    const inside = walk.currentNode.parentElement;
    if (!inside.checkVisibility({ visibilityProperty: true })) continue;
    if (inside.closest(places) || inside.closest('script, style')) continue;
    const text = walk.currentNode.textContent.replace(word, '');
    if (/\\p{N}/u.test(text)) {
      const of = inside.closest('[class]');
      const said = walk.currentNode.textContent.trim().slice(0, 120);
      found.push(`${of?.tagName} ${of?.className}: ${said}`);
    }
  }
  return found;
}"""


def loose(page: Page) -> list[str]:
    """Return the texts of a page that hold a quantity without a source."""
    found: list[str] = page.evaluate(_LOOSE, [",".join(PLACES), list(WORDS)])
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("name", ALL)
def test_every_quantity_opens_its_source(
    name: str, visit: Callable[..., Page], names: dict[str, Any]
) -> None:
    path, ready = ALL[name]
    page = visit(path.format(**names))
    page.locator(ready).first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.locator("#page details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    assert loose(page) == []
