"""Every number of a run has a formula; the printed arithmetic gives it; cells are what is said."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.operations.workbench import formulas, provenance
from opencorridor.operations.workbench.cells import SETTINGS_TABLE
from opencorridor.operations.workbench.inputs import GROUPS
from opencorridor.operations.workbench.results import Stored
from opencorridor.study import OpenCorridorError, Study


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def summary_keys(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from summary_keys(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from summary_keys(item, f"{path}.{n}")
    elif is_number(value):
        yield path


def numbers_of(stored: Stored) -> Iterator[tuple[str, int, str, float]]:
    for table, rows in stored.tables.items():
        for n, row in enumerate(rows):
            yield from ((table, n, c, float(v)) for c, v in row.items() if is_number(v))


def computed(printed: str) -> tuple[float, float]:
    """Return what an arithmetic line gives and what it says that it gives."""
    signs = {"×": "*", "÷": "/", "−": "-", ",": ""}
    text = "".join(signs.get(c, c) for c in re.sub(r"\|(.*)\|", r"abs(\1)", printed))
    left, right = text.rsplit(" = ", 1)
    assert re.fullmatch(r"[-+*/().e\d\sabs]+", left), left
    return float(eval(left)), float(right)


def check_inputs(study: Study, found: dict[str, Any]) -> None:
    """The cells that a panel names hold the values that it shows."""
    sources = {row["source_id"] for row in study["source"].rows()}
    for cell in found["inputs"]:
        assert cell["source_id"] in sources | {""}
        if cell["table"] != SETTINGS_TABLE:
            value = study[cell["table"]][cell["column"]][cell["row"]]
            assert float(value) == cell["value"]


def test_every_number_of_a_run_has_a_formula(stored: Stored, teaching: Study) -> None:
    count = 0
    for table, row, column, value in numbers_of(stored):
        found = provenance.of_result(teaching, stored, table, row, column)
        assert found["formula"], (table, column)
        assert found["value"] == value
        assert found["unit"], (table, column)
        assert found["row_label"], (table, column)
        check_inputs(teaching, found)
        count += 1
    assert count > 300


def test_every_number_of_the_summary_has_a_formula(stored: Stored, teaching: Study) -> None:
    keys = list(summary_keys(stored.summary))
    assert {"baseline_usd_current", "sides.0.usd", "residuals.assignment_gap"} <= set(keys)
    for key in keys:
        found = provenance.of_summary(teaching, stored, key)
        assert found["formula"], key
        assert found["unit"], key
        check_inputs(teaching, found)


def test_printed_arithmetic_gives_the_number(stored: Stored, teaching: Study) -> None:
    seen = set()
    answers = [
        (table, column, provenance.of_result(teaching, stored, table, row, column))
        for table, row, column, _ in numbers_of(stored)
    ]
    answers += [
        ("summary", key, provenance.of_summary(teaching, stored, key))
        for key in summary_keys(stored.summary)
    ]
    for table, column, found in answers:
        words, _, line = found["formula"].partition(": ")
        if line:
            value, said = computed(line)
            # Ten digits are printed: a small difference of large numbers keeps fewer.
            largest = max(abs(float(n)) for n in re.findall(r"[\d.]+", line.replace(",", "")))
            rounding = max(3e-9 * largest, 1e-9)
            assert math.isclose(value, found["value"], rel_tol=1e-6, abs_tol=rounding), found
            assert math.isclose(said, found["value"], rel_tol=1e-6, abs_tol=rounding), found
            assert words
            seen.add((table, column))
    # What the catalogue writes as arithmetic is printed as such, where nothing is missing.
    assert seen >= {
        ("trade_path", "plan_usd_current"), ("decomposition", "usd_current_target_year"),
        ("load", "t_per_year"), ("bottleneck", "use_share"), ("skim_country", "tau_hat"),
        ("summary", "baseline_usd_current"), ("summary", "plan_usd_current"),
        ("summary", "gap_usd_current"),
    }  # fmt: skip


def test_money_rests_on_an_observed_report_of_the_pair(stored: Stored, teaching: Study) -> None:
    for key in ("baseline_usd_current", "plan_usd_current", "no_new_usd_current"):
        found = provenance.of_summary(teaching, stored, key)
        urls = {s["source_id"]: s["url"] for s in found["sources"]}
        seen = [c for c in found["inputs"] if c["status"] == "observed" and urls[c["source_id"]]]
        assert any(c["table"] == "trade_series" for c in seen), key
        flows = [c["value"] for c in found["inputs"] if c["table"] == "trade_flow"]
        assert sum(flows) == stored.summary["baseline_usd_current"]


def test_the_target_names_who_said_it(stored: Stored, teaching: Study) -> None:
    found = provenance.of_summary(teaching, stored, "sides.1.usd")
    side = teaching.settings.target.sides[1]
    assert (found["value"], found["row_label"]) == (side.usd, side.side)
    assert found["source"]["source_id"] == side.source
    assert [c["value"] for c in found["inputs"]] == [side.usd]
    cell = provenance.of_study(teaching, SETTINGS_TABLE, 1, "target.sides.usd")
    assert (cell["value"], cell["source"]["source_id"]) == (side.usd, side.source)


def test_another_version_of_the_study_lends_no_cells(stored: Stored, teaching: Study) -> None:
    later = teaching.replace(settings=replace(teaching.settings, title="another title"))
    found = provenance.of_summary(later, stored, "baseline_usd_current")
    assert found["inputs"] == []
    assert ": " not in found["formula"]
    assert found["study_hash"] == teaching.hash


def test_a_list_of_the_summary_is_told_by_its_length(stored: Stored, teaching: Study) -> None:
    found = provenance.of_summary(teaching, stored, "measures")
    assert found["value"] == len(stored.summary["measures"])
    assert found["formula"]
    with pytest.raises(OpenCorridorError):
        provenance.of_summary(teaching, stored, "binding")


def test_texts_and_flags_are_told_without_a_formula(stored: Stored, teaching: Study) -> None:
    found = provenance.of_result(teaching, stored, "measures", 0, "title")
    assert (found["value"], found["formula"]) == (stored.tables["measures"][0]["title"], "")
    flag = provenance.of_result(teaching, stored, "measures", 0, "in_plan")
    assert flag["value"] in (0.0, 1.0)


# --- the study's cells --------------------------------------------------------------------------


def test_every_cell_of_the_study_is_told(teaching: Study) -> None:
    for name, table in teaching.tables.items():
        for column in table.columns:
            if not table.n:
                continue
            row = table.n // 2
            found = provenance.of_study(teaching, name, row, column)
            raw = table[column][row]
            numeric = table.schema.column(column).numeric
            expected = (None if math.isnan(raw) else raw) if numeric else raw
            assert found["value"] == expected
            assert found["description"] == table.schema.column(column).description
            if "source" in table.columns and table["source"][row]:
                assert found["source"]["source_id"] == table["source"][row]
            check_inputs(teaching, found)


def test_a_cell_has_its_band_and_unit(teaching: Study) -> None:
    table = teaching["trade_flow"]
    row = next(i for i in range(table.n) if table["value_low_usd_current"][i] > 0)
    found = provenance.of_study(teaching, "trade_flow", row, "value_usd_current")
    assert (found["unit"], found["status"]) == ("USD", table["status"][row])
    assert found["low"] == table["value_low_usd_current"][row]
    assert found["high"] == table["value_high_usd_current"][row]
    assert found["row_label"].startswith(table["exporter"][row])


@pytest.mark.parametrize(
    ("table", "row", "column", "code"),
    [
        ("nothing", 0, "a", "unknown_table"),
        ("link", 10**6, "length_km", "unknown_row"),
        ("link", -1, "length_km", "unknown_row"),
        ("link", 0, "nothing", "unknown_column"),
        (SETTINGS_TABLE, 9, "target.usd", "unknown_row"),
        (SETTINGS_TABLE, 0, "nothing", "unknown_column"),
    ],
)
def test_what_is_not_there_is_said(
    teaching: Study, table: str, row: int, column: str, code: str
) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        provenance.of_study(teaching, table, row, column)
    assert caught.value.problems[0].code == code


@pytest.mark.parametrize("key", ["nothing", "sides", "sides.9.usd", "backward", "sides.-1.usd", ""])
def test_unknown_keys_of_the_summary_are_said(stored: Stored, teaching: Study, key: str) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        provenance.of_summary(teaching, stored, key)
    assert caught.value.problems[0].code == "unknown_summary"


# --- the catalogue ------------------------------------------------------------------------------


def test_the_catalogue_names_groups_that_there_are_and_no_column_twice() -> None:
    found = formulas.all_formulas()
    assert {name for formula in found for name in formula.inputs} == set(GROUPS) - spare_groups()
    keys = [(f.table, f.column, f.only) for f in found]
    assert len(keys) == len(set(keys))
    assert all(f.words and not f.words.endswith(".") for f in found)
    assert all(": " not in f.words for f in found)


def spare_groups() -> set[str]:
    """Return the groups that only the arithmetic of the catalogue names."""
    named = set()
    for formula in formulas.all_formulas():
        named |= set(re.findall(r"cells\.(\w+)", formula.expression))
    return named - {name for formula in formulas.all_formulas() for name in formula.inputs}


@given(st.floats(-1e12, 1e12), st.floats(1e-3, 1e6), st.floats(1e-3, 1e6))
def test_arithmetic_is_printed_with_brackets_where_they_count(a: float, b: float, c: float) -> None:
    known = {"a": [a], "b": [b], "x.c": [c]}
    for text in ("a - b - x.c", "(a + b) / x.c", "a * b / x.c", "abs(a - b)", "a - (b - x.c)"):
        shown = formulas.printed(text, lambda name: known[name])
        assert shown is not None
        expected = eval(text.replace("x.c", "c"), {"a": a, "b": b, "c": c})
        assert shown.value == pytest.approx(expected)
        scale = max(abs(a), b, c, abs(a * b)) / min(1.0, c)
        said, _ = computed(f"{shown.text} = 0")
        assert math.isclose(said, expected, rel_tol=1e-6, abs_tol=1e-7 * scale + 2)


def test_a_number_that_is_missing_leaves_the_words_alone() -> None:
    assert formulas.printed("a * b", lambda name: [1.0] if name == "a" else None) is None
    assert formulas.printed("a / b", lambda name: [0.0]) is None
    assert formulas.printed("", lambda name: [1.0]) is None
