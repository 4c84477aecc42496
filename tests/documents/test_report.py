"""The page: its sentences, its tables, what happens when something is missing or hostile."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from opencorridor.documents import Answer, MapData, render
from opencorridor.documents.markup import el, link
from opencorridor.documents.tables import columns, html_table
from tests.documents.fake import SUMMARY, answer, corridor_map

VOID = {"meta", "br", "hr", "img", "link"}
EVIL = "</style></title><script>alert(1)</script><img src=http://evil.test/x onerror=x>\"'&\x00{a}"


class Page(HTMLParser):
    """Reads a page; complains about tags that do not nest; keeps elements and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data.replace("\u00a0", " ")

    def ids(self) -> list[str]:
        return [a["id"] or "" for _, a in self.elements if "id" in a]


def page_of(found: Answer) -> Page:
    return Page(render(found))


def sections(page: Page) -> list[str]:
    return [a["id"] or "" for tag, a in page.elements if tag == "section"]


def test_the_whole_answer_fills_every_part_in_order() -> None:
    page = page_of(answer())
    assert sections(page) == [
        "path", "parts", "binds", "backward", "measures", "map", "routes", "traffic", "winners",
        "promises", "sensitivity", "fit", "method", "sources",
    ]  # fmt: skip
    assert len(page.ids()) == len(set(page.ids()))
    targets = [a["href"] for tag, a in page.elements if tag == "a" and a["href"].startswith("#")]  # type: ignore[union-attr]
    assert {t.lstrip("#") for t in targets if t} <= set(page.ids())


def test_headline_says_what_was_found() -> None:
    text = page_of(answer()).text
    assert "Trade between Norvia and Sundara was $340 million in 2024." in text
    assert "the model gives $913 million (620\u20131,420) in 2030" in text
    assert "The target of $3.0 billion is not reached; the gap is $2.1 billion." in text
    assert "In constant US dollars of 2024, the plan gives $790 million in 2030." in text
    assert "None of the 200 runs reaches the target." in text


def with_summary(**values: Any) -> Answer:
    return replace(answer(), summary={**SUMMARY, **values})


def test_a_reached_target_is_said_as_plainly() -> None:
    found = with_summary(
        plan_usd_current=3.4e9, plan_low=2.9e9, plan_high=4.1e9, gap_usd_current=-4.0e8,
        reached=True, probability=0.83,
    )  # fmt: skip
    text = page_of(found).text
    assert "The target of $3.0 billion is reached with $400 million to spare." in text
    assert "not reached" not in text
    assert "8 of 10 runs reach the target." in text
    assert "Above the target of $3.0 billion" in text


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.004, "Fewer than 1 of 10"), (0.97, "More than 9 of 10"), (1.0, "All 200 runs")],
)
def test_probability_in_words(probability: float, said: str) -> None:
    assert said in page_of(with_summary(probability=probability)).text


def test_backward_question_without_a_solution() -> None:
    back = {"cost_fall_share": None, "closest_usd_current": 1.9e9, "closest_cost_fall_share": 0.9}
    text = page_of(with_summary(backward=back)).text
    assert "No fall of trade costs that was tried reaches the target" in text
    assert "The closest result is $1.9 billion, with trade costs 90.0 % lower." in text


def test_both_sides_targets_are_drawn() -> None:
    text = page_of(answer()).text
    assert "Target of Sundara: $3.0 billion" in text
    assert "Target of Norvia: $1.0 billion (first stage)" in text


@pytest.mark.parametrize("name", sorted(answer().tables))
def test_a_missing_table_leaves_out_its_part_only(name: str) -> None:
    tables = {k: v for k, v in answer().tables.items() if k != name}
    page = page_of(replace(answer(), tables=tables))
    gone = set(sections(page_of(answer()))) - set(sections(page))
    own = {"trade_path": "path", "decomposition": "parts", "bottleneck": "binds",
           "measures": "measures", "traffic_check": "traffic", "winners": "winners",
           "commitments": "promises", "sensitivity": "sensitivity", "routes": "routes",
           "sources": "sources"}  # fmt: skip
    assert gone == ({own[name]} if name in own else set())


def test_routes_alone_make_a_page() -> None:
    found = Answer(
        {"title": "Norvia–Sundara corridor", "study_id": "n", "study_hash": "ab"},
        {"routes": answer().rows("routes")},
        corridor_map(),
    )
    page = page_of(found)
    assert sections(page) == ["map", "routes"]
    assert "The best routes of Norvia–Sundara corridor, leg by leg" in page.text
    assert "4,212.4" in page.text  # the legs' km add up at the foot
    assert "$66.40" in page.text


@pytest.mark.parametrize("found", [Answer(), Answer({"title": "x"}, {}, MapData())])
def test_an_empty_answer_is_a_page(found: Answer) -> None:
    assert sections(page_of(found)) == []


@pytest.mark.parametrize("blank", [None, float("nan"), ""])
def test_absent_numbers_never_read_as_zero_or_nan(blank: Any) -> None:
    tables = {
        name: [{k: blank if isinstance(v, float) else v for k, v in row.items()} for row in rows]
        for name, rows in answer().tables.items()
    }
    page = page_of(replace(answer(), tables=tables))
    assert re.search(r"\b(nan|None(?! of the)|inf)\b", page.text) is None


