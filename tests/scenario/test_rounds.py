"""The loop: both residuals, two starts, cycles, standstill, lines that delay, the cut."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.scenario.cuts import cuts
from opencorridor.scenario.mixing import CAUTIOUS, Mixer
from opencorridor.scenario.prices import prices
from opencorridor.scenario.rounds import PATIENCE, Rounds, cost_change, cycle, not_settled
from opencorridor.scenario.shadow import shadow_prices
from opencorridor.scenario.starts import SAME_SHARE, spread, two_starts
from opencorridor.scenario.state import baseline, run_state
from opencorridor.study import NotConverged, Study
from tests.scenario.test_shadow import STEP_T, total_usd, with_capacity
from tests.scenario.worlds import World, added, changed, world_of


def pinched(world: World) -> Study:
    """Both gates of the land way narrow, no ship for what loads at one port."""
    study = changed(world.study, "capacity", ["CAP01"], capacity_t_per_year=6e5)
    study = changed(study, "capacity", ["CAP03"], capacity_t_per_year=1e6)
    at_port = study["transshipment"]["terminal_id"] == "PORT_C"
    return changed(study, "transshipment", at_port, state="closed")


# --- residuals -----------------------------------------------------------------------------------


def test_the_change_of_costs_is_the_largest_relative_one() -> None:
    old = np.array([10.0, 50.0, np.nan])
    assert cost_change(old, None) == np.inf
    assert cost_change(np.array([10.1, 49.0, np.nan]), old) == pytest.approx(0.02)
    assert cost_change(np.array([10.0, np.nan, np.nan]), old) == 1.0
    assert cost_change(old, old) == 0.0


@pytest.mark.parametrize(
    "names", [("DUTY_FREE",), ("BEACON_YARD",), ("BRIGHT_LINE", "BRIGHT_YARD")]
)
def test_both_residuals_are_small_and_true(world: World, names: tuple[str, ...]) -> None:
    """A round more, from the waits that were found, changes costs by no more than was said."""
    state = world.with_measures(*names)
    assert state.clearing.gap <= 1e-6
    assert state.cost_change <= 1e-6
    again = world.with_measures(*names, start_wait=state.clearing.wait_h, tolerance=1e-10)
    assert cost_change(again.row_cost, state.row_cost) <= 2e-6


def test_an_open_loop_states_no_change_of_costs(world: World) -> None:
    assert np.isnan(world.with_measures("DUTY_FREE", loop=False).cost_change)


# --- cycles --------------------------------------------------------------------------------------


def waits(*values: float) -> list[np.ndarray]:
    return [np.array([v, 1.0]) for v in values]


@pytest.mark.parametrize(
    ("values", "period"),
    [
        ((0, 5, 1, 7, 1, 7), 2),
        ((9, 1, 4, 8, 1, 4, 8), 3),
        ((3, 3, 3, 3, 3, 3), 0),
        ((8, -4, 2, -1, 0.5, -0.25), 0),
        ((1, 2, 3, 4, 5, 6, 7, 8), 0),
        ((0, 7, 0), 0),
        ((0, 7, 0, 7.03), 2),
    ],
)
def test_a_cycle_is_two_equal_periods(values: tuple[float, ...], period: int) -> None:
    assert cycle(waits(*values)) == period


def test_repeated_plainly_the_loop_cycles_and_says_where(world: World) -> None:
    priced = prices(world.model, pinched(world), world.day)
    with pytest.raises(NotConverged) as caught:
        run_state(world.model, priced, world.base, world.model.flows, accelerate=False)
    (problem,) = caught.value.problems
    assert problem.code == "loop_cycles"
    assert "period 2" in problem.message
    for place in ("CAP01 (", "CAP03 ("):
        assert place in problem.message
    assert "CAP05" not in problem.message, "a place that does not alternate is not named"
    settled = run_state(world.model, priced, world.base, world.model.flows)
    assert max(settled.clearing.gap, settled.cost_change) <= 1e-6


def test_rounds_without_progress_are_told_as_such() -> None:
    rng, rounds = np.random.default_rng(1), Rounds(1e-6)
    for n in range(PATIENCE + 2):
        assert not rounds.stuck, n
        rounds.add(0.5, rng.uniform(1.0, 2.0, 3), rng.uniform(0.0, 9.0, 3))
    for _ in range(PATIENCE):
        rounds.add(0.5, rng.uniform(1.0, 2.0, 3), rng.uniform(0.0, 9.0, 3))
    assert rounds.stuck
    error = not_settled(rounds, 30, ["A", "B", "C"])
    assert error.problems[0].code == "loop_stalled"
    rounds.forget()
    assert not rounds.stuck
    assert not rounds.period


def test_a_calm_mixer_takes_short_steps() -> None:
    mixer = Mixer(np.ones(1))
    mixer.next(np.array([0.0]))
    mixer.calm_down()
    assert mixer.next(np.array([1.0])) == pytest.approx(CAUTIOUS)
    assert mixer.next(np.array([CAUTIOUS])) == pytest.approx(CAUTIOUS), "a fixed point stays"


# --- two starts ----------------------------------------------------------------------------------


def test_two_starts_are_both_told(world: World) -> None:
    priced = prices(world.model, pinched(world), world.day)
    found = two_starts(world.model, priced, world.base, world.model.flows, tolerance=1e-8)
    apart = found.spread
    assert apart.trade_usd == (world.pair(found.free), world.pair(found.high))
    assert apart.agree
    assert apart.trade_share <= 1e-7
    assert apart.wait_h is not None
    assert (
        apart.wait_h.size == np.abs(found.high.clearing.wait_h - found.free.clearing.wait_h).max()
    )
    assert apart.wait_h.size < 1e-3


def test_two_answers_are_not_one(world: World) -> None:
    apart = spread(world.model, world.state(), world.with_measures("DUTY_FREE"))
    assert apart.trade_share > 1e4 * SAME_SHARE
    assert not apart.agree
    assert apart.load_t is not None
    assert apart.load_t.high > apart.load_t.free


# --- capacity ------------------------------------------------------------------------------------


def test_capacity_is_kept_and_the_cut_is_named(world: World) -> None:
    """What passes a queue is at most its capacity; what cannot is stranded at a named cut."""
    model = world.model
    state = run_state(model, prices(model, pinched(world), world.day), world.base, model.flows)
    passed = state.clearing.load_t - state.clearing.stranded_t
    assert (passed <= state.prices.capacity * (1 + 1e-6)).all()
    tight = changed(pinched(world), "capacity", ["CAP01"], capacity_t_per_year=2e5)
    state = run_state(model, prices(model, tight, world.day), world.base, model.flows)
    passed = state.clearing.load_t - state.clearing.stranded_t
    assert (passed <= state.prices.capacity * (1 + 1e-6)).all()
    (cut,) = cuts(model, state)
    assert cut.places == (world.at("CAP01"), world.at("CAP03"))
    assert cut.stranded_t == pytest.approx(state.clearing.stranded_t.sum())
    let = passed[[*cut.places]].sum()
    assert cut.bound_t == pytest.approx(let + cut.stranded_t, rel=1e-3), "nothing else passes them"


def test_a_line_that_delays_stops_nothing(world: World) -> None:
    """5 h more at 0.5 Mt by the fourth power: more than that passes, and all wait."""
    row = {"capacity_id": "LINE", "place_kind": "link", "place_ids": "L07", "cargo": "all",
           "from_country": "", "to_country": "", "capacity_t_per_year": 5e5,
           "delay_at_capacity_h": 5.0, "delay_power": 4.0, "source": "SRC_ASSUME",
           "status": "assumed"}  # fmt: skip
    study = added(world.study, "capacity", [row])
    study = changed(study, "capacity", ["CAP01"], capacity_t_per_year=1.6e6)
    own = world_of(study)
    at, clearing = own.at("LINE"), own.base.clearing
    use = clearing.load_t[at] / 5e5
    assert use > 1.0
    assert clearing.wait_h[at] == pytest.approx(5.0 * use**4, rel=1e-6)
    assert clearing.stranded_t[at] == 0.0
    high = baseline(own.model, own.prices, np.full(own.model.places.n, 120.0)).clearing
    np.testing.assert_allclose(high.wait_h, clearing.wait_h, atol=1e-6)
    low, high_cap = (
        baseline(own.model, with_capacity(own.prices, at, d), clearing.wait_h)
        for d in (-STEP_T, STEP_T)
    )
    saved = (total_usd(own, low) - total_usd(own, high_cap)) / (2 * STEP_T)
    assert shadow_prices(own.model, own.base)[at] == pytest.approx(saved, rel=1e-5)
    assert saved > 1.0
