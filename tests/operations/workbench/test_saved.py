"""Saved scenarios and views: one id for one content, whole files, clean names."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.operations.workbench import saved, views
from opencorridor.study import OpenCorridorError, Study

SPEC: dict[str, Any] = {
    "measures": [{"measure_id": "M2", "year": None, "effect": "mode"},
                 {"measure_id": "M1", "year": 2030, "effect": "low"}],
    "edits": [], "closed": ["B", "A"], "year": None, "loop": True,
}  # fmt: skip


def code_of(caught: pytest.ExceptionInfo[OpenCorridorError]) -> str:
    return caught.value.problems[0].code


def test_the_id_does_not_depend_on_order_or_on_what_is_left_at_its_default() -> None:
    one = saved.scenario_id(SPEC, "h")
    turned = {**SPEC, "measures": SPEC["measures"][::-1], "closed": ["A", "B"]}
    assert saved.scenario_id(turned, "h") == one
    short = {k: v for k, v in SPEC.items() if k in ("measures", "closed")}
    assert saved.scenario_id(short, "h") == one
    assert len(one) == 16


def test_the_id_changes_with_anything_that_counts() -> None:
    edit = {"table": "border_dwell", "key": "k", "column": "mean_h", "op": "add", "value": 1}
    twice = {**edit, "value": 2.0}
    others = [
        {**SPEC, "loop": False}, {**SPEC, "year": 2030}, {**SPEC, "closed": []},
        {**SPEC, "edits": [edit, twice]}, {**SPEC, "edits": [twice, edit]},
    ]  # fmt: skip
    ids = {saved.scenario_id(spec, "h") for spec in [SPEC, *others]}
    assert len(ids | {saved.scenario_id(SPEC, "other study")}) == 7
    whole = {**edit, "value": 1.0}
    assert saved.scenario_id({"edits": [edit]}, "h") == saved.scenario_id({"edits": [whole]}, "h")


def test_saving_listing_naming_again_and_deleting(teaching: Study, own_data: Path) -> None:
    first = saved.save(teaching, " One \t name ", SPEC)
    assert first["name"] == "One name"
    assert first["same_study"] is True
    again = saved.save(teaching, "Another", SPEC)
    other = saved.save(teaching, "Closed", {"closed": ["X"]})
    assert again["scenario_id"] == first["scenario_id"]
    listed = saved.list_saved(teaching)
    assert {s["name"] for s in listed} == {"Another", "Closed"}
    assert saved.one_saved(teaching, other["scenario_id"])["spec"] == {"closed": ["X"]}
    assert list(own_data.rglob(".new-*")) == []
    saved.delete(teaching, other["scenario_id"])
    assert [s["name"] for s in saved.list_saved(teaching)] == ["Another"]
    with pytest.raises(OpenCorridorError) as caught:
        saved.delete(teaching, other["scenario_id"])
    assert code_of(caught) == "unknown_scenario"


def test_scenarios_of_another_version_of_the_study_say_so(teaching: Study, own_data: Path) -> None:
    from dataclasses import replace

    saved.save(teaching, "Old", SPEC)
    later = teaching.replace(settings=replace(teaching.settings, title="another title"))
    assert [s["same_study"] for s in saved.list_saved(later)] == [False]


def test_broken_files_are_left_out(teaching: Study, own_data: Path) -> None:
    kept = saved.save(teaching, "Kept", SPEC)
    folder = own_data / "opencorridor" / "teaching" / "scenarios"
    for n, text in enumerate(["{", "[]", '{"name": 1}', ""]):
        (folder / f"{n:016x}.json").write_text(text, encoding="utf-8")
    (folder / "notes.json").write_text("{}", encoding="utf-8")
    assert [s["scenario_id"] for s in saved.list_saved(teaching)] == [kept["scenario_id"]]


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "0" * 15, "0" * 16, "x" * 400, "\0"])
def test_no_id_leads_out_of_the_folder(teaching: Study, own_data: Path, name: str) -> None:
    for call in (saved.one_saved, saved.delete):
        with pytest.raises(OpenCorridorError) as caught:
            call(teaching, name)
        assert code_of(caught) == "unknown_scenario"


def test_there_is_an_end_to_saving(
    teaching: Study, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "MOST", 2)
    for n in range(2):
        saved.save(teaching, "n", {"year": 2030 + n})
    saved.save(teaching, "the same again", {"year": 2030})
    with pytest.raises(OpenCorridorError) as caught:
        saved.save(teaching, "n", {"year": 2040})
    assert code_of(caught) == "too_many_saved"


def test_a_folder_that_cannot_be_written_is_said(
    teaching: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(OpenCorridorError) as caught:
        saved.save(teaching, "n", SPEC)
    assert code_of(caught) == "cannot_save"


@given(st.text(max_size=40))
def test_names_are_one_line_of_composed_text(text: str) -> None:
    try:
        name = saved.clean_name(text)
    except OpenCorridorError:
        return
    assert name
    assert name == " ".join(name.split())
    assert saved.clean_name(name) == name
    shown = name.replace("\u200c", "").replace("\u200d", "")
    assert not [c for c in shown if unicodedata.category(c).startswith("C")]


def test_persian_names_keep_their_joiners() -> None:
    assert saved.clean_name("برنامه\u200cی یک\u202e") == "برنامه\u200cی یک"


# --- views --------------------------------------------------------------------------------------


def test_a_view_is_kept_under_the_hash_of_its_content(own_data: Path) -> None:
    state = {"b": [1, {"c": "ی"}], "a": None}
    one = views.store_view("teaching", state)
    assert views.store_view("teaching", dict(reversed(state.items())))["view_id"] == one["view_id"]
    assert views.one_view("teaching", one["view_id"])["state"] == state
    with pytest.raises(OpenCorridorError) as caught:
        views.one_view("teaching", "../" + one["view_id"])
    assert code_of(caught) == "unknown_view"


def test_views_that_are_no_state_are_refused(own_data: Path) -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"a": deep}
    bad = [({"a": "x" * 64_001}, "view_too_large"), (deep, "view_too_deep"),
           ({"a": float("nan")}, "bad_json"), ({"a": "\ud800"}, "bad_json")]  # fmt: skip
    for state, code in bad:
        with pytest.raises(OpenCorridorError) as caught:
            views.store_view("teaching", state)
        assert code_of(caught) == code


def test_views_used_longest_ago_go_first(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr(views, "MOST", 2)
    ids = [views.store_view("teaching", {"n": n})["view_id"] for n in range(2)]
    folder = own_data / "opencorridor" / "teaching" / "views"
    for age, key in enumerate(ids):
        os.utime(folder / f"{key}.json", (1000 + age, 1000 + age))
    views.one_view("teaching", ids[0])  # used now: the other is the older one
    views.store_view("teaching", {"n": 2})
    assert json.loads((folder / f"{ids[0]}.json").read_text(encoding="utf-8")) == {"n": 0}
    assert not (folder / f"{ids[1]}.json").exists()
