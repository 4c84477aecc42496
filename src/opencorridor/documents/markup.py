"""HTML and SVG elements as text in which everything that is not markup is escaped.

``el`` escapes every child that is a plain ``str``; only what ``el`` itself made (an ``Html``)
passes through. So a name out of a table can never become markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

__all__ = ["Html", "Node", "el", "fixed", "join", "link", "safe"]

_VOID = {"br", "hr", "meta", "img", "link"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WEB = re.compile(r"https?://[^\s]+\Z", re.IGNORECASE)


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Node = str | Iterable["Node"] | None
"""A child of an element: text, markup, any nesting of both, or nothing."""


def safe(value: object) -> Html:
    """Return a value as escaped text; control characters are dropped."""
    if isinstance(value, Html):
        return value
    return Html(html.escape(_FORBIDDEN.sub("", str(value)), quote=True))


def join(children: Node) -> Html:
    """Return children one after the other, escaped where they are plain text."""
    if children is None:
        return Html("")
    if isinstance(children, str):
        return safe(children)
    return Html("".join(join(child) for child in children))


def fixed(value: float, digits: int = 2) -> str:
    """Return a coordinate with at most ``digits`` decimals and no idle zeros (``-0`` is ``0``)."""
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _attribute(name: str, value: object) -> str:
    name = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = fixed(value) if isinstance(value, float) else str(value)
    return f' {name}="{safe(text)}"'


def el(name: str, /, *children: Node, **attributes: object) -> Html:
    """Return an element.

    Attribute names lose a trailing ``_`` and turn ``_`` into ``-`` (``class_``, ``data_t``).
    ``None`` and ``False`` leave an attribute out, ``True`` writes its bare name, a float is
    written with at most two decimals.
    """
    written = "".join(
        _attribute(key, value)
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def link(text: str, url: str) -> Html:
    """Return a link to a web address, or only the text where ``url`` is not one."""
    if not _WEB.match(url.strip()):
        return safe(text)
    return el("a", text, href=url.strip(), rel="noopener noreferrer")
