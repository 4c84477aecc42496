"""Fleets asked: what they carry, what more units move, empties, and where numbers come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from opencorridor.operations.freight_empties import empties
from opencorridor.operations.freight_fleets import adding, fleets
from opencorridor.operations.workbench.fleet_provenance import Asked, key_of, of_number
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError, open_study
from tests.scenario.test_fleets import WAGONS, short, with_fleet


@cache
def session() -> Session:
    """Session of the teaching study with a fleet that is short."""
    return Session(with_fleet(count=float(short().study["fleet"]["count"][0])))


def test_a_fleet_that_is_short_is_busy_and_its_days_are_worth_something() -> None:
    (row,) = fleets(session()).fleets
    assert row["fleet_id"] == "WAGONS"
    assert 0.9 < row["utilisation_share"] <= 1.0 + 1e-9
    assert row["needed"] == pytest.approx(row["count"] * row["utilisation_share"], rel=1e-6)
    assert row["wait_h"] > 0.0
    # Days of the fleet by hand: units x 365 x (1 - 0.1).
    assert row["unit_days"] == pytest.approx(row["count"] * 365 * 0.9)
    assert row["used_unit_days"] == pytest.approx(
        row["loads_per_day"] * 365 * row["trip_days"], rel=1e-6
    )
    assert row["usd_per_unit_day"] > 0.0


def test_more_wagons_move_more_and_fewer_move_less() -> None:
    count = fleets(session()).fleets[0]["count"]
    more = adding(session(), {"WAGONS": round(0.2 * count)})
    less = adding(session(), {"WAGONS": -round(0.2 * count)})
    for found, sign in ((more, 1), (less, -1)):
        assert found.after is not None
        assert found.effect is not None
        assert sign * found.effect["fleets_change_t"] > 1000.0
        assert found.after[0]["used_unit_days"] <= found.after[0]["unit_days"] * (1 + 1e-6)
        assert found.effect["gap"] <= 1e-6
    assert more.after[0]["wait_h"] < less.after[0]["wait_h"]  # type: ignore[index]


def test_everything_wrong_with_what_is_added_is_told_at_once() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        adding(session(), {"WAGNOS": 5.0, "WAGONS": -1e6})
    codes = {p.code for p in caught.value.problems}
    assert codes == {"unknown_fleet", "negative_value"}
    assert "WAGONS" in next(p.mend for p in caught.value.problems if p.code == "unknown_fleet")


def test_a_study_without_fleets_has_none() -> None:
    assert fleets(Session(open_study("teaching"))).fleets == ()


@pytest.mark.parametrize("ask", [fleets, empties, lambda one: adding(one, {"WAGONS": 5.0})])
def test_the_baseline_is_made_before_the_lock_is_taken(
    ask: Callable[[Session], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    solve = Session._solve_base

    def spy(one: Session) -> Any:
        # Another thread that makes the baseline would wait for the lock, and this one for it.
        held.append(one.solving._is_owned())  # type: ignore[attr-defined]
        return solve(one)

    monkeypatch.setattr(Session, "_solve_base", spy)
    ask(Session(session().study))
    assert held == [False]


def test_loaded_units_and_empties_balance_in_every_country() -> None:
    found = empties(session())
    assert {r["unit"] for r in found.units} >= {"covered_wagon", "container_40"}
    for unit in found.units:
        mine = [r for r in found.balance if r["unit"] == unit["unit"]]
        assert sum(r["loaded_out"] for r in mine) == pytest.approx(unit["loaded_per_year"])
        assert sum(r["left_over"] for r in mine) == pytest.approx(0.0, abs=1.0)
        back = [r for r in found.returns if r["unit"] == unit["unit"]]
        assert sum(r["units_per_year"] for r in back) == pytest.approx(
            unit["empty_per_year"], abs=5.0
        )
    for row in found.crossings:
        assert 0.0 <= row["empty_share"] <= 1.0


def numbers() -> list[Any]:
    found = empties(session()).as_dict()
    tables = {t: found[t] for t in ("units", "balance", "crossings", "returns")}
    tables["fleets"] = list(fleets(session()).fleets)
    return [(t, key_of(t, rows[0]), rows[0]) for t, rows in tables.items() if rows]


def test_every_number_tells_where_it_comes_from() -> None:
    wanted = {"fleets": "utilisation_share", "units": "loaded_per_year", "balance": "left_over",
              "crossings": "empty_share", "returns": "mean_km"}  # fmt: skip
    seen = 0
    for table, key, row in numbers():
        told = of_number(session(), Asked(table, key, wanted[table]))
        assert told["value"] == pytest.approx(row[wanted[table]])
        assert told["inputs"], f"{table} names no cell"
        seen += 1
    assert seen == len(wanted)
    told = of_number(session(), Asked("effect", "", "fleets_change_t", (("WAGONS", 20.0),)))
    assert told["value"] > 0.0


def test_an_unknown_number_is_an_error() -> None:
    for asked in (Asked("fleets", "X", "needed"), Asked("fleets", WAGONS["fleet_id"], "mean_km")):
        with pytest.raises(OpenCorridorError):
            of_number(session(), asked)
