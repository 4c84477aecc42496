"""The chain on the shipped study: one model, drawn up once. The slowest file of this folder.

Routes of the order of work stand in ``tests/routing/test_shipped_routes.py``.
"""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor import network
from opencorridor.costs import price
from opencorridor.network.kernels.threads import use_threads
from opencorridor.study import Study, open_study
from opencorridor.study.places import resolve, resolve_all
from tests.scenario.worlds import World, changed, world_of

INCHEH_BORUN = "TKM-IRN-RA01:all"


@pytest.fixture(scope="session")
def shipped(cache_folder: object) -> World:
    use_threads(2)  # the model of the world is worth them
    world = world_of(open_study("iran_kazakhstan"))
    use_threads(1)
    return world


def matrix_cells(study: Study) -> dict[tuple[str, str], float]:
    table = study["trade_flow"]
    found: dict[tuple[str, str], float] = {}
    for i, j, usd in zip(
        table["exporter"], table["importer"], table["value_usd_current"], strict=True
    ):
        found[i, j] = found.get((i, j), 0.0) + float(usd)
    return found


# --- the baseline --------------------------------------------------------------------------------


def test_the_baseline_is_the_shipped_matrix_and_the_pair_is_what_was_observed(
    shipped: World,
) -> None:
    study, model = shipped.study, shipped.model
    cells = matrix_cells(study)
    index = {c: n for n, c in enumerate(model.countries)}
    flows = model.flows.sum(axis=0)
    got = np.array([flows[index[i], index[j]] for i, j in cells])
    np.testing.assert_allclose(got, list(cells.values()), rtol=1e-9)
    a, b = study.settings.pair
    assert cells[a, b] + cells[b, a] == pytest.approx(3.4e8, rel=0.01)


def test_a_zero_change_reproduces_every_flow_and_wait(shipped: World) -> None:
    state = shipped.state()
    model = shipped.model
    np.testing.assert_allclose(state.flows, model.flows, rtol=1e-9)
    np.testing.assert_array_equal(state.clearing.wait_h, shipped.base.clearing.wait_h)
    output = state.flows.sum(axis=(0, 2)) / model.flows.sum(axis=(0, 2))
    np.testing.assert_allclose(output, 1.0, rtol=1e-10)


def test_no_place_lets_more_through_than_its_capacity(shipped: World) -> None:
    clearing, cap = shipped.base.clearing, shipped.prices.capacity
    let = clearing.load_t - clearing.stranded_t
    bounded = np.isfinite(cap)
    assert (let[bounded] <= cap[bounded] * (1 + 1e-6)).all()
    assert clearing.converged
    assert clearing.gap <= 1e-9
    waits = clearing.wait_h > 1e-6
    assert (clearing.load_t[waits] > 0.79 * cap[waits]).all(), "nobody waits at an empty gate"


def test_incheh_borun_stays_under_its_observed_capacity(shipped: World) -> None:
    at = shipped.at(INCHEH_BORUN)
    assert shipped.prices.capacity[at] == 1e6
    assert 0.8e6 < shipped.base.clearing.load_t[at] <= 1e6, "it binds"
    assert shipped.base.clearing.wait_h[at] > 0.0
    table = shipped.study["capacity"]
    row = table.row(int(np.flatnonzero(table["capacity_id"] == INCHEH_BORUN)[0]))
    assert row["capacity_low_t_per_year"] == 0.55e6
    assert row["capacity_high_t_per_year"] == 1.3e6
    claimed = table["capacity_high_t_per_year"][table["place_ids"] == "TKM-IRN-RA02"]
    assert not (claimed >= 8e6).any()


# --- changes -------------------------------------------------------------------------------------


def test_room_at_incheh_borun_raises_its_load_and_trade_less_with_the_loop(shipped: World) -> None:
    """65 wagons a day instead of 50: without the loop nobody comes to fill the room."""
    at, before = shipped.at(INCHEH_BORUN), sum(_pair(shipped, shipped.model.flows))
    study = changed(shipped.study, "capacity", [INCHEH_BORUN], capacity_t_per_year=1.3e6)
    with_loop, without = shipped.state(study), shipped.state(study, loop=False)
    assert with_loop.clearing.gap <= 1e-6
    load = shipped.base.clearing.load_t[at]
    assert 1.05 * load < with_loop.clearing.load_t[at] <= 1.3e6
    assert before < shipped.pair(with_loop) < shipped.pair(without)
    wide = changed(shipped.study, "capacity", [INCHEH_BORUN], capacity_t_per_year=8e6)
    assert shipped.pair(shipped.state(wide)) > shipped.pair(with_loop)


def test_48_hours_at_incheh_borun_lower_load_and_trade(shipped: World) -> None:
    at = shipped.at(INCHEH_BORUN)
    mask = shipped.study["border_dwell"]["border_crossing_id"] == "TKM-IRN-RA01"
    study = changed(shipped.study, "border_dwell", mask, mean_h=lambda h: h + 48.0)
    state = shipped.state(study)
    assert state.clearing.load_t[at] < shipped.base.clearing.load_t[at]
    assert shipped.pair(state) < sum(_pair(shipped, shipped.model.flows))


