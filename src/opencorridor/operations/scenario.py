"""One counterfactual against the baseline: measures, closures, or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from opencorridor.operations.check import checked
from opencorridor.operations.freight_closures import YEAR_WEEKS, closed_row, closure_row, over_weeks
from opencorridor.scenario.build import extend
from opencorridor.scenario.cuts import cuts
from opencorridor.scenario.detours import searches
from opencorridor.scenario.feedback import Feedback, feedback
from opencorridor.scenario.measures import apply, check_choice
from opencorridor.scenario.model import Model
from opencorridor.scenario.moving import side_of_base, side_of_state
from opencorridor.scenario.path import pair_trade
from opencorridor.scenario.prices import prices
from opencorridor.scenario.resilience import HALF, SHUT, Case, solve_case
from opencorridor.scenario.starts import Spread, two_starts
from opencorridor.scenario.state import Baseline, State, baseline, run_state
from opencorridor.scenario.store import load_model
from opencorridor.study import OpenCorridorError, Problem, Study, open_study
from opencorridor.study.errors import raise_if
from opencorridor.study.places import resolve_all

__all__ = ["ScenarioRequest", "ScenarioResult", "run"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ScenarioRequest:
    """Measures by id, and places to close or halve, on the economy of the baseline year.

    Places may shut for some ``weeks``; measures act all year.
    """

    study: str = "iran_kazakhstan"
    measures: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    loop: bool = True
    halve: tuple[str, ...] = ()
    weeks: float = YEAR_WEEKS


@dataclass(frozen=True)
class ScenarioResult:
    """Trade of the pair, US$ of price_year, and places whose load or wait changes.

    ``closure``, where places shut, is what that does over the weeks beside the same scenario with
    the places open, as a row of
    :class:`opencorridor.operations.freight_closures.ClosuresResult`.
    """

    study_id: str
    study_hash: str
    measures: tuple[str, ...]
    closed: tuple[str, ...]
    price_basis: str
    trade_usd: float
    baseline_usd: float
    a_to_b_usd: float
    b_to_a_usd: float
    feedback: Feedback
    two_starts: Spread
    cuts: tuple[dict[str, Any], ...]
    gap: float
    cost_change: float | None
    iterations: int
    places: tuple[dict[str, Any], ...]
    halved: tuple[str, ...] = ()
    weeks: float = YEAR_WEEKS
    closure: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON.

        ``before_congestion_usd`` holds the waits of the baseline, ``cleared_usd`` clears the places
        at its trade, ``after_congestion_usd`` lets trade and traffic agree.
        """
        values = asdict(self)
        del values["feedback"]
        return {
            "schema_version": 1,
            **values,
            "change_usd": self.trade_usd - self.baseline_usd,
            "before_congestion_usd": self.feedback.before_usd,
            "cleared_usd": self.feedback.cleared_usd,
            "after_congestion_usd": self.feedback.after_usd,
            "taken_back_usd": self.feedback.taken_back_usd,
            "taken_back_share": self.feedback.taken_back_share,
            "two_starts": self.two_starts.as_dict(),
            "cuts": list(self.cuts),
            "places": list(self.places),
        }


def _closed(study: Study, names: Sequence[str]) -> tuple[str, ...]:
    """Ids of the crossings and terminals to close."""
    found: list[str] = []
    problems: list[Problem] = []
    for name in names:
        try:
            places = resolve_all(study, name, ("border_crossing", "port"))
            found.extend(i for place in places for i in (place.id,))
        except OpenCorridorError as error:
            problems.extend(error.problems)
    if problems:
        raise OpenCorridorError(problems)
    return tuple(dict.fromkeys(found))


def _close(study: Study, closed: Sequence[str]) -> Study:
    """Study with crossings and terminals out of operation."""
    tables = {}
    for name, key in (
        ("border_crossing", "border_crossing_id"), ("transshipment", "terminal_id"),
    ):  # fmt: skip
        table = study[name]
        hit = np.isin(table[key].astype(str), list(closed))
        if hit.any():
            state = table["state"].copy()
            state[hit] = "closed"
            tables[name] = table.with_column("state", state)
    return study.replace(tables=tables) if tables else study


def _places(model: Model, base: Baseline, state: State) -> tuple[dict[str, Any], ...]:
    rows: list[dict[str, Any]] = []
    for f, capacity_id in enumerate(model.places.capacity_id):
        if model.places.fleet_id[f]:
            continue
        rows.append(
            {
                "capacity_id": capacity_id,
                "capacity_t_per_year": float(state.prices.capacity[f]),
                "load_t_per_year": float(state.clearing.load_t[f]),
                "baseline_load_t_per_year": float(base.clearing.load_t[f]),
                "wait_h": float(state.clearing.wait_h[f]),
                "baseline_wait_h": float(base.clearing.wait_h[f]),
                "stranded_t": float(state.clearing.stranded_t[f]),
            }
        )
    rows.sort(key=lambda r: -abs(r["load_t_per_year"] - r["baseline_load_t_per_year"]))
    return tuple(rows)


