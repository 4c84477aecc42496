"""Scenarios of the workbench: check a choice, solve it on the kept model, or with new ways."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from opencorridor.network import Graph, build
from opencorridor.operations.check import checked
from opencorridor.operations.workbench import compare
from opencorridor.operations.workbench.edits import Spec, same_graph, variant
from opencorridor.operations.workbench.saved import scenario_id
from opencorridor.operations.workbench.session import Session
from opencorridor.operations.workbench.ways import searches, ways_of
from opencorridor.scenario.build import extend
from opencorridor.scenario.measures import check_choice, in_force_between
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import mid_year, state_of_year, year_flows
from opencorridor.scenario.state import Baseline, baseline, prices, run_state
from opencorridor.scenario.store import load_model
from opencorridor.study import OpenCorridorError, Problem, Study

__all__ = ["check", "solve", "solve_full"]

Progress = Callable[[str, int, int], None]
Row = dict[str, Any]


def _years(study: Study) -> tuple[int, int]:
    """First and last year that a scenario may ask about."""
    start = study.settings.baseline_year
    last: dict[str, float] = {}
    table = study["growth"]
    for country, year in zip(table["country_id"], table["year"].tolist(), strict=True):
        last[country] = max(last.get(country, year), year)
    return start, max(start, int(min(last.values(), default=start)))


def _year_problems(study: Study, year: int | None) -> list[Problem]:
    first, last = _years(study)
    if year is None or first <= year <= last:
        return []
    return [
        Problem("out_of_range", f"the study knows no growth for {year}", column="year",
                value=str(year), expected=f"a year from {first} to {last}, or none")
    ]  # fmt: skip


def _changed(study: Study, spec: Spec) -> tuple[Study, Study, str]:
    """Return the study without and with the scenario, and the date that prices both.

    Raises
    ------
    OpenCorridorError
        All that is wrong with the scenario, at once.
    """
    problems = _year_problems(study, spec.year)
    acting: list[str] | None = None
    before, day = study, study.settings.baseline_date
    if spec.year is not None and not problems:
        new = [c.measure_id for c in spec.measures if c.year is None or c.year <= spec.year]
        day = mid_year(spec.year)
        in_force = in_force_between(study, study.settings.baseline_date, day)
        before = variant(study, acting=in_force)
        acting = list(dict.fromkeys([*in_force, *new]))
    try:
        changed = variant(study, spec.measures, spec.edits, spec.closed, acting=acting)
        if not same_graph(study, changed):
            problems.append(
                Problem("adds_links", "a measure adds nodes or links to the network",
                        mend="put them into the study with state planned, and let the measure "
                        "open them")
            )  # fmt: skip
    except OpenCorridorError as error:
        problems.extend(error.problems)
    if problems:
        raise OpenCorridorError(problems)
    return before, changed, day


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
    problems = [*_by_measure(study, spec), *_year_problems(study, spec.year)]
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


def _after(
    model: Model, base: Baseline, spec: Spec, changed: Study, day: str
) -> tuple[compare.Side, Row]:
    """Solve the scenario itself."""
    flows = model.flows if spec.year is None else year_flows(model, model.study, spec.year)
    state = run_state(model, prices(model, changed, day), base, flows, loop=spec.loop)
    side = compare.side_of_state(changed, day, state)
    return side, {"gap": state.clearing.gap, "iterations": state.iterations}


def _result(
    model: Model, whole: Graph, spec: Spec, a: compare.Side, b: compare.Side, ended: Row
) -> Row:
    study = model.study
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
    ``rerouted_t_per_year``, ``extra_hours_t_h``, ``extra_cost_usd`` and ``stranded_t`` are those
    of :class:`opencorridor.operations.workbench.compare.Moved`.

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
        without, changed, day = _changed(study, spec)
        ways = ways_of(session, without, changed, day)
        with session.solving:
            before = session.kept("before", 8).get(
                (ways.key, spec.year, spec.loop), lambda: _before(ways.model, ways.base, spec)
            )
            after, ended = _after(ways.model, ways.base, spec, changed, day)
            return _result(ways.model, session.pack.graph, spec, before, after, ended)

    key = scenario_id(spec.as_dict(), study.hash)
    found: Row = session.kept("solved", 24).get(key, make)
    return {**found, "seconds": round(clock() - started, 3)}


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
    started, steps = clock(), 5
    progress("study", 0, steps)
    checked(study)
    spec = Spec.of(body)
    _, changed, day = _changed(study, spec)
    progress("routes", 1, steps)
    model = load_model(study)
    if changed is not study:
        model = extend(model, searches(changed, day))
    progress("baseline", 2, steps)
    base = baseline(model, prices(model, study, study.settings.baseline_date))
    before = _before(model, base, spec)
    progress("loop", 3, steps)
    after, ended = _after(model, base, spec, changed, day)
    progress("tables", 4, steps)
    found = _result(model, build(study), spec, before, after, ended)
    progress("tables", steps, steps)
    return {**found, "seconds": round(clock() - started, 3)}
