"""Measures as ordered edits of tables; every refusal with its row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor.scenario.measures import apply, check_choice, edited_places, in_force_between
from opencorridor.study import OpenCorridorError, Study
from tests.scenario.worlds import added

EDIT = {
    "measure_id": "BEACON_YARD", "edit_no": 2, "table": "", "key": "", "column": "", "op": "set",
    "value": "", "note": "", "source": "SRC_ASSUME", "status": "assumed",
}  # fmt: skip


def edited(study: Study, *edits: dict[str, Any]) -> Study:
    """Teaching study whose measure BEACON_YARD has only the given edits, applied."""
    own = study["measure_edit"].where(study["measure_edit"]["measure_id"] != "BEACON_YARD")
    study = study.replace({"measure_edit": own})
    rows = [{**EDIT, "edit_no": n, **edit} for n, edit in enumerate(edits, 1)]
    return apply(added(study, "measure_edit", rows), ["BEACON_YARD"])


def tariff(study: Study, tariff_id: str) -> float:
    table = study["tariff"]
    return float(table["rate_share"][table["tariff_id"] == tariff_id][0])


def test_nothing_chosen_is_the_same_study(teaching: Study) -> None:
    assert apply(teaching, []) is teaching


def test_edits_touch_their_rows_and_no_other(teaching: Study) -> None:
    after = apply(teaching, ["DUTY_HALF"])
    assert [tariff(after, t) for t in ("TF01", "TF02", "TF03", "TF04", "TF05", "TF06")] == [
        0.075, 0.05, 0.05, 0.05, 0.025, 0.05,
    ]  # fmt: skip
    for name, table in teaching.tables.items():
        if name != "tariff":
            assert after[name] is table
    assert tariff(teaching, "TF01") == 0.15, "the study itself is frozen"


def test_set_multiply_and_add(teaching: Study) -> None:
    key, column = "tariff_id=TF01", "rate_share"
    edit = {"table": "tariff", "key": key, "column": column}
    assert tariff(edited(teaching, {**edit, "op": "set", "value": "0.2"}), "TF01") == 0.2
    assert tariff(edited(teaching, {**edit, "op": "multiply", "value": "3"}), "TF01") == 0.15 * 3
    assert tariff(edited(teaching, {**edit, "op": "add", "value": "0.1"}), "TF01") == 0.15 + 0.1
    # Hours, rates and capacities do not fall below nothing.
    assert tariff(edited(teaching, {**edit, "op": "add", "value": "-9"}), "TF01") == 0.0


def test_edits_of_one_measure_are_ordered_by_number(teaching: Study) -> None:
    edit = {"table": "tariff", "key": "tariff_id=TF01", "column": "rate_share"}
    twice = {**edit, "op": "multiply", "value": "2"}
    plus = {**edit, "op": "add", "value": "0.1"}
    assert tariff(edited(teaching, twice, plus), "TF01") == pytest.approx(0.15 * 2 + 0.1)
    swapped = edited(teaching, {**twice, "edit_no": 2}, {**plus, "edit_no": 1})
    assert tariff(swapped, "TF01") == pytest.approx((0.15 + 0.1) * 2)


def test_measures_are_ordered_as_in_their_table_not_as_asked(teaching: Study) -> None:
    own = teaching["measure_edit"]
    rows = [
        {**EDIT, "measure_id": "TRANSIT_DEAL", "table": "tariff", "key": "tariff_id=TF03",
         "column": "rate_share", "op": "set", "value": "0.5"},
        {**EDIT, "measure_id": "BEACON_SHIFT", "table": "tariff", "key": "tariff_id=TF03",
         "column": "rate_share", "op": "multiply", "value": "4"},
    ]  # fmt: skip
    study = teaching.replace({"measure_edit": own.concat(rows)})
    for names in (["TRANSIT_DEAL", "BEACON_SHIFT"], ["BEACON_SHIFT", "TRANSIT_DEAL"]):
        assert tariff(apply(study, names), "TF03") == 0.5
    ids = study["measure"]["measure_id"].tolist()
    assert ids.index("BEACON_SHIFT") < ids.index("TRANSIT_DEAL")


def test_a_row_is_inserted_and_edited_afterwards(teaching: Study) -> None:
    key = "capacity_id=NEW;place_kind=terminal;place_ids=PORT_A,PORT_C;capacity_t_per_year=5"
    after = edited(
        teaching,
        {"table": "capacity", "key": key, "op": "insert"},
        {"table": "capacity", "key": "capacity_id=NEW", "column": "capacity_t_per_year",
         "op": "multiply", "value": "7"},
    )["capacity"]  # fmt: skip
    assert after.n == teaching["capacity"].n + 1
    row = after.row(after.n - 1)
    assert (row["place_ids"], row["capacity_t_per_year"]) == ("PORT_A;PORT_C", 35.0)
    assert (row["source"], row["status"]) == ("SRC_ASSUME", "assumed"), "from the edit"
    assert row["cargo"] == "all", "the schema's default"


def test_rows_are_deleted(teaching: Study) -> None:
    after = edited(
        teaching, {"table": "tariff", "key": "importer=CCC;exporter=AAA", "op": "delete"}
    )
    assert set(teaching["tariff"]["tariff_id"]) - set(after["tariff"]["tariff_id"]) == {
        "TF01", "TF02", "TF03",
    }  # fmt: skip


def test_a_key_finds_one_id_in_a_list_of_ids(teaching: Study) -> None:
    from opencorridor.study.edits import matching_rows

    capacity = teaching["capacity"].with_column(
        "place_ids", np.array(["BC_RAIL;BC_ROAD", "BC_ROADS", "", "", "BC_ROAD"], dtype=object)
    )
    assert matching_rows(capacity, "place_ids=BC_ROAD").tolist() == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_every_edit_of_a_missing_row_is_named_at_once(teaching: Study) -> None:
    edits = teaching["measure_edit"]
    key = edits["key"].copy()
    at = [r for r in range(edits.n) if edits["measure_id"][r].startswith("BEACON")]
    for r in at:
        key[r] = "capacity_id=NOPE"
    study = teaching.replace({"measure_edit": edits.with_column("key", key)})
    with pytest.raises(OpenCorridorError) as caught:
        apply(study, ["BEACON_YARD", "BEACON_SHIFT"])
    problems = caught.value.problems
    assert [p.code for p in problems] == ["measure_edits_missing_row"] * 2
    assert [(p.table, p.column, p.value) for p in problems] == [
        ("measure_edit", "key", "capacity_id=NOPE")
    ] * 2
    assert [p.row for p in problems] == [r + 2 for r in at]
    assert all(p.expected and p.mend for p in problems)
    assert caught.value.exit_code == 2


def test_unknown_and_exclusive_measures_are_refused(teaching: Study) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        apply(teaching, ["DUTY_FREE", "DUTY_HALF", "NOPE"])
    assert sorted(p.code for p in caught.value.problems) == [
        "exclusive_measures", "unknown_measure",
    ]  # fmt: skip
    assert "DUTY_HALF" in str(caught.value)
    assert "NOPE" in str(caught.value)


def test_a_choice_needs_its_prerequisites_but_a_study_of_one_measure_alone_does_not(
    teaching: Study,
) -> None:
    (problem,) = check_choice(teaching, ["E_DECLARATION"])
    assert (problem.code, problem.column) == ("missing_prerequisite", "prerequisites")
    assert "TRANSIT_DEAL" in problem.mend
    assert check_choice(teaching, ["TRANSIT_DEAL", "E_DECLARATION"]) == []
    apply(teaching, ["E_DECLARATION"])  # its effect alone is a question that may be asked


def test_measures_in_force_enter_by_their_date(teaching: Study) -> None:
    def found(after: str, until: str) -> list[str]:
        return in_force_between(teaching, after, until)

    assert found("2024-12-31", "2030-07-01") == ["ALBA_WINDOW"]
    assert found("2024-12-31", "2025-07-01") == ["ALBA_WINDOW"]
    assert found("2024-12-31", "2025-06-30") == []
    assert found("2025-07-01", "2030-07-01") == [], "it is inside a baseline of that day"


def test_a_measure_in_force_ends_at_its_last_day(teaching: Study) -> None:
    measure = teaching["measure"]
    last = np.where(measure["measure_id"] == "ALBA_WINDOW", "2026-12-31", measure["valid_to"])
    study = teaching.replace({"measure": measure.with_column("valid_to", last)})
    assert in_force_between(study, "2024-12-31", "2026-07-01") == ["ALBA_WINDOW"]
    assert in_force_between(study, "2024-12-31", "2027-07-01") == []


def test_places_that_a_measure_touches(teaching: Study) -> None:
    assert edited_places(teaching, ["BRIGHT_LINE"]) == {"L09", "L11"}
    assert edited_places(teaching, ["BRIGHT_YARD"]) == {"BC_BRIGHT", "GAUGE_BRIGHT"}
    assert edited_places(teaching, ["DUTY_FREE"]) == set()


def test_the_tail_of_a_stay_follows_its_mean(teaching: Study) -> None:
    from opencorridor.costs import cost_plan, price
    from opencorridor.network import build

    dwell = teaching["border_dwell"]
    study = teaching.replace(
        {"border_dwell": dwell.with_column("p95_h", 2.5 * dwell["mean_h"])}
    )  # a spread that is known everywhere
    edit = {"table": "border_dwell", "key": "border_crossing_id=BC_RAIL", "column": "mean_h"}
    after = edited(study, {**edit, "op": "multiply", "value": "0.4"})
    row = int(np.flatnonzero(dwell["border_crossing_id"] == "BC_RAIL")[0])
    before = study["border_dwell"]
    assert after["border_dwell"]["p95_h"][row] == pytest.approx(0.4 * before["p95_h"][row])
    # So a plan that is kept and one that is made anew say the same spread.
    graph = build(study)
    class_id = str(study["commodity"]["class_id"][0])
    kept = price(cost_plan(graph, study), after, class_id, "container")
    anew = price(cost_plan(graph, after), after, class_id, "container")
    np.testing.assert_allclose(kept.spread_h, anew.spread_h, rtol=1e-12)
    assert (kept.spread_h > 0).any()
    # A tail that is said is taken as it is.
    tail = {**edit, "column": "p95_h", "op": "set", "value": "99"}
    said = edited(study, {**edit, "op": "multiply", "value": "0.4"}, tail)
    assert said["border_dwell"]["p95_h"][row] == 99
