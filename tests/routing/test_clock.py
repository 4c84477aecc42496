"""Routes by the clock: drivers, doors, ships; the parts of hours add up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.costs import arc_costs, arc_hours, cost_plan
from opencorridor.network import build
from opencorridor.operations.route import RouteRequest, RouteResult, find
from opencorridor.routing import checks  # noqa: F401  (registers them)
from opencorridor.routing.driver import Driver, DrivingRule, DrivingRules
from opencorridor.study import OpenCorridorError, Study, Table
from opencorridor.study.check import run_checks
from tests.routing import small

START = dt.datetime(2025, 3, 17, 6, 0, tzinfo=dt.UTC)  # a Monday
EU = DrivingRule(4.5, 0.75, 9.0, 11.0, 56.0, 45.0, "EU")


def rows(name: str, *made: dict[str, Any]) -> Table:
    has = Table(name).columns
    mark = {k: v for k, v in small.MARK.items() if k in has}
    return Table.from_rows(name, [{**mark, **row} for row in made])


def asked(study: Study, start: str, end: str, depart: str, **more: Any) -> RouteResult:
    return find(RouteRequest(start, end, study, depart=depart, unit="truck", **more))


# --- parts of hours ------------------------------------------------------------------------------


@pytest.mark.parametrize("cargo", ["container", "bulk"])
def test_parts_add_up_to_the_hours_of_the_costs(teaching: Study, cargo: str) -> None:
    graph = build(teaching)
    row = {"opening_id": "O", "place_ids": "BC_RAIL;AC_FERRY", "open_time": "08:00",
           "close_time": "18:00", "time_zone": "UTC"}  # fmt: skip
    study = teaching.replace({"opening_hours": rows("opening_hours", row)})
    h = arc_hours(cost_plan(graph, study), study, cargo)
    parts = h.way_h + h.service_wait_h + h.berth_h + h.door_wait_h + h.stay_h
    time = arc_costs(graph, study, "G", cargo).time_h
    assert parts == pytest.approx(time, rel=1e-12, nan_ok=True)
    assert (h.door_wait_h > 0).sum() == 4
    assert h.service_wait_h.max() == 24.0
    # 12 hours of movement a day: twice the hours at the wheel.
    road = h.driving_h > 0
    assert h.way_h[road] == pytest.approx(2 * h.driving_h[road])
    assert road.any()


# --- drivers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "elapsed"),
    [
        (4.5, 4.5),
        (4.6, 4.6 + 0.75),
        (9.0, 9.75),
        (9.5, 9.75 + 11 + 0.5),
        (18.0, 2 * 9.75 + 11),
        # 54 hours in six days, then 2 more before the week's 56 are full.
        (56.0, 6 * (9.75 + 11) + 2),
        (57.0, 6 * (9.75 + 11) + 2 + 45 + 1),
    ],
)
def test_breaks_and_rests_fall_due(hours: float, elapsed: float) -> None:
    ends = Driver().drive(START, hours, EU)
    assert (ends - START).total_seconds() / 3600 == pytest.approx(elapsed, abs=1e-6)


def test_stops_count_as_breaks_and_rests() -> None:
    driver = Driver()
    time = driver.drive(START, 4.5, EU)
    driver.stop(0.5)
    driver.stop(0.25)  # together a break
    assert driver.drive(time, 4.5, EU) == time + dt.timedelta(hours=4.5)
    driver.stop(10.9)  # no rest: it is due before the next kilometre
    late = driver.drive(time, 1.0, EU)
    assert late == time + dt.timedelta(hours=12)
    driver.stop(11)
    assert driver.drive(time, 4.5, EU) == time + dt.timedelta(hours=4.5)
    assert [pause.kind for pause in driver.pauses] == ["rest"]


@given(st.lists(st.floats(0.01, 30), min_size=1, max_size=12))
def test_cutting_a_drive_into_links_changes_nothing(parts: list[float]) -> None:
    whole = Driver().drive(START, sum(parts), EU)
    driver, time = Driver(), START
    for part in parts:
        time = driver.drive(time, part, EU)
    assert abs((time - whole).total_seconds()) < 0.01
    driven = sum(parts)
    paused = sum(pause.hours for pause in driver.pauses)
    assert (time - START).total_seconds() / 3600 == pytest.approx(driven + paused, abs=1e-5)


def test_a_rule_and_its_mean_hours_of_movement() -> None:
    # A day of 9 + 0.75 + 11 = 20.75 h would give 10.4 h in 24; the week's 56 hours give 8.
    assert EU.moving_h_per_day == pytest.approx(8.0)
    assert DrivingRule(4.5, 0.75, 9.0, 11.0).moving_h_per_day == pytest.approx(24 * 9 / 20.75)
    assert DrivingRule.of_day(10.0).moving_h_per_day == pytest.approx(10.0)


def test_rules_by_country_crew_and_date() -> None:
    row = {"drive_before_break_h": 4.5, "break_h": 0.75, "drive_h_per_day": 9, "rest_h": 11}
    table = rows(
        "driving_rule",
        {"driving_rule_id": "all", **row},
        {"driving_rule_id": "a", "country_id": "AAA", **row, "valid_from": "2025-01-01"},
        {"driving_rule_id": "two", "crew": 2, **row, "drive_h_per_day": 18, "rest_h": 9},
    )
    one, two = DrivingRules(table), DrivingRules(table, crew=2)

    def name(rules: DrivingRules, country: str, date: str) -> str:
        found = rules.find(country, date)
        assert found is not None
        return found.rule_id

    assert name(one, "AAA", "2025-06-01") == "a"
    assert name(one, "AAA", "2024-06-01") == "all"
    assert name(one, "BBB", "2025-06-01") == "all"
    assert name(two, "BBB", "2025-06-01") == "two"
    assert DrivingRules(rows("driving_rule")).find("AAA", "2025-01-01") is None


def test_means_that_disagree_with_their_rules_are_told(teaching: Study) -> None:
    row = {"drive_before_break_h": 4.5, "break_h": 0.75, "drive_h_per_day": 9, "rest_h": 11,
           "drive_h_per_week": 56, "weekly_rest_h": 45}  # fmt: skip
    speed = teaching["speed"]
    own = {**speed.row(2), "speed_id": "own", "country_id": "AAA", "moving_h_per_day": 8.5}
    far = {**own, "speed_id": "far", "country_id": "BBB", "moving_h_per_day": 16.0}
    departure = {"departure_id": "D", "timetable_id": "TT1", "from_node_id": "rail:2:AAA:1520",
                 "departs": "18:00", "time_zone": "UTC"}  # fmt: skip
    study = teaching.replace(
        {
            "driving_rule": rows("driving_rule", {"driving_rule_id": "R", **row}),
            "speed": speed.concat([own, far]),
            "departure": rows("departure", {**departure, "weekdays": "mon;tue;wed;thu"}),
        }
    )
    found = run_checks(study, ["driving_mean", "headway_mean"])
    # Four departures a week are 42 h apart, and the headway says 48.
    assert [(p.code, p.severity, p.value) for p in found] == [("driving_mean", "notice", "16")]
    daily = study.replace({"departure": rows("departure", departure)})
    (problem,) = run_checks(daily, ["headway_mean"])
    assert "7 departures a week are 24.0 h apart" in problem.message


# --- routes --------------------------------------------------------------------------------------


def border(**tables: Table) -> Study:
    return small.border_study().replace(tables)


def gate(**more: Any) -> Table:
    row = {"opening_id": "O", "place_ids": "X", "open_time": "08:00", "close_time": "18:00",
           "time_zone": "Asia/Tashkent", **more}  # fmt: skip
    return rows("opening_hours", row)


def test_without_hours_the_clock_says_what_the_mean_says() -> None:
    result = asked(border(), "Town A", "Town F", "2025-03-17T08:00+05:00", modes=("road",))
    (one,) = result.schedules
    # CASES 6: 116 km at 50 km/h and 8 h at the border.
    assert one.hours == pytest.approx(10.32, abs=1e-4)
    assert result.route.totals is not None
    assert result.route.totals.time_h == pytest.approx(10.32)
    assert one.waited_h() == 0


def test_a_border_opens_in_the_morning() -> None:
    # 50 km and the 1 km to the gate: there at 21:01:12 (+05:00), open at 08:00, 8 h, 65 km.
    result = asked(border(opening_hours=gate()), "Town A", "Town F", "2025-03-17T20:00+05:00")
    (one,) = result.schedules
    assert one.arrives is not None
    assert one.arrives.isoformat() == "2025-03-18T12:18:00+00:00"
    (wait,) = [w for leg in one.legs for w in leg.waits]
    assert (wait.kind, wait.place, wait.row_id) == ("opening", "Gate X", "O")
    assert wait.until.isoformat() == "2025-03-18T08:00:00+05:00"
    assert wait.hours == pytest.approx(10 + 58.8 / 60)
    legs = result.as_dict()["schedules"][0]["legs"]
    assert sum(leg["hours"] for leg in legs) == pytest.approx(one.hours, abs=1e-3)


def test_a_stay_observed_with_its_wait_is_not_charged_twice() -> None:
    # 8 h observed, 4 1/12 h of them the mean wait: 3 11/12 h once it is open.
    inside = asked(border(opening_hours=gate(in_stay="1")), "Town A", "Town F",
                   "2025-03-17T08:00+05:00")  # fmt: skip
    assert inside.schedules[0].hours == pytest.approx(2.32 + 8 - 7 * 14**2 / 336, abs=1e-4)


def test_a_gate_that_stays_shut_is_no_route() -> None:
    works = rows("holiday", {"holiday_id": "H", "calendar_id": "C", "name": "Works",
                             "month": 3, "day": 1, "days": 200})  # fmt: skip
    result = asked(border(opening_hours=gate(calendar_id="C"), holiday=works), "Town A", "Town F",
                   "2025-03-17T08:00+05:00")  # fmt: skip
    assert not result.found
    assert "Gate X does not open within 60 days" in result.route.reason
    assert "Works" in result.route.reason
    values = result.as_dict()
    assert values["reason_code"] == "stuck"
    assert values["schedules"][0]["arrives"] is None


def test_hours_that_cannot_be_are_one_complete_error() -> None:
    bad = [
        {"opening_id": "1", "place_ids": "X", "open_time": "18:00", "close_time": "06:00",
         "time_zone": "UTC"},
        {"opening_id": "2", "place_ids": "X", "open_time": "08:00", "close_time": "18:00",
         "time_zone": "Nowhere/Town"},
    ]  # fmt: skip
    with pytest.raises(OpenCorridorError) as error:
        asked(border(opening_hours=rows("opening_hours", *bad)), "Town A", "Town F",
              "2025-03-17T08:00Z")  # fmt: skip
    assert [(p.code, p.table, p.row) for p in error.value.problems] == [
        ("bad_time", "opening_hours", 2),
        ("bad_time", "opening_hours", 3),
    ]
    assert "never opens" in error.value.problems[0].message


def test_a_departure_needs_its_offset() -> None:
    for text, said in (("2025-03-17T08:00", "has no UTC offset"), ("tomorrow", "is no time")):
        with pytest.raises(OpenCorridorError, match=said):
            asked(border(), "Town A", "Town F", text)


def test_the_day_of_departure_is_the_date() -> None:
    result = asked(border(), "Town A", "Town F", "2025-03-17T23:30-05:00")
    assert (result.date, result.date_given) == ("2025-03-17", True)
    other = asked(border(), "Town A", "Town F", "2025-03-17T23:30-05:00", at="2026-01-01")
    assert other.date == "2026-01-01"


def test_the_way_whose_ship_sails_first_wins(teaching: Study) -> None:
    """Of two ways the clock picks the one that is about to leave, whatever its mean says."""
    result = find(RouteRequest("Alpha City", "Charlie City", teaching,
                               depart="2025-03-20T08:00+05:00"))  # fmt: skip
    arrivals = [one.arrives for one in result.schedules]
    assert all(a is not None for a in arrivals)
    assert arrivals == sorted(arrivals, key=lambda a: a or dt.datetime.max)
    assert result.route.arcs == result.schedules[0].route.arcs
    assert len({one.route.arcs for one in result.schedules}) == len(result.schedules) > 1
    assert np.isfinite(result.schedules[0].hours or np.nan)
