"""The reduction keeps every shortest way between the nodes that are left."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor import network
from opencorridor.network.build import make_graph
from opencorridor.network.cells import keep_mask
from opencorridor.network.kernels.contract import contract
from opencorridor.network.kernels.reference import contract_reference
from tests.network import net_studies as ns

N = 9
edges = st.lists(
    st.tuples(
        st.integers(0, N - 1), st.integers(0, N - 1), st.integers(0, 1), st.integers(0, 12)
    ),
    min_size=1,
    max_size=24,
)  # fmt: skip


def shortest(n: int, arcs: list[tuple[int, int, float]], source: int) -> list[float]:
    """Return plain Dijkstra distances."""
    out: list[list[tuple[int, float]]] = [[] for _ in range(n)]
    for u, v, w in arcs:
        out[u].append((v, w))
    dist = [float("inf")] * n
    dist[source] = 0.0
    heap = [(0.0, source)]
    while heap:
        d, x = heapq.heappop(heap)
        if d > dist[x]:
            continue
        for y, w in out[x]:
            if d + w < dist[y]:
                dist[y] = d + w
                heapq.heappush(heap, (d + w, y))
    return dist


def study_of(rows: list[tuple[int, int, int, int]], kept: set[int]) -> Any:
    """Return a study of two countries' roads (cells 0, 1) with a zone at every kept node."""
    where = ["AAA", "BBB"]
    return ns.make(
        country=ns.countries(*where),
        node=[ns.node(f"road:{i}") for i in range(N)],
        link=[
            ns.link(f"L{k}", f"road:{u}", f"road:{v}", km, country_id=where[c])
            for k, (u, v, c, km) in enumerate(rows)
        ],
        zone=[ns.zone(f"Z{i}", "AAA") for i in kept],
        access=[ns.access(f"A{i}", f"Z{i}", f"road:{i}") for i in kept],
    )


@settings(max_examples=150)
@given(edges, st.sets(st.integers(0, N - 1), min_size=2, max_size=4), st.floats(0.01, 100))
def test_shortest_ways_are_kept_for_any_prices(
    rows: list[tuple[int, int, int, int]], kept: set[int], ratio: float
) -> None:
    graph = make_graph(study_of(rows, kept))
    small = network.reduce(graph)
    price = np.array([1.0, ratio])

    def ways(g: network.Graph, names: Any) -> dict[tuple[str, str], float]:
        cost = np.where(g.kind == network.LINK, price[np.maximum(g.country, 0)], 1.0) * g.length_km
        arcs = list(zip(g.tail.tolist(), g.head.tolist(), cost.tolist(), strict=True))
        dist = {a: shortest(g.n_nodes, arcs, g.node_index(a)) for a in names}
        return {(a, b): dist[a][g.node_index(b)] for a in names for b in names}

    names = [f"road:{i}" for i in sorted(kept)]
    whole, less = ways(graph, names), ways(small.graph, names)
    assert less == pytest.approx(whole, rel=1e-12, abs=1e-12)


@settings(max_examples=80)
@given(edges, st.sets(st.integers(0, N - 1), min_size=2, max_size=4))
def test_unpacked_arcs_are_a_connected_way_of_the_same_length_and_cell(
    rows: list[tuple[int, int, int, int]], kept: set[int]
) -> None:
    graph = make_graph(study_of(rows, kept))
    small = network.reduce(graph)
    load = np.arange(1.0, small.graph.n_arcs + 1)
    expected = np.zeros(graph.n_arcs)
    for a in range(small.graph.n_arcs):
        way = small.unpack(a)
        assert graph.tail[way[0]] == small.node[small.graph.tail[a]]
        assert graph.head[way[-1]] == small.node[small.graph.head[a]]
        assert (graph.head[way[:-1]] == graph.tail[way[1:]]).all()
        assert graph.length_km[way].sum() == pytest.approx(small.graph.length_km[a])
        assert set(graph.cell[way]) == {small.graph.cell[a]}
        assert small.unpack(int(small.graph.reverse[a])) == graph.reverse[way[::-1]].tolist()
        np.add.at(expected, way, load[a])
    assert small.spread(load) == pytest.approx(expected)


