"""Bands and the register of sources, shared by the scripts of economy, measures, observations."""

from __future__ import annotations

import re
import zlib
from urllib.parse import unquote, urlsplit

from data import common
from data.common import RETRIEVED, Row, Tables, num, read

__all__ = ["Row", "Sources", "Tables", "band", "num", "read"]

# Source id -> package that ships it: one page that several packages cite stands once.
_owner: dict[str, str] = {}


def band(low: float, mode: float, high: float, *, digits: int = 6) -> tuple[str, str, str]:
    """Texts of mode, low and high; low and high are blank where there is no band."""
    if not low <= mode <= high:
        raise ValueError(f"{low}, {mode}, {high} are not in order")
    if low == mode == high:
        return num(mode, digits), "", ""
    return num(mode, digits), num(low, digits), num(high, digits)


class Sources(common.Sources):
    """Register of sources of one package, with ids for pages made from their addresses."""

    def __init__(self, package: str) -> None:
        super().__init__()
        self.package = package

    def add(
        self,
        source_id: str,
        title: str,
        publisher: str = "",
        url: str = "",
        year: str = "",
        licence: str = "facts",
        attribution: str = "",
    ) -> str:
        """Register a data set or a document and return its id."""
        _owner.setdefault(source_id, self.package)
        self.known.setdefault(
            source_id,
            {
                "source_id": source_id,
                "title": title,
                "publisher": publisher,
                "url": url,
                "year": year,
                "licence": licence,
                "retrieved": RETRIEVED,
                "attribution": attribution,
            },
        )
        return source_id

    def page(self, text: str) -> str:
        """Register one or several web addresses (joined by `` ; ``) and return their id.

        The id is the host and a checksum of the addresses, so that it stays the same when
        other rows come or go.
        """
        text = text.strip()
        first = text.split(" ; ")[0].split()[0]
        host = urlsplit(first).netloc.removeprefix("www.") if "://" in first else first
        host = host.split("/")[0]
        source_id = f"{host}-{zlib.crc32(text.encode()) & 0xFFFFF:05x}"
        if self.known.get(source_id, {"url": text})["url"] != text:
            raise ValueError(f"two addresses share the id {source_id}")
        return self.add(source_id, _title(first, host), publisher=host, url=text)

    def rows(self) -> list[Row]:
        """Rows of table ``source`` that this package ships, by id."""
        return [row for row in super().rows() if _owner[row["source_id"]] == self.package]


def _title(address: str, host: str) -> str:
    """Readable title from the last part of an address; the host where it has no words."""
    parts = [part for part in unquote(urlsplit(address).path).split("/") if part]
    for part in reversed(parts):
        words = re.sub(r"\.(html?|aspx?|php|jsp)$", "", part)
        words = re.sub(r"[-_+.]+", " ", words).strip()
        if len([word for word in words.split() if len(word) > 2 and word.isalpha()]) >= 3:
            return f"{words[:1].upper()}{words[1:120]} ({host})"
    return f"Page at {host}"
