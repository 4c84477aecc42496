"""``opencorridor trade potential`` on a table of one's own: what it prints and refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from opencorridor.cli import main as program


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = program.execute(("trade", "potential", *words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """Return a table that follows gravity exactly but for one pair, at half of it, by product."""
    rng = np.random.default_rng(2)
    place, size = rng.uniform(0, 3000, (12, 2)), rng.lognormal(4, 1, (2, 12))
    path = tmp_path / "mine.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["from", "to", "hs", "musd", "km"])
        for i in range(12):
            for j in range(12):
                if i == j:
                    continue
                km = float(np.hypot(*(place[i] - place[j]))) + 100
                for k, product in enumerate(("grain", "steel")):
                    value = size[k, i] * size[1 - k, j] / km * (0.5 if (i, j) == (0, 1) else 1)
                    writer.writerow([f"L{i:02}", f"L{j:02}", product, f"{value:.9g}", f"{km:.9g}"])
    return path


def columns(path: Path) -> tuple[str, ...]:
    named = {"exporter": "from", "importer": "to", "trade": "musd", "distance": "km"}
    options = [word for role, name in named.items() for word in (f"--{role}", name)]
    return ("--flows", str(path), *options)


def test_a_pair_at_half_of_what_is_usual_is_found(
    capsys: pytest.CaptureFixture[str], flows: Path
) -> None:
    code, out, err = run(capsys, "L00", "L01", *columns(flows), "--sector", "hs", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    forth = [row for row in found["sectors"] if row["direction"] == "a_to_b"]
    assert sorted(row["sector"] for row in forth) == ["grain", "steel"]
    for row in forth:
        # The pair itself is part of the estimate and pulls it down a little.
        assert row["potential"] == pytest.approx(2 * row["actual"], rel=0.12)
        assert row["gap"] == pytest.approx(row["potential"] - row["actual"])
    slope = [c for c in found["coefficients"] if c["variable"] == "log_distance"]
    assert all(c["estimate"] == pytest.approx(-1.0, abs=0.1) for c in slope)
    assert found["low"] < found["potential"] < found["high"]
    assert found["sectors"] == sorted(found["sectors"], key=lambda row: -row["gap"])


def test_it_is_printed_for_people(capsys: pytest.CaptureFixture[str], flows: Path) -> None:
    code, out, _ = run(capsys, "L00", "L01", *columns(flows), "--sector", "hs")
    assert code == 0
    assert "264 rows, 12 countries" in out
    assert "supply x demand x ease" in out


def test_bad_tables_and_names(capsys: pytest.CaptureFixture[str], flows: Path) -> None:
    code, _, err = run(capsys, "L00", "L99", *columns(flows), "--sector", "hs")
    assert code == 2
    assert "L99" in err
    code, _, err = run(capsys, "L00", "L01", *columns(flows))
    assert code == 2
    assert "duplicate" in err
    text = flows.read_text(encoding="utf-8").splitlines()
    text[1] = "L00,L01,grain,-5,"
    flows.write_text("\n".join(text) + "\n", encoding="utf-8")
    code, _, err = run(capsys, "L00", "L01", *columns(flows), "--sector", "hs")
    assert code == 2
    assert err.count("row 2") == 2


def test_a_lever_needs_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "AAA", "CCC", "--study", "teaching", "--set", "payment")
    assert code == 2
    assert "payment" in err
