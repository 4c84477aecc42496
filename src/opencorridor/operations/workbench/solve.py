"""Scenarios of the workbench: check a choice, solve it on the kept model, or with new ways."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opencorridor.network import Graph, build
from opencorridor.operations.check import checked
from opencorridor.operations.freight_closures import CLOSED, YEAR_WEEKS, closed_row
from opencorridor.operations.workbench import compare
from opencorridor.operations.workbench.edits import Spec, variant
from opencorridor.operations.workbench.grown import grown, lifted
from opencorridor.operations.workbench.saved import scenario_id
from opencorridor.operations.workbench.session import Session
from opencorridor.operations.workbench.ways import Ways, searches, ways_of
from opencorridor.operations.workbench.years import asked_years
from opencorridor.scenario.build import extend
from opencorridor.scenario.feedback import feedback
from opencorridor.scenario.measures import check_choice, in_force_between
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import mid_year, state_of_year, year_flows
from opencorridor.scenario.prices import prices
from opencorridor.scenario.state import Baseline, baseline, run_state
from opencorridor.scenario.store import is_kept, load_model
from opencorridor.study import OpenCorridorError, Problem, Study

__all__ = ["check", "needs_run", "side", "solve", "solve_full"]

Progress = Callable[[str, int, int], None]
Row = dict[str, Any]
# Sessions of networks with new links: each holds a model of its own.
_GROWN, _MOST_GROWN = "grown", 2


def _week_problems(weeks: float | None) -> list[Problem]:
    if weeks is None or 0.0 < weeks <= YEAR_WEEKS:
        return []
    return [
        Problem("out_of_range", f"{weeks:g} weeks", column="closed_weeks", value=f"{weeks:g}",
                expected="more than 0 and at most 52 weeks", mend="correct the weeks")
    ]  # fmt: skip


def _year_problems(study: Study, year: int | None) -> list[Problem]:
    first, last = asked_years(study)
    if year is None or first <= year <= last:
        return []
    return [
        Problem("out_of_range", f"the study knows no growth for {year}", column="year",
                value=str(year), expected=f"a year from {first} to {last}, or none")
    ]  # fmt: skip


@dataclass(frozen=True)
class _Case:
    """A scenario made ready: the study that knows all its links, without and with the changes.

    ``day`` prices both.
    """

    study: Study
    without: Study
    changed: Study
    day: str


def _case(study: Study, spec: Spec) -> _Case:
    """Return the study without and with the scenario; both have the links that it adds.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the scenario, at once.
    """
    problems = _year_problems(study, spec.year) + _week_problems(spec.closed_weeks)
    acting: list[str] | None = None
    before, day = study, study.settings.baseline_date
    if spec.year is not None and not problems:
        new = [c.measure_id for c in spec.measures if c.year is None or c.year <= spec.year]
        day = mid_year(spec.year)
        in_force = in_force_between(study, study.settings.baseline_date, day)
        before = variant(study, acting=in_force)
        acting = list(dict.fromkeys([*in_force, *new]))
    base = changed = study
    try:
        changed = variant(study, spec.measures, spec.edits, spec.closed, acting=acting)
        base = grown(study, changed)
    except OpenCorridorError as error:
        problems.extend(error.problems)
    if problems:
        raise OpenCorridorError(problems)
    return _Case(base, lifted(study, base, before), lifted(study, base, changed), day)


def _built(session: Session, case: _Case) -> bool:
    """Whether the model of a scenario's network is at hand."""
    if case.study is session.study:
        return True
    return session.kept(_GROWN, _MOST_GROWN).has(case.study.hash) or is_kept(case.study)


def needs_run(session: Session, body: Mapping[str, Any]) -> bool:
    """Whether a scenario adds links that no run has drawn into a network yet.

    A scenario that cannot be solved needs something else first.
    """
    spec, study = Spec.of(body), session.study
    edits = study["measure_edit"]
    adding = set(edits["measure_id"][(edits["op"] == "insert") & (edits["table"] == "link")])
    if all(e.op != "insert" for e in spec.edits) and adding.isdisjoint(
        c.measure_id for c in spec.measures
    ):
        return False
    try:
        return not _built(session, _case(study, spec))
    except OpenCorridorError:
        return False


def _home(session: Session, case: _Case) -> Session:
    """Return the session that knows a scenario's links: they take a model of their own.

    Raises
    ------
    OpenCorridorError
        Code ``new_link_needs_run`` while that model was not drawn up: a run does, in a minute.
    """
    if case.study is session.study:
        return session
    if not _built(session, case):
        raise OpenCorridorError(
            [
                Problem("new_link_needs_run", "a new link needs a run",
                        mend="run the scenario: it draws up the network with the link")
            ]
        )  # fmt: skip
    kept = session.kept(_GROWN, _MOST_GROWN)
    found: Session = kept.get(case.study.hash, lambda: Session(case.study))
    return found


