"""The documents that a route needs, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from opencorridor.cli import show

if TYPE_CHECKING:
    from opencorridor.routing.papers import NeededDocument

__all__ = ["print_documents"]

_HEAD = ("document", "where", "needed", "issued by")
_NAME, _AT, _NEED, _BY = 46, 34, 34, 30


def print_documents(documents: Sequence[NeededDocument]) -> None:
    """Print one line a document, in order of use; nothing where there is none."""
    if not documents:
        return
    rows = []
    for one in documents:
        need = one.need if not one.condition else f"{one.need}: {one.condition}"
        if one.stage in ("origin", "destination"):
            where = one.at[0]
        else:
            where = f"{one.country or 'every border'}: {', '.join(one.at)}".rstrip(": ")
        name = f"{one.name} ({one.code})" if one.code else one.name
        rows.append(
            (show.shorten(name, _NAME), show.shorten(where, _AT), show.shorten(need, _NEED),
             show.shorten(one.issuer, _BY))
        )  # fmt: skip
    print(f"\nDocuments, in order of use:\n{show.table(_HEAD, rows)}")
