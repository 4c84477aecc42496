"""The network of the shipped study: sizes, borders, the enclosed sea."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from opencorridor import network
from opencorridor.study import Study, open_study


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study("iran_kazakhstan")


@pytest.fixture(scope="module")
def graph(study: Study) -> network.Graph:
    return network.build(study)


def test_the_reduction_is_worth_it(study: Study, graph: network.Graph) -> None:
    small = network.reduced(study, graph).graph
    assert small.n_nodes < graph.n_nodes / 6
    assert small.n_arcs < graph.n_arcs / 3
    assert len(small.zone_id) == len(graph.zone_id)
    assert np.flatnonzero(small.kind == network.BORDER).size == (
        np.flatnonzero(graph.kind == network.BORDER).size
    )


def test_the_caspian_meets_the_ocean_by_the_canal_only(study: Study, graph: network.Graph) -> None:
    # CASE 3: without the canal no lane leads out of the enclosed sea.
    area = study["link"]["area"]
    lane = (graph.kind == network.LINK) & (graph.layer == network.MODES.index("sea"))
    of = np.where(lane, area[np.where(lane, graph.ref, 0)], "")
    without = lane & (of != "volga_don")
    n = graph.n_nodes
    arcs = coo_array((np.ones(without.sum()), (graph.tail[without], graph.head[without])), (n, n))
    label = connected_components(arcs)[1]
    inside = set(label[graph.tail[of == "caspian"]])
    ocean = set(label[graph.tail[lane & (of == "")]])
    assert inside
    assert ocean
    assert not inside & ocean
    with_canal = coo_array((np.ones(lane.sum()), (graph.tail[lane], graph.head[lane])), (n, n))
    label = connected_components(with_canal)[1]
    assert set(label[graph.tail[of == "caspian"]]) & set(label[graph.tail[lane & (of == "")]])


def test_every_change_of_country_has_a_crossing_or_a_reason(
    study: Study, graph: network.Graph
) -> None:
    border = graph.kind == network.BORDER
    passing = study["link"]["pass_through"][np.where(border, graph.ref, 0)] != ""
    assert (graph.place[border & ~passing] >= 0).all()
    assert (graph.place[graph.enters & (graph.kind <= network.BORDER)] >= 0).all()
    # Nothing but a border link or a charged access joins two countries on land.
    a, b = graph.node_country[graph.tail], graph.node_country[graph.head]
    changes = (a != b) & (a >= 0) & (b >= 0) & ~border
    assert set(graph.kind[changes].tolist()) <= {network.ACCESS, network.EGRESS}
    assert (graph.place[changes] >= 0).all()


def test_closing_a_crossing_shuts_every_arc_of_its_id(study: Study, graph: network.Graph) -> None:
    table = study["border_crossing"]
    (row,) = np.flatnonzero(table["border_crossing_id"] == "TKM-IRN-RA01")
    state = table["state"].copy()
    state[row] = "closed"
    shut = study.replace(tables={"border_crossing": table.with_column("state", state)})
    now = network.open_mask(shut, graph)
    at = graph.arcs_of_place("TKM-IRN-RA01", "border_crossing")
    # Copies in tariff layers are open where their tariff holds.
    assert graph.open[at[graph.tariff[at] < 0]].all()
    assert not now[at].any()
    assert set(np.flatnonzero(graph.open & ~now)) == set(at[graph.open[at]])


def test_a_cell_is_what_all_links_alike_have_in_common(study: Study, graph: network.Graph) -> None:
    link, plain = study["link"], np.flatnonzero(graph.cell >= 0)
    names = ["mode", "country_id", "area", "gauge_mm", "carries", "electrified", "speed_km_per_h"]
    texts = [[*map(str, link[name].tolist())] for name in names]
    key_of_cell: dict[int, tuple[object, ...]] = {}
    for arc in plain.tolist():
        key = (int(graph.tariff[arc]), *(text[graph.ref[arc]] for text in texts))
        assert key_of_cell.setdefault(int(graph.cell[arc]), key) == key
    assert len(set(key_of_cell.values())) == len(key_of_cell)
