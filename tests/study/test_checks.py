"""Every check fires on its broken fixture, and no other check does."""

from __future__ import annotations

import pytest

from opencorridor.study import Study, Table
from opencorridor.study.check import check, registered, run_checks
from tests.study.broken import BROKEN, HOURS, add, copy

OWN = sorted(c.code for c in registered() if c.function.__module__.startswith("opencorridor.study"))


def codes(study: Study) -> set[str]:
    return {problem.code for problem in run_checks(study, OWN)}


def test_the_teaching_study_is_clean(teaching: Study) -> None:
    assert [str(problem) for problem in run_checks(teaching, OWN)] == []


def test_every_check_has_a_broken_fixture() -> None:
    assert set(BROKEN) == set(OWN)


@pytest.mark.parametrize("code", OWN)
def test_a_broken_fixture_fires_its_check_and_no_other(teaching: Study, code: str) -> None:
    assert codes(BROKEN[code](teaching)) == {code}


def test_a_problem_names_file_row_column_and_value(teaching: Study) -> None:
    broken = BROKEN["measure_edit_row"](teaching)
    (problem,) = run_checks(broken, ["measure_edit_row"])
    file = (teaching.folder / "measure_edit.csv").read_text(encoding="utf-8").splitlines()
    line = next(k for k, text in enumerate(file, start=1) if text.startswith("BEACON_YARD"))
    assert (problem.file, problem.row, problem.column) == ("measure_edit.csv", line, "key")
    assert problem.value == "capacity_id=CAPO1"


def test_near_names_are_suggested(teaching: Study) -> None:
    (problem,) = run_checks(BROKEN["unknown_place_id"](teaching), OWN)
    assert "BC_ROAD" in problem.mend


def test_errors_stand_before_notices_and_many_are_counted(teaching: Study) -> None:
    link = teaching["link"]
    broken = teaching.replace(
        {"link": link.with_column("to_node_id", [f"gone:{i}" for i in range(link.n)])}
    )
    found = run_checks(copy("source", {"source_id": "SRC_OBS"}, source_id="X")(broken), OWN)
    severities = [problem.severity for problem in found]
    assert severities == sorted(severities)
    of_kind = [p for p in found if p.code == "link_without_node"]
    assert len(of_kind) == 21
    assert f"{link.n - 20} more" in of_kind[-1].message


def test_an_insert_may_be_edited_by_the_same_measure(teaching: Study) -> None:
    row = teaching["measure_edit"].row(0)
    insert = {
        **row,
        "measure_id": "BEACON_YARD",
        "edit_no": 2,
        "table": "capacity",
        "key": "capacity_id=NEW;place_kind=terminal;place_ids=PORT_A;capacity_t_per_year=5",
        "column": "",
        "op": "insert",
        "value": "",
        "value_low": "",
        "value_high": "",
    }
    change = {**insert, "edit_no": 3, "key": "capacity_id=NEW", "op": "set", "value": 7}
    change["column"] = "capacity_t_per_year"
    edits = teaching["measure_edit"]
    assert codes(teaching.replace({"measure_edit": edits.concat([insert, change])})) == set()
    assert codes(teaching.replace({"measure_edit": edits.concat([change])})) == {"measure_edit_row"}
    missing = {**insert, "key": "capacity_id=NEW;place_kind=terminal"}
    assert codes(teaching.replace({"measure_edit": edits.concat([missing])})) == {
        "measure_edit_row"
    }


def test_a_free_passage_inside_a_union_is_no_problem(teaching: Study) -> None:
    country = teaching["country"]
    broken = BROKEN["free_crossing"](teaching)
    union = broken.replace({"country": country.with_column("customs_union", ["U"] * country.n)})
    assert codes(union) == set()


def test_two_checks_cannot_share_a_code() -> None:
    with pytest.raises(ValueError, match="self_loop"):

        @check("self_loop")
        def another(study: Study) -> list[object]:
            return []


def test_case_13_a_bridge_over_a_railway_is_no_junction() -> None:
    """CASES 13: a road over a railway is not even listed; two railways are, and not joined."""
    from opencorridor.study import Settings

    def study(mode: str) -> Study:
        places = {"a": (0, 0), "b": (10, 0), "c": (5, -5), "d": (5, 5)}
        nodes = [
            {"node_id": k, "mode": "rail" if k in "ab" else mode, "lon": x, "lat": y}
            for k, (x, y) in places.items()
        ]
        links = [
            {"link_id": "1", "mode": "rail", "from_node_id": "a", "to_node_id": "b",
             "length_km": 1000, "geometry_wkt": "LINESTRING(0 0, 10 0)"},
            {"link_id": "2", "mode": mode, "from_node_id": "c", "to_node_id": "d",
             "length_km": 1000, "geometry_wkt": "LINESTRING(5 -5, 5 5)"},
        ]  # fmt: skip
        tables = {"node": Table.from_rows("node", nodes), "link": Table.from_rows("link", links)}
        return Study(Settings("bridge"), tables)

    assert run_checks(study("road"), ["lines_cross"]) == []
    (notice,) = run_checks(study("rail"), ["lines_cross"])
    assert notice.severity == "notice"
    assert "1 and 2" in notice.message


@pytest.mark.parametrize(
    ("values", "column", "said"),
    [
        ({"open_time": "18:00", "close_time": "06:00"}, "close_time", "30:00"),
        ({"open_time": "08:00", "close_time": "08:00"}, "close_time", "32:00"),
        ({"valid_from": "2025-02-01", "valid_to": "2025-01-01"}, "valid_to", "a later date"),
    ],
)
def test_hours_that_never_open_say_how_to_mend_them(
    teaching: Study, values: dict[str, str], column: str, said: str
) -> None:
    (problem,) = run_checks(add("opening_hours", **{**HOURS, **values})(teaching), ["never_opens"])
    assert (problem.table, problem.column) == ("opening_hours", column)
    assert problem.row is not None
    assert "never opens" in problem.message
    assert said in problem.expected + problem.mend


def test_all_bad_times_are_told_at_once(teaching: Study) -> None:
    bad = add(
        "opening_hours",
        **{**HOURS, "weekdays": "someday", "open_time": "8", "close_time": "99:00",
           "time_zone": "Mars/Olympus"},
    )(teaching)  # fmt: skip
    found = run_checks(bad, ["bad_time"])
    assert [p.column for p in found] == ["weekdays", "open_time", "close_time", "time_zone"]
