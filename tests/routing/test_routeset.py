"""Kept routes: several passes, each route once, re-priced without a search."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opencorridor.network import MODES, reduced
from opencorridor.routing import (
    Pass,
    RouteSet,
    build_routes,
    join_routes,
    mode_mask,
    present_bits,
    price_graph,
    skim_arrays,
)
from opencorridor.study import OpenCorridorError, Study


def passes(study: Study) -> list[Pass]:
    priced = price_graph(reduced(study).graph, study, "M", "container")
    graph = priced.graph
    can = graph.open & graph.carries("container") & priced.usable
    return [
        Pass("all", priced, present_bits(can)),
        Pass("rail", priced, present_bits(can & mode_mask(graph, ("rail",)))),
        Pass("road", priced, present_bits(can & mode_mask(graph, ("road",)))),
    ]


@pytest.fixture(scope="module")
def kept(teaching: Study) -> tuple[list[Pass], RouteSet]:
    searched = passes(teaching)
    graph = searched[0].priced.graph
    everything = np.ones((len(graph.zone_id),) * 2, bool)
    return searched, build_routes(graph, searched, everything, "M|container", chunk=2)


def test_the_first_pass_gives_the_skim(kept: tuple[list[Pass], RouteSet]) -> None:
    searched, routes = kept
    priced = searched[0].priced
    skim = skim_arrays(priced, "container", MODES)
    sums = routes.reprice(priced.graph.country, priced.plain, priced.by_kind)
    first = routes.first_route[:-1]
    assert (routes.route_label[first] == 0).all()
    time = skim.time_h[routes.pair_origin, routes.pair_dest]
    np.testing.assert_allclose(sums[first, 0], time, rtol=1e-12)
    money = skim.cost_usd_per_t[routes.pair_origin, routes.pair_dest]
    np.testing.assert_allclose(sums[first, 4], money, rtol=1e-12)


def test_equal_routes_are_kept_once(kept: tuple[list[Pass], RouteSet]) -> None:
    _, routes = kept
    for d in range(routes.n_pairs):
        rows = range(routes.first_route[d], routes.first_route[d + 1])
        ways = [tuple(routes.arcs[routes.first_arc[r] : routes.first_arc[r + 1]]) for r in rows]
        assert len(set(ways)) == len(ways)
    assert routes.n_pairs < routes.n_routes < 3 * routes.n_pairs


def test_routes_start_and_end_at_their_zones(kept: tuple[list[Pass], RouteSet]) -> None:
    searched, routes = kept
    graph = searched[0].priced.graph
    arcs = routes.arcs
    start = graph.tail[arcs[routes.first_arc[:-1]]]
    end = graph.head[arcs[routes.first_arc[1:] - 1]]
    np.testing.assert_array_equal(start, graph.zone_node[routes.pair_origin[routes.route_pair]])
    np.testing.assert_array_equal(end, graph.zone_node[routes.pair_dest[routes.route_pair]])


def test_a_wait_at_a_place_is_paid_by_the_routes_that_pass_it(
    kept: tuple[list[Pass], RouteSet],
) -> None:
    searched, routes = kept
    graph = searched[0].priced.graph
    place = graph.place_index("BC_RAIL")
    on = graph.place == place
    first = np.concatenate(([0], np.cumsum(on)))
    start, facility = routes.incidence(first, np.zeros(on.sum(), np.int32), 1)
    passing = np.diff(start) > 0
    assert passing.any()
    assert not passing.all()
    assert (facility == 0).all()
    wait = np.where(on, 10.0, 0.0)[:, None]
    none = np.zeros((graph.n_arcs, 0, 3))
    np.testing.assert_array_equal(
        routes.reprice(graph.country, wait, none)[:, 0], np.where(passing, 10.0, 0.0)
    )


def test_load_adds_tonnes_to_every_arc_of_a_route(kept: tuple[list[Pass], RouteSet]) -> None:
    searched, routes = kept
    graph = searched[0].priced.graph
    tonnes = np.arange(1.0, routes.n_routes + 1)
    load = routes.load(tonnes, graph.n_arcs)
    assert load[graph.kind == 3].sum() == pytest.approx(tonnes.sum())
    km = routes.reprice(graph.country, graph.length_km[:, None], np.zeros((graph.n_arcs, 0, 3)))[
        :, 0
    ]
    assert load @ graph.length_km == pytest.approx(tonnes @ km)


def test_only_wanted_pairs_and_the_cache_round_trip(teaching: Study) -> None:
    searched = passes(teaching)
    graph = searched[0].priced.graph
    wanted = np.zeros((len(graph.zone_id),) * 2, bool)
    wanted[0, 3] = wanted[2, 2] = True
    routes = build_routes(graph, searched, wanted)
    assert list(zip(routes.pair_origin, routes.pair_dest, strict=True)) == [(0, 3)]
    back = RouteSet.from_arrays(routes.arrays())
    assert back.labels == routes.labels
    np.testing.assert_array_equal(back.arcs, routes.arcs)


def test_groups_are_joined_in_order(teaching: Study) -> None:
    searched = passes(teaching)
    graph = searched[0].priced.graph
    wanted = np.ones((len(graph.zone_id),) * 2, bool)
    a = build_routes(graph, searched[:1], wanted, "a")
    b = build_routes(graph, [replace(searched[1], label="rail")], wanted, "b")
    both = join_routes([a, b])
    assert both.groups == ("a", "b")
    assert both.labels == ("all", "rail")
    assert both.n_routes == a.n_routes + b.n_routes
    at = a.n_routes
    row = both.arcs[both.first_arc[at] : both.first_arc[at + 1]]
    np.testing.assert_array_equal(row, b.arcs[: b.first_arc[1]])
    assert set(both.pair_group) == {0, 1}
    assert both.route_label[at] == 1


def test_negative_costs_are_refused(teaching: Study) -> None:
    one = passes(teaching)[0]
    bad = replace(one.priced, gc_usd_per_t=one.priced.gc_usd_per_t - 100.0)
    wanted = np.ones((len(bad.graph.zone_id),) * 2, bool)
    with pytest.raises(OpenCorridorError, match="negative") as caught:
        build_routes(bad.graph, [replace(one, priced=bad)], wanted)
    assert caught.value.problems[0].code == "negative_cost"
