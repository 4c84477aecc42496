"""Sea lanes against the land of the base map (CASE 3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor.documents.checks import ACCESS_KM, coast
from opencorridor.operations.check import load_checks
from opencorridor.study import Settings, Study, Table
from opencorridor.study.check import registered, run_checks

# Two sides of one enclosed sea; a port of the next sea; the way round a peninsula.
PLACES = {"east": (51.22, 43.60), "south": (53.37, 36.85), "black": (37.80, 44.70),
          "north": (49.70, 40.75), "west": (49.43, 39.97)}  # fmt: skip
ROUND = "LINESTRING(49.70 40.75, 50.55 40.60, 50.60 40.20, 49.85 39.90, 49.43 39.97)"


def lanes(*made: tuple[str, str, dict[str, Any]]) -> Study:
    nodes = [{"node_id": k, "mode": "sea", "lon": x, "lat": y} for k, (x, y) in PLACES.items()]
    links = [
        {"link_id": f"L{i}", "mode": "sea", "from_node_id": a, "to_node_id": b,
         "length_km": 800, **more}
        for i, (a, b, more) in enumerate(made, start=1)
    ]  # fmt: skip
    tables = {"node": Table.from_rows("node", nodes), "link": Table.from_rows("link", links)}
    return Study(Settings("lanes"), tables)


def found(*made: tuple[str, str, dict[str, Any]]) -> list[Any]:
    return run_checks(lanes(*made), ["sea_link_on_land"])


def test_case_3_a_lane_over_the_land_between_two_seas_is_an_error() -> None:
    (problem,) = found(("east", "south", {}), ("east", "black", {}))
    assert (problem.code, problem.severity) == ("sea_link_on_land", "error")
    assert (problem.table, problem.row, problem.column) == ("link", 3, "to_node_id")
    assert "km of the lane run over land" in problem.message
    assert "passage" in problem.expected
    assert problem.mend


def test_a_named_canal_and_a_line_through_water_are_fine() -> None:
    assert found(("east", "black", {"passage": "canal"})) == []
    assert found(("north", "west", {"geometry_wkt": ROUND})) == []


def test_a_drawn_line_is_what_counts() -> None:
    over = "LINESTRING(51.22 43.60, 60.00 41.00, 53.37 36.85)"
    (problem,) = found(("east", "south", {"geometry_wkt": over}))
    assert (problem.row, problem.column) == (2, "geometry_wkt")


def test_other_modes_and_unknown_ends_are_left_to_other_checks() -> None:
    assert found(("east", "black", {"mode": "rail"}), ("east", "gone", {})) == []
    assert found(("east", "black", {"geometry_wkt": "LINESTRING(nowhere)"})) == []


@pytest.mark.parametrize(
    ("lon", "lat", "land"),
    [(50.8, 42.0, False), (45.0, 42.0, True), (53.0, 32.0, True), (140.0, -25.0, False)],
)
def test_the_coast_that_ships(lon: float, lat: float, land: bool) -> None:
    # Inside an enclosed sea, between two seas, inland; and beyond the window, where it is coarse.
    assert coast().on_land(np.array([lon]), np.array([lat])).tolist() == [land]


def test_it_is_one_of_the_checks_that_run() -> None:
    load_checks()
    assert "sea_link_on_land" in {c.code for c in registered()}
    assert ACCESS_KM == 50.0
