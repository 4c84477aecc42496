"""Skims customised on an order of elimination against plain searches."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.network import reduced
from opencorridor.routing.api import price_graph
from opencorridor.routing.elimination import eliminate
from opencorridor.routing.kernels import customise_plain
from opencorridor.routing.manyskims import own_countries, skim_classes
from opencorridor.routing.masks import present_bits
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.skimmer import Skimmer, main_cargoes
from opencorridor.routing.skimming import skim_arrays, tree_skim
from opencorridor.study import OpenCorridorError, Study
from tests.routing.test_kernels import random_graph

COUNTRIES = ("AAA", "BBB", "CCC")
Priced = tuple[PricedGraph, Any]


def graph_of(g: dict[str, Any]) -> Any:
    """A graph with only what skims read."""
    zones = np.arange(g["n_inner"], g["n"], dtype=np.int32)
    return SimpleNamespace(
        tail=g["tail"], head=g["head"], first_out=g["first_out"], country=g["arc_country"],
        leaves=g["leaves"], enters=g["enters"], node_country=g["node_country"],
        countries=COUNTRIES, zone_id=zones.astype(str), zone_node=zones, n_nodes=g["n"],
        n_arcs=len(g["tail"]), length_km=np.arange(len(g["tail"]), dtype=float),
    )  # fmt: skip


def priced_of(graph: Any, rng: np.random.Generator, special: int) -> Priced:
    """Prices that differ by flow kind in the first ``special`` countries, and holes."""
    n = graph.n_arcs
    gc, money = (np.repeat(rng.random((n, 1)), 3, axis=1) for _ in range(2))
    own = (graph.country >= 0) & (graph.country < special)
    gc[own], money[own] = rng.random((own.sum(), 3)), rng.random((own.sum(), 3))
    present = np.where(rng.random(n) < 0.8, 7, 0).astype(np.uint8)
    present[own] &= rng.integers(0, 8, own.sum()).astype(np.uint8)
    hours, spread, kg = rng.random((3, n))
    return PricedGraph(graph, hours, spread, kg, money, gc), present


def plain_sums(item: Priced) -> np.ndarray:
    """Every pair of zones by itself, at the prices between its two countries."""
    priced, present = item
    graph = priced.graph
    zones, n_inner = graph.zone_node, priced.n_inner
    out = np.full((len(zones), len(zones), 6), np.nan)
    for i, o in enumerate(zones):
        for j, d in enumerate(zones):
            ends = graph.node_country[o], graph.node_country[d]
            arcs = np.arange(graph.n_arcs)
            kind = priced.flow_kind(arcs, *ends)
            on = (present >> kind & 1) > 0
            cost = np.where(on, priced.gc_usd_per_t[arcs, kind], np.inf)
            amounts = np.column_stack(
                (priced.plain, priced.money_usd_per_t[arcs, kind], priced.gc_usd_per_t[arcs, kind])
            )
            _, sums = customise_plain.skim(
                graph.tail, graph.head, cost, amounts, graph.n_nodes, n_inner
            )
            out[i, j] = sums[i, j]
    return out


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 3), st.integers(1, 11))
def test_skims_of_many_classes_equal_the_oracle_in_all_quantities(
    seed: int, special: int, classes: int
) -> None:
    graph = graph_of(random_graph(seed, False))
    rng = np.random.default_rng(seed)
    items = [priced_of(graph, rng, special) for _ in range(classes)]
    found = skim_classes(eliminate(graph), items)
    assert found.class_of == tuple(range(classes))
    for c in {0, classes - 1}:
        np.testing.assert_allclose(found.values[c], plain_sums(items[c]), rtol=1e-12)
        np.testing.assert_allclose(found.values[c], tree_skim(*items[c]), rtol=1e-12)
    alone = skim_classes(eliminate(graph), items[-1:])
    np.testing.assert_array_equal(alone.values[0], found.values[-1])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_serves_any_price_and_closure(seed: int) -> None:
    graph = graph_of(random_graph(seed, False))
    order, rng = eliminate(graph), np.random.default_rng(seed)
    for _ in range(3):
        item = priced_of(graph, rng, 2)
        np.testing.assert_allclose(
            skim_classes(order, [item]).values[0], tree_skim(*item), rtol=1e-12
        )


def test_classes_with_the_same_prices_share_their_trees() -> None:
    graph = graph_of(random_graph(3, False))
    one, other = (priced_of(graph, np.random.default_rng(s), 1) for s in (1, 2))
    found = skim_classes(eliminate(graph), [one, other, one])
    assert found.class_of == (0, 1, 0)
    assert len(found.values) == 2
    assert found.n_trees == 2 * skim_classes(eliminate(graph), [one]).n_trees
    used = np.flatnonzero(one[1])[0]
    shut = one[0], np.where(np.arange(graph.n_arcs) == used, 0, one[1]).astype(np.uint8)
    assert skim_classes(eliminate(graph), [one, shut]).class_of == (0, 1)


def test_a_country_is_its_own_only_where_arcs_in_use_differ() -> None:
    graph = graph_of(random_graph(5, False))
    priced, present = priced_of(graph, np.random.default_rng(5), 0)
    present = np.full_like(present, 7)
    assert own_countries(priced, present) == {}
    gc = priced.gc_usd_per_t.copy()
    arc = int(np.flatnonzero(graph.country == 1)[0])
    gc[arc, 0] += 1
    changed = replace(priced, gc_usd_per_t=gc)
    assert own_countries(changed, present) == {1: (0, 1, 1)}
    present[arc] = 0
    assert own_countries(changed, present) == {}


def test_negative_costs_are_refused() -> None:
    graph = graph_of(random_graph(7, False))
    priced, present = priced_of(graph, np.random.default_rng(7), 0)
    gc = priced.gc_usd_per_t.copy()
    gc[0] = -1
    with pytest.raises(OpenCorridorError) as caught:
        skim_classes(eliminate(graph), [(replace(priced, gc_usd_per_t=gc), present | 7)])
    assert [p.code for p in caught.value.problems] == ["negative_cost"]


def test_the_whole_graph_gives_what_the_reduced_one_gives(teaching: Study) -> None:
    from opencorridor.network import build

    for sent in main_cargoes(teaching):
        class_id, cargo = sent.class_id, sent.cargo
        whole = price_graph(build(teaching), teaching, class_id, cargo)
        graph = whole.graph
        mask = graph.open & graph.carries(cargo) & whole.usable
        plain = tree_skim(whole, present_bits(mask, graph.kinds))
        found = Skimmer(teaching).sums([sent])
        np.testing.assert_allclose(found.values[0], plain, rtol=1e-9, atol=1e-9)


def test_a_changed_border_is_skimmed_as_the_changed_study_is(teaching: Study) -> None:
    skimmer, goods = Skimmer(teaching), main_cargoes(teaching)
    before = skimmer.sums(goods)
    dwell = teaching["border_dwell"]
    changed = teaching.replace({"border_dwell": dwell.with_column("mean_h", dwell["mean_h"] * 10)})
    after = skimmer.sums(goods, changed)
    for sent, row in zip(goods, after.class_of, strict=True):
        class_id, cargo = sent.class_id, sent.cargo
        small = reduced(changed).graph
        fresh = skim_arrays(
            price_graph(small, changed, class_id, cargo), cargo,
            ("rail", "road", "sea", "inland_water"),
        )  # fmt: skip
        np.testing.assert_allclose(after.values[row, :, :, 0], fresh.time_h, rtol=1e-9)
        np.testing.assert_allclose(after.values[row, :, :, 5], fresh.gc_usd_per_t, rtol=1e-9)
    assert (after.values[0, :, :, 0] > before.values[0, :, :, 0] + 1).any()