def test_same_answer_same_bytes() -> None:
    assert render(answer()) == render(answer())


def hostile(value: Any) -> Any:
    if isinstance(value, str):
        return EVIL
    if isinstance(value, list):
        return [hostile(item) for item in value]
    if isinstance(value, dict):
        return {key: hostile(item) for key, item in value.items()}
    return value


def test_hostile_text_stays_text() -> None:
    tables = {name: [hostile(row) for row in rows] for name, rows in answer().tables.items()}
    page = page_of(Answer(hostile(SUMMARY), tables, answer().map))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "link", "object", "base"}
    assert [tag for tag, _ in page.elements].count("style") == 1
    assert not any(name.startswith("on") for _, a in page.elements for name in a)
    assert page.text.count("<script>") > 20


def test_only_web_addresses_become_links() -> None:
    assert link("x", "https://example.org/a?b=1&c=2") == (
        '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer">x</a>'
    )
    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.test",
        "",
        "ftp://x",
        "http://a b",
    ):
        assert link("x", url) == "x"


def test_nothing_is_fetched() -> None:
    text = render(answer())
    page = Page(text)
    policy = [a["content"] for tag, a in page.elements if a.get("http-equiv")]
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
    ]
    assert not any(name in a for _, a in page.elements for name in ("src", "srcset", "xlink:href"))
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    assert "url(" not in style.group(1)
    assert "@import" not in style.group(1)


def test_pictures_have_words_and_tables_have_headings() -> None:
    page = page_of(answer())
    assert ("html", {"lang": "en"}) in page.elements
    for tag, attributes in page.elements:
        if tag == "svg":
            assert attributes.get("aria-hidden") == "true" or attributes.get("aria-label")
        if tag == "th":
            assert attributes.get("scope") in ("col", "row")
    tags = [tag for tag, _ in page.elements]
    assert tags.count("figure") == tags.count("figcaption")
    assert tags.count("table") == tags.count("caption")
    assert tags.count("h1") == 1


def test_css_uses_logical_properties_only() -> None:
    css = re.search(r"<style>(.*?)</style>", render(answer()), re.DOTALL)
    assert css
    body = re.sub(r"@(top|bottom)-(left|right)", "", css.group(1))
    assert re.findall(r"(?:margin|padding|border)-(?:left|right|top|bottom)\b", body) == []
    assert re.findall(r"text-align:(?:left|right)", body) == []


def test_openstreetmap_is_credited_where_it_is_used() -> None:
    assert "© OpenStreetMap contributors, under the ODbL" in page_of(answer()).text
    tables = {**answer().tables, "sources": answer().rows("sources")[:1]}
    assert "OpenStreetMap" not in page_of(replace(answer(), tables=tables)).text


def test_table_writes_status_band_source_and_absence() -> None:
    rows = [
        {"name": "A", "use_share": 0.994, "load_t_per_year": 12437.0, "low": 1000.0, "high": 2000.0,
         "wait_h": None, "status": "assumed", "source": "RAIL; X<1>"},
        {"name": "B", "use_share": None, "load_t_per_year": 0.0, "low": None, "high": None,
         "wait_h": 9.46, "status": "", "source": ""},
    ]  # fmt: skip
    wanted = columns("name", "use_share:use", "load_t_per_year:t", "capacity_band:band:low:high",
                     "wait_h:h", "stranded_t:t", "status:status", "source:source")  # fmt: skip
    html = html_table(rows, wanted, "Caption", known_sources=frozenset({"RAIL"}))
    assert html is not None
    text = Page(html).text
    assert "No room" not in html  # an empty column is left out
    for piece in ("99.4 %", "12,400", "1,000\u20132,000", "no data", "9.5", "○ assumed", "X<1>"):
        assert piece in text
    assert '<a href="#source-RAIL">RAIL</a>' in html


def test_a_long_table_names_the_file_that_has_the_rest() -> None:
    rows = [{"name": f"n{i}"} for i in range(30)]
    html = html_table(rows, columns("name"), "C", most=25, file="load.csv")
    assert html is not None
    assert html.count("<tr>") == 26
    assert "load.csv" in html


def test_markup_attributes() -> None:
    assert el("a", "x<", None, ["y", ["z"]], class_="c", data_t=1.50001, hidden=True, no=None) == (
        '<a class="c" data-t="1.5" hidden>x&lt;yz</a>'
    )


@pytest.mark.parametrize(
    ("plan", "said"),
    [(1.0e9, "is not reached; the gap is $2.0 billion"), (3.5e9, "reached with $500 million")],
)
def test_gap_and_outcome_follow_from_plan_and_target_where_not_given(
    plan: float, said: str
) -> None:
    summary = {k: v for k, v in SUMMARY.items() if k not in ("gap_usd_current", "reached")}
    text = page_of(Answer({**summary, "plan_usd_current": plan}, answer().tables)).text
    assert said in text
