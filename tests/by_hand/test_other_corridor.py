"""A second corridor goes through the whole chain: no country or place is built in."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

from opencorridor.operations.check import load_checks
from opencorridor.routing import route
from opencorridor.routing.api import skims
from opencorridor.scenario.build import build_model
from opencorridor.scenario.measures import apply
from opencorridor.scenario.prices import prices
from opencorridor.scenario.state import baseline, run_state
from opencorridor.study import Study, open_study
from opencorridor.study.check import run_checks

sys.path.insert(0, str(Path(__file__).parent))

from other_corridor import NODES, PLACES, write_other_corridor


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(write_other_corridor(tmp_path_factory.mktemp("other") / "other_corridor"))


def test_ten_nodes_two_countries_and_no_name_of_ours(other: Study, teaching: Study) -> None:
    assert len(NODES) == 10
    assert other["country"].n == 2
    names = {name for name, *_ in PLACES.values()} | set(other["country"]["name_en"])
    ours = {*teaching["zone"]["name_en"], *teaching["country"]["name_en"]}
    shipped = Path(teaching.folder or "").parent / "iran_kazakhstan"
    for file in (shipped / "zone.csv", shipped / "country.csv"):
        if file.exists():
            with file.open(encoding="utf-8", newline="") as handle:
                ours |= {row["name_en"] for row in csv.DictReader(handle)}
    assert not names & ours


def test_check_is_clean(other: Study) -> None:
    load_checks()
    assert [str(p) for p in run_checks(other) if p.severity == "error"] == []


def test_routes_and_skims(other: Study) -> None:
    got = route(other, "Xanadu Town", "Xylon Town", modes=["rail"])
    assert got.totals is not None
    # 12 km of truck at 25 km/h and 15 h at either end, 250 and 260 km at 35 km/h, border and yard.
    assert got.totals.time_h == pytest.approx(2 * (12 / 25 + 15) + 510 / 35 + 18 + 20)
    assert got.totals.cost_usd_per_t == pytest.approx(
        2 * (12 * 1.5 + 40) / 20 + 510 * 0.03 + 2.5 + 3.5
    )
    assert [leg.mode for leg in got.legs if leg.mode in ("border", "gauge")] == ["border", "gauge"]
    ground = skims(other)["gc_usd_per_t"].to_numpy()
    off = ~np.eye(len(ground), dtype=bool)
    assert np.isfinite(ground[off]).all()


def test_measures_raise_trade(other: Study) -> None:
    model, day = build_model(other), other.settings.baseline_date
    base = baseline(model, prices(model, other, day))
    assert base.clearing.wait_h[0] > 0, "the pass is a bottleneck"
    a, b = model.pair

    def pair(*names: str) -> float:
        found = run_state(model, prices(model, apply(other, names), day), base, model.flows).flows
        return float(found[:, a, b].sum() + found[:, b, a].sum())

    assert pair() == pytest.approx(1.7e8, rel=1e-9)
    assert 1.7e8 < pair("w1") < pair("w1", "w2") < pair("w1", "w2", "w3")
