"""Routes that no other beats, as an operation and on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from opencorridor.cli import main as program
from opencorridor.cli.route_choices import print_choices
from opencorridor.operations.alternatives import why
from opencorridor.operations.route import RouteRequest, RouteResult, find, routes
from opencorridor.routing.choices import Choice, Difference
from opencorridor.study import OpenCorridorError

A, C = "Alpha City", "Charlie City"


@pytest.fixture(scope="module")
def found() -> RouteResult:
    return routes("teaching", A, C, pareto=True)


def by_role(found: RouteResult) -> dict[str, dict[str, Any]]:
    return {role: item for item in found.as_dict()["routes"] for role in item["roles"]}


def test_the_answer_without_alternatives_is_in_the_one_with_them(found: RouteResult) -> None:
    plain = routes("teaching", A, C).as_dict()
    with_them = found.as_dict()
    assert set(with_them) - set(plain) == {"pareto", "routes"}
    assert {name: with_them[name] for name in plain} == plain
    json.dumps(with_them, allow_nan=False)


def test_each_listed_route_is_whole_and_its_legs_sum_to_it(found: RouteResult) -> None:
    values = found.as_dict()
    assert values["pareto"]["front_size"] == len(values["routes"]) == 3
    for item in values["routes"]:
        for name in ("time_h", "cost_usd_per_t", "cost_usd", "co2_kg", "distance_km"):
            assert sum(leg[name] for leg in item["legs"]) == pytest.approx(item[name], abs=0.01)
        assert item["cost_usd_per_unit"] == pytest.approx(20 * item["cost_usd_per_t"])
        assert item["why"]


def test_the_best_listed_route_is_the_one_that_route_answers(found: RouteResult) -> None:
    values, best = found.as_dict(), by_role(found)["best"]
    for name in ("time_h", "p95_h", "cost_usd_per_t", "co2_kg", "legs", "crossings"):
        assert best[name] == values[name]
    assert values["pareto"]["holds_best"] is True


def test_by_road_it_is_faster_and_dearer_and_by_sea_cheaper_and_slower(found: RouteResult) -> None:
    role = by_role(found)
    assert "road" in {leg["mode"] for leg in role["fastest"]["legs"]}
    assert "sea" in {leg["mode"] for leg in role["cheapest"]["legs"]}
    hours = role["cheapest"]["time_h"] - role["fastest"]["time_h"]
    assert role["fastest"]["difference"]["time_h"] == pytest.approx(-hours, abs=1e-3)
    assert role["fastest"]["difference"]["rival"] == "cheapest"
    assert role["fastest"]["modes_used"] == ["road"]
    assert role["cheapest"]["modes_used"] == ["road", "sea", "road"]
    assert role["cheapest"]["transshipments"] == ["PORT_A", "PORT_C"]
    assert role["cleanest"]["transshipments"] == ["GAUGE_BEACON"]
    # No spread is known of any part of the way by sea: no percentile is made up.
    assert role["cheapest"]["p95_h"] is None
    assert role["fastest"]["p95_h"] > role["fastest"]["p50_h"]


def test_a_best_route_that_the_front_does_not_hold_is_told(
    found: RouteResult, capsys: pytest.CaptureFixture[str]
) -> None:
    totals = found.route.totals
    assert totals is not None
    assert found.alternatives is not None
    better = replace(totals, gc_usd_per_t=totals.gc_usd_per_t - 1)
    other = replace(found, route=replace(found.route, totals=better))
    assert other.as_dict()["pareto"]["holds_best"] is False
    print_choices(other, found.alternatives)
    assert "counts the spread" in capsys.readouterr().out
    print_choices(found, found.alternatives)
    assert "counts the spread" not in capsys.readouterr().out


def test_fewer_routes_and_other_seeds_can_be_asked_for() -> None:
    one = routes("teaching", A, C, pareto=True, max_routes=1, seed=5).as_dict()
    assert [item["roles"] for item in one["routes"]] == [["best", "cleanest"]]
    assert one["pareto"]["front_size"] == 3
    assert one["p95_seed"] == 5
    two = routes("teaching", A, C, seed=6).as_dict()
    assert two["p95_h"] != one["p95_h"]
    assert two["p95_h"] == pytest.approx(one["p95_h"], rel=0.02)


def test_restrictions_hold_for_every_listed_route() -> None:
    values = routes("teaching", A, C, pareto=True, avoid=["AB_RAIL"]).as_dict()
    assert len(values["routes"]) > 1
    for item in values["routes"]:
        assert "AB_RAIL" not in item["crossings"]


def test_no_route_has_a_reason_and_no_alternatives() -> None:
    result = routes("teaching", A, C, pareto=True, avoid=["CCC"])
    assert result.alternatives is None
    assert result.as_dict()["reason_code"] == "end_avoided"


def test_a_count_of_none_is_refused_with_all_else_that_is_wrong() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        find(RouteRequest("Alpha Cty", C, "teaching", pareto=True, max_routes=0))
    assert [p.code for p in caught.value.problems] == ["unknown_place", "out_of_range"]


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        (Choice(0, ("fastest",), 0, Difference("cheapest", -12.2, 38.4, 5.04)),
         "fastest: 12 h faster than the cheapest; $38.4 per t dearer, 5.0 kg CO2e per t more"),
        (Choice(0, ("cheapest",), 0, Difference("fastest", 0.5, -138.4, -0.01)),
         "cheapest: $138 per t cheaper than the fastest; 30 min slower"),
        (Choice(0, ("cheapest",), 0, Difference("fastest", 3.0, -2.0, 0), (("cleanest", 0.0008),)),
         "cheapest, within 0.1 % of the cleanest: $2.00 per t cheaper than the fastest; "
         "3.0 h slower"),
        (Choice(0, ("best", "fastest", "cheapest", "cleanest"), 0, None),
         "least generalised cost, fastest, cheapest, cleanest: no other route beats it"),
        (Choice(0, (), 0.3, Difference("best", -2.0, 1.0, 0)),
         "a different way: 2.0 h faster than that of least generalised cost; $1.00 per t dearer"),
    ],
)  # fmt: skip
def test_why_in_words(choice: Choice, text: str) -> None:
    assert why(choice) == text


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = program.execute(("route", A, C, "--study", "teaching", *words))
    return code, capsys.readouterr().out


def test_the_command_line_prints_table_and_reasons(
    capsys: pytest.CaptureFixture[str], found: RouteResult
) -> None:
    code, out = run(capsys, "--pareto")
    assert code == 0
    assert "3 routes none of which beats another" in out
    assert "US$ per feu" in out
    assert "156 (not known)" in out
    assert found.alternatives is not None
    for number, item in enumerate(found.alternatives.routes, start=1):
        assert f"{number}  {item.why}" in out
    assert "together; 1 listed" in run(capsys, "--pareto", "--max-routes", "1")[1]


def test_json_and_plain_of_the_command_line(
    capsys: pytest.CaptureFixture[str], found: RouteResult
) -> None:
    assert json.loads(run(capsys, "--pareto", "--json")[1]) == found.as_dict()
    lines = run(capsys, "--pareto", "--plain")[1].splitlines()
    assert len(lines) == 4
    assert all(line.count("\t") == 9 for line in lines)


def test_p95_is_printed_for_one_route(capsys: pytest.CaptureFixture[str]) -> None:
    assert "P95 4.1 days (99 h)" in run(capsys)[1]
    assert "P95 not known" in run(capsys, "--avoid", "AB_RAIL,BC_ROAD")[1]
