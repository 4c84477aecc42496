"""Reading, numbers, sources and writing for the scripts that build the shipped study."""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Row = dict[str, str]
Tables = dict[str, list[Row]]

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "src/opencorridor/study/schema"
RETRIEVED = "2026-11-25"
EARTH_RADIUS_KM = 6371.0088
# Larger tables are kept packed; the rest stays readable in a diff.
PACKED = ("alias", "node", "link", "pair_fact", "trade_flow", "trade_series")


def read(path: Path) -> list[Row]:
    """Read a CSV file, plain or gzipped; lines that start with ``#`` are comments."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(_without_comments(handle)))


def _without_comments(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if not line.startswith("#"))


def num(value: float | str, digits: int = 6) -> str:
    """Shortest text of a number with at most ``digits`` significant digits, no exponent."""
    if value == "":
        return ""
    number = float(f"{float(value):.{digits}g}")
    if number == int(number):
        return str(int(number))
    return f"{number:.10f}".rstrip("0").rstrip(".")


def band(name: str, unit: str, low: float, mode: float, high: float) -> Row:
    """Cells ``name_unit``, ``name_low_unit`` and ``name_high_unit``; no band where all agree.

    Raises
    ------
    ValueError
        Where the mode lies outside its band.
    """
    if not low <= mode <= high:
        raise ValueError(f"{name}: {low}, {mode}, {high} are not in order")
    same = num(low) == num(mode) == num(high)
    return {
        f"{name}_{unit}": num(mode),
        f"{name}_low_{unit}": "" if same else num(low),
        f"{name}_high_{unit}": "" if same else num(high),
    }


def great_circle_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in km (haversine, mean earth radius)."""
    a, b = math.radians(lat1), math.radians(lat2)
    half = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def worst(*states: str) -> str:
    """Weakest of several provenance words."""
    order = ("observed", "derived", "assumed")
    return max(states, key=order.index)


@dataclass
class Sources:
    """Register of sources: one short id per distinct reference."""

    known: dict[str, Row] = field(default_factory=dict)

    def add(
        self,
        source_id: str,
        title: str,
        *,
        publisher: str = "",
        url: str = "",
        year: str = "",
        licence: str = "facts",
        attribution: str = "",
    ) -> str:
        """Register a page, table or data set and return its id."""
        row = {
            "source_id": source_id,
            "title": title,
            "publisher": publisher,
            "url": url,
            "year": year,
            "licence": licence,
            "retrieved": RETRIEVED,
            "attribution": attribution,
        }
        if self.known.setdefault(source_id, row) != row:
            raise ValueError(f"two sources share the id {source_id}")
        return source_id

    def rows(self) -> list[Row]:
        """Rows of table ``source``, by id."""
        return [self.known[key] for key in sorted(self.known)]


def columns(table: str) -> list[str]:
    """Columns of a table in the order of its schema."""
    return [row["column"] for row in read(SCHEMA / f"{table}.csv")]


def merged(tables: Tables) -> Tables:
    """Tables with their parts (``link/rail``) joined under the name of the table."""
    result: Tables = {}
    for name, rows in tables.items():
        result.setdefault(name.split("/")[0], []).extend(rows)
    return result


def write(folder: Path, name: str, rows: list[Row]) -> int:
    """Write a table, or one part of it (``link/rail``); return the size in bytes."""
    table = name.split("/")[0]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns(table), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    data = text.getvalue().encode()
    file = folder / f"{name}.csv"
    if table in PACKED and len(data) > 100_000:
        # No name and no time in the header: the same rows give the same bytes.
        file, data = folder / f"{name}.csv.gz", gzip.compress(data, 9, mtime=0)
    stale = folder / (f"{name}.csv" if file.suffix == ".gz" else f"{name}.csv.gz")
    stale.unlink(missing_ok=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return len(data)
