"""A run of the teaching study: every file, what stands in it, and that it can be repeated."""

from __future__ import annotations

import csv
import math
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from opencorridor.documents.numbers import usd
from opencorridor.operations.freight_closures import ClosuresRequest
from opencorridor.operations.freight_closures import run as closures
from opencorridor.operations.run import RunRequest, again, run
from opencorridor.scenario.path import price_index, schedule, state_of_year
from opencorridor.study import OpenCorridorError
from tests.operations.conftest import DRAWS, Results, results_of
from tests.scenario.worlds import World

NAMED = {
    "summary.json", "trade_path.csv", "decomposition.csv", "measures.csv", "load.csv",
    "bottleneck.csv", "skim_country.csv", "fit.csv", "report.html", "run.json",
}  # fmt: skip


# --- files ---------------------------------------------------------------------------------------


def test_every_file_of_the_contract_is_there_and_listed(ran: Results) -> None:
    files = ran.files()
    assert set(files) >= NAMED
    assert all(files[name] for name in NAMED)
    assert sorted(ran.info["files"]) == sorted(files)
    assert ran.info["written_by"] == "opencorridor"
    assert "tables.json" not in files


def test_run_json_says_what_was_run(ran: Results, world: World) -> None:
    info = ran.info
    assert info["study_hash"] == world.study.hash
    assert (info["seed"], info["draws"], info["settings"]["draws"]) == (1, DRAWS, DRAWS)
    assert info["seconds"] > 0
    assert info["version"]


def test_a_second_call_comes_from_the_cache_and_writes_the_same_bytes(
    ran: Results, tmp_path: Path
) -> None:
    result = run(RunRequest("teaching", str(tmp_path / "again"), draws=DRAWS, workers=2))
    assert result.from_cache
    assert result.seconds < 5
    first, second = ran.files(), Results(tmp_path / "again").files()
    assert first.keys() == second.keys()
    assert {n for n in first if first[n] != second[n]} == {"run.json"}


