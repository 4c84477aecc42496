"""Dated tariffs and closures for some trade in the costs of the options of the chain."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from opencorridor.costs import generalised, price, weights
from opencorridor.network import CARGOES
from opencorridor.scenario.prices import prices
from opencorridor.study import Study, Table
from tests.scenario.worlds import World, teaching_world, world_of

ROW = {"tariff_rail_id": "T", "country_id": "BBB", "flow_kind": "transit", "coefficient": 0.5,
       "leaves_by": "BC_RAIL", "document_no": "No. 1", "source": "SRC_STAT",
       "status": "observed"}  # fmt: skip


def with_tariff(study: Study, **cells: Any) -> Study:
    return study.replace({"tariff_rail": Table.from_rows("tariff_rail", [{**ROW, **cells}])})


def repriced(world: World, study: Study, date: str) -> np.ndarray:
    """Costs of all options, arc by arc, with the prices of each class."""
    model, used = world.model, world.model.used
    group = model.routes.group[model.options.route]
    out = np.full(model.options.n, np.nan)
    for k, class_id in enumerate(study["commodity"]["class_id"]):
        for c, cargo in enumerate(CARGOES):
            costs = price(model.cost_plan(study, date, used.graph), study, class_id, cargo, date)
            value = np.stack(generalised(costs, weights(study, class_id)), axis=1).ravel()
            for o in np.flatnonzero((model.options.klass == k) & (group == c)):
                r = model.options.route[o]
                steps = used.fare[model.routes.first[r] : model.routes.first[r + 1]]
                out[o] = value[steps].sum()
    return out


@pytest.fixture(scope="module")
def tariffed(cache_folder: object) -> World:
    # Machines are excepted: the two classes find different prices on one layer.
    return world_of(with_tariff(teaching_world().study, except_class_ids="M"))


def test_options_cost_what_their_arcs_cost_their_class(tariffed: World) -> None:
    found = tariffed.prices.cost
    by_arc = repriced(tariffed, tariffed.study, tariffed.day)
    usable = np.isfinite(found)
    assert usable.any()
    np.testing.assert_allclose(found[usable], by_arc[usable], rtol=1e-12)
    layer = tariffed.model.used.graph.tariff >= 0
    assert layer.any()  # routes of the layer are kept
    # What the layer does not hold for cannot take it.
    machines = tariffed.study["commodity"]["class_id"].tolist().index("M")
    first, fare = tariffed.model.routes.first, tariffed.model.used.fare
    on_layer = np.array([layer[fare[a:b] // 3].any() for a, b in pairwise(first)])
    mine = on_layer[tariffed.model.options.route] & (tariffed.model.options.klass == machines)
    assert not np.isfinite(found[mine]).any()


def test_a_tariff_that_ended_changes_nothing(world: World) -> None:
    ended = world_of(with_tariff(world.study, valid_to="2024-06-30"))
    assert world.pair(ended.state()) == pytest.approx(world.pair(world.state()), rel=1e-12)


def closed(study: Study, **cells: Any) -> Study:
    row = {"restriction_id": "R", "place_kind": "border_crossing", "place_ids": "BC_RAIL",
           "allowed_share": 0.0, "reason": "closed", "source": "SRC_STAT", "status": "observed",
           **cells}  # fmt: skip
    return study.replace({"restriction": study["restriction"].concat([row])})


def test_a_crossing_shut_to_one_exporter_stays_open_to_others(world: World) -> None:
    study = closed(world.study, exporter="AAA")
    was, now = world.prices.cost, prices(world.model, study, world.day).cost
    shut = np.isinf(now) & np.isfinite(was)
    exporter = world.model.cells.exporter[world.model.rows.cell[world.model.options.row]]
    assert shut.any()
    assert set(exporter[shut].tolist()) == {world.model.countries.index("AAA")}
    np.testing.assert_array_equal(now[~shut], was[~shut])
