"""Days: the Solar Hijri calendar against golden dates, clocks, seasons, holidays."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.study import Table
from opencorridor.study.calendar import (
    Holidays,
    clock_minutes,
    from_solar_hijri,
    in_season,
    is_leap,
    month_day,
    time_zone,
    to_solar_hijri,
    weekday_set,
)

DAYS = st.dates(dt.date(1827, 3, 22), dt.date(2120, 3, 19))


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "calendar" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.reference
def test_new_years_and_leap_years_of_the_official_table(reference_folder: Path) -> None:
    golden = rows(reference_folder, "golden_nowruz_1206_1498")
    assert len(golden) == 293
    for row in golden:
        year = int(row["solar_hijri_year"])
        assert from_solar_hijri(year, 1, 1).isoformat() == row["gregorian_date_of_1_farvardin"]
        assert is_leap(year) == (row["leap_year"] == "1")


@pytest.mark.reference
def test_pairs_of_dates_both_ways(reference_folder: Path) -> None:
    golden = rows(reference_folder, "golden_date_pairs")
    assert len(golden) == 143
    for row in golden:
        own = tuple(int(row[f"solar_hijri_{part}"]) for part in ("year", "month", "day"))
        date = dt.date.fromisoformat(row["gregorian_date"])
        assert from_solar_hijri(*own) == date
        assert to_solar_hijri(date) == own
        assert date.strftime("%A") == row["weekday"]


@pytest.mark.reference
def test_dates_that_do_not_exist_are_refused(reference_folder: Path) -> None:
    refused = rows(reference_folder, "golden_invalid_dates")
    assert len(refused) == 12
    for row in refused:
        parts = [row[f"solar_hijri_{part}"] for part in ("year", "month", "day")]
        with pytest.raises(ValueError, match=r"."):
            from_solar_hijri(*(int(part) for part in parts))


@pytest.mark.reference
def test_spans_of_years(reference_folder: Path) -> None:
    for row in rows(reference_folder, "golden_year_spans"):
        year = int(row["solar_hijri_year"])
        last = from_solar_hijri(year + 1, 1, 1) - dt.timedelta(days=1)
        assert from_solar_hijri(year, 1, 1).isoformat() == row["first_gregorian_day"]
        assert last.isoformat() == row["last_gregorian_day"]


@given(DAYS)
def test_there_and_back(date: dt.date) -> None:
    assert from_solar_hijri(*to_solar_hijri(date)) == date


@pytest.mark.parametrize("date", [dt.date(1827, 3, 21), dt.date(2121, 1, 1), dt.date(1, 1, 1)])
def test_years_outside_the_table_are_refused(date: dt.date) -> None:
    with pytest.raises(ValueError, match="outside"):
        to_solar_hijri(date)


def test_clocks_weekdays_seasons_zones() -> None:
    assert clock_minutes("06:05") == 365
    assert clock_minutes("26:00") == 1560
    assert weekday_set("fri; mon") == {4, 0}
    assert weekday_set("") == set(range(7))
    assert month_day("02-29") == (2, 29)
    assert in_season("11-15", "03-15", "2025-01-10")
    assert in_season("11-15", "03-15", "2025-12-01")
    assert not in_season("11-15", "03-15", "2025-06-01")
    assert in_season("", "", "2025-06-01")
    assert time_zone("Asia/Tehran").key == "Asia/Tehran"
    for bad in ("6", "6:5", "24:60", "49:00", "ab:cd", "-1:00"):
        with pytest.raises(ValueError, match="time of day"):
            clock_minutes(bad)
    with pytest.raises(ValueError, match="weekday"):
        weekday_set("mon;funday")
    with pytest.raises(ValueError, match="day of the year"):
        month_day("02-30")
    with pytest.raises(ValueError, match="time zone"):
        time_zone("Asia/Nowhere")


def holiday(name: str, rule: str, month: int, day: int, **more: object) -> dict[str, object]:
    return {"holiday_id": name, "calendar_id": "C", "name": name, "rule": rule, "month": month,
            "day": day, "source": "S", "status": "assumed", **more}  # fmt: skip


def test_holidays_by_both_calendars() -> None:
    table = Table.from_rows(
        "holiday",
        [
            holiday("Nowruz", "solar_hijri", 1, 1, days=4),
            holiday("Year's end", "gregorian", 12, 31, days=2),
            holiday("Once", "gregorian", 6, 1, year_from=2025, year_to=2025),
            holiday("Leap", "solar_hijri", 12, 30),
        ],
    )
    days = Holidays(table)
    assert days.name("C", dt.date(2025, 3, 20)) == "Leap"  # 30 Esfand 1403
    assert days.name("C", dt.date(2025, 3, 21)) == "Nowruz"
    assert days.name("C", dt.date(2025, 3, 24)) == "Nowruz"
    assert days.name("C", dt.date(2025, 3, 25)) == ""
    assert days.name("C", dt.date(2024, 3, 20)) == "Nowruz"  # 1 Farvardin 1403
    assert days.name("C", dt.date(2026, 1, 1)) == "Year's end"
    assert days.name("C", dt.date(2025, 6, 1)) == "Once"
    assert days.name("C", dt.date(2026, 6, 1)) == ""
    assert days.name("other", dt.date(2025, 6, 1)) == ""
