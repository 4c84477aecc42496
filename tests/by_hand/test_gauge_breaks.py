"""The product must meet the ways to change gauge that are computed by hand, to cent and minute."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

from opencorridor.freight.places import find_places
from opencorridor.network import build
from opencorridor.network.kernels.threads import use_threads
from opencorridor.operations.route import RouteRequest, RouteResult, find
from opencorridor.operations.scenario import ScenarioRequest, run
from opencorridor.routing.api import skims
from opencorridor.routing.legs import Leg
from opencorridor.scenario.measures import apply
from opencorridor.study import Study, write_study
from opencorridor.study.check import run_checks

sys.path.insert(0, str(Path(__file__).parent))

import gauge_breaks as hand

MINUTE, CENT = 1 / 60, 0.01


@pytest.fixture(scope="module")
def gauges(teaching: Study) -> Study:
    """Return the teaching study with the rows of the page."""
    return teaching.replace(
        {
            name: teaching[name].concat(list(csv.DictReader(rows)))
            for name, rows in hand.TABLES.items()
        }
    )


def ask(study: Study, klass: str, date: str, **more: object) -> RouteResult:
    unit = {"G": "wagon", "M": "feu"}[klass]
    return find(RouteRequest("Alpha City", "Charlie City", study, commodity=klass, unit=unit,
                             at=date, modes=("rail",), **more))  # type: ignore[arg-type]  # fmt: skip


def change(legs: tuple[Leg, ...]) -> Leg:
    (found,) = [leg for leg in legs if leg.mode == "gauge"]
    return found


def test_page_is_current() -> None:
    assert hand.PAGE.read_text(encoding="utf-8") == hand.page(), (
        "run python tests/by_hand/gauge_breaks.py --write"
    )


def test_the_copy_is_a_good_study(gauges: Study) -> None:
    assert [str(p) for p in run_checks(gauges) if p.severity == "error"] == []


@pytest.mark.parametrize("case", hand.CASES, ids=lambda case: f"{case.klass}-{case.date}")
def test_every_case_to_the_cent_and_minute(gauges: Study, case: hand.Case) -> None:
    study = apply(gauges, [hand.MEASURE]) if case.measure else gauges
    route = ask(study, case.klass, case.date).route
    leg = change(route.legs)
    assert (leg.method, leg.terminal_id) == (case.method, "GAUGE_BEACON")
    assert leg.time_h == pytest.approx(case.hours, abs=1e-6)
    assert leg.cost_usd_per_t == pytest.approx(case.usd, abs=1e-6)
    assert route.totals is not None
    assert route.totals.time_h == pytest.approx(case.route.hours, abs=MINUTE / 100)
    assert route.totals.cost_usd_per_t == pytest.approx(case.route.usd, abs=CENT / 100)


def test_the_front_has_both_ways_and_says_which(gauges: Study) -> None:
    """Machines: by transfer faster, on other bogies cheaper; neither beats the other."""
    result = ask(gauges, "M", "2025-03-01", pareto=True)
    assert result.alternatives is not None
    found = {change(one.route.legs).method: one for one in result.alternatives.routes}
    assert set(found) == {"transfer", "bogie_change"}
    totals = found["bogie_change"].route.totals
    assert totals is not None
    assert totals.cost_usd_per_t == pytest.approx(hand.CHEAPER.route.usd, abs=CENT / 100)
    assert totals.time_h == pytest.approx(hand.CHEAPER.route.hours, abs=MINUTE / 100)
    assert "change of bogies at Beacon Gate gauge yard" in found["bogie_change"].why


def test_a_skim_takes_the_best_way_on_its_date(gauges: Study) -> None:
    """Parallel arcs: the trees of a skim and the route of a pair choose alike."""
    for case in hand.CASES:
        if case.measure or case.date == "2025-08-01":
            continue  # a skim of all pairs knows no rules of cargo
        cargo = "bulk" if case.klass == "G" else "container"
        found = skims(gauges, class_id=case.klass, cargo=cargo, modes=["rail"], date=case.date)
        pair = found.sel(origin="A1", destination="C1")
        assert float(pair["time_h"]) == pytest.approx(case.route.hours, abs=MINUTE / 100)
        assert float(pair["cost_usd_per_t"]) == pytest.approx(case.route.usd, abs=CENT / 100)


def test_a_capacity_of_one_way_counts_its_arcs_only(gauges: Study) -> None:
    graph = build(gauges)
    places = find_places(gauges, graph)
    row = places.capacity_id.index("CAPV")
    arcs = np.repeat(np.arange(graph.n_arcs), np.diff(places.arc_first))[places.arc_place == row]
    names = sorted(gauges["transshipment"]["transshipment_id"][graph.ref[arcs]].tolist())
    assert names == ["VN", "VS"]


def test_a_measure_opens_a_way_for_as_much_as_its_wagons_carry(
    gauges: Study, tmp_path: Path
) -> None:
    """More grain wants the faster and cheaper way than its wagons take: the rest is reloaded."""
    use_threads(1)
    write_study(gauges, tmp_path / "gauges")
    found = run(ScenarioRequest(str(tmp_path / "gauges"), (hand.MEASURE,)))
    load = {place["capacity_id"]: place for place in found.places}
    wheels, gate = load["CAPV"], load["CAP01"]
    assert wheels["baseline_load_t_per_year"] == 0.0
    assert 150_000 < wheels["load_t_per_year"] <= 200_000 * (1 + 1e-6)
    assert wheels["wait_h"] > 0.0
    assert gate["load_t_per_year"] > wheels["load_t_per_year"]
    assert found.trade_usd > found.baseline_usd
    assert found.gap <= 1e-6


def test_a_forbidden_kind_says_its_document(gauges: Study) -> None:
    """Without the transfer nothing is left on a day of the rule: it is named as what opens."""
    t = gauges["transshipment"]
    shut = np.where((t["cargo"] == "bulk") & (t["method"] == "transfer"), "closed", t["state"])
    only = gauges.replace({"transshipment": t.with_column("state", shut.astype(object))})
    route = ask(only, "G", "2025-08-01").route
    assert not route.found
    ways = [str(way) for way in route.opens_with]
    said = "no grain on other bogies in the heat (B-7/2025, to 2025-08-31)"
    assert f"{said} (forbidden by cargo rule)" in ways


def test_a_kind_of_other_days_says_when_it_is_in_use(gauges: Study) -> None:
    t = gauges["transshipment"]
    bogies = t.where((t["method"] != "transfer") & (t["method"] != "variable_gauge"))
    only = gauges.replace({"transshipment": bogies, "capacity": gauges["capacity"].where(
        gauges["capacity"]["method"] == "")})  # fmt: skip
    route = ask(only, "G", "2025-02-28").route
    ways = [str(way) for way in route.opens_with]
    assert ways[0] == (
        "change of bogies at Beacon Gate gauge yard (in use from 2025-03-01 (B-3/2025))"
    )
