"""The fit to observations: scopes, places on the way, weights, the naive rival."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor.routing.fit import fit, weighted_median
from opencorridor.study import Study
from tests.routing import small


def with_matches(study: Study, *rows: dict[str, Any]) -> Study:
    seen = [
        small.MARK | {"obs_id": r["obs_id"], "origin": "o", "destination": "d", "kind": "shipment"}
        for r in rows
    ]
    base = {"quantity": "time", "use": "used", "cargo": "bulk", "class_id": "G", "family": "f"}
    matches = [base | row for row in rows]
    parameters = [
        small.MARK | {"parameter_id": name, "value": value, "description": "naive"}
        for name, value in (("naive_speed_km_per_h", 10), ("naive_rate_usd_per_tkm", 0.1))
    ]
    observation = list({row["obs_id"]: row for row in seen}.values())
    return study.replace(
        {
            "observation": study["observation"].concat(observation),
            "observation_match": study["observation_match"].concat(matches),
            "parameter": study["parameter"].concat(parameters),
        }
    )


def test_scopes_take_stays_off() -> None:
    study = with_matches(
        small.ferry_study(),
        {"obs_id": "1", "origin_id": "rail:a", "destination_id": "rail:b", "modes": "rail",
         "value": 40, "time_scope": "terminal_to_terminal", "end_dwell": "no"},
        {"obs_id": "2", "origin_id": "rail:a", "destination_id": "rail:b", "modes": "rail",
         "value": 40, "time_scope": "moving", "end_dwell": "no"},
    )  # fmt: skip
    found = fit(study)
    assert found.rows[0].modelled == pytest.approx(200 / 50 + 12 + 6 + 3 + 10)
    assert found.rows[1].modelled == pytest.approx(200 / 50 + 10)
    assert found.rows[0].naive == pytest.approx(3 * 111.195 / 10, rel=1e-4)


def test_access_stays_are_left_out_where_the_observation_leaves_them_out() -> None:
    study = small.border_study()
    speed = study["speed"]
    fixed = np.where(speed["mode"] == "access", 6.0, 0.0)
    study = study.replace({"speed": speed.with_column("fixed_h", fixed)})
    rows = [
        {"obs_id": dwell, "origin_id": "zone:A", "destination_id": "zone:F", "value": 10,
         "time_scope": "door_to_door", "end_dwell": dwell}
        for dwell in ("yes", "no")
    ]  # fmt: skip
    found = fit(with_matches(study, *rows))
    assert found.rows[0].modelled == pytest.approx(10.32 + 12)
    assert found.rows[1].modelled == pytest.approx(10.32)


def test_a_crossing_at_the_end_counts_only_with_its_stay() -> None:
    rows = [
        {"obs_id": dwell, "origin_id": "road:a", "destination_id": "crossing:X", "value": 10,
         "time_scope": "terminal_to_terminal", "end_dwell": dwell}
        for dwell in ("yes", "no")
    ]  # fmt: skip
    found = fit(with_matches(small.border_study(), *rows))
    assert found.rows[0].modelled == pytest.approx(50 / 50 + 1 / 50 + 8)
    assert found.rows[1].modelled == pytest.approx(50 / 50)


def test_places_on_the_way_are_passed_though_dearer() -> None:
    ship = {"obs_id": "1", "origin_id": "rail:a", "destination_id": "rail:b", "value": 40,
            "quantity": "cost", "modes": "rail;sea", "via_ids": "TP;TQ"}  # fmt: skip
    ferry = ship | {"obs_id": "2", "via_ids": "PQF"}
    found = fit(with_matches(small.ferry_study(), ship, ferry))
    # ship: 200 km rail, 200 km sea, two transshipments; ferry: its rate and the border's fee
    assert found.rows[0].modelled == pytest.approx(200 * 0.03 + 200 * 0.01 + 2 * 1)
    assert found.rows[1].modelled == pytest.approx(200 * 0.03 + 200 * 0.02 + 1)


def test_a_path_through_nothing_is_the_shortest_path(teaching: Study) -> None:
    from opencorridor.network import build
    from opencorridor.routing.api import price_graph, route
    from opencorridor.routing.ends import zone_end
    from opencorridor.routing.labels import labels_of
    from opencorridor.routing.masks import present_bits
    from opencorridor.routing.through import path_through

    graph = build(teaching)
    labels = labels_of(teaching, graph)
    priced = price_graph(graph, teaching, "M", "container")
    present = present_bits(priced.graph.open & graph.carries("container") & priced.usable)
    for a in teaching["zone"]["zone_id"]:
        for b in teaching["zone"]["zone_id"]:
            if a == b:
                continue
            ends = zone_end(graph, labels, a), zone_end(graph, labels, b)
            found = path_through(priced, present, ends[0], (), ends[1])
            assert found is not None
            assert tuple(found[0]) == route(teaching, f"zone:{a}", f"zone:{b}").arcs
            crossings = route(teaching, f"zone:{a}", f"zone:{b}").crossings
            again = path_through(priced, present, ends[0], crossings, ends[1])
            assert again is not None
            assert tuple(again[0]) == tuple(found[0])
            backwards = path_through(priced, present, ends[0], crossings[::-1], ends[1])
            assert len(crossings) < 2 or backwards is None or len(backwards[0]) > len(found[0])


def test_no_way_is_counted_with_a_reason_and_kept_out_of_the_median() -> None:
    rows = [
        {"obs_id": "1", "origin_id": "road:a", "destination_id": "road:f", "value": 10.32,
         "time_scope": "terminal_to_terminal", "end_dwell": "no"},
        {"obs_id": "2", "origin_id": "road:a", "destination_id": "road:f", "value": 5,
         "modes": "rail", "time_scope": "terminal_to_terminal", "end_dwell": "no"},
        {"obs_id": "3", "origin_id": "road:nowhere", "destination_id": "road:f", "value": 5,
         "time_scope": "terminal_to_terminal", "end_dwell": "no"},
    ]  # fmt: skip
    found = fit(with_matches(small.border_study(), *rows))
    line = found.summary[0]
    assert (line.rows, line.not_modelled) == (3, 2)
    assert line.median_error_share == pytest.approx(0, abs=1e-12)
    assert found.rows[2].reason == "the network has no node road:nowhere"


def test_a_trip_told_in_three_rows_counts_once() -> None:
    rows = [
        {"obs_id": str(k), "origin_id": "road:a", "destination_id": "road:f", "value": value,
         "time_scope": "terminal_to_terminal", "end_dwell": "no", "trip_group": group}
        for k, (value, group) in enumerate(
            [(10.32 / 1.5, "T"), (10.32 / 1.5, "T"), (10.32 / 1.5, "T"), (10.32 / 1.1, ""),
             (10.32 / 1.1, "")]
        )
    ]  # fmt: skip
    line = fit(with_matches(small.border_study(), *rows)).summary[0]
    assert line.trips == pytest.approx(3)
    assert line.median_error_share == pytest.approx(0.1)
    assert line.median_bias_share == pytest.approx(0.1)


def test_the_teaching_study_by_hand(teaching: Study) -> None:
    modelled = {(r.obs_id, r.quantity): r.modelled for r in fit(teaching).rows}
    assert modelled["OB1", "time"] == pytest.approx(87)
    assert modelled["OB1", "cost"] == pytest.approx(64.6)


@pytest.mark.parametrize(
    ("values", "weight", "want"),
    [([1, 2, 3], [1, 1, 1], 2), ([1, 2, 3, 4], [1, 1, 1, 1], 2.5), ([5, 1], [1, 3], 1),
     ([1, np.nan, 3], [1, 9, 1], 2)],
)  # fmt: skip
def test_weighted_median(values: list[float], weight: list[float], want: float) -> None:
    got = weighted_median(np.array(values, float), np.array(weight, float))
    assert got == pytest.approx(want)
