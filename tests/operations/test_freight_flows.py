"""Sums of what moves agree with each other, whatever they are grouped by and whatever is asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor.freight.flows import AMOUNTS, containing, to_whole
from opencorridor.network import BORDER, build
from opencorridor.operations.flow_select import Wanted
from opencorridor.operations.freight_flows import BY, FlowsAsk, flows, table
from opencorridor.operations.workbench.session import Session
from opencorridor.scenario.movement import movement
from opencorridor.study import OpenCorridorError, Study
from tests.scenario.worlds import World

ASKS = (
    FlowsAsk(),
    FlowsAsk(Wanted(goods="pair")),
    FlowsAsk(Wanted(goods="a_to_b", cargo="container")),
    FlowsAsk(Wanted(at="BC_RAIL")),
    FlowsAsk(Wanted(mode="sea")),
    FlowsAsk(scenario={"closed": ["BC_RAIL"], "year": 2030}),
)


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    return Session(teaching)


def _sum(rows: list[dict[str, Any]], column: str) -> float:
    return float(sum(row[column] for row in rows))


@pytest.mark.parametrize("ask", ASKS)
def test_amounts_add_up_to_one_total(session: Session, ask: FlowsAsk) -> None:
    found = flows(session, ask)
    total = found["total"]
    assert total["t_per_year"] > 0
    links = _sum(table(session, ask, "link"), "tkm_per_year")
    on_links = [r for r in found["modes"] if r["mode"] not in ("terminal", "access")]
    assert links == pytest.approx(_sum(on_links, "tkm_per_year"), rel=1e-6)
    for column in AMOUNTS:
        for name in ("modes", "countries", "pairs", "classes"):
            assert _sum(found[name], column) == pytest.approx(total[column], rel=1e-9, abs=1e-6)
    for column in ("t_per_year", "teu_per_year"):
        for name in ("pairs", "classes"):
            assert _sum(found[name], column) == pytest.approx(total[column], rel=1e-9)
    earned = _sum(found["countries"], "transit_usd_per_year")
    assert _sum(found["transit"], "usd_per_year") == pytest.approx(earned, rel=1e-6, abs=1.0)


def test_money_and_hours_are_those_that_were_chosen_by(world: World) -> None:
    """Carriage, fees and hours at the value of time add up to the cost of every option."""
    p, base = world.prices, world.base
    tonnes = (p.tonnes_per_usd * world.model.cell_values(world.model.flows)).sum(axis=1)
    m = movement(world.model, world.study, world.day, p, tonnes, base.share, base.clearing.wait_h)
    by_option = np.zeros((world.model.options.n, len(AMOUNTS)))
    np.add.at(by_option, m.steps.option, m.steps.amount)
    used = np.flatnonzero(m.goods.tonnes > 1e-3)
    assert used.size > 10
    per_t = by_option[used] / m.goods.tonnes[used, None]
    vot = p.vot[world.model.options.row[used]]
    cost = per_t[:, 1] + per_t[:, 2] + vot * per_t[:, 3]
    np.testing.assert_allclose(cost, p.cost[used], rtol=1e-9)


def test_loads_of_places_are_those_of_the_clearing(session: Session) -> None:
    at = {r["place_id"]: r for r in flows(session, FlowsAsk())["places"]}
    model, load = session.model, session.base.clearing.load_t
    table_of = model.places.table
    told = 0
    for f in range(model.places.n):
        one = str(table_of["place_ids"][f])
        if one not in at or table_of["cargo"][f] != "all" or table_of["method"][f]:
            continue
        towards = str(table_of["to_country"][f])
        crossing = session.study["border_crossing"]
        row = int(np.flatnonzero(crossing["border_crossing_id"] == one)[0])
        column = {"": "t_per_year", str(crossing["country_b"][row]): "t_forward"}
        assert at[one][column.get(towards, "t_backward")] == pytest.approx(float(load[f]), rel=1e-9)
        told += 1
    assert told >= 2


def test_what_passes_a_link_is_what_it_carries(session: Session) -> None:
    links = table(session, FlowsAsk(), "link")
    for row in links[:: max(1, len(links) // 8)]:
        through = flows(session, FlowsAsk(Wanted(at=row["link_id"])))["total"]["t_per_year"]
        assert through == pytest.approx(row["t_per_year"], rel=1e-9)
    two = ";".join(r["link_id"] for r in links[:2])
    together = flows(session, FlowsAsk(Wanted(at=two)))["total"]["t_per_year"]
    assert max(r["t_per_year"] for r in links[:2]) <= together * (1 + 1e-12)
    assert together <= sum(r["t_per_year"] for r in links[:2]) * (1 + 1e-12)


def test_nothing_passes_what_is_closed(session: Session) -> None:
    ask = FlowsAsk(Wanted(at="BC_RAIL"), {"closed": ["BC_RAIL"]})
    found = flows(session, ask)
    assert found["total"]["t_per_year"] == pytest.approx(0.0, abs=1.0)
    assert found["pairs"] == []
    assert found["chains"] == []


def test_names_lead_to_places(session: Session) -> None:
    by_id = flows(session, FlowsAsk(Wanted(at="PORT_A")))
    by_name = flows(session, FlowsAsk(Wanted(at="Alpha Port")))
    assert by_name["at"] == "PORT_A"
    assert by_name["total"] == by_id["total"]


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (FlowsAsk(Wanted(at="Nowhere at all")), "unknown_place"),
        (FlowsAsk(Wanted(goods="mine")), "unknown_goods"),
        (FlowsAsk(Wanted(class_id="Z")), "unknown_class_id"),
        (FlowsAsk(Wanted(cargo="gas")), "unknown_cargo"),
        (FlowsAsk(Wanted(mode="air")), "unknown_mode"),
        (FlowsAsk(doors="ZZZ"), "unknown_doors"),
    ],
)
def test_what_is_not_known_is_refused(session: Session, ask: FlowsAsk, code: str) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        flows(session, ask)
    assert [p.code for p in caught.value.problems] == [code]


def test_tables_by_word(session: Session) -> None:
    for by in BY:
        assert table(session, FlowsAsk(), by), by
    with pytest.raises(OpenCorridorError, match="unknown_table"):
        table(session, FlowsAsk(), "planet")


def test_amounts_of_shortcuts_come_back_whole(world: World) -> None:
    reduced, whole = world.model.reduced, build(world.study)
    value = np.random.default_rng(3).uniform(0, 5, reduced.graph.n_arcs)
    on_whole = to_whole(reduced, whole, value)
    assert on_whole.sum() == pytest.approx(value.sum(), rel=1e-12)
    link = int(whole.ref[np.flatnonzero(whole.kind <= BORDER)[0]])
    arcs = (whole.kind <= BORDER) & (whole.ref == link)
    want = [any(arcs[a] for a in reduced.unpack(n)) for n in range(reduced.graph.n_arcs)]
    both = containing(reduced, arcs)
    assert both.tolist() == want
