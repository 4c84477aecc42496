"""The product must meet the teaching study as computed by hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opencorridor import trade
from opencorridor.costs import class_mean, tau_hat
from opencorridor.network import MODES, reduced
from opencorridor.operations.check import load_checks
from opencorridor.routing import country_skim, price_graph, route, skim_arrays
from opencorridor.routing.api import skims
from opencorridor.scenario.build import build_model
from opencorridor.scenario.feedback import feedback
from opencorridor.scenario.measures import apply
from opencorridor.scenario.model import Model
from opencorridor.scenario.moving import side_of_base
from opencorridor.scenario.path import pair_trade
from opencorridor.scenario.prices import prices
from opencorridor.scenario.state import Baseline, baseline, run_state
from opencorridor.study import Study, Table
from opencorridor.study.check import run_checks

sys.path.insert(0, str(Path(__file__).parent))

import hand_figures as figures
import hand_freight as freight
import hand_routes as hand
import hand_trade as economy
import teaching as page

CLASSES = [("G", "bulk"), ("M", "container")]
NAMES = figures.NAMES
QUANTITIES = ("gc_usd_per_t", "time_h", "cost_usd_per_t", "co2_kg_per_t", "distance_km")


def measured(names: tuple[str, ...]) -> figures.Figures:
    return page.measures(*names)


@pytest.fixture(scope="module")
def model(teaching: Study) -> Model:
    return build_model(teaching)


@pytest.fixture(scope="module")
def base(teaching: Study, model: Model) -> Baseline:
    day = teaching.settings.baseline_date
    return baseline(model, prices(model, teaching, day), tolerance=1e-11)


@pytest.fixture(scope="module")
def hand_base() -> freight.Baseline:
    return page.start()


# --- the page and the tables ---------------------------------------------------------------------


def test_page_is_current() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.page(), (
        "run python tests/by_hand/teaching.py --write"
    )


def test_tables_are_clean(teaching: Study) -> None:
    load_checks()
    assert [str(p) for p in run_checks(teaching)] == []


def test_every_number_has_a_source_and_a_status(teaching: Study) -> None:
    sources = set(teaching["source"]["source_id"])
    for table in teaching.tables.values():
        if table.n and "source" in table.columns and table.name != "source":
            assert set(table["source"]) <= sources, table.name
            assert set(table["status"]) <= {"observed", "derived", "assumed"}, table.name


def _drawn(table: Table) -> int:
    return sum(int(np.isfinite(table[low]).sum()) for _, low, _ in table.schema.bands)


def test_study_holds_every_kind_of_thing(teaching: Study) -> None:
    measure = teaching["measure"]
    assert set(measure["role"]) == {"candidate", "in_force", "adverse_event"}
    assert any(measure["prerequisites"])
    assert any(measure["excludes"])
    assert "default" in set(teaching["border_crossing"]["kind"])
    assert any(teaching["link"]["pass_through"])
    assert "planned" in set(teaching["link"]["state"])
    assert (teaching["observation_match"]["use"] == "used").sum() >= 4
    assert sum(_drawn(table) for table in teaching.tables.values()) > 100


# --- network, costs, routing ---------------------------------------------------------------------


@pytest.mark.parametrize(("k", "cargo"), CLASSES)
@pytest.mark.parametrize(
    "names",
    [(), ("BRIGHT_LINE", "BRIGHT_YARD"), ("TRANSIT_DEAL", "E_DECLARATION"), ("ALBA_WINDOW",)],
)
def test_skims(teaching: Study, k: str, cargo: str, names: tuple[str, ...]) -> None:
    found = skims(apply(teaching, names), class_id=k, cargo=cargo)
    for (i, j), best in hand.skim(measured(names), k).items():
        cell = found.sel(origin=i, destination=j)
        got = [float(cell[quantity]) for quantity in QUANTITIES]
        want = [best.cost, best.hours, best.usd, best.co2, best.km]
        assert got == pytest.approx(want, abs=1e-9), (k, i, j, best.mode)


@pytest.mark.parametrize(("k", "cargo"), CLASSES)
def test_country_skim(teaching: Study, k: str, cargo: str) -> None:
    found = _country_costs(teaching, k, cargo)
    for i in figures.COUNTRIES:
        for j in figures.COUNTRIES:
            if i != j:
                assert found[i, j] == pytest.approx(
                    page.country_skim(figures.BASE, k, i, j), abs=1e-9
                )


def _country_costs(study: Study, k: str, cargo: str) -> dict[tuple[str, str], float]:
    arrays = skim_arrays(price_graph(reduced(study).graph, study, k, cargo), cargo, MODES)
    values = country_skim(study, arrays, class_id=k).values["gc_usd_per_t"]
    names = list(study["country"]["country_id"])
    return {(a, b): float(values[i, j]) for i, a in enumerate(names) for j, b in enumerate(names)}


MODES_OF = {"rail": ["rail"], "road": ["road"]}


def _sea_modes(cargo: str) -> list[str]:
    return ["sea", "rail" if cargo == "bulk" else "road"]


@pytest.mark.parametrize(("k", "cargo"), CLASSES)
@pytest.mark.parametrize(("start", "end"), [("A1", "C1"), ("C1", "A1")])
@pytest.mark.parametrize("mode", ["rail", "road", "sea"])
def test_routes_leg_by_leg(
    teaching: Study, k: str, cargo: str, start: str, end: str, mode: str
) -> None:
    want = next(r for r in hand.routes(figures.BASE, start, end, k) if r.mode == mode)
    modes = MODES_OF.get(mode) or _sea_modes(cargo)
    # Land ways are shut where the sea is asked for: with them bulk may find the train cheaper.
    avoid = ["BC_RAIL", "BC_ROAD"] if mode == "sea" else []
    unit = "t" if cargo == "bulk" else "feu"
    got = route(teaching, NAMES[start], NAMES[end], class_id=k, unit=unit, modes=modes, avoid=avoid)
    assert got.totals is not None
    totals = got.totals
    assert (totals.time_h, totals.cost_usd_per_t, totals.gc_usd_per_t) == pytest.approx(
        (want.hours, want.usd, want.cost), abs=1e-6
    )
    assert (totals.co2_kg_per_t, totals.distance_km) == pytest.approx((want.co2, want.km), abs=1e-6)
    for quantity in QUANTITIES:
        legs = sum(getattr(leg, quantity) for leg in got.legs)
        assert legs == pytest.approx(getattr(totals, quantity), abs=1e-6)
    _same_stops(got.legs, want)


def _same_stops(legs: tuple[Any, ...], want: hand.Route) -> None:
    """Borders, gauge changes and ports: the same, in the same order, at the same price."""
    stops = [leg for leg in legs if leg.mode in ("border", "gauge", "transshipment")]
    mine = [leg for leg in want.legs if leg.km == 0]
    assert [leg.border_crossing_id for leg in stops] == [leg.crossing for leg in mine]
    assert [leg.time_h for leg in stops] == pytest.approx([leg.hours for leg in mine])
    assert [leg.cost_usd_per_t for leg in stops] == pytest.approx([leg.usd for leg in mine])
    gauge = [leg for leg in stops if leg.mode == "gauge"]
    assert len(gauge) == (1 if want.mode == "rail" else 0), "gauge hours are charged once"


def test_a_corner_of_another_country_is_free(teaching: Study) -> None:
    got = route(teaching, NAMES["A1"], NAMES["A2"], class_id="M", unit="truck", modes=["road"])
    assert got.totals is not None
    assert got.totals.time_h == pytest.approx(4 + 330 / 30 + 4)
    assert got.totals.cost_usd_per_t == pytest.approx(3 + 330 * 0.05 + 3)


@pytest.mark.parametrize(("k", "cargo"), CLASSES)
def test_train_ferry_is_part_of_the_railway(teaching: Study, k: str, cargo: str) -> None:
    study = _with_ferry(teaching)
    want = hand.by_ferry(figures.BASE, k)
    unit = "t" if cargo == "bulk" else "feu"
    got = route(study, NAMES["A1"], NAMES["C1"], class_id=k, unit=unit, modes=["rail"],
                avoid=["BC_RAIL"])  # fmt: skip
    assert got.totals is not None
    assert (got.totals.time_h, got.totals.cost_usd_per_t, got.totals.co2_kg_per_t) == pytest.approx(
        (want.hours, want.usd, want.co2), abs=1e-6
    )
    assert [leg.carries for leg in got.legs if leg.mode == "sea"] == ["wagon"]
    assert [leg.terminal_id for leg in got.legs if leg.terminal_id] == ["GAUGE_PORT"]


def _with_ferry(study: Study) -> Study:
    link, over = study["link"], study["transshipment"]
    state = np.where(link["link_id"] == "L12", "open", link["state"])
    yard = np.where(over["terminal_id"] == "GAUGE_PORT", "open", over["state"])
    return study.replace(
        {"link": link.with_column("state", state), "transshipment": over.with_column("state", yard)}
    )


# --- from US$ per tonne to trade -----------------------------------------------------------------


def test_tau_hat_of_one_measure(teaching: Study) -> None:
    after = apply(teaching, ["TRANSIT_DEAL"])
    changed = measured(("TRANSIT_DEAL",))
    for i, j in (("AAA", "CCC"), ("CCC", "AAA")):
        tau, want = [], []
        for k, cargo in CLASSES:
            old = _country_costs(teaching, k, cargo)[i, j]
            new = _country_costs(after, k, cargo)[i, j]
            v = freight.density(k, i, j)
            tau.append(float(tau_hat(new, old, v)))
            old, new = (page.country_skim(f, k, i, j) for f in (figures.BASE, changed))
            want.append((1 + new / v) / (1 + old / v))
        assert tau == pytest.approx(want, rel=1e-12)
        mean = float(class_mean(np.array(tau), np.array([0.1, 0.9])))
        assert mean == pytest.approx(0.1 * want[0] + 0.9 * want[1], rel=1e-12)


def _array(flows: economy.Flows) -> Any:
    return np.array([[[flows[s, i, j] for j in figures.COUNTRIES] for i in figures.COUNTRIES]
                     for s in figures.SECTORS])  # fmt: skip


def test_matrix_and_identities(teaching: Study) -> None:
    found = trade.matrix(teaching)
    flows = economy.matrix()
    assert found.countries == figures.COUNTRIES
    assert found.sectors == figures.SECTORS
    np.testing.assert_array_equal(found.flows, _array(flows))
    assert not found.notes
    assert found.pair_usd_current("AAA", "CCC") == 1e9
    for n, i in enumerate(figures.COUNTRIES):
        assert found.flows[:, n, :].sum() == sum(figures.OUTPUT[i]) * 1e6
    same = trade.solve(found, figures.THETA)
    np.testing.assert_allclose(same.flows, found.flows, rtol=1e-12)


def test_equilibrium_without_duties(teaching: Study) -> None:
    flows = economy.matrix()
    free = measured(("DUTY_FREE",))
    change = {
        (s, i, j): (1 + free.tariff.get((j, i, s), 0)) / (1 + figures.BASE.tariff.get((j, i, s), 0))
        for s, i, j in flows
    }
    want, wage, _ = economy.equilibrium(flows, change)
    found = trade.solve(trade.matrix(teaching), figures.THETA, change)
    np.testing.assert_allclose(found.flows, _array(want), rtol=1e-10)
    np.testing.assert_allclose(found.wage_hat, [wage[i] for i in figures.COUNTRIES], rtol=1e-11)


def test_growth_and_prices(teaching: Study) -> None:
    found = trade.matrix(teaching)
    index = trade.growth_index(teaching, 2030, found.countries).index
    assert index.tolist() == [figures.GDP_2030[i] for i in figures.COUNTRIES]
    grown = trade.grow(found, index).flows
    want = economy.grow(economy.matrix())
    np.testing.assert_allclose(grown, _array(want), rtol=1e-11)
    prices_of = trade.deflator(teaching)
    constant = economy.pair(want)
    assert trade.to_current(constant, 2030, prices_of) == constant * figures.PRICES_2030
    assert trade.to_constant(page.TARGET, 2030, prices_of) == page.TARGET / figures.PRICES_2030
    target = teaching.settings.target
    assert target is not None
    assert target.usd == page.TARGET


# --- freight and the loop ------------------------------------------------------------------------


def _keys(study: Study, model: Model) -> Iterator[tuple[int, freight.Row]]:
    zones, classes = study["zone"]["zone_id"], study["commodity"]["class_id"]
    rows = model.rows
    for r in range(rows.n):
        k = str(classes[model.cells.klass[rows.cell[r]]])
        yield r, (k, str(zones[rows.origin[r]]), str(zones[rows.destination[r]]))


def test_tonnes_by_class_and_zones(teaching: Study, model: Model) -> None:
    want = freight.tonnes(economy.matrix())
    tonnes = model.cells.tonnes(teaching, model.flows)[model.rows.cell]
    tonnes = tonnes * model.rows.weight(teaching, model.cells)
    got = {key: tonnes[r] for r, key in _keys(teaching, model)}
    assert got == pytest.approx(want)


def test_shares_of_routes(
    teaching: Study, model: Model, base: Baseline, hand_base: freight.Baseline
) -> None:
    options = freight.options_of(figures.BASE)
    first = model.options.row_first
    for r, key in _keys(teaching, model):
        want = sorted(freight.shares(options[key], hand_base.wait_h))
        share = base.share[first[r] : first[r + 1]]
        got = sorted(share[np.isfinite(base.prices.cost[first[r] : first[r + 1]])])
        assert got == pytest.approx(want, abs=1e-9), key


def test_wait_and_load_of_the_baseline(base: Baseline, hand_base: freight.Baseline) -> None:
    rows, options = freight.tonnes(hand_base.flows), freight.options_of(figures.BASE)
    back = freight.load(rows, options, hand_base.wait_h, "BC_RAIL", "BBB")
    assert base.clearing.wait_h.tolist() == pytest.approx([hand_base.wait_h, 0, 0, 0, 0], abs=1e-6)
    assert base.clearing.load_t[:2].tolist() == pytest.approx([hand_base.load_t, back], rel=1e-7)
    allowed = freight.allowed(hand_base.wait_h, figures.BASE.capacity_t)
    assert hand_base.load_t == pytest.approx(allowed, rel=1e-9)
    assert 0.8e6 < hand_base.load_t < 1e6, "the capacity binds in the baseline"


def test_cell_costs_of_the_baseline(
    teaching: Study, model: Model, base: Baseline, hand_base: freight.Baseline
) -> None:
    classes = teaching["commodity"]["class_id"]
    cells = model.cells
    got = {
        (str(classes[k]), model.countries[i], model.countries[j]): cost
        for k, i, j, cost in zip(
            cells.klass, cells.exporter, cells.importer, base.cell_cost, strict=True
        )
    }
    assert got == pytest.approx(hand_base.cost, rel=1e-9)


CHOICES = (*((name,) for name in page.ALONE), *page.TOGETHER, page.ALL)


@pytest.mark.parametrize("names", CHOICES, ids="+".join)
def test_measures_through_the_whole_loop(
    teaching: Study,
    model: Model,
    base: Baseline,
    names: tuple[str, ...],
) -> None:
    want = page.solved(names)
    priced = prices(model, apply(teaching, names), teaching.settings.baseline_date)
    got = run_state(model, priced, base, model.flows, tolerance=1e-10)
    np.testing.assert_allclose(got.flows, _array(want.flows), rtol=1e-8)
    assert got.clearing.wait_h[0] == pytest.approx(want.wait_h, abs=1e-5)
    assert got.clearing.load_t[0] == pytest.approx(want.load_t, rel=1e-6)


@pytest.mark.parametrize("names", page.BORDER, ids="+".join)
def test_what_congestion_takes_back(
    teaching: Study, model: Model, base: Baseline, names: tuple[str, ...]
) -> None:
    hand_base, f, after = page.start(), page.measures(*names), page.solved(names)
    priced = prices(model, apply(teaching, names), teaching.settings.baseline_date)
    state = run_state(model, priced, base, model.flows, tolerance=1e-10)
    got = feedback(model, base, model.flows, side_of_base(model, base), state)
    first = economy.pair(freight.first_answer(f, hand_base))
    cleared, _ = freight.cleared_answer(f, hand_base)
    assert got.without_usd == pytest.approx(1e9, rel=1e-12)
    assert got.before_usd == pytest.approx(first, rel=1e-9)
    assert got.cleared_usd == pytest.approx(economy.pair(cleared), rel=1e-8)
    assert got.after_usd == pytest.approx(after.pair_usd, rel=1e-8)
    assert got.after_usd < got.cleared_usd, "what trade adds stands in the queue too"
    # The same cleared answer is that of a state whose loop is left open.
    loose = run_state(model, priced, base, model.flows, loop=False, tolerance=1e-8)
    assert got.cleared_usd == pytest.approx(sum(pair_trade(model, loose.flows)), rel=1e-8)


def test_a_better_border_raises_trade_and_congestion_takes_part_of_it_back() -> None:
    base, names = page.start(), ("E_DECLARATION",)
    first = economy.pair(freight.first_answer(page.measures(*names), base))
    after = page.solved(names)
    assert 1e9 < after.pair_usd < first
    assert 0.25 < (first - after.pair_usd) / (first - 1e9) < 0.75
    assert after.wait_h > base.wait_h


def test_substitutes_and_complements() -> None:
    def gain(*names: str) -> float:
        return page.solved(names).pair_usd - 1e9

    yard, shift = gain("BEACON_YARD"), gain("BEACON_SHIFT")
    assert gain("BEACON_YARD", "BEACON_SHIFT") - max(yard, shift) < 0.1 * min(yard, shift)
    assert gain("BRIGHT_LINE") == pytest.approx(0, abs=1e-2)
    assert gain("BRIGHT_YARD") == pytest.approx(0, abs=1e-2)
    assert gain("BRIGHT_LINE", "BRIGHT_YARD") > 1e7


def test_target_needs_the_new_line() -> None:
    def current(names: tuple[str, ...]) -> float:
        return page.solved(names, True).pair_usd * figures.PRICES_2030

    assert current(page.CHEAP) < page.TARGET < current(page.ALL)
