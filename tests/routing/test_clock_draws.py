"""Percentiles of trips by the clock: what a missed ship costs, and draws against single trips."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from opencorridor.costs import arc_hours, cost_plan
from opencorridor.network import build
from opencorridor.operations.route import RouteRequest, RouteResult, find
from opencorridor.routing.clock import Clock
from opencorridor.routing.clock_draws import clock_reliability, draw_trip
from opencorridor.routing.driver import Driver, DrivingRule
from opencorridor.routing.drivers import Drivers
from opencorridor.routing.labels import labels_of
from opencorridor.routing.reliability import Stays, drawn_stay, reliability, stays_of
from opencorridor.study import Study, Table
from tests.routing import small

SUNDAY_NOON = "2025-03-16T12:00+00:00"


def rows(name: str, *made: dict[str, Any]) -> Table:
    has = Table(name).columns
    mark = {k: v for k, v in small.MARK.items() if k in has}
    return Table.from_rows(name, [{**mark, **row} for row in made])


def weekly_ferry(sails: str = "mon", **gate: Any) -> Study:
    """2 h by rail, a border of 10 h (30 h one time in 20), a ferry of 12 h, 2 h by rail."""
    return small.make(
        country=small.countries("AAA", "BBB"),
        node=[
            small.node("rail:a", "AAA"), small.node("rail:g", "AAA", 1),
            small.node("rail:h", "BBB", 1), small.node("rail:q", "BBB", 3),
            small.node("rail:b", "BBB", 4),
        ],
        link=[
            small.link("AG", "rail:a", "rail:g", 100, country_id="AAA", gauge_mm=1520),
            small.link("GH", "rail:g", "rail:h", 0, border_crossing_id="X", gauge_mm=1520),
            small.link("HQ", "rail:h", "rail:q", 200, mode="sea", carries="wagon"),
            small.link("QB", "rail:q", "rail:b", 100, country_id="BBB", gauge_mm=1520),
        ],
        border_crossing=[small.crossing("X", "AAA", "BBB", "rail")],
        border_dwell=[
            {**small.dwell("X", a, b, 10), "p95_h": 30} for a, b in (("AAA", "BBB"), ("BBB", "AAA"))
        ],
        timetable=[{"timetable_id": "T", "link_ids": "HQ", "name": "ferry", "headway_h": 168}],
        departure=[
            {"departure_id": "D", "timetable_id": "T", "from_node_id": "rail:h",
             "weekdays": sails, "departs": "12:00", "time_zone": "UTC", "transit_h": 12}
        ],
        opening_hours=[
            {"opening_id": "O", "place_ids": "X", "open_time": "08:00", "close_time": "18:00",
             "time_zone": "UTC", **gate}
        ] if gate else [],
        zone=[small.zone("A", "AAA"), small.zone("B", "BBB", 4)],
        access=[small.access("A", "rail:a"), small.access("B", "rail:b")],
    )  # fmt: skip


def asked(study: Study, depart: str | None, **more: Any) -> RouteResult:
    return find(RouteRequest("Town A", "Town B", study, depart=depart, **more))


def test_a_missed_weekly_ferry_is_a_week_at_the_95th_percentile() -> None:
    result = asked(weekly_ferry(), SUNDAY_NOON)
    found = result.reliability
    assert found is not None
    assert found.by_clock
    # At the gate at 14:00; the ferry leaves 22 h later, is ashore at midnight, then 2 h.
    assert found.p50_h == pytest.approx(2 + 22 + 12 + 2)
    # The border keeps one in twenty for 30 h and more: they take the ferry a week later.
    assert found.p95_h == pytest.approx(38 + 168)
    # P(stay > 22 h) of the lognormal with mean 10 h and 95th percentile 30 h, by hand: σ solves
    # ln 10 − σ²/2 + 1.645 σ = ln 30: σ = 0.9255; ln 22 is 1.3146 σ above the logarithm's mean.
    assert found.mean_h == pytest.approx(38 + 168 * 0.0943, abs=168 * 0.01)
    values = result.as_dict()
    assert values["p50_arrives"] == "2025-03-18T02:00+00:00"
    assert values["p95_arrives"] == "2025-03-25T02:00+00:00"
    # Without a departure nothing follows the clock.
    mean = asked(weekly_ferry(), None).reliability
    assert mean is not None
    assert not mean.by_clock


def test_the_same_seed_is_the_same_answer_and_another_is_not() -> None:
    one, again, other = (asked(weekly_ferry(), SUNDAY_NOON, seed=s).reliability for s in (7, 7, 8))
    assert one == again != other


def test_draws_that_find_no_departure_have_no_percentile() -> None:
    last = weekly_ferry()
    ends = last["departure"].with_columns({"valid_to": ["2025-03-17"]})
    # Nothing runs after the first Monday: a service of which departures are dated for these days.
    found = asked(last.replace({"departure": ends}), SUNDAY_NOON).reliability
    assert found is not None
    assert found.p50_h == pytest.approx(38)
    assert found.p95_h is None
    assert 0.05 < found.stuck_share < 0.15


class Trip:
    """A route, its clock and what varies on it."""

    def __init__(self, study: Study, depart: str, **more: Any) -> None:
        result = asked(study, depart, **more)
        self.route, self.departs = result.route, dt.datetime.fromisoformat(depart)
        graph = build(study)
        plan = cost_plan(graph, study, result.date)
        self.hours = arc_hours(plan, study, result.cargo.cargo)
        self.stays = stays_of(plan, study, result.cargo.cargo)
        self.parts = graph, labels_of(study, graph), study.tables
        self.clock = Clock(*self.parts, self.hours)

    def alone(self, stays_h: dict[int, float]) -> float | None:
        """Hours of the trip with other stays, by the clock of one trip."""
        stay = self.hours.stay_h.copy()
        for arc, value in stays_h.items():
            stay[arc] = value
        clock = Clock(*self.parts, replace(self.hours, stay_h=stay))
        return clock.schedule(self.route, self.departs).hours


@pytest.mark.parametrize("sails", ["mon", "tue;fri", "mon;tue;wed;thu;fri;sat;sun"])
def test_every_draw_is_the_trip_with_its_own_stay(sails: str) -> None:
    study = weekly_ferry(sails, weekdays="mon;tue;wed;thu;fri")
    trip = Trip(study, "2025-03-16T22:00+05:00")
    draws = draw_trip(trip.clock, trip.stays, trip.route, trip.departs, 3, 200)
    (gate,) = (arc for arc in trip.route.arcs if trip.stays.spread_h[arc] > 0)
    stays = drawn_stay(trip.stays, gate, 3, 200)
    alone = [trip.alone({gate: float(stay)}) for stay in stays[:60]]
    assert len(set(alone)) > 1
    np.testing.assert_allclose(draws.hours[:60], np.array(alone, float), rtol=1e-9)
    assert not draws.stuck.any()


def test_trucks_wait_for_the_morning_and_rest_as_one_by_one() -> None:
    far = small.border_study()
    link = far["link"]
    study = far.replace(
        {
            "link": link.with_columns({"length_km": [float(x) * 12 for x in link["length_km"]]}),
            "border_dwell": rows(
                "border_dwell",
                *({**small.dwell("X", a, b, 8), "p95_h": 26}
                  for a, b in (("AAA", "BBB"), ("BBB", "AAA"))),
            ),
            "opening_hours": rows(
                "opening_hours",
                {"opening_id": "O", "place_ids": "X", "open_time": "08:00", "close_time": "18:00",
                 "time_zone": "Asia/Tashkent"},
            ),
            "driving_rule": rows(
                "driving_rule",
                {"driving_rule_id": "R", "drive_before_break_h": 4.5, "break_h": 0.75,
                 "drive_h_per_day": 9, "rest_h": 11, "crew": 1},
            ),
        }
    )  # fmt: skip
    result = find(RouteRequest("Town A", "Town F", study, unit="truck", modes=("road",),
                               depart="2025-03-17T20:00+05:00"))  # fmt: skip
    graph = build(study)
    plan = cost_plan(graph, study, result.date)
    hours, stays = arc_hours(plan, study, "container"), stays_of(plan, study, "container")
    parts = graph, labels_of(study, graph), study.tables
    departs = dt.datetime.fromisoformat("2025-03-17T20:00+05:00")
    draws = draw_trip(Clock(*parts, hours), stays, result.route, departs, 1, 50)
    (gate,) = (arc for arc in result.route.arcs if stays.spread_h[arc] > 0)
    for n, stay in enumerate(drawn_stay(stays, gate, 1, 50).tolist()):
        own = hours.stay_h.copy()
        own[gate] = stay
        one = Clock(*parts, replace(hours, stay_h=own)).schedule(result.route, departs)
        assert draws.hours[n] == pytest.approx(one.hours, rel=1e-9)


def test_many_drivers_rest_as_each_by_itself() -> None:
    rng = np.random.default_rng(4)
    strict = DrivingRule(4.5, 0.75, 9.0, 11.0, 56.0, 45.0, "EU")
    loose = DrivingRule.of_day(16.0)
    n = 40
    many, alone = Drivers(n), [Driver() for _ in range(n)]
    now = [dt.datetime(2025, 1, 1, tzinfo=dt.UTC)] * n
    total = np.zeros(n)
    start = list(now)
    for _ in range(30):
        pause, hours = rng.exponential(6.0, n), float(rng.exponential(5.0))
        rule = rng.integers(0, 2, n)
        many.stop(pause)
        total += pause + many.drive(hours, (strict, loose), rule)
        for k, one in enumerate(alone):
            one.stop(float(pause[k]))
            later = now[k] + dt.timedelta(hours=float(pause[k]))
            now[k] = one.drive(later, hours, (strict, loose)[rule[k]])
    hours_alone = [(b - a) / dt.timedelta(hours=1) for a, b in zip(start, now, strict=True)]
    # A time has microseconds.
    np.testing.assert_allclose(total, hours_alone, rtol=1e-6)


def test_without_a_clock_the_draws_are_those_of_the_means() -> None:
    study = weekly_ferry()
    without = study.replace({"departure": rows("departure"), "timetable": rows("timetable")})
    trip = Trip(without, SUNDAY_NOON)
    found = clock_reliability(trip.clock, trip.stays, trip.route, trip.departs)
    assert trip.route.totals is not None
    assert found == reliability(trip.stays, trip.route.arcs, trip.route.totals.time_h)
    assert found is not None
    assert found.p95_closed_h is not None


def test_nothing_that_varies_is_no_percentile() -> None:
    trip = Trip(weekly_ferry(), SUNDAY_NOON)
    none = Stays(*np.zeros((3, len(trip.stays.mean_h))))
    assert clock_reliability(trip.clock, none, trip.route, trip.departs) is None


def test_ten_thousand_draws_take_a_fraction_of_a_second() -> None:
    trip = Trip(weekly_ferry(weekdays="mon;wed;fri"), SUNDAY_NOON)
    before = time.process_time()
    clock_reliability(trip.clock, trip.stays, trip.route, trip.departs, draws=10_000)
    assert time.process_time() - before < 0.5
