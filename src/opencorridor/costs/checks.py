"""Checks of the rate tables that need the graph."""

from __future__ import annotations

from collections.abc import Iterator

from opencorridor.costs.plan import cost_plan, plan_problems
from opencorridor.costs.rates import RateBook
from opencorridor.network.checks import graph_or_none
from opencorridor.study import OpenCorridorError, Problem, Study
from opencorridor.study.check import at, check

_found: dict[str, list[Problem]] = {}


def _missing(study: Study, code: str) -> Iterator[Problem]:
    """Yield the problems of one code; all are found once per study."""
    if study.hash not in _found:
        graph = graph_or_none(study)
        _found.clear()
        _found[study.hash] = [] if graph is None else plan_problems(graph, study)
    yield from (problem for problem in _found[study.hash] if problem.code == code)


@check("mode_rate_missing", "mode_rate")
def mode_rate_missing(study: Study) -> Iterator[Problem]:
    """Check that every arc has a rate for each cargo and flow kind."""
    return _missing(study, "mode_rate_missing")


@check("speed_missing", "speed")
def speed_missing(study: Study) -> Iterator[Problem]:
    """Check that every arc has a speed."""
    return _missing(study, "speed_missing")


@check("emission_factor_missing", "emission_factor")
def emission_factor_missing(study: Study) -> Iterator[Problem]:
    """Check that every arc has an emission factor."""
    return _missing(study, "emission_factor_missing")


@check("grid_missing", "grid_intensity")
def grid_missing(study: Study) -> Iterator[Problem]:
    """Check that countries with electric traction have a grid intensity."""
    return _missing(study, "grid_missing")


@check("rate_ambiguous")
def rate_ambiguous(study: Study) -> Iterator[Problem]:
    """Check that of two rows of rates, speeds or factors never both hold."""
    for table in ("mode_rate", "speed", "emission_factor"):
        book = RateBook(study[table], study.settings.baseline_date)
        for first, second in book.rows_alike():
            message = f"holds for the same as row {first + 2}"
            mend = "remove one, or give them dates that do not overlap"
            column = study[table].schema.key[0]
            yield at(study, "rate_ambiguous", message, table, second, column, "one row", mend)


@check("rate_outdated")
def rate_outdated(study: Study) -> Iterator[Problem]:
    """Check that rates and services are valid on the baseline date (notice: the last holds)."""
    graph = graph_or_none(study)
    if graph is None:
        return
    try:
        notes = cost_plan(graph, study).notes
    except OpenCorridorError:
        return
    for note in notes:
        yield Problem(code="rate_outdated", message=note, severity="notice")