@settings(max_examples=150)
@given(
    edges, st.sets(st.integers(0, N - 1)), st.sampled_from([2, 5, 30]), st.sampled_from([1, 2, 3])
)
def test_kernel_equals_plain_reference(
    rows: list[tuple[int, int, int, int]], kept: set[int], limit: int, n_block: int
) -> None:
    plain = [(u, v, c, float(km)) for u, v, c, km in rows if u != v]
    keep = np.isin(np.arange(N), list(kept))
    u, v, c, km = (np.array(x) for x in zip(*plain, strict=True)) if plain else ([], [], [], [])
    got = contract(
        np.array(u, np.int32), np.array(v, np.int32), np.array(c, np.int32),
        np.array(km, np.float64), keep, 1, limit, 24, n_block,
    )  # fmt: skip
    ends, cell, length, alive, gone = got[0], got[1], got[2], got[6], got[7]
    left, out = contract_reference(N, plain, keep.tolist(), 1, limit, 24)
    kernel = [
        (int(ends[2 * e]), int(ends[2 * e + 1]), int(cell[e]), float(length[e]))
        for e in np.flatnonzero(alive)
    ]
    assert sorted(kernel) == sorted(left)
    assert set(np.flatnonzero(gone).tolist()) == out


def chain(**more: Any) -> Any:
    """Return a chain of four road nodes between two zones; ``more`` goes to the middle link."""
    return ns.make(
        country=ns.countries("AAA"),
        node=[ns.node(f"road:{i}", "AAA") for i in range(4)],
        link=[
            ns.link("L0", "road:0", "road:1", 1, country_id="AAA"),
            ns.link("L1", "road:1", "road:2", 2, country_id="AAA", **more.pop("middle", {})),
            ns.link("L2", "road:2", "road:3", 4, country_id="AAA"),
        ],
        zone=[ns.zone("A", "AAA"), ns.zone("B", "AAA")],
        access=[ns.access("A", "A", "road:0"), ns.access("B", "B", "road:3")],
        **more,
    )


def left(study: Any) -> int:
    graph = make_graph(study)
    return int((network.reduce(graph, keep_mask(study, graph)).graph.node_mode >= 0).sum())


def test_a_plain_chain_becomes_one_arc() -> None:
    assert left(chain()) == 2


@pytest.mark.parametrize(
    "middle",
    [{"electrified": 1}, {"speed_km_per_h": 50}, {"speed_low_km_per_h": 50}, {"state": "planned"},
     {"carries": "bulk"}, {"passage": "strait"}, {"oneway": 1}, {"area": "lake"}],
)  # fmt: skip
def test_a_link_of_another_price_or_fate_keeps_its_ends(middle: dict[str, Any]) -> None:
    assert left(chain(middle=middle)) == 4


@pytest.mark.parametrize(
    "more",
    [
        {"capacity": [{"capacity_id": "C", "place_kind": "link", "place_ids": "L1;L9",
                       "capacity_t_per_year": 1}]},
        {"restriction": [{"restriction_id": "R", "place_kind": "link", "place_ids": "L1",
                          "allowed_share": 0, "valid_from": "2030-01-01", "reason": "works"}]},
        {"timetable": [{"timetable_id": "T", "link_ids": "L1", "headway_h": 24}]},
        {"measure_edit": [{"measure_id": "M", "edit_no": 1, "table": "link",
                           "key": "link_id=L1,L7", "column": "speed_km_per_h", "op": "set",
                           "value": "80"}]},
        {"measure_edit": [{"measure_id": "M", "edit_no": 1, "table": "link",
                           "key": "from_node_id=road:1;to_node_id=road:2",
                           "column": "speed_km_per_h", "op": "set", "value": "80"}]},
        {"measure_edit": [{"measure_id": "M", "edit_no": 1, "table": "link", "op": "insert",
                           "key": "link_id=N;mode=road;from_node_id=road:1;to_node_id=road:2"}]},
    ],
    ids=["capacity", "restriction", "timetable", "measure", "measure_by_nodes", "new_link"],
)  # fmt: skip
def test_links_that_the_study_points_at_keep_their_ends(more: dict[str, Any]) -> None:
    assert left(chain(**more)) == 4


def test_a_free_link_is_not_lost_and_a_closed_one_is_not_free() -> None:
    # CASE 15: presence of an arc is apart from its length.
    rows = [(0, 1, 0, 0), (1, 2, 0, 1), (0, 2, 0, 3)]
    graph = network.reduce(make_graph(study_of(rows, {0, 2}))).graph
    (arc,) = np.flatnonzero(
        (graph.tail == graph.node_index("road:0")) & (graph.head == graph.node_index("road:2"))
    )
    assert graph.length_km[arc] == 1.0
    assert left(chain(middle={"state": "closed", "length_km": 0})) == 4
