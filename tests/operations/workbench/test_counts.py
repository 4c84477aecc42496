"""Counts of rows and of items on the map are those of the tables and layers themselves."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from opencorridor.operations.workbench import counts, layer_counts
from opencorridor.operations.workbench.layers import layer
from opencorridor.operations.workbench.session import session_of
from opencorridor.study import OpenCorridorError, Study


def test_rows_of_a_table_are_counted_with_their_sources(teaching: Study) -> None:
    table = teaching["border_dwell"]
    every = counts.of_rows(teaching, table="border_dwell")
    assert (every["value"], every["unit"], every["table"]) == (table.n, "rows", "border_dwell")
    for status, n in Counter(table["status"].tolist()).items():
        found = counts.of_rows(
            teaching, table="border_dwell", column="status", value=status, share=True
        )
        assert found["value"] == pytest.approx(n / table.n)
        assert found["formula"].endswith(f"{n} ÷ {table.n} = {n / table.n:.10g}") or n == table.n
        mine = {s for s, of in zip(table["source"], table["status"], strict=True) if of == status}
        assert {s["source_id"] for s in found["sources"]} <= {p for s in mine for p in s.split(";")}


def test_all_tables_are_counted_together(teaching: Study) -> None:
    assert counts.of_rows(teaching)["value"] == sum(t.n for t in teaching.tables.values())
    with_status = [t for t in teaching.tables.values() if "status" in t.columns]
    shares = [
        counts.of_rows(teaching, column="status", value=status, share=True)["value"]
        for status in ("observed", "derived", "assumed")
    ]
    assert sum(shares) == pytest.approx(1.0)
    assert counts.of_rows(teaching, column="status", value="assumed")["value"] == sum(
        (t["status"] == "assumed").sum() for t in with_status
    )


def test_rows_of_a_source_are_those_that_name_it_among_others(teaching: Study) -> None:
    cited = Counter(
        part.strip()
        for table in teaching.tables.values()
        if "source" in table.columns
        for cell in table["source"].tolist()
        for part in str(cell).split(";")
    )
    source, n = cited.most_common(1)[0]
    assert counts.of_rows(teaching, column="source", value=source)["value"] == n


def test_what_cannot_be_counted_is_said(teaching: Study) -> None:
    with pytest.raises(OpenCorridorError, match="unknown_column"):
        counts.of_rows(teaching, table="link", column="colour", value="red")
    with pytest.raises(OpenCorridorError, match="unknown_table"):
        counts.of_rows(teaching, table="lynk")


@pytest.mark.parametrize("name", ["network", "crossings", "zones", "ports"])
def test_a_layer_is_counted_as_it_is_drawn(name: str) -> None:
    session = session_of("teaching")
    items = [f["properties"] for f in json.loads(layer(session, name).plain)["features"]]
    assert layer_counts.of_layer(session, name)["value"] == len(items)
    for mode, n in Counter(item.get("mode") for item in items).items():
        if mode:
            assert layer_counts.of_layer(session, name, mode)["value"] == n


def test_crossings_fall_into_classes_of_hours() -> None:
    session = session_of("teaching")
    items = [f["properties"] for f in json.loads(layer(session, "crossings").plain)["features"]]
    hours = [item["mean_h"] for item in items if item["mean_h"] is not None]
    ends = [(None, 12.0), (12.0, 48.0), (48.0, None)]
    classes = [
        layer_counts.of_layer(session, "crossings", at_least=low, below=high)["value"]
        for low, high in ends
    ]
    assert sum(classes) == len(hours)
    assert classes[1] == sum(12.0 <= h < 48.0 for h in hours)
    missing = layer_counts.of_layer(session, "crossings", missing=True)["value"]
    assert missing == len(items) - len(hours)


def test_the_mean_stay_of_a_crossing_is_the_cell_of_its_longer_direction() -> None:
    session = session_of("teaching")
    items = [f["properties"] for f in json.loads(layer(session, "crossings").plain)["features"]]
    for item in items:
        if item["mean_h"] is None:
            continue
        found = layer_counts.of_stay(session, item["id"])
        assert (found["value"], found["table"], found["column"]) == (
            item["mean_h"], "border_dwell", "mean_h",
        )  # fmt: skip
        assert session.study["border_dwell"]["border_crossing_id"][found["row"]] == item["id"]
    with pytest.raises(OpenCorridorError, match="unknown_crossing"):
        layer_counts.of_stay(session, "NOWHERE")
