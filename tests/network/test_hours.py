"""Opening hours and departures: against a walk minute by minute, and by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.network.departures import Departures
from opencorridor.network.hours import HORIZON_DAYS, Door, OpeningHours, wait_moments_h
from opencorridor.study import Table
from opencorridor.study.calendar import WEEKDAYS, Holidays

WEEK = 7 * 24 * 60
MARK = {"source": "S", "status": "assumed"}
SPANS = st.lists(
    st.tuples(st.integers(0, WEEK - 1), st.integers(1, WEEK)).map(lambda p: (p[0], p[0] + p[1])),
    min_size=1,
    max_size=5,
)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def table(name: str, *rows: dict[str, Any]) -> Table:
    has = Table(name).columns
    return Table.from_rows(
        name, [{**{k: v for k, v in MARK.items() if k in has}, **row} for row in rows]
    )


def row(**more: Any) -> dict[str, Any]:
    return {"opening_id": "O", "place_kind": "border_crossing", "place_ids": "X",
            "open_time": "08:00", "close_time": "18:00", "time_zone": "Asia/Tehran",
            **more}  # fmt: skip


NOWRUZ = {"holiday_id": "N", "calendar_id": "H", "name": "Nowruz", "rule": "solar_hijri",
          "month": 1, "day": 1, "days": 4}  # fmt: skip


def door(*rows: dict[str, Any], holidays: tuple[dict[str, Any], ...] = (NOWRUZ,)) -> Door:
    hours = OpeningHours(table("opening_hours", *rows), Holidays(table("holiday", *holidays)))
    return hours.door("border_crossing", "X", "AAA", "BBB")


@given(SPANS)
def test_mean_wait_equals_a_walk_over_the_week(spans: list[tuple[int, int]]) -> None:
    is_open = [False] * WEEK
    for start, end in spans:
        for minute in range(start, min(end, start + WEEK)):
            is_open[minute % WEEK] = True
    # From minute m one waits until the next open minute; within a closed minute on average half
    # of it less, and in the square a twelfth of a minute more.
    wait = 0
    last = [0.0, 0.0]
    for turn in range(2):
        last = [0.0, 0.0]
        for minute in range(WEEK - 1, -1, -1):
            wait = 0 if is_open[minute] else wait + 1
            if wait and turn:
                last[0] += wait - 0.5
                last[1] += (wait - 0.5) ** 2 + 1 / 12
    mean, square = last[0] / WEEK / 60.0, last[1] / WEEK / 3600.0
    found = wait_moments_h(spans)
    assert found[0] == pytest.approx(mean, rel=1e-12, abs=1e-12)
    assert found[1] == pytest.approx(max(square - mean**2, 0) ** 0.5, rel=1e-6, abs=1e-6)


def test_mean_wait_by_hand() -> None:
    # 14 h closed each night: 7 · 14² / (2 · 168) = 4 1/12 h.
    every_day = [(1440 * d + 480, 1440 * d + 1080) for d in range(7)]
    mean, spread = wait_moments_h(every_day)
    assert mean == pytest.approx(7 * 14**2 / 336)
    assert spread == pytest.approx((7 * 14**3 / 504 - mean**2) ** 0.5)
    # Monday to Friday: four nights of 14 h, one gap of 62 h over the weekend.
    assert wait_moments_h(every_day[:5])[0] == pytest.approx((4 * 14**2 + 62**2) / 336)
    assert wait_moments_h([(0, WEEK)]) == (0.0, 0.0)
    assert wait_moments_h([]) == (float("inf"), float("inf"))
    assert door(row(weekdays="mon;tue;wed;thu;fri")).mean_wait_h("2025-01-01") == pytest.approx(
        (4 * 14**2 + 62**2) / 336
    )


def test_opening_knows_zones_days_and_holidays() -> None:
    one = door(row(calendar_id="H", weekdays="mon;tue;wed;thu;fri;sat"))
    # Tehran is 3 h 30 min ahead of UTC; Saturday 15 March 2025, 09:00 there.
    assert one.next_open(utc("2025-03-15T05:30Z")).at == utc("2025-03-15T05:30Z")
    # At 18:00 it is shut; Sunday is no working day: Monday 08:00.
    found = one.next_open(utc("2025-03-15T18:00+03:30"))
    assert found.at == utc("2025-03-17T08:00+03:30")
    assert found.why == "opens"
    # Friday 21 March is Nowruz, four days: Tuesday 25 March 08:00.
    found = one.next_open(utc("2025-03-20T18:00+03:30"))
    assert found.at == utc("2025-03-25T08:00+03:30")
    assert one.next_open(utc("2025-03-22T10:00+03:30")).why == "Nowruz"


def test_hours_past_midnight_and_summer_time() -> None:
    night = door(row(open_time="22:00", close_time="26:00", time_zone="Europe/Berlin"))
    assert night.next_open(utc("2025-01-10T01:30+01:00")).at == utc("2025-01-10T01:30+01:00")
    assert night.next_open(utc("2025-01-10T02:00+01:00")).at == utc("2025-01-10T22:00+01:00")
    # 22:00 by the clock on both sides of the change of 30 March 2025.
    assert night.next_open(utc("2025-03-29T12:00Z")).at == utc("2025-03-29T21:00Z")
    assert night.next_open(utc("2025-03-30T12:00Z")).at == utc("2025-03-30T20:00Z")


def test_without_a_valid_row_a_place_is_open() -> None:
    assert door().next_open(utc("2025-01-01T00:00Z")).at == utc("2025-01-01T00:00Z")
    dated = door(row(valid_from="2025-02-01", valid_to="2025-02-28"))
    assert dated.mean_wait_h("2025-01-31") == 0.0
    assert dated.next_open(utc("2025-01-31T23:00+03:30")).at == utc("2025-01-31T23:00+03:30")
    assert dated.next_open(utc("2025-02-01T01:00+03:30")).at == utc("2025-02-01T08:00+03:30")
    # The last night ends with the last valid day.
    assert dated.next_open(utc("2025-02-28T20:00+03:30")).at == utc("2025-03-01T00:00+03:30")
    other = door(row(from_country="BBB", to_country="AAA"))
    assert other.next_open(utc("2025-02-01T01:00Z")).at == utc("2025-02-01T01:00Z")


def test_a_place_that_stays_shut_says_so() -> None:
    always = {**NOWRUZ, "name": "Works", "days": 200}
    shut = door(row(calendar_id="H"), holidays=(always,)).next_open(utc("2025-04-01T00:00Z"))
    assert (shut.at, shut.why) == (None, "Works")
    assert HORIZON_DAYS < 150


@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from(WEEKDAYS), min_size=1), st.integers(0, 1439),
                  st.integers(1, 2880)),
        min_size=1, max_size=3,
    ),
    st.integers(0, 20_000),
    st.integers(0, 5_000),
)  # fmt: skip
def test_who_comes_earlier_never_passes_later(
    rows: list[tuple[set[str], int, int]], start: int, later: int
) -> None:
    def clock(minutes: int) -> str:
        return f"{minutes // 60:02d}:{minutes % 60:02d}"

    made = [
        row(opening_id=str(n), weekdays=";".join(days), open_time=clock(a),
            close_time=clock(min(a + length, 2880)))
        for n, (days, a, length) in enumerate(rows)
    ]  # fmt: skip
    one = door(*made)
    first = utc("2025-03-10T00:00Z") + dt.timedelta(minutes=start)
    second = first + dt.timedelta(minutes=later)
    a, b = one.next_open(first), one.next_open(second)
    assert a.at is not None
    assert b.at is not None
    assert first <= a.at <= b.at
    # It is open then, and not one minute before.
    assert one.next_open(a.at).at == a.at
    if a.at > first:
        before = one.next_open(a.at - dt.timedelta(minutes=1)).at
        assert before == a.at


SERVICE = {"timetable_id": "T", "link_ids": "L", "name": "Ferry", "headway_h": 84, "berth_h": 10}


def sailing(**more: Any) -> dict[str, Any]:
    return {"departure_id": "D", "timetable_id": "T", "from_node_id": "a", "weekdays": "mon;thu",
            "departs": "18:00", "time_zone": "Asia/Baku", **more}  # fmt: skip


def departures(*rows: dict[str, Any], **service: Any) -> Departures:
    return Departures(
        table("departure", *rows),
        table("timetable", {**SERVICE, **service}),
        Holidays(table("holiday", NOWRUZ)),
    )


def test_next_departure_by_weekday_and_zone() -> None:
    d = departures(sailing())
    taken = d.next("L", "a", utc("2025-03-10T14:00Z"), 20.0)  # Monday 18:00 in Baku
    assert taken is not None
    assert taken.departs == utc("2025-03-10T14:00Z")
    assert taken.arrives == taken.departs + dt.timedelta(hours=30)  # link and berth
    taken = d.next("L", "a", utc("2025-03-10T14:01Z"), 20.0)
    assert taken is not None
    assert taken.departs == utc("2025-03-13T14:00Z")
    assert d.next("L", "b", utc("2025-03-10T14:01Z"), 20.0) is None
    assert not d.known("L", "b", utc("2025-03-10T14:01Z"))


def test_cutoff_dated_holiday_and_season() -> None:
    early = departures(sailing(cutoff_h=6, transit_h=24))
    taken = early.next("L", "a", utc("2025-03-10T08:01Z"), 20.0)
    assert taken is not None
    assert taken.departs == utc("2025-03-13T14:00Z")
    assert taken.arrives == utc("2025-03-14T14:00Z")
    feast = departures(sailing(calendar_id="H", weekdays="fri;tue"))
    taken = feast.next("L", "a", utc("2025-03-19T00:00Z"), 20.0)  # 21 to 24 March are Nowruz
    assert taken is not None
    assert taken.departs == utc("2025-03-25T14:00Z")
    single = departures(sailing(weekdays="", date="2025-05-02"))
    taken = single.next("L", "a", utc("2025-04-30T00:00Z"), 20.0)
    assert taken is not None
    assert taken.departs == utc("2025-05-02T14:00Z")
    assert not single.known("L", "a", utc("2025-06-01T00:00Z"))
    ice = departures(sailing(), season_from="04-01", season_to="11-15")
    taken = ice.next("L", "a", utc("2025-03-10T00:00Z"), 20.0)
    assert taken is not None
    assert taken.departs == utc("2025-04-03T14:00Z")
    assert ice.known("L", "a", utc("2025-11-20T00:00Z"))
    assert ice.next("L", "a", utc("2025-11-20T00:00Z"), 20.0) is None


def test_a_faster_later_departure_overtakes() -> None:
    d = departures(sailing(transit_h=60), sailing(departure_id="F", weekdays="tue", transit_h=12))
    taken = d.next("L", "a", utc("2025-03-10T00:00Z"), 20.0)
    assert taken is not None
    assert (taken.departure_id, taken.departs) == ("F", utc("2025-03-11T14:00Z"))
