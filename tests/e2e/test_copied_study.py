"""A copied study with 48 hours more at one border, and the same hours taken away again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from opencorridor.operations.route import RouteRequest, find
from opencorridor.study import Study, open_study, write_study
from tests.operations.conftest import Results, results_of
from tests.scenario.worlds import changed

RAIL = ("rail",)


def hours(study: Path) -> float:
    found = find(RouteRequest("Alpha City", "Charlie City", str(study), modes=RAIL))
    assert found.route.totals is not None
    return found.route.totals.time_h


@pytest.fixture(scope="module")
def folder(teaching: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("copy") / "teaching"
    write_study(teaching, place)
    return place


@pytest.fixture(scope="module")
def before(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return results_of(folder, tmp_path_factory.mktemp("before") / "results")


@pytest.fixture(scope="module")
def slowed(
    teaching: Study, folder: Path, before: Results, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Results, float, str]:
    """Results, hours and hash with 48 hours more; the copy is mended again afterwards."""
    assert before.summary
    dwell = teaching["border_dwell"]
    rail = dwell["border_crossing_id"] == "BC_RAIL"
    more = changed(
        teaching, "border_dwell", rail, mean_h=lambda h: h + 48.0,
        mean_high_h=lambda h: h + 48.0, p95_h=lambda h: h + 48.0,
    )  # fmt: skip
    write_study(more, folder, force=True)
    results = results_of(folder, tmp_path_factory.mktemp("slow") / "results")
    told = hours(folder), open_study(folder).hash
    write_study(teaching, folder, force=True)
    return results, *told


def load(results: Results, link: str) -> float:
    return float(next(r for r in results.rows("load") if r["link_id"] == link)["t_per_year"])


def test_routes_take_48_hours_more(folder: Path, slowed: tuple[Results, float, str]) -> None:
    assert slowed[1] == pytest.approx(hours(folder) + 48.0)


def test_goods_leave_the_slow_border_and_fewer_wait_there(
    before: Results, slowed: tuple[Results, float, str]
) -> None:
    after = slowed[0]
    assert load(after, "L06") < 0.9 * load(before, "L06")
    assert load(after, "L28") > load(before, "L28"), "the road takes some of them"
    waits = [
        next(float(r["wait_h"]) for r in x.rows("bottleneck") if r["capacity_id"] == "CAP01")
        for x in (before, after)
    ]
    assert waits[1] < waits[0]


def test_costs_rise_and_what_eases_the_border_is_worth_less(
    before: Results, slowed: tuple[Results, float, str]
) -> None:
    after = slowed[0]
    for one, other in zip(before.rows("skim_country"), after.rows("skim_country"), strict=True):
        key = "generalised_cost_usd_per_t"
        assert float(other[key]) > float(one[key]), one

    def gain(x: Results, measure: str) -> float:
        return next(
            float(r["alone_usd_constant"]) for r in x.rows("measures")
            if r["measure_id"] == measure
        )  # fmt: skip

    # Where fewer want to pass, room for more of them is worth less: trade gains less by it.
    assert 0 <= gain(after, "BEACON_YARD") < gain(before, "BEACON_YARD")
    assert gain(after, "DUTY_FREE") > 0
    assert after.summary["plan_usd_current"] != before.summary["plan_usd_current"]
    # Both are relative to their own baseline, which holds the observed trade.
    assert after.summary["baseline_usd_current"] == before.summary["baseline_usd_current"] == 1e9


def test_the_report_tells_of_it(before: Results, slowed: tuple[Results, float, str]) -> None:
    after = slowed[0]
    assert after.report != before.report
    for results in (before, after):
        assert f'data-t="{load(results, "L05")!r}"' in results.report
        assert results.summary["study_hash"] in results.report


def test_undoing_it_restores_hash_and_results(
    teaching: Study,
    folder: Path,
    before: Results,
    slowed: tuple[Results, float, str],
    tmp_path: Path,
) -> None:
    assert slowed[2] != teaching.hash
    assert open_study(folder).hash == teaching.hash == before.summary["study_hash"]
    again = results_of(folder, tmp_path / "again", use_cache=False)
    first, second = before.files(), again.files()
    assert {n for n in first if first[n] != second[n]} == {"run.json"}


def test_a_run_changes_no_file_of_its_study(folder: Path, tmp_path: Path) -> None:
    def bytes_of(place: Path) -> dict[str, bytes]:
        return {str(p.relative_to(place)): p.read_bytes() for p in place.rglob("*") if p.is_file()}

    shipped = open_study("teaching").folder
    assert shipped is not None
    held = bytes_of(folder), bytes_of(shipped)
    results_of(folder, tmp_path / "one", use_cache=False)
    results_of("teaching", tmp_path / "two", use_cache=False)
    assert (bytes_of(folder), bytes_of(shipped)) == held


def test_results_do_not_depend_on_where_the_study_lies(before: Results, tmp_path: Path) -> None:
    shipped = results_of("teaching", tmp_path / "shipped")
    first, second = before.files(), shipped.files()
    assert {n for n in first if first[n] != second[n]} <= {"run.json"}
    np.testing.assert_equal(before.summary["study_hash"], shipped.summary["study_hash"])
