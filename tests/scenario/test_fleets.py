"""Fleets as capacities, by hand in the teaching study: days, use, and what binds."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from opencorridor.freight.fleets import entry_days
from opencorridor.freight.kernels.fleets import fleet_days, fleet_days_reference
from opencorridor.freight.turnaround import (
    fleet_capacity_t,
    loads_per_day,
    trip_days,
    unit_days,
    units_needed,
)
from opencorridor.scenario.path import state_of_year
from opencorridor.scenario.prices import prices
from opencorridor.scenario.state import baseline
from opencorridor.study import Study, open_study
from tests.scenario.worlds import World, added, changed, world_of

WAGONS: dict[str, Any] = {
    "fleet_id": "WAGONS", "name_en": "Wagons of Alphaland", "unit": "wagon",
    "owner_country": "AAA", "mode": "rail", "at_countries": "AAA", "day_countries": "AAA;BBB",
    "cargo": "bulk", "count": 300.0, "payload_t": 60.0, "reserve_share": 0.1,
    "terminal_days": 2.0, "empty_return_share": 1.0, "turnaround_days": 6.0,
    "source": "SRC_ASSUME", "status": "assumed",
}  # fmt: skip
# Alpha City to Charlie City: 480 km at 40 km/h, 6 h at Alba Gate, 480 km at 30 km/h, 12 h at
# Beacon Gate, where the gauge changes and the wagons turn round. Over Bright Gate, once it is
# built: 240 km at 30 km/h, 300 km at 60 km/h and 4 h. By sea: 320 km to Alpha Port at 40 km/h.
BEACON_DAYS = (12.0 + 6.0 + 8.0 + 8.0 + 12.0) / 24.0
BRIGHT_DAYS = (12.0 + 6.0 + 8.0 + 5.0 + 4.0) / 24.0
SEA_DAYS = 8.0 / 24.0


def with_fleet(**values: Any) -> Study:
    return added(open_study("teaching"), "fleet", [WAGONS | values])


@cache
def fleet_world(count: float = 300.0) -> World:
    return world_of(with_fleet(count=count))


def entries(world: World) -> tuple[Any, Any, Any]:
    m = world.model
    parts = _parts(world)
    return entry_days(world.study, m.used, m.options, m.routes, m.places, parts)


def _parts(world: World) -> dict[str, Any]:
    from opencorridor.costs import arc_parts

    plan = world.model.cost_plan(world.study, world.day, world.model.used.graph)
    return {cargo: arc_parts(plan, world.study, cargo) for cargo in ("container", "bulk")}


def test_formulas_by_hand() -> None:
    assert unit_days(np.array([100.0]), 300.0, 0.1, 0.5) == pytest.approx(13_500.0)
    assert trip_days(np.array([4.0]), 0.5, 3.0) == pytest.approx(9.0)
    loads = loads_per_day(np.array([365_000.0]), 50.0, 365.0)
    assert loads == pytest.approx(20.0)
    assert units_needed(loads, 9.0, 0.1) == pytest.approx(200.0)
    # 300 wagons x 365 days x 0.9 at 6 days a load of 60 t.
    assert fleet_capacity_t(with_fleet()["fleet"]) == pytest.approx(985_500.0)


def test_days_and_use_of_the_way_south_are_those_by_hand() -> None:
    world = fleet_world()
    m, o = world.model, world.model.options
    entry, fleet, days = entries(world)
    assert entry.size > 0
    assert (fleet == 0).all()
    option = np.repeat(np.arange(o.n), np.diff(o.place_first))[entry]
    zone = world.study["zone"]["name_en"].astype(str)
    south = zone[m.rows.origin[o.row[option]]] == "Alpha City"
    south &= zone[m.rows.destination[o.row[option]]] == "Charlie City"
    by_hand = np.array([SEA_DAYS, BRIGHT_DAYS, BEACON_DAYS])
    np.testing.assert_allclose(np.sort(days[south]), by_hand, rtol=1e-12)
    # By Beacon Gate (1.9167 x 2 + 2) = 5.8333 days of the 6 in which the fleet is told.
    np.testing.assert_allclose(
        np.sort(world.prices.use[entry][south]), (2 * by_hand + 2) / 6.0, rtol=1e-12
    )
    assert set(np.delete(world.prices.use, entry).tolist()) == {1.0}


def test_the_kernel_agrees_with_its_reference() -> None:
    random = np.random.default_rng(3)
    first = np.concatenate([[0], np.cumsum(random.integers(0, 7, 40))])
    fare = random.integers(0, 3 * 25, first[-1]).astype(np.int32)
    hours = random.random((3, 2, 25)) * 30
    entry = np.sort(random.choice(100, 60, replace=False))
    args = (entry, random.integers(0, 40, 100), random.integers(0, 2, 100),
            random.integers(0, 3, 100), first, fare, hours)  # fmt: skip
    np.testing.assert_allclose(fleet_days(*args), fleet_days_reference(*args), rtol=1e-13)


@cache
def short() -> World:
    free = fleet_world(10_000.0)
    f = free.at("fleet:WAGONS")
    return fleet_world(float(free.base.clearing.load_t[f] / free.prices.capacity[f] * 5_000.0))


def test_a_large_fleet_changes_nothing(world: World) -> None:
    free = fleet_world(10_000.0)
    assert free.base.clearing.wait_h[free.at("fleet:WAGONS")] < 1e-9
    # Ways round a fleet that is short are kept too: next to nothing takes them.
    np.testing.assert_allclose(
        free.base.clearing.load_t[: world.model.places.n], world.base.clearing.load_t, rtol=1e-4
    )


def test_a_fleet_that_few_rows_of_a_cell_ride_in_settles_in_few_rounds() -> None:
    """Rows of a cell answer its price together: each by its own cost alone needed 29 rounds."""
    world = world_of(with_fleet(count=68.0, mode="road", payload_t=20.0, cargo="all"))
    assert world.study.settings.target is not None
    state = state_of_year(
        world.model, world.study, world.base, world.study.settings.target.year, {}
    )
    assert state.clearing.wait_h[world.at("fleet:WAGONS")] > 100.0
    assert max(state.clearing.gap, state.cost_change) <= 1e-6
    assert state.iterations <= 10


def test_goods_never_take_more_than_the_fleet_has() -> None:
    world = short()
    f = world.at("fleet:WAGONS")
    load, capacity = world.base.clearing.load_t[f], world.prices.capacity[f]
    assert world.base.clearing.wait_h[f] > 0.0, "the fleet binds"
    assert 0.9 * capacity < load <= capacity * (1 + 1e-9)
    state = world.state(changed(world.study, "fleet", ["WAGONS"], count=lambda c: 0.7 * c))
    assert state.clearing.load_t[f] <= state.prices.capacity[f] * (1 + 1e-6)


def moved_t(world: World, tonnes: Any, share: Any) -> float:
    """Tonnes that ride in the fleet."""
    m, o = world.model, world.model.options
    entry = entries(world)[0]
    option = np.repeat(np.arange(o.n), np.diff(o.place_first))[entry]
    row = o.row[option]
    t = (tonnes * m.covered)[m.rows.cell[row]] * world.prices.weight[row]
    return float((t * share[option]).sum())


def test_more_wagons_move_more_tonnes() -> None:
    world = short()
    f = world.at("fleet:WAGONS")
    more = world.state(changed(world.study, "fleet", ["WAGONS"], count=lambda c: 1.2 * c))
    assert more.clearing.wait_h[f] < world.base.clearing.wait_h[f]
    same = world.state()
    assert moved_t(world, more.tonnes, more.share) > 1.02 * moved_t(world, same.tonnes, same.share)


def test_a_faster_border_frees_wagons() -> None:
    world = short()
    f = world.at("fleet:WAGONS")
    table = world.study["border_dwell"]
    south = (table["border_crossing_id"] == "AB_RAIL") & (table["from_country"] == "AAA")
    faster = changed(world.study, "border_dwell", south, mean_h=0.0, mean_low_h=0.0)
    state, same = world.state(faster), world.state()
    entry = entries(world)[0]
    use = state.prices.use[entry]
    # Six hours less each way of a trip of 5.8333 days: what goes over Alba Gate takes less.
    freed = world.prices.use[entry] - use
    assert set(freed.round(9).tolist()) == {0.0, round(0.5 / 6.0, 9)}
    assert state.prices.capacity[f] == world.prices.capacity[f]
    # The wagons stay as busy as before, and carry more.
    assert state.clearing.load_t[f] == pytest.approx(same.clearing.load_t[f], rel=1e-3)
    assert moved_t(world, state.tonnes, state.share) > 1.01 * moved_t(
        world, same.tonnes, same.share
    )


def test_the_measure_of_tonnes_changes_no_result() -> None:
    world = short()
    count = float(world.study["fleet"]["count"][0])
    other = world_of(with_fleet(count=count, turnaround_days=13.0))
    np.testing.assert_allclose(other.base.clearing.wait_h, world.base.clearing.wait_h, atol=1e-6)
    np.testing.assert_allclose(other.base.share, world.base.share, atol=1e-9)


def riders(**values: Any) -> tuple[World, Any]:
    """World with a changed fleet, and the rows of the options that ride in it."""
    world = world_of(with_fleet(**values))
    o = world.model.options
    return world, o.row[np.repeat(np.arange(o.n), np.diff(o.place_first))[entries(world)[0]]]


def test_a_fleet_carries_its_own_form_of_cargo_and_classes_alone() -> None:
    world, rows = riders()
    assert rows.size > 0
    assert set(world.model.rows.cargo[rows].tolist()) == {1}
    world, rows = riders(cargo="all", class_ids="M")
    klass = world.study["commodity"]["class_id"][world.model.cells.klass[world.model.rows.cell]]
    assert rows.size > 0
    assert set(klass[rows].tolist()) == {"M"}


def test_own_and_transit_part_the_goods_of_a_fleet() -> None:
    both = {"at_countries": "BBB", "cargo": "all"}
    world, all_rows = riders(**both)
    home = world.study["zone"]["country_id"].astype(str) == "BBB"
    rows = world.model.rows
    for trade in ("own", "transit"):
        _, found = riders(**both, trade=trade)
        own = home[rows.origin[found]] | home[rows.destination[found]]
        assert own.all() if trade == "own" else not own.any()
        all_rows = all_rows[~np.isin(all_rows, found)]
    assert all_rows.size == 0


def test_a_fleet_of_a_link_carries_what_passes_the_link_over_that_link_alone() -> None:
    world, rows = riders(at_place_ids="L02", at_countries="", day_countries="")
    days = entries(world)[2]
    assert rows.size > 0
    np.testing.assert_allclose(days, 8.0 / 24.0, rtol=1e-12)
    slow = world_of(with_fleet(at_place_ids="L02", at_countries="", speed_km_per_h=10.0))
    np.testing.assert_allclose(entries(slow)[2], 32.0 / 24.0, rtol=1e-12)


def test_a_fleet_does_not_slow_the_baseline_down_to_no_answer() -> None:
    world = short()
    again = baseline(world.model, prices(world.model, world.study, world.day))
    assert again.clearing.converged
    assert again.clearing.gap < 1e-9