def _asked(request: ScenarioRequest) -> list[Problem]:
    """Return what cannot be asked for together."""
    problems = []
    if request.halve and (request.measures or request.close or not request.loop):
        problems.append(
            Problem("bad_choice", "places are halved by themselves, in the fixed point of trade "
                    "and traffic", column="halve", value=", ".join(request.halve)[:60],
                    mend="leave out measures, closures and --no-loop, or the halved places")
        )  # fmt: skip
    shut = bool(request.close or request.halve)
    weeks = request.weeks
    if not 0.0 < weeks <= YEAR_WEEKS or (weeks != YEAR_WEEKS and not shut):
        problems.append(
            Problem("out_of_range", f"{weeks:g} weeks", column="weeks", value=f"{weeks:g}",
                    expected="more than 0 and at most 52 weeks, of places that shut",
                    mend="correct the weeks, or name the places")
        )  # fmt: skip
    return problems


def _cuts(model: Model, state: State) -> tuple[dict[str, Any], ...]:
    """Places that together stop goods which no wait can carry."""
    names = model.places.capacity_id
    return tuple(
        {
            "capacity_ids": [names[f] for f in cut.places],
            "bound_t": cut.bound_t,
            "stranded_t": cut.stranded_t,
        }
        for cut in cuts(model, state)
    )


def _result(
    study: Study,
    request: ScenarioRequest,
    shut: tuple[str, ...],
    solved: tuple[Model, Baseline, State],
    closure: dict[str, Any] | None = None,
) -> ScenarioResult:
    model, base, state = solved
    forth, back = pair_trade(model, state.flows)
    starts = two_starts(model, state.prices, base, model.flows)
    agreed = state if request.loop else starts.free
    return ScenarioResult(
        study_id=study.settings.id,
        study_hash=study.hash,
        measures=tuple(request.measures),
        closed=() if request.halve else shut,
        price_basis=f"constant US$ of {study.settings.price_year}",
        trade_usd=forth + back,
        baseline_usd=sum(pair_trade(model, model.flows)),
        a_to_b_usd=forth,
        b_to_a_usd=back,
        feedback=feedback(model, base, model.flows, side_of_base(model, base), agreed),
        two_starts=starts.spread,
        cuts=_cuts(model, state),
        gap=state.clearing.gap,
        cost_change=state.cost_change if request.loop else None,
        iterations=state.iterations,
        places=_places(model, base, state),
        halved=shut if request.halve else (),
        weeks=request.weeks,
        closure=closure,
    )


def _closure(
    study: Study, request: ScenarioRequest, shut: tuple[str, ...], progress: Progress
) -> ScenarioResult:
    """Solve places that shut, or let half through, and nothing else."""
    progress("routes", 0, 0)
    model = load_model(study)
    progress("baseline", 0, 0)
    base = baseline(model, prices(model, study, study.settings.baseline_date))
    progress("loop", 0, 0)
    case = Case(";".join(shut), shut, HALF if request.halve else SHUT)
    one = solve_case(model, base, case)
    row = closure_row(model, one, {"place_id": case.name, "name": ", ".join(shut)})
    if one.model is not None and one.base is not None and one.state is not None:
        solved = one.model, one.base, one.state
    else:
        solved = model, base, run_state(model, base.prices, base, model.flows)
    return _result(study, request, shut, solved, over_weeks(row, request.weeks))


def run(request: ScenarioRequest, progress: Progress = lambda *_: None) -> ScenarioResult:
    """Solve a counterfactual.

    Without measures, places that shut are solved as the list of all closures solves them.

    Raises
    ------
    OpenCorridorError
        Unknown measures or places, measures that exclude each other or miss what they need.
    """
    progress("study", 0, 0)
    study = open_study(request.study)
    checked(study)
    problems = [*_asked(request), *check_choice(study, request.measures)]
    shut: tuple[str, ...] = ()
    try:
        shut = _closed(study, (*request.close, *request.halve))
    except OpenCorridorError as error:
        problems = [*problems, *error.problems]
    raise_if(problems)
    if shut and request.loop and not request.measures:
        return _closure(study, request, shut, progress)
    opened = apply(study, request.measures)
    changed = _close(opened, shut)
    progress("routes", 0, 0)
    model, day = load_model(study), study.settings.baseline_date
    if changed is not study:
        model = extend(model, searches(changed, day))
    progress("baseline", 0, 0)
    base = baseline(model, prices(model, study, day))
    progress("loop", 0, 0)
    state = run_state(model, prices(model, changed, day), base, model.flows, loop=request.loop)
    closure = None
    if shut:
        without = side_of_base(model, base)
        if request.measures:
            p = prices(model, opened, day)
            before = run_state(model, p, base, model.flows, loop=request.loop)
            without = side_of_state(opened, day, before)
        closed = side_of_state(changed, day, state)
        closure = closed_row(model, shut, without, closed, request.weeks)
    return _result(study, request, shut, (model, base, state), closure)
