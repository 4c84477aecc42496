"""Tables of a study in parts: rows by number, filter, order, and blank cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.operations.workbench import tables
from opencorridor.operations.workbench.pages import Ask, page
from opencorridor.study import OpenCorridorError, Study, load_schema


def test_every_table_is_listed_with_what_is_in_it(teaching: Study) -> None:
    listed = {t["name"]: t for t in tables.list_tables(teaching)["tables"]}
    assert set(listed) == set(load_schema())
    for name, table in listed.items():
        assert table["rows"] == teaching[name].n
        if table["status_shares"]:
            assert sum(table["status_shares"].values()) == pytest.approx(1)
    assert listed["link"]["licences"] == ["Apache-2.0"]
    length = next(c for c in listed["link"]["columns"] if c["name"] == "length_km")
    assert (length["type"], length["unit"]) == ("number", "km")


def test_a_page_holds_the_cells_of_the_table(teaching: Study) -> None:
    found = tables.rows(teaching, "trade_flow", Ask(offset=3, limit=4))
    table = teaching["trade_flow"]
    assert (found["total"], found["offset"], found["row"]) == (table.n, 3, [3, 4, 5, 6])
    for number, cells in zip(found["row"], found["rows"], strict=True):
        for name, cell in zip(found["columns"], cells, strict=True):
            value = table[name][number]
            assert cell == value or (cell is None and np.isnan(value))


def test_words_are_found_in_any_text_and_case(teaching: Study) -> None:
    found = tables.rows(teaching, "trade_flow", Ask(q=" bbb "))
    table = teaching["trade_flow"]
    here = (table["exporter"] == "BBB") | (table["importer"] == "BBB")
    assert found["row"] == np.flatnonzero(here).tolist()
    assert found["total"] == here.sum()


@pytest.mark.parametrize("sort", ["value_low_usd_current", "-value_low_usd_current"])
def test_blank_cells_stand_last_in_both_directions(teaching: Study, sort: str) -> None:
    found = tables.rows(teaching, "trade_flow", Ask(sort=sort))
    at = found["columns"].index("value_low_usd_current")
    values = [cells[at] for cells in found["rows"]]
    full = [v for v in values if v is not None]
    assert values == full + [None] * (len(values) - len(full))
    assert full == sorted(full, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    ("name", "sort", "code"),
    [("nothing", "", "unknown_table"), ("link", "lenght_km", "bad_sort")],
)
def test_what_is_not_there_is_said(teaching: Study, name: str, sort: str, code: str) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        tables.rows(teaching, name, Ask(sort=sort))
    assert [p.code for p in caught.value.problems] == [code]


def test_sources_count_the_rows_that_rest_on_them(teaching: Study) -> None:
    found = tables.sources(teaching)
    rows = sum(
        int((t["source"] != "").sum())
        for n, t in teaching.tables.items()
        if n != "source" and "source" in t.columns
    )
    assert sum(item["rows"] for item in found) == rows
    assert [item["rows"] for item in found] == sorted((i["rows"] for i in found), reverse=True)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("https://a.example/x ; https://b.example", "https://a.example/x"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("docs/tutorials/teaching.md", "docs/tutorials/teaching.md"),
        ("", ""),
    ],
)
def test_only_addresses_that_a_page_may_open_are_handed_on(cell: str, expected: str) -> None:
    assert tables.address(cell) == expected


cells = st.one_of(st.none(), st.floats(allow_nan=True), st.text(max_size=4))


@given(st.lists(cells, max_size=12), st.integers(0, 14), st.integers(1, 5), st.booleans())
def test_pages_together_are_the_table(
    column: list[Any], start: int, limit: int, down: bool
) -> None:
    data, sort = {"a": column}, "-a" if down else "a"
    whole = page("t", data, len(column), Ask(limit=1000, sort=sort))
    part = page("t", data, len(column), Ask(start, limit, "", sort))
    assert sorted(whole["row"]) == list(range(len(column)))
    assert part["row"] == whole["row"][start : start + limit]
    assert part["total"] == len(column)
