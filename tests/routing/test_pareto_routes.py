"""Fronts of routes on studies: exact on the reduced graph, walkable, and what the legs say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from opencorridor.network import MODES
from opencorridor.operations.pack import Pack, open_pack
from opencorridor.routing.asking import end_of
from opencorridor.routing.choices import MAX_SHARED, choose, shared_share
from opencorridor.routing.ends import End, end_states
from opencorridor.routing.kernels import pareto_plain
from opencorridor.routing.masks import Element, present_bits
from opencorridor.routing.pareto import (
    STEPS_PER_UNIT,
    Front,
    Ground,
    Terrain,
    distinct,
    in_steps,
)
from opencorridor.routing.routes import Wanted, assemble, search_pair
from opencorridor.routing.search import grow, pair_view
from opencorridor.study import OpenCorridorError
from opencorridor.study.places import resolve

SHIPPED = "iran_kazakhstan"
PAIRS = (
    ("Almaty", "Bandar Abbas", "C12", "container"),
    ("Tehran", "Aktobe", "C01", "bulk"),
    ("Aktau", "Amirabad", "C01", "bulk"),
)


@cache
def pack(study: str) -> Pack:
    return open_pack(study)


@cache
def ground(study: str, class_id: str, cargo: str) -> Ground:
    return pack(study).ground(class_id, cargo, pack(study).baseline_date)


def ends(study: str, class_id: str, cargo: str, *names: str) -> tuple[End, End]:
    p = pack(study)
    price = p.pricer(class_id, cargo, p.baseline_date)
    start, end = (end_of(resolve(p.places, n), p.graph, p.labels, MODES, price) for n in names)
    return start, end


def front_of(
    study: str, origin: str, destination: str, class_id: str, cargo: str, **wanted: object
) -> tuple[Front, tuple[End, End]]:
    both = ends(study, class_id, cargo, origin, destination)
    asked = Wanted(cargo, **wanted)  # type: ignore[arg-type]
    return ground(study, class_id, cargo).front(pack(study).labels, *both, asked), both


@pytest.mark.parametrize(("origin", "destination", "class_id", "cargo"), PAIRS)
def test_the_reduced_graph_has_the_front_of_the_whole_one(
    origin: str, destination: str, class_id: str, cargo: str
) -> None:
    small, both = front_of(SHIPPED, origin, destination, class_id, cargo)
    whole = Ground(ground(SHIPPED, class_id, cargo).whole)
    full = whole.front(pack(SHIPPED).labels, *both, Wanted(cargo))
    assert small.terrain.small is not None
    assert full.terrain.small is None
    assert len(small) == len(full) > 3
    # Each arc is rounded to a millionth; a shortcut is one arc where the whole graph has many.
    np.testing.assert_allclose(small.values, full.values, atol=1e-3)


@pytest.mark.parametrize(("origin", "destination", "class_id", "cargo"), PAIRS)
def test_members_are_routes_whose_legs_sum_to_the_vector_and_none_beats_another(
    origin: str, destination: str, class_id: str, cargo: str
) -> None:
    front, both = front_of(SHIPPED, origin, destination, class_id, cargo)
    priced, labels = ground(SHIPPED, class_id, cargo).whole.priced, pack(SHIPPED).labels
    graph = priced.graph
    for i, way in enumerate(front.ways):
        arcs = front.arcs(i)
        assert (graph.head[arcs[:-1]] == graph.tail[arcs[1:]]).all()
        assert graph.open[arcs].all()
        assert graph.carries(cargo)[arcs].all()
        assert graph.tail[arcs[0]] == both[0].nodes[way.start]
        assert graph.head[arcs[-1]] == both[1].nodes[way.end]
        totals = assemble(priced, labels, both, (way.start, way.end), arcs).totals
        assert totals is not None
        summed = (totals.time_h, totals.cost_usd_per_t, totals.co2_kg_per_t)
        np.testing.assert_allclose(summed, front.values[i], atol=1e-3)
        assert totals.gc_usd_per_t == pytest.approx(front.gc_usd_per_t[i], abs=1e-3)
    steps = front.steps
    covers = (steps[:, None] <= steps[None]).all(axis=2)
    assert covers.sum() == len(front)


@pytest.mark.parametrize(("origin", "destination", "class_id", "cargo"), PAIRS)
def test_the_fastest_is_the_tree_of_hours_and_the_best_is_near_the_route(
    origin: str, destination: str, class_id: str, cargo: str
) -> None:
    front, both = front_of(SHIPPED, origin, destination, class_id, cargo)
    terrain = ground(SHIPPED, class_id, cargo).whole
    priced, present = (
        terrain.priced,
        present_bits(terrain.mask(pack(SHIPPED).labels, Wanted(cargo))),
    )
    hours = np.repeat(np.nan_to_num(priced.time_h)[:, None], 3, axis=1)
    view = pair_view(priced, hours, present, both[0].countries[0], both[1].countries[0])
    goal = end_states(both[1], range(len(both[1].nodes)))
    tree = grow(priced, view, [(both[0].nodes[0], 0.0)], [s for s, _ in goal])
    fastest = min(tree.dist[state] for state, _ in goal)
    assert front.values[0, 0] == pytest.approx(fastest, abs=1e-3)
    found = search_pair(priced, priced.gc, present, *both)
    assert found is not None
    # Spread counts in the generalised cost and not in the front.
    assert front.gc_usd_per_t.min() >= found[0] - 1e-3
    assert front.gc_usd_per_t.min() == pytest.approx(found[0], rel=0.05)


def test_on_the_teaching_study_the_front_is_that_of_plain_label_setting() -> None:
    front, both = front_of("teaching", "Alpha City", "Charlie City", "M", "container")
    terrain = ground("teaching", "M", "container").whole
    graph, priced = terrain.priced.graph, terrain.priced
    use = terrain.mask(pack("teaching").labels, Wanted("container"))
    start, end = both[0].nodes[0], both[1].nodes[0]
    zones = graph.zone_node.tolist()
    use &= ~np.isin(graph.tail, [z for z in zones if z != start])
    use &= ~np.isin(graph.head, [z for z in zones if z != end])
    kind = priced.flow_kind(np.arange(graph.n_arcs), both[0].countries[0], both[1].countries[0])
    money = priced.money_usd_per_t[np.arange(graph.n_arcs), kind]
    cost = in_steps(np.stack([priced.time_h, money, priced.co2_kg_per_t], axis=1))
    zero = (0, 0, 0)
    vectors, _ = pareto_plain.pareto(
        graph.first_out, graph.head, cost, use, [(start, zero)], [(end, zero)]
    )
    np.testing.assert_allclose(front.steps, np.array(vectors), atol=5)


def test_what_is_avoided_is_on_no_route_of_the_front() -> None:
    origin, destination, class_id, cargo = PAIRS[0]
    graph = pack(SHIPPED).graph
    free, _ = front_of(SHIPPED, origin, destination, class_id, cargo)
    for element in (
        Element("country", "TKM", "Turkmenistan"),
        Element("border_crossing", "TKM-IRN-RA02", "Sarakhs"),
        Element("mode", "road", "road"),
    ):
        front, _ = front_of(SHIPPED, origin, destination, class_id, cargo, avoid=(element,))
        assert len(front)
        for i in range(len(front)):
            arcs = front.arcs(i)
            if element.kind == "country":
                assert (graph.country[arcs] != graph.country_index("TKM")).all()
            elif element.kind == "mode":
                assert (graph.mode[arcs] != MODES.index("road")).all()
            else:
                assert not np.isin(arcs, graph.arcs_of_place("TKM-IRN-RA02")).any()
        assert front.values[:, 0].min() >= free.values[:, 0].min()


def test_no_transit_forbids_passing_through_and_not_the_ends() -> None:
    graph = pack(SHIPPED).graph
    front, _ = front_of(SHIPPED, "Almaty", "Bandar Abbas", "C12", "container",
                        no_transit=("TKM", "IRN"))  # fmt: skip
    assert len(front)
    for i in range(len(front)):
        assert (graph.country[front.arcs(i)] != graph.country_index("TKM")).all()
    to_it, _ = front_of(SHIPPED, "Almaty", "Ashgabat", "C12", "container", no_transit=("TKM",))
    assert len(to_it)


def test_an_avoided_link_is_looked_for_in_the_whole_graph() -> None:
    origin, destination, class_id, cargo = PAIRS[0]
    p = pack(SHIPPED)
    front, _ = front_of(SHIPPED, origin, destination, class_id, cargo)
    inside = next(a for a in front.arcs(0) if p.graph.cell[a] >= 0)
    name = str(p.labels.link_id[p.graph.ref[inside]])
    without, _ = front_of(SHIPPED, origin, destination, class_id, cargo,
                          avoid=(Element("link", name, name),))  # fmt: skip
    assert without.terrain.small is None
    gone = p.graph.ref[inside]
    for i in range(len(without)):
        arcs = without.arcs(i)
        assert not ((p.graph.ref[arcs] == gone) & (p.graph.kind[arcs] <= 1)).any()


def test_coordinates_ports_and_crossings_are_ends() -> None:
    for origin, destination in (
        ("43.6,51.2", "36.8,53.4"),
        ("port:Aktau", "port:Amirabad"),
        ("Almaty", "TKM-IRN-RA02"),
    ):
        front, both = front_of(SHIPPED, origin, destination, "C12", "container")
        assert len(front), (origin, destination)
        way = front.ways[0]
        priced = ground(SHIPPED, "C12", "container").whole.priced
        route = assemble(priced, pack(SHIPPED).labels, both, (way.start, way.end), front.arcs(0))
        assert route.totals is not None
        assert route.totals.time_h == pytest.approx(front.values[0, 0], abs=1e-3)


def test_no_way_is_an_empty_front_and_a_limit_is_an_error() -> None:
    front, _ = front_of("teaching", "Alpha City", "Charlie City", "M", "container",
                        modes=("sea",))  # fmt: skip
    assert len(front) == 0
    assert choose(front, np.zeros(1)) == ()
    with pytest.raises(OpenCorridorError) as caught:
        ground(SHIPPED, "C12", "container").front(
            pack(SHIPPED).labels, *ends(SHIPPED, "C12", "container", "Almaty", "Bandar Abbas"),
            Wanted("container"), 5,
        )  # fmt: skip
    assert [p.code for p in caught.value.problems] == ["pareto_limit"]


def test_a_negative_cost_is_refused() -> None:
    g = ground("teaching", "M", "container")
    co2 = g.whole.priced.co2_kg_per_t.copy()
    co2[:] = -1.0
    bad = Ground(Terrain(replace(g.whole.priced, co2_kg_per_t=co2)))
    both = ends("teaching", "M", "container", "Alpha City", "Charlie City")
    with pytest.raises(OpenCorridorError, match="negative co2_kg_per_t"):
        bad.front(pack("teaching").labels, *both, Wanted("container"))


def test_listed_routes_are_the_extremes_then_really_different_ones() -> None:
    origin, destination, class_id, cargo = PAIRS[0]
    front, _ = front_of(SHIPPED, origin, destination, class_id, cargo)
    length = np.asarray(pack(SHIPPED).graph.length_km)
    listed = choose(front, length, 8)
    assert listed == choose(front, length, 8)
    assert len({c.index for c in listed}) == len(listed) > 3
    values = front.values
    for k, role in enumerate(("fastest", "cheapest", "cleanest")):
        exact = [c for c in listed if role in c.roles]
        near = [c for c in listed if role in dict(c.nearly)]
        assert len(exact) + len(near) == 1
        least = values[:, k].min()
        assert values[(exact + near)[0].index, k] <= least * (1.002 if near else 1.0)
    best = next(c for c in listed if "best" in c.roles)
    assert front.gc_usd_per_t[best.index] == front.gc_usd_per_t.min()
    for n, choice in enumerate(listed):
        before = [shared_share(front.arcs(choice.index), front.arcs(c.index), length)
                  for c in listed[:n]]  # fmt: skip
        assert choice.shared_share == pytest.approx(max(before, default=0.0), abs=1e-6)
        if not choice.roles:
            assert choice.shared_share <= MAX_SHARED
        assert choice.difference is not None
        assert min(choice.difference.time_h, choice.difference.cost_usd_per_t,
                   choice.difference.co2_kg_per_t) < 0  # fmt: skip
    assert len(choose(front, length, 1)) == 1
    assert choose(front, length, 1)[0].roles[0] == "best"


def test_shares_count_tonne_kilometres_not_arcs() -> None:
    length = np.array([90.0, 5.0, 5.0, 0.0])
    one, other = np.array([0, 1, 3]), np.array([0, 2, 3])
    assert shared_share(one, other, length) == pytest.approx(90 / 95)
    assert shared_share(np.array([3]), other, length) == 0.0


def test_rounding_makes_no_routes() -> None:
    rows = [
        [1_000_000, 5_000_003, 0],
        [1_000_003, 5_000_000, 0],  # equal to the first but for rounding
        [2_000_000, 4_000_000, 50],
        [2_000_040, 3_000_000, 0],  # beats the one before, which is faster by rounding only
        [3_000_000, 2_999_800, 0],  # cheaper by more than rounding
        [3_000_000, 2_999_800, 0],
    ]
    assert distinct(np.array(rows)) == [0, 3, 4]
    assert distinct(np.empty((0, 3), np.int64)) == []


def test_steps_are_millionths() -> None:
    assert in_steps([1.2345678, np.nan]).tolist() == [1234568, 0]
    assert STEPS_PER_UNIT == 10**6
