"""The report: one self-contained HTML file that asks the network for nothing.

No script, no font, no image from elsewhere: inline CSS and inline SVG, and a content security
policy that forbids the rest. A part whose table is missing is left out, so the same page serves a
study with routes only and a study with the whole answer.
"""

from __future__ import annotations

from collections.abc import Callable

from opencorridor.documents import sections_answer as first
from opencorridor.documents import sections_detail as middle
from opencorridor.documents import sections_map as maps
from opencorridor.documents import sections_method as last
from opencorridor.documents.answer import Answer
from opencorridor.documents.context import Context
from opencorridor.documents.markup import Html, el
from opencorridor.documents.style import load_style, resource
from opencorridor.documents.texts import text

__all__ = ["render"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"

_PARTS: tuple[tuple[str, Callable[[Context], Html | None]], ...] = (
    ("path", first.path),
    ("parts", first.parts),
    ("binds", first.binds),
    ("backward", first.backward),
    ("measures", middle.measures),
    ("map", maps.corridor),
    ("routes", maps.routes),
    ("traffic", middle.traffic),
    ("winners", middle.winners),
    ("promises", middle.promises),
    ("sensitivity", middle.sensitivity),
    ("fit", middle.fit),
    ("method", last.method),
    ("sources", last.sources),
)


def render(answer: Answer) -> str:
    """Return the report as HTML; the same answer gives the same bytes.

    Parameters
    ----------
    answer
        What the run found. Missing tables and missing keys of the summary leave out their part.
    """
    page = Context(answer)
    parts = [(key, body) for key, make in _PARTS if (body := make(page)) is not None]
    title = str(page.get("title", page.get("study_id", text("product"))))
    html = el(
        "html",
        el(
            "head",
            el("meta", charset="utf-8"),
            el("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            el("meta", name_="viewport", content="width=device-width, initial-scale=1"),
            el("meta", name_="generator", content=f"OpenCorridor {page.get('version', '')}"),
            el("title", f"{title} - {text('product')}"),
            el("style", Html(_css(page, title))),
        ),
        el(
            "body",
            el("a", text("skip"), href="#answer", class_="skip"),
            _header(page, title),
            el(
                "main",
                el("div", first.headline(page), first.tiles(page), id="answer"),
                _contents([key for key, _ in parts]),
                [body for _, body in parts],
            ),
            _footer(page),
        ),
        lang=text("lang"),
    )
    return f"<!DOCTYPE html>\n{html}\n"


def _css(page: Context, title: str) -> str:
    """Return the style sheet with the colours of ``style.json`` and the print header filled in."""
    style = load_style()
    colours = {
        **{f"base-{k}": v for k, v in style["base"].items()},
        **{f"text-{k}": v for k, v in style["text"].items()},
        **{f"chart-{k.replace('_', '-')}": v for k, v in style["chart"].items()},
    }
    variables = "".join(f"--{name}:{value};" for name, value in colours.items())
    running = _css_string(f"{text('product')} \u00b7 {title} \u00b7 {_short_hash(page)}")
    head = f":root{{{variables}}}\n@page{{@top-left{{content:{running}}}}}\n"
    return head + resource("report.css")


def _css_string(value: str) -> str:
    """Return a CSS string that can end neither itself nor the style element."""
    return (
        '"' + "".join(c if c.isalnum() or c in " ._-" else f"\\{ord(c):06x} " for c in value) + '"'
    )


def _short_hash(page: Context) -> str:
    return str(page.get("study_hash", ""))[:8]


def _header(page: Context, title: str) -> Html:
    line = text("run_line", study_id=page.get("study_id", ""), study_hash=_short_hash(page),
                version=page.get("version", ""))  # fmt: skip
    more = []
    if page.get("draws"):
        more.append(text("run_line.draws", draws=page.get("draws"), seed=page.get("seed", "")))
    if page.get("generated"):
        more.append(text("run_line.generated", generated=page.get("generated")))
    run = " · ".join([line, *more])
    return el("header", el("p", el("strong", text("product")), el("span", title), class_="brand"),
              el("p", run, class_="run"))  # fmt: skip


def _contents(keys: list[str]) -> Html | None:
    if len(keys) < 3:
        return None
    items = [el("li", el("a", text(f"{key}.heading"), href=f"#{key}")) for key in keys]
    return el("nav", el("ul", items), aria_label=text("contents"), class_="contents")


def _footer(page: Context) -> Html:
    told = text(
        "footer",
        version=page.get("version", ""),
        study_id=page.get("study_id", ""),
        study_hash=page.get("study_hash", ""),
    )
    return el("footer", el("p", told), el("p", text("status_key")))