def test_closures_are_written_if_asked_for(ran: Results, tmp_path: Path) -> None:
    """The answer and the rest of the folder stay those of the run without them."""
    request = RunRequest("teaching", str(tmp_path / "shut"), draws=DRAWS, closures=True)
    assert run(request).from_cache
    first, second = ran.files(), Results(tmp_path / "shut").files()
    assert second.keys() - first.keys() == {"closures.csv"}
    assert {n for n in first if first[n] != second[n]} == {"run.json"}
    with (tmp_path / "shut" / "closures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = closures(ClosuresRequest("teaching")).rows
    assert [row["place_id"] for row in rows] == [one["place_id"] for one in listed]
    assert [float(row["damage_usd"]) for row in rows] == [one["damage_usd"] for one in listed]
    assert rows[0]["countries"] == ";".join(listed[0]["countries"])
    assert again(tmp_path / "shut" / "run.json").closures


def test_solving_again_gives_the_same_bytes(ran: Results, tmp_path: Path) -> None:
    """Same inputs and seed, nothing remembered: summary, tables and report are the same."""
    fresh = results_of("teaching", tmp_path / "fresh", draws=DRAWS, use_cache=False)
    first, second = ran.files(), fresh.files()
    assert {n for n in first if first[n] != second[n]} == {"run.json"}


def test_run_json_repeats_its_run(ran: Results) -> None:
    request = again(ran.folder / "run.json")
    assert (request.study, request.seed, request.draws) == ("teaching", 1, DRAWS)
    assert (request.loop, request.budget_usd) == (True, None)
    assert request.out == str(ran.folder), "it replaces what it repeats"


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"settings": {"nope": 1}}'])
def test_a_run_json_that_is_none_is_bad_input(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "run.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(OpenCorridorError) as caught:
        again(file)
    assert caught.value.exit_code == 2
    assert caught.value.problems[0].code == "bad_run_file"


def test_another_seed_gives_another_band_and_the_same_centre(ran: Results, tmp_path: Path) -> None:
    other = results_of("teaching", tmp_path / "seven", draws=2, seed=7)
    few = results_of("teaching", tmp_path / "one", draws=2, seed=1)
    assert other.summary["seed"] == other.info["seed"] == 7
    assert few.summary["seed"] == 1
    assert other.summary["plan_low"] != few.summary["plan_low"]
    assert other.summary["plan_usd_current"] == ran.summary["plan_usd_current"]


def test_a_foreign_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear all", encoding="utf-8")
    with pytest.raises(OpenCorridorError) as caught:
        run(RunRequest("teaching", str(folder), draws=0))
    assert caught.value.exit_code == 2
    assert "--force" in str(caught.value)
    assert [p.name for p in tmp_path.rglob("*")] == ["mine", "letter.txt"]


def test_a_run_replaces_its_own_folder_and_with_force_keeps_strangers(
    ran: Results, tmp_path: Path
) -> None:
    request = RunRequest("teaching", str(tmp_path / "out"), draws=DRAWS, workers=1)
    run(request)
    (tmp_path / "out" / "load.csv").write_text("spoilt", encoding="utf-8")
    run(request)
    assert Results(tmp_path / "out").files()["load.csv"] == ran.files()["load.csv"]
    (tmp_path / "out" / "notes.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(OpenCorridorError):
        run(request)
    run(RunRequest("teaching", str(tmp_path / "out"), draws=DRAWS, workers=1, force=True))
    assert (tmp_path / "out" / "notes.txt").read_text(encoding="utf-8") == "keep me"


# --- what stands in them -------------------------------------------------------------------------


def test_the_path_is_the_solved_years_in_current_and_constant_dollars(
    ran: Results, world: World
) -> None:
    rows = ran.rows("trade_path")
    assert [int(r["year"]) for r in rows] == list(range(2024, 2031))
    chosen = ran.summary["measures"]
    starts = schedule(world.study, chosen, "2025-01-01")
    for row in rows:
        index = price_index(world.study, int(row["year"]))
        for kind in ("plan", "no_new"):
            constant, current = (float(row[f"{kind}_usd_{u}"]) for u in ("constant", "current"))
            assert current == pytest.approx(constant * index)
        assert float(row["plan_usd_constant"]) >= float(row["no_new_usd_constant"]) * (1 - 1e-9)
    for year in (2025, 2028):
        row = rows[year - 2024]
        for kind, plan in (("plan", starts), ("no_new", {})):
            state = state_of_year(world.model, world.study, world.base, year, plan)
            assert float(row[f"{kind}_usd_constant"]) == pytest.approx(world.pair(state), rel=1e-6)
    assert float(rows[0]["plan_usd_current"]) == pytest.approx(1e9)


def test_the_decomposition_adds_up_and_agrees_with_the_path(ran: Results) -> None:
    parts = {r["part"]: float(r["usd_current_target_year"]) for r in ran.rows("decomposition")}
    target = parts.pop("target")
    assert target == ran.summary["target_usd"] == 2.11e9
    assert math.fsum(parts.values()) == pytest.approx(target, abs=1e-3)
    last = ran.rows("trade_path")[-1]
    assert target - parts["remaining_gap"] == pytest.approx(float(last["plan_usd_current"]))
    assert parts["baseline"] == pytest.approx(1e9)
    assert parts["growth"] > 0
    assert parts["new_measures"] > 0
    # dollars of 2030 are worth less: the same trade is more of them
    assert parts["prices"] == pytest.approx(0.12 * float(last["plan_usd_constant"]))


def test_the_band_holds_its_draws_and_grows_with_time(ran: Results) -> None:
    rows, summary = ran.rows("trade_path"), ran.summary
    widths = [float(r["plan_high_usd_current"]) / float(r["plan_low_usd_current"]) for r in rows]
    assert widths[0] == 1.0
    assert widths == sorted(widths)
    assert widths[-1] > 1.02
    assert float(rows[-1]["plan_low_usd_current"]) == pytest.approx(summary["plan_low"])
    assert float(rows[-1]["plan_high_usd_current"]) == pytest.approx(summary["plan_high"])
    assert summary["draws"] == DRAWS
    assert 0.0 <= summary["probability"] <= 1.0


def test_residuals_are_stated_and_small(ran: Results) -> None:
    residuals = ran.summary["residuals"]
    assert residuals["assignment_gap"] <= 1e-6
    assert residuals["baseline_gap"] <= 1e-9
    assert residuals["two_starts_h"] <= 1e-6
    assert ran.summary["rerouted_difference"] < 0.01


def test_the_target_is_reached_or_not_as_the_number_says(ran: Results, tmp_path: Path) -> None:
    assert ran.summary["reached"]
    assert ran.summary["gap_usd_current"] < 0
    poor = results_of("teaching", tmp_path / "poor", budget_usd=120e6)
    assert not poor.summary["reached"]
    assert poor.summary["gap_usd_current"] > 0
    assert poor.summary["plan_cost_usd"] <= 120e6
    assert not {"BRIGHT_LINE", "BRIGHT_YARD"} & set(poor.summary["measures"])


def test_measures_are_all_there_ranked_with_their_reason(ran: Results) -> None:
    rows = ran.rows("measures")
    assert len(rows) == 10
    gains = [float(r["alone_usd_constant"]) for r in rows if r["alone_usd_constant"]]
    assert gains == sorted(gains, reverse=True)
    reason = {r["measure_id"]: r["reason"] for r in rows}
    assert reason["ALBA_WINDOW"] == "in force, with its date"
    assert reason["ROAD_WASHOUT"] == "adverse event, not a measure"
    assert reason["DUTY_HALF"] == "alternative to DUTY_FREE"
    assert {m for m, r in reason.items() if r == "in the plan"} == set(ran.summary["measures"])


def test_bottlenecks_are_ranked_by_wait_and_stay_under_their_cap(ran: Results) -> None:
    rows = ran.rows("bottleneck")
    waits = [(round(float(r["plan_wait_h"]), 3), round(float(r["wait_h"]), 3)) for r in rows]
    assert waits == sorted(waits, reverse=True)
    first = rows[0]
    assert first["capacity_id"] == "CAP01"
    assert 0.8 < float(first["use_share"]) < 1.0
    for row in rows:
        assert float(row["load_t_per_year"]) <= float(row["capacity_t_per_year"])
        assert row["source"]
        assert row["status"]


def test_links_carry_what_the_crossings_on_them_carry(ran: Results, world: World) -> None:
    load = {r["link_id"]: r for r in ran.rows("load")}
    caps = {r["capacity_id"]: r for r in ran.rows("bottleneck")}
    # L06 is the rail border at Beacon Gate: from Bravoland to Charlieland and back.
    assert float(load["L06"]["t_forward"]) == pytest.approx(float(caps["CAP01"]["load_t_per_year"]))
    assert float(load["L06"]["t_backward"]) == pytest.approx(
        float(caps["CAP02"]["load_t_per_year"])
    )
    for row in load.values():
        both = float(row["t_forward"]) + float(row["t_backward"])
        assert float(row["t_per_year"]) == pytest.approx(both)


def test_a_line_that_only_the_plan_opens_is_in_the_load_table(ran: Results) -> None:
    load = {r["link_id"]: r for r in ran.rows("load")}
    assert "BRIGHT_LINE" in ran.summary["measures"]
    for link in ("L09", "L11"):
        assert float(load[link]["t_per_year"]) == 0.0
        assert float(load[link]["plan_t_per_year"]) > 1e5


def test_the_map_draws_the_rows_of_the_load_table(ran: Results) -> None:
    load = {r["link_id"]: r for r in ran.rows("load")}
    svgs = _svgs(ran.report)
    drawn: dict[str, dict[str, str]] = {}
    width: dict[str, float] = {}
    for svg in svgs:
        for group in svg.iter():
            link = group.get("data-link-id")
            if link and group.get("data-t"):
                drawn[link] = dict(group.attrib)
                for line in group.iter():
                    if line.get("data-direction"):
                        wide = float(line.get("stroke-width", "nan"))
                        width[f"{link}:{line.get('data-direction')}"] = wide
    assert {"L01", "L05", "L07", "L40"} <= set(drawn)
    for link, seen in drawn.items():
        row = load[link]
        assert float(seen["data-t"]) == float(row["t_per_year"])
        assert float(seen["data-t-forward"]) == float(row["t_forward"])
        assert float(seen["data-t-backward"]) == float(row["t_backward"])
    # The width grows with the tonnes of the direction.
    tonnes = {key: float(load[key.split(":")[0]][f"t_{key.split(':')[1]}"]) for key in width}
    order = sorted(width, key=lambda k: tonnes[k])
    wide = [width[k] for k in order]
    assert all(a <= b + 0.05 for a, b in pairwise(wide))
    assert len(set(wide)) > 3


def _svgs(html: str) -> list[ET.Element]:
    found, at = [], 0
    while (start := html.find("<svg", at)) >= 0:
        at = html.index("</svg>", start) + len("</svg>")
        found.append(ET.fromstring(html[start:at]))
    return found


def test_the_report_says_the_numbers_of_the_summary_and_asks_nothing_of_the_net(
    ran: Results,
) -> None:
    html, summary = ran.report, ran.summary
    for name in ("baseline_usd_current", "plan_usd_current", "target_usd", "plan_usd_constant"):
        assert usd(summary[name]) in html, name
    assert "Beacon Gate" in html
    for word in ("<script src", "<link", "@import", "url(http", 'src="http'):
        assert word not in html


def test_country_skims_are_the_cells_of_the_pair(ran: Results, world: World) -> None:
    rows = ran.rows("skim_country")
    assert {(r["exporter"], r["importer"], r["class_id"]) for r in rows} == {
        (a, b, k) for a, b in (("AAA", "CCC"), ("CCC", "AAA")) for k in "GM"
    }  # fmt: skip
    for row in rows:
        assert float(row["plan_generalised_cost_usd_per_t"]) > 0
        v = float(row["value_density_usd_per_t"])
        tau = (v + float(row["plan_generalised_cost_usd_per_t"])) / (
            v + float(row["generalised_cost_usd_per_t"])
        )
        assert float(row["tau_hat"]) == pytest.approx(tau)
    south = next(r for r in rows if r["exporter"] == "AAA" and r["class_id"] == "G")
    assert float(south["t_per_year"]) == pytest.approx(2.1e6)
    assert float(south["value_density_usd_per_t"]) == 200.0


def test_without_the_loop_the_path_differs_by_what_traffic_answers(
    ran: Results, tmp_path: Path
) -> None:
    loose = results_of("teaching", tmp_path / "loose", loop=False)
    assert loose.summary["loop"] is False
    ratio = loose.summary["no_new_usd_current"] / ran.summary["no_new_usd_current"]
    assert 1e-9 < abs(ratio - 1.0) < 1e-3


def test_the_study_is_not_touched(ran: Results, world: World) -> None:
    from opencorridor.study import open_study

    assert ran.summary["study_hash"] == open_study("teaching").hash == world.study.hash


def test_the_loop_table_says_what_congestion_takes_back(ran: Results) -> None:
    rows = {r["measures"]: r for r in ran.rows("loop")}
    assert set(rows) == {"no_new", "plan", *ran.summary["measures"]}
    index = float(ran.rows("trade_path")[-1]["price_index"])
    for name, key in (("no_new", "no_new_usd_current"), ("plan", "plan_usd_current")):
        after = float(rows[name]["after_congestion_usd_constant"])
        assert after * index == pytest.approx(ran.summary[key], rel=1e-9)
    grown = rows["no_new"]
    assert grown["against"] == "baseline"
    assert float(grown["without_usd_constant"]) == pytest.approx(1e9)
    # More goods at the same gate: growth itself feels the queue.
    assert 0.0 < float(grown["taken_back_share"]) < 1.0
    assert rows["plan"]["against"] == "no_new"
    assert float(rows["plan"]["without_usd_constant"]) == pytest.approx(
        float(grown["after_congestion_usd_constant"])
    )
    assert ran.summary["residuals"]["cost_change"] <= 1e-6
    assert ran.summary["residuals"]["plan_two_starts_share"] <= 1e-6
