"""What the steps of the network build share: where to read, what was built so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from data.common import Row, Sources, Tables, read

FACTS = Path(__file__).parent / "facts"
# One copy of a place: its country, and on rail its gauge ("" on road and at sea).
Copy = tuple[str, str]


@dataclass
class Build:
    """State of one build; every step reads what the steps before it left here."""

    source: Path
    sources: Sources = field(default_factory=Sources)
    tables: Tables = field(default_factory=dict)
    # (mode, number of the node) -> copy -> id of the node
    copies: dict[tuple[str, str], dict[Copy, str]] = field(default_factory=dict)
    # ids of nodes that an open link of the network (no border link) touches
    in_use: set[str] = field(default_factory=set)

    def read(self, path: str) -> list[Row]:
        """Read a file of the source folder."""
        return read(self.source / path)

    def facts(self, name: str) -> list[Row]:
        """Read a small table of facts that stands beside the scripts."""
        return read(FACTS / f"{name}.csv")

    def add(self, table: str, row: Row) -> None:
        """Append a row to a table or to a part of one."""
        self.tables.setdefault(table, []).append(row)

    def own_copy(self, mode: str, node: str, country: str) -> str:
        """Id of the copy of a place that lies in ``country``; blank where it has none.

        Where the country has copies of two gauges, the one with an open line is meant, and of
        two such the standard gauge.
        """
        copies = self.copies.get((mode, node), {})
        own = [
            (i in self.in_use, gauge == "1435", i)
            for (c, gauge), i in copies.items()
            if c == country
        ]
        return max(own)[2] if own else ""

    def any_copy(self, mode: str, node: str) -> tuple[str, str]:
        """Id and country of the copy of a place with an open line (the first of several)."""
        copies = self.copies[(mode, node)]
        ranked = sorted((i not in self.in_use, c, i) for (c, _), i in copies.items())
        return ranked[0][2], ranked[0][1]


def pair_of(a: str, b: str) -> str:
    """Two countries in the order of the alphabet, joined."""
    return "-".join(sorted((a, b)))
