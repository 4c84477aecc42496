"""TFI1 to TFI4: by hand, at the edges, and as sums of a route's legs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.costs.bounds import at_bounds
from opencorridor.operations.workbench.amounts import amounts_of
from opencorridor.operations.workbench.corridors import journeys
from opencorridor.operations.workbench.routes import RouteQuery, found_of
from opencorridor.operations.workbench.session import Session
from opencorridor.routing.indicators import INDICATORS, Journey, facilitation, of_journey
from opencorridor.study import Study

ONE = np.ones(1)


def test_a_small_corridor_by_hand() -> None:
    # Two crossings, 6 h and 18 h, US$ 1 and 4 a tonne; 1,360 km in 87 h, 39 of them in motion,
    # for US$ 64.6 a tonne.
    found = facilitation(
        np.array([[6.0], [18.0]]), np.array([[1.0], [4.0]]), 1360.0, 39 * ONE, 87 * ONE, 64.6 * ONE
    )
    assert found.tfi1_h[0] == 12.0
    assert found.tfi2_usd[0] == 2.5 * 20
    assert found.tfi3_usd[0] == pytest.approx(64.6 * 20 * 500 / 1360, rel=1e-12)
    assert round(found.tfi3_usd[0], 2) == 475.00
    assert found.swod_km_per_h[0] == pytest.approx(1360 / 39, rel=1e-12)
    assert found.swd_km_per_h[0] == pytest.approx(1360 / 87, rel=1e-12)


def test_nothing_to_measure_is_no_number() -> None:
    none = np.empty((0, 1))
    found = facilitation(none, none, 100.0, 2 * ONE, 4 * ONE, ONE)
    assert np.isnan(found.tfi1_h[0])
    assert np.isnan(found.tfi2_usd[0])
    assert (found.swod_km_per_h[0], found.swd_km_per_h[0]) == (50.0, 25.0)
    still = facilitation(np.ones((1, 1)), np.ones((1, 1)), 0.0, 0 * ONE, 4 * ONE, ONE)
    assert all(np.isnan(getattr(still, n)[0]) for n in list(INDICATORS)[2:])
    assert still.tfi1_h[0] == 1.0


@given(
    st.lists(st.floats(0.1, 200), min_size=1, max_size=6),
    st.floats(1, 5000),
    st.floats(1, 500),
    st.floats(0, 500),
)
def test_delay_never_makes_faster(
    hours: list[float], km: float, moving: float, further: float
) -> None:
    stops = np.array(hours)[:, None]
    whole = moving + stops.sum() + further
    found = facilitation(stops, stops, km, moving * ONE, whole * ONE, ONE)
    assert found.swd_km_per_h[0] <= found.swod_km_per_h[0]
    assert min(hours) * (1 - 1e-9) <= found.tfi1_h[0] <= max(hours) * (1 + 1e-9)


# --- a route of the teaching study ---------------------------------------------------------------


@pytest.fixture(scope="module")
def found(teaching: Study) -> dict[str, dict[str, Journey]]:
    """Return the journeys of the routes from A1 to C1, by mode of the route, then of the part."""
    session = Session(teaching)
    answer = found_of(session, RouteQuery("A1", "C1"))
    amounts = amounts_of(session, answer.asked.world, answer.asked.cargo, answer.asked.date)
    return {
        route.modes_used[0]: {j.mode: j for j in journeys(route, answer, amounts)}
        for route in answer.routes
    }


def test_the_railway_to_the_minute_and_the_cent(found: dict[str, dict[str, Journey]]) -> None:
    whole, rail = found["rail"][""], found["rail"]["rail"]
    # 2 × 20 km of access at 20 km/h; 480 km at 40, 480 at 30, 360 at 40 km/h.
    assert whole.moving_h[0] == pytest.approx(1 + 12 + 16 + 9 + 1)
    # Alba Gate 6 h; Beacon Gate 10 h with the change of gauge, 8 h. 12 h at each end's yard wait.
    assert [s.time_h[0] for s in whole.stops] == pytest.approx([6, 18])
    assert whole.waiting_h[0] == pytest.approx(24)
    assert whole.terminal_h[0] == 0
    of = of_journey(whole)
    assert of.tfi1_h.tolist() == pytest.approx([12.0, (4 + 8 + 6) / 2, (8 + 15 + 12) / 2])
    assert of.tfi2_usd.tolist() == pytest.approx([50.0, 3 / 2 * 20, 7 / 2 * 20])
    assert round(of.tfi3_usd[0], 2) == 475.00
    assert of.swd_km_per_h[0] == pytest.approx(1360 / 87)
    # By rail alone: 1,320 km, 56.60 a tonne, 37 h in motion of 61.
    assert rail.distance_km == 1320
    assert round(of_journey(rail).tfi3_usd[0], 2) == round(56.6 * 20 * 500 / 1320, 2)
    assert of_journey(rail).swod_km_per_h[0] == pytest.approx(1320 / 37)
    assert of_journey(rail).swd_km_per_h[0] == pytest.approx(1320 / 61)


def test_the_ends_of_the_ranges_by_hand(found: dict[str, dict[str, Journey]]) -> None:
    whole = found["rail"][""]
    fast = 2 * (20 / 25 + 6) + 480 / 50 + 480 / 37.5 + 360 / 50 + 4 + 8 + 6
    slow = 2 * (20 / 15 + 18) + 480 / 30 + 480 / 22.5 + 360 / 30 + 8 + 15 + 12
    assert whole.time_h.tolist() == pytest.approx([87.0, fast, slow])
    cheap = (0.48 * 480 + 0.64 * 480 + 0.8 * 360 + 2 * (20 + 1.6 * 20)) / 20 + 0.5 + 1.5 + 1
    assert whole.cost_usd_per_t[1] == pytest.approx(cheap)


def test_parts_add_up_in_every_state(found: dict[str, dict[str, Journey]]) -> None:
    for journeys_of in found.values():
        whole = journeys_of[""]
        parts = whole.moving_h + whole.border_h + whole.terminal_h + whole.waiting_h
        np.testing.assert_allclose(parts, whole.time_h, rtol=1e-12)
        assert (whole.waiting_h >= -1e-9).all()
        assert whole.time_h[1] <= whole.time_h[0] <= whole.time_h[2]
        assert whole.cost_usd_per_t[1] <= whole.cost_usd_per_t[0] <= whole.cost_usd_per_t[2]


def test_numbers_at_the_ends_of_their_ranges(teaching: Study) -> None:
    low, high = at_bounds(teaching, adverse=False), at_bounds(teaching, adverse=True)
    assert low["speed"]["speed_km_per_h"][0] == 50
    assert high["speed"]["speed_km_per_h"][0] == 30
    # Without a range the number stays.
    assert low["speed"]["moving_h_per_day"][0] == high["speed"]["moving_h_per_day"][0] == 24
    assert low["border_dwell"]["mean_h"][0] == 4
    assert high["mode_rate"]["rate_usd_per_unit_km"][0] == 0.75
    assert low["commodity"] is teaching["commodity"]
