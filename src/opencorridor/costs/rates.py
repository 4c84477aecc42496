"""Which row of a rate table holds: the most specific one that is valid on the date.

Ladder, most specific first: the row's country, its carries, its area, the mode that is reached,
its flow kind or cargo. A blank cell of a row (or ``all``) stands for what has no row of its own.
Where rows of one country, carries, area and mode exist and none of them is valid on the date, the
last one is used and noted as assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opencorridor.study import Table

__all__ = ["FLOW_KINDS", "Key", "RateBook"]

FLOW_KINDS = ("transit", "import_export", "domestic")


@dataclass(frozen=True, slots=True)
class Key:
    """What a rate is asked for; blank where it does not apply."""

    mode: str
    country: str = ""
    area: str = ""
    on_mode: str = ""
    carries: str = ""
    cargo: str = ""
    flow_kind: str = ""


def _options(value: str, general: str) -> tuple[str, ...]:
    return (value, general) if value and value != general else (general,)


class RateBook:
    """Rows of mode_rate, speed or emission_factor, found by key and date.

    Parameters
    ----------
    table
        A table with the columns mode, country_id and some of area, on_mode, carries, cargo,
        flow_kind, valid_from, valid_to.
    date
        ISO 8601.
    """

    def __init__(self, table: Table, date: str) -> None:
        self.table = table
        self.date = date
        self.notes: dict[int, str] = {}
        self._rows: dict[tuple[str, ...], list[int]] = {}
        self._filled: set[tuple[str, ...]] = set()  # rungs with rows of any cargo and flow kind
        self._ladders: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        names = ("mode", "country_id", "area", "on_mode", "carries", "cargo", "flow_kind")
        has = set(table.columns)
        columns: list[Sequence[str]] = [
            list(table[name]) if name in has else [""] * table.n for name in names
        ]
        self._any_cargo = table.schema.column("cargo").default
        self._any_flow = table.schema.column("flow_kind").default if "flow_kind" in has else ""
        for i, key in enumerate(zip(*columns, strict=True)):
            self._rows.setdefault(key, []).append(i)
            self._filled.add(key[:5])
        dated = "valid_from" in has
        self._from = list(table["valid_from"]) if dated else [""] * table.n
        self._to = list(table["valid_to"]) if dated else [""] * table.n

    def _rungs(self, key: Key) -> Iterator[tuple[str, ...]]:
        for country in _options(key.country, ""):
            for carries in _options(key.carries, ""):
                for area in _options(key.area, ""):
                    for on_mode in _options(key.on_mode, ""):
                        yield key.mode, country, area, on_mode, carries

    def find(self, key: Key) -> int:
        """Return the row that holds, or -1 where the table has none for the key."""
        flow = key.flow_kind if self._any_flow else ""
        asked = key.mode, key.country, key.area, key.on_mode, key.carries
        if asked not in self._ladders:
            self._ladders[asked] = [rung for rung in self._rungs(key) if rung in self._filled]
        for rung in self._ladders[asked]:
            groups = [
                self._rows.get((*rung, cargo, kind), [])
                for cargo in _options(key.cargo, self._any_cargo)
                for kind in _options(flow, self._any_flow)
            ]
            for rows in groups:
                valid = [i for i in rows if self._holds(i)]
                if valid:
                    return max(valid, key=lambda i: (self._from[i], -i))
            if any(groups):
                return self._last(next(rows for rows in groups if rows))
        return -1

    def _holds(self, i: int) -> bool:
        start, end = self._from[i], self._to[i]
        return (not start or start <= self.date) and (not end or self.date <= end)

    def _last(self, rows: list[int]) -> int:
        """Return the last row that was valid (else the first that will be), and note it."""
        past = [i for i in rows if not self._from[i] or self._from[i] <= self.date]
        last = (
            max(past, key=lambda i: self._to[i]) if past else min(rows, key=lambda i: self._from[i])
        )
        held = f"{self._from[last] or '...'} to {self._to[last] or '...'}"
        self.notes[last] = (
            f"{self.table.name} row {last + 2}: none valid on {self.date}; the one of {held} is "
            "used, assumed"
        )
        return last

    def rows_alike(self) -> list[tuple[int, int]]:
        """Return pairs of rows with one key and overlapping validity: either could hold."""
        pairs = []
        for rows in self._rows.values():
            for n, i in enumerate(rows):
                for j in rows[n + 1 :]:
                    if not (
                        (self._to[i] and self._from[j] > self._to[i])
                        or (self._to[j] and self._from[i] > self._to[j])
                    ):
                        pairs.append((i, j))
        return pairs
