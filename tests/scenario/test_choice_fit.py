"""Scales of the choice of routes fitted to loads that the model itself made."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.operations.calibrate_freight import FreightCalibrateRequest, run
from opencorridor.scenario.choice_fit import Observed, fit_choice, observed_loads, place_loads
from opencorridor.study import OpenCorridorError, Study
from tests.scenario.worlds import World, changed, teaching_world, world_of

PLACES = ("BC_RAIL", "BC_ROAD")


def with_choice(study: Study, **values: float) -> Study:
    return changed(study, "choice", np.ones(study["choice"].n, bool), **values)


@pytest.fixture(scope="module")
def world() -> World:
    return teaching_world()


def seen(world: World) -> tuple[Observed, ...]:
    """What the model of another scale moves over the two crossings."""
    blank = tuple(Observed(p, "all", False, "", "", "", 1.0, 0.05, ()) for p in PLACES)
    loads = place_loads(world.model, world.base, blank)
    return tuple(
        Observed(p, "all", False, "", "", "", one.t_per_year, 0.05, ())
        for p, one in zip(PLACES, loads, strict=True)
    )


def test_the_fit_comes_back_to_the_scale_that_made_the_loads(world: World) -> None:
    wanted = with_choice(world.study, scale=38.0, scale_low=10.0, scale_high=90.0)
    loads = seen(world_of(wanted))
    start = world_of(with_choice(world.study, scale=45.0, scale_low=10.0, scale_high=90.0))
    found = fit_choice(start.model, loads)
    assert 38.0 <= found.scale_after[0] < 42.0
    assert found.scale_before.tolist() == [45.0]
    assert found.choice["scale"].tolist() == found.scale_after.tolist()

    def miss(at: str) -> float:
        pairs = zip(getattr(found, at), loads, strict=True)
        return max(abs(a.t_per_year / b.t_per_year - 1) for a, b in pairs)

    assert miss("after") < 0.6 * miss("before")
    # All goods of the teaching study start or end in its pair.
    assert [one.third_share for one in found.after] == pytest.approx([0.0, 0.0])


def test_a_scale_stays_within_its_low_and_high(world: World) -> None:
    loads = seen(world_of(with_choice(world.study, scale=20.0)))
    start = world_of(with_choice(world.study, scale=45.0, scale_low=40.0, scale_high=60.0))
    assert 40.0 <= fit_choice(start.model, loads).scale_after[0] < 45.0


def test_without_places_there_is_nothing_to_fit_to(world: World) -> None:
    assert observed_loads(world.study) == ()
    with pytest.raises(OpenCorridorError) as caught:
        run(FreightCalibrateRequest(world.study))
    assert [p.code for p in caught.value.problems] == ["no_observed_loads"]
