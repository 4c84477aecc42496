"""Which measures reach a target, when, at what cost; or that none does, and what binds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from opencorridor.operations.check import checked
from opencorridor.operations.results.answer import required_tonnes, summary_of
from opencorridor.operations.results.freight import bottleneck_rows
from opencorridor.operations.results.measures import measure_rows
from opencorridor.operations.results.path import decomposition_rows, path_rows
from opencorridor.operations.results.solve import add_band, solve
from opencorridor.roadmap import candidates
from opencorridor.scenario.path import price_index
from opencorridor.study import OpenCorridorError, Problem, Study, Target, open_study
from opencorridor.study.errors import raise_if

__all__ = ["RoadmapRequest", "RoadmapResult", "run"]


@dataclass(frozen=True)
class RoadmapRequest:
    """Target in current US$, or US$ of ``prices``; year, budget, draws (0: no band).

    ``not_before`` holds measures back to the first day of a year; ``exclude`` leaves measures out;
    ``probability_share`` asks whether so many of the draws reach the target.
    """

    study: str = "iran_kazakhstan"
    target_usd: float | None = None
    year: int | None = None
    budget_usd: float | None = None
    prices: str = "current"
    draws: int = 0
    loop: bool = True
    workers: int = 2
    not_before: Mapping[str, int] = field(default_factory=dict)
    exclude: tuple[str, ...] | list[str] = ()
    probability_share: float | None = None


@dataclass(frozen=True)
class RoadmapResult:
    """Summary and tables of the roadmap."""

    reached: bool
    summary: dict[str, Any]
    path: list[dict[str, Any]]
    decomposition: list[dict[str, Any]]
    measures: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"schema_version": 1, **asdict(self)}


def _amounts(request: RoadmapRequest) -> list[Problem]:
    """Return problems of the amounts that are asked for; NaN is none."""
    return [
        Problem(
            "bad_amount",
            f"{amount} is no amount for {name}",
            value=str(amount),
            expected="US$, 0 or more",
            mend=f"correct {name}",
        )
        for name, amount in (
            ("--target-usd", request.target_usd),
            ("--budget-usd", request.budget_usd),
        )
        if amount is not None and not amount >= 0.0
    ]


def _probability(request: RoadmapRequest) -> list[Problem]:
    """Return problems of the share of draws that is asked for."""
    share = request.probability_share
    if share is None or (0.0 < share <= 1.0 and request.draws > 0):
        return []
    no_draws = 0.0 < share <= 1.0
    return [
        Problem(
            "bad_probability",
            f"a probability of {share} needs draws" if no_draws else f"{share} is no probability",
            column="probability_share",
            value=str(share),
            expected="more than 0 draws" if no_draws else "a share above 0, at most 1",
            mend="ask for draws too" if no_draws else "correct the probability",
        )
    ]


def _limits(study: Study, request: RoadmapRequest) -> list[Problem]:
    """Return problems of the measures that are held back or left out; ``column`` is the field."""
    known = set(candidates(study))
    first = study.settings.baseline_year
    last = study.settings.target.year if study.settings.target else first
    asked = [(f"not_before.{m}", m) for m in request.not_before]
    asked += [(f"exclude.{m}", m) for m in request.exclude]
    unknown = [
        Problem(
            "unknown_measure",
            f"{m} is no measure that a plan may choose",
            table="measure",
            column=field_name,
            value=m,
            expected="the id of a candidate that the study expresses",
            mend="correct the id",
        )
        for field_name, m in asked
        if m not in known
    ]
    return unknown + [
        Problem(
            "bad_year",
            f"{m}: {year} lies outside {first} to {last}",
            table="measure",
            column=f"not_before.{m}",
            value=str(year),
            expected=f"a year from {first} to {last}",
            mend="correct the year, or leave the measure out",
        )
        for m, year in request.not_before.items()
        if not first <= year <= last
    ]


def _limited(study: Study, request: RoadmapRequest) -> Study:
    """Study whose plan holds measures back or leaves them out as the request asks."""
    asked = {"not_before": dict(request.not_before), "exclude": sorted(set(request.exclude))}
    given = {name: value for name, value in asked.items() if value}
    if not given:
        return study
    run_settings = study.settings.run
    extra = MappingProxyType({**run_settings.extra, **given})
    return study.replace(settings=replace(study.settings, run=replace(run_settings, extra=extra)))


def _asked(request: RoadmapRequest, summary: dict[str, Any]) -> dict[str, Any]:
    """Return what the summary says of the limits and the probability that were asked for."""
    share, found = request.probability_share, summary["probability"]
    return {
        "not_before": dict(request.not_before),
        "exclude": sorted(set(request.exclude)),
        "probability_asked": share,
        "probability_met": None if share is None or found is None else bool(found >= share),
    }


def _with_target(study: Study, request: RoadmapRequest) -> Study:
    """Study with the target of the request, in current US$ of its year."""
    target = study.settings.target
    year = request.year or (target.year if target else study.settings.baseline_year + 6)
    usd = request.target_usd if request.target_usd is not None else target.usd if target else 0.0
    if request.prices != "current" and request.target_usd is not None:
        try:
            basis = price_index(study, int(request.prices))
        except (ValueError, IndexError) as error:
            raise OpenCorridorError(
                [
                    Problem(
                        "bad_prices",
                        f"{request.prices} is no price basis",
                        value=request.prices,
                        expected="current, or a year of the table deflator",
                    )
                ]
            ) from error
        usd *= price_index(study, year) / basis
    sides = target.sides if target else ()
    return study.replace(settings=replace(study.settings, target=Target(usd, year, sides)))


def run(
    request: RoadmapRequest, progress: Callable[[str, int, int], None] = lambda *_: None
) -> RoadmapResult:
    """Find the roadmap of a study.

    Raises
    ------
    OpenCorridorError
        Bad input; a year that growth or prices do not reach.
    """
    raise_if(_amounts(request) + _probability(request))
    progress("study", 0, 0)
    study = _with_target(open_study(request.study), request)
    checked(study)
    raise_if(_limits(study, request))
    study = _limited(study, request)
    budget = float("inf") if request.budget_usd is None else request.budget_usd
    solved = solve(study, budget_usd=budget, loop=request.loop, progress=progress)
    if request.draws:
        solved = add_band(
            solved,
            seed=study.settings.run.seed,
            draws=request.draws,
            workers=request.workers,
            progress=progress,
        )
    rows = bottleneck_rows(solved)
    units, _ = required_tonnes(solved)
    summary = summary_of(solved, rows, units)
    summary |= _asked(request, summary)
    return RoadmapResult(
        reached=summary["reached"],
        summary=summary,
        path=path_rows(solved),
        decomposition=decomposition_rows(solved),
        measures=measure_rows(solved),
    )
