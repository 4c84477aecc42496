"""``opencorridor freight flows``: what it prints and refuses."""

from __future__ import annotations

import json

import pytest

from opencorridor.cli import main as program


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = program.execute(("freight", "flows", "--study", "teaching", *words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_summary_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys)
    assert code == 0
    for word in ("By mode", "By pair", "By class", "By country", "transit US$", "t a year"):
        assert word in out
    assert "Following" in err


def test_whose_goods_pass_by_name_and_by_id(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--at", "BC_RAIL", "--json")
    assert code == 0
    by_id = json.loads(out)
    assert by_id["at"] == "BC_RAIL"
    assert by_id["total"]["t_per_year"] > 0
    _, out, _ = run(capsys, "--at", "BC_RAIL", "--goods", "pair", "--json")
    assert json.loads(out)["total"]["t_per_year"] == pytest.approx(by_id["total"]["own_t_per_year"])


@pytest.mark.parametrize("by", ["link", "crossing", "mode", "country", "pair", "class", "transit"])
def test_one_table(capsys: pytest.CaptureFixture[str], by: str) -> None:
    code, out, _ = run(capsys, "--by", by, "--json")
    assert code == 0
    rows = json.loads(out)["rows"]
    assert rows
    _, out, _ = run(capsys, "--by", by, "--plain")
    lines = out.splitlines()
    assert lines[0].split("\t") == list(rows[0])
    assert len(lines) == len(rows) + 1
    code, out, _ = run(capsys, "--by", by)
    assert code == 0
    assert str(next(iter(rows[0].values()))) in out


def test_a_closed_crossing_carries_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--at", "BC_RAIL", "--close", "BC_RAIL", "--json")
    assert json.loads(out)["pairs"] == []


@pytest.mark.parametrize(
    ("words", "code_name"),
    [(("--at", "Nowhere"), "unknown_place"), (("--by", "planet"), "unknown_table")],
)
def test_bad_input(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code_name: str
) -> None:
    code, _, err = run(capsys, *words)
    assert code == 2
    assert code_name in err
