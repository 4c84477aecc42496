"""Calibration: linear in the factors, within ranges, blind to what is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.routing.calibration import (
    calibrate,
    calibrate_study,
    design_of,
    fit_factors,
    left_out,
)
from opencorridor.routing.contradicted import contradictions
from opencorridor.routing.fit import fit, used_matches
from opencorridor.routing.trips import TripModel, trace, trip_value
from opencorridor.routing.uncertain import as_sourced, parameters_of, scaled
from opencorridor.study import Study
from tests.routing import small

RAIL = {"origin_id": "rail:a", "destination_id": "rail:b", "modes": "rail", "end_dwell": "no",
        "time_scope": "terminal_to_terminal"}  # fmt: skip


def ferry(*rows: dict[str, Any]) -> Study:
    """A rail trip of 4 h on land, 10 h at sea, 12 h for a departure, 6 h at berths, 3 h at the
    border; land speed within 25-100 km/h, headway within 12-48 h."""
    study = small.ferry_study()
    speed, timetable = study["speed"], study["timetable"]
    on_land = (speed["mode"] == "rail") & (speed["carries"] == "")
    source = speed["source"].copy()
    source[on_land] = "land"
    ends = {"speed_low_km_per_h": 25.0, "speed_high_km_per_h": 100.0}
    speed = speed.with_columns(
        {"source": source} | {name: np.where(on_land, v, np.nan) for name, v in ends.items()}
    )
    timetable = timetable.with_columns({"headway_low_h": [12.0], "headway_high_h": [48.0]})
    seen = [
        small.MARK | {"obs_id": r["obs_id"], "origin": "o", "destination": "d", "kind": "shipment"}
        | {"source": r.get("source", "S")}
        for r in rows
    ]  # fmt: skip
    base = {"quantity": "time", "use": "used", "cargo": "bulk", "class_id": "G", "family": "f"}
    matches = [base | RAIL | {k: v for k, v in r.items() if k != "source"} for r in rows]
    parameters = [
        small.MARK | {"parameter_id": name, "value": value, "description": "naive"}
        for name, value in (("naive_speed_km_per_h", 10), ("naive_rate_usd_per_tkm", 0.1))
    ]
    return study.replace(
        {
            "speed": speed,
            "timetable": timetable,
            "observation": study["observation"].concat(seen),
            "observation_match": study["observation_match"].concat(matches),
            "parameter": study["parameter"].concat(parameters),
        }
    )


def test_what_one_source_said_of_one_column_is_one_parameter() -> None:
    found = {p.name: p for p in parameters_of(ferry())}
    assert set(found) == {"speed.speed_km_per_h:land", "timetable.headway_h:S"}
    speed = found["speed.speed_km_per_h:land"]
    # Hours: a speed of 100 instead of 50 km/h halves them.
    assert (speed.low, speed.high) == (0.5, 2.0)
    table = ferry()["speed"]
    assert speed.applied(table, 2.0)["speed_km_per_h"][speed.rows].tolist() == [25.0]
    headway = found["timetable.headway_h:S"]
    assert (headway.low, headway.high) == (0.5, 2.0)


def test_observed_numbers_are_no_parameters() -> None:
    study = ferry()
    table = study["timetable"]
    seen = study.replace({"timetable": table.with_column("status", ["observed"])})
    assert {p.table for p in parameters_of(seen)} == {"speed"}


@settings(max_examples=25, deadline=None)
@given(land=st.floats(0.5, 2.0), headway=st.floats(0.5, 2.0))
def test_hours_on_a_way_are_linear_in_the_factors(land: float, headway: float) -> None:
    study = ferry({"obs_id": "1", "value": 40})
    model = TripModel.of(study)
    rows, weight, _ = used_matches(study)
    trips = [trace(model, row) for row in rows]
    design = design_of(model, trips, weight)
    assert design.fixed + design.taken.sum(axis=1) == pytest.approx([35.0])
    factors = np.array([{"speed": land, "timetable": headway}[p.table] for p in design.parameters])
    tuned = model.with_numbers(scaled(study, design.parameters, factors))
    assert design.model(factors)[0] == pytest.approx(trip_value(tuned, trips[0]), rel=1e-12)
    assert design.model(factors)[0] == pytest.approx(4 * land + 12 * headway + 19)


def test_factors_follow_the_observations_within_their_ranges() -> None:
    study = ferry(*({"obs_id": str(i), "value": 47} for i in range(8)))
    model = TripModel.of(study)
    rows, weight, _ = used_matches(study)
    found = dict(zip((p.table for p in parameters_of(study)),
                     calibrate(model, rows, weight).factors, strict=True))  # fmt: skip
    # 12 h more, that 12 h of headway can bring sooner than 4 h on land.
    assert 1.0 < found["speed"] < found["timetable"] <= 2.0
    far = ferry(*({"obs_id": str(i), "value": 4000} for i in range(8)))
    rows, weight, _ = used_matches(far)
    assert calibrate(TripModel.of(far), rows, weight).factors == pytest.approx([2.0, 2.0], rel=1e-6)


def test_one_odd_trip_does_not_pull_the_rest() -> None:
    plain = [{"obs_id": str(i), "value": 35 + i % 2} for i in range(8)]
    study = ferry(*plain, {"obs_id": "odd", "value": 900})
    rows, weight, _ = used_matches(study)
    assert calibrate(TripModel.of(study), rows, weight).factors == pytest.approx([1, 1], abs=0.25)


def test_slopes_are_those_of_the_residuals() -> None:
    study = ferry(*({"obs_id": str(i), "value": 30 + 5 * i} for i in range(4)))
    model = TripModel.of(study)
    rows, weight, _ = used_matches(study)
    design = design_of(model, [trace(model, row) for row in rows], weight)
    best = fit_factors(design)

    def loss(factors: np.ndarray[Any, Any]) -> float:
        r = np.log(design.model(factors) / design.value) / 0.2
        width = np.array([np.log(p.high / p.low) for p in design.parameters]) / 2.5631031310892007
        return float((2 * (np.sqrt(1 + r * r) - 1)).sum() + ((np.log(factors) / width) ** 2).sum())

    for step in (-1e-3, 1e-3):
        for j in range(len(best)):
            moved = best.copy()
            moved[j] *= 1 + step
            assert loss(moved) > loss(best)


def test_what_is_left_out_does_not_tell_its_own_answer() -> None:
    def apart(value: float) -> Any:
        study = ferry(
            {"obs_id": "1", "value": value, "source": "A"},
            {"obs_id": "2", "value": 33, "source": "A", "destination_id": "rail:q"},
            {"obs_id": "3", "value": 20, "source": "B", "origin_id": "rail:p"},
        )
        rows, weight, _ = used_matches(study)
        return left_out(TripModel.of(study), rows, weight, ["A", "A", "B"])

    (one, folds), (two, _) = apart(35), apart(60)
    assert folds == 2
    assert one[:2] == pytest.approx(two[:2])
    # The third is told by the first two, so it does move.
    assert one[2] != pytest.approx(two[2], rel=1e-3)


def test_rows_of_one_corridor_are_left_out_together() -> None:
    study = ferry(
        {"obs_id": "1", "value": 60},
        {"obs_id": "2", "value": 60, "origin_id": "rail:b", "destination_id": "rail:a"},
    )
    rows, weight, _ = used_matches(study)
    values, folds = left_out(TripModel.of(study), rows, weight, ["A", "B"])
    assert folds == 1
    assert values == pytest.approx([35.0, 35.0])


def test_the_numbers_of_the_sources_can_be_had_back() -> None:
    study = ferry(*({"obs_id": str(i), "value": 47} for i in range(8)))
    tuned = calibrate_study(study, "S").study
    assert set(tuned["calibration"]["parameter_id"]) == {
        "speed.speed_km_per_h:land", "timetable.headway_h:S"
    }  # fmt: skip
    back = as_sourced(tuned)
    for table, column in (("speed", "speed_km_per_h"), ("timetable", "headway_h")):
        assert back[table][column] == pytest.approx(study[table][column])
        assert tuned[table][column] != pytest.approx(study[table][column])
    found = fit(tuned)
    assert found.calibrated == 2
    assert found.rows[0].modelled > 36
    # All eight are one corridor: nothing is left that could tell of it.
    assert found.rows[0].left_out == pytest.approx(35.0)
    again = calibrate_study(tuned, "S").study["calibration"]
    assert again["factor"].tolist() == tuned["calibration"]["factor"].tolist()


def _trip(name: str, value: float, **more: Any) -> dict[str, Any]:
    base = dict.fromkeys(
        ("origin_id", "destination_id", "modes", "via_ids", "cargo", "class_id", "time_scope"), "x"
    )
    return base | {"obs_id": name, "quantity": "cost", "value": value} | more


def test_the_odd_one_of_three_is_contradicted_and_both_of_two() -> None:
    three = [_trip("a", 100), _trip("b", 110), _trip("c", 200)]
    assert list(contradictions(three)) == [2]
    two = [_trip("a", 100), _trip("b", 151)]
    assert contradictions(two) == dict.fromkeys((0, 1), "of one trip: a 100, b 151")
    assert contradictions([_trip("a", 100), _trip("b", 149)]) == {}
    assert contradictions([_trip("a", 100), _trip("b", 151, cargo="bulk")]) == {}


def test_a_contradicted_row_is_listed_and_not_counted() -> None:
    study = ferry({"obs_id": "1", "value": 35}, {"obs_id": "2", "value": 350})
    found = fit(study)
    assert [row.obs_id for row in found.contradicted] == ["1", "2"]
    assert found.summary[0].rows == 2
    assert np.isnan(found.summary[0].median_error_share)
    assert replace(found.rows[0], contradicts="").counts
