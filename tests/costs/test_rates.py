"""Which row of a rate table holds."""

from __future__ import annotations

from typing import Any

import pytest

from opencorridor.costs.rates import Key, RateBook
from opencorridor.study import Table


def rate(name: str, **more: Any) -> dict[str, Any]:
    return {"rate_id": name, "mode": "rail", "cargo": "bulk", "unit": "t",
            "rate_usd_per_unit_km": 1, "source": "S", "status": "assumed", **more}  # fmt: skip


def pick(rows: list[dict[str, Any]], date: str = "2024-12-31", **key: Any) -> str:
    """Return the id of the row that holds for a key, or nothing."""
    table = Table.from_rows("mode_rate", rows)
    asked = {"mode": "rail", "cargo": "bulk", "flow_kind": "transit"} | key
    row = RateBook(table, date).find(Key(**asked))
    return str(table["rate_id"][row]) if row >= 0 else ""


ROWS = [
    rate("general"),
    rate("transit", flow_kind="transit"),
    rate("own", country_id="AAA"),
    rate("other_country", country_id="BBB", flow_kind="domestic"),
]


def test_a_row_of_the_country_beats_the_general_one_even_for_its_flow_kind() -> None:
    assert pick(ROWS, country="AAA") == "own"


def test_flow_kind_beats_all() -> None:
    assert pick(ROWS, country="CCC") == "transit"
    assert pick(ROWS, country="CCC", flow_kind="domestic") == "general"


def test_a_country_without_the_flow_kind_falls_back_to_the_general_row() -> None:
    assert pick(ROWS, country="BBB", flow_kind="domestic") == "other_country"
    assert pick(ROWS, country="BBB") == "transit"


def test_other_cargo_and_mode_have_no_row() -> None:
    assert pick(ROWS, cargo="container") == ""
    assert pick(ROWS, mode="road") == ""


def test_ferry_rows_hold_for_ferries_only() -> None:
    rows = [
        rate("ferry", mode="sea", carries="wagon"),
        rate("lake", mode="sea", area="lake"),
        rate("ocean", mode="sea"),
    ]
    assert pick(rows, mode="sea", area="lake", carries="wagon") == "ferry"
    assert pick(rows, mode="sea", area="lake") == "lake"
    assert pick(rows, mode="sea", area="lake", carries="truck") == "lake"
    assert pick(rows[:1], mode="sea", area="lake") == ""


def test_access_rows_go_by_the_mode_reached() -> None:
    rows = [rate("any", mode="access"), rate("sea", mode="access", on_mode="sea")]
    assert pick(rows, mode="access", on_mode="sea") == "sea"
    assert pick(rows, mode="access", on_mode="road") == "any"


DATED = [
    rate("old", valid_from="2020-01-01", valid_to="2021-12-31"),
    rate("new", valid_from="2022-01-01", valid_to="2023-12-31"),
]


@pytest.mark.parametrize(
    ("date", "holds", "noted"),
    [("2021-12-31", "old", False), ("2022-01-01", "new", False), ("2024-01-01", "new", True),
     ("2019-12-31", "old", True)],
)  # fmt: skip
def test_the_date_picks_and_a_date_without_a_row_says_so(
    date: str, holds: str, noted: bool
) -> None:
    table = Table.from_rows("mode_rate", DATED)
    book = RateBook(table, date)
    row = book.find(Key("rail", cargo="bulk", flow_kind="transit"))
    assert table["rate_id"][row] == holds
    assert [("assumed" in note, date in note) for note in book.notes.values()] == (
        [(True, True)] if noted else []
    )


def test_the_row_that_came_into_force_last_beats_an_undated_one() -> None:
    rows = [rate("undated"), rate("dated", valid_from="2024-01-01")]
    assert pick(rows) == "dated"
    assert pick(rows, "2023-12-31") == "undated"


def test_a_valid_general_row_does_not_replace_a_country_that_ran_out() -> None:
    rows = [rate("general"), rate("own", country_id="AAA", valid_to="2020-12-31")]
    assert pick(rows, country="AAA") == "own"


def test_speed_of_a_cargo_beats_all() -> None:
    rows = [
        {"speed_id": i, "mode": "rail", "cargo": c, "speed_km_per_h": 1}
        for i, c in (("all", "all"), ("bulk", "bulk"))
    ]
    table = Table.from_rows("speed", rows)
    book = RateBook(table, "2024-12-31")
    assert table["speed_id"][book.find(Key("rail", cargo="bulk"))] == "bulk"
    assert table["speed_id"][book.find(Key("rail", cargo="container"))] == "all"


def test_rows_that_both_hold_are_found() -> None:
    rows = [rate("a"), rate("b"), *DATED, rate("c", valid_from="2023-06-01", country_id="AAA"),
            rate("d", valid_to="2023-06-01", country_id="AAA")]  # fmt: skip
    pairs = RateBook(Table.from_rows("mode_rate", rows), "2024-12-31").rows_alike()
    ids = [(rows[i]["rate_id"], rows[j]["rate_id"]) for i, j in pairs]
    assert set(ids) >= {("a", "b"), ("c", "d")}
    assert ("old", "new") not in ids
