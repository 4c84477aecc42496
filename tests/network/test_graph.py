"""From tables to the graph: kinds, borders, ports, ferries, what is open."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor import network
from opencorridor.network.build import make_graph
from opencorridor.study import OpenCorridorError
from tests.network import net_studies as ns


def arc(graph: network.Graph, start: str, end: str) -> int:
    """Return the only arc between two nodes."""
    at = (graph.tail == graph.node_index(start)) & (graph.head == graph.node_index(end))
    (found,) = np.flatnonzero(at)
    return int(found)


@pytest.fixture(scope="module")
def graph() -> network.Graph:
    return make_graph(ns.corridor())


def test_arcs_are_sorted_and_every_one_has_its_opposite(graph: network.Graph) -> None:
    assert graph.n_arcs == 2 * 5 + 4 + 2 * 2
    for n in range(graph.n_nodes):
        assert (graph.tail[graph.first_out[n] : graph.first_out[n + 1]] == n).all()
    back = graph.reverse
    assert (back >= 0).all()
    assert (graph.tail[back] == graph.head).all()
    assert (graph.length_km[back] == graph.length_km).all()
    assert (back[back] == np.arange(graph.n_arcs)).all()


def test_a_land_border_enters_and_leaves_and_has_two_directions(graph: network.Graph) -> None:
    there, back = arc(graph, "rail:2a", "rail:2b"), arc(graph, "rail:2b", "rail:2a")
    assert graph.kind[there] == graph.kind[back] == network.BORDER
    assert graph.enters[there]
    assert graph.leaves[there]
    assert graph.direction[[there, back]].tolist() == [0, 1]
    assert graph.places[graph.place[there]] == "X"


def test_a_ship_is_in_no_country_and_ports_enter_and_leave(graph: network.Graph) -> None:
    out, home = arc(graph, "rail:1", "sea:1"), arc(graph, "sea:1", "rail:1")
    assert (graph.enters[out], graph.leaves[out]) == (False, True)
    assert (graph.enters[home], graph.leaves[home]) == (True, False)
    lane = arc(graph, "sea:1", "sea:3")
    assert not graph.enters[lane]
    assert not graph.leaves[lane]
    assert graph.country[lane] == -1


def test_gauge_change_inside_a_country_is_no_border(graph: network.Graph) -> None:
    change = arc(graph, "rail:2b", "rail:2w")
    assert graph.kind[change] == network.TRANSSHIPMENT
    assert not graph.enters[change]
    assert not graph.leaves[change]
    assert graph.cargo_mask[change] == 2  # bulk only: the row says so


def test_train_ferry_is_a_link_of_the_railway_and_a_border(graph: network.Graph) -> None:
    # CASE 2: wagons stay loaded, nothing is transshipped, both countries are left and entered.
    ferry = arc(graph, "rail:1", "rail:3")
    assert graph.kind[ferry] == network.BORDER
    assert network.MODES[graph.mode[ferry]] == "sea"
    assert network.MODES[graph.layer[ferry]] == "rail"
    assert graph.enters[ferry]
    assert graph.leaves[ferry]
    assert graph.direction[ferry] == 1  # the crossing's row names the other country first
    assert graph.cargo_mask[ferry] == 3


def test_pass_through_neither_enters_nor_leaves() -> None:
    study = ns.corridor()
    row = ns.link("L2", "rail:2a", "rail:2b", 0, pass_through="cuts a corner", **ns.MARK)
    rows = [row if r["link_id"] == "L2" else r for r in study["link"].rows()]
    graph = make_graph(ns.corridor(link=rows))
    there = arc(graph, "rail:2a", "rail:2b")
    assert graph.kind[there] == network.BORDER
    assert not graph.enters[there]
    assert not graph.leaves[there]


def test_rates_of_a_border_link_are_those_of_the_country_entered() -> None:
    rows = [ns.link("B", "road:1", "road:2", 1, border_crossing_id="X")]
    study = ns.make(
        country=ns.countries("AAA", "BBB"),
        node=[ns.node("road:1", "AAA"), ns.node("road:2", "BBB")],
        border_crossing=[ns.crossing("X", "AAA", "BBB", mode="road")],
        link=rows,
    )
    graph = make_graph(study)
    assert [graph.countries[c] for c in graph.country] == ["BBB", "AAA"]


def test_oneway_has_no_opposite() -> None:
    rows = [ns.link("B", "road:1", "road:2", 1, country_id="AAA", oneway=1)]
    nodes = [ns.node("road:1", "AAA"), ns.node("road:2", "AAA")]
    graph = make_graph(ns.make(country=ns.countries("AAA"), node=nodes, link=rows))
    assert graph.n_arcs == 1
    assert graph.reverse.tolist() == [-1]
    assert graph.cell.tolist() == [-1]


def test_closing_a_crossing_leaves_no_arc_of_its_id() -> None:
    shut = ns.crossing("X", "AAA", "BBB", state="closed")
    study = ns.corridor(border_crossing=[shut, ns.crossing("F", "AAA", "BBB")])
    graph = make_graph(study)
    assert len(graph.arcs_of_place("X")) == 2
    assert not graph.open[graph.arcs_of_place("X")].any()
    assert graph.open[graph.arcs_of_place("F")].all()


def test_a_restriction_holds_from_its_first_to_its_last_day() -> None:
    rows = [
        {"restriction_id": "R", "place_kind": "terminal", "place_ids": "P", "allowed_share": 0,
         "valid_from": "2025-01-01", "valid_to": "2025-01-31", "reason": "ice"},
        {"restriction_id": "Q", "place_kind": "link", "place_ids": "L1;L3", "allowed_share": 0,
         "valid_from": "2025-03-01", "class_ids": "C1;C2", "reason": "goods"},
        {"restriction_id": "H", "place_kind": "border_crossing", "place_ids": "X",
         "allowed_share": 0.5, "reason": "half passes"},
    ]  # fmt: skip
    study = ns.corridor(restriction=rows)
    graph = make_graph(study)
    port = graph.arcs_of_place("P")
    assert graph.open.all()
    assert network.open_mask(study, graph, "2024-12-31")[port].all()
    assert not network.open_mask(study, graph, "2025-01-01")[port].any()
    assert not network.open_mask(study, graph, "2025-01-31")[port].any()
    assert network.open_mask(study, graph, "2025-02-01").all()
    assert network.open_mask(study, graph, "2025-03-01").all()
    of_class = network.open_mask(study, graph, "2025-03-01", "C2")
    assert of_class.sum() == graph.n_arcs - 4
    assert network.open_mask(study, graph, "2025-03-01", "C3").all()


def test_access_over_a_border_is_charged_and_changes_country() -> None:
    rows = [
        ns.access("A1", "ZA", "rail:3", border_crossing_id="X"),
        ns.access("A2", "ZB", "rail:3"),
    ]
    graph = make_graph(ns.corridor(access=rows))
    into = arc(graph, "zone:ZA", "rail:3")
    assert graph.places[graph.place[into]] == "X"
    assert graph.charged[into]
    assert graph.direction[into] == 0
    assert graph.enters[into]
    assert graph.leaves[into]


def test_second_link_of_a_crossing_is_of_its_place_but_not_charged() -> None:
    rows = list(ns.corridor()["link"].rows())
    rows[1]["border_charge"] = "0"
    graph = make_graph(ns.corridor(link=rows))
    at = graph.arcs_of_place("X")
    assert len(at) == 2
    assert not graph.charged[at].any()


def test_unknown_node_is_named_with_row_and_column() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        make_graph(ns.corridor(access=[ns.access("A1", "ZX", "rail:9")]))
    found = [(p.code, p.table, p.column, p.value) for p in caught.value.problems]
    assert found == [
        ("unknown_reference", "access", "node_id", "rail:9"),
        ("unknown_reference", "access", "zone_id", "ZX"),
    ]


def test_lookups_suggest_what_was_meant(graph: network.Graph) -> None:
    assert graph.node_id[graph.zone_node[graph.zone_index("ZB")]] == "zone:ZB"
    with pytest.raises(OpenCorridorError, match="rail:1"):
        graph.node_index("rail:11")


def test_graph_out_of_the_cache_equals_the_one_made() -> None:
    study = ns.corridor()
    first, second = network.build(study), network.build(study)
    assert second is not first
    for name, values in first.arrays().items():
        assert np.array_equal(values, getattr(second, name), equal_nan=values.dtype.kind == "f")
    assert first.meta() == second.meta()
    one, two = network.reduced(study, first), network.reduced(study)
    assert one.graph.meta() == two.graph.meta()
    assert all(np.array_equal(v, two.arrays()[k]) for k, v in one.arrays().items())


def test_case_13_a_road_over_a_railway_joins_nothing() -> None:
    """Two links, four nodes, two parts: a transfer is there only where a row says so."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    from tests.routing import small

    places = {"rail:a": (0, 0), "rail:b": (10, 0), "road:c": (5, -5), "road:d": (5, 5)}
    parts: dict[str, list[dict[str, Any]]] = {
        "country": small.countries("AAA"),
        "node": [small.node(name, "AAA", *at) for name, at in places.items()],
        "link": [
            small.link("1", "rail:a", "rail:b", 1112, country_id="AAA", gauge_mm=1520),
            small.link("2", "road:c", "road:d", 1112, country_id="AAA"),
        ],
        "zone": [],
        "access": [],
    }

    def pieces(**more: list[dict[str, Any]]) -> tuple[int, int]:
        graph = make_graph(small.make(**parts, **more))
        arcs = coo_array(
            (np.ones(graph.n_arcs), (graph.tail, graph.head)), shape=(graph.n_nodes,) * 2
        )
        return graph.n_nodes, connected_components(arcs, directed=False)[0]

    assert pieces() == (4, 2)
    yard = {"terminal": [small.terminal("T", "AAA", kind="inland")]}
    assert pieces(**yard, transshipment=small.over("T", "rail:a", "road:c")) == (4, 1)
