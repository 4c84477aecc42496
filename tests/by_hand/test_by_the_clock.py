"""The product must meet the two trips that are computed by hand, to the minute."""

from __future__ import annotations

import csv
import datetime as dt
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.operations.check import load_checks
from opencorridor.operations.pack import pack_of
from opencorridor.operations.route import RouteRequest, RouteResult, find
from opencorridor.routing.clock import Clock
from opencorridor.routing.routes import Route
from opencorridor.study import Study, Table
from opencorridor.study.check import run_checks

sys.path.insert(0, str(Path(__file__).parent))

import by_the_clock as hand


@pytest.fixture(scope="module")
def clock(teaching: Study) -> Study:
    """Return the teaching study with what the page adds to it."""
    tables = {
        name: Table.from_rows(name, list(csv.DictReader(lines)))
        for name, lines in hand.ADDED.items()
    }
    for name, ids in hand.OPENED.items():
        table = teaching[name]
        state = [
            "open" if row_id in ids else was
            for row_id, was in zip(table[table.schema.key[0]], table["state"], strict=True)
        ]
        tables[name] = table.with_column("state", state)
    return teaching.replace(tables)


@pytest.fixture(scope="module")
def ferry(clock: Study) -> tuple[Clock, Route]:
    """Return a clock and the way by the train ferry."""
    pack = pack_of(clock)
    made = Clock(pack.graph, pack.labels, pack.tables, pack.hours("container", "2025-03-18"))
    return made, ask(clock, hand.by_ferry(), "rail", "BBB").route


def ask(study: Study, trip: hand.Trip, mode: str, *no_transit: str) -> RouteResult:
    return find(
        RouteRequest("Alpha City", "Charlie City", study, commodity="M", modes=(mode,),
                     no_transit=no_transit, depart=trip.start.isoformat())
    )  # fmt: skip


def test_page_is_current() -> None:
    assert hand.PAGE.read_text(encoding="utf-8") == hand.page(), (
        "run python tests/by_hand/by_the_clock.py --write"
    )


def test_the_copy_is_a_good_study(clock: Study) -> None:
    load_checks()
    assert [str(p) for p in run_checks(clock) if p.severity == "error"] == []


@pytest.mark.parametrize(
    ("trip", "mode", "no_transit"),
    [(hand.by_ferry(), "rail", ("BBB",)), (hand.by_road(), "road", ())],
)
def test_every_leg_ends_to_the_minute(
    clock: Study, trip: hand.Trip, mode: str, no_transit: tuple[str, ...]
) -> None:
    result = ask(clock, trip, mode, *no_transit)
    one = result.schedules[0]
    second = dt.timedelta(seconds=1)
    ends = [leg.ends for leg in one.legs]
    assert len(ends) == len(trip.leg_ends)
    for found, by_hand in zip(ends, trip.leg_ends, strict=True):
        assert abs(found - by_hand) < second
    waits = [(w.kind, round(w.hours * 60)) for leg in one.legs for w in leg.waits]
    assert waits == trip.waits
    assert one.hours == pytest.approx(trip.minutes / 60, abs=1e-3)


def test_the_feast_is_named(clock: Study) -> None:
    result = ask(clock, hand.by_ferry(), "rail", "BBB")
    (opening,) = [w for leg in result.schedules[0].legs for w in leg.waits if w.kind == "opening"]
    assert opening.reason == "Nowruz"
    assert opening.until.isoformat() == "2025-03-25T08:00:00+03:30"


def test_the_mean_of_a_year_without_a_departure(clock: Study) -> None:
    result = find(RouteRequest("Alpha City", "Charlie City", clock, commodity="M",
                               modes=("rail",), no_transit=("BBB",)))  # fmt: skip
    assert result.route.totals is not None
    assert result.route.totals.time_h == pytest.approx(hand.MEAN_FERRY_H, abs=1e-6)


@given(st.integers(0, 30 * 24 * 60), st.integers(0, 3 * 24 * 60))
def test_by_rail_and_ship_who_leaves_later_never_arrives_earlier(
    ferry: tuple[Clock, Route], start: int, later: int
) -> None:
    clock, route = ferry
    first = dt.datetime(2025, 3, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=start)
    second = first + dt.timedelta(minutes=later)
    a, b = (clock.schedule(route, time).arrives for time in (first, second))
    assert a is not None
    assert b is not None
    assert a <= b + dt.timedelta(milliseconds=1)


def test_a_minute_late_for_the_ferry(clock: Study) -> None:
    """Six hours before is early enough, six hours less a minute is not."""
    early = hand.Trip("2025-03-19T15:00+05:00")  # 21 h to the berth: Thursday, 12:00
    late = hand.Trip("2025-03-19T15:01+05:00")
    first, second = (ask(clock, trip, "rail", "BBB").schedules[0] for trip in (early, late))
    sails = [
        w.until.isoformat()
        for one in (first, second)
        for leg in one.legs
        for w in leg.waits
        if w.kind == "departure"
    ]
    assert sails == ["2025-03-20T18:00:00+05:00", "2025-03-24T18:00:00+05:00"]
