"""``opencorridor trade solve`` on a user's own files, good and bad."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.cli import main as program

COUNTRIES = ("AGO", "BWA", "NA")  # "NA" is a name here, not a missing value
FLOWS = np.array([[90.0, 8.0, 2.0], [6.0, 70.0, 5.0], [3.0, 4.0, 50.0]])


def table(path: Path, flows: np.ndarray = FLOWS, countries: tuple[str, ...] = COUNTRIES) -> Path:
    lines = ["origin,destination,value"]
    lines += [
        f"{a},{b},{flows[i, j]}" for i, a in enumerate(countries) for j, b in enumerate(countries)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


COLUMNS = ("--exporter", "origin", "--importer", "destination", "--trade", "value")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    change = tmp_path / "change.csv"
    change.write_text("origin,destination,tau_hat\nAGO,NA,0.9\nNA,AGO,0.8\n", encoding="utf-8")
    return table(tmp_path / "flows.csv"), change


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = program.execute(["trade", "solve", *map(str, words)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def codes(out: str) -> list[str]:
    return [problem["code"] for problem in json.loads(out)["problems"]]


def test_json_is_the_equilibrium(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    flows, change = files
    code, out, err = run(
        capsys, flows, *COLUMNS, "--change", change, "--theta", "4", "--psi", "0.5", "--json"
    )
    assert (code, err) == (0, "")
    answer = json.loads(out)
    world = trade.one_sector(FLOWS, theta=4.0, psi=0.5)
    found = world.solve({(0, 2): 0.9, (2, 0): 0.8})
    assert [row["country"] for row in answer["countries"]] == list(COUNTRIES)
    assert [row["welfare_hat"] for row in answer["countries"]] == found.welfare_hat.tolist()
    abroad = 1 - np.eye(3)
    exports = (found.flows * abroad).sum(axis=1) / (FLOWS * abroad).sum(axis=1)
    np.testing.assert_allclose([row["exports_hat"] for row in answer["countries"]], exports)
    assert answer["converged"]
    assert answer["market_residual"] <= 1e-12
    assert answer["pairs_changed"] == 2


def test_a_table_and_files(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], tmp_path: Path
) -> None:
    flows, change = files
    out_file, pairs = tmp_path / "countries.csv", tmp_path / "pairs.csv"
    words = (flows, *COLUMNS, "--change", change, "--sigma", "5", "--out", out_file)
    code, out, err = run(capsys, *words, "--out-flows", pairs)
    assert code == 0
    assert "welfare" in out
    assert "costs of 2 pairs changed" in out
    assert f"Wrote {pairs}" in err
    rows = list(csv.DictReader(pairs.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 9
    after = np.array([float(row["trade_after"]) for row in rows])
    found = trade.one_sector(FLOWS, theta=4.0).solve({(0, 2): 0.9, (2, 0): 0.8})
    np.testing.assert_allclose(after, found.flows.ravel())
    assert out_file.read_text(encoding="utf-8").startswith("country,welfare_hat")
    code, _, err = run(capsys, *words)
    assert code == 2
    assert "file_exists" in err


def test_conditional_and_closures(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    flows, change = files
    words = (flows, *COLUMNS, "--change", change, "--theta", "4", "--json")
    held = json.loads(run(capsys, *words, "--conditional")[1])
    assert held["conditional"]
    assert all(row["output_hat"] == 1.0 for row in held["countries"])
    fixed = ("--closure", "fixed_shares", "--reference", "NA")
    assert json.loads(run(capsys, *words, *fixed)[1])["market_residual"] > 1e-6
    code, out, _ = run(capsys, *words, "--closure", "fixed_amount")
    assert (code, codes(out)) == (2, ["trade_reference"])


def test_one_year_of_several(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    panel = tmp_path / "panel.csv"
    lines = ["exporter,importer,year,trade"]
    for year, size in ((2018, 1.0), (2019, 2.0)):
        for i, a in enumerate(COUNTRIES):
            lines += [f"{a},{b},{year},{FLOWS[i, j] * size}" for j, b in enumerate(COUNTRIES)]
    panel.write_text("\n".join(lines), encoding="utf-8")
    words = (panel, "--theta", "4", "--year", "year", "--json")
    code, out, _ = run(capsys, *words)
    assert (code, codes(out)) == (2, ["trade_year"])
    assert "2018, 2019" in out
    assert run(capsys, *words, "--at", "2019")[0] == 0


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ("B,B", "trade_domestic_missing", "B has no sales at home"),
        ("all home 0", "trade_domestic_missing", "all sales at home are 0"),
        ("B home 0 exports 0", "trade_country_without_output", "B sells nothing"),
        ("B buys 0", "trade_country_without_expenditure", "B buys nothing"),
        ("islands", "trade_world_in_parts", "wages cannot be compared"),
        ("negative", "negative_value", "-5"),
        ("twice", "duplicate_key", ""),
        ("empty", "no_rows", "no row below its header"),
    ],
)
def test_a_bad_table_is_refused_with_its_rows(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: str, code: str, told: str
) -> None:
    flows = np.array([[9.0, 2.0, 1.0, 1.0], [2.0, 8.0, 1.0, 1.0], [1.0, 2.0, 9.0, 1.0], [1.0] * 4])
    if change == "all home 0":
        np.fill_diagonal(flows, 0.0)
    elif change == "B home 0 exports 0":
        flows[1] = 0.0  # case 20
    elif change == "B buys 0":
        flows[:, 1] = 0.0
    elif change == "islands":
        flows[:2, 2:] = flows[2:, :2] = 0.0  # case 31
    elif change == "negative":
        flows[0, 1] = -5.0
    path = table(tmp_path / "flows.csv", flows, ("A", "B", "C", "D"))
    lines = path.read_text(encoding="utf-8").splitlines()
    if change == "B,B":
        lines = [line for line in lines if not line.startswith("B,B")]
    elif change == "twice":
        lines.append(lines[1])
    elif change == "empty":
        lines = lines[:1]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    exit_code, out, _ = run(capsys, path, *COLUMNS, "--theta", "4", "--json")
    assert exit_code == 2
    problems = json.loads(out)["problems"]
    assert problems[0]["code"] == code
    assert told in problems[0]["message"] + problems[0]["value"]
    assert problems[0]["file"] == "flows.csv"
    assert "NaN" not in out


def test_a_bad_change_is_refused_with_its_rows(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    flows, change = files
    change.write_text("origin,destination,tau_hat\nAGO,BWB,0.9\nNA,AGO,-1\n", encoding="utf-8")
    code, out, _ = run(capsys, flows, *COLUMNS, "--change", change, "--theta", "4", "--json")
    problems = json.loads(out)["problems"]
    assert code == 2
    assert [(p["code"], p["row"]) for p in problems] == [
        ("trade_labels", 2),
        ("trade_cost_factor", 3),
    ]
    assert problems[0]["mend"] == "did you mean BWA?"


@pytest.mark.parametrize("options", [(), ("--theta", "4", "--sigma", "5"), ("--theta", "-4")])
def test_an_elasticity_of_the_wrong_sign_or_number(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], options: tuple[str, ...]
) -> None:
    code, out, _ = run(capsys, files[0], *COLUMNS, *options, "--json")
    assert code == 2
    expected = "theta_not_positive" if "-4" in options else "trade_elasticity"
    assert codes(out) == [expected]


def test_unknown_iso_codes(capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]) -> None:
    code, out, _ = run(capsys, files[0], *COLUMNS, "--theta", "4", "--iso", "--json")
    assert code == 2
    assert {p["value"] for p in json.loads(out)["problems"]} == {"NA"}


def test_no_equilibrium_names_the_market(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    flows = np.array([[5.0, 95.0, 10.0], [5.0, 60.0, 10.0], [5.0, 30.0, 90.0]])
    path = table(tmp_path / "flows.csv", flows, ("Ore", "Mill", "Rest"))
    change = tmp_path / "change.csv"
    change.write_text("origin,destination,tau_hat\nOre,Mill,4\nOre,Rest,4\n", encoding="utf-8")
    code, out, _ = run(capsys, path, *COLUMNS, "--theta", "6", "--change", change, "--json")
    assert code == 3
    assert json.loads(out)["problems"][0]["value"] == "Ore"
