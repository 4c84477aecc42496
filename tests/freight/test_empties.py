"""Units and their empties: transport problems by hand, and the teaching study."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from opencorridor.freight.empties import empty_moves, least_cost_moves, trip_ends
from opencorridor.freight.units import BOXES, UNITS, layers_of, payloads, unit_loads, units_of
from opencorridor.network import MODES, TRANSSHIPMENT, open_mask
from opencorridor.study import open_study
from tests.scenario.worlds import World, teaching_world


@pytest.fixture(scope="module")
def world(cache_folder: object) -> World:
    return teaching_world()


def test_moves_by_hand() -> None:
    # 30 to spare at A and 10 at B; 25 lacking at C, 15 at D. A-C 4, A-D 6, B-C 3, B-D 9:
    # A sends 15 to C and 15 to D, B its 10 to C: 60 + 90 + 30. B to D would cost 3 a unit more.
    cost = np.array([[4.0, 6.0], [3.0, 9.0]])
    moves, left = least_cost_moves(np.array([30.0, 10.0]), np.array([25.0, 15.0]), cost)
    np.testing.assert_allclose(moves, [[15.0, 15.0], [10.0, 0.0]], atol=1e-9)
    np.testing.assert_allclose(left, 0.0, atol=1e-9)
    assert (moves * cost).sum() == pytest.approx(180.0)


def test_moves_cost_no_more_than_any_assignment() -> None:
    random = np.random.default_rng(11)
    for _ in range(20):
        n = int(random.integers(2, 12))
        cost = random.random((n, n)) * 100
        moves, _ = least_cost_moves(np.ones(n), np.ones(n), cost)
        np.testing.assert_allclose(moves.sum(axis=0), 1.0, atol=1e-9)
        np.testing.assert_allclose(moves.sum(axis=1), 1.0, atol=1e-9)
        best = cost[linear_sum_assignment(cost)].sum()
        assert (moves * cost).sum() == pytest.approx(best, rel=1e-9)


def test_what_no_way_takes_is_left_over_and_nothing_else() -> None:
    cost = np.array([[1.0, np.inf], [np.inf, np.inf]])
    moves, left = least_cost_moves(np.array([5.0, 3.0]), np.array([4.0, 4.0]), cost)
    np.testing.assert_allclose(moves, [[4.0, 0.0], [0.0, 0.0]], atol=1e-9)
    np.testing.assert_allclose(left, [1.0, 3.0], atol=1e-9)


def _baseline_tonnes(world: World) -> Any:
    m, p, o = world.model, world.prices, world.model.options
    cells = (p.tonnes_per_usd * m.cell_values(m.flows)).sum(axis=1)
    return (cells * m.covered)[m.rows.cell[o.row]] * p.weight[o.row] * world.base.share


def test_grain_rides_in_wagons_and_machinery_in_boxes(world: World) -> None:
    p, study = payloads(world.study), world.study
    classes = list(study["commodity"]["class_id"])
    grain, machines = classes.index("G"), classes.index("M")
    tonnes = np.array([600.0])
    wagon, box = UNITS.index("covered_wagon"), UNITS.index("container_40")
    none = np.array([False])
    # 60 t a wagon, 20 t a box of 40 feet.
    assert units_of(p, wagon, np.array([grain]), none, tonnes) == pytest.approx(10.0)
    assert units_of(p, box, np.array([grain]), none, tonnes) == pytest.approx(0.0)
    assert units_of(p, box, np.array([machines]), ~none, tonnes) == pytest.approx(30.0)
    assert units_of(p, wagon, np.array([machines]), ~none, tonnes) == pytest.approx(0.0)


def test_units_times_payload_are_the_tonnes_on_every_link(world: World) -> None:
    m, o, tonnes = world.model, world.model.options, _baseline_tonnes(world)
    boxed = m.rows.cargo[o.row] == 0
    loads = unit_loads(world.study, o, boxed, m.routes, tonnes, m.graph)
    grain = list(world.study["commodity"]["class_id"]).index("G")
    mine = np.where((o.klass == grain) & ~boxed, tonnes, 0.0)
    by_route = np.bincount(o.route, weights=mine, minlength=m.routes.n)
    whole = np.bincount(
        m.routes.arcs, weights=np.repeat(by_route, np.diff(m.routes.first)),
        minlength=m.graph.n_arcs,
    )  # fmt: skip
    rail = m.graph.layer == MODES.index("rail")
    assert whole[rail].sum() > 0.0
    np.testing.assert_allclose(60.0 * loads[UNITS.index("covered_wagon")][rail], whole[rail])


@pytest.mark.parametrize("unit", range(len(UNITS)), ids=UNITS)
def test_every_node_sends_as_many_units_as_it_gets(world: World, unit: int) -> None:
    m, o, tonnes = world.model, world.model.options, _baseline_tonnes(world)
    boxed = m.rows.cargo[o.row] == 0
    each = units_of(payloads(world.study), unit, o.klass, boxed, tonnes)
    by_route = np.bincount(o.route, weights=each, minlength=m.routes.n)
    layers = layers_of(unit)
    leave, arrive = trip_ends(m.graph, m.routes, by_route, layers)
    assert leave.sum() == pytest.approx(arrive.sum())
    if UNITS[unit] in BOXES:
        # A box stays with its goods: every one makes one trip.
        assert leave.sum() == pytest.approx(each.sum())
    is_open = open_mask(world.study, m.graph, world.day)
    empty = empty_moves(m.graph, arrive - leave, layers, is_open)
    after = arrive - leave
    np.add.at(after, empty.start, -empty.units)
    np.add.at(after, empty.end, empty.units)
    assert np.abs(after).sum() == pytest.approx(2.0 * empty.stuck, abs=1e-3)
    # The arcs of the moves are a flow from where there is too much to where there is too little.
    net = np.bincount(m.graph.tail, weights=empty.load, minlength=m.graph.n_nodes)
    net -= np.bincount(m.graph.head, weights=empty.load, minlength=m.graph.n_nodes)
    sent = np.zeros(m.graph.n_nodes)
    np.add.at(sent, empty.start, empty.units)
    np.add.at(sent, empty.end, -empty.units)
    np.testing.assert_allclose(net, sent, atol=1e-3)
    assert (empty.load[~is_open] == 0.0).all()
    assert (empty.units * empty.km).sum() == pytest.approx(
        (empty.load * m.graph.length_km).sum(), rel=1e-6, abs=1.0
    )


def test_a_wagon_is_emptied_where_the_gauge_changes() -> None:
    rail, road = MODES.index("rail"), MODES.index("road")
    graph: Any = SimpleNamespace(
        n_nodes=6, layer=np.array([rail, rail, -1, rail, road]), kind=np.array([0, 1, TRANSSHIPMENT,
        0, 0]), tail=np.array([0, 1, 2, 3, 4]), head=np.array([1, 2, 3, 4, 5]),
    )  # fmt: skip
    routes: Any = SimpleNamespace(arcs=np.arange(5, dtype=np.int32), first=np.array([0, 5]))
    leave, arrive = trip_ends(graph, routes, np.array([7.0]), (rail,))
    np.testing.assert_array_equal(leave, [7.0, 0, 0, 7.0, 0, 0])
    np.testing.assert_array_equal(arrive, [0, 0, 7.0, 0, 7.0, 0])
    leave, arrive = trip_ends(graph, routes, np.array([7.0]), tuple(range(-1, len(MODES))))
    np.testing.assert_array_equal(leave, [7.0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(arrive, [0, 0, 0, 0, 0, 7.0])


def test_the_shipped_study_names_box_and_wagon_of_every_class() -> None:
    study = open_study("iran_kazakhstan")
    p = payloads(study)
    at = dict(zip(study["commodity"]["class_id"], range(len(p.box)), strict=True))
    assert UNITS[p.wagon[at["C09"]]] == "tank_wagon"
    assert UNITS[p.truck[at["C09"]]] == "tank_truck"
    assert UNITS[p.box[at["C04"]]] == "reefer"
    assert UNITS[p.box[at["C01"]]] == "container_20"
