"""Every number of an answer about a pair's trade says where it comes from."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from opencorridor.operations.workbench.session import Session
from opencorridor.operations.workbench.trade_provenance import Asked, answer_of, of_number
from opencorridor.study import OpenCorridorError, Study


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    return Session(teaching)


def numbers(found: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Return every number below a place of an answer with its path."""
    if isinstance(found, dict):
        parts = found.items()
    elif isinstance(found, list | tuple):
        parts = enumerate(found)
    else:
        if isinstance(found, int | float) and not isinstance(found, bool):
            yield path, float(found)
        return
    for key, value in parts:
        yield from numbers(value, f"{path}.{key}" if path else str(key))


def test_every_number_of_the_books_is_told(session: Session, teaching: Study) -> None:
    asked = Asked("bookkeeping", "AAA", "CCC", "", 2024)
    found = answer_of(session, asked)
    paths = dict(numbers({k: found[k] for k in ("accounts", "difference")}))
    amounts = {p: v for p, v in paths.items() if p.endswith(("usd_current", "tonnes"))}
    assert len(amounts) > 12
    for path, value in amounts.items():
        told = of_number(session, Asked("bookkeeping", "AAA", "CCC", path, 2024))
        assert told["value"] == value
        assert told["formula"]
        if path.startswith("accounts"):
            # An account is the sum of its cells.
            assert sum(cell["value"] for cell in told["inputs"]) == value
            assert told["sources"]


def test_a_sum_prints_its_arithmetic(session: Session) -> None:
    told = of_number(session, Asked("bookkeeping", "AAA", "CCC", "accounts.1.tonnes", 2024))
    assert told["formula"].endswith("1,250,000 + 350,000 = 1,600,000")
    one_way = Asked("bookkeeping", "AAA", "CCC", "accounts.1.b_to_a_usd_current", 2024)
    assert [cell["value"] for cell in of_number(session, one_way)["inputs"]] == [4e8]


@pytest.mark.parametrize(
    "path",
    ["accounts", "accounts.99.tonnes", "accounts.0.bookkeeping", "nothing", "accounts.-1.tonnes"],
)
def test_a_path_to_no_number_is_refused(session: Session, path: str) -> None:
    with pytest.raises(OpenCorridorError) as told:
        of_number(session, Asked("bookkeeping", "AAA", "CCC", path, 2024))
    assert told.value.problems[0].code == "unknown_number"


def test_numbers_of_potential_and_levers_are_told(shipped_potential: Study) -> None:
    session = Session(shipped_potential)
    for of, levers in (("potential", ()), ("levers", (("tariff_b", 0.0),))):
        found = answer_of(session, Asked(of, "KAZ", "IRN", "", None, levers))
        parts = (
            "sectors",
            "waterfall",
            "variants",
            "comparable",
            "by_lever",
            "countries",
            "by_year",
        )
        kept = {k: found[k] for k in parts if k in found}
        paths = dict(numbers(kept))
        drawn = random.Random(of).sample(sorted(paths), 40)
        for path in drawn:
            told = of_number(session, Asked(of, "KAZ", "IRN", path, None, levers))
            assert told["value"] == paths[path]
            assert told["unit"] in ("US$", "share", "", "h")
