"""A second corridor, of other countries, through ``check`` and ``run`` as a user has them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from opencorridor.cli.main import execute
from opencorridor.network.kernels.threads import use_threads
from tests.operations.conftest import Results

sys.path.insert(0, str(Path(__file__).parents[1] / "by_hand"))

from other_corridor import write_other_corridor


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(write_other_corridor(tmp_path_factory.mktemp("other") / "other_corridor"))


def test_check_is_clean(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["check", "--study", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["errors"] == 0
    assert found["checks"] > 30


def test_run_answers_about_its_own_countries(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    use_threads(1)
    held = {p.name: p.read_bytes() for p in folder.iterdir()}
    words = ["run", "--study", str(folder), "--out", str(tmp_path / "r"), "--draws", "3",
             "--workers", "1"]  # fmt: skip
    assert execute(words) == 0
    text = capsys.readouterr().out
    assert "Xanadu Town to Xylon Town" in text
    results = Results(tmp_path / "r")
    summary = results.summary
    assert summary["pair"] == ["XXA", "XXB"]
    assert (summary["baseline_year"], summary["target_year"]) == (2023, 2028)
    assert summary["baseline_usd_current"] == pytest.approx(1.7e8)
    assert summary["plan_low"] <= summary["plan_high"]
    for name in ("Iran", "Kazakhstan", "Alphaland", "IRN", "KAZ", "AAA"):
        assert name not in results.report
        assert name not in text
    assert results.rows("load")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == held


def test_its_roadmap_and_scenario(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    use_threads(1)
    assert execute(["scenario", "--study", str(folder), "--measures", "w1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["change_usd"] > 0
    code = execute(["roadmap", "--study", str(folder), "--target-usd", "9e9", "--json"])
    assert code == 1, "out of reach is an answer, even where no fall of costs could reach it"
    found = json.loads(capsys.readouterr().out)
    assert found["reached"] is False
    assert found["summary"]["backward"] is None
    assert found["summary"]["gap_usd_current"] > 6e9
