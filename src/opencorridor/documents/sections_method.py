"""The last pages: method, limits, sources with licences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opencorridor.documents import numbers
from opencorridor.documents.context import Context, section
from opencorridor.documents.markup import Html, Node, el, link
from opencorridor.documents.tables import source_anchor
from opencorridor.documents.texts import column_title, text, word

__all__ = ["method", "sources"]


def method(page: Context) -> Html | None:
    """Return method and limits in plain sentences; nothing without a model result."""
    if page.usd_of("plan_usd_current") is None:
        return None
    items = [text("method.1"), text("method.2")]
    if page.get("draws"):
        items.append(f"{text('method.3', draws=page.get('draws'))} {text('method.4')}")
    else:
        items.append(text("limits"))
    items.append(text("method.5"))
    items.append(text("method.6"))
    difference = page.usd_of("rerouted_difference")
    if difference is not None:
        told = numbers.share(difference) if abs(difference) < 1 else numbers.usd(difference)
        key = "method.rerouted" if page.get("draws") else "method.rerouted.plan"
        items.append(text(key, difference=told))
    residuals = _residuals(page.get("residuals"))
    if residuals:
        items.append(text("method.residuals", residuals=residuals))
    left_out = page.usd_of("left_out_t")
    if left_out:
        items.append(text("method.left_out", t=numbers.tonnes(left_out)))
    basis = page.get("price_basis", ())
    texts = list(basis.values()) if isinstance(basis, Mapping) else basis
    texts = [texts] if isinstance(texts, str) else texts
    items += [str(item).rstrip(".") + "." for item in texts]
    items += [str(item) for item in page.get("notes", ())]
    items.append(text("method.hash"))
    return section("method", el("ul", [el("li", item) for item in items], class_="prose"))


def _residuals(found: Any) -> str:
    if isinstance(found, Mapping):
        pairs = [(str(k), v) for k, v in found.items()]
    elif isinstance(found, Sequence) and not isinstance(found, str):
        pairs = [(str(i + 1), v) for i, v in enumerate(found)]
    elif found is None:
        return ""
    else:
        return str(found)
    told = []
    for name, value in pairs:
        number = numbers.as_float(value)
        told.append(f"{word(name)} {value if number is None else f'{number:.2g}'}")
    return ", ".join(told)


def sources(page: Context) -> Html | None:
    """Return the list of sources with licence and attribution."""
    rows = page.rows("sources")
    if not rows:
        return None
    body: list[Node] = []
    odbl = False
    for row in sorted(rows, key=lambda r: str(r.get("source_id"))):
        source_id = str(row.get("source_id") or "")
        licence = str(row.get("licence") or "")
        odbl = odbl or "odbl" in licence.lower()
        title = link(str(row.get("title") or source_id), str(row.get("url") or ""))
        told = ", ".join(str(row[k]) for k in ("publisher", "year") if row.get(k))
        parts: list[Node] = [
            el("strong", source_id),
            " ",
            title,
            f". {told}" if told else None,
            ".",
        ]
        for key in ("licence", "attribution"):
            if row.get(key):
                parts.append(f" {column_title(key)}: {str(row[key]).rstrip('.')}.")
        body.append(el("li", parts, id=source_anchor(source_id)))
    notice = el("p", text("sources.odbl")) if odbl else None
    return section(
        "sources",
        el("p", text("sources.title", n=len(rows)) + "."),
        notice,
        el("ol", body, class_="sources"),
    )
