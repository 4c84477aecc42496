"""Tables, alignment, keys of edits, provenance, errors."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from opencorridor.study import NotConverged, OpenCorridorError, Problem, Study, Table, align
from opencorridor.study.edits import matching_rows, parse_key
from opencorridor.study.numbers import meant
from opencorridor.study.provenance import row_reference, sources_used, status_shares


def test_rows_take_defaults_and_types() -> None:
    table = Table.from_rows("link", [{"link_id": 7.0, "length_km": "2.5", "tracks": None}])
    assert table["link_id"].tolist() == ["7"]
    assert table["length_km"].tolist() == [2.5]
    assert np.isnan(table["tracks"][0])
    assert table["state"][0] == "open"
    assert table.row(0)["oneway"] == "0"
    with pytest.raises(KeyError, match="lenght"):
        Table.from_rows("link", [{"lenght": 1}])


def test_tables_do_not_share_memory_with_their_makers() -> None:
    values = np.array([1.0])
    table = Table("grid_intensity", {"country_id": ["A"], "co2_g_per_kwh": values})
    values[0] = 9
    assert table["co2_g_per_kwh"][0] == 1
    other = table.with_column("co2_g_per_kwh", [3])
    assert (table["co2_g_per_kwh"][0], other["co2_g_per_kwh"][0]) == (1, 3)
    with pytest.raises(ValueError, match="has not 1 values"):
        table.with_column("co2_g_per_kwh", [3, 4])


def test_where_and_concat(teaching: Study) -> None:
    link = teaching["link"]
    rail = link.where(link["mode"] == "rail")
    both = rail.concat(link.where(link["mode"] != "rail"))
    assert both.n == link.n
    assert sorted(both["link_id"]) == sorted(link["link_id"])
    assert link.where(np.zeros(link.n, dtype=bool)).n == 0
    assert link.to_pandas().shape == (link.n, len(link.columns))


def test_a_study_goes_to_another_process(teaching: Study) -> None:
    again = pickle.loads(pickle.dumps(teaching))
    assert again.hash == teaching.hash
    assert again.settings == teaching.settings
    assert copy.copy(teaching).hash == teaching.hash


def test_a_changed_study_forgets_its_files(teaching: Study) -> None:
    assert teaching.fingerprint
    assert teaching.replace({}).fingerprint == ""


def test_alignment_is_exact() -> None:
    labels = np.array(["b", "a", "c"], dtype=object)
    assert align.codes(["a", "", "c", "a"], labels).tolist() == [1, -1, 2, 1]
    assert align.positions(["c", "b"], labels).tolist() == [2, 0]
    with pytest.raises(OpenCorridorError, match="unknown zone: A, z"):
        align.codes(["z", "A", "a"], labels, "zone")
    with pytest.raises(OpenCorridorError, match="blank"):
        align.positions([""], labels)
    with pytest.raises(OpenCorridorError, match="'a' twice"):
        align.codes(["a"], ["a", "b", "a"])
    align.require_same(labels, ["b", "a", "c"])
    with pytest.raises(OpenCorridorError, match="in order: 'b' against 'a' at position 0"):
        align.require_same(labels, ["a", "b", "c"])
    with pytest.raises(OpenCorridorError, match="c, d stand on one side"):
        align.require_same(labels, ["b", "a", "d"])


def test_keys_of_edits(teaching: Study) -> None:
    assert parse_key("a=1,2; b = x ;") == {"a": ["1", "2"], "b": ["x"]}
    with pytest.raises(ValueError, match="no '='"):
        parse_key("a")
    dwell = teaching["border_dwell"]
    assert matching_rows(dwell, "border_crossing_id=BC_RAIL,BC_ROAD;from_country=CCC").sum() == 2
    assert matching_rows(teaching["deflator"], "year=2025,2030").sum() == 2
    capacity = teaching["capacity"].with_column(
        "place_ids", ["BC_RAIL;BC_ROAD"] * teaching["capacity"].n
    )
    assert matching_rows(capacity, "place_ids=BC_ROAD").all()
    assert not matching_rows(capacity, "place_ids=BC").any()


def test_provenance(teaching: Study) -> None:
    reference = row_reference(teaching, "tariff", 2)
    assert (reference.status, reference.source_id) == ("assumed", "SRC_ASSUME")
    assert reference.title.startswith("Assumptions")
    shares = status_shares(teaching)
    assert shares["tariff"] == pytest.approx({"observed": 8 / 9, "derived": 0, "assumed": 1 / 9})
    assert "tariff" in sources_used(teaching)["SRC_STAT"]


def test_errors_reach_another_process() -> None:
    for error in (OpenCorridorError([Problem("a", "b")], 4), NotConverged([Problem("c", "d")])):
        came = pickle.loads(pickle.dumps(error))
        assert type(came) is type(error)
        assert (came.problems, came.exit_code) == (error.problems, error.exit_code)


def test_an_error_is_a_sentence_per_problem() -> None:
    problem = Problem("c", "is wrong", "t", "t.csv", 4, "x", "5", "6", "write 6")
    assert str(problem) == "t.csv, row 4, x: is wrong ('5'); expected 6; write 6 [c]"
    error = OpenCorridorError([problem] * 30)
    assert str(error).endswith("and 10 more problems")
    assert (error.exit_code, NotConverged([problem]).exit_code) == (2, 3)
    assert problem.as_dict()["row"] == 4


@pytest.mark.parametrize(
    ("cell", "column", "values"),
    [
        ("1.355,90", (), [1355.9]),
        ("1,355.90", (), [1355.9]),
        ("0,500", (), [0.5]),
        ("1'234.5", (), [1234.5]),
        ("\u22123,5", (), [-3.5]),
        ("1,234", ("9,99",), [1.234]),
        ("1,234", ("9.99", "1,234,567"), [1234.0]),
        ("1,234", ("9,99", "1,234.5"), [1234.0, 1.234]),  # the column contradicts itself
        ("1,23,4", (), []),
        ("12 km", (), []),
        ("", (), []),
    ],
)
def test_the_number_that_was_probably_meant(
    cell: str, column: tuple[str, ...], values: list[float]
) -> None:
    assert meant(cell, column) == values
