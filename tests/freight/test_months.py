"""Use of places by month: profiles add to one, and open days are those of the tables."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.freight.months import (
    holidays,
    monthly_loads,
    open_days,
    peak,
    profiles,
    units,
)
from opencorridor.study import Table

DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
FLEETING = {"source": "S", "status": "assumed"}


def table(name: str, rows: list[dict[str, object]]) -> Table:
    return Table.from_rows(name, [{**FLEETING, **row} for row in rows])


def test_a_class_without_a_season_moves_by_days() -> None:
    found = profiles(Table("season"), ["C1"], ["AAA"], 2024)
    assert found[0, 0] == pytest.approx(np.array(DAYS) / 366)


def test_the_exporters_own_season_goes_before_that_of_all() -> None:
    common = [{"class_id": "C1", "month": m, "share": 0.1 if m < 9 else 0.05} for m in range(1, 13)]
    own = [
        {"class_id": "C1", "exporter": "BBB", "month": m, "share": 1.0 if m == 9 else 0.0}
        for m in range(1, 13)
    ]
    found = profiles(table("season", [*own, *common]), ["C1", "C2"], ["AAA", "BBB"], 2024)
    assert found.sum(axis=2) == pytest.approx(np.ones((2, 2)))
    assert found[0, 0, 0] == pytest.approx(0.1)
    assert found[0, 1].tolist() == [0.0] * 8 + [1.0] + [0.0] * 3
    assert found[1, 1] == pytest.approx(np.array(DAYS) / 366)


def test_months_of_a_place_add_to_its_year() -> None:
    rng = np.random.default_rng(5)
    place, tonnes = rng.integers(0, 3, 40), rng.random(40)
    profile = rng.dirichlet(np.ones(12), 40)
    found = monthly_loads(place, tonnes, profile, 4)
    assert found.sum(axis=1) == pytest.approx(np.bincount(place, weights=tonnes, minlength=4))
    reference = sum(tonnes[n] * profile[n] for n in np.flatnonzero(place == 1))
    assert found[1] == pytest.approx(reference)


def test_a_place_closes_on_the_holidays_that_its_hours_name() -> None:
    feast = {"holiday_id": "H", "calendar_id": "AAA", "name": "Feast", "rule": "gregorian",
             "month": 3, "day": 30, "days": 4}  # fmt: skip
    days = table("holiday", [feast])
    assert holidays(days, ["AAA", "ZZZ"], 2024).tolist() == [0, 0, 2, 2] + [0] * 8
    hours = {"opening_id": "O", "place_kind": "border_crossing", "place_ids": "X;Y",
             "calendar_id": "AAA"}  # fmt: skip
    tables = {"holiday": days, "opening_hours": table("opening_hours", [hours]),
              "timetable": Table("timetable")}  # fmt: skip
    assert open_days(tables, "border_crossing", ["Y"], 2024).tolist() == [
        31, 29, 29, 28, *DAYS[4:]]  # fmt: skip
    assert open_days(tables, "border_crossing", ["Z"], 2024).tolist() == DAYS


def test_a_line_runs_in_its_season() -> None:
    line = {"timetable_id": "T", "link_ids": "L", "name": "Canal", "headway_h": 0,
            "season_from": "04-01", "season_to": "12-06"}  # fmt: skip
    tables = {"holiday": Table("holiday"), "opening_hours": Table("opening_hours"),
              "timetable": table("timetable", [line])}  # fmt: skip
    assert open_days(tables, "link", ["L"], 2024).tolist() == [0, 0, 0, *DAYS[3:11], 6]
    assert open_days(tables, "link", ["M"], 2024).tolist() == DAYS


def test_the_peak_is_the_first_of_the_fullest_months() -> None:
    assert peak(np.array([0.2, 0.5, 0.5 + 1e-12, 0.1])) == 1


def test_units_are_tonnes_over_payloads() -> None:
    assert units(3600.0, {"trains": 1800.0, "teu": 12.0}) == {"trains": 2.0, "teu": 300.0}
