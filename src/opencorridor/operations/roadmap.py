"""Which measures reach a target, when, at what cost; or that none does, and what binds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from opencorridor.operations.check import checked
from opencorridor.operations.results.answer import required_tonnes, summary_of
from opencorridor.operations.results.freight import bottleneck_rows
from opencorridor.operations.results.measures import measure_rows
from opencorridor.operations.results.path import decomposition_rows, path_rows
from opencorridor.operations.results.solve import add_band, solve
from opencorridor.scenario.path import price_index
from opencorridor.study import OpenCorridorError, Problem, Study, Target, open_study
from opencorridor.study.errors import raise_if

__all__ = ["RoadmapRequest", "RoadmapResult", "run"]


@dataclass(frozen=True)
class RoadmapRequest:
    """Target in current US$, or US$ of ``prices``; year, budget, draws (0: no band)."""

    study: str = "iran_kazakhstan"
    target_usd: float | None = None
    year: int | None = None
    budget_usd: float | None = None
    prices: str = "current"
    draws: int = 0
    loop: bool = True
    workers: int = 2


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
    raise_if(_amounts(request))
    progress("study", 0, 0)
    study = _with_target(open_study(request.study), request)
    checked(study)
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
    return RoadmapResult(
        reached=summary["reached"],
        summary=summary,
        path=path_rows(solved),
        decomposition=decomposition_rows(solved),
        measures=measure_rows(solved),
    )
