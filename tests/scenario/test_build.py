"""The model drawn up: the same whatever the number of threads, with every route of the fronts."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

import opencorridor.freight.ways as ways_module
import opencorridor.routing.fronts as fronts_module
from opencorridor.routing import front_routes
from opencorridor.routing.kernels.pareto import pareto
from opencorridor.routing.pareto import LABEL_LIMIT, Terrain
from opencorridor.scenario.build import build_model
from opencorridor.scenario.search import Search, search_pass
from tests.scenario.worlds import World


def split_in(monkeypatch: pytest.MonkeyPatch, parts: int) -> None:
    for module in (ways_module, fronts_module):
        monkeypatch.setattr(module, "threads_in_use", lambda: parts)


@pytest.mark.parametrize("parts", [1, 3])
def test_the_model_is_the_same_for_any_number_of_threads(
    world: World, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    split_in(monkeypatch, parts)
    model = build_model(world.study)
    for name in ("cells", "rows", "routes", "options"):
        one, other = getattr(model, name), getattr(world.model, name)
        for field in fields(other):
            np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))
    for field in fields(model.ways):
        np.testing.assert_array_equal(
            getattr(model.ways, field.name), getattr(world.model.ways, field.name)
        )


def test_fronts_with_shared_bounds_are_those_of_each_pair_alone(world: World) -> None:
    model = world.model
    search = search_pass(model, Search(world.study, world.day, ()), 0, 0)
    graph, terrain = search.priced.graph, Terrain(search.priced)
    n = min(6, len(graph.zone_id))
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    found = front_routes(search, pairs)
    got: list[set[tuple[int, ...]]] = [set() for _ in pairs]
    for r, pair in enumerate(found.pair):
        got[pair].add(tuple(found.arcs[found.first[r] : found.first[r + 1]].tolist()))
    (out, into), (time, money, co2) = terrain.zone, terrain.steps
    nothing = np.zeros((1, 3), np.int64)
    for pair, zones in zip(got, pairs, strict=True):
        start, end = (int(graph.zone_node[zone]) for zone in zones)
        kind = search.priced.flow_kind(
            np.arange(graph.n_arcs), int(graph.node_country[start]), int(graph.node_country[end])
        )
        use = (search.present & np.left_shift(np.uint8(1), kind.astype(np.uint8))) > 0
        use[out] &= graph.tail[out] == start
        use[into] &= graph.head[into] == end
        usd = np.take_along_axis(money, kind[:, None], axis=1)[:, 0]
        _, last, before, by, _, complete = pareto(
            *terrain.shape, np.stack((time, usd, co2), axis=1), use, np.array([start]), nothing,
            np.array([end]), nothing, LABEL_LIMIT,
        )  # fmt: skip
        assert complete
        alone = set()
        for label in before[last].tolist():
            way: list[int] = []
            while before[label] >= 0:
                way.insert(0, int(by[label]))
                label = before[label]
            alone.add(tuple(way))
        assert pair == alone
    assert any(len(pair) > 1 for pair in got)