def _by_measure(study: Study, spec: Spec) -> list[Problem]:
    """Return conflicts and missing prerequisites, the measure of each in ``value``.

    Alternatives that are chosen together are told at both.
    """
    table, ids = study["measure"], [c.measure_id for c in spec.measures]
    unknown = [m for m in ids if m not in set(table["measure_id"])]
    at = {}
    for row in range(table.n):
        file, number = table.locate(row)
        at[file, row + 2 if number is None else number] = row
    out: list[Problem] = []
    for p in check_choice(study, ids):
        if p.row is None:
            out.append(_of_measure(p, unknown.pop(0)))
            continue
        row = at[p.file, p.row]
        measure = str(table["measure_id"][row])
        others = set(table["excludes"][row].split(";")) & set(ids)
        both = sorted(others) if p.code == "exclusive_measures" else []
        out += [_of_measure(p, m) for m in (measure, *both) if m == measure or m in p.message]
    return out


def _of_measure(problem: Problem, measure: str) -> Problem:
    return replace(problem, value=measure)


def check(study: Study, body: Mapping[str, Any]) -> Row:
    """Say whether a scenario can be solved, and everything that is in the way.

    Returns
    -------
    dict
        ``ok`` and ``problems``, one per measure that conflicts or misses what it needs (its id in
        ``value``), then those of edits, closed places and the year.
    """
    spec = Spec.of(body)
    problems = [*_by_measure(study, spec), *_year_problems(study, spec.year),
                *_week_problems(spec.closed_weeks)]  # fmt: skip
    try:
        # Edits and closures are judged alone: conflicts of measures are told above.
        variant(study, edits=spec.edits, closed=spec.closed)
    except OpenCorridorError as error:
        problems.extend(error.problems)
    items = [{k: v for k, v in p.as_dict().items() if k != "severity"} for p in problems]
    return {"ok": not problems, "problems": items}


def _before(model: Model, base: Baseline, spec: Spec) -> compare.Side:
    """Return the state that a scenario is compared with."""
    if spec.year is None:
        return compare.side_of_base(model, base)
    study, day = model.study, mid_year(spec.year)
    state = state_of_year(model, study, base, spec.year, {}, loop=spec.loop)
    acting = in_force_between(study, study.settings.baseline_date, day)
    return compare.side_of_state(variant(study, acting=acting), day, state)


def _kept_before(home: Session, ways: Ways, spec: Spec) -> compare.Side:
    """Return the state that a scenario is compared with, solved once."""
    found: compare.Side = home.kept("before", 8).get(
        (ways.key, spec.year, spec.loop), lambda: _before(ways.model, ways.base, spec)
    )
    return found


def _after(
    model: Model, base: Baseline, spec: Spec, changed: Study, day: str
) -> tuple[compare.Side, Row]:
    """Solve the scenario itself."""
    state = run_state(
        model, prices(model, changed, day), base, _grown_flows(model, spec), loop=spec.loop
    )
    side = compare.side_of_state(changed, day, state)
    return side, {
        "gap": state.clearing.gap,
        "cost_change": state.cost_change if spec.loop else None,
        "iterations": state.iterations,
        "cuts": compare.cut_rows(model, state),
    }


def _grown_flows(model: Model, spec: Spec) -> NDArray[np.float64]:
    """Flows of the scenario's year that costs have not touched."""
    return model.flows if spec.year is None else year_flows(model, model.study, spec.year)


def _congestion(
    model: Model, base: Baseline, spec: Spec, before: compare.Side, after: compare.Side
) -> Row:
    """Return what congestion takes back of a scenario; nothing where the loop is left open."""
    found = None
    if spec.loop:
        found = feedback(model, base, _grown_flows(model, spec), before, after)
    return {
        "before_congestion_usd": found and found.before_usd,
        "taken_back_usd": found and found.taken_back_usd,
        "taken_back_share": found and found.taken_back_share,
    }


def _closure(
    study: Study, spec: Spec, case: _Case, known: tuple[Model, Baseline],
    before: compare.Side, after: compare.Side,
) -> Row:  # fmt: skip
    """Return what the closed places do beside the same scenario with them open."""
    if not spec.closed:
        return {"closure": None}
    model, base = known
    without = before
    if spec.measures or spec.edits:
        opened = replace(spec, closed=())
        without, _ = _after(model, base, opened, _case(study, opened).changed, case.day)
    weeks = YEAR_WEEKS if spec.closed_weeks is None else spec.closed_weeks
    row = closed_row(model, spec.closed, without, after, weeks)
    return {"closure": {"weeks": weeks, **{name: row[name] for name in CLOSED}}}


