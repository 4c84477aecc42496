"""Check as an operation: all rooms, all problems, the fit; doctor and cache."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from opencorridor.operations import cache, check, doctor, skim, study_new
from opencorridor.operations.check import CheckRequest
from opencorridor.operations.skim import SkimRequest
from opencorridor.study import OpenCorridorError, Study, open_study
from opencorridor.study.check import registered
from tests.routing import small


def test_the_teaching_study_is_clean_and_its_fit_is_there() -> None:
    said: list[str] = []
    result = check.run(CheckRequest("teaching"), said.append)
    assert result.errors == ()
    assert result.checks == len(registered()) > 30
    assert result.fit is not None
    assert len(said) == 4
    json.dumps(result.as_dict(), allow_nan=False)


def test_a_cut_off_zone_is_named() -> None:
    result = check.run(CheckRequest(small.three_zones()))
    mine = [p for p in result.problems if p.code == "zone_disconnected"]
    assert [(p.table, p.column, p.value) for p in mine] == [("zone", "zone_id", "3")]
    assert result.fit is None


def test_a_zone_that_can_be_left_but_not_reached_is_cut_off(teaching: Study) -> None:
    study = small.border_study()
    link = study["link"]
    oneway = np.where(link["link_id"] == "AB", "1", "0")
    result = check.run(CheckRequest(study.replace({"link": link.with_column("oneway", oneway)})))
    assert any(p.code == "zone_disconnected" for p in result.problems)
    assert teaching.id == "teaching"


def test_skim_refuses_before_it_works(tmp_path: Path) -> None:
    with pytest.raises(OpenCorridorError, match="no known format"):
        skim.make(SkimRequest(tmp_path / "x.doc", "no such study"))


def test_skim_writes_and_counts(tmp_path: Path) -> None:
    request = SkimRequest(tmp_path / "s.csv", small.three_zones(), allow_disconnected=True)
    result = skim.make(request)
    assert (result.n_zones, result.n_missing, result.disconnected) == (3, 4, ("3",))
    with pytest.raises(OpenCorridorError, match="is there already"):
        skim.make(request)
    with pytest.raises(OpenCorridorError):
        skim.make(SkimRequest(tmp_path / "t.csv", small.three_zones()))
    assert not (tmp_path / "t.csv").exists()


def test_a_new_study_can_be_opened(tmp_path: Path) -> None:
    made = study_new.make(study_new.NewStudyRequest("copy", "teaching", tmp_path / "copy"))
    assert open_study(made.folder).settings.default.commodity == "M"


def test_doctor_hides_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCORRIDOR_TOKEN", "swordfish")
    found = doctor.examine()
    assert found.settings["OPENCORRIDOR_TOKEN"] == "(hidden)"
    assert found.missing == ()
    assert "swordfish" not in json.dumps(found.as_dict())


def test_cache_clear_empties_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path / "cache"))
    from opencorridor.operations.route import routes

    routes("teaching", "Alpha City", "Charlie City")
    assert cache.clear().files > 10
    assert cache.clear().files == 0
