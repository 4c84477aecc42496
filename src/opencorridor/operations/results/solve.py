"""Solve everything that an answer needs: baseline, path, measures, plan, band."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from opencorridor.roadmap.plan import Alone, Planner
from opencorridor.roadmap.portfolio import Choice
from opencorridor.scenario.assumptions import Swing
from opencorridor.scenario.build import extend
from opencorridor.scenario.ensembles import DrawResult, run_ensemble
from opencorridor.scenario.feedback import Feedback, feedback
from opencorridor.scenario.measures import apply, in_force_between
from opencorridor.scenario.model import Model
from opencorridor.scenario.moving import side_of_base
from opencorridor.scenario.path import (
    mid_year,
    pair_trade,
    price_index,
    schedule,
    state_of_year,
)
from opencorridor.scenario.prices import prices
from opencorridor.scenario.search import HIGH_WAIT_H, Search, leaders
from opencorridor.scenario.starts import Spread, two_starts
from opencorridor.scenario.state import Baseline, State, baseline
from opencorridor.scenario.store import load_model
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.trade import RequiredTauHat, required_tau_hat

__all__ = ["Progress", "Solved", "add_band", "solve"]

Progress = Callable[[str, int, int], None]
REROUTED = 5


@dataclass(frozen=True)
class Solved:
    """What was solved, from the baseline to the band.

    ``without`` and ``plan`` hold a state per year; ``grown`` is growth alone in the target year;
    ``two_starts_h`` the largest difference of waits between the two starts of the baseline;
    ``plan_starts`` how far the target year with the plan lies apart from two starts; ``feedback``
    what congestion does to the target year, by set of measures (:func:`_feedback`).
    """

    study: Study
    model: Model
    base: Baseline
    two_starts_h: float
    without: Mapping[int, State]
    plan: Mapping[int, State]
    grown: State
    singles: Sequence[Alone]
    choice: Choice
    starts: Mapping[str, str]
    required: RequiredTauHat | None
    rerouted_share: float
    loop: bool
    draws: Sequence[DrawResult] = ()
    rerouted_draws: Sequence[tuple[DrawResult, DrawResult]] = ()
    swings: Sequence[Swing] = ()
    seed: int | None = None
    feedback: Mapping[str, Feedback] = field(default_factory=dict)
    plan_starts: Spread | None = None

    @property
    def target_year(self) -> int:
        """Year of the target."""
        assert self.study.settings.target is not None
        return self.study.settings.target.year

    def pair(self, state: State) -> float:
        """Trade of the pair in a state, constant US$."""
        return sum(pair_trade(self.model, state.flows))


def _target(study: Study) -> Any:
    target = study.settings.target
    if target is None:
        raise OpenCorridorError(
            [
                Problem(
                    "no_target",
                    "the study names no target",
                    file="study.toml",
                    expected="[target] with usd and year",
                    mend="add the target, or ask for a route or a scenario only",
                )
            ]
        )
    return target


def _search_plan(model: Model, study: Study, chosen: Sequence[str], wait: Any, year: int) -> Model:
    """Model with the ways that a chosen plan opens, for all rows."""
    day = mid_year(year)
    acting = in_force_between(study, study.settings.baseline_date, day) + list(chosen)
    changed = apply(study, acting)
    _, first = leaders(study)
    return extend(model, [Search(changed, day, first), Search(changed, day, first, wait_h=wait)])


def solve(
    study: Study,
    *,
    budget_usd: float = float("inf"),
    loop: bool = True,
    measures: Sequence[str] | None = None,
    progress: Progress = lambda *_: None,
) -> Solved:
    """Solve the central case of a study.

    ``measures`` gives the plan; by default the best set under the budget is searched.
    """
    target = _target(study)
    progress("routes", 0, 0)
    model = load_model(study)
    progress("baseline", 0, 0)
    priced = prices(model, study, study.settings.baseline_date)
    base = baseline(model, priced)
    other = baseline(model, priced, np.full(model.places.n, HIGH_WAIT_H))
    two_starts = float(np.abs(other.clearing.wait_h - base.clearing.wait_h).max(initial=0.0))
    year = target.year
    planner = Planner(model, study, base, year=year, loop=loop, progress=progress)
    singles = planner.alone()
    progress("plan", 0, 0)
    if measures is None:
        choice = planner.best(singles, budget_usd)
    else:
        chosen = frozenset(measures)
        choice = Choice(
            chosen,
            planner.value(chosen),
            planner.problem(singles, budget_usd).cost(
                m for m in chosen if m in {a.measure_id for a in singles if a.in_time}
            ),
            1,
        )
    starts = schedule(study, sorted(choice.chosen), planner.decision)
    progress("path", 0, 0)
    years = range(study.settings.baseline_year + 1, year + 1)
    without, plan = {}, {}
    for y in years:
        known = planner.state(frozenset()) if y == year else None
        without[y] = known or state_of_year(model, study, base, y, {}, loop=loop)
        known = planner.state(choice.chosen) if y == year else None
        plan[y] = known or state_of_year(model, study, base, y, starts, loop=loop)
    grown = state_of_year(model, study, base, year, {}, in_force=False, loop=loop)
    rerouted = _rerouted(model, study, base, plan[year], sorted(choice.chosen), starts, loop)
    required = _required(model, study, without[year])
    return Solved(
        study,
        model,
        base,
        two_starts,
        without,
        plan,
        grown,
        singles,
        choice,
        starts,
        required,
        rerouted,
        loop,
        feedback=_feedback(planner, choice.chosen) if loop else {},
        plan_starts=_starts(planner, choice.chosen) if loop else None,
    )


NO_NEW, PLAN = "no_new", "plan"


def _feedback(planner: Planner, chosen: frozenset[str]) -> dict[str, Feedback]:
    """Return what congestion does to the target year, by set of measures.

    ``no_new`` is growth and the measures in force against the baseline; ``plan`` and every measure
    of it by itself stand against ``no_new``.
    """
    model, base, flows = planner.model, planner.base, planner.flows
    without = planner.state(frozenset())
    found = {NO_NEW: feedback(model, base, flows, side_of_base(model, base), without)}
    sets = {PLAN: chosen, **{m: frozenset({m}) for m in sorted(chosen)}}
    for name, members in sets.items():
        found[name] = feedback(model, base, flows, without, planner.state(members))
    return found


def _starts(planner: Planner, chosen: frozenset[str]) -> Spread:
    """Return how far two solutions of the target year with the plan lie apart."""
    priced = planner.state(chosen).prices
    return two_starts(planner.model, priced, planner.base, planner.flows).spread


def _rerouted(
    model: Model,
    study: Study,
    base: Baseline,
    plan: State,
    chosen: Sequence[str],
    starts: Mapping[str, str],
    loop: bool,
) -> float:
    """Change of the pair's trade when the plan's ways are searched anew, as a share."""
    assert study.settings.target is not None
    year = study.settings.target.year
    wider = _search_plan(model, study, chosen, plan.clearing.wait_h, year)
    again = baseline(wider, prices(wider, study, study.settings.baseline_date))
    state = state_of_year(wider, study, again, year, starts, loop=loop)
    return sum(pair_trade(wider, state.flows)) / sum(pair_trade(model, plan.flows)) - 1.0


def _required(model: Model, study: Study, state: State) -> RequiredTauHat | None:
    """Ask the question backwards, from the target year without new measures.

    None if the target is there already, or if no fall of trade costs could reach it: that is an
    answer, not an error.
    """
    target = _target(study)
    wanted = target.usd / price_index(study, target.year)
    if wanted <= sum(pair_trade(model, state.flows)):
        return None
    try:
        return required_tau_hat(state.flows, state.prices.theta, model.pair, wanted)
    except OpenCorridorError as error:
        if any(p.code != "trade_target_out_of_reach" for p in error.problems):
            raise
        return None


def add_band(
    solved: Solved, *, seed: int, draws: int, workers: int, progress: Progress = lambda *_: None
) -> Solved:
    """Add the draws, five of them re-routed, and the swings of the assumptions."""
    found = run_ensemble(
        solved.model,
        sorted(solved.choice.chosen),
        seed=seed,
        draws=draws,
        rerouted=REROUTED,
        workers=workers,
        central=(solved.base, solved.grown),
        loop=solved.loop,
        progress=lambda n, of: progress("draws", n, of),
    )
    return replace(
        solved,
        draws=found.draws,
        seed=seed,
        swings=found.swings,
        rerouted_draws=found.rerouted,
    )
