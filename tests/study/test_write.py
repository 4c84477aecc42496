"""Writing: the same values come back, and nothing foreign is touched."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.study import (
    OpenCorridorError,
    PrintedRoute,
    Settings,
    Side,
    Study,
    Table,
    Target,
    new_study,
    open_study,
    write_study,
)
from opencorridor.study.reference import datapackage, table_schema, tables_page
from opencorridor.study.schema import load_schema
from tests.study.files import LINKS, NODES, small

words = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00\r\n\x1f\x1e\x1d"), min_size=1
).map(str.strip).filter(bool)  # fmt: skip
numbers = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.tuples(words, numbers, words), min_size=1, max_size=6), title=words)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    values: list[tuple[str, float, str]],
    title: str,
) -> None:
    rows = [
        {"parameter_id": f"p{k}", "value": number, "unit": unit, "description": text,
         "source": "s", "status": "assumed"}
        for k, (unit, number, text) in enumerate(values)
    ]  # fmt: skip
    chosen = Settings(
        "s",
        title,
        pair=("A", "B"),
        target=Target(3e9, 2030, (Side("A", 1e9, title),)),
        routes=(PrintedRoute(title, "b", modes=("rail", "sea")),),
    )
    study = Study(chosen, {"parameter": Table.from_rows("parameter", rows)})
    study = study.replace(settings=replace(chosen, default=replace(chosen.default, commodity="G")))
    folder = tmp_path_factory.mktemp("w") / "s"
    again = open_study(write_study(study, folder))
    assert again.hash == study.hash
    assert again["parameter"]["value"].tolist() == study["parameter"]["value"].tolist()
    assert again.settings == study.settings


def test_the_teaching_study_survives(teaching: Study, tmp_path: Path) -> None:
    again = open_study(write_study(teaching, tmp_path / "t"))
    assert again.hash == teaching.hash
    for name, table in teaching.tables.items():
        for column in table.columns:
            np.testing.assert_array_equal(again[name][column], table[column])


def test_the_hash_is_of_values(tmp_path: Path) -> None:
    first = open_study(small(tmp_path / "a", node=NODES, link=LINKS.format(km="10"))).hash
    same = LINKS.format(km="1.0e1").replace("7.5", "7.500")
    assert open_study(small(tmp_path / "b", node=NODES, link=same)).hash == first
    parts = small(tmp_path / "c", node=NODES)
    (parts / "link").mkdir()
    header, one, two = same.splitlines()
    (parts / "link" / "a.csv").write_text(f"{header}\n{one}\n", encoding="utf-8")
    (parts / "link" / "b.csv").write_text(f"{header}\n{two}\n", encoding="utf-8")
    assert open_study(parts).hash == first
    other = LINKS.format(km="10.0000001")
    assert open_study(small(tmp_path / "d", node=NODES, link=other)).hash != first


def test_the_hash_sees_every_kind_of_change(teaching: Study) -> None:
    link = teaching["link"]
    longer = link.with_column("length_km", np.nextafter(link["length_km"], math.inf))
    swapped = link.with_columns({"name": link["passage"], "passage": link["name"]})
    hashes = {
        teaching.hash,
        teaching.replace({"link": longer}).hash,
        teaching.replace({"link": swapped}).hash,
        teaching.replace({"link": link.where(np.arange(link.n)[::-1])}).hash,
        teaching.replace(settings=replace(teaching.settings, price_year=2023)).hash,
    }
    assert len(hashes) == 5
    blank = link.with_column("tracks", np.where(np.isnan(link["tracks"]), -np.nan, link["tracks"]))
    assert teaching.replace({"link": blank}).hash == teaching.hash


def test_parts_stay_parts_and_other_files_are_kept(tmp_path: Path) -> None:
    folder = small(tmp_path / "a", node=NODES)
    (folder / "link").mkdir()
    for name, km in (("rail", 1), ("road", 2)):
        text = LINKS.format(km=km).replace("L", name)
        (folder / "link" / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "LICENCE.txt").write_text("ours", encoding="utf-8")
    study = open_study(folder)
    write_study(study.replace({"node": study["node"].where(np.array([0]))}), folder)
    assert {p.name for p in (folder / "link").iterdir()} == {"rail.csv", "road.csv"}
    assert (folder / "LICENCE.txt").read_text(encoding="utf-8") == "ours"
    assert open_study(folder)["node"].n == 1
    assert [p.name for p in tmp_path.iterdir()] == ["a"]  # no temporary folder is left


def test_a_foreign_folder_is_refused(teaching: Study, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OpenCorridorError, match="folder_in_use"):
        write_study(teaching, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]
    write_study(teaching, tmp_path, force=True)
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "mine"
    other = teaching.replace(settings=replace(teaching.settings, id="other"))
    with pytest.raises(OpenCorridorError, match="holds the study 'teaching'"):
        write_study(other, tmp_path)


def test_a_failed_write_leaves_the_old_study(
    teaching: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_study(teaching, tmp_path / "t")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("opencorridor.study.write.datapackage", fail)
    with pytest.raises(KeyboardInterrupt):
        write_study(teaching.replace({"link": Table("link")}), folder)
    assert open_study(folder).hash == teaching.hash
    assert [p.name for p in tmp_path.iterdir()] == ["t"]


def test_a_new_study_opens(tmp_path: Path) -> None:
    study = open_study(new_study("mine", folder=tmp_path / "mine"))
    assert study.id == "mine"
    assert all(table.n == 0 for table in study.tables.values())


def test_a_new_study_from_another(teaching: Study, tmp_path: Path) -> None:
    study = open_study(new_study("mine", "teaching", tmp_path / "mine"))
    assert study.id == "mine"
    assert study["link"].n == teaching["link"].n


@pytest.mark.parametrize("name", ["", "9lives", "a/b", ".."])
def test_a_bad_name_makes_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OpenCorridorError, match="bad_name"):
        new_study(name)
    assert list(tmp_path.iterdir()) == []


def test_new_does_not_overwrite(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("1", encoding="utf-8")
    with pytest.raises(OpenCorridorError, match="folder_in_use"):
        new_study("mine", folder=tmp_path)


def test_the_data_package_describes_the_files(teaching: Study, tmp_path: Path) -> None:
    folder = write_study(teaching, tmp_path / "t")
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    listed = {resource["path"]: resource for resource in package["resources"]}
    assert set(listed) == {p.name for p in folder.iterdir() if ".csv" in p.name}
    for path, resource in listed.items():
        header = (folder / path).read_text(encoding="utf-8").splitlines()[0].split(",")
        assert [field["name"] for field in resource["schema"]["fields"]] == header
    names = {resource["name"] for resource in package["resources"]}
    for resource in package["resources"]:
        for key in resource["schema"].get("foreignKeys", []):
            assert key["reference"]["resource"] in names


def test_table_schema_has_types_units_and_limits(teaching: Study) -> None:
    fields = {f["name"]: f for f in table_schema(teaching["link"].schema)["fields"]}
    length = fields["length_km"]
    assert (length["type"], length["unit"]) == ("number", "km")
    assert length["constraints"] == {"required": True, "minimum": 0}
    assert "required" not in fields["state"]["constraints"]  # it has a default
    assert datapackage(teaching, {"link": ["link.csv.gz"]})["resources"][0]["compression"] == "gz"


def test_the_reference_page_has_every_column() -> None:
    page = tables_page()
    for column in ("`length_km`", "`sum_group`", "`theta`"):
        assert column in page
    assert page.count("\n## ") == len(load_schema())
