"""``run``, ``scenario`` and ``roadmap`` from the command line."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from opencorridor.cli.main import execute
from opencorridor.network.kernels.threads import use_threads

FEW = ("--study", "teaching", "--draws", "2", "--workers", "1")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    use_threads(1)


def call(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = execute([str(word) for word in words])
    out, err = capsys.readouterr()
    return code, out.replace("\xa0", " "), err  # numbers and units do not break


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_run_prints_the_answer_the_routes_and_the_report(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "results"
    code, text, err = call(capsys, "run", *FEW, "--seed", "11", "--out", out)
    assert code == 0
    assert "Trade of Alphaland and Charlieland was $1.0 billion in 2024" in text
    assert "In constant dollars of 2024" in text
    assert "dollars of 2030" in text
    assert "The target of $2.1 billion is reached." in text
    assert re.search(r"In 2030 (congestion takes|less congestion adds) \$[\d.]+", text)
    assert "2 draws, seed 11" in text
    assert "Alpha City to Charlie City" in text
    assert f"Report: {out / 'report.html'}" in text
    assert "baseline" in err, "progress goes to stderr"
    assert "draws" in err
    assert "\x1b" not in text
    written = files(out)
    code, text, err = call(capsys, "run", *FEW, "--seed", "11", "--out", out)
    assert code == 0
    assert "from the cache" in err
    again = files(out)
    assert {n for n in written if written[n] != again[n]} <= {"run.json"}


def test_again_repeats_a_run_byte_for_byte(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "results"
    words = ("run", *FEW, "--seed", "3", "--budget-usd", "120000000", "--no-loop", "--out", out)
    assert call(capsys, *words)[0] == 0
    first = files(out)
    summary = json.loads(first["summary.json"])
    assert (summary["seed"], summary["loop"], summary["draws"]) == (3, False, 2)
    (out / "summary.json").unlink()
    code, text, _ = call(capsys, "run", "--again", out / "run.json")
    assert code == 0
    assert "is not reached; the gap is" in text
    second = files(out)
    assert first.keys() == second.keys()
    assert {n for n in first if first[n] != second[n]} <= {"run.json"}
    assert call(capsys, "run", "--again", tmp_path / "no" / "run.json")[0] == 2


def test_a_missed_target_is_no_error_of_run_but_an_answer_of_roadmap(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    budget = ("--study", "teaching", "--budget-usd", "20000000")
    code, text, _ = call(capsys, "run", *budget, "--draws", "0", "--out", tmp_path / "results")
    assert code == 0
    assert "is not reached; the gap is" in text
    assert "8 of 10 draws" not in text
    code, text, _ = call(capsys, "roadmap", *budget)
    assert code == 1
    assert "is not reached; the gap is" in text
    assert "DUTY_FREE" in text
    code, text, _ = call(capsys, "roadmap", "--study", "teaching")
    assert code == 0
    assert "is reached" in text
    assert "BRIGHT_LINE" in text


def test_json_is_one_document_on_stdout(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, text, _ = call(capsys, "run", *FEW, "--out", tmp_path / "r", "--json", "--quiet")
    assert code == 0
    found = json.loads(text)
    assert found["schema_version"] == 1
    assert found["folder"] == str(tmp_path / "r")
    assert found["plan_usd_current"] > found["no_new_usd_current"]
    code, text, _ = call(capsys, "roadmap", "--study", "teaching", "--target-usd", "9e9", "--json")
    assert code == 1
    assert json.loads(text)["reached"] is False


def test_quiet_says_nothing_on_stderr(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert call(capsys, "run", *FEW, "--out", tmp_path / "r", "--quiet")[2] == ""
    assert call(capsys, "scenario", "--study", "teaching", "--quiet")[2] == ""


def test_a_foreign_folder_is_exit_code_2_and_stays_as_it_was(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    code, text, err = call(capsys, "run", *FEW, "--out", tmp_path)
    assert (code, text) == (2, "")
    assert "--force" in err
    assert list(tmp_path.iterdir()) == [tmp_path / "mine.txt"]
    code, text, _ = call(capsys, "run", *FEW, "--out", tmp_path, "--json")
    assert code == 2
    assert [p["code"] for p in json.loads(text)["problems"]] == ["folder_exists"]


@pytest.mark.parametrize("option", ["--draws", "--budget-usd", "--workers"])
def test_numbers_below_their_least_are_wrong_words(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str
) -> None:
    words = ("run", "--study", "teaching", "--out", tmp_path / "r", option, "-1")
    code, _, err = call(capsys, *words)
    assert code == 2
    assert option in err
    assert not (tmp_path / "r").exists()


def test_scenario_compares_with_the_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("scenario", "--study", "teaching", "--measures")
    code, text, _ = call(capsys, *words, "TRANSIT_DEAL, E_DECLARATION")
    assert code == 0
    assert "Trade of the pair" in text
    assert "constant US$ of 2024" in text
    assert re.search(r"before congestion \+13\.\d+, after congestion \+\d", text)
    assert re.search(r"congestion takes back \d+\.\d+ \(\d+\.\d% of the change\)", text)
    assert "Residuals: assignment gap" in text
    assert "Two starts, empty places and long waits: trade" in text
    gains = {}
    for flags in ((), ("--no-loop",)):
        found = json.loads(call(capsys, *words, "BEACON_YARD", *flags, "--json")[1])
        gains[flags] = found["change_usd"]
    assert 0 < gains[()] < gains["--no-loop",]
    code, text, _ = call(capsys, "scenario", "--study", "teaching", "--close", "BC_RAIL", "--close",
                         "Beacon Gate (road)", "--json")  # fmt: skip
    assert code == 0
    assert json.loads(text)["closed"] == ["BC_RAIL", "BC_ROAD"]


def test_the_program_itself_runs_a_study(tmp_path: Path) -> None:
    """As a user does: a process of its own, results in the working folder by default."""
    done = subprocess.run(
        [sys.executable, "-m", "opencorridor.cli.main", "run", *FEW[:2], "--draws", "0",
         "--workers", "1"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Report: results/report.html" in done.stdout
    with (tmp_path / "results" / "decomposition.csv").open(encoding="utf-8", newline="") as file:
        parts = {r["part"]: float(r["usd_current_target_year"]) for r in csv.DictReader(file)}
    target = parts.pop("target")
    assert sum(parts.values()) == pytest.approx(target)
