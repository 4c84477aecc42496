"""Mean waits for opening, seasons and cancelled sailings in the costs of arcs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor.costs import arc_costs, cost_plan, price
from opencorridor.costs.waits import season_shares
from opencorridor.network import build
from opencorridor.network.opening import out_of_season
from opencorridor.study import OpenCorridorError, Study, Table

NIGHTS_H = 7 * 14**2 / 336  # shut 14 hours every night


def hours(study: Study, **more: Any) -> Study:
    row = {"opening_id": "O", "place_kind": "border_crossing", "place_ids": "BC_RAIL",
           "open_time": "08:00", "close_time": "18:00", "time_zone": "UTC",
           "source": "SRC_ASSUME", "status": "assumed", **more}  # fmt: skip
    return study.replace({"opening_hours": Table.from_rows("opening_hours", [row])})


def timetable(study: Study, **values: Any) -> Study:
    table = study["timetable"]
    return study.replace(
        {"timetable": table.with_columns({k: [v] * table.n for k, v in values.items()})}
    )


def times(study: Study, date: str = "2024-12-31") -> np.ndarray[Any, Any]:
    return arc_costs(build(study), study, "G", "bulk", date).time_h


def test_the_wait_for_opening_is_added_at_the_place_only(teaching: Study) -> None:
    graph = build(teaching)
    before, after = times(teaching), times(hours(teaching))
    at = graph.arcs_of_place("BC_RAIL")
    at = at[graph.charged[at]]
    assert after[at] - before[at] == pytest.approx(NIGHTS_H)
    rest = np.setdiff1d(np.arange(graph.n_arcs), at)
    assert np.array_equal(after[rest], before[rest], equal_nan=True)


def test_the_wait_has_a_spread_of_its_own(teaching: Study) -> None:
    graph = build(teaching)
    before = arc_costs(graph, teaching, "G", "bulk").spread_h
    after = arc_costs(graph, hours(teaching), "G", "bulk").spread_h
    at = graph.arcs_of_place("BC_RAIL")
    spread = (7 * 14**3 / 504 - NIGHTS_H**2) ** 0.5
    assert after[at] == pytest.approx(np.hypot(before[at], spread))


def test_one_direction_and_terminals(teaching: Study) -> None:
    graph, before = build(teaching), times(teaching)
    one = times(hours(teaching, from_country="BBB", to_country="CCC"))
    at = graph.arcs_of_place("BC_RAIL")
    delay = dict(zip(graph.direction[at].tolist(), (one - before)[at].tolist(), strict=True))
    assert delay == {0: pytest.approx(NIGHTS_H), 1: 0.0}
    port = times(hours(teaching, place_kind="terminal", place_ids="PORT_A"))
    moved = np.flatnonzero(np.abs(port - before) > 1e-12)
    assert set(moved.tolist()) == set(graph.arcs_of_place("PORT_A").tolist())


def test_a_wait_inside_the_stay_is_not_counted_twice(teaching: Study) -> None:
    assert np.array_equal(times(hours(teaching, in_stay="1")), times(teaching), equal_nan=True)


def test_the_date_decides(teaching: Study) -> None:
    dated = hours(teaching, valid_from="2025-01-01")
    assert np.array_equal(times(dated), times(teaching), equal_nan=True)
    assert np.nansum(times(dated, "2025-01-01") - times(teaching)) == pytest.approx(2 * NIGHTS_H)


def test_a_plan_is_void_for_other_hours(teaching: Study) -> None:
    plan = cost_plan(build(teaching), teaching)
    with pytest.raises(OpenCorridorError) as error:
        price(plan, hours(teaching), "G", "bulk")
    assert error.value.problems[0].code == "cost_plan_void"


def test_cancelled_sailings_lengthen_the_headway(teaching: Study) -> None:
    # Headway 48 h, half of the departures cancelled: 48 h of wait instead of 24.
    more = times(timetable(teaching, sails_share=0.5)) - times(teaching)
    assert set(np.round(more[more > 0], 9)) == {24.0}


def test_a_year_meets_all_seasons(teaching: Study) -> None:
    """One season is the whole of a service; two of them share the days of the year."""
    ice = timetable(teaching, season_from="04-01", season_to="11-15")
    assert np.array_equal(times(ice), times(teaching), equal_nan=True)
    assert season_shares([("", ""), ("", "")]) == [1.0, 1.0]
    assert season_shares([("01-01", "01-31"), ("02-01", "12-31")]) == [31 / 365, 334 / 365]
    assert season_shares([("11-16", "03-31")]) == [1.0]
    two = teaching["timetable"].row(0)
    rows = [{**two, "season_from": "01-01", "season_to": "01-31", "sails_share": 0.5},
            {**two, "timetable_id": "B", "season_from": "02-01", "season_to": "12-31"}]  # fmt: skip
    study = teaching.replace({"timetable": Table.from_rows("timetable", rows)})
    more = times(study) - times(teaching)
    # 48 h at half the departures for 31 days: 365 / (31 · 0.5 + 334) of the headway.
    expected = 24.0 * (365 / (31 * 0.5 + 334) - 1)
    assert more[more > 1e-9] == pytest.approx(expected)


def test_a_day_out_of_season(teaching: Study) -> None:
    ice = timetable(teaching, season_from="04-01", season_to="11-15")["timetable"]
    links = teaching["link"]["link_id"]
    assert set(links[out_of_season(ice, links, "2024-12-31")]) == {"L12"}
    assert not out_of_season(ice, links, "2025-06-01").any()
    assert not out_of_season(teaching["timetable"], links, "2024-12-31").any()
