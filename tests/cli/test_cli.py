"""The command line: exit codes, where output goes, what is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from opencorridor.cli import main as program
from opencorridor.cli import show
from opencorridor.study import OpenCorridorError, Problem
from opencorridor.study.errors import NotConverged

A, C = "Alpha City", "Charlie City"
HEAVY = {"numpy", "pandas", "numba", "xarray", "scipy", "h5py", "opencorridor.study"}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = program.execute(words)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_route_prints_legs_to_stdout_and_nothing_to_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "route", A, C, "--study", "teaching")  # the first one may say that it reads
    code, out, err = run(capsys, "route", A, C, "--study", "teaching")
    assert (code, err) == (0, "")
    assert "Beacon Gate (rail)" in out
    assert "the study's base date" in out
    assert "3.6 days (87 h)" in out
    assert "\x1b" not in out


def test_a_first_route_says_at_once_that_it_reads(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path))
    assert "Reading the study" in run(capsys, "route", A, C, "--study", "teaching")[2]
    assert run(capsys, "route", A, C, "--study", "teaching")[2] == ""


def test_route_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "route", A, C, "--study", "teaching", "--json")
    assert code == 0
    assert json.loads(out)["time_h"] == 87.0


def test_a_route_by_the_clock_prints_times_and_waits(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("route", A, C, "--study", "teaching", "--mode", "road", "-q")
    code, out, err = run(capsys, *words, "--depart", "2025-03-20T08:00+05:00")
    assert (code, err) == (0, "")
    assert "on 2025-03-20" in out
    assert "By the clock, times at UTC+05:00; departs Thu 20 Mar 08:00" in out
    # 12 hours of movement a day stand in for a rule: a mean, and said to be one.
    assert "12 h 00 min, rest (mean)" in out
    assert "arrives Sun 23 Mar 03:30 after 67 h 30 min" in out
    code, _, err = run(capsys, *words, "--depart", "2025-03-20T08:00")
    assert code == 2
    assert "has no UTC offset" in err


def test_pairs_take_no_departure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ("route", "--pairs", str(tmp_path / "p.csv"), "--out", str(tmp_path / "o.csv"))
    code, _, err = run(capsys, *words, "--depart", "2025-03-20T08:00Z")
    assert code == 2
    assert "--pairs takes no time of departure" in err


def test_route_plain_has_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "route", A, C, "--study", "teaching", "--plain")
    lines = [line.split("\t") for line in out.splitlines()]
    assert lines[0][0] == "mode"
    assert lines[-1][0] == "total"
    assert {len(line) for line in lines} == {10}


def test_no_route_is_exit_code_1_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("route", A, C, "--study", "teaching", "--avoid", "CCC")
    code, out, _ = run(capsys, *words)
    assert code == 1
    assert "lies in Charlieland, which is avoided" in out
    code, out, _ = run(capsys, *words, "--json")
    assert code == 1
    assert json.loads(out)["time_h"] is None


def test_commas_and_repeats_of_options_mean_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    joined = run(capsys, "route", A, C, "--study", "teaching", "--mode", "rail,sea", "--json")
    apart = run(
        capsys, "route", A, C, "--study", "teaching", "--mode", "rail", "--mode", "sea", "--json"
    )
    assert joined == apart


def test_from_and_to_take_negative_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(
        capsys, "route", "--from", "42,-40", "--to", C, "--study", "teaching", "--json"
    )
    assert code == 0
    assert json.loads(out)["from"]["kind"] == "coordinates"


def test_bad_input_is_exit_code_2_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "route", "Alpha Cty", C, "--study", "teaching")
    assert (code, out) == (2, "")
    assert "did you mean Alpha City" in err
    code, out, _ = run(capsys, "route", "Alpha Cty", C, "--study", "teaching", "--json")
    assert code == 2
    assert json.loads(out)["problems"][0]["code"] == "unknown_place"


@pytest.mark.parametrize("words", [["rute"], ["route", "--bogus"], ["route", "one"], ["skim"]])
def test_wrong_words_are_exit_code_2(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    code, _, err = run(capsys, *words)
    assert code == 2
    assert "Error" in err


def test_a_near_command_is_named_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, "rute")
    assert "route" in err
    assert out == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OpenCorridorError([Problem("x", "bad")]), 2),
        (NotConverged([Problem("y", "slow")]), 3),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("oops"), 70),
    ],
)
def test_exit_codes(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    error: BaseException,
    code: int,
) -> None:
    def fail(request: object, progress: object) -> None:
        raise error

    monkeypatch.setattr("opencorridor.operations.route.find", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    got, _, err = run(capsys, "route", A, C)
    assert got == code
    traces = list(tmp_path.glob("opencorridor-trace-*"))
    assert bool(traces) == (code == 70)
    if traces:
        assert "ZeroDivisionError" in traces[0].read_text(encoding="utf-8")
        assert str(traces[0]) in err


def test_skim_and_its_refusals(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "s.omx"
    code, text, err = run(capsys, "skim", "--out", str(out), "--study", "teaching")
    assert code == 0
    assert "5 × 5 zones" in text
    assert "Skimming" in err
    code, _, err = run(capsys, "skim", "--out", str(out), "--study", "teaching", "--quiet")
    assert code == 2
    assert "add --force" in err


def test_pairs_need_a_file_to_write(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pairs = tmp_path / "p.csv"
    pairs.write_text(f"from,to\n{A},{C}\n{A},{A}\n", encoding="utf-8")
    assert run(capsys, "route", "--pairs", str(pairs), "--study", "teaching")[0] == 2
    out = tmp_path / "out.csv"
    code, text, _ = run(
        capsys, "route", "--pairs", str(pairs), "--out", str(out), "--study", "teaching"
    )
    assert code == 0
    assert text.startswith("1 of 2 pairs have no route: both ends")
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3


def test_check_prints_the_number_of_checks_and_the_fit(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys, "check", "--study", "teaching")
    assert code == 0
    assert "checks over" in out
    assert "naive rival" in out
    assert "Running" in err


def test_a_new_study_names_the_next_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    code, out, _ = run(capsys, "study", "new", "mine", "--folder", str(folder))
    assert code == 0
    assert "Next: opencorridor check --study" in out
    assert (folder / "study.toml").is_file()


def test_doctor_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "doctor", "--json")
    assert code == 0
    assert json.loads(out)["studies"]
    assert run(capsys, "--version")[1].startswith("opencorridor ")


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("4", "4")])
def test_linear_algebra_has_one_thread_unless_the_shell_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, before: str | None, after: str
) -> None:
    name = "OPENBLAS_NUM_THREADS"
    monkeypatch.setattr(sys, "argv", ["opencorridor", "--version"])
    monkeypatch.delenv(name, raising=False)
    if before:
        monkeypatch.setenv(name, before)
    with pytest.raises(SystemExit):
        program.main()
    assert os.environ[name] == after


def test_help_loads_nothing_heavy() -> None:
    lines = [
        "import sys",
        "from opencorridor.cli.main import execute as run",
        "run(['--help']); run(['route', '--help'])",
        f"bad = sorted(set(sys.modules) & {HEAVY!r})",
        "sys.exit(f'loaded: {bad}' if bad else 0)",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Examples" in done.stdout


def test_a_warm_route_loads_no_pandas_numba_or_scipy(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "route", A, C, "--study", "teaching")
    lines = [
        "import sys",
        "from opencorridor.cli.main import execute as run",
        f"code = run(['route', {A!r}, {C!r}, '--study', 'teaching'])",
        "bad = sorted(set(sys.modules) & {'pandas', 'numba', 'xarray', 'scipy'})",
        "sys.exit(f'loaded: {bad}' if bad or code else 0)",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("value", "want"),
    [(0.5, "30 min"), (42.0, "42 h"), (72.0, "72 h"), (276.0, "11.5 days (276 h)"),
     (None, "no data")],
)  # fmt: skip
def test_hours(value: float | None, want: str) -> None:
    assert show.hours(value) == want


@pytest.mark.parametrize(
    ("value", "want"), [(1850.4, "$1,850"), (42.31, "$42.3"), (3.456, "$3.46")]
)
def test_money(value: float, want: str) -> None:
    assert show.money(value) == want


def test_changes_have_a_true_minus() -> None:
    assert show.percent(-0.124, sign=True) == "\u221212.4 %"
    assert show.percent(0.05, sign=True) == "+5.0 %"