def _result(
    study: Study, model: Model, whole: Graph, spec: Spec, a: compare.Side, b: compare.Side,
    ended: Row,
) -> Row:  # fmt: skip
    now, then = compare.indicators(model, b), compare.indicators(model, a)
    change = compare.moved(model, a, b)
    body = spec.as_dict()
    return {
        "scenario_id": scenario_id(body, study.hash),
        "study_hash": study.hash,
        "spec": body,
        "year": spec.year if spec.year is not None else study.settings.baseline_year,
        "price_basis": f"constant US$ of {study.settings.price_year}",
        "trade_usd": now["usd"],
        "a_to_b_usd": now["a_to_b_usd"],
        "b_to_a_usd": now["b_to_a_usd"],
        "pair_t_per_year": now["t_per_year"],
        "baseline_usd": then["usd"],
        "baseline_a_to_b_usd": then["a_to_b_usd"],
        "baseline_b_to_a_usd": then["b_to_a_usd"],
        "baseline_pair_t_per_year": then["t_per_year"],
        "extra_hours_t_h": change.extra_t_h,
        "extra_cost_usd": change.extra_usd,
        "rerouted_t_per_year": change.rerouted_t,
        "stranded_t": change.stuck_t,
        **ended,
        "places": compare.place_rows(model, a, b),
        "links": compare.link_rows(model, whole, a, b),
    }


def solve(
    session: Session, body: Mapping[str, Any], clock: Callable[[], float] = time.perf_counter
) -> Row:
    """Solve a scenario on the kept model, with ways round what it shuts: in a second or two.

    Compared is the baseline, or, where the scenario names a year, that year without the scenario:
    growth and the measures in force. A measure acts if its own year is none, or not after the
    scenario's; without a year all chosen ones act on the economy of the baseline.
    ``closure`` is what the closed places do over their weeks, beside the same scenario with them
    open; all else is as if they stayed shut. ``rerouted_t_per_year``, ``extra_hours_t_h``,
    ``extra_cost_usd`` and ``stranded_t`` are those of
    :class:`opencorridor.operations.workbench.compare.Moved`.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the scenario, at once.
    NotConverged
        If no state is found.
    """
    started = clock()
    spec, study = Spec.of(body), session.study

    def make() -> Row:
        case = _case(study, spec)
        home = _home(session, case)
        ways = ways_of(home, case.without, case.changed, case.day)
        with home.solving:
            before = _kept_before(home, ways, spec)
            after, ended = _after(ways.model, ways.base, spec, case.changed, case.day)
            ended |= _congestion(ways.model, ways.base, spec, before, after)
            ended |= _closure(study, spec, case, (ways.model, ways.base), before, after)
            whole = home.pack.graph
            return _result(study, ways.model, whole, spec, before, after, ended)

    key = scenario_id(spec.as_dict(), study.hash)
    found: Row = session.kept("solved", 24).get(key, make)
    return {**found, "seconds": round(clock() - started, 3)}


def side(
    session: Session, body: Mapping[str, Any], *, before: bool = False
) -> tuple[Model, compare.Side, Graph]:
    """Solve a scenario for its state alone: the model, the state, and the whole network.

    A scenario that changes nothing, in no year of its own, is the baseline. ``before`` asks for
    the state that the scenario is compared with, which knows the same ways.

    Raises
    ------
    OpenCorridorError, NotConverged
        As :func:`solve`.
    """
    spec = Spec.of(body)
    if spec.year is None and not (spec.measures or spec.edits or spec.closed):
        base = compare.side_of_base(session.model, session.base)
        return session.model, base, session.pack.graph
    case = _case(session.study, spec)
    home = _home(session, case)
    ways = ways_of(home, case.without, case.changed, case.day)
    with home.solving:
        if before:
            found = _kept_before(home, ways, spec)
        else:
            found, _ = _after(ways.model, ways.base, spec, case.changed, case.day)
    return ways.model, found, home.pack.graph


def solve_full(
    study: Study,
    body: Mapping[str, Any],
    progress: Progress = lambda *_: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Row:
    """Solve a scenario with ways searched anew for all goods.

    The same as :func:`solve` otherwise; both states know the new ways. ``progress`` is told step,
    done and of how many.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the study or the scenario, at once.
    NotConverged
        If no state is found.
    """
    started, steps = clock(), 6
    progress("study", 0, steps)
    checked(study)
    spec = Spec.of(body)
    case = _case(study, spec)
    progress("network" if case.study is not study else "model", 1, steps)
    model = load_model(case.study)
    progress("routes", 2, steps)
    if case.changed is not case.study:
        model = extend(model, searches(case.changed, case.day))
    progress("baseline", 3, steps)
    base = baseline(model, prices(model, case.study, study.settings.baseline_date))
    before = _before(model, base, spec)
    progress("loop", 4, steps)
    after, ended = _after(model, base, spec, case.changed, case.day)
    ended |= _congestion(model, base, spec, before, after)
    ended |= _closure(study, spec, case, (model, base), before, after)
    progress("tables", 5, steps)
    found = _result(study, model, build(case.study), spec, before, after, ended)
    progress("tables", steps, steps)
    return {**found, "seconds": round(clock() - started, 3)}
