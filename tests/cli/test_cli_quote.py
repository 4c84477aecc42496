"""``route --quote``: what it prints, writes and refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from opencorridor.cli import main as program

ASK = ("route", "Alpha City", "Charlie City", "--study", "teaching", "--quote")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = program.execute(words)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_it_prints_motion_and_standing_apart(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *ASK, "--mode", "rail")
    assert code == 0
    (total,) = [line.split() for line in out.splitlines() if line.split()[:1] == ["total"]]
    assert total[1:6] == ["1,360", "39.0", "48.0", "64.60", "1,292.00"]
    assert "no dated tariff prices this route" in out
    assert "Insurance not included" in out
    assert "Rests on: amounts in constant US$ of 2024" in out


def test_json_plain_and_file_hold_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "quote.csv"
    code, out, _ = run(capsys, *ASK, "--json", "--out", str(target))
    quoted = json.loads(out)
    assert (code, quoted["schema_version"]) == (0, 1)
    rows = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    assert float(rows[-1]["cost_usd"]) == quoted["total"]["cost_usd"]
    plain = [line.split("\t") for line in run(capsys, *ASK, "--plain")[1].splitlines()]
    assert plain[0] == list(rows[0])
    assert [line[0] for line in plain[1:]] == [row["leg"] for row in rows]


def test_with_a_departure_it_arrives_by_the_clock(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, *ASK, "--depart", "2025-03-20T08:00+05:00", "--json")
    quoted = json.loads(out)
    _, out, _ = run(capsys, *ASK[:-1], "--depart", "2025-03-20T08:00+05:00", "--json")
    assert quoted["arrives"] == json.loads(out)["schedules"][0]["arrives"]


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--pareto",), 2, "leave --pareto out"),
        (("--out", "quote.pdf"), 2, "quote.pdf"),
        (("--mode", "rail", "--avoid", "BC_RAIL"), 2, "no way is open"),
    ],
)
def test_what_cannot_be_quoted_is_said(
    capsys: pytest.CaptureFixture[str], more: tuple[str, ...], code: int, said: str
) -> None:
    found, out, err = run(capsys, *ASK, *more)
    assert found == code
    assert said in out + err