def test_tariffs_of_the_pair_act_on_the_pair(shipped: World) -> None:
    a, b = shipped.study.settings.pair
    table = shipped.study["tariff"]
    mask = np.isin(table["exporter"].astype(str), [a, b]) & np.isin(
        table["importer"].astype(str), [a, b]
    )
    state = shipped.state(changed(shipped.study, "tariff", mask, rate_share=0.0))
    forth, back = _pair(shipped, state.flows)
    before = _pair(shipped, shipped.model.flows)
    assert forth > 1.05 * before[0]
    assert back > 1.05 * before[1]
    assert abs(state.flows.sum() / shipped.model.flows.sum() - 1.0) < 1e-9


def _pair(world: World, flows: np.ndarray) -> tuple[float, float]:
    from opencorridor.scenario.path import pair_trade

    return pair_trade(world.model, flows)


# --- borders and places --------------------------------------------------------------------------


def test_no_border_is_free_outside_a_union(shipped: World) -> None:
    """Of every arc that passes a crossing: hours or money, but in a union or a pass-through."""
    study, graph = shipped.study, shipped.model.graph
    crossing, country = study["border_crossing"], study["country"]
    union = dict(zip(country["country_id"], country["customs_union"], strict=True))
    of = {
        c: (a, b)
        for c, a, b in zip(
            crossing["border_crossing_id"], crossing["country_a"], crossing["country_b"],
            strict=True,
        )
    }  # fmt: skip
    class_id = str(study["commodity"]["class_id"][0])
    arcs = price(shipped.model.cost_plan(study, shipped.day), study, class_id, "bulk")
    bulk = graph.open & (graph.cargo_mask & 2 > 0)
    border = np.flatnonzero((graph.kind == network.BORDER) & bulk)
    assert border.size > 200
    free = (arcs.time_h[border] <= 0) & (arcs.money_usd_per_t[0][border] <= 0)
    for arc in border[free]:
        reason = study["link"]["pass_through"][graph.ref[arc]]
        second = graph.place[arc] >= 0 and not graph.charged[arc]
        place = graph.places[graph.place[arc]] if graph.place[arc] >= 0 else ""
        a, b = of.get(place, ("", ""))
        same = bool(a) and union.get(a, "") != "" and union.get(a) == union.get(b)
        assert reason or second or same, study["link"]["link_id"][graph.ref[arc]]


PLACES = [
    ("border_crossing", "Incheh Borun"), ("border_crossing", "Sarakhs"),
    ("border_crossing", "Khorgos"), ("border_crossing", "Dostyk"), ("border_crossing", "Bolashak"),
    ("port", "Aktau"), ("port", "Kuryk"), ("port", "Turkmenbashi"), ("port", "Amirabad"),
    ("port", "Anzali"), ("port", "Alat"), ("port", "Bandar Abbas"), ("port", "Chabahar"),
]  # fmt: skip


@pytest.fixture(scope="module")
def mainland(shipped: World) -> np.ndarray:
    """Return for each node whether it is tied both ways to the first zone of the pair."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = network.build(shipped.study)
    ones = np.ones(int(graph.open.sum()), dtype=np.int8)
    arcs = coo_array(
        (ones, (graph.tail[graph.open], graph.head[graph.open])), (graph.n_nodes, graph.n_nodes)
    )
    label = connected_components(arcs, directed=True, connection="strong")[1]
    zones = shipped.study["zone"]
    own = np.flatnonzero(zones["country_id"] == shipped.study.settings.pair[0])[0]
    return np.asarray(label == label[graph.zone_node[own]])


@pytest.mark.parametrize(("kind", "name"), PLACES)
def test_a_place_of_the_corridor_is_there_and_connected(
    shipped: World, mainland: np.ndarray, kind: str, name: str
) -> None:
    study = shipped.study
    graph = network.build(study)
    try:
        found = resolve_all(study, f"{kind}:{name}", (kind,))
        ids = [p.id for p in found]
    except Exception as error:  # two sides of one border: all of them are meant here
        ids = [i for i in study["border_crossing"]["border_crossing_id"] if i in str(error)]
    tied = [
        bool(mainland[graph.tail[a]] and mainland[graph.head[a]])
        for i in ids
        for a in graph.arcs_of_place(i, kind if kind == "border_crossing" else "terminal")
        if graph.open[a]
    ]  # fmt: skip
    assert tied, f"{kind} {name} has no open way"
    assert any(tied)


def test_beyneu_lies_on_the_line_and_rasht_astara_is_planned_and_closed(
    shipped: World, mainland: np.ndarray
) -> None:
    study = shipped.study
    graph = network.build(study)
    beyneu = resolve(study, "station:Beyneu").id
    assert mainland[graph.node_id.tolist().index(beyneu)]
    link = study["link"]
    planned = [r for r in range(link.n) if "Rasht - Astara" in link["name"][r]]
    assert planned
    assert {link["state"][r] for r in planned} == {"planned"}
    shut = np.isin(graph.ref, planned) & (graph.kind <= network.BORDER)
    assert shut.any()
    assert not graph.open[shut].any()
