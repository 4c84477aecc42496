"""Routes as an operation: defaults echoed, stable JSON, cache, pairs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from opencorridor.operations.pack import open_pack
from opencorridor.operations.pairs import PairsRequest, find_pairs, write_pairs
from opencorridor.operations.route import RouteRequest, find, routes
from opencorridor.study import OpenCorridorError, Study, write_study
from tests.routing import small

STABLE = {
    "time_h", "p95_h", "cost_usd_per_t", "cost_usd", "co2_kg", "distance_km", "legs", "found",
    "reason", "opens_with", "date", "date_given", "price_basis", "study_hash", "tonnes", "unit",
}  # fmt: skip


def test_defaults_are_echoed_and_the_shipment_is_one_unit() -> None:
    values = routes("teaching", "Alpha City", "Charlie City").as_dict()
    assert set(values) >= STABLE
    assert values["time_h"] < values["p95_h"] == pytest.approx(99, abs=1)
    assert values["p50_h"] < values["p95_h"]
    assert values["cost_usd_per_unit"] == values["cost_usd"]
    assert (values["commodity"], values["unit"], values["tonnes"]) == ("M", "feu", 20.0)
    assert (values["date"], values["date_given"]) == ("2024-12-31", False)
    assert values["cost_usd"] == pytest.approx(20 * values["cost_usd_per_t"])
    assert set(values["legs"][0]) >= {"mode", "from", "to", "border_crossing", "time_h"}
    json.dumps(values, allow_nan=False)


def test_legs_in_json_add_up_to_a_hundredth() -> None:
    values = routes("teaching", "Alpha City", "Charlie City", tonnes=123.4).as_dict()
    for name in ("time_h", "cost_usd_per_t", "cost_usd", "co2_kg", "distance_km"):
        assert sum(leg[name] for leg in values["legs"]) == pytest.approx(values[name], abs=0.01)


def test_a_warm_answer_is_the_cold_one_and_reads_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    cold = routes("teaching", "Alpha City", "Charlie Port", unit="t").as_dict()

    def refuse(folder: object) -> None:
        raise AssertionError("a table was read")

    monkeypatch.setattr("opencorridor.operations.pack.open_study", refuse)
    assert routes("teaching", "Alpha City", "Charlie Port", unit="t").as_dict() == cold


def test_a_changed_table_changes_the_answer(tmp_path: Path, teaching: Study) -> None:
    folder = tmp_path / "copy"
    write_study(teaching, folder)
    before = routes(folder, "Alpha City", "Charlie City")
    dwell = teaching["border_dwell"]
    write_study(
        teaching.replace({"border_dwell": dwell.with_column("mean_h", dwell["mean_h"] + 1)}),
        folder,
        force=True,
    )
    after = routes(folder, "Alpha City", "Charlie City")
    assert before.route.totals is not None
    assert after.route.totals is not None
    assert after.route.totals.time_h == pytest.approx(before.route.totals.time_h + 2)
    assert after.study_hash != before.study_hash


def test_everything_wrong_with_a_request_is_told_at_once() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        find(
            RouteRequest(
                "Alpha Cty",
                "Charlie City",
                "teaching",
                "unobtainium",
                modes=("rale",),
                avoid=("nowhere at all",),
                at="31.12.2024",
            )
        )
    codes = [problem.code for problem in caught.value.problems]
    assert codes == [
        "unknown_commodity", "bad_date", "unknown_mode", "unknown_place", "unknown_place",
    ]  # fmt: skip
    assert "rail" in caught.value.problems[2].mend
    assert "Alpha City" in caught.value.problems[4].mend


@pytest.mark.parametrize(("tonnes", "unit"), [(0.0, "t"), (-3.0, "t"), (float("nan"), "t")])
def test_a_weight_of_nothing_is_refused(tonnes: float, unit: str) -> None:
    with pytest.raises(OpenCorridorError, match="--tonnes"):
        routes("teaching", "Alpha City", "Charlie City", unit=unit, tonnes=tonnes)


def test_units_decide_how_cargo_travels() -> None:
    made = {
        unit: routes("teaching", "Alpha City", "Charlie City", unit=unit).cargo
        for unit in ("t", "wagon", "teu", "feu")
    }
    assert [made[u].cargo for u in ("t", "wagon", "teu", "feu")] == [
        "bulk", "bulk", "container", "container",
    ]  # fmt: skip


def write_csv(path: Path, head: str, *lines: str) -> Path:
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def test_case_11_every_pair_comes_back_with_a_reason_where_there_is_none(tmp_path: Path) -> None:
    study = small.border_study()
    origins = ["A", "F", '"0,0.1"', '"0,0.4"', '"2.8,0"']
    ends = ["A", "F", '"0,0.2"', '"0,1"']
    lines = [f"{a},{b}" for a in origins for b in ends]
    file = write_csv(tmp_path / "pairs.csv", "from,to", *lines)
    result = find_pairs(PairsRequest(file, study))
    out = write_pairs(result, tmp_path / "out.csv")
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 20
    far = [row for row in rows if row["from"] == "2.8,0"]
    assert len(far) == 4
    assert all(row["time_h"] == "" for row in far)
    assert all("2.8,0 is 311 km from the nearest" in row["reason"] for row in far)
    same = [r for r in rows if r["reason"] == "both ends are the same place"]
    assert result.n_missing == 4 + len(same)
    assert f"{result.n_missing} of 20 pairs have no route: " in result.summary
    assert "2.8,0 is 311 km" in result.summary


def test_pairs_with_unknown_places_are_refused_with_their_rows(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "p.csv", "from,to", "Town A,Town F", "Town Q,Town F", "A,Town Z")
    with pytest.raises(OpenCorridorError) as caught:
        find_pairs(PairsRequest(file, small.border_study()))
    assert [(p.row, p.column, p.value) for p in caught.value.problems] == [
        (3, "from", "Town Q"), (4, "to", "Town Z"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [("start,to\nA,F\n", "'from' is missing"), ("from,to\n", "no pairs"), ("", "is missing"),
     ("from,to\nA\n", "1 cells, 2 expected")],
)  # fmt: skip
def test_broken_files_of_pairs(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "p.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OpenCorridorError, match=message):
        find_pairs(PairsRequest(file, small.border_study()))


def test_columns_of_the_file_override_the_request(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "p.csv", "from,to,commodity,unit,tonnes", "A,F,G,t,5", "A,F,,,")
    result = find_pairs(PairsRequest(file, small.border_study(), commodity="M"))
    assert [(r.cargo.class_id, r.cargo.unit, r.cargo.tonnes) for r in result.results] == [
        ("G", "t", 5.0), ("M", "feu", 20.0),
    ]  # fmt: skip


def test_the_pack_of_a_study_in_memory_is_its_own() -> None:
    assert open_pack(small.border_study()).study_id == "small"
