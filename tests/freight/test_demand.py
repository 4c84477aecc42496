"""Tonnes from trade, routes and places of the teaching study; who exports and who imports."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencorridor.freight.demand import CARGOES
from opencorridor.freight.indicators import (
    arc_loads,
    crossing_loads,
    link_loads,
    option_tonnes,
    units_per_day,
)
from opencorridor.freight.kept import empty_kept, merge
from opencorridor.freight.places import capacities
from opencorridor.study import Study
from tests.scenario.worlds import World, added, changed, world_of


def tonnes_of(world: World, flows: np.ndarray) -> np.ndarray:
    return world.model.cells.tonnes(world.study, flows)


# --- cells and rows ------------------------------------------------------------------------------


def test_tonnes_are_value_by_class_over_value_density_of_the_direction(world: World) -> None:
    """Grain AAA to CCC: 400 of AGR and a tenth of 200 of MFG, at 200 US$ a tonne, not 250."""
    model = world.model
    classes = world.study["commodity"]["class_id"]
    found = {
        (classes[k], model.countries[i], model.countries[j]): t
        for k, i, j, t in zip(
            model.cells.klass, model.cells.exporter, model.cells.importer,
            tonnes_of(world, model.flows), strict=True,
        )
    }  # fmt: skip
    assert found["G", "AAA", "CCC"] == pytest.approx((400e6 + 20e6) / 200)
    assert found["G", "CCC", "AAA"] == pytest.approx((100e6 + 30e6) / 250)
    assert found["M", "AAA", "CCC"] == pytest.approx(180e6 / 1000)
    assert found["M", "CCC", "AAA"] == pytest.approx(270e6 / 1000)
    assert len(found) == 12, "two classes, six directions, no services"


@given(st.floats(0.01, 100.0))
def test_tonnes_are_linear_in_trade(world: World, factor: float) -> None:
    flows = world.model.flows
    np.testing.assert_allclose(
        tonnes_of(world, factor * flows), factor * tonnes_of(world, flows), rtol=1e-12
    )


def test_one_direction_of_trade_makes_tonnes_in_that_direction_only(world: World) -> None:
    model = world.model
    a, b = model.pair
    flows = np.zeros_like(model.flows)
    flows[:, a, b] = model.flows[:, a, b]
    moved = tonnes_of(world, flows)[model.rows.cell] > 0
    country = model.origin_country
    assert moved.any()
    names = world.model.graph.countries
    assert {names[c] for c in country[model.rows.origin[moved]]} == {"AAA"}
    assert {names[c] for c in country[model.rows.destination[moved]]} == {"CCC"}


def test_weights_of_rows_add_up_by_cell_and_are_zone_shares(world: World) -> None:
    model = world.model
    total = np.bincount(model.rows.cell, weights=world.prices.weight, minlength=model.cells.n)
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)
    np.testing.assert_allclose(model.covered, 1.0, rtol=1e-12)
    zones, classes = world.study["zone"]["zone_id"], world.study["commodity"]["class_id"]
    got = {
        (classes[model.cells.klass[c]], zones[o], zones[d]): w
        for c, o, d, w in zip(
            model.rows.cell, model.rows.origin, model.rows.destination, world.prices.weight,
            strict=True,
        )
    }  # fmt: skip
    # exports of grain 0.8 and 0.2, other exports by halves; imports 0.75 and 0.25
    assert got["G", "A1", "C1"] == pytest.approx(0.8 * 0.75)
    assert got["M", "A1", "C1"] == pytest.approx(0.5 * 0.75)
    assert got["G", "C2", "A2"] == pytest.approx(0.5 * 0.25)


def test_form_of_cargo_follows_the_class(world: World) -> None:
    model = world.model
    classes = world.study["commodity"]["class_id"][model.cells.klass[model.rows.cell]]
    cargo = np.array(CARGOES)[model.rows.cargo]
    assert set(zip(classes, cargo, strict=True)) == {("G", "bulk"), ("M", "container")}


def test_what_flows_by_pipeline_leaves_first(world: World) -> None:
    row = {"exporter": "AAA", "importer": "CCC", "sector_id": "AGR", "pipeline_share": 0.25,
           "tanker_share": 0.25, "source": "SRC_ASSUME", "status": "assumed"}  # fmt: skip
    from opencorridor.scenario.build import build_model

    study = added(world.study, "pipeline", [row])
    model = build_model(study)
    a, b = model.pair
    before = tonnes_of(world, world.model.flows)
    after = model.cells.tonnes(study, model.flows)
    grain = (model.cells.klass == 0) & (model.cells.exporter == a) & (model.cells.importer == b)
    assert after[grain] == pytest.approx((200e6 + 20e6) / 200)
    np.testing.assert_allclose(after[~grain], before[~grain], rtol=1e-12)


# --- routes and loads ----------------------------------------------------------------------------


def test_captive_goods_leave_the_pairs_that_a_row_names_and_the_first_row_holds(
    world: World,
) -> None:
    rows = [
        {"captive_id": "a", "exporters": "AAA", "importers": "BBB;CCC", "share": 0.25},
        {"captive_id": "b", "exporters": "AAA;CCC", "importers": "CCC;AAA", "share": 0.5},
    ]
    more = {"source": "SRC_ASSUME", "status": "assumed"}
    other = world_of(added(world.study, "captive", [row | more for row in rows]))
    model, plain = other.model, tonnes_of(world, world.model.flows)
    left = {
        (model.countries[i], model.countries[j]): t / whole
        for i, j, t, whole in zip(
            model.cells.exporter, model.cells.importer, tonnes_of(other, model.flows), plain,
            strict=True,
        )
    }  # fmt: skip
    assert left == pytest.approx(
        {("AAA", "BBB"): 0.75, ("AAA", "CCC"): 0.75, ("CCC", "AAA"): 0.5,
         ("BBB", "AAA"): 1.0, ("BBB", "CCC"): 1.0, ("CCC", "BBB"): 1.0}
    )  # fmt: skip


def test_every_route_runs_from_its_origin_to_its_destination(world: World) -> None:
    graph, kept = world.model.graph, world.model.routes
    for r in range(kept.n):
        arcs = kept.arcs[kept.first[r] : kept.first[r + 1]]
        assert graph.tail[arcs[0]] == graph.zone_node[kept.origin[r]]
        assert graph.head[arcs[-1]] == graph.zone_node[kept.destination[r]]
        np.testing.assert_array_equal(graph.head[arcs[:-1]], graph.tail[arcs[1:]])


def test_options_of_a_row_are_routes_of_its_ends_and_cargo(world: World) -> None:
    o, rows, kept = world.model.options, world.model.rows, world.model.routes
    np.testing.assert_array_equal(kept.origin[o.route], rows.origin[o.row])
    np.testing.assert_array_equal(kept.destination[o.route], rows.destination[o.row])
    np.testing.assert_array_equal(kept.group[o.route], rows.cargo[o.row])
    assert (np.diff(o.row_first) >= 1).all()


def test_the_cheapest_option_carries_most_and_shares_add_up(world: World) -> None:
    o, base = world.model.options, world.base
    wait = np.concatenate([[0.0], np.cumsum(base.clearing.wait_h[o.place])])
    cost = base.prices.cost + base.prices.vot[o.row] * (
        wait[o.place_first[1:]] - wait[o.place_first[:-1]]
    )
    for r in range(world.model.rows.n):
        lo, hi = o.row_first[r], o.row_first[r + 1]
        share = base.share[lo:hi]
        assert share.sum() == pytest.approx(1.0, abs=1e-12)
        assert share.argmax() == cost[lo:hi].argmin()
        finite = np.isfinite(cost[lo:hi])
        order = np.argsort(cost[lo:hi][finite])
        assert (np.diff(share[finite][order]) <= 1e-15).all()
        assert (share[~finite] == 0).all()


def test_loads_of_links_are_tonnes_of_the_options_that_use_them(world: World) -> None:
    """Counted again by walking every option: what passes the border is what its links carry."""
    model, base = world.model, world.base
    o, kept, graph = model.options, model.routes, model.graph
    row_t = tonnes_of(world, model.flows)[model.rows.cell] * base.prices.weight
    by_option = option_tonnes(o, row_t, base.share)
    np.testing.assert_allclose(np.bincount(o.row, weights=by_option), row_t, rtol=1e-12)
    arcs = arc_loads(o, kept, by_option, graph.n_arcs)
    want = defaultdict(float)
    for option in range(o.n):
        r = o.route[option]
        for arc in kept.arcs[kept.first[r] : kept.first[r + 1]]:
            want[int(arc)] += by_option[option]
    assert {a: t for a, t in enumerate(arcs) if t} == pytest.approx(
        {a: t for a, t in want.items() if t}
    )
    crossings = crossing_loads(graph, arcs)
    rail, road = crossings["BC_RAIL"], crossings["BC_ROAD"]
    at = world.at
    loads = base.clearing.load_t
    assert sorted(rail) == pytest.approx(sorted([loads[at("CAP01")], loads[at("CAP02")]]))
    assert sum(road) == pytest.approx(loads[at("CAP03")])


def test_forward_is_from_the_first_node_of_the_link_not_of_the_node_table(world: World) -> None:
    """The same road written the other way round: the same tonnes, the other way round."""
    from opencorridor.network import build, reduced

    def loads(study: Study) -> dict[str, tuple[float, float]]:
        own = world_of(study)
        row_t = tonnes_of(own, own.model.flows)[own.model.rows.cell] * own.base.prices.weight
        model = own.model
        arcs = arc_loads(model.options, model.routes, option_tonnes(model.options, row_t,
                         own.base.share), model.graph.n_arcs)  # fmt: skip
        found = link_loads(reduced(study), build(study), arcs, study["link"]["from_node_id"])
        ids = study["link"]["link_id"][found.row]
        return {
            str(i): (ahead, back)
            for i, ahead, back in zip(ids, found.forward_t, found.backward_t, strict=True)
        }

    link = world.study["link"]
    at = link["link_id"] == "L05"
    turned = world.study.replace({"link": link.with_columns({
        "from_node_id": np.where(at, link["to_node_id"], link["from_node_id"]),
        "to_node_id": np.where(at, link["from_node_id"], link["to_node_id"]),
    })})  # fmt: skip
    one, other = loads(world.study), loads(turned)
    assert one["L05"][0] > 2 * one["L05"][1], "most goods go south"
    assert other.pop("L05") == pytest.approx(one.pop("L05")[::-1])
    assert other == {k: pytest.approx(v) for k, v in one.items()}


def test_units_a_day() -> None:
    assert units_per_day(350.0 * 60, 60.0, 350.0) == pytest.approx(1.0)


# --- kept routes ---------------------------------------------------------------------------------


def test_merging_keeps_each_route_once_whatever_the_order(world: World) -> None:
    kept = world.model.routes
    half = np.arange(kept.n) % 2 == 0
    even, odd = kept.take(np.flatnonzero(half)), kept.take(np.flatnonzero(~half))

    def routes(k) -> set[tuple[int, ...]]:
        return {
            (int(k.group[r]), *k.arcs[k.first[r] : k.first[r + 1]].tolist()) for r in range(k.n)
        }

    for parts in ([kept, kept], [even, odd], [odd, even, odd], [empty_kept(), kept]):
        merged = merge(parts)
        assert merged.n == kept.n
        assert routes(merged) == routes(kept)


# --- places --------------------------------------------------------------------------------------


def test_a_place_counts_its_direction_cargo_and_class(world: World) -> None:
    model = world.model
    o, rows = model.options, model.rows
    for f, name in enumerate(model.places.capacity_id):
        on = np.array([f in o.place[o.place_first[k] : o.place_first[k + 1]] for k in range(o.n)])
        cargo = model.places.cargo[f]
        if cargo >= 0:
            assert (rows.cargo[o.row[on]] == cargo).all(), name
        if name in ("CAP01", "CAP02"):
            border = world.study["capacity"]
            to = border["to_country"][f]
            a_to_b = model.cells.importer[rows.cell[o.row[on]]] == model.pair[1]
            assert a_to_b.all() if to == "CCC" else not a_to_b.any()


def test_capacity_left_is_less_background_and_restrictions(world: World) -> None:
    study = changed(world.study, "capacity", ["CAP03"], background_t_per_year=2e6)
    at = world.at("CAP03")
    places = world.model.places
    assert capacities(study, places, {})[at] == 3e6
    assert capacities(study, places, {("BC_ROAD", ""): 0.25})[at] == 0.75e6
    assert capacities(study, places, {("BC_ROAD", "grain"): 0.25})[at] == 3e6
    flooded = changed(study, "capacity", ["CAP03"], background_t_per_year=9e6)
    assert capacities(flooded, places, {})[at] == 1.0
    gone = study.replace(
        {"capacity": study["capacity"].where(study["capacity"]["capacity_id"] != "CAP03")}
    )
    assert np.isinf(capacities(gone, places, {})[at])
