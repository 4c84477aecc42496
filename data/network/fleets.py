"""Fleets: ships and wagons that a source counts, and what is assumed of them."""

from __future__ import annotations

from data.common import Row, band
from data.network.context import Build

_BANDS = (
    ("carried", "share"),
    ("count", ""),
    ("payload", "t"),
    ("reserve", "share"),
    ("elsewhere", "share"),
    ("terminal", "days"),
    ("empty_return", "share"),
)
_OF_THE_SOURCE = ("title", "url", "year")


def fleets(build: Build) -> None:
    """Table ``fleet``."""
    for fact in build.facts("fleet"):
        build.add("fleet", _row(build, fact))


def _row(build: Build, fact: Row) -> Row:
    row = {k: v for k, v in fact.items() if k not in _OF_THE_SOURCE}
    for name, unit in _BANDS:
        short = name.removesuffix("_return")
        values = [float(row.pop(f"{short}{end}")) for end in ("_low", "", "_high")]
        cells = band(name, unit or "n", *values)
        row |= cells if unit else {k.removesuffix("_n"): v for k, v in cells.items()}
    row["name_fallback"] = "kk"
    row["source"] = build.sources.add(
        f"fleet-{fact['fleet_id'].lower()}",
        fact["title"],
        url=fact["url"],
        year=fact["year"],
    )
    return row
