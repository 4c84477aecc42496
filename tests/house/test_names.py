"""The engine knows no country and no place: only the study's tables name them.

A second corridor must run without a change of code, so any name or code of the shipped study
in `src/**/*.py` (code, text or comment) is a fault. The id of the default study is allowed.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.repository import SOURCE, relative, with_suffix

STUDY_ID = "iran_kazakhstan"
STUDY = SOURCE / "studies" / STUDY_ID
NAMED_TABLES = ("country", "zone", "terminal", "border_crossing")

# Words of plain English, and abbreviations, that are also the name of a place or a code.
ORDINARY = {"Bar", "Hull", "Mary", "Most", "Split", "Van"}
ORDINARY_CODES = {"AND", "ARE", "CAN", "COL", "NOR", "PER"}
SHORTEST_NAME = 4
LONGEST_NAME_WORDS = 5
SIDES = re.compile(r"\s[-]\s|[–—/(),]")  # "A–B (road)" names A and B
TEXT_TOKENS = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", -1)}


def rows(table: str) -> Iterator[dict[str, str]]:
    parts = [STUDY / f"{table}.csv", STUDY / f"{table}.csv.gz", *STUDY.glob(f"{table}/*.csv*")]
    for path in (part for part in parts if part.exists()):
        packed = path.read_bytes()
        content = gzip.decompress(packed) if path.suffix == ".gz" else packed
        yield from csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))


def words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W\d_]+", text))


@cache
def codes() -> frozenset[str]:
    return frozenset(row["country_id"] for row in rows("country")) - ORDINARY_CODES


@cache
def names() -> frozenset[tuple[str, ...]]:
    """Names of countries and places as tuples of words; countries in small letters as well."""
    found: set[tuple[str, ...]] = set()
    for table in NAMED_TABLES:
        for row in rows(table):
            whole = row["name_en"]
            parts = {words(part) for part in (whole, *SIDES.split(whole))}
            found |= {part for part in parts if telling(part)}
            if table == "country" and telling(words(whole)):
                found.add(words(whole.lower()))
    return frozenset(found)


def telling(name: tuple[str, ...]) -> bool:
    long = len("".join(name)) >= SHORTEST_NAME
    return long and name[0][0].isupper() and not set(name) <= ORDINARY


def named_in(text: str) -> set[str]:
    """Return the names and codes of the study that stand in a text."""
    found = words(text.replace(STUDY_ID, " "))
    runs = (
        found[start : start + n]
        for n in range(1, LONGEST_NAME_WORDS + 1)
        for start in range(len(found) - n + 1)
    )
    places = {" ".join(run) for run in runs if run in names()}
    return places | (codes() & set(found))


def offences(path: Path) -> list[str]:
    source = io.StringIO(path.read_text(encoding="utf-8"))
    found = []
    for token in tokenize.generate_tokens(source.readline):
        if token.type in TEXT_TOKENS or token.type == tokenize.NAME:
            found += [f"{relative(path)}:{token.start[0]} {n}" for n in named_in(token.string)]
    return found


def test_the_study_was_read() -> None:
    assert len(codes()) > 100
    assert len(names()) > 300


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('if country == "KAZ":', {"KAZ"}),
        ("# the gauge break near Bandar Abbas", {"Bandar Abbas"}),
        ("kazakhstan_share", {"kazakhstan"}),
        (f'default = "{STUDY_ID}"', set()),
        ("most of the north can and may", set()),
    ],
)
def test_the_search_finds(text: str, expected: set[str]) -> None:
    assert named_in(text) == expected


def test_no_country_or_place_is_named_in_the_code() -> None:
    found = [line for path in with_suffix(".py", under=SOURCE) for line in offences(path)]
    assert found == []
