"""One counterfactual against the baseline: measures, closures, or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from opencorridor.operations.check import checked
from opencorridor.scenario.build import Search, extend, leaders
from opencorridor.scenario.cuts import cuts
from opencorridor.scenario.feedback import Feedback, feedback
from opencorridor.scenario.measures import apply, check_choice
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import pair_trade
from opencorridor.scenario.starts import Spread, two_starts
from opencorridor.scenario.state import Baseline, State, baseline, prices, run_state
from opencorridor.scenario.store import load_model
from opencorridor.study import OpenCorridorError, Problem, Study, open_study
from opencorridor.study.places import resolve_all

__all__ = ["ScenarioRequest", "ScenarioResult", "run"]


@dataclass(frozen=True)
class ScenarioRequest:
    """Measures by id and places to close, on the economy of the baseline year."""

    study: str = "iran_kazakhstan"
    measures: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    loop: bool = True


@dataclass(frozen=True)
class ScenarioResult:
    """Trade of the pair, US$ of price_year, and places whose load or wait changes."""

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


def _model(model: Model, changed: Study) -> Model:
    """Model with the ways that the changed study's shippers would look for."""
    day = changed.settings.baseline_date
    every, first = leaders(changed)
    return extend(
        model,
        [
            Search(changed, day, every),
            Search(changed, day, first, modes=("rail",)),
            Search(changed, day, first, modes=("road",)),
        ],
    )


def _places(model: Model, base: Baseline, state: State) -> tuple[dict[str, Any], ...]:
    rows: list[dict[str, Any]] = []
    for f, capacity_id in enumerate(model.places.capacity_id):
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


def run(
    request: ScenarioRequest, progress: Callable[[str, int, int], None] = lambda *_: None
) -> ScenarioResult:
    """Solve a counterfactual.

    Raises
    ------
    OpenCorridorError
        Unknown measures or places, measures that exclude each other or miss what they need.
    """
    progress("study", 0, 0)
    study = open_study(request.study)
    checked(study)
    problems = check_choice(study, request.measures)
    try:
        closed = _closed(study, request.close)
    except OpenCorridorError as error:
        problems = [*problems, *error.problems]
    if problems:
        raise OpenCorridorError(problems)
    changed = _close(apply(study, request.measures), closed)
    progress("routes", 0, 0)
    model = load_model(study)
    if changed is not study:
        model = _model(model, changed)
    progress("baseline", 0, 0)
    day = study.settings.baseline_date
    base = baseline(model, prices(model, study, day))
    progress("loop", 0, 0)
    priced = prices(model, changed, day)
    state = run_state(model, priced, base, model.flows, loop=request.loop)
    starts = two_starts(model, priced, base, model.flows)
    agreed = state if request.loop else starts.free
    forth, back = pair_trade(model, state.flows)
    return ScenarioResult(
        study_id=study.settings.id,
        study_hash=study.hash,
        measures=tuple(request.measures),
        closed=closed,
        price_basis=f"constant US$ of {study.settings.price_year}",
        trade_usd=forth + back,
        baseline_usd=sum(pair_trade(model, model.flows)),
        a_to_b_usd=forth,
        b_to_a_usd=back,
        feedback=feedback(model, base, model.flows, base, agreed),
        two_starts=starts.spread,
        cuts=_cuts(model, state),
        gap=state.clearing.gap,
        cost_change=state.cost_change if request.loop else None,
        iterations=state.iterations,
        places=_places(model, base, state),
    )
