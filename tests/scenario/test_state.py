"""The fixed point of trade and traffic: identities, dates, closures, capacity, the loop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opencorridor.freight.kernels.loading import choose_and_load
from opencorridor.scenario.measures import apply
from opencorridor.scenario.prices import prices
from opencorridor.scenario.search import HIGH_WAIT_H
from opencorridor.scenario.state import Baseline, baseline, run_state
from opencorridor.study import NotConverged
from tests.freight.demand_rows import fixed
from tests.scenario.worlds import World, added, changed


def shut(world: World, *crossings: str):
    return changed(world.study, "border_crossing", [*crossings], state="closed")


# --- identities ----------------------------------------------------------------------------------


def test_a_zero_change_is_exactly_the_baseline(world: World) -> None:
    state = world.state()
    np.testing.assert_allclose(state.flows, world.model.flows, rtol=1e-12)
    np.testing.assert_array_equal(state.clearing.wait_h, world.base.clearing.wait_h)
    np.testing.assert_allclose(state.clearing.load_t, world.base.clearing.load_t, rtol=1e-12)
    np.testing.assert_allclose(state.share, world.base.share, rtol=1e-12)
    np.testing.assert_array_equal(state.tau, 1.0)
    np.testing.assert_allclose(state.welfare_hat, 1.0, rtol=1e-12)
    assert world.base.clearing.wait_h.max() > 1.0, "the congestion is inside the baseline"


def test_a_zero_change_without_the_loop_is_the_baseline_too(world: World) -> None:
    state = world.state(loop=False)
    np.testing.assert_allclose(state.flows, world.model.flows, rtol=1e-12)
    np.testing.assert_array_equal(state.clearing.wait_h, world.base.clearing.wait_h)


def test_two_starts_give_the_same_waits(world: World) -> None:
    n = world.model.places.n
    high = baseline(world.model, world.prices, np.full(n, HIGH_WAIT_H))
    np.testing.assert_allclose(high.clearing.wait_h, world.base.clearing.wait_h, atol=1e-7)
    study = apply(world.study, ["TRANSIT_DEAL"])
    free, queued = (world.state(study, start_wait=np.full(n, w)) for w in (0.0, HIGH_WAIT_H))
    np.testing.assert_allclose(free.clearing.wait_h, queued.clearing.wait_h, atol=1e-4)
    np.testing.assert_allclose(free.flows, queued.flows, rtol=1e-6)


CHOICES = [("DUTY_FREE",), ("BEACON_YARD",), ("TRANSIT_DEAL", "E_DECLARATION"),
           ("BRIGHT_LINE", "BRIGHT_YARD"), ("ROAD_WASHOUT",)]  # fmt: skip


@pytest.mark.parametrize("names", CHOICES, ids="+".join)
def test_the_residual_is_stated_and_small(world: World, names: tuple[str, ...]) -> None:
    state = world.with_measures(*names)
    assert state.clearing.gap <= 1e-6
    # What is reported as the wait is what a state solved once more from it keeps.
    again = world.with_measures(*names, start_wait=state.clearing.wait_h)
    np.testing.assert_allclose(again.clearing.wait_h, state.clearing.wait_h, atol=1e-3)
    np.testing.assert_allclose(again.flows, state.flows, rtol=1e-5)


def test_every_country_keeps_its_deficit_and_the_world_its_output(world: World) -> None:
    state = world.with_measures("DUTY_FREE", "BEACON_YARD")
    before, after = world.model.flows, state.flows
    assert after.sum() == pytest.approx(before.sum(), rel=1e-10)
    deficit = [flows.sum(axis=(0, 1)) - flows.sum(axis=(0, 2)) for flows in (before, after)]
    np.testing.assert_allclose(deficit[1], deficit[0], rtol=1e-8)


def test_a_loop_that_is_cut_short_is_an_error_not_an_answer(world: World) -> None:
    priced = prices(world.model, apply(world.study, ["DUTY_FREE"]), world.day)
    with pytest.raises(NotConverged, match="loop_not_converged") as caught:
        run_state(world.model, priced, world.base, world.model.flows, max_iterations=1)
    assert caught.value.exit_code == 3


# --- dates ---------------------------------------------------------------------------------------


def test_a_tariff_holds_from_its_date(world: World) -> None:
    study = changed(world.study, "tariff", ["TF01"], valid_to="2026-12-31")
    study = added(study, "tariff", [{**world.study["tariff"].row(0), "tariff_id": "NEW",
                                     "rate_share": 0.0, "valid_from": "2027-01-01"}])  # fmt: skip
    model, key = world.model, (0, world.model.pair_of["AAA", "CCC"])
    rate = {day: prices(model, study, day).tariff[key] for day in ("2026-12-31", "2027-01-01")}
    assert rate == {"2026-12-31": pytest.approx(1.20), "2027-01-01": pytest.approx(1.05)}
    before, after = (
        run_state(model, prices(model, study, day), world.base, model.flows)
        for day in ("2026-12-31", "2027-01-01")
    )
    assert world.pair(before) == pytest.approx(1e9, rel=1e-12)
    a, b = model.pair
    assert after.flows[0, a, b] > 1.4 * before.flows[0, a, b]
    # tau of the sector whose duty falls is the ratio of one plus the rates, freight aside
    assert after.tau[key] == pytest.approx(1.05 / 1.20, rel=0.01)


def test_a_restriction_closes_its_crossing_between_its_dates(world: World) -> None:
    study, model = apply(world.study, ["ROAD_WASHOUT"]), world.model
    at = world.at("CAP03")
    days = ("2027-02-28", "2027-03-01", "2027-12-31", "2028-01-01")
    found = [prices(model, study, day) for day in days]
    caps = [p.capacity[at] for p in found]
    assert caps[0] == caps[3] == 5e6
    assert max(caps[1:3]) <= 1.0, "a tonne at most, so that the wait says that it is shut"
    closed = [int(np.isinf(p.cost).sum()) for p in found]
    assert closed[1] == closed[2] > closed[0] == closed[3]


def test_a_restriction_of_goods_lets_its_share_pass(world: World) -> None:
    row = {"restriction_id": "R9", "place_kind": "flow", "exporter": "AAA", "importer": "CCC",
           "class_ids": "G", "allowed_share": 0.5, "valid_from": "2024-01-01",
           "reason": "quota", "source": "SRC_ASSUME", "status": "assumed"}  # fmt: skip
    study = added(world.study, "restriction", [row])
    state = world.state(study)
    a, b = world.model.pair
    before, after = world.model.flows, state.flows
    # Grain is all of AGR: its exports to CCC fall by about half; the other way only wages act.
    assert 0.4 < after[0, a, b] / before[0, a, b] < 0.7
    assert after[0, b, a] / before[0, b, a] > 0.8
    assert state.tau[0, world.model.pair_of["AAA", "CCC"]] == pytest.approx(
        2.0 ** (1 / 5), rel=0.02
    )
    assert world.base.prices.allowed.min() == 1.0


# --- closures ------------------------------------------------------------------------------------


def test_a_closed_crossing_sends_its_goods_another_way(world: World) -> None:
    state = world.state(shut(world, "BC_RAIL"))
    rail, road = world.at("CAP01"), world.at("CAP03")
    assert world.base.clearing.load_t[rail] > 8e5
    assert state.clearing.load_t[rail] == 0.0
    assert state.clearing.wait_h[rail] == 0.0, "nobody waits at a closed gate"
    assert state.clearing.load_t[road] > world.base.clearing.load_t[road]
    assert world.pair(state) < 1e9
    assert (state.cell_cost >= world.base.cell_cost - 1e-9).all()


def test_rows_without_any_way_move_nothing_and_their_trade_falls(world: World) -> None:
    """Land ways and the quays of one port shut: only goods that load at the shore itself sail."""
    study = shut(world, "BC_RAIL", "BC_ROAD")
    study = changed(study, "transshipment", study["transshipment"]["terminal_id"] == "PORT_C",
                    state="closed")  # fmt: skip
    state = world.state(study)
    lost = ~np.isfinite(state.row_cost)
    assert 0.4 < lost.mean() < 0.9
    assert np.isfinite(world.base.row_cost).all()
    options = world.model.options
    of_lost = np.isin(options.row, np.flatnonzero(lost))
    assert (state.share[of_lost] == 0.0).all()
    assert np.isinf(state.prices.cost[of_lost]).all()
    assert world.pair(state) < 0.5 * 1e9
    assert np.isfinite(state.flows).all()
    assert np.isfinite(state.cell_cost).all()
    borders = world.study["capacity"]["place_kind"] == "border_crossing"
    np.testing.assert_array_equal(state.clearing.load_t[borders], 0.0)


def test_a_country_cut_off_altogether_gives_no_table_with_holes(world: World) -> None:
    """Its deficit has nobody to pay it: an error that names the market, or finite flows."""
    study = changed(shut(world, "BC_RAIL", "BC_ROAD"), "link", ["L40"], state="closed")
    refused: NotConverged | None = None
    try:
        state = world.state(study)
    except NotConverged as error:
        refused = error
    if refused is None:
        assert np.isfinite(state.flows).all()
        assert world.pair(state) < 0.05 * 1e9
    else:
        assert "CCC" in str(refused)
        assert refused.exit_code == 3


def test_where_no_wait_can_carry_the_demand_the_rest_is_stranded(world: World) -> None:
    study = shut(world, "BC_ROAD")
    study = changed(study, "transshipment", study["transshipment"]["terminal_id"] == "PORT_C",
                    state="closed")  # fmt: skip
    study = changed(study, "capacity", ["CAP01"], capacity_t_per_year=2e5)
    priced = prices(world.model, study, world.day)
    base = baseline(world.model, priced)
    at = world.at("CAP01")
    assert base.clearing.stranded_t[at] > 1e5
    assert priced.curve.max_h < base.clearing.wait_h[at] < priced.curve.max_h + 5
    let = base.clearing.load_t[at] - base.clearing.stranded_t[at]
    assert let == pytest.approx(2e5, rel=0.01)


# --- capacity and the loop -----------------------------------------------------------------------


def test_relieving_the_binding_place_raises_its_load_from_its_cap_and_trade(world: World) -> None:
    at = world.at("CAP01")
    loads, waits, trade = [], [], []
    for factor in (1.0, 1.2, 1.8, 4.0):
        cap = world.prices.capacity[at] * factor
        state = world.state(changed(world.study, "capacity", ["CAP01"], capacity_t_per_year=cap))
        loads.append(state.clearing.load_t[at])
        waits.append(state.clearing.wait_h[at])
        trade.append(world.pair(state))
        assert state.clearing.load_t[at] <= cap
    assert loads == sorted(loads)
    assert loads[-1] > 1.05 * loads[0]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] > 5
    assert waits[-1] == 0.0
    assert trade == sorted(trade)
    assert trade[-1] > trade[0]


def test_without_the_loop_trade_rises_more(world: World) -> None:
    for names in (("BEACON_YARD",), ("BEACON_SHIFT",), ("DUTY_FREE",)):
        with_loop = world.pair(world.with_measures(*names))
        without = world.pair(world.with_measures(*names, loop=False))
        assert 1e9 < with_loop < without, names


def test_without_the_loop_a_place_clears_at_the_old_trade(world: World) -> None:
    """What trade adds shows in the load at held waits, above what they would let through."""
    at, curve = world.at("CAP01"), world.base.prices.curve

    def let_through(hours: float, cap: float) -> float:
        return cap * (curve.free_share * curve.scale_h + hours) / (curve.scale_h + hours)

    held = world.with_measures("BEACON_SHIFT", loop=False)
    wait = float(held.clearing.wait_h[at])
    assert 0.0 < wait < world.base.clearing.wait_h[at]
    assert held.clearing.load_t[at] > let_through(wait, 1.5e6) * (1 + 1e-6)
    free = world.with_measures("BEACON_SHIFT")
    wait = float(free.clearing.wait_h[at])
    assert wait > held.clearing.wait_h[at]
    assert free.clearing.load_t[at] == pytest.approx(let_through(wait, 1.5e6), rel=1e-5)


def test_the_wait_belongs_to_one_direction(world: World) -> None:
    north, south = world.at("CAP02"), world.at("CAP01")
    assert world.base.clearing.wait_h[south] > 5
    assert world.base.clearing.wait_h[north] == 0
    # A wait towards Charlieland touches no row that goes the other way.
    model = world.model
    waited = np.zeros(model.places.n)
    waited[south] = 100.0
    more = _row_costs(world, waited) > _row_costs(world, np.zeros(model.places.n)) + 1e-9
    _, b = model.pair
    southward = model.cells.importer[model.rows.cell] == b
    assert more.any()
    assert southward[more].all()
    waited = np.zeros(model.places.n)
    waited[north] = 100.0
    more = _row_costs(world, waited) > _row_costs(world, np.zeros(model.places.n)) + 1e-9
    assert more.any()
    assert (model.cells.exporter[model.rows.cell][more] == b).all()


def _row_costs(world: World, wait: np.ndarray) -> np.ndarray:
    model, p, o = world.model, world.prices, world.model.options
    _, cost, _, _ = choose_and_load(
        o.row_first, np.zeros(model.rows.n), p.vot, p.cost, o.place_first, o.place, p.use,
        wait, *model.ways.of(np.arange(model.rows.n), p.choice), *fixed(model.rows.n),
    )  # fmt: skip
    return cost


def test_dwell_of_a_direction_touches_the_goods_of_that_direction(world: World) -> None:
    dwell = world.study["border_dwell"]
    rail = dwell["border_crossing_id"] == "BC_RAIL"
    a, b = world.model.pair
    for towards, exporter in (("CCC", a), ("BBB", b)):
        mask = rail & (dwell["to_country"] == towards)
        study = changed(world.study, "border_dwell", mask, mean_h=lambda h: h + 48.0)
        priced = prices(world.model, study, world.day)
        finite = np.isfinite(world.prices.cost)
        dearer = np.zeros(finite.size, dtype=bool)
        dearer[finite] = priced.cost[finite] > world.prices.cost[finite] + 1e-9
        rows = world.model.options.row[dearer]
        assert dearer.any()
        cells = world.model.rows.cell[rows]
        ends = (
            world.model.cells.importer[cells]
            if towards == "CCC"
            else world.model.cells.exporter[cells]
        )
        assert (ends == b).all(), towards
        hours = priced.cost[dearer] - world.prices.cost[dearer]
        np.testing.assert_allclose(hours, 48.0 * world.prices.vot[rows])
        assert exporter in set(world.model.cells.exporter[cells].tolist())


def test_a_closure_of_a_class_shuts_the_way_of_its_goods_alone(world: World) -> None:
    ban = {"restriction_id": "NO_GRAIN", "place_kind": "border_crossing", "class_ids": "G",
           "place_ids": "BC_RAIL;BC_ROAD", "allowed_share": 0.0, "reason": "r",
           "source": "SRC_STAT", "status": "observed"}  # fmt: skip
    priced = prices(world.model, added(world.study, "restriction", [ban]), world.day)
    shut = np.isinf(priced.cost) & np.isfinite(world.prices.cost)
    grain = world.model.options.klass == list(world.study["commodity"]["class_id"]).index("G")
    assert shut.any()
    assert grain[shut].all()
    np.testing.assert_array_equal(priced.cost[~grain], world.prices.cost[~grain])
    # Their capacity stays with the goods that may still pass.
    np.testing.assert_array_equal(priced.capacity, world.prices.capacity)


def test_the_elasticity_drives_trade_and_is_theta(world: World) -> None:
    """A small change of tau moves relative imports by -theta, not by theta + 1."""
    study = changed(world.study, "tariff", ["TF01"], rate_share=0.15 * 1.001)
    state = world.state(study, loop=False)
    model = world.model
    a, b = model.pair
    index = {c: n for n, c in enumerate(model.countries)}
    home = state.flows[0, b, b] / model.flows[0, b, b]
    foreign = state.flows[0, a, b] / model.flows[0, a, b]
    key = (0, model.pair_of["AAA", "CCC"])
    wage = state.flows[:, a, :].sum() / model.flows[:, a, :].sum()
    home_wage = state.flows[:, b, :].sum() / model.flows[:, b, :].sum()
    got = np.log(foreign / home)
    want = -world.prices.theta[0] * np.log(state.tau[key] * wage / home_wage)
    assert got == pytest.approx(want, rel=1e-9)
    assert world.prices.theta[index["AAA"]] == 5.0


def test_the_baseline_is_frozen_against_later_prices(world: World) -> None:
    """Costs relative to another baseline give another answer: the frozen one is what is used."""
    study = apply(world.study, ["TRANSIT_DEAL"])
    priced = prices(world.model, study, world.day)
    other: Baseline = baseline(world.model, priced)
    same = run_state(world.model, priced, other, world.model.flows)
    np.testing.assert_allclose(same.flows, world.model.flows, rtol=1e-12)
    moved = run_state(world.model, priced, world.base, world.model.flows)
    assert world.pair(moved) > world.pair(same)
    shifted = replace(world.base, cell_cost=world.base.cell_cost * 1.01)
    cheaper = run_state(world.model, world.prices, shifted, world.model.flows)
    assert world.pair(cheaper) > 1e9
