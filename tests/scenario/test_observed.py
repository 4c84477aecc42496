"""Counts cut through the loads of the teaching study, against sums over its routes by hand."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.freight.observed import Cut, background_t, counted, third_share
from opencorridor.scenario.observed import freight_fit, loaded, option_loads
from opencorridor.scenario.prices import prices
from opencorridor.scenario.state import baseline
from opencorridor.study import Study
from tests.scenario.worlds import World, changed


def by_hand(world: World, place: str, pair_only: bool = False) -> float:
    """Tonnes of all options whose route passes a place, one route after the other."""
    model, total = world.model, 0.0
    tonnes = option_loads(model, world.base)
    o, graph = model.options, model.graph
    for n in range(o.n):
        first, last = model.routes.first[o.route[n]], model.routes.first[o.route[n] + 1]
        arcs = model.routes.arcs[first:last]
        passed = any(
            graph.place[a] >= 0 and graph.places[graph.place[a]] == place and graph.charged[a]
            for a in arcs
        )
        cell = model.rows.cell[o.row[n]]
        ends = {int(model.cells.exporter[cell]), int(model.cells.importer[cell])}
        if passed and (not pair_only or ends & set(model.pair)):
            total += float(tonnes[n])
    return total


def test_a_place_counts_what_passes_it_once(world: World) -> None:
    state = loaded(world.model, world.base)
    for place in ("BC_RAIL", "BC_ROAD", "PORT_A"):
        hit = counted(state, Cut(passes=(place,)))
        assert state.option_t[hit].sum() == pytest.approx(by_hand(world, place))
    both = counted(state, Cut(passes=("BC_RAIL", "PORT_A")))
    either = by_hand(world, "BC_RAIL") + by_hand(world, "PORT_A")
    together = counted(state, Cut(passes=("BC_RAIL",), then_passes=("PORT_A",)))
    assert state.option_t[both].sum() == pytest.approx(either - state.option_t[together].sum())


def test_directions_and_capacities_agree_with_what_clears_the_places(world: World) -> None:
    state = loaded(world.model, world.base)
    for capacity, start, end in (("CAP01", "BBB", "CCC"), ("CAP02", "CCC", "BBB")):
        cut = Cut(passes=("BC_RAIL",), from_country=start, to_country=end)
        at = world.model.places.capacity_id.index(capacity)
        load = world.base.clearing.load_t[at]
        assert load > 0
        assert state.option_t[counted(state, cut)].sum() == pytest.approx(load)


def test_cuts_by_ends_class_and_cargo_add_up(world: World) -> None:
    state, place = loaded(world.model, world.base), ("BC_RAIL",)
    whole = state.option_t[counted(state, Cut(passes=place))].sum()
    forms = [counted(state, Cut(passes=place, cargo=c)) for c in ("container", "bulk")]
    assert sum(state.option_t[hit].sum() for hit in forms) == pytest.approx(whole)
    classes = [counted(state, Cut(passes=place, classes=(c,))) for c in state.class_ids]
    assert sum(state.option_t[hit].sum() for hit in classes) == pytest.approx(whole)
    senders = [counted(state, Cut(passes=place, exporters=(c,))) for c in state.countries]
    assert sum(state.option_t[hit].sum() for hit in senders) == pytest.approx(whole)
    home = "BBB"
    parts = [Cut(passes=place, exporters=(home,)), Cut(passes=place, importers=(home,)),
             Cut(passes=place, not_country=home)]  # fmt: skip
    assert sum(state.option_t[counted(state, c)].sum() for c in parts) == pytest.approx(whole)
    assert not counted(state, Cut(passes=place, exporters=("nowhere",))).any()


def test_third_countries_are_those_outside_the_pair(world: World) -> None:
    state = loaded(world.model, world.base)
    hit = counted(state, Cut(passes=("PORT_A",)))
    expected = 1.0 - by_hand(world, "PORT_A", pair_only=True) / by_hand(world, "PORT_A")
    assert third_share(state, hit, world.model.pair) == pytest.approx(expected)
    assert np.isnan(third_share(state, np.zeros(hit.size, dtype=bool), world.model.pair))


def test_background_is_that_of_the_places_and_only_for_all_goods(world: World) -> None:
    study = changed(world.study, "capacity", ["CAP01"], background_t_per_year=100.0)
    study = changed(study, "capacity", ["CAP02"], background_t_per_year=30.0)
    table = study["capacity"]
    assert background_t(table, Cut(passes=("BC_RAIL",))) == 130.0
    one_way = Cut(passes=("BC_RAIL",), from_country="BBB", to_country="CCC")
    assert background_t(table, one_way) == 100.0
    for cut in (Cut(passes=("BC_RAIL",), exporters=("BBB",)), Cut(passes=("elsewhere",))):
        assert np.isnan(background_t(table, cut))


def test_background_takes_room_and_a_wait_follows(world: World) -> None:
    full = changed(world.study, "capacity", ["CAP04"], background_t_per_year=9.9e6)
    p = prices(world.model, full, full.settings.baseline_date)
    at = world.model.places.capacity_id.index("CAP04")
    assert p.capacity[at] == pytest.approx(1e5)
    crowded = baseline(world.model, p)
    assert crowded.clearing.load_t[at] <= 1e5 * (1 + 1e-6)


def _with(study: Study, traffic_id: str, **values: object) -> Study:
    return changed(study, "traffic_match", [traffic_id], **values)


def test_the_nearest_whole_year_speaks_and_contradictions_stand_beside_it(world: World) -> None:
    study = _with(world.study, "TR2", series="rail to CCC")
    fit = freight_fit(world.model, world.base, study)
    line = next(one for one in fit.lines if one.series == "rail to CCC")
    assert {one.traffic_id for one in line.seen} == {"TR1", "TR2"}
    assert line.contradictory
    assert (line.low_t, line.high_t) == (140_000, 920_000)
    older = changed(study, "traffic", ["TR1"], year=2000)
    fit = freight_fit(world.model, world.base, older)
    line = next(one for one in fit.lines if one.series == "rail to CCC")
    assert (line.observed_t, line.contradictory, line.reason) == (140_000, False, "")
    older = changed(older, "traffic", ["TR2"], year=2001)
    fit = freight_fit(world.model, world.base, older)
    line = next(one for one in fit.lines if one.series == "rail to CCC")
    assert line.reason == "old"


def test_what_something_was_set_from_is_not_judged(world: World) -> None:
    free = freight_fit(world.model, world.base)
    assert len(free.judged) == 3
    study = _with(world.study, "TR3", calibrates="background")
    fit = freight_fit(world.model, world.base, study)
    port = next(line for line in fit.lines if line.series == "port")
    assert not port.judged
    assert port.reason == "background"
    assert len(fit.judged) == 2
    assert fit.lines[-1] is port
